"""Local time for arrays of instants: weekday and time of day at a place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.tables import DAY, MINUTE, Ints
from fourport.study.compiled.service_tables import THURSDAY

QUARTER = 15 * MINUTE
"""Changes of clocks happen at whole quarters of an hour and by whole quarters."""

SPAN = 512 * DAY
"""Changes of clocks are computed for whole spans, so that results can be cached."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local_us(times_us: Ints, zone: str) -> Ints:
    """Convert us UTC to us of local time since 1970-01-01T00:00 local."""
    if not len(times_us):
        return times_us
    turns, offsets = turns_of(zone, int(times_us.min()), int(times_us.max()))
    return times_us + offsets[np.searchsorted(turns, times_us, side="right") - 1]


def weekday(local: Ints) -> Ints:
    """Return the weekday of local times; Monday is 0."""
    return (local // DAY + THURSDAY) % 7


def turns_of(zone: str, begin_us: int, end_us: int) -> tuple[Ints, Ints]:
    """Return the offsets of a zone, us, and from when on each holds, us UTC: the first at ``begin_us``."""
    return _turns(zone, begin_us // SPAN, end_us // SPAN + 1)


@cache
def _turns(zone: str, first: int, last: int) -> tuple[Ints, Ints]:
    """Return the instants at which the offset of a zone changes, and the offsets, us, between two spans."""
    clock, first_day, last_day = ZoneInfo(zone), first * SPAN // DAY, last * SPAN // DAY
    found = [(first_day * DAY, _offset(clock, first_day * DAY))]
    for day in range(first_day, last_day):
        if _offset(clock, (day + 1) * DAY) == found[-1][1]:
            continue
        for at in range(day * DAY + QUARTER, (day + 1) * DAY + 1, QUARTER):
            if _offset(clock, at) != found[-1][1]:
                found.append((at, _offset(clock, at)))
    turns, offsets = np.array(found, dtype=np.int64).T
    return turns, offsets


def _offset(clock: ZoneInfo, at_us: int) -> int:
    offset = (_EPOCH + timedelta(microseconds=at_us)).astimezone(clock).utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)
