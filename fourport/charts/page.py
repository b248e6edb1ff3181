"""The page around a chart: title, axes at given inches, wrapped text, caption.

All charts are placed in inches. matplotlib's constrained layout was used for panels by lane; it measures all
texts twice, which took a fifth of the time of a chart.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fourport.charts.caption import caption_of
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import SMALL, TEXT, TITLE, WIDTH, Style
from fourport.charts.text_layout import CAPITALS, lines, wrap

MARGIN = 0.35
"""Margin at every edge, inches."""


WARNING = "#B03A00"
"""Colour of warnings."""


class Page:
    """A figure measured in inches from its top left corner.

    Parameters
    ----------
    results, policy, style
        Results, policy and style of the chart; no policy if it shows all alternatives of a comparison.
    height
        Height between heading and caption, inches.
    title, note
        Subject of the chart, and how to read it.
    warning
        What must be known before anything is read off; it stands above the note, in the colour of warnings.
    """

    def __init__(
        self,
        results: StoredResults,
        policy: str | None,
        style: Style,
        *,
        height: float,
        title: str,
        note: str,
        warning: str = "",
    ) -> None:
        self.style = style
        self.figure = Figure(figsize=(WIDTH, 1.0))
        FigureCanvasAgg(self.figure)
        inner = WIDTH - 2 * MARGIN
        titles, notes = wrap(title, inner, TITLE, "bold"), wrap(note, inner, TEXT)
        warnings = wrap(warning, inner, TEXT, "bold") if warning else []
        caption = wrap(caption_of(results, policy), inner, SMALL)
        self.top = MARGIN + lines(len(titles), TITLE) + lines(len(warnings) + len(notes), TEXT) + 0.2
        self.height = self.top + height + 0.15 + lines(len(caption), SMALL) + 0.25
        self.bottom = self.top + height
        self.figure.set_figheight(self.height)
        self.write(MARGIN, MARGIN, titles, TITLE, weight="bold")
        below = MARGIN + lines(len(titles), TITLE) + 0.02
        self.write(MARGIN, below, warnings, TEXT, color=WARNING, weight="bold")
        self.write(MARGIN, below + lines(len(warnings), TEXT), notes, TEXT, color=style.quiet)
        self.write(MARGIN, self.bottom + 0.15, caption, SMALL, color=style.quiet)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes at a distance in inches from the top left corner."""
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
        """Write lines below a point, given in inches from the top left corner."""
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
