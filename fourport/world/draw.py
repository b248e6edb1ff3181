"""Draw a world: everything random in one replication."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints, Kind
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import day_kinds
from fourport.world.consignments import Consignments
from fourport.world.demand import rates
from fourport.world.durations import fill_durations
from fourport.world.oversize import refuse_oversize
from fourport.world.sampling import BELOW_ONE
from fourport.world.services import draw_by_arrival, draw_departures, draw_trips
from fourport.world.streams import Streams, streams_of
from fourport.world.tables import (
    NONE_BY_ARRIVAL,
    ByArrival,
    Departures,
    Drives,
    Numbers,
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
    lanes = [Consignments(corridor, name, _rates(corridor, name), streams) for name in corridor.lane_names]
    entry_us = [drawn.entry_us for drawn in lanes]
    # Order by entry time; break ties by lane, then by the order within the lane.
    order = streams.once("order", None, lambda: np.argsort(np.concatenate(entry_us), kind="stable"), entry_us)

    def gather(field: str) -> Any:
        # Taken out of the lanes, so that its memory is free for the next one.
        each = [vars(drawn).pop(field) for drawn in lanes]
        return streams.once(
            ("in order", field), None, lambda: np.concatenate(each).take(order, axis=0), [order, *each]
        )

    route, commodity = gather("route"), gather("commodity")
    first_event_row, visits = event_row_bases(plan, route), _fleet_visits(corridor, route)
    departures = [
        draw_departures(service, name, timetable, streams)
        for (name, service), timetable in zip(scenario.services.items(), corridor.timetables, strict=True)
    ]
    world = World(
        entry_us=gather("entry_us"),
        lane=streams.once("lane", [drawn.n for drawn in lanes], partial(_lanes, lanes, order), [order]),
        route=route,
        trader_class=gather("trader_class"),
        commodity=commodity,
        credit=gather("credit"),
        size=gather("size"),
        value=gather("value"),
        non_compliant=gather("non_compliant"),
        risk=_risks(corridor, lanes, order, commodity),
        first_event_row=first_event_row,
        duration_us=np.empty(int(first_event_row[-1]), dtype=np.int64),
        departures=Departures.joined(departures),
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
        streams=streams,
    )
    ids = np.empty(len(order), dtype=np.int64)
    ids[order] = np.arange(len(order))
    first = 0
    for drawn in lanes:
        fill_durations(drawn, world, ids[first : first + drawn.n])
        first += drawn.n
    refuse_oversize(corridor, world)
    return world


def _lanes(lanes: Sequence[Consignments], order: Ints) -> Numbers:
    """Return the lane of each consignment, (n,)."""
    return np.repeat(np.arange(len(lanes), dtype=np.int32), [drawn.n for drawn in lanes])[order]


def _risks(corridor: Corridor, lanes: list[Consignments], order: Ints, commodity: Ints) -> tuple[Floats, ...]:
    """Draw the risk numbers of all lanes, (n,) each, with the consignments in order.

    Parameters
    ----------
    order, commodity
        (n,) place of each consignment among those of the lanes one after the other, and its commodity.
    """
    plan, streams = corridor.plan, lanes[0].streams
    partners, correlations = plan.draw_partner.tolist(), plan.draw_correlation.tolist()
    risk: list[Floats] = []
    for k, name in enumerate(plan.names.draws):
        by_commodity, correlation = corridor.conditions.draws[k].by_commodity, correlations[k]
        partner = risk[partners[k]] if correlation else None
        made_of = [order, *([] if partner is None else [partner]), *([commodity] if by_commodity else [])]
        share = np.array(by_commodity)
        one = streams.once(
            ("risk", name),
            (correlation, by_commodity),
            partial(_risk, lanes, name, order, partner, correlation, share, commodity),
            made_of,
        )
        risk.append(one)
    return tuple(risk)


def _risk(
    lanes: list[Consignments],
    name: str,
    order: Ints,
    partner: Floats | None,
    correlation: float,
    share: Floats,
    commodity: Ints,
) -> Floats:
    """Draw a risk number of all lanes, (n,); ``share`` is that of each commodity, empty if it has none."""
    found: Floats = np.concatenate([lane.uniforms("risk", _stream_of(name)) for lane in lanes]).take(order)
    if partner is not None:
        found = _correlated(found, partner, correlation)
    if len(share):
        of_each = share[commodity]
        found = np.divide(found, of_each, out=np.ones(len(found)), where=of_each > 0)
    return found


def _by_arrival(corridor: Corridor, departures: Sequence[Departures], streams: Streams) -> ByArrival:
    """Draw the times that are the same for all goods of an arrival."""
    names, steps = list(corridor.plan.names.services), corridor.steps
    timed = _timed_by_arrival(corridor)
    if not timed:
        return NONE_BY_ARRIVAL
    found = [np.empty((2, 0), dtype=np.int64)] * len(steps)
    for s, duration in timed.items():
        bring = [
            (name, corridor.timetables[k], departures[k].arrival_us)
            for name in steps[s].by_arrival
            for k in [names.index(name)]
        ]
        found[s] = draw_by_arrival(duration, steps[s].key, bring, streams)
    first = np.cumsum([0, *(of_step.shape[1] for of_step in found)])
    return ByArrival(first, *np.concatenate(found, axis=1))


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
