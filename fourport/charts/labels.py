"""Names beside points: where there is canvas, never over each other.

Each name tries places around its point and takes the one that is near and hides
least; a few rounds let early names make room for later ones. A name that finds
no place is left out, the least important first. A library for this (textalloc) was tried on the reference
run: in crowded panels it loses names and lets them cover each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.text import Text

from fourport.charts.label_candidates import Array, Candidates, Canvas, Label, along, candidates_of, disturbed

__all__ = ["Canvas", "Label", "place", "share"]

_ROUNDS, _TRIED = 6, 6
"""How often all names choose their places, and of how many places each then tries to drive others."""

_LARGE = 5.0
"""Size of signs, in points, from which they are wider than their line."""

_NOWHERE = 1000.0
"""What it costs to leave a name out."""

_LEADER_FROM = 6.5
"""Distance from which a name is joined to its point by a line."""


def place(canvas: Canvas, labels: Sequence[Label]) -> list[Text]:
    """Write names beside their points.

    Returns
    -------
    list of Text
        The names that found a place.
    """
    obstacles = [along(canvas.points(np.asarray(line.get_xydata()))) for line in canvas.keep_clear]
    obstacles += [_signs(canvas, line) for line in canvas.keep_clear]
    kept = np.concatenate(obstacles) if obstacles else np.zeros((0, 2))
    placement = _Placement([candidates_of(canvas, label, kept) for label in labels])
    order = sorted(range(len(labels)), key=lambda k: -labels[k].weight)
    for _ in range(_ROUNDS):
        before = dict(placement.taken)
        for k in order:
            placement.choose(k)
        if placement.taken == before:
            break
    for k in order:
        placement.insist(k)
    return [
        _write(canvas, labels[k], placement.candidates[k], at) for k, at in sorted(placement.taken.items())
    ]


class _Placement:
    """Which place each name has, as far as it has one.

    Parameters
    ----------
    candidates
        The places of each name.
    """

    def __init__(self, candidates: Sequence[Candidates]) -> None:
        self.candidates = candidates
        self.taken: dict[int, int] = {}
        self._known: dict[tuple[int, int, int], Array] = {}

    def choose(self, k: int) -> bool:
        """Let a name take the cheapest place that is over no other name, if there is one."""
        self.taken.pop(k, None)
        costs = self._costs(k)
        best = int(np.argmin(costs)) if len(costs) else -1
        if best < 0 or not np.isfinite(costs[best]):
            return False
        self.taken[k] = best
        return True

    def insist(self, k: int) -> None:
        """Give a name one of its best places if those who have to leave it find others, for less in all."""
        tried = _TRIED if k in self.taken else 6 * _TRIED
        for at in np.argsort(self.candidates[k].costs, kind="stable")[:tried]:
            before = dict(self.taken)
            if k in before and self.candidates[k].costs[before[k]] <= self.candidates[k].costs[at]:
                return
            leave = [o for o, its in before.items() if o != k and np.isinf(self._beside(k, o, its)[at])]
            worth = self._price([k, *leave])
            for other in leave:
                del self.taken[other]
            self.taken[k] = int(at)
            found = [self.choose(other) for other in leave]
            if all(found) and self._price([k, *leave]) < worth:
                return
            self.taken = before

    def _price(self, names: Sequence[int]) -> float:
        """Sum what names cost where they are."""
        return sum(float(self._costs(k)[self.taken[k]]) if k in self.taken else _NOWHERE for k in names)

    def _costs(self, k: int) -> Array:
        """Give what each place (k,) costs a name beside those that have one."""
        others = (self._beside(k, other, at) for other, at in self.taken.items() if other != k)
        return np.asarray(self.candidates[k].costs + sum(others), dtype=np.float64)

    def _beside(self, k: int, other: int, at: int) -> Array:
        key = k, other, at
        if key not in self._known:
            self._known[key] = disturbed(self.candidates[k], self.candidates[other], at)
        return self._known[key]


def _signs(canvas: Canvas, line: Line2D) -> Array:
    """Give points around the large signs of a line, where a name would touch them."""
    if line.get_marker() in ("None", "", " ", "_", "|", None) or line.get_markersize() < _LARGE:
        return np.zeros((0, 2))
    points = canvas.points(np.asarray(line.get_xydata()))
    turn = np.arange(8) * np.pi / 4
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * line.get_markersize() / 2
    around: Array = (points[:, None, :] + ring[None, :, :]).reshape(-1, 2)
    return around


def _write(canvas: Canvas, label: Label, candidates: Candidates, at: int) -> Text:
    box, leader = candidates.boxes[at], candidates.leaders[at]
    if np.hypot(*(leader[-1] - leader[0])) > _LEADER_FROM:
        ends = canvas.data(leader[[0, -1]])
        canvas.axes.add_line(Line2D(ends[:, 0], ends[:, 1], color=canvas.leader, linewidth=0.6, zorder=3))
    x, y = canvas.data(np.array([[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]]))[0]
    return canvas.axes.text(
        x,
        y,
        "\n".join(candidates.rows[candidates.broken[at]]),
        color=label.color,
        fontweight=label.face,
        fontsize=canvas.size,
        ha="center",
        va="center",
        linespacing=1.1,
        parse_math=False,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 0.3},
        zorder=4,
    )


def share(canvas: Canvas, labels: Sequence[Label], near: float, shared: str) -> list[Label]:
    """Let equal names whose points are near each other, in 1/72 inch, stand once, in a shared colour."""
    found: dict[str, list[Label]] = {}
    for label in labels:
        same = found.setdefault(label.text, [])
        here = canvas.points(np.array([[label.x, label.y]]))[0]
        there = [canvas.points(np.array([[other.x, other.y]]))[0] for other in same]
        close = [k for k, point in enumerate(there) if np.hypot(*(point - here)) < near]
        if close:
            other = same[close[0]]
            color = other.color if other.color == label.color else shared
            same[close[0]] = Label(other.x, other.y, other.text, color, max(other.weight, label.weight))
        else:
            same.append(label)
    return [label for same in found.values() for label in same]
