"""What a drawn figure shows: its texts and where they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
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
    """

    texts: str
    overlaps: list[tuple[str, str]]
    cut_off: list[str]


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
    return Seen(_in_a_line(seen), overlaps, cut_off)


def faults(figure: Figure) -> tuple[list[tuple[str, str]], list[str]]:
    """Give the pairs of texts of which one covers a part of the other, and the texts that the edge cuts."""
    seen = look(figure)
    return seen.overlaps, seen.cut_off


def texts(figure: Figure) -> str:
    """Give all texts that are seen, one after the other, lines joined by spaces."""
    return _in_a_line(boxes(figure))


def _in_a_line(seen: Iterable[tuple[str, Bbox]]) -> str:
    return " ".join(text.replace("\n", " ") for text, _ in seen)
