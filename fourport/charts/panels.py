"""Small multiples: one panel per lane, with its name and routes above it, two in a row.

The numbers of the ticks decide how much space is left of the axes, so panels get their places at the end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN, TICKLEFT
from matplotlib.ticker import NullLocator
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from fourport.charts.language import say
from fourport.charts.page import Page, size_of
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import HEADING, SMALL, TEXT, Look, Style, line_of
from fourport.charts.text_layout import CAPITALS, LEADING, lines, width_of, wrap

AXIS_LEFT, AXIS_BELOW, GAP = 0.6, 0.72, 0.4
"""In inches: space left of a panel for ticks, below it for ticks and name, between panels."""

AXIS_NAME, AXIS_TICK, MARK = 10.0, 9.5, 10.0
"""Sizes of type in points: names of axes, their ticks, names within a panel.

They must be readable at half size, at which charts are mostly seen.
"""

HEAD_BELOW = 0.1
"""Space between a head and its axes, inches."""

TICK, APART, CLEAR = 0.1, 0.06, 0.04
"""In inches: from an axis to the numbers of its ticks, from these to its name; between numbers on a slide."""

BELOW_NUMBERS = TICK + AXIS_TICK * LEADING / 72
"""Distance of the name of x from its axis, inches."""

LEAST, SLIDE_BELOW, KEYS = 1.2, 0.48, (1.5, 1.8, 2.1, 2.4, 2.8, 3.2)
"""In inches, on a slide: least height of axes, space below them, widths that routes beside them may have."""

SIGN, BESIDE = 0.4, 0.1
"""Width of a route's sign in the head of a panel, and the space right of it, inches."""


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

    def parts(self, width: float) -> list[Part]:
        """Return title, text and routes, broken into lines for a width in inches."""
        title = [Part(wrap(self.title, width, HEADING, "bold"), HEADING)]
        about = [Part(wrap(self.about, width, SMALL), SMALL)] if self.about else []
        inner = width - SIGN - BESIDE
        return title + about + [Part(wrap(one.title, inner, TEXT), TEXT, one) for one in self.entries]


@dataclass(frozen=True)
class Part:
    """Lines of a head in one size of type; ``entry`` is the route that they name, if they name one."""

    rows: Sequence[str]
    size: float
    entry: Entry | None = None

    @property
    def height(self) -> float:
        """Height in inches."""
        return lines(len(self.rows), self.size)

    def draw(self, page: Page, left: float, top: float) -> None:
        """Write the lines; the sign of a route is left of the first."""
        if self.entry is None:
            bold = self.size == HEADING
            color, weight = (page.style.ink, "bold") if bold else (page.style.quiet, "normal")
            page.write(left, top, self.rows, self.size, color=color, weight=weight)
            return
        look = self.entry.look
        if self.entry.drawn:
            sign = Line2D(
                [(left + part * SIGN) / page.style.width for part in (0, 0.5, 1)],
                [1 - (top + lines(1, self.size) / 2) / page.height] * 3,
                marker=look.marker,
                markevery=[1],
                markersize=4.5 if self.entry.line else 6.5,
                **line_of(look, 1.8 if self.entry.line else 0.0),
            )
            page.figure.add_artist(sign)
        color = look.text if self.entry.drawn else page.style.quiet
        page.write(left + SIGN + BESIDE, top, self.rows, self.size, color=color)


