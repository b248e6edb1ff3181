"""Warn of timetables that leave out a part of the run, and of departures that never leave or leave twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from fourport.errors import Problem
from fourport.scenario.dates import Horizon, horizon_of, leaves_on
from fourport.scenario.levers.lever import OfDepartures
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.scenario.models.demand import ByStep
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.transport import Departure, Service
from fourport.scenario.policy_package import under_policy_package
from fourport.scenario.units import clock_text

KnownTimetables = dict[str, tuple[tuple[Service, Service, Horizon], list[Problem]]]
"""What is said of the timetable of a service, as written and under the policy package, in a horizon."""


def timetable_warnings(scenario: Scenario, known: KnownTimetables | None = None) -> Iterator[Problem]:
    """Return the warnings of the timetables of services on routes, and of levers that bring departures.

    Timetables that are as in ``known`` are not checked again; others are added to it.
    """
    horizon = horizon_of(scenario.run)
    if horizon is None:
        return
    known = {} if known is None else known
    for name, (service, under) in _timetables(scenario).items():
        looked_at = service, under, horizon
        if name not in known or known[name][0] != looked_at:
            gaps = _gaps(name, under.timetable, horizon)
            known[name] = looked_at, [*gaps, *_never(name, service, horizon), *_twice(name, service, horizon)]
        yield from known[name][1]
    yield from _of_other_seasons(scenario, horizon)


def _timetables(scenario: Scenario) -> dict[str, tuple[Service, Service]]:
    """Return each service that a route takes, as written and under the policy package."""
    steps = [step for route in scenario.routes.values() for step in route.steps]
    used = {name for step in steps if isinstance(step, ByStep) for name in step.legs}
    under = under_policy_package(scenario).services
    return {name: (service, under[name]) for name, service in scenario.services.items() if name in used}


def _gaps(name: str, rows: Sequence[Departure], horizon: Horizon) -> Iterator[Problem]:
    """Warn of a service that has no valid row of its timetable for some days of the run."""
    days = {day for row in rows for day in row.days}
    shut = [
        day
        for day in horizon.days()
        if WEEKDAYS[day.weekday()] in days and not any(row.holds_on(day) for row in rows)
    ]
    if shut:
        again = [
            row.valid_from for row in rows if row.valid_from and shut[0] < row.valid_from < horizon.after
        ]
        until = f"until {min(again)}" if again else "on"
        yield Problem(
            ("services", name, "timetable"),
            f"nothing departs from {shut[0]} {until}, since no row is valid then (horizon: {horizon})",
        )


def _never(name: str, service: Service, horizon: Horizon) -> Iterator[Problem]:
    """Warn of rows that do not leave in the run; those of other seasons together, at the first of them."""
    idle: list[int] = []
    for k, row in enumerate(service.timetable):
        if next(leaves_on(row, service, horizon), None) is not None:
            continue
        first, last = row.valid_from, row.valid_to
        span = (last - first).days + 1 if first and last else 14
        if first and span < 14 and not any(row.leaves_on(first + timedelta(days=d)) for d in range(span)):
            when = f"{', '.join(row.days)}{f' of an {row.weeks} week' if row.weeks else ''}"
            what = f"never leaves: {first} to {last}, when it is valid, has no {when}"
            yield Problem(("services", name, "timetable", k), what)
        else:
            idle.append(k)
    if idle:
        n = len(idle) - 1
        more = f", nor {'does 1 more row' if n == 1 else f'do {n} more rows'} of this timetable" if n else ""
        yield Problem(
            ("services", name, "timetable", idle[0]), f"does not leave in the run ({horizon}){more}"
        )


def _twice(name: str, service: Service, horizon: Horizon) -> Iterator[Problem]:
    """Warn of rows that leave when another does, as where seasons overlap, each once."""
    rows, found = service.timetable, dict[int, tuple[int, date]]()
    alike: dict[tuple[str, object], list[int]] = {}
    for k, row in enumerate(rows):
        for mark in [("clock", row.departs), *([("number", row.number)] if row.number else [])]:
            alike.setdefault(mark, []).append(k)
    for (what, _), same in alike.items():
        taken: dict[date, int] = {}
        for k in same if len(same) > 1 else ():
            for day in leaves_on(rows[k], service, horizon):
                first = taken.setdefault(day, k)
                meant = what == "clock" and rows[k].number != rows[first].number
                if first != k and not (meant and rows[k].number and rows[first].number):
                    found.setdefault(k, (first, day))
    for k, (first, day) in sorted(found.items()):
        when = f"{clock_text(rows[k].departs)} on {day}"
        which = (
            f"as timetable[{first}] does"
            if rows[first].departs == rows[k].departs
            else (f"and timetable[{first}], of the same number, at {clock_text(rows[first].departs)}")
        )
        yield Problem(
            ("services", name, "timetable", k),
            f"leaves at {when}, {which}: both are counted; seasons that overlap, or a row twice?"
            " Departures that are meant to be two have different numbers",
        )


def _of_other_seasons(scenario: Scenario, horizon: Horizon) -> Iterator[Problem]:
    """Warn of levers in the policy package that bring a service no departure in the run."""
    for name in scenario.policy_package:
        lever = scenario.levers[name]
        brought = lever.services if isinstance(lever, OfDepartures) else {}
        for service, rows in brought.items():
            its = scenario.services[service]
            if not any(next(leaves_on(row, its, horizon), None) is not None for row in rows):
                what = f"none of these departures is valid in the run (horizon: {horizon})"
                yield Problem(("levers", name, "services", service), what)
