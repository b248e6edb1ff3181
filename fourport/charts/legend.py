"""Legend above the charts of a page: signs with their names, in lines, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from fourport.charts.page import MARGIN, Page
from fourport.charts.style import WIDTH
from fourport.charts.text_layout import lines, width_of

SIZE = 9.0
"""Size of type, points."""

SWATCH, LINE, HIGH = 0.2, 0.4, 0.13
"""In inches: width of an area and of a line, height of an area."""

GAP, BETWEEN = 0.08, 0.25
"""In inches: space from a sign to its name, space between entries."""


@dataclass(frozen=True)
class Sign:
    """An entry of a legend: a colour, a pattern or a line, and its meaning.

    Attributes
    ----------
    hatch
        Pattern for printing without colour.
    line
        matplotlib's arguments for a line, drawn instead of an area.
    """

    name: str
    color: str
    hatch: str = ""
    line: Mapping[str, Any] | None = None

    @property
    def width(self) -> float:
        """Width of the sign without its name, inches."""
        return GAP + (SWATCH if self.line is None or "marker" in self.line else LINE)


Row = Sequence[tuple[Sign | str, float]]
"""Signs, or the heading of a group, each with its distance from the left in inches."""


def flow(groups: Mapping[str, Sequence[Sign]]) -> list[Row]:
    """Arrange the signs of each group in lines with a common left side."""
    indent = max((width_of(heading, SIZE, "bold") + BETWEEN for heading in groups if heading), default=0.0)
    rows: list[list[tuple[Sign | str, float]]] = []
    for heading, signs in groups.items():
        rows.append([(heading, 0.0)] if heading else [])
        at = indent
        for sign in signs:
            wide = sign.width + width_of(sign.name, SIZE)
            if at > indent and at + wide > WIDTH - 2 * MARGIN:
                rows.append([])
                at = indent
            rows[-1].append((sign, at))
            at += wide + BETWEEN
    return [row for row in rows if row]


def legend_height(rows: Sequence[Row]) -> float:
    """Return the height of a legend with the space below it, inches."""
    return len(rows) * lines(1, SIZE) * 1.25 + 0.15


def legend(page: Page, rows: Sequence[Row], *, outlined: bool = False) -> None:
    """Draw a legend at the top of a page, below the heading.

    Parameters
    ----------
    outlined
        Whether areas have an outline, as pale areas need.
    """
    for number, row in enumerate(rows):
        at = page.top + number * lines(1, SIZE) * 1.25
        for entry, left in row:
            if isinstance(entry, str):
                page.write(MARGIN + left, at, [entry], SIZE, weight="bold")
                continue
            _draw(page, entry, MARGIN + left, at + lines(1, SIZE) / 2, outlined=outlined)
            page.write(MARGIN + left + entry.width, at, [entry.name], SIZE)


def _draw(page: Page, sign: Sign, left: float, middle: float, *, outlined: bool) -> None:
    """Draw a sign at a distance in inches from the left and from the top."""
    wide = sign.width - GAP
    if sign.line is not None:
        ends = [left + wide / 2] if "marker" in sign.line else [left, left + wide]
        x, y = [end / WIDTH for end in ends], [1 - middle / page.height] * len(ends)
        page.figure.add_artist(Line2D(x, y, color=sign.color, **sign.line))
        return
    swatch = Rectangle(
        (left / WIDTH, 1 - (middle + HIGH / 2) / page.height),
        wide / WIDTH,
        HIGH / page.height,
        facecolor=sign.color,
        edgecolor=page.style.quiet if outlined else "white",
        linewidth=0.4 if outlined else 0.0,
        hatch=sign.hatch if page.style.hatched else None,
    )
    page.figure.add_artist(swatch)
