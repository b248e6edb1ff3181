"""Paired differences under common random numbers, and their judgement in families of tests.

All tests are by flipping signs. If a policy makes no difference, the paired difference of a replication is as
likely to be d as -d. So the signs of all replications are flipped in every way (or in many ways, if there
are too many), and a difference is sure if few of these flips give one as large. A flip changes the signs of
whole replications, of all measures and policies at once, so that tests keep their dependence: those that
always move together count as one. The largest statistic of a family is compared with the largest of each
flip (max-T, step-down), so the chance of any false finding in the family is at most :data:`LEVEL`.

References
----------
Westfall and Young (1993), Resampling-Based Multiple Testing, algorithm 2.8.
Romano and Wolf (2005), Exact and approximate stepdown methods for multiple hypothesis testing, Journal of the
American Statistical Association 100, 94-108.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from fourport.plan.tables import Floats
from fourport.store.tables import FINE_DIGITS
from fourport.study.comparison.flips import count
from fourport.study.statistics import half_width, jackknife, t_quantile
from fourport.world.tables import Flags

LEVEL = 0.05
"""Probability of at least one false finding among all tests of a family."""

POWER = 0.8
"""Probability with which a difference is found that a number of replications is said to tell."""

FIXED = ("staffed_hours",)
"""Measures that are the same in each replication of a scenario, so that differences are not due to chance."""

EXACT = 13
"""Number of replications up to which signs are flipped in every way."""

SAMPLED = 9_999
"""Number of random flips with more replications."""

_SEED = 20_240_229
"""Seed of the random flips: the same differences always have the same p values."""

_AT_ONCE = 2_000_000
"""Number of signs in one step, which limits the memory."""

_IN_CACHE = 250_000
"""Number of statistics computed in one step: they stay in the cache until they are counted."""

_FLIPS = 1_024
"""Largest number of flips in one step: the largest statistic so far of each stays in the cache."""

_TIE = 1e-7
"""Distance within which two statistics are equal; stored values are rounded."""


@dataclass(frozen=True)
class Difference:
    """A mean paired difference with its 95 % interval.

    Attributes
    ----------
    mean, low, high
        NaN where not defined: low and high with fewer than two pairs; all three if a value is infinite (a
        quantile that falls among undelivered consignments).
    n
        Number of pairs.
    """

    mean: float
    low: float
    high: float
    n: int


def differences(
    values: Floats, baseline: Floats, over: Floats | None = None, baseline_over: Floats | None = None
) -> Floats:
    """Return the (..., replications) paired differences; zero where they are mere rounding of stored values.

    Of means and shares they are differences of jackknife values, so that their mean is the difference of what
    all consignments of all replications give under one policy and the other. Replications in which both are
    the same have no part in it.

    They are NaN where either value is unknown, and all NaN if any is infinite, or if a mean rests on a single
    one of several replications.

    Parameters
    ----------
    values, baseline
        (..., replications) measures under a policy and under another.
    over, baseline_over
        (..., replications) number of kilograms, parcels or consignments that means or shares are over; None
        for other measures.
    """
    same = _same(values, baseline)
    with np.errstate(invalid="ignore", divide="ignore"):
        if over is None or baseline_over is None:
            found = np.where(same, 0.0, values - baseline)
        else:
            found = _of_means(values, baseline, over, baseline_over, same)
    infinite = (np.isinf(values) | np.isinf(baseline)).any(axis=-1, keepdims=True)
    return np.where(infinite, np.nan, found)


def _of_means(values: Floats, baseline: Floats, over: Floats, baseline_over: Floats, same: Flags) -> Floats:
    """Return the differences of means.

    Parameters
    ----------
    same
        (..., replications) where both values are the same.
    """
    none, neither = (over > 0) & ~np.isnan(values), (baseline_over > 0) & ~np.isnan(baseline)
    weights = np.where(none, over, 0.0), np.where(neither, baseline_over, 0.0)
    sums = np.where(none, values, 0.0) * weights[0], np.where(neither, baseline, 0.0) * weights[1]
    parts = sums[0], weights[0], sums[1], weights[1]
    found = jackknife(_difference, *(part.T for part in parts)).T
    same = (same | (~none & ~neither)) & _same(*weights)
    whole = _difference(*(part.sum(axis=-1) for part in parts))
    left = np.where(same, 0.0, found)
    mean = np.asarray((values.shape[-1] * whole - left.sum(axis=-1)) / (~same).sum(axis=-1))
    return np.where(same, 0.0, left + mean[..., np.newaxis])


def _same(values: Floats, others: Floats) -> Flags:
    """Return where values differ by no more than rounding: half a last digit of each of the two."""
    rounding = 10.0 ** (1 - FINE_DIGITS) * np.fmax(np.abs(values), np.abs(others))
    with np.errstate(invalid="ignore"):  # what is infinite is not compared
        return np.asarray(np.abs(values - others) <= rounding)


def _difference(above: Floats, below: Floats, baseline_above: Floats, baseline_below: Floats) -> Floats:
    return np.asarray(above / below - baseline_above / baseline_below)


def mean_difference(d: Floats, pooled: float | None = None) -> Difference:
    """Return the mean of (replications,) paired differences, as :func:`mean_differences`."""
    return mean_differences(d[np.newaxis], [pooled])[0]


def mean_differences(d: Floats, pooled: Sequence[float | None]) -> list[Difference]:
    """Return means of paired differences, with Student's t intervals.

    Parameters
    ----------
    d
        (k, replications) differences; unknown ones are left out.
    pooled
        For each, the difference of a quantile over the consignments of all replications, or None. The
        interval is then about this value, by sectioning: the differences of the replications only say how far
        it may be off.

    References
    ----------
    Law, Simulation Modeling and Analysis (2015), 10.2.1: the paired-t confidence interval.
    Nakayama (2014), Confidence intervals for quantiles using sectioning when applying variance-reduction
    techniques, ACM TOMACS 24 (4).
    """
    unknown = np.isnan(d)
    n = (~unknown).sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.where(unknown, 0.0, d).sum(axis=1) / n
    told = np.array([math.nan if one is None else one for one in pooled])
    mean = np.where((n > 0) & np.isfinite(told), told, mean)
    half = half_width(d - mean[:, np.newaxis])
    columns = (mean.tolist(), (mean - half).tolist(), (mean + half).tolist(), n.tolist())
    return [Difference(*row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Judged:
    """Tests that were judged together.

    Attributes
    ----------
    p
        (tests,) p values adjusted over the family; NaN where there are fewer than two known differences.
    critical
        Value of the statistic, from 0 to sqrt(n), from which the most significant of the tests is sure;
        infinite if there are too few replications.
    """

    p: Floats
    critical: float


def judge(d: Floats, *, greater: bool = False, sampled: int = SAMPLED) -> Judged:
    """Test that each mean difference is zero, and adjust the p values over all tests.

    The statistic is the sum of the differences over the root of their sum of squares; it grows with Student's
    t. Tests whose differences are all zero have p = 1 and cost the others nothing.

    Parameters
    ----------
    d
        (tests, replications) paired differences; unknown ones are NaN.
    greater
        Whether only positive means are of interest; otherwise either sign.
    sampled
        Number of random flips, if not all are tried.
    """
    p = np.where(np.isfinite(d).sum(axis=1) > 1, 1.0, np.nan)
    norm = np.sqrt(np.nansum(d * d, axis=1))
    tested = np.flatnonzero((norm > 0) & ~np.isnan(p))
    if not len(tested):
        return Judged(p, math.inf)
    z: Floats = np.nan_to_num(d[tested]) / norm[tested, None]
    u = z.sum(axis=1) if greater else np.abs(z.sum(axis=1))
    order = np.argsort(u, kind="stable")
    z, u = z[order], u[order]
    least, reached = u - _TIE, np.zeros(len(u), dtype=np.int64)
    most = list[Floats]()
    for signs in _flips(d.shape[1], sampled, both=not greater):
        tests = max(_IN_CACHE // len(signs), 1)
        top = np.full(len(signs), -math.inf)
        for first in range(0, len(z), tests):
            flipped = z[first : first + tests] @ signs.T
            if not greater:
                np.abs(flipped, out=flipped)
            # A test is compared with the largest among itself and the less significant ones.
            reached[first : first + tests] += count(flipped, top, least[first : first + tests])
        most.append(top)
    largest = np.sort(np.concatenate(most))[::-1]
    adjusted = np.maximum.accumulate((reached / len(largest))[::-1])[::-1]
    p[tested[order]] = adjusted
    allowed = math.floor(LEVEL * len(largest))
    critical = float(largest[allowed]) + _TIE if allowed else math.inf
    return Judged(p, critical if critical < math.sqrt(d.shape[1]) - _TIE else math.inf)


def _flips(n: int, sampled: int, *, both: bool) -> Iterator[Floats]:
    """Yield batches of flips, (flips, n) of 1 and -1, the differences as they are first.

    Parameters
    ----------
    both
        Whether flipping all signs gives the same statistic; then the first sign is never flipped.
    """
    count = 2 ** (n - both) if n <= EXACT else sampled + 1
    rng = np.random.default_rng(_SEED)
    at_once = max(min(_FLIPS, _AT_ONCE // n), 1)
    for first in range(0, count, at_once):
        numbers = np.arange(first, min(first + at_once, count))
        if n <= EXACT:
            bits = numbers[:, None] >> np.arange(n)[None, :] & 1
        else:
            bits = rng.integers(0, 2, (len(numbers), n))
            bits[numbers == 0] = 0
        yield (1 - 2 * bits).astype(np.float64)


LEAST = next(n for n in range(2, 99) if 2.0 ** (1 - n) <= LEVEL)
"""Least number of replications with which any difference can be sure."""


@cache
def detectable(n: int, critical: float) -> float:
    """Return the mean difference that is found with the probability :data:`POWER`, in standard deviations.

    It is for normal differences, and for the first test of a family to be found.

    Parameters
    ----------
    critical
        Critical value of the statistic (:class:`Judged`).
    """
    from fourport.special import nctdtrinc

    if n < LEAST or not critical < math.sqrt(n):
        return math.inf
    return float(nctdtrinc(n - 1, 1 - POWER, _student(n, critical))) / math.sqrt(n)


def replications_for(deviations: float, n: int, critical: float, tests: int) -> int:
    """Return about how many replications find a difference of so many deviations.

    The family counts as the number of independent tests that has its critical value at ``n`` replications, or
    as all its tests if nothing can be found with so few.
    """
    from fourport.special import nctdtrinc, stdtr

    level = LEVEL / max(tests, 1)
    if n >= LEAST and critical < math.sqrt(n):
        level = max(level, 2 * float(stdtr(n - 1, -_student(n, critical))))
    found = LEAST
    while found < 10_000:
        t = -t_quantile(level / 2, found - 1)
        if nctdtrinc(found - 1, 1 - POWER, t) / math.sqrt(found) <= deviations:
            break
        found += 1
    return found


def _student(n: int, u: float) -> float:
    """Return Student's t of a statistic u: the sum of n differences over the root of their sum of squares."""
    return u * math.sqrt((n - 1) / (n - u * u))
