"""Prices by date: which of the lines of one name is valid at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.clocks import local_time, utc_us
from fourport.plan.tables import Ints
from fourport.scenario.models.tariffs import Line

NONE = -1


def valid_always(lines: Sequence[Line]) -> bool:
    """Return whether one price is valid on all days."""
    return len(lines) == 1 and lines[0].valid_from is None and lines[0].valid_to is None


def valid_line_at(lines: Sequence[Line], at_us: Ints, zone: str) -> Ints:
    """Return the index of the line that is valid at each instant, (n,); -1 where nothing is charged.

    Parameters
    ----------
    lines
        Lines of one name, in order of their dates, which do not overlap.
    at_us
        (n,) us UTC. An instant outside all dates takes the last line before it, or else the first line,
        unless nothing is charged otherwise. (Where gaps are refused, this concerns only an hour of the
        horizon's first or last day that falls on another date at the place.)
    zone
        Zone in which the dates are days.
    """
    between = NONE if lines[0].otherwise == "nothing" else None
    edges: list[int] = []
    from_then: list[int] = []
    before = 0 if between is None else NONE
    for index, line in enumerate(lines):
        if line.valid_from is not None:
            edges.append(_midnight(line.valid_from, zone))
            from_then.append(index)
        else:
            before = index
        if line.valid_to is not None and line.valid_to < date.max:
            edges.append(_midnight(line.valid_to + timedelta(days=1), zone))
            from_then.append(index if between is None else between)
    found = np.array([before, *from_then], dtype=np.int64)
    # If two edges coincide (a line ends, the next begins), the later in the list counts.
    return found[np.searchsorted(np.array(edges, dtype=np.int64), at_us, side="right")]


def _midnight(day: date, zone: str) -> int:
    return utc_us(local_time(day, 0), ZoneInfo(zone), strict=False)
