"""Compute greenhouse gas emissions of transport: tonne-kilometres x factor, by leg and by scope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.errors import Problem, Refused
from fourport.ledger.compiled.tables import EMITTING, Emitted, Legs
from fourport.machine import readable, run
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints
from fourport.scenario.emissions import MixedScopes, scopes_of
from fourport.scenario.models.emissions import SCOPES, EmissionFactor, Scope
from fourport.scenario.models.transport import Transport
from fourport.trace import Trace
from fourport.world.tables import Flags

GRAMS_A_TONNE = 1e6


@dataclass(frozen=True)
class EmissionLeg:
    """A leg of a route with its emission factor.

    Attributes
    ----------
    step
        Step of the plan.
    name, mode, km
        Name, mode and length of the leg.
    factor
        Name of the factor.
    intensity
        kg CO2e a tonne-km, by scope; only scopes known for every leg of the route.
    """

    step: int
    name: str
    mode: str
    km: float
    factor: str
    intensity: dict[Scope, float]

    def per_kg(self, scope: Scope) -> float:
        """Return the emissions of one kg carried over the leg, kg CO2e."""
        return self.intensity[scope] * self.km / 1e3


@once
def legs_of(corridor: Corridor, route: int) -> tuple[EmissionLeg, ...]:
    """Return the legs of a route with the scopes in which its emissions are known; none without factors.

    Raises
    ------
    Refused
        If the route mixes scopes, or only some of its legs have a factor.
    """
    scenario = corridor.scenario
    transports: dict[str, Transport] = {**scenario.trucking, **scenario.fleets, **scenario.services}
    steps = [s for s in corridor.plan.main_steps(route) if corridor.steps[s].mode]
    factors: dict[str, EmissionFactor | None] = {}
    names: dict[int, str] = {}
    given = scenario.routes[corridor.plan.names.routes[route]].steps
    for s in steps:
        legs = getattr(given[corridor.steps[s].route_step], "legs", ("",))
        names[s] = by = legs[s - corridor.plan.choice(s)[0]]
        factors[by] = scenario.emission_factors.get(transports[by].emissions or "")
    try:
        scopes = scopes_of(factors)
    except MixedScopes as error:
        key = ("routes", corridor.plan.names.routes[route], "steps")
        raise Refused([Problem(key, str(error))]) from error
    found = []
    for s in steps if scopes else ():
        info, factor = corridor.steps[s], factors[names[s]]
        intensity = {scope: float(getattr(factor, scope)) for scope in scopes}
        found.append(
            EmissionLeg(
                s, names[s], info.mode, info.distance_km, transports[names[s]].emissions or "", intensity
            )
        )
    return tuple(found)


def emissions(corridor: Corridor, trace: Trace) -> dict[Scope, Floats]:
    """Compute the emissions of every consignment on the legs it finished, by scope, (n,) kg CO2e.

    They are NaN where the route's emissions are not known in the scope. A scope that is known for no route is
    left out.

    Raises
    ------
    Refused
        If a route mixes scopes, or only some of its legs have a factor.
    """
    world, scopes = trace.world, _scopes(corridor)
    if not scopes:
        return {}
    step, kg_a_tonne = _legs(corridor)
    ids, tonnes = trace.places.ids, world.size[:, 0] / GRAMS_A_TONNE
    legs = Legs(step, kg_a_tonne, tonnes[ids], trace.done)
    kg = np.zeros((len(scopes), world.n))
    run(EMITTING, readable(legs), trace.places, Emitted(kg))
    kg[~np.repeat(_known(corridor), [len(mine) for mine in trace.ids], axis=1)] = np.nan
    found = {scope: np.empty(world.n) for scope in scopes}
    for of_scope, by_route in zip(found.values(), kg, strict=True):
        of_scope[ids] = by_route
    return found


@once
def _scopes(corridor: Corridor) -> tuple[Scope, ...]:
    """Return the scopes that are known for any route."""
    routes = range(corridor.plan.n_routes)
    known = {scope for route in routes for leg in legs_of(corridor, route)[:1] for scope in leg.intensity}
    return tuple(scope for scope in SCOPES if scope in known)


@once
def _known(corridor: Corridor) -> Flags:
    """Return in which scopes the emissions of which routes are known, (scopes, routes)."""
    first = [legs_of(corridor, route)[:1] for route in range(corridor.plan.n_routes)]
    return np.array(
        [[any(scope in leg.intensity for leg in of) for of in first] for scope in _scopes(corridor)]
    )


@once
def _legs(corridor: Corridor) -> tuple[Ints, Floats]:
    """Return the step of each leg of all routes, (l,), and what a tonne emits there, (l, scopes) kg CO2e."""
    scopes, routes = _scopes(corridor), range(corridor.plan.n_routes)
    legs = [leg for route in routes for leg in legs_of(corridor, route)]
    emitted = [[leg.km * leg.intensity.get(scope, np.nan) for scope in scopes] for leg in legs]
    step = np.array([leg.step for leg in legs], dtype=np.int64)
    return step, np.array(emitted, dtype=np.float64).reshape(len(legs), len(scopes))
