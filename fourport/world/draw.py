"""Draw a world: everything random in one replication."""

from __future__ import annotations

import math
from collections import Counter
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from fourport.errors import Problem, Refused
from fourport.plan.conditions import Condition
from fourport.plan.corridor import Corridor, StepInfo, once
from fourport.plan.exchange import worth_at
from fourport.plan.tables import Floats, Ints, Kind, Space
from fourport.plan.timetables import UNITS_A_KG
from fourport.plan.traders import Traders
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import day_kinds
from fourport.scenario.models.demand import Lane
from fourport.scenario.models.sizes import Per
from fourport.world.demand import entries, rates
from fourport.world.hand_in import hand_in
from fourport.world.outcomes import decide
from fourport.world.sampling import BELOW_ONE, durations_us, quantile
from fourport.world.services import draw_by_arrival, draw_departures, draw_trips, most_free_sale
from fourport.world.sizes import amounts, parcels, sizes
from fourport.world.streams import Streams, streams_of
from fourport.world.tables import (
    NONE_BY_ARRIVAL,
    ByArrival,
    Departures,
    Drives,
    Flags,
    World,
    event_row_bases,
)


def draw(corridor: Corridor, seed: int, replication: int) -> World:
    """Draw the world of one replication.

    Raises
    ------
    Refused
        If a consignment does not fit into an empty vehicle that its route needs.
    """
    streams = streams_of(seed, replication)
    scenario, plan = corridor.scenario, corridor.plan
    lanes = [_Consignments(corridor, name, streams) for name in corridor.lane_names]
    lane = np.repeat(np.arange(len(lanes), dtype=np.int32), [len(drawn.entry_us) for drawn in lanes])
    entry_us = np.concatenate([drawn.entry_us for drawn in lanes])
    # Order by entry time; break ties by lane, then by the order within the lane.
    order = np.argsort(entry_us, kind="stable")

    route = np.concatenate([drawn.route for drawn in lanes])[order]
    first_event_row = event_row_bases(plan, route)
    duration_us = np.zeros(int(first_event_row[-1]), dtype=np.int64)
    ids = np.empty(len(order), dtype=np.int64)
    ids[order] = np.arange(len(order))
    first = 0
    for drawn in lanes:
        drawn.fill_durations(duration_us, first_event_row, ids[first : first + len(drawn.entry_us)])
        first += len(drawn.entry_us)

    def gather(field: str) -> Ints:
        # Taken out of the lanes, so that its memory is free for the next one.
        return np.concatenate([vars(drawn).pop(field) for drawn in lanes])[order]

    visits = _fleet_visits(corridor, route)
    departures = Departures.joined(
        [
            draw_departures(service, name, timetable, streams)
            for (name, service), timetable in zip(scenario.services.items(), corridor.timetables, strict=True)
        ]
    )
    world = World(
        entry_us=entry_us[order],
        lane=lane[order],
        route=route,
        trader_class=gather("trader_class"),
        commodity=gather("commodity"),
        credit=gather("credit"),
        size=gather("size"),
        value=gather("value").astype(np.float64, copy=False),
        non_compliant=gather("non_compliant").astype(np.bool_, copy=False),
        risk=np.take(np.concatenate([vars(drawn).pop("risk") for drawn in lanes], axis=1), order, axis=1),
        first_event_row=first_event_row,
        duration_us=duration_us,
        departures=departures,
        drives=Drives.joined(
            [
                (
                    draw_trips(fleet.drive, name, "drive", visits[k], streams),
                    draw_trips(fleet.back, name, "back", visits[k], streams),
                )
                for k, (name, fleet) in enumerate(scenario.fleets.items())
            ]
        ),
        by_arrival=_by_arrival(corridor, departures, streams),
    )
    refuse_oversize(corridor, world)
    return world


def _by_arrival(corridor: Corridor, departures: Departures, streams: Streams) -> ByArrival:
    """Draw the times that are the same for all goods of an arrival."""
    names, steps = list(corridor.plan.names.services), corridor.steps
    if not any(info.by_arrival for info in steps):
        return NONE_BY_ARRIVAL
    none = np.empty(0, dtype=np.int64)
    found = [(none, none)] * len(steps)
    for s, info in enumerate(steps):
        if info.by_arrival and info.duration is not None:
            bring = [
                (name, corridor.timetables[k], departures.of(k).arrival_us)
                for name in info.by_arrival
                for k in [names.index(name)]
            ]
            found[s] = draw_by_arrival(info.duration, info.key, bring, streams)
    first = np.cumsum([0, *(len(at) for at, _ in found)])
    return ByArrival(first, *(np.concatenate(column) for column in zip(*found, strict=True)))


