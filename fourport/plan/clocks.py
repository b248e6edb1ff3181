"""Convert local times to UTC, calendars to openings, and shifts to numbers of servers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fourport.errors import Key, Problem
from fourport.scenario.models.calendars import WEEKDAYS, Calendar, Hours
from fourport.scenario.models.facilities import Resource, Shift

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MINUTE_US = 60_000_000

Opening = tuple[int, int]
"""Begin and end of an opening, us UTC."""


class NoSuchTime(ValueError):
    """A local time that does not exist because clocks go forward."""


def utc_us(local: datetime, zone: ZoneInfo, *, strict: bool = True) -> int:
    """Return a local time as us UTC; if the time occurs twice, the first one.

    If ``strict`` is false, a skipped time is read as if clocks had not gone forward yet.

    Raises
    ------
    NoSuchTime
        If ``strict`` is true and clocks in the zone skip the time.
    """
    offset = zone.utcoffset(local.replace(fold=0))
    # In a gap the clock after it (fold 1) is ahead of the one before; of a time that comes twice, behind it.
    if strict and zone.utcoffset(local.replace(fold=1)) > offset:  # type: ignore[operator]
        raise NoSuchTime(f"{local:%Y-%m-%d %H:%M} does not exist in {zone.key}: clocks go forward then")
    return (local - _LOCAL_EPOCH - offset) // _MICROSECOND  # type: ignore[operator]


def local_time(day: date, minutes: int) -> datetime:
    """Return the local time that is ``minutes`` after the midnight at which the day begins."""
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)


def clock_us(day: date, minutes: int, zone: ZoneInfo, *, strict: bool = True) -> int:
    """Turn a local time so many minutes after the midnight that begins a day, 2880 at most, into us UTC.

    Raises
    ------
    NoSuchTime
        If clocks in the zone skip that time.
    """
    offset_us = _offset_us(day, zone)
    if offset_us is None:
        return utc_us(local_time(day, minutes), zone, strict=strict)
    return ((day.toordinal() - _EPOCH_DAY) * 1440 + minutes) * _MINUTE_US - offset_us


@lru_cache(maxsize=100_000)
def _offset_us(day: date, zone: ZoneInfo) -> int | None:
    """Return the offset of local time from UTC on a day and the two after it, None if clocks change then."""
    midnights = (local_time(day, k * 1440) for k in range(4))
    found = {zone.utcoffset(midnight) for midnight in midnights}
    offset = found.pop()
    return None if found or offset is None else offset // _MICROSECOND


@lru_cache(maxsize=100)
def days_between(start_us: int, end_us: int, *, before: int = 0) -> tuple[date, ...]:
    """Return every date that the time from start to end touches in some zone, and ``before`` days earlier."""
    first = (_EPOCH + start_us * _MICROSECOND).date() - timedelta(days=1 + before)
    last = (_EPOCH + end_us * _MICROSECOND).date() + timedelta(days=1)
    return tuple(first + timedelta(days=k) for k in range((last - first).days + 1))


def openings(
    calendar: Calendar,
    holidays: frozenset[date],
    zone: ZoneInfo,
    start_us: int,
    end_us: int,
    key: Key,
    problems: list[Problem],
) -> list[Opening]:
    """Return the openings of a calendar in ``[start, end)``, in order.

    No opening begins on a holiday. An opening that runs into a holiday ends at the midnight at which
    the holiday begins.
    """
    found: list[Opening] = []
    for k, hours in enumerate(calendar.hours):
        try:
            found += _opened(hours, holidays, zone, start_us, end_us)
        except NoSuchTime as error:
            problems.append(Problem((*key, "hours", k), f"{error}; allowed: hours that exist on every day"))
    return sorted(found)


@lru_cache(maxsize=1000)
def _opened(
    hours: Hours, holidays: frozenset[date], zone: ZoneInfo, start_us: int, end_us: int
) -> tuple[Opening, ...]:
    """Return the openings of one entry of a calendar; the policies of a scenario mostly share them.

    Raises
    ------
    NoSuchTime
        If one of them begins or ends at a time that clocks skip.
    """
    found: list[Opening] = []
    length = hours.close - hours.open if hours.close > hours.open else hours.close + 1440 - hours.open
    for day in days_between(start_us, end_us, before=1):
        if WEEKDAYS[day.weekday()] not in hours.days or day in holidays:
            continue
        until = hours.open + length
        if until > 1440 and day + timedelta(days=1) in holidays:
            until = 1440
        opens = clock_us(day, hours.open, zone, strict=False)
        closes = clock_us(day, until, zone, strict=False)
        if closes > start_us and opens < end_us:
            if _offset_us(day, zone) is None:
                opens, closes = clock_us(day, hours.open, zone), clock_us(day, until, zone)
            found.append((opens, closes))
    return tuple(found)


def server_changes(
    resource: Resource,
    calendars: Mapping[str, Iterable[Opening]],
    closures: Iterable[Opening],
    start_us: int,
) -> list[tuple[int, int]]:
    """Return the times at which the number of servers of a resource changes, with the new number.

    Parameters
    ----------
    calendars
        Openings by calendar name, for the shifts that name a calendar.
    closures
        Times without servers, whatever the calendars say.
    """
    shifts = resource.all_shifts()
    spans = tuple(None if shift.calendar is None else tuple(calendars[shift.calendar]) for shift in shifts)
    return list(_changes(shifts, spans, tuple(closures), start_us))


@lru_cache(maxsize=1000)
def _changes(
    shifts: tuple[Shift, ...],
    spans: tuple[tuple[Opening, ...] | None, ...],
    closures: tuple[Opening, ...],
    start_us: int,
) -> tuple[tuple[int, int], ...]:
    """Return changes of shifts with the openings of each; policies of a scenario mostly share them."""
    steps: dict[int, int] = {start_us: 0}
    for shift, opened in zip(shifts, spans, strict=True):
        for begin, end in ((start_us, None),) if opened is None else opened:
            at = max(begin, start_us)
            steps[at] = steps.get(at, 0) + shift.servers
            if end is not None:
                steps[end] = steps.get(end, 0) - shift.servers
    closed: dict[int, int] = {}
    for begin, end in closures:
        closed[max(begin, start_us)] = closed.get(max(begin, start_us), 0) + 1
        closed[max(end, start_us)] = closed.get(max(end, start_us), 0) - 1
    changes: list[tuple[int, int]] = []
    servers = shut = 0
    for at in sorted({*steps, *closed}):
        servers += steps.get(at, 0)
        shut += closed.get(at, 0)
        now = 0 if shut else servers
        if not changes or changes[-1][1] != now:
            changes.append((at, now))
    return tuple(changes)
