"""Working calendars: weekly hours, holiday lists, and other hours on single dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from fourport.scenario import ref
from fourport.scenario.base import Section
from fourport.scenario.titles import Title
from fourport.scenario.units import Clock

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
Month = Literal["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MONTHS: tuple[Month, ...] = get_args(Month)


_FILLERS = "._ -"
_PLACES = re.compile(rf"[1-7{_FILLERS}]{{7}}")
_DIGITS = re.compile(r"([xX]?)([1-7]{1,7})|[1-7]([,/. ][1-7])+")


def weekdays_of(text: str) -> tuple[Weekday, ...] | None:
    """Return the days of a weekday string of an airline, 1 for Monday; None for any other text.

    Either seven places with a digit or a filler each ("1.3.5.."), or digits alone ("135") or apart ("1,3,5").
    "X67" is every day but 6 and 7. A digit at another place, such as in "1010100", tells nothing for sure,
    nor does "1-5".
    """
    digits = [letter for letter in text if letter in "1234567"]
    if _PLACES.fullmatch(text) and digits and any(one in _FILLERS for one in text):
        fits = all(one in (str(place), *_FILLERS) for place, one in enumerate(text, 1))
        return tuple(WEEKDAYS[int(one) - 1] for one in digits) if fits else None
    match = _DIGITS.fullmatch(text)
    if match is None or len(set(digits)) < len(digits):
        return None
    if match[1]:
        digits = [one for one in "1234567" if one not in digits]
    return tuple(WEEKDAYS[int(one) - 1] for one in sorted(digits)) or None


def _expand_days(value: Any) -> Any:
    """Turn "daily", "Mon-Fri", "1.3.5.." and single days into a list of weekdays."""
    allowed = (
        f'"daily", a day ({", ".join(WEEKDAYS)}), a range such as "Mon-Fri", digits such as "1.3.5.." or'
        ' "135", or a list of these'
    )
    parts = value if isinstance(value, list | tuple) else [value]
    days: list[str] = []
    for part in parts:
        if part == "daily":
            days += WEEKDAYS
            continue
        numbered = weekdays_of(part) if isinstance(part, str) else None
        if numbered is not None:
            days += numbered
            continue
        ends = part.split("-") if isinstance(part, str) else []
        if not 1 <= len(ends) <= 2 or any(end not in WEEKDAYS for end in ends):
            raise ValueError(f"{part!r} is not a day of the week; allowed: {allowed}")
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days += [WEEKDAYS[k % 7] for k in range(first, last + 1 + (7 if last < first else 0))]
    if not days or len(set(days)) != len(days):
        raise ValueError(f"{value!r} names no day, or a day twice; allowed: {allowed}")
    return tuple(days)


_DAYS = {
    "type": "string",
    "pattern": f"^(daily|({'|'.join(WEEKDAYS)})(-({'|'.join(WEEKDAYS)}))?"
    f"|[1-7{_FILLERS}]{{7}}|[xX]?[1-7]{{1,7}}|[1-7]([,/. ][1-7])+)$",
}
Weekdays = Annotated[
    tuple[Weekday, ...],
    BeforeValidator(_expand_days),
    WithJsonSchema({"anyOf": [_DAYS, {"type": "array", "items": _DAYS, "minItems": 1}]}),
]


class Hours(Section):
    """Working hours on some days of the week; they may run past midnight."""

    days: Weekdays
    """Days on which the hours begin."""
    open: Clock
    """Local time at which work begins."""
    close: Clock
    """Local time at which work ends; at or before ``open`` means on the next day."""


class HolidayList(Section):
    """Dated holidays of a country or a place, and the days worked in exchange for them."""

    title: Title = ""
    """Title of the list."""
    dates: tuple[date, ...]
    """Holidays: calendars with this list are closed, and lanes with it accept nothing. Lists may hold whole
    years: a day outside the horizon has no effect, but each day must lie in a calendar year that the horizon
    touches."""
    working_days: tuple[date, ...] = ()
    """Make-up days, mostly of a weekend: calendars and lanes with this list work as on ``work_as``. The
    same years are allowed."""
    work_as: Weekday = "Mon"
    """Day of the week whose hours and whose demand the make-up days have."""

    @model_validator(mode="after")
    def _closed_or_working(self) -> Self:
        for day in self.working_days:
            if day in self.dates:
                raise ValueError(f"{day} is in dates and in working_days; allowed: in one of the two")
        return self


DayKinds = Mapping[date, Weekday | None]
"""Days that holiday lists change: the day of the week as which each works, None for a holiday."""


@lru_cache(maxsize=1000)
def day_kinds(lists: tuple[HolidayList, ...]) -> DayKinds:
    """Return the days that holiday lists change; where they contradict each other, a holiday counts."""
    worked = {day: one.work_as for one in lists for day in one.working_days}
    return {**worked, **{day: None for one in lists for day in one.dates}}


def kind_of(day: date, kinds: DayKinds) -> Weekday | None:
    """Return the day of the week as which a day works; None if it is a holiday."""
    return kinds.get(day, WEEKDAYS[day.weekday()])


def contradictions(lists: Iterable[HolidayList]) -> list[date]:
    """Return the days on which one list is closed and another works, or works as another day of the week."""
    found: dict[date, set[Weekday | None]] = {}
    for one in lists:
        for day, kind in day_kinds((one,)).items():
            found.setdefault(day, set()).add(kind)
    return sorted(day for day, kinds in found.items() if len(kinds) > 1)


class OtherHours(Section):
    """Hours on single dates, instead of those that the calendar has there otherwise."""

    dates: Annotated[tuple[date, ...], Field(min_length=1)]
    """Days on which the hours begin."""
    open: Clock | None = None
    """Local time at which work begins. Without ``open`` and ``close`` the days are closed."""
    close: Clock | None = None
    """Local time at which work ends; at or before ``open`` means on the next day."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.open is None) != (self.close is None):
            raise ValueError("open and close go together; allowed: both, or neither for closed days")
        return self

    @property
    def length(self) -> int:
        """Minutes of work, or those of the whole day if it is closed."""
        return 1440 if self.open is None or self.close is None else minutes_open(self.open, self.close)


