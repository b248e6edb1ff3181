"""Stacked bars: one per route, grouped by lane, with a legend above and the total at the end of each bar."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator

from fourport.charts.language import say
from fourport.charts.legend import Row, Sign, flow, legend, legend_height
from fourport.charts.page import Page
from fourport.charts.panels import AXIS_NAME, AXIS_TICK
from fourport.charts.stored_results import StoredResults, Value
from fourport.charts.style import HEADING, Style
from fourport.charts.text_layout import CAPITALS, lines, width_of, wrap

ROW = 9.5
"""Size of type of names of routes and of amounts, points."""

NAMES, SLIDE_NAMES = 4.3, 2.6
"""Largest width of the names of routes on a page and on a slide, with the space right of them, inches."""

PITCH, BAR, AFTER_LANE, AXIS, SLIDE_AXIS = 0.32, 0.2, 0.12, 0.6, 0.47
"""In inches: distance and height of bars, space after a lane, below an axis for its name (on slides)."""

LEGEND, SMALLER = 3, ("#d5d5d5", "..")
"""Largest number of lines of a slide's legend; colour and pattern of the kinds that it has no space for."""

GAP = 7.0
"""Space before and between the words at the end of a bar, in 1/72 inch."""

BELOW = 0.04
"""Distance from a bar down to the interval of its total, inches: outside of the bar it crosses no amount."""


@dataclass(frozen=True)
class Piece:
    """An amount of one kind in a bar; less than 0 if it is subtracted, which is drawn left of 0."""

    kind: str
    amount: float


@dataclass(frozen=True)
class Bar:
    """The bar of a route.

    Attributes
    ----------
    title
        Title of the route, and what is said of it below, each a text.
    total
        Sum of the pieces, with its interval.
    mark
        Position of the black mark.
    after
        Text after the total, or in its place if it is unknown.
    known
        Whether there is a total.
    stacked
        Whether the texts at its end stand below each other.
    """

    lane: str
    title: Sequence[str]
    pieces: Sequence[Piece]
    total: Value
    mark: float
    after: str
    known: bool = True
    stacked: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """Where the pieces end, left and right of 0."""
        left = sum(piece.amount for piece in self.pieces if piece.amount < 0)
        return left, sum(piece.amount for piece in self.pieces if piece.amount > 0)

    @property
    def height(self) -> float:
        """Height with its name, which is broken into lines, inches."""
        return max(PITCH, lines(max(len(self.title), 1 + self.stacked), ROW) + 0.05)

    def broken(self, width: float, *, stacked: bool = False) -> Bar:
        """Return the bar with its name broken into lines of a width in inches."""
        rows = [row for text in self.title for row in wrap(text, width, ROW)]
        return replace(self, title=rows, stacked=stacked)


@dataclass(frozen=True)
class Stack:
    """Axis, legend and format of a chart of stacked bars.

    Attributes
    ----------
    axis
        Name of x, with its unit.
    digits
        Decimals of amounts.
    kinds
        Kinds of pieces, by key, in order.
    groups
        Keys of the kinds by the heading of their part of the legend, "" for no heading.
    inside
        Whether amounts are written inside pieces that are wide enough.
    own_scales
        Whether the bars of each lane have their own axis.
    """

    title: str
    note: str
    axis: str
    digits: int
    kinds: Mapping[str, Sign]
    groups: Mapping[str, Sequence[str]]
    inside: bool = False
    own_scales: bool = False


class Pieces(Rectangle):
    """The pieces of bars: a rectangle that is drawn in many places, where each would be an artist.

    Attributes
    ----------
    drawn
        Of each piece left side, top, width and height in data coordinates, colour, and pattern.
    """

    def __init__(self) -> None:
        super().__init__((0.0, 0.0), 0.0, 0.0, edgecolor="white", linewidth=0.5)
        self.drawn: list[tuple[tuple[float, float, float, float], str, str | None]] = []

    def draw(self, renderer: RendererBase) -> None:
        """Draw the pieces, each over those before it."""
        for place, color, hatch in self.drawn:
            self.set_bounds(place)
            self.set_facecolor(color)
            self.set_hatch(hatch or "")
            super().draw(renderer)


