"""Candidate places of a name around its point, and the cost of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from fourport.charts.text_layout import lines, width_of, wrap

Array = NDArray[np.float64]
"""Coordinates in units of 1/72 inch from the lower left corner of the axes."""


@dataclass(frozen=True)
class Label:
    """A name and its point.

    Attributes
    ----------
    x, y
        The point, in data coordinates.
    text, color
        The name and its colour.
    weight
        Priority: a name with a higher weight chooses its place earlier.
    bold
        Whether it is written in bold.
    fixed
        Left side and middle of the only place it may take, in 1/72 inch; None if it may choose.
    """

    x: float
    y: float
    text: str
    color: str
    weight: float = 0.0
    bold: bool = False
    fixed: tuple[float, float] | None = None

    @property
    def face(self) -> str:
        """Font weight."""
        return "bold" if self.bold else "normal"


@dataclass(frozen=True)
class Canvas:
    """Settings shared by all names: the axes, the type, what to keep clear.

    Attributes
    ----------
    axes
        The axes, with final scales, limits and position.
    keep_clear
        Lines that names should not hide.
    size
        Size of type, points.
    width
        Width in inches beyond which a name is broken into lines.
    narrow
        Shares of this width at which a name may also be broken, if that makes it fit.
    leader
        Colour of the line from a point to a name that is not next to it.
    reach
        Largest distance of a name from its point, in 1/72 inch; without a place so near it is left out.
    """

    axes: Axes
    keep_clear: Sequence[Line2D]
    size: float
    width: float
    leader: str
    narrow: Sequence[float] = (1.0, 0.62)
    reach: float = 146.0

    @property
    def scale(self) -> float:
        """Units of 1/72 inch per dot."""
        figure = self.axes.get_figure(root=True)
        assert isinstance(figure, Figure)
        return 72.0 / float(figure.dpi)

    def points(self, xy: Array) -> Array:
        """Convert (k, 2) data coordinates to 1/72 inch."""
        moved: Array = (self.axes.transData.transform(xy) - self.axes.bbox.min) * self.scale
        return moved

    def data(self, points: Array) -> Array:
        """Convert (k, 2) points in 1/72 inch to data coordinates."""
        back: Array = self.axes.transData.inverted().transform(points / self.scale + self.axes.bbox.min)
        return back


_DISTANCES = (4.0, 7.0, 11.0, 16.0, 22.0, 29.0, 37.0, 46.0, 57.0, 70.0, 85.0, 102.0, 122.0, 146.0)
_ANGLES = np.arange(32) * np.pi / 16
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_DIRECTIONS /= np.abs(_DIRECTIONS).max(axis=0)
"""(2, 32) ways from the middle of a box to the middle of another that touches it, in half sizes."""
_PAD = 1.5
_HIDES, _CROSSES, _BROKEN = 40.0, 240.0, 3.0
"""Costs of a place, as distances: per point of a line that it hides, per name or leader that its leader
crosses, and for breaking the name into shorter lines."""

_MEETS, _CLEAR = 12.0, 3
"""Cost of each point of a leader near a line, and this nearness; points at the leader's start are free."""

_STEPS = 24
"""Number of points of a leader."""


class Obstacles:
    """Points that names should not hide, counted in squares of 1/72 inch.

    Parameters
    ----------
    points
        (n, 2) points.
    area
        Width and height of the axes; points outside do not count.
    """

    def __init__(self, points: Array, area: Sequence[float]) -> None:
        wide, high = (int(side) + 1 for side in area)
        column, row = np.floor(points).astype(np.intp).T
        inside = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
        found = np.bincount(row[inside] * wide + column[inside], minlength=wide * high).reshape(high, wide)
        self._sums = np.zeros((high + 1, wide + 1), dtype=np.intp)
        self._sums[1:, 1:] = found.cumsum(axis=0).cumsum(axis=1)
        reach = range(-_CLEAR, _CLEAR + 1)
        near = np.zeros((high + 2 * _CLEAR, wide + 2 * _CLEAR), dtype=np.bool_)
        taken = found > 0
        for across, up in ((x, y) for x in reach for y in reach if x * x + y * y <= _CLEAR**2):
            near[_CLEAR + up :, _CLEAR + across :][:high, :wide] |= taken
        self._near = near[_CLEAR:, _CLEAR:][:high, :wide]

    def hidden(self, boxes: Array) -> NDArray[np.intp]:
        """Count the points in boxes (4, k)."""
        most = np.tile(np.array(self._sums.shape)[::-1] - 1, 2)
        left, low, right, top = np.clip(np.rint(boxes).astype(np.intp), 0, most[:, None])
        sums = self._sums
        return np.asarray(sums[top, right] - sums[top, left] - sums[low, right] + sums[low, left])

    def near(self, points: Array) -> NDArray[np.bool_]:
        """Return which points (2, ...) are nearer to one of these than about ``_CLEAR``."""
        high, wide = self._near.shape
        column, row = np.floor(points).astype(np.intp)
        return np.asarray(self._near[row.clip(0, high - 1), column.clip(0, wide - 1)])


