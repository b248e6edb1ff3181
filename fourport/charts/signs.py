"""Signs of differences: their means and intervals, by what is concluded from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from fourport.charts.stored_results import by
from fourport.store.tables import DifferenceRow

BETTER, WORSE, OTHER = "#0072B2", "#D55E00", "#595959"
"""Colours of differences that are better, worse, and of all others."""

SURE = ("better", "worse", "differs", "small")
"""Verdicts on differences that are significant."""

SIGNS = {"": ("o", 5.0), "_p50": ("d", 3.8), "_p90": ("^", 3.6), "_p95": ("s", 3.2)}
"""Sign of each part of a panel, and its size."""

INTERVALS = "intervals"
"""Identifier of the lines of intervals."""


class Sign(NamedTuple):
    """A difference, the part of the panel to which it belongs, and its place from the top, inches."""

    row: DifferenceRow
    part: str
    y: float

    @property
    def color(self) -> str:
        """Colour that tells whether it is better or worse."""
        return {"better": BETTER, "worse": WORSE}.get(self.row.verdict, OTHER)

    @property
    def width(self) -> float:
        """Width of the line of its interval, points."""
        return 0.8 if self.part else 1.2

    @property
    def ends(self) -> list[tuple[float, float]]:
        """Ends of its interval."""
        return [(self.row.low, self.y), (self.row.high, self.y)]


def draw_signs(axes: Axes, signs: Sequence[Sign]) -> None:
    """Draw differences, equal signs as one artist; a sign is full if significant."""
    known = [one for one in signs if not (math.isnan(one.row.low) or math.isnan(one.row.high))]
    colors, widths = [one.color for one in known], [one.width for one in known]
    bars = LineCollection([one.ends for one in known], colors=colors, linewidths=widths, zorder=2)
    bars.set_label(INTERVALS)
    axes.add_collection(bars, autolim=False)
    for (color, width), ends in by(known, lambda one: (one.color, one.width)).items():
        points = [end for one in ends for end in one.ends]
        _points(axes, points, marker="|", markersize=4 * width, color=color)
    looks = by(signs, lambda one: (one.part, one.color, one.row.verdict in SURE))
    for (part, color, sure), mine in looks.items():
        marker, size = SIGNS[part]
        look = {"color": color, "markerfacecolor": color if sure else "white", "zorder": 4}
        points = [(one.row.difference, one.y) for one in mine]
        _points(axes, points, marker=marker, markersize=size, **look)


def _points(axes: Axes, points: Sequence[tuple[float, float]], **look: Any) -> None:
    """Draw a sign at each point."""
    x, y = zip(*points, strict=True)
    axes.plot(x, y, linestyle="none", **look)
