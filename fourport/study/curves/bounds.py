"""Intervals of mean differences that allow for skewness, one by one or all at once.

The replications are resampled with replacement (bootstrap-t): how far Student's t of a resample strays from
zero, about the mean of all, says how far that of the replications may have strayed. The mean of skewed values
errs further to one side, so the interval is longer there; Student's t and flips of signs take both sides as
equally likely. A resample takes whole replications for all tests at once, so that tests which always move
together count as one.

References
----------
Hall (1992), The Bootstrap and Edgeworth Expansion, 2.6: Student's t of skewed values; 3.10: the bootstrap-t.
Romano and Wolf (2005), Exact and approximate stepdown methods for multiple hypothesis testing, Journal of the
American Statistical Association 100, 94-108: the largest of all tests in each resample.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from fourport.plan.tables import Floats

LEAST = 10
"""Least number of replications from which anything is concluded about differences of costs."""

RESAMPLES = 1_999

_SEED = 20_190_701
"""Seed of the resamples: the same replications always have the same intervals."""

_AT_ONCE = 200_000
"""Number of statistics computed in one step, which limits the memory."""

_FAR = 1e6
"""Student's t of resamples that do not vary is beyond this."""

_NO_SPREAD = 1e-12
"""Deviation, as a share of the values, that is rounding."""


@dataclass(frozen=True)
class Band:
    """Means over replications with their intervals, (tests,) or (points,) each; NaN where unknown."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class _Tests:
    """Differences of (replications, tests), by their spread.

    Attributes
    ----------
    mean, error
        (tests,) mean, and its standard error: 0 without spread.
    z
        (replications, tests) deviations in standard deviations; 0 without spread.
    """

    mean: Floats
    error: Floats
    z: Floats

    @classmethod
    def of(cls, d: Floats) -> _Tests:
        n = len(d)
        mean: Floats = d.mean(axis=0)
        z = d - mean
        deviation = np.sqrt((z * z).sum(axis=0) / (n - 1))
        varies = deviation > _NO_SPREAD * np.abs(d).max(axis=0)
        z = np.where(varies, z, 0.0) / np.where(varies, deviation, 1.0)
        return cls(mean, np.where(varies, deviation, 0.0) / math.sqrt(n), z)

    def lengths(self) -> tuple[Floats, Floats]:
        """Return the lengths of an interval below and above the mean, but for a factor.

        By the Edgeworth expansion, a quantile of about 2 of Student's t moves by 3/2 of the skewness over the
        root of n. Only the shape of the intervals depends on this; the resamples say how long they are.
        """
        n = len(self.z)
        # A sample of n has a skewness of at most about the root of n.
        lean = 0.75 * (self.z**3).sum(axis=0) / n / math.sqrt(n)
        longer = 1 + np.abs(lean)
        return np.where(lean < 0, longer, 1 / longer), np.where(lean > 0, longer, 1 / longer)


def critical_value(families: Iterable[Floats], error: float) -> float:
    """Return the value with which the intervals of all tests hold at once (:func:`at_once`).

    It is infinite if too many resamples hold nothing but equal values.

    Parameters
    ----------
    families
        Differences, (replications, tests) each, all over the same replications; at least :data:`LEAST`.
    error
        Probability that any interval of any of them misses the true mean.
    """
    largest = np.zeros(RESAMPLES)
    for d in families:
        tests = _Tests.of(d)
        below, above = tests.lengths()
        step = max(_AT_ONCE // len(below), 1)
        for first in range(0, RESAMPLES, step):
            at = slice(first, first + step)
            t = _students(_resamples(len(d))[at], tests.z)
            # If the mean strays above the true one, this must be within the length below it.
            np.maximum(t / below, t / -above, out=t)
            np.maximum(largest[at], t.max(axis=1), out=largest[at])
    found = -float(_end(np.sort(-largest), 2 * error))
    return found if found < _FAR else math.inf


def at_once(d: Floats, critical: float) -> Band:
    """Return the intervals of a family of tests, (replications, tests), at its critical value."""
    tests, ends = _Tests.of(d), []
    for length in tests.lengths():
        ends.append(np.where(tests.error > 0, critical * length, 0.0) * tests.error)
    return Band(tests.mean, tests.mean - ends[0], tests.mean + ends[1])


def one_by_one(d: Floats, error: float) -> Band:
    """Return an interval for each of (replications, tests), each with its own probability of an error.

    With fewer than :data:`LEAST` replications the ends are unknown.
    """
    if len(d) < LEAST:
        return Band(d.mean(axis=0), *np.full((2, d.shape[1]), np.nan))
    tests = _Tests.of(d)
    t = np.sort(_students(_resamples(len(d)), tests.z), axis=0)
    below, above = -_end(-t[::-1], error), -_end(t, error)
    return Band(tests.mean, tests.mean - below * tests.error, tests.mean + above * tests.error)


def _end(ordered: Floats, error: float) -> Floats:
    """Return the value beyond which half of the error lies, of (resamples, ...) in ascending order."""
    found: Floats = ordered[max(math.floor(error / 2 * (RESAMPLES + 1)), 1) - 1]
    return found


@cache
def _resamples(n: int) -> Floats:
    """Return how often each resample takes each replication, (resamples, replications)."""
    rng = np.random.default_rng(_SEED)
    return rng.multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(np.float64)


def _students(resamples: Floats, z: Floats) -> Floats:
    """Return Student's t of the tests in each resample, (resamples, tests)."""
    n = len(z)
    t: Floats = resamples @ z
    t /= n
    variance = resamples @ (z * z)
    variance /= n
    variance -= t * t
    # A resample of equal values strays as good as infinitely far.
    np.clip(variance, 1e-20, None, out=variance)
    np.sqrt(variance, out=variance)
    t /= variance
    t *= math.sqrt(n - 1)
    return t