def draw_bars(
    results: StoredResults, policy: str | None, style: Style, bars: Sequence[Bar], stack: Stack
) -> Figure:
    """Draw bars, grouped by lane in their order; without a policy the caption names all that are compared."""
    bars = [bar.broken(NAMES - 0.15) for bar in bars]
    inner = style.width - 2 * style.margin
    headings = _headings(results, bars, inner)
    rows = _legend(stack, stack.kinds, inner)
    blocks = [[bar for bar in bars if bar.lane == lane] for lane in headings] if stack.own_scales else [bars]
    heights = [_height(block, headings) for block in blocks]
    height = legend_height(rows, style) + sum(heights) + AXIS * len(blocks)
    page = Page(results, policy, style, height=height, title=stack.title, note=stack.note)
    _fill(page, rows, blocks, headings, stack, None if stack.own_scales else bars)
    return page.figure


def bar_slides(
    results: StoredResults, policy: str | None, style: Style, bars: Sequence[Bar], stack: Stack
) -> Iterator[Figure]:
    """Draw bars on slides, one or more for each lane; all have one scale unless lanes have their own.

    Raises
    ------
    UserError
        If the legend and a bar do not fit on a slide.
    """
    bars = [bar.broken(SLIDE_NAMES - 0.15, stacked=True) for bar in bars]
    inner = style.width - 2 * style.margin
    headings = _headings(results, bars, inner)
    for lane in headings:
        mine = [bar for bar in bars if bar.lane == lane]
        shown = _few_kinds(stack, mine, inner)
        rows = _legend(shown, shown.kinds, inner)
        around = legend_height(rows, style) + SLIDE_AXIS - AFTER_LANE
        heights = [around + _height(mine[:n], headings) for n in range(1, len(mine) + 1)]
        done = 0
        while done < len(mine):
            page = Page(results, policy, style, height=heights[0], title=stack.title, note=stack.note)
            fit = sum(height <= page.room for height in heights)
            left = len(mine) - done
            count = math.ceil(left / math.ceil(left / fit))  # as many on the last slide as on the others
            _fill(
                page, rows, [mine[done : done + count]], headings, shown, mine if stack.own_scales else bars
            )
            done += count
            yield page.figure


def _few_kinds(stack: Stack, bars: Sequence[Bar], inner: float) -> Stack:
    """Return the stack with the kinds of some bars; the smallest are one if the legend would be too long."""
    largest: dict[str, float] = {}
    for piece in (piece for bar in bars for piece in bar.pieces if piece.amount):
        largest[piece.kind] = max(largest.get(piece.kind, 0.0), abs(piece.amount))
    kept, small = sorted(largest, key=lambda kind: -largest[kind]), list[str]()
    found = replace(stack, kinds={kind: sign for kind, sign in stack.kinds.items() if kind in largest})
    while len(_legend(found, found.kinds, inner)) > LEGEND and len(kept) > 1:
        small += [kept.pop() for _ in range(1 if small else 2)]  # a single one would keep its name
        other = Sign(say("Smaller parts"), *SMALLER)
        kinds = {
            kind: other if kind in small else sign for kind, sign in stack.kinds.items() if kind in largest
        }
        groups = {name: [kind for kind in keys if kind in kept] for name, keys in stack.groups.items()}
        last = next(name for name in reversed(groups) if groups[name])
        found = replace(stack, kinds=kinds, groups={**groups, last: [*groups[last], small[0]]})
    return found


def _headings(results: StoredResults, bars: Sequence[Bar], inner: float) -> dict[str, list[str]]:
    """Return the title of each lane, broken into lines."""
    return {bar.lane: wrap(results.title("lanes", bar.lane), inner, HEADING, "bold") for bar in bars}