@dataclass(frozen=True)
class Candidates:
    """The ``k`` candidate places of a name, the cheapest first.

    Attributes
    ----------
    boxes
        (4, k) left, low, right, high.
    leaders
        (2, k, 24) points of the line from the name's point to the box.
    costs
        (k,) costs by distance and by what is hidden.
    rows
        The name in lines, for each breaking.
    broken
        (k,) index into ``rows``.
    """

    boxes: Array
    leaders: Array
    costs: Array
    rows: Sequence[Sequence[str]]
    broken: NDArray[np.intp]

    def take(self, which: NDArray[np.intp] | slice) -> Candidates:
        """Return some of the places."""
        some = (self.boxes[:, which], self.leaders[:, which], self.costs[which])
        return Candidates(*some, self.rows, self.broken[which])

    @cached_property
    def spans(self) -> Array:
        """(4, k) left, low, right, high of each box with its leader, which is straight."""
        begin, end = self.leaders[:, :, 0], self.leaders[:, :, -1]
        low = np.minimum(self.boxes[:2], np.minimum(begin, end))
        high = np.maximum(self.boxes[2:], np.maximum(begin, end))
        return np.concatenate([low, high])

    @cached_property
    def extent(self) -> list[float]:
        """Left, low, right, high of all boxes and leaders together."""
        return [*self.spans[:2].min(axis=1).tolist(), *self.spans[2:].max(axis=1).tolist()]


def candidates_of(canvas: Canvas, label: Label, obstacles: Obstacles) -> Candidates:
    """Return the places inside the axes, with costs that leave other names out."""
    if label.fixed is not None:
        return _only(canvas, label, label.fixed)
    widest = min(canvas.width, 0.9 * canvas.axes.bbox.width * canvas.scale / 72)
    rows: list[list[str]] = []
    for share in canvas.narrow:
        found = wrap(label.text, widest * share, canvas.size, label.face)
        whole = " ".join(found) == label.text
        if not rows or (whole and found not in rows):
            rows.append(found)
    parts = [_around(canvas, label, row) for row in rows]
    boxes, leaders = (np.concatenate([part[of] for part in parts], axis=1) for of in (0, 1))
    distance = np.concatenate([part[2] for part in parts])
    broken = np.repeat(np.arange(len(rows)), [len(part[2]) for part in parts])
    grown = boxes + np.array([[-_PAD], [0.0], [_PAD], [0.0]])
    costs = distance + _BROKEN * broken + _HIDES * obstacles.hidden(grown) + _MEETS * _met(leaders, obstacles)
    places = Candidates(boxes, leaders, costs, rows, broken)
    return places.take(np.argsort(costs, kind="stable"))


def _only(canvas: Canvas, label: Label, fixed: tuple[float, float]) -> Candidates:
    """Return the place of a name with a fixed place; it needs no leader."""
    left, middle = fixed
    wide, high = size_of(label, canvas.size)
    box = np.array([[left], [middle - high / 2], [left + wide], [middle + high / 2]])
    leader = np.tile(box[:2, :, None], _STEPS)
    return Candidates(box, leader, np.zeros(1), [[label.text]], np.zeros(1, dtype=np.intp))


def size_of(label: Label, size: float) -> tuple[float, float]:
    """Return width and height of a name in one line, in 1/72 inch."""
    return width_of(label.text, size, label.face) * 72 + 2, lines(1, size) * 72


