"""Find the cheapest route for each value and chargeable weight of goods, and where it is certain.

In each cell all routes are compared in pairs, within each replication. The intervals of all pairs of all
cells hold simultaneously with 95 % (Bonferroni over cells, pairs and looks, Student t over replications). The
whole map is therefore right with 95 %, although the cheapest route was selected by its cost. A cell is
decided if the intervals against all rivals exclude zero.

After each look, replications are added for undecided cells whose difference is not hopelessly small, up to
the maximum. The looks are fixed beforehand, and the error probability is divided among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourport.plan.tables import Floats
from fourport.study.curves.breakeven import CONFIDENCE
from fourport.study.statistics import t_quantile

HOPELESS = 0.5
"""A difference below this share of the half-width expected with all replications is given up."""

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class LaneMap:
    """The map of one lane, (weights, values) each.

    Attributes
    ----------
    values, weights
        Value per kg of the columns, and chargeable weight in kg of the rows.
    cheapest, runner_up
        Routes with the lowest and second lowest mean cost; the runner-up is -1 for a single route.
    difference, low, high
        Cost per kg of the runner-up minus that of the cheapest, with its simultaneous interval.
    decided
        Whether the cheapest is cheaper than every other at 95 % simultaneous confidence.
    replications
        Number of replications on which the cell is judged.
    """

    lane: str
    routes: tuple[str, ...]
    values: tuple[float, ...]
    weights: tuple[float, ...]
    cheapest: Numbers
    runner_up: Numbers
    difference: Floats
    low: Floats
    high: Floats
    decided: Flags
    replications: Numbers

    @property
    def undecided(self) -> Flags:
        """Cells with several routes of which none is certainly the cheapest."""
        return ~self.decided & (self.runner_up >= 0)

    def share(self, route: int, *, decided: bool = False) -> float:
        """Return the share of cells in which a route is the cheapest, or certainly the cheapest."""
        mine = self.cheapest == route
        return float((mine & self.decided if decided else mine).sum() / mine.size)

    def contest(self) -> tuple[str, str, float] | None:
        """Return the two routes between which most cells are undecided, and the share of these cells."""
        undecided = self.undecided
        if not undecided.any():
            return None
        pairs = np.sort(np.stack([self.cheapest[undecided], self.runner_up[undecided]], axis=1), axis=1)
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        a, b = (self.routes[k] for k in found[int(counts.argmax())])
        return a, b, float(counts.max() / self.cheapest.size)


def looks_of(first: int, most: int) -> list[int]:
    """Return the numbers of replications at which to look: the first, doubled up to the maximum."""
    found = [first]
    while found[-1] < most:
        found.append(min(2 * found[-1], most))
    return found


def map_lane(
    lane: str,
    routes: Sequence[str],
    values: Sequence[float],
    weights: Sequence[float],
    looks: Sequence[int],
    price: Callable[[range, Sequence[int]], Floats],
) -> LaneMap:
    """Judge every cell, with more replications for undecided cells.

    Parameters
    ----------
    looks
        Numbers of replications at which to look, ascending.
    price
        Prices rows of the map in some replications: (replications, rows, values, routes).
    """
    pairs = len(routes) * (len(routes) - 1) // 2
    tests = max(len(values) * len(weights) * pairs * len(looks), 1)
    shape = (len(weights), len(values))
    counts, amounts = np.full((3, *shape), -1), np.full((3, *shape), np.nan)
    found = LaneMap(
        lane,
        tuple(routes),
        tuple(values),
        tuple(weights),
        cheapest=counts[0],
        runner_up=counts[1],
        difference=amounts[0],
        low=amounts[1],
        high=amounts[2],
        decided=np.zeros(shape, dtype=np.bool_),
        replications=counts[2],
    )
    # (replications, weights, values, routes); NaN where a cell was not priced.
    costs, open_ = np.empty((0, *shape, len(routes))), np.ones(shape, dtype=np.bool_)
    for n in looks:
        rows = np.flatnonzero(open_.any(axis=1))
        if not len(rows):
            break
        before = len(costs)
        costs = np.concatenate([costs, np.full((n - before, *costs.shape[1:]), np.nan)])
        costs[before:, rows] = price(range(before, n), rows.tolist())
        _judge(found, costs[:, open_], open_, tests)
        open_ = open_ & ~found.decided & _hopeful(found, n, looks[-1], tests)
    return found


def _judge(found: LaneMap, costs: Floats, open_: Flags, tests: int) -> None:
    """Judge the open cells by all replications so far, (replications, cells, routes)."""
    n, k, routes = costs.shape
    at = np.arange(k)
    order = np.argsort(costs.mean(axis=0), axis=1, kind="stable")
    least = costs[:, at, order[:, 0]]
    decided = np.ones(k, dtype=np.bool_)
    for rank in range(1, routes):
        mean, low, high = _interval(costs[:, at, order[:, rank]] - least, tests)
        decided &= low > 0
        if rank == 1:
            found.runner_up[open_] = order[:, 1]
            found.difference[open_], found.low[open_], found.high[open_] = mean, low, high
    found.cheapest[open_], found.decided[open_], found.replications[open_] = order[:, 0], decided, n


def _interval(differences: Floats, tests: int) -> tuple[Floats, Floats, Floats]:
    """Return means and intervals that hold for so many tests simultaneously, (cells,) each."""
    n = len(differences)
    mean: Floats = differences.mean(axis=0)
    if n < 2:
        nothing = np.full(mean.shape, np.nan)
        return mean, nothing, nothing
    half = _half(differences, n, tests)
    return mean, mean - half, mean + half


def _half(differences: Floats, n: int, tests: int) -> Floats:
    p = 1 - (1 - CONFIDENCE) / (2 * tests)
    spread: Floats = differences.std(axis=0, ddof=1)
    return t_quantile(p, n - 1) * spread / math.sqrt(n)


def _hopeful(found: LaneMap, n: int, most: int, tests: int) -> Flags:
    """Return the cells that more replications may decide: (weights, values)."""
    mean, low = found.difference, found.low
    if n < 2:
        return np.ones(mean.shape, dtype=np.bool_)
    p = 1 - (1 - CONFIDENCE) / (2 * tests)
    shrink = t_quantile(p, most - 1) * math.sqrt(n) / (t_quantile(p, n - 1) * math.sqrt(most))
    hopeful: Flags = mean >= HOPELESS * shrink * (mean - low)
    return hopeful
