"""Convert local times to UTC, calendars to openings, and shifts to numbers of servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from fourport.errors import Key, Problem
from fourport.scenario.models.calendars import WEEKDAYS, Calendar
from fourport.scenario.models.facilities import Station

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

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
    aware = local.replace(tzinfo=zone, fold=0)
    utc = aware.astimezone(UTC)
    if strict and utc.astimezone(zone).replace(tzinfo=None, fold=0) != local:
        raise NoSuchTime(f"{local:%Y-%m-%d %H:%M} does not exist in {zone.key}: clocks go forward then")
    return (utc - _EPOCH) // _MICROSECOND


def local_time(day: date, minutes: int) -> datetime:
    """Return the local time that is ``minutes`` after the midnight at which the day begins."""
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)


def days_between(start_us: int, end_us: int, *, before: int = 0) -> Iterator[date]:
    """Yield every date that the time from start to end touches in some zone, and ``before`` days earlier."""
    first = (_EPOCH + start_us * _MICROSECOND).date() - timedelta(days=1 + before)
    last = (_EPOCH + end_us * _MICROSECOND).date() + timedelta(days=1)
    for k in range((last - first).days + 1):
        yield first + timedelta(days=k)


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
        length = hours.close - hours.open if hours.close > hours.open else hours.close + 1440 - hours.open
        try:
            for day in days_between(start_us, end_us, before=1):
                if WEEKDAYS[day.weekday()] not in hours.days or day in holidays:
                    continue
                until = hours.open + length
                if until > 1440 and day + timedelta(days=1) in holidays:
                    until = 1440
                opens, closes = local_time(day, hours.open), local_time(day, until)
                if (
                    utc_us(closes, zone, strict=False) > start_us
                    and utc_us(opens, zone, strict=False) < end_us
                ):
                    found.append((utc_us(opens, zone), utc_us(closes, zone)))
        except NoSuchTime as error:
            problems.append(Problem((*key, "hours", k), f"{error}; allowed: hours that exist on every day"))
    return sorted(found)


def server_changes(
    station: Station,
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
    steps: dict[int, int] = {start_us: 0}
    for shift in station.all_shifts():
        spans = [(start_us, None)] if shift.calendar is None else calendars[shift.calendar]
        for begin, end in spans:
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
    return changes
