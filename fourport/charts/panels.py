"""Small multiples: one panel per lane, with its name and routes above it, and shared axes.

matplotlib's constrained layout places the panels: it reserves space for ticks, names and heads of any size.
matplotlib needs the size of a figure first, so the height of the page is calculated here from its texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, TextArea, VPacker
from matplotlib.transforms import ScaledTranslation

from fourport.charts.page import MARGIN, Page
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import HEADING, SMALL, TEXT, WIDTH, Look, Style, line_of
from fourport.charts.text_layout import lines, wrap

AXIS_LEFT, AXIS_BELOW, GAP = 0.6, 0.72, 0.4
"""In inches: space left of a panel for ticks, below it for ticks and name, between panels."""

BESIDE = 0.85
"""Inches that constrained layout adds beside the axes of a panel; the head is as wide as the axes."""

AXIS_NAME, AXIS_TICK, MARK = 10.0, 9.5, 10.0
"""Sizes of type in points: names of axes, their ticks, names within a panel.

They must be readable at half size, at which charts are mostly seen.
"""

SIGN = 0.4
"""Width of a route's sign in the head of a panel, inches."""


@dataclass(frozen=True)
class Entry:
    """A route in the head of a panel.

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


@dataclass(frozen=True)
class Panel:
    """The head above a panel's axes.

    Attributes
    ----------
    title
        Title of the lane.
    entries
        Routes of the lane.
    about
        Text below the title.
    """

    title: str
    entries: Sequence[Entry]
    about: str = ""

    def head(self, width: float, style: Style) -> tuple[VPacker, float]:
        """Return the parts of the head (title, text, routes, empty foot) with their approximate inches."""
        title, about = wrap(self.title, width, HEADING, "bold"), wrap(self.about, width, SMALL)
        rows: list[Artist] = [_text(title, HEADING, style.ink, weight="bold")]
        high = lines(len(title), HEADING)
        if self.about:
            rows.append(_text(about, SMALL, style.quiet))
            high += lines(len(about), SMALL)
        for entry in self.entries:
            names = wrap(entry.title, width - SIGN - 0.1, TEXT)
            words = _text(names, TEXT, entry.look.text if entry.drawn else style.quiet)
            rows.append(HPacker(children=[_sign(entry), words], pad=0, sep=7, align="top"))
            high += lines(len(names), TEXT)
        rows.append(DrawingArea(0, 0))
        return VPacker(children=rows, pad=0, sep=2, align="left"), high


def _text(rows: Sequence[str], size: float, color: str, weight: str = "normal") -> TextArea:
    props = {"fontsize": size, "color": color, "fontweight": weight, "parse_math": False}
    return TextArea("\n".join(rows), textprops=props, multilinebaseline=True)


def _sign(entry: Entry) -> DrawingArea:
    """Draw the sign of a route, in the middle of the first line of its name."""
    area, wide = DrawingArea(72 * SIGN, TEXT), 72 * SIGN
    if entry.drawn:
        line = Line2D(
            [0, wide / 2, wide],
            [TEXT / 2] * 3,
            marker=entry.look.marker,
            markevery=[1],
            markersize=4.5 if entry.line else 6.5,
            **line_of(entry.look, 1.8 if entry.line else 0.0),
        )
        area.add_artist(line)
    return area


@dataclass(frozen=True)
class PanelLayout:
    """The page, its axes by lane, the size of a panel in inches, and what places the axes.

    The engine is not set in the figure, which would lay itself out again whenever it is saved.
    """

    page: Page
    axes: Mapping[str, Axes]
    width: float
    engine: ConstrainedLayoutEngine

    def beside(self, lane: str) -> list[str]:
        """Return the lanes in the same row of panels."""
        rows = {name: axes.get_subplotspec().rowspan.start for name, axes in self.axes.items()}  # type: ignore[union-attr]
        return [name for name in self.axes if rows[name] == rows[lane]]

    def settle(self) -> None:
        """Fix the position of the axes, once scales and axis names are set and before names are placed."""
        self.engine.execute(self.page.figure)


def lay_out(
    results: StoredResults,
    policy: str,
    style: Style,
    panels: Mapping[str, Panel],
    *,
    title: str,
    note: str,
    height: float,
) -> PanelLayout:
    """Make a panel for each lane: two in a row, or one over the whole width.

    Parameters
    ----------
    panels
        Head of the panel of each lane, in order.
    height
        Height of the axes, in inches.
    """
    columns = min(2, len(panels))
    width = (WIDTH - 2 * MARGIN) / columns - BESIDE
    heads = {lane: panel.head(width, style) for lane, panel in panels.items()}
    rows = [list(panels)[k : k + columns] for k in range(0, len(panels), columns)]
    total = sum(max(heads[lane][1] for lane in row) + 0.2 + height + AXIS_BELOW for row in rows)
    page = Page(results, policy, style, height=total, title=title, note=note)
    foot, inner = 1 - page.bottom / page.height, 1 - 2 * MARGIN / WIDTH
    area = (MARGIN / WIDTH, foot, inner, total / page.height)
    engine = ConstrainedLayoutEngine(w_pad=0.05, h_pad=0.13, wspace=0.03, hspace=0.02, rect=area)
    grid = page.figure.subplots(len(rows), columns, squeeze=False).ravel()
    axes = dict(zip(panels, grid, strict=False))
    for lane, one in axes.items():
        above = one.transAxes + ScaledTranslation(0, 0.08, page.figure.dpi_scale_trans)
        head = AnchoredOffsetbox(
            "lower left",
            child=heads[lane][0],
            pad=0,
            borderpad=0,
            frameon=False,
            bbox_to_anchor=(0, 1),
            bbox_transform=above,
        )
        one.add_artist(head)
    for row in rows:
        _level(page, [heads[lane][0] for lane in row])
    for spare in grid[len(panels) :]:
        spare.remove()
    return PanelLayout(page, axes, width, engine)


def _level(page: Page, heads: Sequence[VPacker]) -> None:
    """Add space below the lower heads of a row, so that all begin at the same height."""
    renderer = FigureCanvasAgg(page.figure).get_renderer()  # type: ignore[no-untyped-call]
    high = [head.get_bbox(renderer).height for head in heads]
    for head, mine in zip(heads, high, strict=True):
        foot = head.get_children()[-1]
        assert isinstance(foot, DrawingArea)
        foot.height = (max(high) - mine) * 72 / page.figure.dpi


def name_axes(axes: Mapping[str, Axes], x: str, y: str) -> None:
    """Name the axes of every panel, so that each can be read alone."""
    for panel in axes.values():
        panel.set_xlabel(x, fontsize=AXIS_NAME)
        panel.set_ylabel(y, fontsize=AXIS_NAME)
        panel.tick_params(labelsize=AXIS_TICK)
