"""The page around a chart: title, axes at given inches, wrapped text, caption.

All charts are placed in inches. matplotlib's constrained layout was used for panels by lane; it measures all
texts twice, which took a fifth of the time of a chart.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fourport.charts.caption import caption_of
from fourport.charts.renderer import FigureCanvas
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import SMALL, TEXT, Style
from fourport.charts.text_layout import CAPITALS, lines, wrap
from fourport.errors import UserError

WARNING = "#B03A00"
"""Colour of warnings."""


def size_of(axes: Axes) -> tuple[float, float]:
    """Return width and height of axes as they are placed now, inches."""
    box, figure = axes.get_position(), axes.get_figure(root=True)
    assert figure is not None
    wide, high = figure.get_size_inches()
    return float(box.width * wide), float(box.height * high)


class Page:
    """A figure measured in inches from its top left corner.

    Parameters
    ----------
    results, policy, style
        Results, policy and style of the chart; no policy if it shows all alternatives of a comparison.
    height
        Height between heading and caption, inches; on a slide, the least.
    title, note
        Subject of the chart, and how to read it.
    warning
        What must be known before anything is read off; it stands above the note, in the colour of warnings.

    Raises
    ------
    UserError
        If the height is more than a slide has.
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
        self.figure = Figure(figsize=(style.width, 1.0))
        FigureCanvas(self.figure)
        titles = wrap(title, self.inner, style.title, "bold")
        warnings = wrap(warning, self.inner, TEXT, "bold") if warning else []
        size = TEXT if style.height is None else style.foot
        notes = wrap(note, self.inner, size)
        caption = wrap(caption_of(results, policy), self.inner, style.foot)
        below = style.margin + lines(len(titles), style.title) + 0.02
        about = below + lines(len(warnings), TEXT)
        if style.height is None:
            self.top = about + lines(len(notes), TEXT) + 0.18
            self.bottom = self.top + height
            self.height = self.bottom + 0.15 + lines(len(caption), style.foot) + 0.25
            foot = self.bottom + 0.15
        else:  # what explains the chart is at the foot of a slide
            self.top, self.height = about + 0.02, style.height
            about = self.height - 0.1 - lines(len(notes) + len(caption), style.foot)
            foot = about + lines(len(notes), style.foot)
            self.bottom = about - 0.04
            self.check_room(height)
        self.figure.set_figheight(self.height)
        self.write(style.margin, style.margin, titles, style.title, weight="bold")
        self.write(style.margin, below, warnings, TEXT, color=WARNING, weight="bold")
        self.write(style.margin, about, notes, size, color=style.quiet)
        self.write(style.margin, foot, caption, style.foot, color=style.quiet)

    @property
    def inner(self) -> float:
        """Width between the margins, inches."""
        return self.style.width - 2 * self.style.margin

    @property
    def room(self) -> float:
        """Height between heading and foot, inches."""
        return self.bottom - self.top

    def check_room(self, height: float) -> None:
        """Check that a height in inches fits between heading and foot.

        Raises
        ------
        UserError
            If it does not fit.
        """
        if height > self.room + 1e-9:
            size = f"{SMALL * self.style.enlarged:.0f}"
            raise UserError(
                f"does not fit on a slide in type of {size} points; allowed: the styles screen and print"
            )

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes at a distance in inches from the top left corner."""
        area = (
            left / self.style.width,
            1 - (top + height) / self.height,
            width / self.style.width,
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
                left / self.style.width,
                1 - baseline / self.height,
                row,
                fontsize=size,
                color=color or self.style.ink,
                fontweight=weight,
                va="baseline",
                parse_math=False,
            )
