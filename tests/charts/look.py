"""What a drawn figure shows: its texts and where they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from fourport.charts.bars import Pieces
from fourport.charts.signs import INTERVALS


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Give every text that is seen and the dots it covers."""
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    with renderer._draw_disabled():  # puts texts in their places; no dot is needed to know them
        figure.draw(renderer)  # by the renderer that measures below: each measures texts anew
    seen = [text for text in _texts(figure) if text.get_text().strip()]
    return [(text.get_text(), Text.get_window_extent(text, renderer)) for text in seen]


def _texts(artist: Artist) -> Iterator[Text]:
    """Give the texts that are seen, of axes only the names of ticks within their limits."""
    if not artist.get_visible():
        return
    if isinstance(artist, Text):
        yield artist
    if isinstance(artist, Axis):
        low, high = sorted(artist.get_view_interval())
        ticks = (*artist.get_major_ticks(), *artist.get_minor_ticks())
        within = [tick for tick in ticks if low <= tick.get_loc() <= high]
        children: list[Artist] = [artist.label, artist.offsetText, *within]
    else:
        children = artist.get_children()
    for child in children:
        yield from _texts(child)


def drawn_pieces(axes: Axes) -> list[Rectangle]:
    """Give the pieces of stacked bars, in the order in which they are drawn."""
    drawn = (one for patch in axes.patches if isinstance(patch, Pieces) for one in patch.drawn)
    return [Rectangle(place[:2], *place[2:], facecolor=color, hatch=hatch) for place, color, hatch in drawn]


def whiskers(figure: Figure) -> list[Bbox]:
    """Give the dots that the bars of intervals cover: lines with a stroke at each end."""
    found: list[Bbox] = []
    for line in figure.findobj(Line2D):
        assert isinstance(line, Line2D)
        if line.get_marker() in ("|", "_") and line.get_linestyle() != "None":
            found.append(line.get_path().transformed(line.get_transform()).get_extents())
    for axes in figure.axes:
        bars = [one for one in axes.containers if isinstance(one, ErrorbarContainer)]
        drawn = [one for one in axes.collections if one.get_label() == INTERVALS]
        for collection in (*drawn, *(part for bar in bars for part in bar.lines[2])):
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
    words, texts, bars = [text for text, _ in seen], _sides(box for _, box in seen), _sides(whiskers(figure))
    crossed = _common(texts, texts) > slack
    left, low, right, high = texts.T
    beyond = (left < edge.x0) | (right > edge.x1) | (low < edge.y0) | (high > edge.y1)
    struck = (_common(texts, bars) > -slack).any(axis=1)
    return Seen(
        " ".join(words).replace("\n", " "),
        [(words[one], words[other]) for one, other in np.argwhere(np.triu(crossed, 1))],
        [words[at] for at in np.flatnonzero(beyond)],
        [words[at] for at in np.flatnonzero(struck)],
    )


def _sides(found: Iterable[Bbox]) -> NDArray[np.float64]:
    """Give left, low, right, high of boxes (n, 4)."""
    return np.array([box.extents for box in found], dtype=np.float64).reshape(-1, 4)


def _common(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give by how many dots each box (n, 4) reaches into each other one (m, 4), less than 0 if apart."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    return np.asarray((high - low).min(axis=2), dtype=np.float64)


def faults(figure: Figure) -> tuple[list[tuple[str, str]], list[str]]:
    """Give the pairs of texts of which one covers a part of the other, and the texts that the edge cuts."""
    seen = look(figure)
    return seen.overlaps, seen.cut_off


def texts(figure: Figure) -> str:
    """Give all texts that are seen, one after the other, lines joined by spaces."""
    return " ".join(text for text, _ in boxes(figure)).replace("\n", " ")
