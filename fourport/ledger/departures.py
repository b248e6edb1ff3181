"""Find what shares a price: the goods of each departure, of each master bill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from fourport.ledger.block_space import carried_for_unused
from fourport.ledger.lines import tariff_uses
from fourport.ledger.quantities import Shipments
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints, Kind, Space
from fourport.scenario.models.tariffs import Sharing
from fourport.scenario.models.tariffs.departures import Among
from fourport.trace import Trace


class Shared(NamedTuple):
    """A price that the goods of each departure of a service share.

    Attributes
    ----------
    service
        Service of the plan.
    sharing, divisor
        Who shares it, by which basis, and the volumetric divisor of its chargeable weight.
    step
        Name of the step that is charged; "" for the service itself.
    group
        Number of the lane, route or both whose goods share it.
    """

    service: int
    sharing: Sharing
    divisor: float
    step: str
    group: int


CarriedAmounts: TypeAlias = Mapping[Shared, Floats]
"""What the goods that share a price have together, (D,) by departure, in the unit of the basis."""


GROUPED: Mapping[Among, tuple[bool, bool]] = {
    "departure": (False, False),
    "lane": (True, False),
    "route": (False, True),
    "lane-and-route": (True, True),
    "block": (False, False),
}
"""Whether the goods that share a price are of one lane, and of one route."""


NO_LANE = np.zeros(1, dtype=np.int64)
"""Stands for lanes where they do not matter."""


class SharedStep(NamedTuple):
    """A step that charges a shared price.

    Attributes
    ----------
    step
        Step of the plan that is charged.
    legs
        Steps of the service whose departures say which goods share: the step itself, or the service before
        or after it. There are several where a lever sends some goods another way.
    """

    step: int
    legs: tuple[int, ...]
    sharing: Sharing
    divisor: float


def carried_amounts(corridor: Corridor, trace: Trace) -> CarriedAmounts:
    """Return what the goods of each departure have together, for each price that they share.

    All consignments of the run count, including those outside the window.
    """
    world, goods = trace.world, Shipments.of(trace.world.size)
    found: dict[Shared, Floats] = {}
    for route in range(corridor.plan.n_routes):
        for one in shared_steps(corridor, route):
            if one.sharing.among == "block":
                key, _ = next(groups_of(corridor, one, one.step, NO_LANE, route))
                if key not in found:
                    found[key] = carried_for_unused(
                        corridor, trace, goods, key.service, one.sharing, one.divisor
                    )
                continue
            for leg in one.legs:
                loads = trace.at(leg).loads
                ids = trace.at(leg).ids[loads.place]
                amounts = goods.quantity(one.sharing.basis, one.divisor)[ids] * loads.share
                if leg != one.step:
                    amounts = amounts * trace.at(one.step).done[loads.place]
                service = int(corridor.plan.step_provider[leg])
                n = int(world.departures.first[service + 1] - world.departures.first[service])
                for key, mine in groups_of(corridor, one, leg, world.lane[ids], route):
                    total = found.setdefault(key, np.zeros(n))
                    total += np.bincount(loads.departure_index[mine], amounts[mine], minlength=n)
    return found


def groups_of(
    corridor: Corridor, one: SharedStep, leg: int, lane: Ints, route: int
) -> Iterator[tuple[Shared, Ints | slice]]:
    """Yield each price that loads of a leg share, and which of them do.

    Parameters
    ----------
    lane
        (k,) lane of each load.
    """
    service = int(corridor.plan.step_provider[leg])
    step = "" if leg == one.step else corridor.steps[one.step].key
    n_lanes, n_routes = len(corridor.lane_names), corridor.plan.n_routes
    of_lane, of_route = GROUPED[one.sharing.among]
    lanes = np.flatnonzero(np.bincount(lane)).tolist() if of_lane else [n_lanes] * (len(lane) > 0)
    for number in lanes:
        group = number * (n_routes + 1) + (route if of_route else n_routes)
        mine = slice(None) if not of_lane or len(lanes) == 1 else np.flatnonzero(lane == number)
        yield Shared(service, one.sharing, one.divisor, step, group), mine


@once
def shared_steps(corridor: Corridor, route: int) -> list[SharedStep]:
    """Return the steps of a route that charge shared prices, each once for each way to share."""
    told: dict[SharedStep, None] = {}
    for s, name in tariff_uses(corridor, route):
        tariff = corridor.scenario.tariffs[name]
        for line in tariff.lines:
            sharing: Sharing | None = getattr(line, "sharing", None)
            books = sharing is not None and (
                sharing.among != "block" or int(corridor.plan.step_space[s]) == Space.BLOCK
            )
            if sharing is not None and books:
                legs = _legs(corridor, route, s, sharing)
                told[SharedStep(s, legs, sharing, tariff.volumetric_divisor)] = None
    return list(told)


def _legs(corridor: Corridor, route: int, s: int, sharing: Sharing) -> tuple[int, ...]:
    """Return the steps of the service whose departures share a price that a step charges."""
    plan, place = corridor.plan, corridor.steps[s].route_step
    if int(plan.step_kind[s]) == Kind.SERVICE:
        return (s,)
    services = [x for x in plan.route_steps(route) if int(plan.step_kind[x]) == Kind.SERVICE]
    places = [corridor.steps[x].route_step for x in services]
    if sharing.which == "last":
        nearest = max((x for x in places if x < place), default=-1)
    else:
        nearest = min((x for x in places if x > place), default=-1)
    return tuple(x for x, at in zip(services, places, strict=True) if at == nearest)
