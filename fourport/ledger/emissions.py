"""Compute greenhouse gas emissions of transport: tonne-kilometres x factor, by leg and by scope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.errors import Problem, Refused
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Floats
from fourport.scenario.emissions import MixedScopes, scopes_of
from fourport.scenario.models.emissions import SCOPES, EmissionFactor, Scope
from fourport.scenario.models.transport import Transport
from fourport.trace import Trace

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
    found: dict[Scope, Floats] = {}
    world = trace.world
    for route, ids in enumerate(trace.ids):
        legs = legs_of(corridor, route)
        if not legs:
            continue
        tonnes = world.size[ids, 0] / GRAMS_A_TONNE
        for scope in legs[0].intensity:
            total = np.zeros(len(ids))
            for leg in legs:
                total += tonnes * (leg.km * leg.intensity[scope]) * trace.at(leg.step).done
            found.setdefault(scope, np.full(world.n, np.nan))[ids] = total
    return {scope: found[scope] for scope in SCOPES if scope in found}