@dataclass(frozen=True)
class PanelLayout:
    """The page and its panels, which :meth:`settle` completes.

    Attributes
    ----------
    axes
        The axes of each lane.
    rows
        The lanes of each row of panels.
    width
        Width of a head, inches.
    heads
        Parts of the head of each lane, with its distance from the left and the top of the page in inches.
    below
        Space below each panel, inches.
    """

    page: Page
    axes: Mapping[str, Axes]
    rows: Sequence[Sequence[str]]
    width: float
    heads: Mapping[str, tuple[Sequence[Part], float, float]]
    below: float = AXIS_BELOW

    def beside(self, lane: str) -> Sequence[str]:
        """Return the lanes in the same row of panels."""
        return next(row for row in self.rows if lane in row)

    def settle(self) -> None:
        """Place axes and heads, once scales and axis names are set and before names are placed."""
        page = self.page
        numbers = [number for axes in self.axes.values() for _, number in _numbers(axes.yaxis)]
        before_name = TICK + max((width_of(number, AXIS_TICK) for number in numbers), default=0.0) + APART
        for axes in self.axes.values() if page.style.height is not None else ():
            _wrap_name(axes.yaxis, axes.get_position().height * page.height)
        left = before_name + max(_name_height(axes.yaxis) for axes in self.axes.values())
        for lane, axes in self.axes.items():
            parts, edge, top = self.heads[lane]
            box = axes.get_position()
            start = (edge + left) / page.style.width
            wide = box.x1 - start
            if page.style.height is not None:
                _wrap_name(axes.xaxis, wide * page.style.width)
            more = max(BELOW_NUMBERS + _name_height(axes.xaxis) - self.below, 0.0) / page.height
            high = box.height - more
            axes.set_position((start, box.y0 + more, wide, high))
            axes.yaxis.set_label_coords(-before_name / (wide * page.style.width), 0.5)
            axes.xaxis.set_label_coords(0.5, -BELOW_NUMBERS / (high * page.height))
            _draw_ticks(page, axes)
            _write(page, parts, edge + left, top)


def _wrap_name(axis: Axis, width: float) -> None:
    """Break the name of an axis into lines of a width in inches."""
    name = axis.get_label()
    name.set_text("\n".join(wrap(name.get_text().replace("\n", " "), width, AXIS_NAME)))


def _name_height(axis: Axis) -> float:
    return lines(axis.get_label().get_text().count("\n") + 1, AXIS_NAME)


