"""Find the cheapest route for each value and chargeable weight of goods, and where it is certain.

In each cell all routes are compared in pairs, within each replication. The intervals of all pairs of all
cells hold simultaneously with 95 %, and allow for skewness (:mod:`~fourport.study.curves.bounds`). The whole
map is therefore right with 95 %, although the cheapest route was selected by its cost. A route that is
certainly dearer than another one is ruled out. A cell is decided if a single route is left.

After each look, replications are added for undecided cells in which a route that is left may still be ruled
out, up to the maximum. The looks are fixed beforehand, and the error probability is divided among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from fourport.plan.tables import Floats
from fourport.study.curves.bounds import LEAST, at_once, critical_value
from fourport.study.statistics import CONFIDENCE, ratio_values

HOPELESS = 0.5
"""A difference below this share of the half-width expected with all replications is given up."""

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class LaneMap:
    """The map of one lane, (weights, values) each unless stated.

    Attributes
    ----------
    modes
        Modes of transport of each route, such as "sea-air".
    values, weights
        Value per kg of the columns, and chargeable weight in kg of the rows.
    cheapest, runner_up
        Routes with the lowest and second lowest cost among those that are not ruled out, then among the
        others; the runner-up is -1 for a single route.
    difference, low, high
        Cost per kg of the runner-up minus that of the cheapest, with its simultaneous interval; NaN if
        there are too few replications.
    ruled_out
        (weights, values, routes) whether another route is certainly cheaper, at 95 % simultaneous confidence.
    at_most
        Largest share of its cost, %, that another route than the cheapest could save; NaN if there are too
        few replications, or it costs nothing.
    replications
        Number of replications on which the cell is judged: those that delivered goods by every route.
    """

    lane: str
    routes: tuple[str, ...]
    modes: tuple[str, ...]
    values: tuple[float, ...]
    weights: tuple[float, ...]
    cheapest: Numbers
    runner_up: Numbers
    difference: Floats
    low: Floats
    high: Floats
    ruled_out: Flags
    at_most: Floats
    replications: Numbers

    @property
    def decided(self) -> Flags:
        """Cells of which all routes but one are ruled out."""
        return np.asarray((~self.ruled_out).sum(axis=2) == 1)

    @property
    def several_modes(self) -> bool:
        """Whether the routes of the lane differ in their modes of transport."""
        return len(set(self.modes)) > 1

    def share(self, route: int, *, decided: bool = False) -> float:
        """Return the share of cells in which a route is the cheapest, or certainly the cheapest."""
        mine = self.cheapest == route
        return float((mine & self.decided if decided else mine).mean())

    def by_modes(self, modes: str) -> Flags:
        """Return the cells in which all routes of other modes are ruled out."""
        others = [k for k, its in enumerate(self.modes) if its != modes]
        return np.asarray(self.ruled_out[:, :, others].all(axis=2))

    def modes_left(self, row: int, column: int) -> str:
        """Return the modes of transport of all routes that are left in a cell; "" if they differ."""
        left = {self.modes[k] for k in np.flatnonzero(~self.ruled_out[row, column]).tolist()}
        return left.pop() if len(left) == 1 else ""

    def contests(self) -> list[tuple[tuple[str, ...], float, float]]:
        """Return the sets of routes that cannot be told apart, those of most cells first.

        Each has the share of cells, and the largest of their ``at_most``.
        """
        kinds, of_cell = np.unique(~self.ruled_out.reshape(-1, len(self.routes)), axis=0, return_inverse=True)
        found = []
        for k, left in enumerate(kinds):
            if left.sum() > 1:
                mine = of_cell.ravel() == k
                names = tuple(
                    name for name, is_left in zip(self.routes, left.tolist(), strict=True) if is_left
                )
                found.append((names, float(mine.mean()), float(self.at_most.ravel()[mine].max())))
        return sorted(found, key=lambda one: -one[1])


def looks_of(first: int, most: int) -> list[int]:
    """Return the numbers of replications at which to look: the first, doubled up to the maximum."""
    found = [first]
    while found[-1] < most:
        found.append(min(2 * found[-1], most))
    return found


def map_lane(
    lane: str,
    routes: Sequence[str],
    modes: Sequence[str],
    values: Sequence[float],
    weights: Sequence[float],
    looks: Sequence[int],
    price: Callable[[range, Sequence[int]], Floats],
) -> LaneMap:
    """Judge every cell, with more replications for undecided cells.

    Parameters
    ----------
    modes
        Modes of transport of each route.
    looks
        Numbers of replications at which to look, ascending.
    price
        Prices rows of the map in some replications: (replications, 2, rows, values, routes) costs and
        kilograms, zero for a route by which the replication delivered nothing.
    """
    shape = (len(weights), len(values))
    counts, amounts = np.full((3, *shape), -1), np.full((4, *shape), np.nan)
    found = LaneMap(
        lane,
        tuple(routes),
        tuple(modes),
        tuple(values),
        tuple(weights),
        cheapest=counts[0],
        runner_up=counts[1],
        difference=amounts[0],
        low=amounts[1],
        high=amounts[2],
        ruled_out=np.zeros((*shape, len(routes)), dtype=np.bool_),
        at_most=amounts[3],
        replications=counts[2],
    )
    # Cells are NaN where they were not priced.
    sums, open_ = np.empty((0, 2, *shape, len(routes))), np.ones(shape, dtype=np.bool_)
    family = _Family((1 - CONFIDENCE) / len(looks))
    for n in looks:
        rows = np.flatnonzero(open_.any(axis=1))
        if not len(rows):
            break
        before = len(sums)
        sums = np.concatenate([sums, np.full((n - before, *sums.shape[1:]), np.nan)])
        sums[before:, :, rows] = price(range(before, n), rows.tolist())
        hopeful = _judge(found, sums[:, :, open_], open_, family, looks[-1])
        open_[open_] = hopeful
    return found


@dataclass
class _Family:
    """The tests of all cells and pairs of routes of a lane, of which later looks see those of open cells.

    Attributes
    ----------
    error
        Probability of any error at a look.
    first, critical
        Number of replications of the first look that judged, at which all cells are open, and its critical
        value.
    """

    error: float
    first: int = 0
    critical: float = math.nan

    def critical_at(self, sums: Floats) -> float:
        """Return the critical value at a look, given those of the open cells (:func:`_judge`).

        Open cells are those that came near to a decision before, some of them by chance. As a family of
        their own they would be decided too often. So their critical value is raised by as much as that of
        all cells was higher than theirs at the first look.
        """
        found = critical_value(_differences(_per_kg(sums)), self.error)
        if not self.first:
            self.first, self.critical = len(sums), found
            return found
        before = critical_value(_differences(_per_kg(sums[: self.first])), self.error)
        return found * self.critical / before if 0 < before < math.inf else found


def _per_kg(sums: Floats) -> Floats:
    """Return the costs per kg in the replications that delivered goods by every route, as jackknife values.

    Returns
    -------
    ndarray
        (replications, cells, routes).
    """
    whole = sums[(sums[:, 1] > 0).all(axis=(1, 2))]
    return ratio_values(whole[:, 0], whole[:, 1])


def _differences(values: Floats) -> Iterator[Floats]:
    """Yield the differences of each pair of routes, (replications, cells)."""
    return (values[:, :, a] - values[:, :, b] for a, b in _pairs(values))


def _pairs(values: Floats) -> Iterator[tuple[int, int]]:
    return combinations(range(values.shape[2]), 2)


def _judge(found: LaneMap, sums: Floats, open_: Flags, family: _Family, most: int) -> Flags:
    """Judge the open cells by all replications so far; return in which of them more may rule out a route.

    Parameters
    ----------
    sums
        (replications, 2, cells, routes) costs and kilograms.
    most
        Largest number of replications.
    """
    values, cells, routes = _per_kg(sums), np.arange(sums.shape[2]), sums.shape[3]
    n = len(values)
    cost = values.mean(axis=0) if n else _of_each(sums)
    mean, low = _dearer_by(values, cost, family.critical_at(sums) if n >= LEAST else math.nan)
    out = found.ruled_out[open_] | (low > 0).any(axis=2)
    order = np.lexsort((cost, out), axis=1)
    first = order[:, 0]
    found.cheapest[open_], found.replications[open_], found.ruled_out[open_] = first, n, out
    # By how much the cheapest may be dearer than each of the routes that are left.
    saved = np.where(out, 0.0, -low[cells, :, first])
    saved[cells, first] = 0.0
    most_saved, least = np.maximum(saved.max(axis=1), 0.0), cost[cells, first]
    share = np.divide(most_saved, least, out=np.full(len(cells), np.nan), where=least > 0)
    found.at_most[open_] = np.where(most_saved > 0, 100 * share, most_saved)
    if routes > 1:
        second = order[:, 1]
        found.runner_up[open_] = second
        found.difference[open_] = mean[cells, second, first]
        found.low[open_], found.high[open_] = low[cells, second, first], -low[cells, first, second]
    if n < LEAST:
        return np.full(len(cells), routes > 1, dtype=np.bool_)
    by = mean[cells, :, first]
    hopeful = by >= HOPELESS * math.sqrt(n / most) * (by - low[cells, :, first])
    hopeful[cells, first] = False
    return np.asarray((hopeful & ~out).any(axis=1))


def _of_each(sums: Floats) -> Floats:
    """Return the cost of each route in the replications that have it; infinite if none has."""
    cost, kg = sums.sum(axis=0)
    return np.where(kg > 0, cost / np.maximum(kg, 1e-9), np.inf)


def _dearer_by(values: Floats, cost: Floats, critical: float) -> tuple[Floats, Floats]:
    """Return by how much each route is dearer than each other, and by how much at least.

    Parameters
    ----------
    values
        (replications, cells, routes) costs per kg.
    cost
        (cells, routes) their means.
    critical
        Critical value of the intervals; NaN if there are too few replications for any.

    Returns
    -------
    tuple of ndarray
        (cells, routes, routes) each; the second has lower ends of intervals.
    """
    with np.errstate(invalid="ignore"):
        mean = cost[:, :, np.newaxis] - cost[:, np.newaxis, :]
    low = np.full(mean.shape, np.nan)
    if not math.isnan(critical):
        for (a, b), d in zip(_pairs(values), _differences(values), strict=True):
            found = at_once(d, critical)
            low[:, a, b], low[:, b, a] = found.low, -found.high
    return mean, low
