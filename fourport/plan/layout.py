"""The rows of all routes in one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fourport.plan.rows import RouteRows, Row


@dataclass
class Layout:
    """The rows of all routes one after the other, and where those of each route and track begin."""

    rows: list[Row] = field(default_factory=list)
    first_step: list[int] = field(default_factory=lambda: [0])
    n_main: list[int] = field(default_factory=list)
    track_first: list[int] = field(default_factory=list)
    track_n: list[int] = field(default_factory=list)


def lay_out(routes: Iterable[RouteRows]) -> Layout:
    """Lay rows out, a route's main steps before its tracks, and number the tracks of all routes through."""
    laid = Layout()
    for route in routes:
        offset = len(laid.track_first)
        for row in route.main:
            row.track += offset if row.track >= 0 else 0
            row.early_track += offset if row.early_track >= 0 else 0
            row.after_track += offset if row.after_track >= 0 else 0
        laid.rows += route.main
        laid.n_main.append(len(route.main))
        for track in route.tracks:
            laid.track_first.append(len(laid.rows))
            laid.track_n.append(len(track))
            laid.rows += track
        laid.first_step.append(len(laid.rows))
    return laid