@once
def _rates(corridor: Corridor, name: str) -> Floats:
    scenario, plan = corridor.scenario, corridor.plan
    lane = scenario.lanes[name]
    zone = ZoneInfo(scenario.facilities[lane.origin].zone)
    return rates(lane, day_kinds(scenario.holiday_lists(lane.holidays)), zone, plan.start_us, plan.end_us)


class _Consignments:
    """The consignments of one lane, in the order in which they are ready."""

    def __init__(self, corridor: Corridor, name: str, streams: Streams) -> None:
        scenario, plan = corridor.scenario, corridor.plan
        lane = scenario.lanes[name]
        self.corridor, self.name, self.streams = corridor, name, streams
        self._drawn: dict[str, Floats] = {}
        self._uses = Counter[str]()
        table = _rates(corridor, name)
        ready_us = entries(lane, name, table, plan.start_us, plan.end_us, streams)
        self.n = len(ready_us)
        self.route = self._choice("route", lane.routes, plan.names.routes)
        self.entry_us = hand_in(corridor, name, ready_us, self.route, table, streams)
        self.exporter = self._choice("tier", lane.trader_classes, tuple(scenario.trader_classes))
        self.trader_class = self._both_classes(lane)
        self.commodity = self._choice("commodity", lane.commodities, corridor.commodity_names).astype(
            np.int32
        )
        self.credit = np.full(self.n, -1, dtype=np.int32)
        if lane.credit:
            self.credit = self._choice("credit", lane.credit, tuple(scenario.credit_grades)).astype(np.int32)
        self.non_compliant = self._non_compliant()
        self.risk = np.empty((len(plan.names.draws), self.n))
        for k, drawn in enumerate(plan.names.draws):
            self.risk[k] = self._correlated(self._uniforms("risk", _stream_of(drawn)), k)
            shares = np.array(corridor.conditions.draws[k].by_commodity)
            if len(shares):
                share = shares[self.commodity]
                self.risk[k] = np.divide(self.risk[k], share, out=np.ones(self.n), where=share > 0)
        self.holds = decide(plan, self.risk, self.trader_class, self.non_compliant)
        self._goods(lane)
        self.parcels = parcels(self.size[:, 0], self.commodity, scenario.commodities.values())

    def _non_compliant(self) -> Flags:
        """Draw which consignments are non-compliant, by the scenario's share for each trader class."""
        share = np.array(
            [trader_class.non_compliant for trader_class in self.corridor.scenario.trader_classes.values()]
        )
        return np.asarray(self._uniforms("offence") < share[self.exporter])

    def _both_classes(self, lane: Lane) -> Ints:
        """Draw the importers' classes; return the plan's number of both classes of each consignment."""
        if not lane.importers:
            return self.exporter
        classes, traders = list(self.corridor.scenario.trader_classes), Traders.of(self.corridor.scenario)
        number = np.full((len(classes), len(classes)), -1, dtype=np.int64)
        for k, (mine, theirs) in enumerate(zip(traders.exporters, traders.importers, strict=True)):
            number[classes.index(mine), classes.index(theirs)] = k
        return number[self.exporter, self._choice("importer", lane.importers, tuple(classes))]

    def _correlated(self, u: Floats, k: int) -> Floats:
        """Correlate risk number ``k``, drawn as ``u``, with its partner through their normal scores."""
        correlation = float(self.corridor.plan.draw_correlation[k])
        if not correlation:
            return u
        from fourport.special import ndtr, ndtri

        partner = self.risk[self.corridor.plan.draw_partner[k]]
        own = math.sqrt(1 - correlation**2)
        found: Floats = ndtr(correlation * ndtri(partner) + own * ndtri(u))
        return np.minimum(found, BELOW_ONE)

    def _uniforms(self, purpose: str, entity: str = "") -> Floats:
        return self.streams.uniforms(purpose, f"{self.name}|{entity}", self.n)

    def _choice(self, purpose: str, shares: dict[str, float], names: tuple[str, ...]) -> Ints:
        # Sort by name, so that the order in the scenario file does not matter.
        index = np.array([names.index(name) for name in sorted(shares)], dtype=np.int64)
        cumulated = np.cumsum([shares[name] for name in sorted(shares)])
        picked = np.searchsorted(cumulated / cumulated[-1], self._uniforms(purpose), side="right")
        return index[np.minimum(picked, len(index) - 1)]

    def _goods(self, lane: Lane) -> None:
        """Draw weight, density and value per kg; every commodity uses the same uniform numbers."""
        scenario = self.corridor.scenario
        u = {what: self._uniforms(what) for what in ("weight", "density", "value")}
        kg, kg_m3, per_kg = np.empty(self.n), np.empty(self.n), np.empty(self.n)
        for k, name in enumerate(self.corridor.commodity_names):
            mine = self.commodity == k
            if name not in lane.commodities or not mine.any():
                continue
            commodity = scenario.commodities[name]
            kg[mine] = quantile(commodity.weight, u["weight"][mine])
            kg_m3[mine] = quantile(commodity.density, u["density"][mine])
            zone = scenario.facilities[lane.origin].zone
            worth = worth_at(scenario, commodity.currency, self.entry_us[mine], zone)
            per_kg[mine] = quantile(commodity.value, u["value"][mine]) * worth
        self.size = sizes(kg, kg / kg_m3, scenario.container_load)
        self.value = per_kg * self.size[:, 0] / UNITS_A_KG

    def fill_durations(self, duration_us: Ints, first_event_row: Ints, ids: Ints) -> None:
        """Write the durations of this lane's consignments into their event rows.

        Parameters
        ----------
        ids
            Ids of the lane's consignments, in the order in which they are ready.
        """
        plan, steps = self.corridor.plan, self.corridor.steps
        routes = np.flatnonzero(np.bincount(self.route, minlength=plan.n_routes)).tolist()
        timed = {
            r: [s for s in plan.route_steps(r) if steps[s].duration is not None and not steps[s].by_arrival]
            for r in routes
        }
        for s in chain.from_iterable(timed.values()):
            self._uses.update((steps[s].key, *(other.key for other in steps[s].jointly)))
        for route in routes:
            mine = np.flatnonzero(self.route == route)
            row = first_event_row[ids[mine]] - int(plan.route_first_step[route])
            for s in timed[route]:
                duration_us[row + s] = self._durations(steps[s], plan.names.routes[route], mine)

    def _durations(self, info: StepInfo, route: str, mine: Ints) -> Ints:
        """Draw the duration of a step for the consignments of a route, from the stream of its key."""
        assert info.duration is not None
        drawn = self._times(info.duration, info.per, info.key, route, mine)
        for share, condition in info.shortened:
            shorter = np.maximum(np.rint(drawn * share).astype(np.int64), 1)
            drawn = np.where(self._hold(condition)[mine], shorter, drawn)
        for done_us, condition in info.ahead:
            drawn = np.where(self._hold(condition)[mine], np.maximum(drawn - done_us, 1), drawn)
        if info.jointly:
            drawn = np.where(self._hold(info.own)[mine], drawn, 1)
        for other in info.jointly:
            also = self._times(other.duration, other.per, other.key, route, mine)
            drawn = np.where(self._hold(other.condition)[mine], np.maximum(drawn, also), drawn)
        return drawn

    def _times(self, duration: Distribution[Any], per: Per, key: str, route: str, mine: Ints) -> Ints:
        """Draw how long a piece of work takes: the duration drawn for one unit, times the number of units."""
        # Who takes the route follows from the number of consignments and the shares of the routes.
        drawn = self.streams.once(
            ("duration", self.name, key, route),
            (duration, self.n, self.corridor.scenario.lanes[self.name].routes),
            lambda: durations_us(duration, self._ranks(key)[mine]),
        )
        if per == "consignment":
            return drawn
        many = amounts(per, self.size[mine], self.parcels[mine])
        return np.maximum(np.rint(drawn * many).astype(np.int64), 1)

    def _ranks(self, key: str) -> Floats:
        """Return the uniform numbers of a key, which are kept until its last use and no longer."""
        found = self._drawn.pop(key, None)
        if found is None:
            found = self._uniforms("duration", key)
        self._uses[key] -= 1
        if self._uses[key] > 0:
            self._drawn[key] = found
        return found

    def _hold(self, condition: Condition) -> Flags:
        return self.corridor.conditions.who(condition, self.holds)


