"""Arrange the rows of all routes in one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fourport.plan.rows import RouteRows, Row, Track, tell_repeats_apart


@dataclass
class Layout:
    """The rows of all routes, one route after the other, and the first row of each route and track."""

    rows: list[Row] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    first_step: list[int] = field(default_factory=lambda: [0])
    n_main: list[int] = field(default_factory=list)
    track_first: list[int] = field(default_factory=list)

    @property
    def step_of(self) -> dict[Row | None, int]:
        """Step number of each row in the plan; -1 for None."""
        return {None: -1} | {row: s for s, row in enumerate(self.rows)}

    @property
    def track_of(self) -> dict[Track | None, int]:
        """Number of each declaration track in the plan; -1 for None."""
        return {None: -1} | {track: t for t, track in enumerate(self.tracks)}


def lay_out(routes: Iterable[RouteRows]) -> Layout:
    """Arrange rows in one table, with the main steps of a route before its tracks; no key comes twice."""
    laid = Layout()
    for route in routes:
        tell_repeats_apart(route)
        laid.rows += route.main
        laid.n_main.append(len(route.main))
        for track in route.tracks:
            laid.tracks.append(track)
            laid.track_first.append(len(laid.rows))
            laid.rows += track.rows
        laid.first_step.append(len(laid.rows))
    return laid
