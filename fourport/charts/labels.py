"""Place names beside points, inside the axes and without overlap.

Each name tries places around its point and takes a near one that hides little. In a few rounds,
early names give way to later ones. Names without a place are left out, the least important first.
A library for this (textalloc) was tried on the reference run: in crowded panels it loses names and
lets them overlap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.text import Text

from fourport.charts.label_candidates import (
    Array,
    Candidates,
    Canvas,
    Label,
    Obstacles,
    along,
    candidates_of,
    disturbed,
)

__all__ = ["Canvas", "Label", "place", "share"]

_ROUNDS, _TRIED, _UNCROSSED = 6, 6, 64
"""Rounds in which all names choose places; places from which each then tries to move other names; and those
to which it tries to move where its leader crosses another."""

_PART = 128
"""Number of places that are compared with other names at once: the cheapest are rarely all taken."""

_LARGE = 5.0
"""Size in points from which signs are wider than their line."""

_NOWHERE = 1000.0
"""Cost of leaving a name out."""

_LEADER_FROM = 6.5
"""Distance in 1/72 inch from which a leader joins a name to its point."""


def place(canvas: Canvas, labels: Sequence[Label]) -> list[Text]:
    """Write names beside their points.

    Returns
    -------
    list of Text
        The names that have a place.
    """
    obstacles = [along(canvas.points(np.asarray(line.get_xydata()))) for line in canvas.keep_clear]
    obstacles += [_signs(canvas, line) for line in canvas.keep_clear]
    area = np.asarray(canvas.axes.bbox.size) * canvas.scale
    kept = Obstacles(np.concatenate([np.zeros((0, 2)), *obstacles]), area.tolist())
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
    for k in order:
        placement.uncross(k)
    return [
        _write(canvas, labels[k], placement.candidates[k], at) for k, at in sorted(placement.taken.items())
    ]


class _Placement:
    """The place of each name that has one.

    Parameters
    ----------
    candidates
        Candidate places of each name.
    """

    def __init__(self, candidates: Sequence[Candidates]) -> None:
        self.candidates = candidates
        self.parts = [
            [its.take(slice(first, first + _PART)) for first in range(0, len(its.costs), _PART)]
            for its in candidates
        ]
        self.taken: dict[int, int] = {}
        self._known: dict[tuple[int, int, int, int], Array | None] = {}

    def choose(self, k: int) -> bool:
        """Put a name at the cheapest place that overlaps no other name; return whether there is one."""
        self.taken.pop(k, None)
        best, least = -1, np.inf
        for number, part in enumerate(self.parts[k]):
            if part.costs[0] >= least:
                break
            costs = self._costs(k, number)
            at = int(np.argmin(costs))
            if costs[at] < least:
                best, least = number * _PART + at, costs[at]
        if best < 0:
            return False
        self.taken[k] = best
        return True

    def insist(self, k: int) -> None:
        """Move a name to one of its best places if moving the names there lowers the total cost."""
        before = dict(self.taken)
        tried = min(before[k], _TRIED) if k in before else 6 * _TRIED
        if not tried or not self.parts[k]:  # a name without a place near its point is left out
            return
        others = [other for other in before if other != k]
        costs = zip(others, self._beside(k, 0, others), strict=True)
        overlaps = [(other, np.isinf(its)) for other, its in costs if its is not None]
        for at, cost in enumerate(self.candidates[k].costs[:tried]):
            leave = [other for other, its in overlaps if its[at]]
            worth = self._price([k, *leave])
            if cost >= worth:
                continue
            for other in leave:
                del self.taken[other]
            self.taken[k] = at
            found = [self.choose(other) for other in leave]
            if all(found) and self._price([k, *leave]) < worth:
                return
            self.taken = dict(before)

    def uncross(self, k: int) -> None:
        """Move a name whose leader crosses another, and that other one, if the two cost less elsewhere."""
        for other in self._crossed(k) if k in self.taken else ():
            best, least = dict(self.taken), self._price([k, other])
            del self.taken[other]
            beside = self._costs(k, 0)
            for at, cost in enumerate(self.candidates[k].costs[:_UNCROSSED]):
                if cost >= least:  # nor do the places after it cost less
                    break
                if beside[at] < least:
                    self.taken = {**best, k: at}
                    del self.taken[other]
                    if self.choose(other) and (price := self._price([k, other])) < least:
                        best, least = dict(self.taken), price
            self.taken = best

    def _crossed(self, k: int) -> list[int]:
        """Return the names that a name at its place crosses, or is crossed by."""
        others, (part, at) = [other for other in self.taken if other != k], divmod(self.taken[k], _PART)
        costs = zip(others, self._beside(k, part, others), strict=True)
        return [other for other, its in costs if its is not None and its[at] > 0]

    def _price(self, names: Sequence[int]) -> float:
        """Return the total cost of names at their places."""
        return sum(self._cost(k) if k in self.taken else _NOWHERE for k in names)

    def _cost(self, k: int) -> float:
        """Return the cost of a name at its place beside the names already placed."""
        part, at = divmod(self.taken[k], _PART)
        others = self._beside(k, part, [other for other in self.taken if other != k])
        beside = sum(float(its[at]) for its in others if its is not None)
        return float(self.candidates[k].costs[self.taken[k]]) + beside

    def _costs(self, k: int, part: int) -> Array:
        """Return the costs of a part of a name's places beside the names already placed."""
        others = self._beside(k, part, [other for other in self.taken if other != k])
        return np.asarray(
            self.parts[k][part].costs + sum(costs for costs in others if costs is not None), dtype=np.float64
        )

    def _beside(self, k: int, part: int, others: Sequence[int]) -> list[Array | None]:
        """Return the costs of a part of a name's places because of each of others; None if that is far."""
        keys = [(k, part, other, self.taken[other]) for other in others]
        if new := [key for key in keys if key not in self._known]:
            at = [(self.candidates[other], its) for _, _, other, its in new]
            self._known.update(zip(new, disturbed(self.parts[k][part], at), strict=True))
        return [self._known[key] for key in keys]


def _signs(canvas: Canvas, line: Line2D) -> Array:
    """Return points around the large signs of a line, where a name would touch them."""
    if line.get_marker() in ("None", "", " ", "_", "|", None) or line.get_markersize() < _LARGE:
        return np.zeros((0, 2))
    points = canvas.points(np.asarray(line.get_xydata()))
    turn = np.arange(8) * np.pi / 4
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * line.get_markersize() / 2
    around: Array = (points[:, None, :] + ring[None, :, :]).reshape(-1, 2)
    return around


def _write(canvas: Canvas, label: Label, candidates: Candidates, at: int) -> Text:
    box, leader = candidates.boxes[:, at], candidates.leaders[:, at]
    if np.hypot(*(leader[:, -1] - leader[:, 0])) > _LEADER_FROM:
        ends = canvas.data(leader[:, [0, -1]].T)
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
    """Combine equal names whose points are near each other (1/72 inch) into one, in a shared colour."""
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
