"""Sums of the time of each consignment by cause, of all steps together."""

from __future__ import annotations

from itertools import accumulate
from typing import TypeAlias

import numpy as np

from fourport.machine import readable, run
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Ints, Kind, firsts, ints
from fourport.trace.causes import CUSTOMS_WORK, INSPECTING
from fourport.trace.closures import of_resource, servers
from fourport.trace.compiled import cause_tables as tables
from fourport.trace.intervals import CAUSE, CAUSES
from fourport.trace.trace import Trace

LegKey: TypeAlias = tuple[int, ...]
"""What legs with the same departures have in common: how long goods are kept, and the services."""


def cause_totals(corridor: Corridor, trace: Trace) -> Ints:
    """Sum the time of each consignment by cause, (n, number of causes) us.

    The sums are those of :func:`~fourport.trace.causes.intervals`, but found without listing the intervals.

    Raises
    ------
    ValueError
        If the trips of fleets are not known.
    """
    if len(trace.trips) != len(corridor.plan.names.fleets):  # compiled code checks no bounds
        raise ValueError("a trace without trips")
    totals = np.zeros((len(CAUSES), trace.world.n), dtype=np.int64)
    run(
        tables.TIME_BY_CAUSE,
        _steps(corridor),
        _openings(corridor),
        _legs(corridor, trace),
        readable(_vehicles(corridor, trace)),
        trace.places,
        readable(trace.happened),
        tables.Totals(totals),
    )
    return totals.T


@once
def _looked_at(corridor: Corridor) -> dict[int, int]:
    """Return the steps of goods, and of declarations for which they wait: each with its join, or -1."""
    plan, found = corridor.plan, dict[int, int]()
    for s in (s for route in range(plan.n_routes) for s in plan.main_steps(route)):
        if int(plan.step_kind[s]) == Kind.JOIN:
            found |= dict.fromkeys(plan.track_steps(int(plan.step_track[s])), s)
        else:
            found[s] = -1
    return found


def _leg_of(corridor: Corridor, s: int) -> LegKey:
    plan = corridor.plan
    return int(plan.step_within_us[s]), *plan.step_provider[plan.choice(s)].tolist()


@once
def _leg_steps(corridor: Corridor) -> dict[LegKey, int]:
    """Return a step of each leg by services; several routes may have the same leg."""
    kind, found = corridor.plan.step_kind, dict[LegKey, int]()
    for s in np.flatnonzero(kind == Kind.SERVICE).tolist():
        found.setdefault(_leg_of(corridor, s), s)
    return found


@once
def _steps(corridor: Corridor) -> tables.Steps:
    plan, legs = corridor.plan, [*_leg_steps(corridor)]
    first_of_leg = [0, *accumulate(len(services) for _, *services in legs)]
    resources, rows = len(plan.names.resources), list[dict[str, int]]()
    always_open = resources + len(plan.hours_first) - 1
    for s, join in _looked_at(corridor).items():
        info, kind, provider = corridor.steps[s], int(plan.step_kind[s]), int(plan.step_provider[s])
        row = {"step": s, "join": join, "does": CAUSE[info.cause]}
        row["waits_for"] = CAUSE["closed"] if plan.step_hours[s] >= 0 else -1
        row |= {"leg": -1, "service": -1, "fleet": -1, "opening": always_open, "rests": 0}
        if kind == Kind.SERVICE:
            leg = legs.index(_leg_of(corridor, s))
            row |= {"leg": leg, "service": first_of_leg[leg] + s - plan.choice(s)[0]}
        elif kind == Kind.FLEET:
            row["fleet"] = provider
            if plan.fleet_hours[provider] >= 0:
                row["opening"] = resources + int(plan.fleet_hours[provider])
        elif kind == Kind.RESOURCE:
            row["does"] = CAUSE[CUSTOMS_WORK.get(info.part, info.cause)]
            if info.part in INSPECTING:  # All of an inspection has one cause, as the wait for it has.
                row["waits_for"] = CAUSE["inspection"]
            else:
                row |= {"waits_for": CAUSE["queue"], "opening": provider}
                row["rests"] = int(plan.resource_resumes[provider])
        rows.append(row)
    columns = {name: ints(row[name] for row in rows) for name in tables.Steps._fields}
    return tables.Steps(**columns | {"rests": columns["rests"] == 1})


@once
def _openings(corridor: Corridor) -> tables.Openings:
    resources, hours = len(corridor.plan.names.resources), len(corridor.plan.hours_first) - 1
    schedules = [*map(of_resource, range(resources)), *(("hours", k, 0) for k in range(hours))]
    each = [servers(corridor, schedule) for schedule in schedules]
    each.append((ints([corridor.plan.start_us]), ints([1])))
    turn_us, number = (np.concatenate(columns) for columns in zip(*each, strict=True))
    return tables.Openings(firsts(turns for turns, _ in each), turn_us, number)


def _legs(corridor: Corridor, trace: Trace) -> tables.Legs:
    """Return what goods were offered on each leg by services."""
    plan, first = corridor.plan, trace.world.departures.first
    steps = [*_leg_steps(corridor).values()]
    offers, none = [trace.offers(s) for s in steps], ints([])
    begins = firsts(one.cutoff_us for one in offers)
    places = [
        begin + one.place(t)
        for s, one, begin in zip(steps, offers, begins.tolist(), strict=False)
        for t in plan.choice(s)
    ]
    cutoff_us, scheduled_us, kept_us = (
        np.concatenate([none, *(getattr(one, name) for one in offers)])
        for name in ("cutoff_us", "scheduled_us", "kept_us")
    )
    numbers = (first[plan.step_provider[one.step]] + one.number for one in offers)
    return tables.Legs(
        first=begins,
        within_us=ints(one.within_us for one in offers),
        cutoff_us=cutoff_us,
        scheduled_us=scheduled_us,
        kept_us=kept_us,
        departure=np.concatenate([none, *numbers]),
        first_of_service=firsts(places),
        place=np.concatenate([none, *places]),
    )


def _vehicles(corridor: Corridor, trace: Trace) -> tables.Vehicles:
    departures, trips, none = trace.world.departures, trace.trips, ints([])
    takes_us = (timetable.arrival_us - timetable.scheduled_us for timetable in corridor.timetables)
    return tables.Vehicles(
        cancelled=departures.cancelled,
        left_us=departures.departure_us,
        due_us=departures.departure_us + np.concatenate([none, *takes_us]),
        first_of_fleet=firsts(one.open_us for one in trips),
        open_us=np.concatenate([none, *(one.open_us for one in trips)]),
    )
