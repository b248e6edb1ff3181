"""Lanes that hand in nothing while the run measures: its cohort is what enters in the window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fourport.errors import Key, Problem
from fourport.scenario.dates import Horizon, horizon_of
from fourport.scenario.distributions import Distribution
from fourport.scenario.models import Scenario
from fourport.scenario.models.calendars import MONTHS, WEEKDAYS
from fourport.scenario.models.demand import Lane
from fourport.scenario.models.run import Run
from fourport.scenario.parts import Parts, table

MICROSECOND = timedelta(microseconds=1)


def check_demand(parts: Parts) -> Iterator[Problem]:
    """Find a run in whose window nothing is accepted, on any lane."""
    run, lanes = parts.run, parts.lanes
    if run is None or horizon_of(run) is None or len(lanes) < len(table(parts.values, "lanes")):
        return
    places = table(parts.values, "facilities")
    try:
        silent = [
            name
            for name, lane in lanes.items()
            if not _enters(lane, str(table(places, lane.origin).get("zone")), run)
        ]
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return  # zones that are none are reported as such
    if len(silent) == len(lanes):
        for name in silent:
            what = f"nothing is accepted in the window ({_window(run)}), on this lane or another"
            yield Problem(
                _key(name, lanes[name]), f"{what}; allowed: demand in the window, of one lane at least"
            )


def silent_lanes(scenario: Scenario) -> Iterator[Problem]:
    """Find lanes of a valid scenario that hand in nothing in the window."""
    for name, lane in scenario.lanes.items():
        if not _enters(lane, scenario.facilities[lane.origin].zone, scenario.run):
            what = f"nothing is accepted in the window ({_window(scenario.run)})"
            yield Problem(_key(name, lane), f"{what}, so that no result is of this lane")


def _key(name: str, lane: Lane) -> Key:
    return ("lanes", name, "renewal" if lane.renewal else "season")


def _enters(lane: Lane, zone: str, run: Run) -> bool:
    """Tell whether anything can enter in the window; days are those of the lane's zone."""
    window = _window(run)
    start, first, after = (
        datetime.combine(day, time(), ZoneInfo(run.zone)).astimezone(UTC)
        for day in (run.start, window.first, window.after)
    )
    if lane.renewal is not None:
        return _renewed(lane.renewal.interval, (first - start) / MICROSECOND, (after - start) / MICROSECOND)
    here = ZoneInfo(zone)
    day, end = first.astimezone(here).date(), after.astimezone(here)
    while datetime.combine(day, time(), here) < end:
        if _has_demand(lane, day):
            return True
        day += timedelta(days=1)
    return False


def _renewed(interval: Distribution[int], begins: float, ends: float) -> bool:
    """Tell whether any interval can end in the window; the first of them begins with the run.

    The end of the k-th lies between k times the smallest and k times the largest. Of those that can reach the
    window the earliest is the likeliest to end within it.
    """
    k = max(1, math.ceil(begins / interval.largest))
    return k * interval.smallest < ends


def _has_demand(lane: Lane, day: date) -> bool:
    in_season = not lane.season or lane.season.get(MONTHS[day.month - 1], 0.0) > 0
    return in_season and (not lane.week or lane.week.get(WEEKDAYS[day.weekday()], 0.0) > 0)


def _window(run: Run) -> Horizon:
    warm_up = 0 if run.warm_up == "none" else run.warm_up
    first = run.start + timedelta(microseconds=warm_up)
    return Horizon(first, first + timedelta(microseconds=run.window))
