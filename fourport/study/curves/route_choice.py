"""Which route is cheapest for goods of which value and chargeable weight, and where that is certain.

In each cell all routes are compared in pairs, within each replication. The
intervals of all pairs of all cells hold at once with 95 % (Bonferroni over cells,
pairs and looks, Student t over replications), so that the whole map is right
with 95 %: it does not matter that the cheapest was picked because it looked
cheapest. A cell is decided if the intervals against all rivals leave zero out.

After a look, replications are added for the cells that are undecided and whose
difference is not hopelessly small, up to the most that is allowed; the looks are
fixed beforehand and the error is divided among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourport.plan.tables import Floats
from fourport.study.curves.breakeven import CONFIDENCE
from fourport.study.statistics import t_quantile

HOPELESS = 0.5
"""Share of the half-width to be expected with the most replications below which a difference is given up."""

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class RouteChoice:
    """The map of one lane, (weights, values) each.

    Attributes
    ----------
    values, weights
        Value for each kg, and chargeable weight in kg, of columns and rows.
    cheapest, runner_up
        Route of least and of second least cost on average; the runner-up is -1 for a single route.
    difference, low, high
        Cost for each kg of the runner-up less that of the cheapest, with its simultaneous interval.
    decided
        Whether the cheapest is cheaper than every other at 95 % simultaneous confidence.
    replications
        Replications that a cell was judged by.
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


def looks_of(first: int, most: int) -> list[int]:
    """Give the numbers of replications at which to look: the first, doubled up to the most."""
    found = [first]
    while found[-1] < most:
        found.append(min(2 * found[-1], most))
    return found


@dataclass
class _Cells:
    """What has been judged so far, (weights, values) each."""

    costs: Floats
    """(replications, weights, values, routes); NaN where a cell was not priced."""
    found: dict[str, Floats]

    @classmethod
    def empty(cls, weights: int, values: int, routes: int) -> _Cells:
        names = ("cheapest", "runner_up", "difference", "low", "high", "decided", "replications")
        found = {name: np.full((weights, values), np.nan) for name in names}
        return cls(np.empty((0, weights, values, routes)), found)


def map_route_choice(
    lane: str,
    routes: Sequence[str],
    values: Sequence[float],
    weights: Sequence[float],
    looks: Sequence[int],
    price: Callable[[range, Sequence[int]], Sequence[Floats]],
) -> RouteChoice:
    """Judge every cell, with more replications for those that are undecided.

    Parameters
    ----------
    looks
        Numbers of replications at which to look, rising.
    price
        Prices rows of the map in some replications: (rows, values, routes) for each of them.
    """
    pairs = len(routes) * (len(routes) - 1) // 2
    tests = max(len(values) * len(weights) * pairs * len(looks), 1)
    cells = _Cells.empty(len(weights), len(values), len(routes))
    open_ = np.ones((len(weights), len(values)), dtype=np.bool_)
    before = 0
    for n in looks:
        rows = np.flatnonzero(open_.any(axis=1))
        if not len(rows):
            break
        added = np.full((n - before, *cells.costs.shape[1:]), np.nan)
        for k, costs in enumerate(price(range(before, n), rows.tolist())):
            added[k, rows] = costs
        cells.costs = np.concatenate([cells.costs, added])
        _judge(cells, open_, tests)
        open_ = open_ & (cells.found["decided"] == 0) & _hopeful(cells, n, looks[-1], tests)
        before = n
    found = cells.found
    return RouteChoice(
        lane,
        tuple(routes),
        tuple(values),
        tuple(weights),
        cheapest=found["cheapest"].astype(np.int64),
        runner_up=found["runner_up"].astype(np.int64),
        difference=found["difference"],
        low=found["low"],
        high=found["high"],
        decided=found["decided"] == 1,
        replications=found["replications"].astype(np.int64),
    )


def _judge(cells: _Cells, open_: Flags, tests: int) -> None:
    """Judge the open cells by all replications so far."""
    costs = cells.costs[:, open_]
    n, k, routes = costs.shape
    at = np.arange(k)
    order = np.argsort(costs.mean(axis=0), axis=1, kind="stable")
    cheapest = order[:, 0]
    least = costs[:, at, cheapest]
    decided = np.ones(k, dtype=np.bool_)
    runner_up, shown = np.full(k, -1), np.full((3, k), np.nan)
    for rank in range(1, routes):
        mean, low, high = _interval(costs[:, at, order[:, rank]] - least, tests)
        decided &= low > 0
        if rank == 1:
            runner_up, shown = order[:, 1], np.stack([mean, low, high])
    parts = (cheapest, runner_up, *shown, decided, np.full(k, n))
    for name, values in zip(cells.found, parts, strict=True):
        cells.found[name][open_] = values


def _interval(differences: Floats, tests: int) -> tuple[Floats, Floats, Floats]:
    """Give means and intervals that hold for so many tests at once, (cells,) each."""
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


def _hopeful(cells: _Cells, n: int, most: int, tests: int) -> Flags:
    """Tell which cells more replications may decide: (weights, values)."""
    mean, low = cells.found["difference"], cells.found["low"]
    if n < 2:
        return np.ones(mean.shape, dtype=np.bool_)
    p = 1 - (1 - CONFIDENCE) / (2 * tests)
    shrink = t_quantile(p, most - 1) * math.sqrt(n) / (t_quantile(p, n - 1) * math.sqrt(most))
    hopeful: Flags = mean >= HOPELESS * shrink * (mean - low)
    return hopeful


def rows(found: RouteChoice, value_unit: str, cost_unit: str) -> Iterator[tuple[object, ...]]:
    """Give the rows of ``route-choice.csv``, by weight, then by value."""
    names = dict(enumerate(found.routes))
    for i, weight in enumerate(found.weights):
        for j, value in enumerate(found.values):
            cell = i * len(found.values) + j
            yield (
                found.lane,
                cell,
                value,
                value_unit,
                weight,
                "kg",
                names[int(found.cheapest[i, j])],
                names.get(int(found.runner_up[i, j]), ""),
                float(found.difference[i, j]),
                float(found.low[i, j]),
                float(found.high[i, j]),
                cost_unit,
                "yes" if found.decided[i, j] else "no",
                int(found.replications[i, j]),
            )
