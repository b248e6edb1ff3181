"""Candidate places of a name around its point, and the cost of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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
_DIRECTIONS = np.arange(32) * np.pi / 16
_PAD = 1.5
_HIDES, _CROSSES, _BROKEN = 40.0, 60.0, 3.0
"""Costs of a place, as distances: per point of a line that it hides, per name or leader that its leader
crosses, and for breaking the name into shorter lines."""

_MEETS, _CLEAR = 12.0, 2.0
"""Cost of each point of a leader near a line, and this nearness; points at the leader's start are free."""

_STEPS = 24
"""Number of points of a leader."""


@dataclass(frozen=True)
class Candidates:
    """The ``k`` candidate places of a name.

    Attributes
    ----------
    boxes
        (k, 4) left, low, right, high.
    leaders
        (k, 24, 2) points of the line from the name's point to the box.
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


def candidates_of(canvas: Canvas, label: Label, obstacles: Array) -> Candidates:
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
    boxes, leaders, distance = (np.concatenate(part) for part in zip(*parts, strict=True))
    broken = np.repeat(np.arange(len(rows)), [len(part[0]) for part in parts])
    grown = boxes + np.array([-_PAD, 0.0, _PAD, 0.0])
    hidden = inside(obstacles[None, :, :], grown[:, None, :]).sum(axis=1)
    costs = distance + _BROKEN * broken + _HIDES * hidden + _MEETS * _met(leaders, obstacles)
    return Candidates(boxes, leaders, costs, rows, broken)


def _only(canvas: Canvas, label: Label, fixed: tuple[float, float]) -> Candidates:
    """Return the place of a name with a fixed place; it needs no leader."""
    left, middle = fixed
    wide, high = size_of(label, canvas.size)
    box = np.array([[left, middle - high / 2, left + wide, middle + high / 2]])
    leader = np.tile(box[0, :2], (1, _STEPS, 1))
    return Candidates(box, leader, np.zeros(1), [[label.text]], np.zeros(1, dtype=np.intp))


def size_of(label: Label, size: float) -> tuple[float, float]:
    """Return width and height of a name in one line, in 1/72 inch."""
    return width_of(label.text, size, label.face) * 72 + 2, lines(1, size) * 72


def _around(canvas: Canvas, label: Label, rows: Sequence[str]) -> tuple[Array, Array, Array]:
    """Return boxes, leaders and distances of all places of a name in lines inside the axes."""
    anchor = canvas.points(np.array([[label.x, label.y]]))[0]
    wide = max(width_of(row, canvas.size, label.face) for row in rows)
    size = np.array([wide * 72 + 2, lines(len(rows), canvas.size) * 72])
    reached = [distance for distance in _DISTANCES if distance <= canvas.reach]
    distance = np.repeat(reached, len(_DIRECTIONS))
    angle = np.tile(_DIRECTIONS, len(reached))
    leg = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    leg /= np.abs(leg).max(axis=1, keepdims=True)
    low = anchor + leg * (size / 2 + distance[:, None]) - size / 2
    area = np.array([canvas.axes.bbox.width, canvas.axes.bbox.height]) * canvas.scale
    inside = ((low >= _PAD) & (low + size <= area - _PAD)).all(axis=1)
    low, distance = low[inside], distance[inside]
    ends = np.clip(anchor, low, low + size)
    leaders = anchor + np.linspace(0, 1, _STEPS)[None, :, None] * (ends - anchor)[:, None, :]
    return np.concatenate([low, low + size], axis=1), leaders, distance


def _met(leaders: Array, obstacles: Array) -> NDArray[np.intp]:
    """Count the points of leaders (k, n, 2) that are on a line, without those where the leader begins."""
    met = np.hypot(*np.moveaxis(leaders - leaders[:, :1], -1, 0)) > 3 * _CLEAR
    met[met] = _near(leaders[met], obstacles)
    return np.asarray(met.sum(axis=1), dtype=np.intp)


def _near(points: Array, others: Array) -> NDArray[np.bool_]:
    """Return which points (m, 2) are nearer than ``_CLEAR`` to one of the others (n, 2).

    A point is compared with those in its square and the eight around it, of squares with this side.
    """
    found = np.zeros(len(points), dtype=np.bool_)
    if not len(others):
        return found
    squares = np.floor(others / _CLEAR).astype(np.intp)
    low, (wide, high) = squares.min(axis=0) - 2, np.ptp(squares, axis=0) + 5
    number = (squares - low) @ (high, 1)
    by_square = others[np.argsort(number, kind="stable")]
    first = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=wide * high))])
    of = np.clip(np.floor(points / _CLEAR).astype(np.intp) - low, 1, (wide - 2, high - 2)) @ (high, 1)
    for square in (of + across * high + up for across in (-1, 0, 1) for up in (-1, 0, 1)):
        for k in range(int((first[square + 1] - first[square]).max())):
            row = np.flatnonzero(first[square] + k < first[square + 1])
            apart = points[row] - by_square[first[square[row]] + k]
            found[row] |= (apart * apart).sum(axis=1) < _CLEAR**2
    return found


def disturbed(mine: Candidates, other: Candidates, at: int) -> Array:
    """Return the costs (k,) of places beside another name: infinite if they overlap, high across leaders."""
    box, leader = other.boxes[at], other.leaders[at]
    apart = (
        (mine.boxes[:, 0] >= box[2] + _PAD)
        | (mine.boxes[:, 2] <= box[0] - _PAD)
        | (mine.boxes[:, 1] >= box[3] + _PAD)
        | (mine.boxes[:, 3] <= box[1] - _PAD)
    )
    crosses = inside(mine.leaders, box[None, None, :]).any(axis=1)
    crossed = inside(leader[None, :, :], mine.boxes[:, None, :]).any(axis=1)
    crossing = crosses | crossed | _cut(mine.leaders, leader)
    return np.asarray(np.where(apart, _CROSSES * crossing, np.inf), dtype=np.float64)


def _cut(leaders: Array, other: Array) -> NDArray[np.bool_]:
    """Return which leaders (k, n, 2) cross another one (n, 2)."""
    a, b = leaders[:, 0], leaders[:, -1]
    c, d = other[0], other[-1]

    def side(of: Array, start: Array, end: Array) -> Array:
        leg, to = end - start, of - start
        return np.asarray(leg[..., 0] * to[..., 1] - leg[..., 1] * to[..., 0])

    return np.asarray((side(c, a, b) * side(d, a, b) < 0) & (side(a, c, d) * side(b, c, d) < 0))


def inside(points: Array, boxes: Array) -> NDArray[np.bool_]:
    """Return which points (..., 2) are inside boxes (..., 4)."""
    x, y = points[..., 0], points[..., 1]
    left, low, right, high = (boxes[..., k] for k in range(4))
    return np.asarray((x > left) & (x < right) & (y > low) & (y < high))


def along(line: Array, step: float = 3.0) -> Array:
    """Return points along a line, at most a step apart."""
    parts = [line[-1:]]
    for a, b in pairwise(line):
        count = max(int(np.ceil(np.hypot(*(b - a)) / step)), 1)
        parts.append(np.linspace(a, b, count, endpoint=False))
    return np.concatenate(parts)
