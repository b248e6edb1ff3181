"""Check the horizon, the dates that must lie in it, and demand in the window.

A date may fit the horizon of the file in which it is written, or the final horizon. So an overlay that
shortens the run need not change the closures of the base. Closures must share a day with the horizon,
cancelled days must lie in it, and holidays, make-up days and exceptions of calendars must lie in one of its
calendar years (lists of holidays are published by the year). Timetables may have rows of other seasons, as
price lists may.

Some lane must have consignments accepted in the window, since these are the measured cohort.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fourport.errors import Key, Problem
from fourport.scenario.distributions import Distribution
from fourport.scenario.entries import Entries, table
from fourport.scenario.models.calendars import (
    MONTHS,
    DayKinds,
    HolidayList,
    contradictions,
    day_kinds,
    kind_of,
)
from fourport.scenario.models.demand import ByStep, Lane
from fourport.scenario.models.run import RunSettings
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.transport import Departure, Service
from fourport.scenario.units import MICROSECONDS

WEEK = MICROSECONDS["week"]
LATEST = date(2200, 1, 1)
"""Rules of time zones are uncertain by then, and nanosecond dates of other programs end soon after."""


@dataclass(frozen=True)
class Horizon:
    """First day, and the day after the last day."""

    first: date
    after: date

    def __str__(self) -> str:
        """Return the first and the last day as text."""
        return f"{self.first} to {self.after - timedelta(days=1)}"

    def meets(self, first: date, last: date) -> bool:
        """True if some day of a period lies in the horizon."""
        return first < self.after and last >= self.first

    def days(self) -> Iterator[date]:
        """Return the days of the horizon."""
        return (self.first + timedelta(days=k) for k in range((self.after - self.first).days))

    def years(self) -> range:
        """Return the calendar years of the horizon."""
        return range(self.first.year, (self.after - timedelta(days=1)).year + 1)


EVER = Horizon(date.min, date.max)
"""The horizon that all dates fit."""

Horizons = Callable[[Key], list[Horizon]]
"""Returns the horizons that the date at a key may fit."""


def horizon_of(run: RunSettings | None) -> Horizon | None:
    """Return the horizon of a run; None if it is beyond the calendar."""
    if run is None:
        return None
    length = (0 if run.warm_up == "none" else run.warm_up) + run.window + run.drain
    try:
        after = run.start + timedelta(microseconds=length)
    except OverflowError:
        return None
    return Horizon(run.start, after) if after <= LATEST and run.start.year >= 1970 else None


def check_run(entries: Entries) -> Iterator[Problem]:
    """Check that the parts of the run are whole weeks and that the horizon lies within the calendar."""
    run = entries.run
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


def check_dates(entries: Entries, horizons: Horizons) -> Iterator[Problem]:
    """Check that dates fit the horizon."""
    used = _services_used(entries)
    for (place, name), resource in entries.resources.items():
        for index, closure in enumerate(resource.closures):
            key: Key = ("facilities", place, "resources", name, "closures", index)
            yield from _check_in_horizon(
                key, closure.begins.date(), closure.ends.date(), "the closure", horizons
            )
    for name, service in entries.services.items():
        if name in used:
            yield from _cancelled(("services", name), service, horizons)
        for index, closure in enumerate(service.closures):
            key = ("services", name, "closures", index)
            yield from _check_in_horizon(
                key, closure.begins.date(), closure.ends.date(), "the closure", horizons
            )
        for index, day in enumerate(service.cancellation.dates if service.cancellation else ()):
            yield from _check_in_horizon(
                ("services", name, "cancellation", "dates", index), day, day, str(day), horizons
            )
    yield from _check_calendars(entries, horizons)


def _check_calendars(entries: Entries, horizons: Horizons) -> Iterator[Problem]:
    """Check the dates of holiday lists and of exceptions of calendars."""
    for name, holidays in entries.holidays.items():
        for written in ("dates", "working_days"):
            for index, day in enumerate(getattr(holidays, written)):
                yield from _in_years(("holidays", name, written, index), day, horizons)
    for name, calendar in entries.calendars.items():
        for row, other in enumerate(calendar.exceptions):
            for index, day in enumerate(other.dates):
                yield from _in_years(("calendars", name, "exceptions", row, "dates", index), day, horizons)


def check_holiday_lists(entries: Entries) -> Iterator[Problem]:
    """Check that the holiday lists of a calendar or a lane do not contradict each other."""
    settled = {
        name: {day for other in calendar.exceptions for day in other.dates}
        for name, calendar in entries.calendars.items()
    }
    for section, named in (("calendars", entries.calendars), ("lanes", entries.lanes)):
        for name, one in named.items():
            lists = [entries.holidays[used] for used in one.holidays if used in entries.holidays]
            for day in contradictions(lists):
                if section == "lanes" or day not in settled[name]:
                    way_out = "" if section == "lanes" else ", or an exception of the calendar"
                    yield Problem(
                        (section, name, "holidays"),
                        f"its lists contradict each other on {day}; allowed: lists that agree{way_out}",
                    )


def _services_used(entries: Entries) -> set[str]:
    """Return the services on routes with a share of a lane; others may have no departures at all."""
    routes = {name for lane in entries.lanes.values() for name, share in lane.routes.items() if share > 0}
    steps = [step for name in routes if name in entries.routes for step in entries.routes[name].steps]
    return {name for step in steps if isinstance(step, ByStep) for name in step.legs}


def _cancelled(key: Key, service: Service, horizons: Horizons) -> Iterator[Problem]:
    """Check that some departure of a service in the horizon is not cancelled."""
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
    """True if a departure is certain to be cancelled, or falls into a closure."""
    chance = service.cancellation
    if chance is not None and (
        at.date() in chance.dates or chance.months.get(MONTHS[at.month - 1], chance.share) >= 1
    ):
        return True
    return any(closure.holds(at) for closure in service.closures)


def _departures(service: Service, horizon: Horizon) -> Iterator[datetime]:
    """Return local departure times in the horizon, and a day before and after it since time zones differ."""
    for departure in service.timetable:
        for day in leaves_on(departure, service, horizon):
            yield datetime.combine(day, time()) + timedelta(minutes=departure.departs)


def leaves_on(departure: Departure, service: Service, horizon: Horizon) -> Iterator[date]:
    """Return the local dates of a departure in the horizon, and a day before and after it."""
    later = timedelta(microseconds=service.cut_off_of(departure))  # the horizon applies to cut-offs
    first, last = horizon.first + later - timedelta(days=1), horizon.after + later
    first, last = max(first, departure.valid_from or first), min(last, departure.valid_to or last)
    for k in range((last - first).days + 1):
        day = first + timedelta(days=k)
        if departure.leaves_on(day):
            yield day


def _check_in_horizon(key: Key, first: date, last: date, what: str, horizons: Horizons) -> Iterator[Problem]:
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


def check_demand(entries: Entries) -> Iterator[Problem]:
    """Check that some lane has consignments accepted in the window."""
    run, lanes = entries.run, entries.lanes
    if run is None or horizon_of(run) is None or len(lanes) < len(table(entries.values, "lanes")):
        return
    places = table(entries.values, "facilities")
    try:
        silent = [
            name
            for name, lane in lanes.items()
            if not _accepts_in_window(
                lane, _kinds(lane, entries.holidays), str(table(places, lane.origin).get("zone")), run
            )
        ]
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return  # unknown zones are reported elsewhere
    if len(silent) == len(lanes):
        for name in silent:
            what = f"nothing is accepted in the window ({_window(run)}), on this lane or another"
            yield Problem(
                _key(name, lanes[name]), f"{what}; allowed: demand in the window, of one lane at least"
            )


def lanes_without_consignments(scenario: Scenario) -> Iterator[Problem]:
    """Warn of lanes of a valid scenario without consignments accepted in the window."""
    for name, lane in scenario.lanes.items():
        zone = scenario.facilities[lane.origin].zone
        if not _accepts_in_window(lane, _kinds(lane, scenario.holidays), zone, scenario.run):
            what = f"nothing is accepted in the window ({_window(scenario.run)})"
            yield Problem(_key(name, lane), f"{what}, so that no result is of this lane")


def _key(name: str, lane: Lane) -> Key:
    return ("lanes", name, "renewal" if lane.renewal else "season")


def _kinds(lane: Lane, lists: Mapping[str, HolidayList]) -> DayKinds:
    """Return the days that those holiday lists of a lane change which exist."""
    return day_kinds(tuple(lists[name] for name in lane.holidays if name in lists))


def _accepts_in_window(lane: Lane, kinds: DayKinds, zone: str, run: RunSettings) -> bool:
    """True if a consignment can be accepted in the window; days are those of the time zone of the lane."""
    window = _window(run)
    start, first, after = (
        datetime.combine(day, time(), ZoneInfo(run.zone)).astimezone(UTC)
        for day in (run.start, window.first, window.after)
    )
    if lane.renewal is not None:
        return _ends_in_window(
            lane.renewal.interval, (first - start) / MICROSECOND, (after - start) / MICROSECOND
        )
    here = ZoneInfo(zone)
    day, end = first.astimezone(here).date(), after.astimezone(here)
    while datetime.combine(day, time(), here) < end:
        if _has_demand(lane, kinds, day):
            return True
        day += timedelta(days=1)
    return False


def _ends_in_window(interval: Distribution[int], begins: float, ends: float) -> bool:
    """True if some interval can end in the window; the first interval begins with the run.

    The k-th end lies between k times the smallest and k times the largest interval. Of the ends that can
    reach the window, the earliest is the most likely to lie in it.
    """
    k = max(1, math.ceil(begins / interval.largest))
    return k * interval.smallest < ends


def _has_demand(lane: Lane, kinds: DayKinds, day: date) -> bool:
    kind = kind_of(day, kinds)
    in_season = not lane.season or lane.season.get(MONTHS[day.month - 1], 0.0) > 0
    return kind is not None and in_season and (not lane.week or lane.week.get(kind, 0.0) > 0)


def lists_of_other_years(scenario: Scenario) -> Iterator[Problem]:
    """Warn of holiday lists, and of exceptions of calendars, without a day in a year of the run.

    An overlay may have moved the run away from them.
    """
    horizon = horizon_of(scenario.run)
    lists: dict[Key, set[date]] = {
        ("holidays", name): {*one.dates, *one.working_days} for name, one in scenario.holidays.items()
    }
    for name, calendar in scenario.calendars.items():
        lists["calendars", name, "exceptions"] = {day for one in calendar.exceptions for day in one.dates}
    for key, days in lists.items():
        if horizon is not None and days and not any(day.year in horizon.years() for day in days):
            listed = f"({min(days)} to {max(days)})"
            yield Problem(
                key, f"none of its days {listed} lies in a year of the run ({horizon}): it changes nothing"
            )


def _window(run: RunSettings) -> Horizon:
    warm_up = 0 if run.warm_up == "none" else run.warm_up
    first = run.start + timedelta(microseconds=warm_up)
    return Horizon(first, first + timedelta(microseconds=run.window))