def _stream_of(draw: str) -> str:
    """Return the stream of a risk number, which is its name.

    That of pre-arrival declarations keeps the name of format 1: under another its numbers would change.
    """
    office, _, what = draw.rpartition("/")
    return f"{office}/lodged-ahead" if what == "pre-arrival" else draw


def _fleet_visits(corridor: Corridor, route: Ints) -> list[int]:
    """Count the visits of consignments to each fleet; a fleet makes at most as many trips."""
    plan = corridor.plan
    by_route = np.bincount(route, minlength=plan.n_routes)
    visits = [0] * len(plan.names.fleets)
    for r in range(plan.n_routes):
        for s in plan.main_steps(r):
            if int(plan.step_kind[s]) == Kind.FLEET:
                visits[plan.step_provider[s]] += int(by_route[r])
    return visits


def _roomiest(corridor: Corridor, service: int, space: int, size: Ints) -> Ints:
    """Return what the departure that suits goods of a size best can offer to one consignment, (3,).

    Background cargo is then as small as its distribution allows.
    """
    capacity = _most_capacity(corridor, service, space)
    best: Ints = capacity[int(np.argmin((size > capacity).sum(axis=1)))]
    return best


@once
def _most_capacity(corridor: Corridor, service: int, space: int) -> Ints:
    """Return what each departure can offer to one consignment at most, (D, 3)."""
    timetable = corridor.timetables[service]
    free = most_free_sale(list(corridor.scenario.services.values())[service], timetable)
    return np.maximum(free, timetable.block) if space == Space.BLOCK else free


