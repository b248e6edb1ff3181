"""Paired differences under common random numbers, and their judgement in families of tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fourport.plan.tables import Floats
from fourport.store.tables import FINE_DIGITS
from fourport.study.statistics import estimates, t_quantile
from fourport.world.tables import Flags

LEVEL = 0.05
"""Probability of at least one false finding among all tests of a family."""

FIXED = ("staffed_hours",)
"""Measures that are the same in each replication of a scenario, so that differences are not due to chance."""


@dataclass(frozen=True)
class Difference:
    """A mean paired difference with its 95 % interval.

    Attributes
    ----------
    mean, low, high
        NaN where not defined: low and high with fewer than two pairs; all three if a value is infinite (a
        quantile that falls among undelivered consignments).
    p
        p value of the two-sided t test of zero difference; NaN if there is no interval.
    n
        Number of pairs.
    """

    mean: float
    low: float
    high: float
    p: float
    n: int


def paired(
    values: Sequence[float] | Floats, baseline: Sequence[float] | Floats, *, fixed: bool = False
) -> Difference:
    """Return the mean of ``values - baseline`` over replications, with Student's t interval and test.

    Pairs with a NaN are left out. If all differences are equal, the t test is not defined: p is 1 if they are
    zero, otherwise that of a sign test, :func:`sign_test`, because equal differences may still occur by
    chance. Differences within the rounding of stored values count as equal.

    Parameters
    ----------
    values, baseline
        (replications,) values in the same order.
    fixed
        Whether the values are free of chance: p is 0 if they differ.

    References
    ----------
    Law, Simulation Modeling and Analysis (2015), 10.2.1: the paired-t confidence interval.
    """
    a, b = np.asarray(values, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    known = ~(np.isnan(a) | np.isnan(b))
    n = int(known.sum())
    if not n or np.isinf(a[known]).any() or np.isinf(b[known]).any():
        return Difference(math.nan, math.nan, math.nan, math.nan, n)
    if n < 2:
        return Difference(float((a[known] - b[known])[0]), math.nan, math.nan, math.nan, n)
    (found,) = _tested(a[np.newaxis, known], b[np.newaxis, known], np.array([fixed]))
    return found


def all_paired(tests: Sequence[tuple[Floats, Floats, bool]]) -> list[Difference]:
    """Return the differences of many tests, each as :func:`paired`; finite values are taken together.

    Parameters
    ----------
    tests
        Values, baseline and whether they are free of chance, of each test.
    """
    found: list[Difference | None] = [None] * len(tests)
    by_length: dict[int, list[int]] = {}
    for k, (a, b, _) in enumerate(tests):
        if len(a) > 1 and np.isfinite(a).all() and np.isfinite(b).all():
            by_length.setdefault(len(a), []).append(k)
    for which in by_length.values():
        a, b, fixed = (np.array([tests[k][part] for k in which]) for part in range(3))
        for k, one in zip(which, _tested(a, b, fixed), strict=True):
            found[k] = one
    return [
        paired(a, b, fixed=fixed) if one is None else one
        for one, (a, b, fixed) in zip(found, tests, strict=True)
    ]


def _tested(a: Floats, b: Floats, fixed: Flags) -> list[Difference]:
    """Return the difference of each row of finite values, (tests, replications), with its test."""
    from scipy.special import stdtr

    d, n = a - b, a.shape[1]
    # The largest rounding error between two differences: half a last digit of each of four values.
    rounding = 2 * 10.0 ** (1 - FINE_DIGITS) * np.maximum(np.abs(a).max(axis=1), np.abs(b).max(axis=1))
    mean, equal = d.mean(axis=1), np.ptp(d, axis=1) <= rounding
    spread = np.where(equal, 1.0, d.std(axis=1, ddof=1))
    by_t = 2.0 * stdtr(n - 1, -np.abs(mean) * math.sqrt(n) / spread)
    by_sign = np.where(fixed, 0.0, sign_test(n))
    p = np.where(equal, np.where(np.abs(mean) <= rounding, 1.0, by_sign), by_t)
    found = zip(estimates(d), p.tolist(), strict=True)
    return [Difference(one.mean, one.low, one.high, value, n) for one, value in found]


def holm(p: Sequence[float]) -> list[float]:
    """Adjust p values so that the chance of any false finding among them is at most the level.

    NaN (not tested) stays NaN and is not counted.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    tested = sorted((value, k) for k, value in enumerate(p) if not math.isnan(value))
    adjusted, least = [math.nan] * len(p), 0.0
    for rank, (value, k) in enumerate(tested):
        least = max(least, min(1.0, (len(tested) - rank) * value))
        adjusted[k] = least
    return adjusted


def detectable(n: int, tests: int, level: float = LEVEL) -> float:
    """Return the smallest mean difference that the first of some tests detects, in standard deviations.

    For n pairs whose differences have standard deviation s, the mean is significant by Holm's method, before
    any other result is known, if it is at least t_(1 - level / (2 tests), n - 1) s / sqrt(n).

    Returns
    -------
    float
        That mean divided by s; infinite with fewer than two pairs.
    """
    if n < 2 or not tests:
        return math.inf if tests else 0.0
    return -t_quantile(level / (2 * tests), n - 1) / math.sqrt(n)


def replications_for(deviations: float, tests: int, level: float = LEVEL) -> int:
    """Return the number of replications at which a difference of so many deviations is :func:`detectable`."""
    n = 2
    while detectable(n, tests, level) > deviations:
        n += 1
    return n


def sign_test(n: int) -> float:
    """Return the two-sided p value if all n differences have the same sign."""
    return 2.0 ** (1 - n)