def _write(page: Page, parts: Sequence[Part], left: float, top: float) -> None:
    """Write the parts of a head below each other."""
    for part in parts:
        part.draw(page, left, top)
        top += part.height


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
        Height of the axes in inches; on a slide they take what there is.

    Raises
    ------
    UserError
        If the panel does not fit on a slide, which has a single one.
    """
    if style.height is not None:
        page = Page(results, policy, style, height=0.0, title=title, note=note)
        ((lane, panel),) = panels.items()
        return _on_slide(page, lane, panel)
    columns = min(2, len(panels))
    pitch = (style.width - 2 * style.margin + GAP) / columns
    width = pitch - GAP - AXIS_LEFT
    parts = {lane: panel.parts(width) for lane, panel in panels.items()}
    rows = [list(panels)[k : k + columns] for k in range(0, len(panels), columns)]
    above = [max(sum(part.height for part in parts[lane]) for lane in row) + HEAD_BELOW for row in rows]
    total = sum(above) + (height + AXIS_BELOW) * len(rows)
    page = Page(results, policy, style, height=total, title=title, note=note)
    axes, heads, top = {}, {}, page.top
    for row, high in zip(rows, above, strict=True):
        for column, lane in enumerate(row):
            left = style.margin + column * pitch
            heads[lane] = parts[lane], left, top
            axes[lane] = page.axes(left + AXIS_LEFT, top + high, width, height)
        top += high + height + AXIS_BELOW
    return PanelLayout(page, axes, rows, width, heads)


def _on_slide(page: Page, lane: str, panel: Panel) -> PanelLayout:
    """Place a single panel on a slide: its title above the axes, its routes beside them."""
    margin, inner = page.style.margin, page.inner
    above = [part for part in panel.parts(inner) if part.entry is None]
    high = sum(part.height for part in above) + HEAD_BELOW
    page.check_room(high + LEAST + SLIDE_BELOW)
    height = page.room - high - SLIDE_BELOW
    for key in KEYS:
        beside = [part for part in panel.parts(key) if part.entry is not None]
        if sum(part.height for part in beside) <= height + SLIDE_BELOW:
            break
    page.check_room(high + sum(part.height for part in beside))
    top = page.top + high
    width = inner - AXIS_LEFT - key - BESIDE
    axes = page.axes(margin + AXIS_LEFT, top, width, height)
    _write(page, above, margin, page.top)
    _write(page, beside, margin + inner - key, top)
    return PanelLayout(
        page, {lane: axes}, [[lane]], inner - AXIS_LEFT - key - BESIDE, {lane: ([], margin, 0.0)}, SLIDE_BELOW
    )


def _numbers(axis: Axis) -> list[tuple[float, str]]:
    """Return the place and the number of each tick within the limits of an axis."""
    places = _within(axis, axis.get_majorticklocs())
    return list(zip(places, axis.get_major_formatter().format_ticks(places), strict=True))


def _within(axis: Axis, places: NDArray[np.float64]) -> list[float]:
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    return [float(place) for place in places if low - slack <= place <= high + slack]


def _draw_ticks(page: Page, axes: Axes) -> None:
    """Draw ticks, their numbers and the grid, where matplotlib would make five artists of each tick."""
    figure, style = page.figure, page.style
    axes.patch.set_visible(False)  # the grid is behind it
    for axis, along_x in ((axes.xaxis, True), (axes.yaxis, False)):
        numbers, minor = _numbers(axis), _within(axis, axis.get_minorticklocs())
        axis.set_major_locator(NullLocator())
        axis.set_minor_locator(NullLocator())
        places = [place for place, _ in numbers]
        beside = axes.get_xaxis_transform() if along_x else axes.get_yaxis_transform()
        grid = [[(place, 0), (place, 1)] if along_x else [(0, place), (1, place)] for place in places]
        behind = LineCollection(grid, colors=style.line, linewidths=0.5, transform=beside, zorder=-1)
        figure.add_artist(behind)
        for at, size, width in ((places, 3.5, 0.8), (minor, 2.0, 0.6)):
            zeros = [0.0] * len(at)
            ticks = Line2D(*((at, zeros) if along_x else (zeros, at)), color=style.quiet, linestyle="none")
            ticks.set(marker=TICKDOWN if along_x else TICKLEFT, markersize=size, markeredgewidth=width)
            ticks.set_transform(beside)
            figure.add_artist(ticks)
        right, up = (0.0, -TICK) if along_x else (-TICK, 0.0)
        away = beside + ScaledTranslation(right, up, figure.dpi_scale_trans)
        for place, number in numbers if style.height is None else _apart(axis, numbers, along_x):
            x, y = (place, 0.0) if along_x else (0.0, place)
            figure.text(
                x,
                y,
                number,
                transform=away,
                ha="center" if along_x else "right",
                va="top" if along_x else "center_baseline",
                fontsize=AXIS_TICK,
                parse_math=False,
            )


def _apart(axis: Axis, numbers: Sequence[tuple[float, str]], along_x: bool) -> list[tuple[float, str]]:
    """Leave out the numbers of ticks that would touch others; powers of ten stay on a logarithmic axis."""
    axes, kept = axis.axes, list[tuple[float, str, float, float]]()
    long = size_of(axes)[0 if along_x else 1]
    least = [number for number in numbers if axis.get_scale() == "log" and math.log10(number[0]) % 1 > 1e-9]
    for place, number in [*(one for one in numbers if one not in least), *least]:
        point = (place, axes.get_ylim()[0]) if along_x else (axes.get_xlim()[0], place)
        shares = axes.transAxes.inverted().transform(axes.transData.transform(point))
        at = float(shares[0 if along_x else 1]) * long
        half = width_of(number, AXIS_TICK) / 2 if along_x else AXIS_TICK * CAPITALS / 144
        if all(abs(at - other) > half + its + CLEAR for _, _, other, its in kept):
            kept.append((place, number, at, half))
    return [(place, number) for place, number, _, _ in kept]


def name_axes(axes: Mapping[str, Axes], x: str, y: str) -> None:
    """Name the axes of every panel, so that each can be read alone."""
    for panel in axes.values():
        panel.set_xlabel(x, fontsize=AXIS_NAME)
        panel.set_ylabel(y, fontsize=AXIS_NAME)
        panel.tick_params(labelsize=AXIS_TICK)


def with_scale(axis: Axis, name: str) -> str:
    """Return the name of an axis, which says so if its scale is logarithmic."""
    return say("{name} (logarithmic)", name=name) if axis.get_scale() == "log" else name