def _legend(stack: Stack, kinds: Collection[str], inner: float) -> list[Row]:
    """Return the legend of some kinds."""
    groups = {name: [stack.kinds[key] for key in keys if key in kinds] for name, keys in stack.groups.items()}
    return flow({heading: signs for heading, signs in groups.items() if signs}, inner)


def _fill(
    page: Page,
    rows: Sequence[Row],
    blocks: Sequence[Sequence[Bar]],
    headings: Mapping[str, Sequence[str]],
    stack: Stack,
    scale: Sequence[Bar] | None,
) -> None:
    """Draw a legend and blocks of bars below each other, on the scale of some bars, or each on its own."""
    legend(page, rows)
    bars, margin = [bar for block in blocks for bar in block], page.style.margin
    names = 0.2 + max(width_of(row, ROW) for bar in scale or bars for row in bar.title)
    words = max(_words(bar, stack, page.style) for bar in scale or bars) + 3 * GAP / 72
    top = page.top + legend_height(rows, page.style)
    for block in blocks:
        height = _height(block, headings)
        axes = page.axes(margin + names, top, page.inner - names - words, height)
        _scales(axes, scale or block, height, stack.axis)
        _block(page, axes, top, block, headings, stack)
        top += height + AXIS


def _words(bar: Bar, stack: Stack, style: Style) -> float:
    """Return the width of the texts at the end of a bar without the space between them, inches."""
    widths = [width_of(*said[:3]) for said in _said(bar, stack, style)]
    return max(widths) if bar.stacked else sum(widths)


def _height(bars: Sequence[Bar], headings: Mapping[str, Sequence[str]]) -> float:
    """Return the height of bars and of the headings of their lanes, inches."""
    lanes = dict.fromkeys(bar.lane for bar in bars)
    above = sum(lines(len(headings[lane]), HEADING) + 0.06 + AFTER_LANE for lane in lanes)
    return above + sum(bar.height for bar in bars)


def _block(
    page: Page,
    axes: Axes,
    top: float,
    bars: Sequence[Bar],
    headings: Mapping[str, Sequence[str]],
    stack: Stack,
) -> None:
    """Draw bars that share an axis, with their names."""
    at, lane = 0.0, ""
    pieces = Pieces()
    axes.add_artist(pieces)
    spans: list[tuple[float, float]] = []
    for bar in bars:
        if bar.lane != lane:
            at += AFTER_LANE if lane else 0.0
            lane = bar.lane
            page.write(page.style.margin, top + at, headings[lane], HEADING, weight="bold")
            at += lines(len(headings[lane]), HEADING) + 0.06
        page.write(
            page.style.margin, top + at + (bar.height - lines(len(bar.title), ROW)) / 2, bar.title, ROW
        )
        spans.append((at, at + bar.height))
        _draw(axes, pieces, bar, at + bar.height / 2, stack, page.style)
        at += bar.height
    _grid(axes, spans, page.style)


def _scales(axes: Axes, bars: Sequence[Bar], height: float, name: str) -> None:
    """Measure y in inches from the top."""
    known = [bar for bar in bars if bar.known]
    right = max([0.0, *(_end(bar) for bar in known)]) * 1.02 or 1.0
    left = min([0.0, *(bar.ends[0] for bar in known)]) * 1.02
    axes.set_xlim(left, right)
    ticks = MaxNLocator(8, steps=[1, 2, 5, 10]).tick_values(left, right)
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if left <= tick <= right]))
    axes.set_xlabel(name, fontsize=AXIS_NAME)
    axes.tick_params(labelsize=AXIS_TICK)
    axes.set_ylim(height, 0)
    axes.yaxis.set_visible(False)
    axes.spines.left.set_visible(False)


def _grid(axes: Axes, spans: Sequence[tuple[float, float]], style: Style) -> None:
    """Draw the grid from top to bottom of each bar only, so that it does not cross names of lanes."""
    ticks = [tick for tick in axes.get_xticks() if tick]
    for places, color, width in ((ticks, style.line, 0.5), ([0.0], style.quiet, 0.6)):
        behind = [[(x, top), (x, bottom)] for x in places for top, bottom in spans]
        axes.add_artist(LineCollection(behind, colors=color, linewidths=width, zorder=0))


