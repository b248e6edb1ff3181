"""The page around a chart: title, panels, text that fits, caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fourport.charts.caption import caption_of
from fourport.charts.results import Results
from fourport.charts.style import SMALL, TEXT, TITLE, WIDTH, Look, Style, line_of
from fourport.charts.text_layout import CAPITALS, lines, wrap

MARGIN = 0.35
"""Inches that stay empty at every edge."""


@dataclass(frozen=True)
class Entry:
    """A route in the legend of a panel.

    Attributes
    ----------
    drawn
        Whether it has a sign.
    line
        Whether its sign has a line.
    """

    title: str
    look: Look
    drawn: bool = True
    line: bool = True


class Page:
    """A figure measured in inches from its top left corner.

    Parameters
    ----------
    results, policy, style
        What is drawn, and how; no policy where all are drawn that are compared.
    height
        Inches below the heading and above the caption.
    title, note
        The finding's subject, and how to read the chart.
    """

    def __init__(
        self, results: Results, policy: str | None, style: Style, *, height: float, title: str, note: str
    ) -> None:
        self.style = style
        self.figure = Figure(figsize=(WIDTH, 1.0))
        FigureCanvasAgg(self.figure)
        inner = WIDTH - 2 * MARGIN
        titles, notes = wrap(title, inner, TITLE, "bold"), wrap(note, inner, TEXT)
        caption = wrap(caption_of(results, policy), inner, SMALL)
        self.top = MARGIN + lines(len(titles), TITLE) + lines(len(notes), TEXT) + 0.2
        self.height = self.top + height + 0.15 + lines(len(caption), SMALL) + 0.25
        self.bottom = self.top + height
        self.figure.set_figheight(self.height)
        self.write(MARGIN, MARGIN, titles, TITLE, weight="bold")
        self.write(MARGIN, MARGIN + lines(len(titles), TITLE) + 0.02, notes, TEXT, color=style.quiet)
        self.write(MARGIN, self.bottom + 0.15, caption, SMALL, color=style.quiet)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes at inches from the top left corner."""
        area = (
            left / WIDTH,
            1 - (top + height) / self.height,
            width / WIDTH,
            height / self.height,
        )
        return self.figure.add_axes(area)

    def write(
        self,
        left: float,
        top: float,
        rows: Sequence[str],
        size: float,
        *,
        color: str | None = None,
        weight: str = "normal",
    ) -> None:
        """Write lines below a point at inches from the top left corner."""
        for number, row in enumerate(rows):
            baseline = top + lines(number, size) + (lines(1, size) + size * CAPITALS / 72) / 2
            self.figure.text(
                left / WIDTH,
                1 - baseline / self.height,
                row,
                fontsize=size,
                color=color or self.style.ink,
                fontweight=weight,
                va="baseline",
                parse_math=False,
            )

    def legend(self, left: float, top: float, width: float, entries: Sequence[Entry]) -> None:
        """List routes with their looks, one below the other."""
        at = top
        for entry in entries:
            rows = wrap(entry.title, width - 0.55, TEXT)
            y = 1 - (at + lines(1, TEXT) / 2) / self.height
            ends = (left / WIDTH, (left + 0.2) / WIDTH, (left + 0.4) / WIDTH)
            if entry.drawn:
                sign = Line2D(
                    ends,
                    (y, y, y),
                    marker=entry.look.marker,
                    markevery=[1],
                    markersize=4.5 if entry.line else 6.5,
                    **line_of(entry.look, 1.8 if entry.line else 0.0),
                )
                self.figure.add_artist(sign)
            color = entry.look.text if entry.drawn else self.style.quiet
            self.write(left + 0.5, at, rows, TEXT, color=color)
            at += lines(len(rows), TEXT)


def legend_height(width: float, entries: Sequence[Entry]) -> float:
    """Give the inches that a legend takes."""
    return sum(lines(len(wrap(entry.title, width - 0.55, TEXT)), TEXT) for entry in entries)
