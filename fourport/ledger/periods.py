"""Prices by date: which of the lines of one name is valid at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.clocks import local_time, utc_us
from fourport.plan.tables import Ints
from fourport.scenario.models.tariffs import Line

NONE = -1


def valid_always(lines: Sequence[Line]) -> bool:
    """Return whether one price is valid on all days."""
    return len(lines) == 1 and lines[0].valid_from is None and lines[0].valid_to is None


class Validity(NamedTuple):
    """Which of the lines of one name holds when.

    Attributes
    ----------
    edges_us
        (k,) instants at which another line begins to hold, us UTC.
    lines
        (k + 1,) index of the line until the first edge and from each on; -1 where nothing is charged.
    """

    edges_us: Ints
    lines: Ints

    @classmethod
    def of(cls, lines: Sequence[Line], zone: str) -> Validity:
        """Read the dates of lines.

        Parameters
        ----------
        lines
            Lines of one name, in order of their dates, which do not overlap.
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
        return cls(np.array(edges, dtype=np.int64), np.array([before, *from_then], dtype=np.int64))

    def at(self, at_us: Ints) -> Ints:
        """Return the index of the line that is valid at each instant, (n,); -1 where nothing is charged.

        Parameters
        ----------
        at_us
            (n,) us UTC. An instant outside all dates takes the last line before it, or else the first line,
            unless nothing is charged otherwise. (Where gaps are refused, this concerns only an hour of the
            horizon's first or last day that falls on another date at the place.)
        """
        # If two edges coincide (a line ends, the next begins), the later in the list counts.
        return self.lines[np.searchsorted(self.edges_us, at_us, side="right")]


def _midnight(day: date, zone: str) -> int:
    return utc_us(local_time(day, 0), ZoneInfo(zone), strict=False)
