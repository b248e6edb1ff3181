"""End-of-line markers: the P10-P90 bar and the mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.lines import Line2D

from fourport.charts.label_candidates import Array, Canvas, Label, along, inside, size_of
from fourport.charts.style import Look

APART = 5.0
"""Distance in 1/72 inch from the end of a line to its bar, from bar to bar, and to the mean."""

BETWEEN = 2.0
"""Distance in 1/72 inch between two means of a column."""


@dataclass(frozen=True)
class End:
    """The end of a route's line.

    Attributes
    ----------
    km
        Distance from the origin.
    low, mean, high
        P10, mean and P90 at the end.
    text
        The mean as text.
    """

    km: float
    low: float
    mean: float
    high: float
    text: str
    look: Look


def draw_bars(canvas: Canvas, ends: Sequence[End]) -> list[Line2D]:
    """Draw a bar right of each end, from low to high."""
    drawn: list[Line2D] = []
    for end, x in _bars(canvas, ends):
        foot, top = _place(canvas, end.km, end.low), _place(canvas, end.km, end.high)
        bar = canvas.data(np.array([[x, foot[1]], [x, top[1]]]))
        drawn += canvas.axes.plot(
            *bar.T, color=end.look.color, marker="_", markersize=5, linewidth=1.0, zorder=1.8
        )
    return drawn


def _bars(canvas: Canvas, ends: Sequence[End]) -> list[tuple[End, float]]:
    """Return the position of the bar of each end, from left to right."""
    found: list[tuple[End, float]] = []
    x = 0.0
    for end in sorted(ends, key=lambda end: end.km):
        x = max(float(_place(canvas, end.km, end.mean)[0]), x) + APART
        found.append((end, x))
    return found


def sums(canvas: Canvas, ends: Sequence[End]) -> list[Label]:
    """Return the labels of the means, right of their bars, at the height of their ends or close to it.

    Routes that end close to each other share a column. A mean that would hide a line or a bar
    moves to the next column.
    """
    lines = [along(canvas.points(np.asarray(line.get_xydata()))) for line in canvas.keep_clear]
    bars = _bars(canvas, ends)
    found: list[Label] = []
    column: list[Label] = []
    for k, (end, x) in enumerate(bars):
        column.append(Label(end.km, end.mean, end.text, end.look.text, math.inf, bold=True))
        boxes = _column(canvas, column, x + APART)
        if k + 1 < len(bars):
            near = boxes[:, 2].max() + APART > bars[k + 1][1] - APART
            if near or inside(np.concatenate(lines).T[:, None], boxes.T[:, :, None]).any():
                continue
        for label, box in zip(column, boxes, strict=True):
            found.append(replace(label, fixed=(float(box[0]), float(box[1] + box[3]) / 2)))
        column = []
    return found


def _column(canvas: Canvas, labels: Sequence[Label], left: float) -> Array:
    """Return the boxes of names in a column, (k, 4) left, low, right, high."""
    sizes = np.array([size_of(label, canvas.size) for label in labels])
    left = min(left, canvas.axes.bbox.width * canvas.scale - float(sizes[:, 0].max()))
    wanted = np.array([_place(canvas, label.x, label.y)[1] for label in labels])
    order = np.argsort(wanted, kind="stable")
    middle = np.empty(len(labels))
    middle[order] = spread(wanted[order].tolist(), float(sizes[0, 1]) + BETWEEN)
    low = np.stack([np.full(len(labels), left), middle - sizes[:, 1] / 2], axis=1)
    return np.concatenate([low, low + sizes], axis=1)


def spread(wanted: Sequence[float], apart: float) -> list[float]:
    """Move increasing positions apart to a least distance, with the least sum of squared moves."""
    groups: list[list[float]] = []  # position of the first that each member implies
    for k, place in enumerate(wanted):
        groups.append([place - k * apart])
        while len(groups) > 1 and float(np.mean(groups[-2])) > float(np.mean(groups[-1])):
            last = groups.pop()
            groups[-1] += last
    level = [float(np.mean(group)) for group in groups for _ in group]
    return [first + k * apart for k, first in enumerate(level)]


def _place(canvas: Canvas, x: float, y: float) -> Array:
    at: Array = canvas.points(np.array([[x, y]]))[0]
    return at
