"""The rows of all routes in one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fourport.plan.rows import RouteRows, Row, Track


@dataclass
class Layout:
    """The rows of all routes one after the other, and where those of each route and track begin."""

    rows: list[Row] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    first_step: list[int] = field(default_factory=lambda: [0])
    n_main: list[int] = field(default_factory=list)
    track_first: list[int] = field(default_factory=list)

    @property
    def step_of(self) -> dict[Row | None, int]:
        """Number of each row in the plan; -1 of none."""
        return {None: -1} | {row: s for s, row in enumerate(self.rows)}

    @property
    def track_of(self) -> dict[Track | None, int]:
        """Number of each filing track in the plan; -1 of none."""
        return {None: -1} | {track: t for t, track in enumerate(self.tracks)}


def lay_out(routes: Iterable[RouteRows]) -> Layout:
    """Lay rows out, a route's main steps before its tracks."""
    laid = Layout()
    for route in routes:
        laid.rows += route.main
        laid.n_main.append(len(route.main))
        for track in route.tracks:
            laid.tracks.append(track)
            laid.track_first.append(len(laid.rows))
            laid.rows += track.rows
        laid.first_step.append(len(laid.rows))
    return laid
