"""Check that the emissions of a route add up: each leg has a factor, and all factors share a scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fourport.errors import Problem
from fourport.scenario.entries import Entries
from fourport.scenario.models.demand import ByStep
from fourport.scenario.models.emissions import SCOPES, EmissionFactor, Scope


class MixedScopes(ValueError):
    """Emissions of a chain of legs cannot be added up."""


def scopes_of(legs: Mapping[str, EmissionFactor | None]) -> tuple[Scope, ...]:
    """Return the scopes in which the emissions of a chain of legs are known; none if no leg has a factor.

    Raises
    ------
    MixedScopes
        If only some legs have a factor, or the factors have no scope in common.
    """
    known = {name: factor.scopes() for name, factor in legs.items() if factor is not None}
    if not known:
        return ()
    missing = [name for name in legs if name not in known]
    if missing:
        raise MixedScopes(
            f"{missing[0]!r} has no emission factor, but {next(iter(known))!r} has"
            "; allowed: emissions at all legs of a route, or at none"
        )
    common = tuple(scope for scope in SCOPES if all(scope in scopes for scopes in known.values()))
    if not common:
        told = ", ".join(f"{name!r} {'/'.join(scopes).upper()}" for name, scopes in known.items())
        raise MixedScopes(f"the chain mixes scopes: {told}; allowed: factors with a scope in common")
    return common


def check_emissions(entries: Entries) -> Iterator[Problem]:
    """Check that the emissions of each route add up."""
    factors = entries.emission_factors
    for name, route in entries.routes.items():
        names = [name for step in route.steps if isinstance(step, ByStep) for name in step.legs]
        legs = [entries.legs.get(name) for name in names]
        if any(leg is None or (leg.emissions and factors.get(leg.emissions) is None) for leg in legs):
            continue  # reported elsewhere
        used = {name: entries.legs[name].emissions for name in names}
        try:
            scopes_of({by: factors[factor] if factor else None for by, factor in used.items()})
        except MixedScopes as error:
            yield Problem(("routes", name, "steps"), str(error))
