"""What a drawn figure shows: its texts and where they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Give every text that is seen and the dots it covers."""
    figure.draw_without_rendering()  # puts texts in their places; no dot is needed to know them
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    hidden = {id(text) for text in _out_of_range(figure)}
    found = []
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden:
            found.append((text.get_text(), Text.get_window_extent(text, renderer)))
    return found


def _out_of_range(figure: Figure) -> Iterator[Text]:
    """Give the names of ticks that are not drawn: their axis is hidden, or ends before them."""
    for axis in figure.findobj(Axis):
        assert isinstance(axis, Axis)
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not axis.get_visible() or not low <= tick.get_loc() <= high:
                yield from (tick.label1, tick.label2)


def whiskers(figure: Figure) -> list[Bbox]:
    """Give the dots that the bars of intervals cover: lines with a stroke at each end."""
    found: list[Bbox] = []
    for line in figure.findobj(Line2D):
        assert isinstance(line, Line2D)
        if line.get_marker() in ("|", "_") and line.get_linestyle() != "None":
            found.append(line.get_path().transformed(line.get_transform()).get_extents())
    for axes in figure.axes:
        bars = [one for one in axes.containers if isinstance(one, ErrorbarContainer)]
        for collection in (part for bar in bars for part in bar.lines[2]):
            ways = collection.get_transform()
            found += [path.transformed(ways).get_extents() for path in collection.get_paths()]
    return found


@dataclass(frozen=True)
class Seen:
    """What is seen of a figure.

    Attributes
    ----------
    texts
        All texts, one after the other, lines joined by spaces.
    overlaps
        Pairs of texts of which one covers a part of the other.
    cut_off
        Texts that the edge cuts.
    struck_out
        Texts that the bar of an interval crosses.
    """

    texts: str
    overlaps: list[tuple[str, str]]
    cut_off: list[str]
    struck_out: list[str]


def look(figure: Figure) -> Seen:
    """Look at a figure."""
    slack, edge, seen = 0.5, figure.bbox, boxes(figure)
    overlaps = [
        (one, other)
        for (one, a), (other, b) in combinations(seen, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > slack and min(a.y1, b.y1) - max(a.y0, b.y0) > slack
    ]
    cut_off = [
        text
        for text, box in seen
        if box.x0 < edge.x0 or box.x1 > edge.x1 or box.y0 < edge.y0 or box.y1 > edge.y1
    ]
    bars = whiskers(figure)
    struck_out = [
        text
        for text, box in seen
        if any(
            min(box.x1, bar.x1) - max(box.x0, bar.x0) > -slack
            and min(box.y1, bar.y1) - max(box.y0, bar.y0) > -slack
            for bar in bars
        )
    ]
    return Seen(_in_a_line(seen), overlaps, cut_off, struck_out)


def faults(figure: Figure) -> tuple[list[tuple[str, str]], list[str]]:
    """Give the pairs of texts of which one covers a part of the other, and the texts that the edge cuts."""
    seen = look(figure)
    return seen.overlaps, seen.cut_off


def texts(figure: Figure) -> str:
    """Give all texts that are seen, one after the other, lines joined by spaces."""
    return _in_a_line(boxes(figure))


def _in_a_line(seen: Iterable[tuple[str, Bbox]]) -> str:
    return " ".join(text.replace("\n", " ") for text, _ in seen)
