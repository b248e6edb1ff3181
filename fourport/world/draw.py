"""Draw a world: everything random in one replication."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.conditions import Condition
from fourport.plan.corridor import Corridor, StepInfo
from fourport.plan.exchange import worth_at
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints, Kind
from fourport.plan.timetables import UNITS_A_KG
from fourport.plan.traders import Traders
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import day_kinds
from fourport.scenario.models.demand import Lane
from fourport.scenario.models.sizes import Per
from fourport.world.demand import entries, rates
from fourport.world.hand_in import hand_in
from fourport.world.outcomes import decide
from fourport.world.oversize import refuse_oversize
from fourport.world.sampling import BELOW_ONE, Quantiles, durations_us, quantiles_of, whole_us
from fourport.world.services import draw_by_arrival, draw_departures, draw_trips
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
    rows_from,
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
        return np.concatenate([vars(drawn).pop(field) for drawn in lanes]).take(order, axis=0)

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
        risk=_in_order([vars(drawn).pop("risk") for drawn in lanes], order),
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


def _in_order(risk: list[Floats], order: Ints) -> Floats:
    """Return the risk numbers of all lanes, (D, n), with the consignments in order.

    Number by number: that is several times as fast as all at once.
    """
    found = np.empty((len(risk[0]), len(order)))
    for k, numbers in enumerate(found):
        np.take(np.concatenate([of_lane[k] for of_lane in risk]), order, out=numbers, mode="clip")
    return found


def _by_arrival(corridor: Corridor, departures: Departures, streams: Streams) -> ByArrival:
    """Draw the times that are the same for all goods of an arrival."""
    names, steps = list(corridor.plan.names.services), corridor.steps
    timed = _timed_by_arrival(corridor)
    if not timed:
        return NONE_BY_ARRIVAL
    none = np.empty(0, dtype=np.int64)
    found = [(none, none)] * len(steps)
    for s, duration in timed.items():
        bring = [
            (name, corridor.timetables[k], departures.of(k).arrival_us)
            for name in steps[s].by_arrival
            for k in [names.index(name)]
        ]
        found[s] = draw_by_arrival(duration, steps[s].key, bring, streams)
    first = np.cumsum([0, *(len(at) for at, _ in found)])
    return ByArrival(first, *(np.concatenate(column) for column in zip(*found, strict=True)))


@once
def _timed_by_arrival(corridor: Corridor) -> dict[int, Distribution[Any]]:
    """Return the durations, by step, that are drawn once for each arrival."""
    steps = enumerate(corridor.steps)
    return {s: info.duration for s, info in steps if info.by_arrival and info.duration is not None}


@once
def _rates(corridor: Corridor, name: str) -> Floats:
    """Return the rates of a lane, which policies seldom change."""
    scenario, plan = corridor.scenario, corridor.plan
    lane = scenario.lanes[name]
    lists, zone = scenario.holiday_lists(lane.holidays), ZoneInfo(scenario.facilities[lane.origin].zone)

    def found() -> Floats:
        return rates(lane, day_kinds(lists), zone, plan.start_us, plan.end_us)

    return corridor.shared.once(("rates", name), (lane, lists, zone, plan.start_us, plan.end_us), found)


@dataclass(frozen=True)
class _Timed:
    """Work whose duration is drawn from one stream and one distribution, for all routes that have it.

    Attributes
    ----------
    key, duration, quantiles
        Name of the stream, the distribution, and its quantiles.
    steps
        Route of each of its steps of the plan.
    routes
        These routes, and their names.
    """

    key: str
    duration: Distribution[Any]
    quantiles: Quantiles
    steps: dict[int, int]
    routes: dict[int, str]


@once
def _timed(corridor: Corridor, routes: tuple[int, ...]) -> list[_Timed]:
    """Return the work of all steps of some routes whose durations are drawn for each consignment."""
    found: dict[str, list[_Timed]] = {}
    for route in routes:
        for s in corridor.plan.route_steps(route):
            info = corridor.steps[s]
            if info.duration is None or info.by_arrival:
                continue
            of_key = found.setdefault(info.key, [])
            same = next((timed for timed in of_key if timed.duration == info.duration), None)
            if same is None:
                same = _Timed(info.key, info.duration, quantiles_of(info.duration), {}, {})
                of_key.append(same)
            same.steps[s], same.routes[route] = route, corridor.plan.names.routes[route]
    return [*chain.from_iterable(found.values())]


@once
def _goods_of(corridor: Corridor, commodity: str) -> list[Quantiles]:
    """Return the quantiles of weight, density and value of a commodity."""
    of = corridor.scenario.commodities[commodity]
    return [quantiles_of(one) for one in (of.weight, of.density, of.value)]


class _Consignments:
    """The consignments of one lane, in the order in which they are ready."""

    def __init__(self, corridor: Corridor, name: str, streams: Streams) -> None:
        scenario, plan = corridor.scenario, corridor.plan
        lane = scenario.lanes[name]
        self.corridor, self.name, self.streams = corridor, name, streams
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
        self.risk = self._risks()
        self.holds = decide(plan, self.risk, self.trader_class, self.non_compliant)
        self._goods(lane)
        self.parcels = parcels(self.size[:, 0], self.commodity, scenario.commodities.values())

    def _non_compliant(self) -> Flags:
        """Draw which consignments are non-compliant, by the scenario's share for each trader class."""
        share = np.array(
            [trader_class.non_compliant for trader_class in self.corridor.scenario.trader_classes.values()]
        )
        return np.asarray(self._uniforms("offence") < share[self.exporter])

    def _risks(self) -> Floats:
        """Draw the risk numbers, (D, n)."""
        plan, draws = self.corridor.plan, self.corridor.conditions.draws
        partners, correlations = plan.draw_partner.tolist(), plan.draw_correlation.tolist()
        risk = np.empty((len(plan.names.draws), self.n))
        for k, name in enumerate(plan.names.draws):
            u = self._uniforms("risk", _stream_of(name))
            risk[k] = _correlated(u, risk[partners[k]], correlations[k]) if correlations[k] else u
            if draws[k].by_commodity:
                share = np.array(draws[k].by_commodity)[self.commodity]
                risk[k] = np.divide(risk[k], share, out=np.ones(self.n), where=share > 0)
        return risk

    def _both_classes(self, lane: Lane) -> Ints:
        """Draw the importers' classes; return the plan's number of both classes of each consignment."""
        if not lane.importers:
            return self.exporter
        classes, traders = list(self.corridor.scenario.trader_classes), Traders.of(self.corridor.scenario)
        number = np.full((len(classes), len(classes)), -1, dtype=np.int64)
        for k, (mine, theirs) in enumerate(zip(traders.exporters, traders.importers, strict=True)):
            number[classes.index(mine), classes.index(theirs)] = k
        return number[self.exporter, self._choice("importer", lane.importers, tuple(classes))]

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
        kg, kg_m3, per_kg = np.empty(self.n), np.empty(self.n), np.empty(self.n)
        u = [self._uniforms(what) for what in ("weight", "density", "value")]
        zone = scenario.facilities[lane.origin].zone
        for k, name in enumerate(self.corridor.commodity_names):
            mine = np.flatnonzero(self.commodity == k)
            if name not in lane.commodities or not len(mine):
                continue
            weight, density, value = _goods_of(self.corridor, name)
            kg[mine], kg_m3[mine] = weight(u[0][mine]), density(u[1][mine])
            worth = worth_at(scenario, scenario.commodities[name].currency, self.entry_us[mine], zone)
            per_kg[mine] = value(u[2][mine]) * worth
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
        mine = {r: np.flatnonzero(self.route == r) for r in np.unique(self.route).tolist()}
        by_step = {r: np.zeros((len(plan.route_steps(r)), len(of)), dtype=np.int64) for r, of in mine.items()}
        for timed in _timed(self.corridor, tuple(mine)):
            drawn = self._drawn(timed, mine)
            for s, r in timed.steps.items():
                by_step[r][s - plan.route_first_step[r]] = self._durations(steps[s], drawn[r], mine[r])
        for r, durations in by_step.items():
            rows_from(duration_us, len(durations))[first_event_row[ids[mine[r]]]] = durations.T

    def _drawn(self, timed: _Timed, mine: Mapping[int, Ints]) -> dict[int, Ints]:
        """Draw how long one unit of a piece of work takes, for the consignments of each route that has it."""

        def draw() -> Ints:
            u = self._uniforms("duration", timed.key)
            return whole_us(timed.quantiles(u[np.concatenate([mine[r] for r in timed.routes])]))

        # Who takes which route follows from the number of consignments and the shares of the routes.
        shares = self.corridor.scenario.lanes[self.name].routes
        given = timed.duration, self.n, shares, [*timed.routes.values()]
        drawn = self.streams.once(("duration", self.name, timed.key), given, draw)
        found, first = {}, 0
        for r in timed.routes:
            found[r] = drawn[first : first + len(mine[r])]
            first += len(mine[r])
        return found

    def _durations(self, info: StepInfo, drawn: Ints, mine: Ints) -> Ints:
        """Return how long a step takes for the consignments of a route, of what was drawn for one unit."""
        drawn = self._times(info.per, drawn, mine)
        for share, condition in info.shortened:
            shorter = np.maximum(np.rint(drawn * share).astype(np.int64), 1)
            drawn = np.where(self._hold(condition)[mine], shorter, drawn)
        for done_us, condition in info.ahead:
            drawn = np.where(self._hold(condition)[mine], np.maximum(drawn - done_us, 1), drawn)
        if info.jointly:
            drawn = np.where(self._hold(info.own)[mine], drawn, 1)
        for other in info.jointly:
            one = durations_us(other.duration, self._uniforms("duration", other.key)[mine])
            also = self._times(other.per, one, mine)
            drawn = np.where(self._hold(other.condition)[mine], np.maximum(drawn, also), drawn)
        return drawn

    def _times(self, per: Per, drawn: Ints, mine: Ints) -> Ints:
        """Return how long a piece of work takes: the duration drawn for one unit, times the units."""
        if per == "consignment":
            return drawn
        return whole_us(drawn * amounts(per, self.size[mine], self.parcels[mine]))

    def _hold(self, condition: Condition) -> Flags:
        return self.corridor.conditions.who(condition, self.holds)