def minutes_open(opens: int, closes: int) -> int:
    """Return the length of hours that may run past midnight."""
    return closes - opens if closes > opens else closes + 1440 - opens


class Calendar(Section):
    """When something works. Breaks are gaps between working hours.

    On a date with an exception only ``exceptions`` count, on any other holiday or make-up day the lists of
    ``holidays``, else the day of the week. Hours that run into a closed day, or into one with an
    exception, end at midnight.
    """

    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    """Weekly working hours; they may not overlap."""
    holidays: tuple[ref.Holidays, ...] = ()
    """Holiday lists: no hours begin on their holidays, and their make-up days have the hours of a working
    day. No day may be both, unless it has an exception."""
    holidays_as: Weekday | None = None
    """Day of the week whose hours the holidays have, such as "Sun"; if left out they are closed."""
    exceptions: tuple[OtherHours, ...] = ()
    """Other hours on single dates. A date may have several, such as one before and one after a break."""

    @model_validator(mode="after")
    def _no_overlap(self) -> Self:
        week = 7 * 24 * 60
        spans = []
        for entry, hours in enumerate(self.hours):
            for day in hours.days:
                begin = WEEKDAYS.index(day) * 1440 + hours.open
                spans.append((begin, begin + minutes_open(hours.open, hours.close), entry))
        spans.sort()
        following = [*spans[1:], (spans[0][0] + week, 0, spans[0][2])]
        for (_, end, one), (begin, _, other) in zip(spans, following, strict=True):
            if end > begin:
                first, second = sorted((one, other))
                raise ValueError(
                    f"openings overlap: hours[{first}] and hours[{second}] on {WEEKDAYS[begin // 1440 % 7]}"
                    "; allowed: hours that follow each other in the week"
                )
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.holidays_as is not None and not self.holidays:
            raise ValueError("holidays_as goes with holidays; allowed: both, or no holidays_as")
        spans = sorted(
            (day, other.open or 0, other.length, entry)
            for entry, other in enumerate(self.exceptions)
            for day in other.dates
        )
        for (one, opens, length, first), (two, begins, _, second) in pairwise(spans):
            if one == two and opens + length > begins:
                former, latter = sorted((first, second))
                raise ValueError(
                    f"exceptions[{former}] and exceptions[{latter}] contradict each other on {one}"
                    "; allowed: hours that follow each other, or one exception that closes the day"
                )
        return self


class Closure(Section):
    """A dated period in which nothing begins."""

    begins: datetime
    """Local date and time, such as 2019-02-04T00:00:00."""
    ends: datetime
    """Local date and time."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.begins.tzinfo or self.ends.tzinfo:
            raise ValueError("times are local to the facility; allowed: a date and time without a zone")
        if not self.begins < self.ends:
            raise ValueError("begins must lie before ends")
        return self

    def holds(self, at: datetime) -> bool:
        """True if a local time lies in the closure; its end does not."""
        return self.begins <= at < self.ends