def _around(canvas: Canvas, label: Label, rows: Sequence[str]) -> tuple[Array, Array, Array]:
    """Return boxes, leaders and distances of all places of a name in lines inside the axes."""
    anchor = canvas.points(np.array([[label.x, label.y]])).T
    wide = max(width_of(row, canvas.size, label.face) for row in rows)
    size = np.array([[wide * 72 + 2], [lines(len(rows), canvas.size) * 72]])
    reached = [distance for distance in _DISTANCES if distance <= canvas.reach]
    distance = np.repeat(reached, _DIRECTIONS.shape[1])
    low = anchor + np.tile(_DIRECTIONS, len(reached)) * (size / 2 + distance) - size / 2
    area = np.array([[canvas.axes.bbox.width], [canvas.axes.bbox.height]]) * canvas.scale
    within = ((low >= _PAD) & (low + size <= area - _PAD)).all(axis=0)
    low, distance = low[:, within], distance[within]
    ends = np.clip(anchor, low, low + size)
    leaders = anchor[:, :, None] + np.linspace(0, 1, _STEPS) * (ends - anchor)[:, :, None]
    return np.concatenate([low, low + size]), leaders, distance


def _met(leaders: Array, obstacles: Obstacles) -> NDArray[np.intp]:
    """Count the points of leaders (2, k, n) that are on a line, without those where the leader begins."""
    across, up = np.abs(leaders - leaders[:, :, :1]) > 2 * _CLEAR
    return np.asarray(((across | up) & obstacles.near(leaders)).sum(axis=1), dtype=np.intp)


def disturbed(mine: Candidates, others: Sequence[tuple[Candidates, int]]) -> list[Array | None]:
    """Return the costs (k,) of places beside each of several names, at their places.

    They are infinite where the two overlap, and high across leaders; None if all places are far from a name.
    """
    left, low, right, high = mine.extent
    found: list[Array | None] = [None] * len(others)
    spans = [candidates.spans[:, at].tolist() for candidates, at in others]
    close = [
        n
        for n, span in enumerate(spans)
        if span[2] + _PAD > left and span[3] + _PAD > low and span[0] - _PAD < right and span[1] - _PAD < high
    ]
    if not close:
        return found
    theirs = np.array([spans[n] for n in close]).T[:, :, None]
    # Pairs of a name and a place near it.
    which, near = np.nonzero(_touch(mine.spans[:, None], theirs, 2 * _CLEAR))
    placed = [others[n] for n in close]
    box = np.array([candidates.boxes[:, at] for candidates, at in placed]).T[:, which]
    leader = np.array([candidates.leaders[:, at] for candidates, at in placed]).swapaxes(0, 1)[:, which]
    boxes, leaders = mine.boxes[:, near], mine.leaders[:, near]
    # A leader that touches a name seems to end there.
    crosses = inside(leaders, box[:, :, None], _CLEAR).any(axis=1)
    crossed = inside(leader, boxes[:, :, None], _CLEAR).any(axis=1)
    crossing = crosses | crossed | _cut(leaders, leader)
    costs = np.zeros((len(close), len(mine.costs)))
    costs[which, near] = np.where(_touch(boxes, box, _PAD), np.inf, _CROSSES * crossing)
    for n, its in zip(close, costs, strict=True):
        found[n] = its
    return found


def _touch(boxes: Array, others: Array, pad: float) -> NDArray[np.bool_]:
    """Return which boxes (4, ...) are nearer than ``pad`` to others (4, ...)."""
    across, up = (boxes[:2] < others[2:] + pad) & (boxes[2:] > others[:2] - pad)
    return np.asarray(across & up)


def _cut(leaders: Array, others: Array) -> NDArray[np.bool_]:
    """Return which leaders (2, k, n) cross others (2, k, n), each its own."""
    a, b, c, d = leaders[:, :, 0], leaders[:, :, -1], others[:, :, 0], others[:, :, -1]

    def side(leg: Array, to: Array) -> Array:
        return np.asarray(leg[0] * to[1] - leg[1] * to[0])

    one, other, between = b - a, d - c, c - a
    return np.asarray(
        (side(one, between) * side(one, d - a) < 0) & (side(other, between) * side(other, b - c) > 0)
    )


def inside(points: Array, boxes: Array, around: float = 0.0) -> NDArray[np.bool_]:
    """Return which points (2, ...) are inside boxes (4, ...) that are so much larger on each side."""
    across, up = (points > boxes[:2] - around) & (points < boxes[2:] + around)
    return np.asarray(across & up)


def along(line: Array, step: float = 3.0) -> Array:
    """Return points along a line, at most a step apart."""
    legs = np.diff(line, axis=0)
    count = np.maximum(np.ceil(np.hypot(*legs.T) / step), 1).astype(np.intp)
    share = (np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)) / np.repeat(count, count)
    between = np.repeat(line[:-1], count, axis=0) + share[:, None] * np.repeat(legs, count, axis=0)
    return np.concatenate([line[-1:], between])
