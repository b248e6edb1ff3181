"""Break-evens of two curves, with confidence intervals.

The difference of two routes is taken within each replication, so that effects on both (the season, the same
ferry) cancel. At every point of the axis it has a 95 % interval over replications, which allows for skewness
(:mod:`~fourport.study.curves.bounds`). The break-even is where the mean difference crosses zero. Its interval
is the set of points, connected to the crossing, at which the interval of the difference contains zero. It
covers the true crossing with 95 %: the true crossing is outside only if the interval of the difference there
excludes zero (inversion of a test, like Fieller's for a ratio). A crossing in every replication is not
needed. The interval is open where the range ends before the difference is decided.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.curves.bounds import LEAST, Band, one_by_one
from fourport.study.statistics import CONFIDENCE, half_width

Verdict = Literal["break-even", "throughout", "same", "undecided", "withheld"]


@dataclass(frozen=True)
class CurveComparison:
    """Result of comparing two routes, ``a`` and ``b``, over a range.

    Attributes
    ----------
    verdict
        ``break-even``: the mean difference changes sign at ``x``. ``throughout``: one route is cheaper at all
        points, at 95 %. ``same``: there is no difference anywhere. ``undecided``: none of these, too few
        replications, or the range ends on both sides of the crossing before it is decided. ``withheld``: too
        many consignments of one of the routes are undelivered.
    x, low, high
        Point where the mean costs are equal, with its interval; NaN if there is none, and for an end of the
        interval that is not bounded within the range.
    below, above
        Which route is cheaper (0 for a, 1 for b) on either side of ``x``; over the whole range for
        ``throughout``; on average for ``undecided``. -1 if neither.
    """

    verdict: Verdict
    x: float = math.nan
    low: float = math.nan
    high: float = math.nan
    below: int = -1
    above: int = -1


def band(values: Floats) -> Band:
    """Return mean and Student t interval at each point of (replications, points)."""
    mean = values.mean(axis=0)
    half = half_width((values - mean).T)
    return Band(mean, mean - half, mean + half)


def compare(xs: Sequence[float], differences: Floats) -> list[CurveComparison]:
    """Find the break-evens of two curves.

    Parameters
    ----------
    xs
        (points,) in ascending order.
    differences
        (replications, points) cost of a minus cost of b, finite.

    Returns
    -------
    list of CurveComparison
        One for each break-even, or a single one that reports that there is none.
    """
    x = np.asarray(xs, dtype=np.float64)
    found = one_by_one(differences, 1 - CONFIDENCE)
    crossings = roots(x, found.mean)
    if not crossings:
        return [_without_crossing(differences, found)]
    if len(differences) < LEAST:
        without = (_crossing(found.mean, x, root, math.nan, math.nan) for root in crossings)
        return [replace(crossing, verdict="undecided") for crossing in without]
    pieces = list(_undecided(x, found))
    # Without spread the interval is a single point, and so is the piece.
    pieces += [(root, root) for root in crossings if not any(low <= root <= high for low, high in pieces)]
    result = []
    for low, high in sorted(pieces):
        within = [root for root in crossings if low <= root <= high]
        # Crossings within one piece cannot be told apart; an even number of them changes nothing.
        if len(within) % 2:
            root = within[len(within) // 2]
            ends = (low if low > x[0] else math.nan, high if high < x[-1] else math.nan)
            crossing = _crossing(found.mean, x, root, *ends)
            undecided = math.isnan(crossing.low) and math.isnan(crossing.high)
            result.append(replace(crossing, verdict="undecided") if undecided else crossing)
    return result or [_without_crossing(differences, found)]


def _crossing(mean: Floats, x: Floats, root: float, low: float, high: float) -> CurveComparison:
    """Return which route is cheaper on either side of a crossing of the mean."""
    before, after = mean[x < root], mean[x > root]
    below = _cheaper(float(before[-1])) if len(before) else -1
    above = _cheaper(float(after[0])) if len(after) else -1
    return CurveComparison("break-even", root, low, high, below, above)


def _cheaper(difference: float) -> int:
    return -1 if difference == 0 else int(difference > 0)


def _without_crossing(differences: Floats, found: Band) -> CurveComparison:
    """Decide whether one route is cheaper at all points.

    The intervals of the points need not hold all at once: if the route is not the cheaper one at some point,
    it is called so only if the interval of that point is wrong.
    """
    if not differences.any():
        return CurveComparison("same")
    on_average = _cheaper(float(found.mean.mean()))
    if (found.high < 0).all() or (found.low > 0).all():
        return CurveComparison("throughout", below=on_average, above=on_average)
    return CurveComparison("undecided", below=on_average, above=on_average)


def roots(x: Floats, y: Floats) -> list[float]:
    """Return the sign changes of a broken line; a stretch of zeros counts once, at its middle."""
    known = np.flatnonzero(y != 0)
    roots = []
    for left, right in zip(known[:-1].tolist(), known[1:].tolist(), strict=True):
        if y[left] * y[right] > 0:
            continue
        if right == left + 1:
            roots.append(_root(x, y, left))
        else:
            roots.append(float(x[left + 1] + x[right - 1]) / 2)
    return roots


def _root(x: Floats, y: Floats, left: int) -> float:
    return float(x[left] - y[left] * (x[left + 1] - x[left]) / (y[left + 1] - y[left]))


def _undecided(x: Floats, found: Band) -> Iterator[tuple[float, float]]:
    """Yield the pieces of the range on which the interval contains zero, also between points."""
    ends = sorted({float(x[0]), float(x[-1]), *roots(x, found.low), *roots(x, found.high)})
    if len(ends) == 1:
        yield ends[0], ends[0]
        return
    piece: tuple[float, float] | None = None
    for low, high in pairwise(ends):
        middle = (low + high) / 2
        zero = np.interp(middle, x, found.low) <= 0 <= np.interp(middle, x, found.high)
        if zero:
            piece = (piece[0] if piece else low, high)
        elif piece:
            yield piece
            piece = None
    if piece:
        yield piece


def brackets(xs: Sequence[float], differences: Floats) -> Iterator[int]:
    """Yield the indices of points after which the mean or an end of the interval changes its sign."""
    found = one_by_one(differences, 1 - CONFIDENCE)
    for curve in (found.mean, found.low, found.high):
        signs = np.sign(curve)
        yield from np.flatnonzero(signs[:-1] * signs[1:] < 0).tolist()
