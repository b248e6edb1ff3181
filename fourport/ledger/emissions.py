"""Greenhouse gases of transport: tonne-kilometres x factor, leg by leg, each scope apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fourport.errors import Problem, Refused
from fourport.plan.corridor import Corridor
from fourport.plan.tables import NEVER, Floats
from fourport.scenario.emissions import MixedScopes, scopes_of
from fourport.scenario.models.emissions import SCOPES, EmissionFactor, Scope
from fourport.scenario.models.transport import Transport
from fourport.world.tables import World

if TYPE_CHECKING:  # For its type alone: importing it at run time would load an engine.
    from fourport.engine.milestones import Milestones

GRAMS_A_TONNE = 1e6


@dataclass(frozen=True)
class Leg:
    """A way of a route with its factor.

    Attributes
    ----------
    step
        Step of the plan.
    name, mode, km
        Way, mode and length.
    factor
        Name of the factor.
    intensity
        kg CO2e a tonne-km, by scope: those of the whole chain only.
    """

    step: int
    name: str
    mode: str
    km: float
    factor: str
    intensity: dict[Scope, float]

    def per_kg(self, scope: Scope) -> float:
        """Give the emissions of a kg carried over the leg, kg CO2e."""
        return self.intensity[scope] * self.km / 1e3


def legs_of(corridor: Corridor, route: int) -> tuple[Leg, ...]:
    """Give the legs of a route with the scopes in which its emissions are known; none without factors.

    Raises
    ------
    Refused
        If the route mixes scopes, or only some of its transports have a factor.
    """
    scenario = corridor.scenario
    transports: dict[str, Transport] = {**scenario.trucking, **scenario.fleets, **scenario.services}
    steps = [s for s in corridor.plan.main_steps(route) if corridor.steps[s].mode]
    factors: dict[str, EmissionFactor | None] = {}
    names: dict[int, str] = {}
    given = scenario.routes[corridor.plan.route_names[route]].steps
    for s in steps:
        by = getattr(given[corridor.steps[s].route_step], "by", "")
        names[s] = by
        factors[by] = scenario.emission_factors.get(transports[by].emissions or "")
    try:
        scopes = scopes_of(factors)
    except MixedScopes as error:
        key = ("routes", corridor.plan.route_names[route], "steps")
        raise Refused([Problem(key, str(error))]) from error
    legs = []
    for s in steps if scopes else ():
        info, factor = corridor.steps[s], factors[names[s]]
        intensity = {scope: float(getattr(factor, scope)) for scope in scopes}
        legs.append(
            Leg(s, names[s], info.mode, info.distance_km, transports[names[s]].emissions or "", intensity)
        )
    return tuple(legs)


def emissions(corridor: Corridor, world: World, milestones: Milestones) -> dict[Scope, Floats]:
    """Give the emissions of every consignment for the transports it finished, by scope, (n,) kg CO2e.

    NaN where the route's emissions are not known in the scope. A scope is left
    out in which no route's are.

    Raises
    ------
    Refused
        If a route mixes scopes, or only some of its transports have a factor.
    """
    found: dict[Scope, Floats] = {}
    for route in range(corridor.plan.n_routes):
        legs = legs_of(corridor, route)
        if not legs:
            continue
        ids = np.flatnonzero(world.route == route)
        base = world.first_event_row[ids] - int(corridor.plan.route_first_step[route])
        tonnes = world.size[ids, 0] / GRAMS_A_TONNE
        for scope in legs[0].intensity:
            total = np.zeros(len(ids))
            for leg in legs:
                done = milestones.end_us[base + leg.step] != NEVER
                total += tonnes * (leg.km * leg.intensity[scope]) * done
            found.setdefault(scope, np.full(world.n, np.nan))[ids] = total
    return {scope: found[scope] for scope in SCOPES if scope in found}
