"""Working calendars: weekly hours and dated holidays."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from fourport.scenario import ref
from fourport.scenario.base import Section
from fourport.scenario.units import Clock

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
Month = Literal["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MONTHS: tuple[Month, ...] = get_args(Month)


def _expand_days(value: Any) -> Any:
    """Turn "daily", "Mon-Fri" and single days into a list of weekdays."""
    allowed = f'"daily", a day ({", ".join(WEEKDAYS)}), a range such as "Mon-Fri", or a list of these'
    parts = value if isinstance(value, list | tuple) else [value]
    days: list[str] = []
    for part in parts:
        if part == "daily":
            days += WEEKDAYS
            continue
        ends = part.split("-") if isinstance(part, str) else []
        if not 1 <= len(ends) <= 2 or any(end not in WEEKDAYS for end in ends):
            raise ValueError(f"{part!r} is not a day of the week; allowed: {allowed}")
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days += [WEEKDAYS[k % 7] for k in range(first, last + 1 + (7 if last < first else 0))]
    if not days or len(set(days)) != len(days):
        raise ValueError(f"{value!r} names no day, or a day twice; allowed: {allowed}")
    return tuple(days)


_DAYS = {"type": "string", "pattern": f"^(daily|({'|'.join(WEEKDAYS)})(-({'|'.join(WEEKDAYS)}))?)$"}
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


class Calendar(Section):
    """When something works. Breaks are gaps between working hours."""

    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    """Weekly working hours; they may not overlap."""
    holidays: tuple[ref.Holidays, ...] = ()
    """Holiday lists. No hours begin on these days, and hours that run into such a day end at midnight."""

    @model_validator(mode="after")
    def _no_overlap(self) -> Self:
        week = 7 * 24 * 60
        spans = []
        for entry, hours in enumerate(self.hours):
            for day in hours.days:
                begin = WEEKDAYS.index(day) * 1440 + hours.open
                length = hours.close - hours.open
                spans.append((begin, begin + (length if length > 0 else length + 1440), entry))
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
