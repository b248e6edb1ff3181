"""Small multiples: one panel a lane, with its name and its routes above it, axes shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from fourport.charts.page import MARGIN, Entry, Page, legend_height
from fourport.charts.results import Results
from fourport.charts.style import HEADING, SMALL, WIDTH, Style
from fourport.charts.text_layout import lines, wrap

AXIS_LEFT, AXIS_BELOW, GAP = 0.6, 0.72, 0.4
"""Inches left of a panel for its ticks, below it for ticks and name, between panels."""

AXIS_NAME, AXIS_TICK, MARK = 10.0, 9.5, 10.0
"""Sizes of type in points: names of axes, their ticks, names within a panel.

Charts are mostly seen at half their size: these have to be read there.
"""


@dataclass(frozen=True)
class Panel:
    """What stands above a panel's axes.

    Attributes
    ----------
    title
        The lane.
    entries
        Its routes.
    about
        What is said below the title.
    """

    title: str
    entries: Sequence[Entry]
    about: str = ""

    def rows(self, width: float) -> tuple[list[str], list[str]]:
        """Give the lines of the title and of what is below."""
        about = wrap(self.about, width, SMALL) if self.about else []
        return wrap(self.title, width, HEADING, "bold"), about

    def heights(self, width: float) -> tuple[float, float, float]:
        """Give the inches that title, what is below, and legend take."""
        title, about = self.rows(width)
        below = lines(len(about), SMALL) + 0.04
        return lines(len(title), HEADING), below, legend_height(width, self.entries)


@dataclass(frozen=True)
class Layout:
    """The page and its axes, by lane."""

    page: Page
    axes: Mapping[str, Axes]


def lay_out(
    results: Results,
    policy: str,
    style: Style,
    panels: Mapping[str, Panel],
    *,
    title: str,
    note: str,
    height: float,
) -> Layout:
    """Lay out a panel for each lane: two beside each other, or one over the whole width.

    Parameters
    ----------
    panels
        What stands above the axes of each lane, in order.
    height
        Height of the axes, in inches.
    """
    columns = _columns(panels)
    pitch = (WIDTH - 2 * MARGIN + GAP) / columns
    width = pitch - GAP
    rows = [list(panels)[k : k + columns] for k in range(0, len(panels), columns)]
    heads = [max(sum(panels[lane].heights(width)) for lane in row) + 0.12 for row in rows]
    total = sum(heads) + len(rows) * (height + AXIS_BELOW)
    page = Page(results, policy, style, height=total, title=title, note=note)
    axes: dict[str, Axes] = {}
    top = page.top
    for row, head in zip(rows, heads, strict=True):
        for column, lane in enumerate(row):
            left = MARGIN + column * pitch
            _head(page, panels[lane], left, top, width)
            axes[lane] = page.axes(left + AXIS_LEFT, top + head, width - AXIS_LEFT, height)
        top += head + height + AXIS_BELOW
    return Layout(page, axes)


def _head(page: Page, panel: Panel, left: float, top: float, width: float) -> None:
    title, about = panel.rows(width)
    title_height, about_height, _ = panel.heights(width)
    page.write(left, top, title, HEADING, weight="bold")
    page.write(left, top + title_height, about, SMALL, color=page.style.quiet)
    page.legend(left, top + title_height + about_height, width, panel.entries)


def name_axes(axes: Mapping[str, Axes], x: str, y: str) -> None:
    """Name the axes of every panel: each can be read without the others."""
    for panel in axes.values():
        panel.set_xlabel(x, fontsize=AXIS_NAME)
        panel.set_ylabel(y, fontsize=AXIS_NAME)
        panel.tick_params(labelsize=AXIS_TICK)


def _columns(panels: Mapping[str, object]) -> int:
    return min(2, len(panels))
