"""Convert local times to UTC, calendars to openings, and shifts to numbers of servers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fourport.errors import Key, Problem
from fourport.scenario.models.calendars import (
    Calendar,
    DayKinds,
    HolidayList,
    day_kinds,
    kind_of,
    minutes_open,
)
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


def clocks_change(day: date, zone: ZoneInfo) -> bool:
    """Return whether clocks in a zone change on a day or the two after it."""
    return _offset_us(day, zone) is None


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
    lists: tuple[HolidayList, ...],
    zone: ZoneInfo,
    start_us: int,
    end_us: int,
    key: Key,
    problems: list[Problem],
) -> tuple[Opening, ...]:
    """Return the openings of a calendar in ``[start, end)``, in order.

    Parameters
    ----------
    lists
        The holiday lists of the calendar.
    """
    found, skipped = _openings(calendar, lists, zone, start_us, end_us)
    for row, error in skipped:
        problems.append(Problem((*key, *row), f"{error}; allowed: hours that exist on every day"))
    return found


@lru_cache(maxsize=1000)
def _openings(
    calendar: Calendar, lists: tuple[HolidayList, ...], zone: ZoneInfo, start_us: int, end_us: int
) -> tuple[tuple[Opening, ...], tuple[tuple[Key, NoSuchTime], ...]]:
    """Return openings, and the rows of the calendar that begin or end at a time that clocks skip.

    Policies of a scenario mostly share them.
    """
    days = _Days(calendar, day_kinds(lists))
    found: list[Opening] = []
    skipped: dict[Key, NoSuchTime] = {}
    for day in days_between(start_us, end_us, before=1):
        for row, begins, ends in days.hours(day):
            opens, closes = clock_us(day, begins, zone, strict=False), clock_us(day, ends, zone, strict=False)
            if closes <= start_us or opens >= end_us:
                continue
            if _offset_us(day, zone) is None:
                try:
                    opens, closes = clock_us(day, begins, zone), clock_us(day, ends, zone)
                except NoSuchTime as error:
                    skipped.setdefault(row, error)
                    continue
            found.append((opens, closes))
    return tuple(_united(sorted(found))), tuple(sorted(skipped.items()))


def works_on(calendar: Calendar, lists: tuple[HolidayList, ...]) -> Callable[[date], bool]:
    """Return whether some hours of a calendar begin on a day; ``lists`` are its holiday lists."""
    days = _Days(calendar, day_kinds(lists))
    return lambda day: bool(days.hours(day))


class _Days:
    """What hours begin on each day: by the exceptions of a calendar, by holiday lists, or by its week."""

    def __init__(self, calendar: Calendar, kinds: DayKinds) -> None:
        self.holidays_as, self.kinds = calendar.holidays_as, kinds
        self.other: dict[date, list[tuple[Key, int, int]]] = {}
        for k, one in enumerate(calendar.exceptions):
            for day in one.dates:
                rows = self.other.setdefault(day, [])
                if one.open is not None:
                    rows.append((("exceptions", k), one.open, one.open + one.length))
        self.week: dict[str | None, list[tuple[Key, int, int]]] = {None: []}
        for k, hours in enumerate(calendar.hours):
            for weekday in hours.days:
                ends = hours.open + minutes_open(hours.open, hours.close)
                self.week.setdefault(weekday, []).append((("hours", k), hours.open, ends))

    def hours(self, day: date) -> list[tuple[Key, int, int]]:
        """Return the hours that begin on a day: row, begin and end in minutes after its midnight."""
        rows = self.other.get(day)
        if rows is None:
            rows = self.week.get(self._kind(day), [])
        after = day + timedelta(days=1)
        latest = 1440 if after in self.other or self._kind(after) is None else 2880
        return [(row, begins, min(ends, latest)) for row, begins, ends in rows]

    def _kind(self, day: date) -> str | None:
        return kind_of(day, self.kinds) or self.holidays_as


def _united(spans: Iterable[Opening]) -> list[Opening]:
    """Return openings, in order, with those united that overlap.

    Those of a week do not, but a holiday that works as a Sunday may run into the hours of a Wednesday.
    """
    united: list[Opening] = []
    for begin, end in spans:
        if united and begin < united[-1][1]:
            united[-1] = united[-1][0], max(end, united[-1][1])
        else:
            united.append((begin, end))
    return united


def server_changes(
    resource: Resource,
    calendars: Mapping[str, Iterable[Opening]],
    closures: Iterable[Opening],
    horizon_us: Opening,
) -> list[tuple[int, int]]:
    """Return the times at which the number of servers of a resource changes, with the new number.

    Where the servers are appointments, they are there for the microsecond in which a slot begins.

    Parameters
    ----------
    calendars
        Openings by calendar name, for the shifts that name a calendar.
    closures
        Times without servers, whatever the calendars say.
    horizon_us
        Start and end of the run.
    """
    shifts = resource.all_shifts()
    spans = tuple(None if shift.calendar is None else tuple(calendars[shift.calendar]) for shift in shifts)
    closed = tuple(closures)
    if resource.slot is not None:
        spans = tuple(
            _slots((horizon_us,) if opened is None else opened, closed, resource.slot, horizon_us[0])
            for opened in spans
        )
    return list(_changes(shifts, spans, closed, horizon_us[0]))


def _slots(
    opened: Iterable[Opening], closed: Iterable[Opening], slot_us: int, start_us: int
) -> tuple[Opening, ...]:
    """Return the first microsecond of each slot that fits whole into an opening, from the start on.

    A closure takes the slots that it overlaps and leaves the others when they are: they have been given.
    """
    shut = _united(sorted(closed))
    begins = (at for begin, end in opened for at in range(begin, end - slot_us + 1, slot_us))
    whole = (at for at in begins if not any(begin < at + slot_us and at < end for begin, end in shut))
    return tuple((at, at + 1) for at in whole if at >= start_us)


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