def _correlated(u: Floats, partner: Floats, correlation: float) -> Floats:
    """Correlate a risk number, drawn as ``u``, with its partner through their normal scores."""
    from fourport.special import ndtr, ndtri

    own = math.sqrt(1 - correlation**2)
    found: Floats = ndtr(correlation * ndtri(partner) + own * ndtri(u))
    return np.minimum(found, BELOW_ONE)


def _stream_of(draw: str) -> str:
    """Return the stream of a risk number, which is its name.

    That of pre-arrival declarations keeps the name of format 1: under another its numbers would change.
    """
    office, _, what = draw.rpartition("/")
    return f"{office}/lodged-ahead" if what == "pre-arrival" else draw


def _fleet_visits(corridor: Corridor, route: Ints) -> list[int]:
    """Count the visits of consignments to each fleet; a fleet makes at most as many trips."""
    found: list[int] = (np.bincount(route, minlength=corridor.plan.n_routes) @ _by_fleet(corridor)).tolist()
    return found


@once
def _by_fleet(corridor: Corridor) -> Ints:
    """Return how often a consignment of each route visits each fleet, (R, F)."""
    plan = corridor.plan
    found = np.zeros((plan.n_routes, len(plan.names.fleets)), dtype=np.int64)
    for r in range(plan.n_routes):
        main = np.array(plan.main_steps(r))
        np.add.at(found[r], plan.step_provider[main[plan.step_kind[main] == Kind.FLEET]], 1)
    return found