def _draw(axes: Axes, pieces: Pieces, bar: Bar, y: float, stack: Stack, style: Style) -> None:
    if bar.known:
        _pieces(axes, pieces, bar, y, stack, style)
        ends = [y - BAR * 0.68, y + BAR * 0.68]
        axes.add_artist(Line2D([bar.mark] * 2, ends, color=style.ink, linewidth=2.2, zorder=4))
    total, end = bar.total, _end(bar) if bar.known else 0.0
    if bar.known and total.has_interval:
        track = [y + BAR / 2 + BELOW] * 2
        interval = Line2D([total.low, total.high], track, color=style.ink, linewidth=1.0, zorder=5)
        interval.set(marker="|", markersize=4.4, markeredgewidth=1.0, solid_capstyle="butt")
        axes.add_artist(interval)
    at, said = GAP, _said(bar, stack, style)
    for row, (words, size, weight, color) in enumerate(said):
        down = 72 * lines(1, ROW) * (row - (len(said) - 1) / 2) if bar.stacked else 0.0
        axes.annotate(
            words,
            (end, y),
            (at, -size * CAPITALS / 2 - down),
            textcoords="offset points",
            va="baseline",
            fontsize=size,
            weight=weight,
            color=color,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            parse_math=False,
            annotation_clip=False,  # the end of a bar is within the axes
        )
        at += 0.0 if bar.stacked else width_of(words, size, weight) * 72 + GAP


def _end(bar: Bar) -> float:
    """Return where a bar and the interval of its total end."""
    end = max(bar.total.mean, bar.total.high) if bar.total.has_interval else bar.total.mean
    return max(end, bar.ends[1]) if bar.ends[0] < 0 else end


def _pieces(axes: Axes, pieces: Pieces, bar: Bar, y: float, stack: Stack, style: Style) -> None:
    low, high = axes.get_xlim()
    point = (high - low) / (axes.get_position().width * style.width * 72)
    kinds = [stack.kinds[piece.kind] for piece in bar.pieces]
    above = [*accumulate((max(piece.amount, 0.0) for piece in bar.pieces), initial=0.0)]
    below = [*accumulate(min(piece.amount, 0.0) for piece in bar.pieces)]
    for piece, kind, start, end in zip(bar.pieces, kinds, above, below, strict=False):
        left, wide = (end if piece.amount < 0 else start), abs(piece.amount)
        hatch = kind.hatch if style.hatched else None
        pieces.drawn.append(((left, y - BAR / 2, wide, BAR), kind.color, hatch))
        words = f"{piece.amount:.{stack.digits}f}".replace("-", "\u2212")
        if stack.inside and wide / point > width_of(words, ROW - 1) * 72 + 5:
            axes.text(
                left + wide / 2,
                y,
                words,
                fontsize=ROW - 1,
                ha="center",
                va="center_baseline",
                color=_on(kind.color),
                bbox={"facecolor": kind.color, "edgecolor": "none", "pad": 0.6},
                zorder=6,
            )


def _on(color: str) -> str:
    """Return black or white, whichever has more contrast to a colour (relative luminance, WCAG 2)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return "black" if luminance > 0.18 else "white"


def _said(bar: Bar, stack: Stack, style: Style) -> list[tuple[str, float, str, str]]:
    """Return the words at the end of a bar, each with its size, weight and colour."""
    if not bar.known:
        return [(bar.after, ROW, "normal", style.quiet)]
    text = f"{bar.total.mean:.{stack.digits}f}"
    if bar.total.has_interval:
        # The low end may be cut at zero; the high side gives the half-width.
        half, least = bar.total.high - bar.total.mean, 10.0**-stack.digits
        text += f" ± {half:.{stack.digits}f}" if half >= least / 2 else f" ± <{least:.{stack.digits}f}"
    return [(text, ROW, "bold", style.ink), (bar.after, ROW, "normal", style.quiet)]
