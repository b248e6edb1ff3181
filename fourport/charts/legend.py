"""A legend of areas above a chart: signs with their names, in lines, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.patches import Rectangle

from fourport.charts.page import MARGIN, Page
from fourport.charts.style import WIDTH
from fourport.charts.text_layout import lines, width_of

SIZE = 9.0
"""Size of type, in points."""

SWATCH, HIGH = 0.2, 0.13
"""Width and height of a sign, in inches."""

BETWEEN = 0.25
"""Inches between entries."""


@dataclass(frozen=True)
class Kind:
    """What a colour means, as the legend shows it."""

    title: str
    color: str
    hatch: str = ""


Row = Sequence[tuple[str, float]]
"""Keys of kinds, or headings with a leading space, and their inches from the left."""


def flow(kinds: Mapping[str, Kind], groups: Mapping[str, Sequence[str]], width: float) -> list[Row]:
    """Set the entries of each group one after the other, in lines that begin below each other."""
    indent = max((width_of(heading, SIZE, "bold") + BETWEEN for heading in groups if heading), default=0.0)
    rows: list[list[tuple[str, float]]] = []
    for heading, keys in groups.items():
        rows.append([(" " + heading, 0.0)] if heading else [])
        at = indent
        for key in keys:
            wide = SWATCH + 0.08 + width_of(kinds[key].title, SIZE)
            if at > indent and at + wide > width:
                rows.append([])
                at = indent
            rows[-1].append((key, at))
            at += wide + BETWEEN
    return [row for row in rows if row]


def legend_height(rows: Sequence[Row]) -> float:
    """Give the inches that a legend takes, with the space below it."""
    return len(rows) * lines(1, SIZE) * 1.25 + 0.15


def legend(page: Page, top: float, rows: Sequence[Row], kinds: Mapping[str, Kind]) -> None:
    """Draw a legend at inches from the top."""
    for number, row in enumerate(rows):
        at = top + number * lines(1, SIZE) * 1.25
        for key, left in row:
            if key.startswith(" "):
                page.write(MARGIN + left, at, [key[1:]], SIZE, weight="bold")
                continue
            kind = kinds[key]
            corner = ((MARGIN + left) / WIDTH, 1 - (at + lines(1, SIZE) / 2 + HIGH / 2) / page.height)
            swatch = Rectangle(
                corner,
                SWATCH / WIDTH,
                HIGH / page.height,
                facecolor=kind.color,
                edgecolor="white",
                linewidth=0,
                hatch=kind.hatch if page.style.hatched else None,
            )
            page.figure.add_artist(swatch)
            page.write(MARGIN + left + SWATCH + 0.08, at, [kind.title], SIZE)
