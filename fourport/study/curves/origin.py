"""Move a shipper further inland: the catchment of a port.

The shipper moves along a road of the scenario, away from the origin of the lane and towards the far end of
that road (the line-haul by which goods of the lane reach another gateway). For a route that uses the road,
the part still ahead gets shorter; every other route of the lane gets longer by the same distance, at the
speed and rate per km of the road. If no route of the lane has a line-haul, the first road of each route is
made longer.

Goods reach the first place after the road at the simulated time. The acceptance moves instead, by the travel
time of the kilometres.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats, Ints
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.suggestions import allowed, suggestion
from fourport.study.curves.journeys import Journeys, evenly
from fourport.study.curves.variations import Priced, invoices_of, price

LONGER = 10.0
"""Largest extension of a first road, as a multiple of its length, if there is no line-haul."""


@dataclass(frozen=True)
class Road:
    """The road along which the shipper of a lane moves.

    Attributes
    ----------
    key
        Name of the leg; "" if the first road of each route is made longer.
    reach_km
        How far the shipper can move.
    """

    key: str
    reach_km: float

    def title(self, scenario: Scenario) -> str:
        """Return the title of the road."""
        legs = {**scenario.trucking, **scenario.fleets}
        return (legs[self.key].title or self.key) if self.key else "each route's own first road"

    def start(self, scenario: Scenario, lane: str) -> str:
        """Return the place where the road begins, from which distances are measured."""
        legs = {**scenario.trucking, **scenario.fleets}
        key = legs[self.key].origin if self.key else scenario.lanes[lane].origin
        return scenario.facilities[key].title or key


def road_of(corridor: Corridor, lane: str, asked: str | None) -> Road:
    """Return the road for a lane: the requested one, or the longest line-haul of its routes.

    Raises
    ------
    UserError
        If no route of the lane uses the requested road, or no route begins by road.
    """
    roads = [_roads(corridor, route) for route in corridor.scenario.lanes[lane].routes]
    km = {corridor.steps[s].key: corridor.steps[s].distance_km for steps in roads for s in steps}
    if asked is not None:
        if asked not in km:
            near = suggestion(asked, list(km))
            raise UserError(f"lane {lane!r}: {asked!r} is not a road at the origin{near}{allowed(list(km))}")
        return Road(asked, km[asked])
    if not all(roads):
        raise UserError(f"lane {lane!r}: a route does not begin by road: its shipper cannot move along one")
    first = {corridor.steps[steps[0]].key for steps in roads}
    line_hauls = {key: length for key, length in km.items() if key not in first}
    if line_hauls:
        longest = max(line_hauls, key=line_hauls.__getitem__)
        return Road(longest, line_hauls[longest])
    return Road("", LONGER * max(km.values()))


def _roads(corridor: Corridor, route: str) -> list[int]:
    """Return the steps by road before the first leg of another mode."""
    number = corridor.plan.names.routes.index(route)
    found = []
    for s in corridor.plan.main_steps(number):
        mode = corridor.steps[s].mode
        if mode == "road":
            found.append(s)
        elif mode:
            break
    return found


@dataclass(frozen=True)
class _Use:
    """A change of the road distance of some consignments.

    Attributes
    ----------
    ids
        (k,) consignments of one route.
    donors
        (k,) consignments whose time on the road is used; the same consignments if their route has the road.
    step
        Step of the donors' route that is the road.
    sign
        1 if the road gets longer, -1 if shorter.
    own
        Whether the route itself uses the road.
    """

    ids: Ints
    donors: Ints
    step: int
    sign: int
    own: bool


def _uses(journeys: Journeys, road: Road) -> Iterator[_Use]:
    corridor, route = journeys.corridor, journeys.world.route
    present = [int(r) for r in np.unique(route)]
    steps = {r: _roads(corridor, corridor.plan.names.routes[r]) for r in present}
    if not road.key:
        for r in present:
            ids = np.flatnonzero(route == r)
            yield _Use(ids, ids, steps[r][0], 1, own=True)
        return
    on_road = {r: s for r in present for s in steps[r] if corridor.steps[s].key == road.key}
    if not on_road:
        return
    donor, donor_step = next(iter(on_road.items()))
    all_donors = np.flatnonzero(route == donor)
    for r in present:
        ids = np.flatnonzero(route == r)
        if r in on_road:
            yield _Use(ids, ids, on_road[r], -1, own=True)
        else:
            yield _Use(ids, evenly(all_donors, len(ids)), donor_step, 1, own=False)


@dataclass(frozen=True)
class _Kilometre:
    """The effect of one kilometre further inland, (n,) each.

    Attributes
    ----------
    earlier_us
        How much earlier the goods are accepted, us.
    logistics_cost, freight_cost
        Additional charges in the reporting currency.
    """

    earlier_us: Floats
    logistics_cost: Floats
    freight_cost: Floats


@lru_cache(maxsize=2)
def _kilometre(journeys: Journeys, road: Road) -> _Kilometre:
    found = _Kilometre(*(np.zeros(journeys.world.n) for _ in range(3)))
    for use in _uses(journeys, road):
        share = use.sign / journeys.corridor.steps[use.step].distance_km
        charge, freight = _charge(journeys, use)
        found.earlier_us[use.ids] = share * _time_us(journeys, use)
        found.logistics_cost[use.ids] = share * charge
        found.freight_cost[use.ids] = share * freight if use.own else 0.0
    return found


def moved_inland(journeys: Journeys, road: Road, km: float) -> Priced:
    """Price the journeys of one lane with the shipper ``km`` along the road."""
    more = _kilometre(journeys, road)
    entry_us = journeys.world.entry_us - np.rint(km * more.earlier_us).astype(np.int64)
    found = price(journeys.with_world(entry_us=entry_us))
    logistics_cost = found.logistics_cost + km * more.logistics_cost
    return Priced(found.kg, logistics_cost, found.freight_cost + km * more.freight_cost, found.hours)


def _time_us(journeys: Journeys, use: _Use) -> Ints:
    """Return the simulated time on the whole road, (k,)."""
    road = journeys.trace.at(use.step)
    return (road.end_us - road.begin_us)[np.searchsorted(road.ids, use.donors)]


def _charge(journeys: Journeys, use: _Use) -> tuple[Floats, Floats]:
    """Return the charges for the whole road, total and freight part, (k,) each.

    If the road is not on the route: what the donors would be charged with these goods.
    """
    if use.own:
        there = journeys
    else:
        goods = journeys.world
        there = journeys.pick(use.donors).with_world(size=goods.size[use.ids], value=goods.value[use.ids])
    route = invoices_of(there)[int(journeys.world.route[use.donors[0]])]
    of_road = [k for k, line in enumerate(route.lines) if line.step == use.step and not line.on_value]
    return route.total(of_road), route.total(k for k in of_road if route.lines[k].freight)