def refuse_oversize(corridor: Corridor, world: World) -> None:
    """Check that every consignment fits into each empty vehicle that its route needs.

    Raises
    ------
    Refused
        If one does not fit.
    """
    problems = []
    for r in range(corridor.plan.n_routes):
        mine = np.flatnonzero(world.route == r)
        if len(mine):
            problems += oversize(corridor, r, world.size[mine].max(axis=0), split=True)
    if problems:
        raise Refused(problems)


def oversize(corridor: Corridor, route: int, largest: Ints, *, split: bool = False) -> list[Problem]:
    """Return a problem for each vehicle of a route that is too small.

    Parameters
    ----------
    largest
        (3,) size of the goods in g, cm3 and micro-TEU.
    split
        Whether services that split may take them in parts.
    """
    plan = corridor.plan
    problems = []
    for s in plan.main_steps(route):
        if s == plan.choice(s)[0]:
            each = [_oversize(corridor, route, one, largest, split=split) for one in plan.choice(s)]
            if all(each):  # Of several services one is enough.
                problems += [problem for of_leg in each for problem in of_leg]
    return problems


def _oversize(corridor: Corridor, route: int, s: int, largest: Ints, *, split: bool) -> list[Problem]:
    """Return a problem for each dimension in which the vehicles of a step are too small."""
    plan = corridor.plan
    kind, k = int(plan.step_kind[s]), int(plan.step_provider[s])
    loaded, of = largest, ""
    if kind == Kind.FLEET:
        capacity = np.array([plan.fleet_weight_g[k], plan.fleet_volume_cm3[k], largest[2]])
    elif kind == Kind.SERVICE:
        if split and plan.service_splits[k]:
            loaded, of = -(-largest // 1000), "a thousandth of "
        capacity = _roomiest(corridor, k, int(plan.step_space[s]), loaded)
    else:
        return []
    info = corridor.steps[s]
    return [
        Problem(
            ("routes", plan.names.routes[route], "steps", info.route_step),
            f"{of}a consignment of {largest[d] / unit:g} {what} fits no vehicle of {info.key}, "
            f"which takes {capacity[d] / unit:g} {what}",
        )
        for d, (what, unit) in enumerate((("kg", 1e3), ("m3", 1e6), ("TEU", 1e6)))
        if loaded[d] > capacity[d]
    ]
