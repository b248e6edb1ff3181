"""The steps of one route under construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fourport.plan.conditions import ALWAYS, Condition
from fourport.plan.corridor import StepInfo
from fourport.plan.tables import Kind, Space

ENTERED = ("GTIN", "RCS")
"""Milestones of the entry into a supervised area: in at the gate, accepted by the air terminal."""


@dataclass(eq=False)
class Row:
    """A step under construction; its fields become the columns of the plan's step table."""

    info: StepInfo
    kind: int
    provider: str | None = None
    condition: Condition = ALWAYS
    after_track: Track | None = None
    unless_done: Row | None = None
    track: Track | None = None
    early_track: Track | None = None
    early_condition: Condition = ALWAYS
    space: int = Space.FREE
    choice: Row | None = None
    """First row of the choice of services that it is part of."""
    within_us: int = -1
    hours: str | None = None
    priority: Sequence[int] = ()


@dataclass(eq=False)
class Track:
    """A declaration track under construction."""

    rows: list[Row] = field(default_factory=list)


@dataclass
class RouteRows:
    """The steps of one route: the main track and the declaration tracks; the last transport so far."""

    main: list[Row] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    arrival: Row | None = None

    def brought_by(self, arrival: Row) -> tuple[str, ...]:
        """Return the services that bring goods with the last transport, ``arrival``; none if it is by road.

        Before a row that only notes an arrival these are all services just before it.
        """
        end = self.main.index(arrival) + 1
        found: list[str] = []
        for row in reversed(self.main[:end]):
            if row.kind == Kind.SERVICE and row.provider is not None:
                found.append(row.provider)
            if (row.kind != Kind.SERVICE and row is not arrival) or arrival.kind != Kind.MARK:
                break
        return tuple(reversed(found))

    def entry(self, place: str) -> Row | None:
        """Return the step so far by which goods enter the supervised area of a facility.

        It is the first handling there since the last transport that reports at its end GTIN (through the
        gate) or RCS (accepted by the terminal); without one, the last transport.
        """
        since = 0 if self.arrival is None else self.main.index(self.arrival) + 1
        for row in self.main[since:]:
            if row.info.part == "handling" and row.info.place == place and row.info.ends in ENTERED:
                return row
        return self.arrival

    def start_track(self, mark: StepInfo, track: Track, condition: Condition, after: Row) -> None:
        """Start a declaration track right after a step, for consignments for which the condition holds."""
        row = Row(mark, Kind.MARK, early_track=track, early_condition=condition)
        self.main.insert(self.main.index(after) + 1, row)


def tell_repeats_apart(rows: RouteRows) -> None:
    """Number the keys of steps that a route repeats, so that each has its own random stream."""
    seen: dict[str, int] = {}
    for row in (*rows.main, *(row for track in rows.tracks for row in track.rows)):
        seen[row.info.key] = seen.get(row.info.key, 0) + 1
        if seen[row.info.key] > 1:
            row.info = replace(row.info, key=f"{row.info.key}#{seen[row.info.key]}")
