"""The horizon, and dates that must lie in it.

A date is judged by the horizon of the file in which it is written, or by the
final one: whoever shortens the run in an overlay need not touch the closures and
seasons of the base. Closures and validities must share a day with the horizon,
cancelled days lie in it, holidays lie in one of the calendar years that it
touches (lists of holidays are published by the year).

Lanes hand in something while the run measures: its cohort is what enters in the window.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fourport.errors import Key, Problem
from fourport.scenario.distributions import Distribution
from fourport.scenario.levers.extra_departures import ExtraDepartures
from fourport.scenario.levers.other_timetable import OtherTimetable
from fourport.scenario.models import Scenario
from fourport.scenario.models.calendars import MONTHS, WEEKDAYS
from fourport.scenario.models.demand import ByStep, Lane
from fourport.scenario.models.run import Run
from fourport.scenario.models.transport import Departure, Service
from fourport.scenario.parts import Parts, table
from fourport.scenario.units import MICROSECONDS

WEEK = MICROSECONDS["week"]
LATEST = date(2200, 1, 1)
"""Zone rules are guesses by then, and nanosecond dates of other programs end soon after."""


@dataclass(frozen=True)
class Horizon:
    """First day and the day after the last."""

    first: date
    after: date

    def __str__(self) -> str:
        """Give it as people write it."""
        return f"{self.first} to {self.after - timedelta(days=1)}"

    def meets(self, first: date, last: date) -> bool:
        """Tell whether any day of a period lies in the horizon."""
        return first < self.after and last >= self.first

    def years(self) -> range:
        """Give the calendar years that it touches."""
        return range(self.first.year, (self.after - timedelta(days=1)).year + 1)


Horizons = Callable[[Key], list[Horizon]]
"""The horizons by which the date at a key is judged."""


def horizon_of(run: Run | None) -> Horizon | None:
    """Give the horizon of a run, None if there is no sensible one."""
    if run is None:
        return None
    length = (0 if run.warm_up == "none" else run.warm_up) + run.window + run.drain
    try:
        after = run.start + timedelta(microseconds=length)
    except OverflowError:
        return None
    return Horizon(run.start, after) if after <= LATEST and run.start.year >= 1970 else None


def check_run(parts: Parts) -> Iterator[Problem]:
    """Find windows that are not whole weeks, and horizons beyond the calendar."""
    run = parts.run
    if run is None:
        return
    for name in ("warm_up", "window", "drain"):
        length = getattr(run, name)
        if isinstance(length, int) and length % WEEK:
            near = max(1, round(length / WEEK))
            unit = "week" if near == 1 else "weeks"
            yield Problem(("run", name), f'is not a whole number of weeks; allowed: such as "{near} {unit}"')
    if horizon_of(run) is None:
        yield Problem(
            ("run", "start"), f"the run leaves the calendar; allowed: from 1970 to {LATEST.year - 1}"
        )


def check_dates(parts: Parts, horizons: Horizons) -> Iterator[Problem]:
    """Find dates outside the horizon."""
    used = _services_used(parts)
    for (place, name), resource in parts.resources.items():
        for index, closure in enumerate(resource.closures):
            key: Key = ("facilities", place, "resources", name, "closures", index)
            yield from _meets(key, closure.begins.date(), closure.ends.date(), "the closure", horizons)
    for name, service in parts.services.items():
        for index, departure in enumerate(service.timetable):
            yield from _validity(("services", name, "timetable", index), departure, horizons)
        if name in used:
            yield from _cancelled(("services", name), service, horizons)
        for index, closure in enumerate(service.closures):
            key = ("services", name, "closures", index)
            yield from _meets(key, closure.begins.date(), closure.ends.date(), "the closure", horizons)
        for index, day in enumerate(service.cancellation.dates if service.cancellation else ()):
            yield from _meets(
                ("services", name, "cancellation", "dates", index), day, day, str(day), horizons
            )
    for key, departure in _departures_of_levers(parts):
        yield from _validity(key, departure, horizons)
    for name, holidays in parts.holidays.items():
        for index, day in enumerate(holidays.dates):
            yield from _in_years(("holidays", name, "dates", index), day, horizons)


def _services_used(parts: Parts) -> set[str]:
    """Name the services by which any share of a lane goes: of the others all departures may be called off."""
    routes = {name for lane in parts.lanes.values() for name, share in lane.routes.items() if share > 0}
    steps = [step for name in routes if name in parts.routes for step in parts.routes[name].steps]
    return {step.by for step in steps if isinstance(step, ByStep)}


def _departures_of_levers(parts: Parts) -> Iterator[tuple[Key, Departure]]:
    """Yield the departures that levers bring, with their keys."""
    for name, lever in parts.levers.items():
        if isinstance(lever, ExtraDepartures | OtherTimetable):
            for service, departures in lever.services.items():
                for index, departure in enumerate(departures):
                    yield ("levers", name, "services", service, index), departure


def _validity(key: Key, departure: Departure, horizons: Horizons) -> Iterator[Problem]:
    """Find times of validity that end before they begin, or share no day with the horizon."""
    first, last = departure.valid_from or date.min, departure.valid_to or date.max
    if first > last:
        yield Problem((*key, "valid_to"), f"{last} lies before valid_from ({first})")
    elif departure.valid_from or departure.valid_to:
        written = "valid_from" if departure.valid_from else "valid_to"
        if (
            departure.valid_from
            and departure.valid_to
            and not any(last >= horizon.first for horizon in horizons(key))
        ):
            written = "valid_to"
        yield from _meets((*key, written), first, last, "the time of validity", horizons)


def _cancelled(key: Key, service: Service, horizons: Horizons) -> Iterator[Problem]:
    """Find a service all of whose departures in the horizon are called off for sure."""
    known = horizons(key)
    if not known:
        return
    times = _departures(service, known[-1])
    first = next(times, None)
    if first is not None and all(_called_off(service, at) for at in chain((first,), times)):
        times = _departures(service, known[-1])
        shut = all(any(closure.holds(at) for closure in service.closures) for at in times)
        chance = service.cancellation is not None and not shut
        allowed = (
            "a share below 100 % in some month with departures" if chance else "closures that leave some"
        )
        yield Problem(
            (*key, "cancellation" if chance else "closures"),
            f"is a service without departures in the horizon ({known[-1]}): every one of them is cancelled"
            f"; allowed: {allowed}, or no such service",
        )


def _called_off(service: Service, at: datetime) -> bool:
    """Tell whether a departure is cancelled for sure, or falls into a closure."""
    chance = service.cancellation
    if chance is not None and (
        at.date() in chance.dates or chance.months.get(MONTHS[at.month - 1], chance.share) >= 1
    ):
        return True
    return any(closure.holds(at) for closure in service.closures)


def _departures(service: Service, horizon: Horizon) -> Iterator[datetime]:
    """Give the local times of departure in the horizon; a day more on either side, as zones differ."""
    later = timedelta(microseconds=service.cut_off)  # the horizon is that of cut-offs
    day, after = horizon.first + later - timedelta(days=1), horizon.after + later + timedelta(days=1)
    while day < after:
        for departure in service.timetable:
            first, last = departure.valid_from or date.min, departure.valid_to or date.max
            if WEEKDAYS[day.weekday()] in departure.days and first <= day <= last:
                yield datetime.combine(day, time()) + timedelta(minutes=departure.departs)
        day += timedelta(days=1)


def _meets(key: Key, first: date, last: date, what: str, horizons: Horizons) -> Iterator[Problem]:
    known = horizons(key)
    if known and not any(horizon.meets(first, last) for horizon in known):
        yield Problem(key, f"{what} lies outside the horizon; allowed: {known[-1]}")


def _in_years(key: Key, day: date, horizons: Horizons) -> Iterator[Problem]:
    known = horizons(key)
    if known and not any(day.year in horizon.years() for horizon in known):
        years = known[-1].years()
        shown = str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
        yield Problem(key, f"{day} lies in no year of the horizon; allowed: {shown}")


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
