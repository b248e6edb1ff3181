"""Legend above the charts of a page: signs with their names, in lines, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from fourport.charts.page import Page
from fourport.charts.style import MARGIN, WIDTH, Style
from fourport.charts.text_layout import lines, width_of

SIZE = 9.0
"""Size of type, points."""

SWATCH, LINE, HIGH = 0.2, 0.4, 0.13
"""In inches: width of an area and of a line, height of an area."""

GAP, BETWEEN = 0.08, 0.25
"""In inches: space from a sign to its name, space between entries."""

ROOMY, TIGHT = (1.25, 0.15), (1.1, 0.08)
"""Distance of lines, in heights of a line, and inches below a legend: on a page, on a slide."""


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


ALIGNED = 8.0
"""Least width in inches with space for a common left side of the signs of all groups."""

Row = Sequence[tuple[Sign | str, float]]
"""Signs, or the heading of a group, each with its distance from the left in inches."""


def flow(groups: Mapping[str, Sequence[Sign]], inner: float = WIDTH - 2 * MARGIN) -> list[Row]:
    """Arrange the signs of each group in lines of a width in inches; wide ones have a common left side."""
    common = max((width_of(heading, SIZE, "bold") + BETWEEN for heading in groups if heading), default=0.0)
    rows: list[list[tuple[Sign | str, float]]] = []
    for heading, signs in groups.items():
        rows.append([(heading, 0.0)] if heading else [])
        aligned = inner >= ALIGNED
        at = common if aligned else width_of(heading, SIZE, "bold") + BETWEEN if heading else 0.0
        indent = common if aligned else 0.0
        for sign in signs:
            wide = sign.width + width_of(sign.name, SIZE)
            if at > indent and at + wide > inner:
                rows.append([])
                at = indent
            rows[-1].append((sign, at))
            at += wide + BETWEEN
    return [row for row in rows if row]


def legend_height(rows: Sequence[Row], style: Style) -> float:
    """Return the height of a legend with the space below it, inches."""
    pitch, below = ROOMY if style.height is None else TIGHT
    return len(rows) * lines(1, SIZE) * pitch + below


def legend(page: Page, rows: Sequence[Row], *, outlined: bool = False) -> None:
    """Draw a legend at the top of a page, below the heading.

    Parameters
    ----------
    outlined
        Whether areas have an outline, as pale areas need.
    """
    pitch, _ = ROOMY if page.style.height is None else TIGHT
    for number, row in enumerate(rows):
        at = page.top + number * lines(1, SIZE) * pitch
        for entry, left in row:
            if isinstance(entry, str):
                page.write(page.style.margin + left, at, [entry], SIZE, weight="bold")
                continue
            _draw(page, entry, page.style.margin + left, at + lines(1, SIZE) / 2, outlined=outlined)
            page.write(page.style.margin + left + entry.width, at, [entry.name], SIZE)


def _draw(page: Page, sign: Sign, left: float, middle: float, *, outlined: bool) -> None:
    """Draw a sign at a distance in inches from the left and from the top."""
    wide = sign.width - GAP
    if sign.line is not None:
        ends = [left + wide / 2] if "marker" in sign.line else [left, left + wide]
        x, y = [end / page.style.width for end in ends], [1 - middle / page.height] * len(ends)
        page.figure.add_artist(Line2D(x, y, color=sign.color, **sign.line))
        return
    swatch = Rectangle(
        (left / page.style.width, 1 - (middle + HIGH / 2) / page.height),
        wide / page.style.width,
        HIGH / page.height,
        facecolor=sign.color,
        edgecolor=page.style.quiet if outlined else "white",
        linewidth=0.4 if outlined else 0.0,
        hatch=sign.hatch if page.style.hatched else None,
    )
    page.figure.add_artist(swatch)
