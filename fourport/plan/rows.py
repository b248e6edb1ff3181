"""Steps of one route under construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fourport.plan.corridor import StepInfo
from fourport.plan.tables import Kind, Space


@dataclass(eq=False)
class Row:
    """A step under construction; the columns of the plan's step table."""

    info: StepInfo
    kind: Kind
    provider: str = ""
    condition: str = ""
    after_track: int = -1
    unless_done: Row | None = None
    track: int = -1
    early_track: int = -1
    early_condition: str = ""
    space: Space = Space.FREE
    priority: Sequence[int] = ()


@dataclass
class RouteRows:
    """The steps of one route: the main track, then one list for each filing track."""

    main: list[Row] = field(default_factory=list)
    tracks: list[list[Row]] = field(default_factory=list)

    def start_track(self, mark: StepInfo, track: int, condition: str, after: Row) -> None:
        """Let a filing track begin right after a step, where the condition holds."""
        row = Row(mark, Kind.MARK, early_track=track, early_condition=condition)
        self.main.insert(self.main.index(after) + 1, row)


def tell_repeats_apart(rows: RouteRows) -> None:
    """Number the keys of what a route does more than once, so that each has its own chance."""
    seen: dict[str, int] = {}
    for row in (*rows.main, *(row for track in rows.tracks for row in track)):
        seen[row.info.key] = seen.get(row.info.key, 0) + 1
        if seen[row.info.key] > 1:
            row.info = replace(row.info, key=f"{row.info.key}#{seen[row.info.key]}")
