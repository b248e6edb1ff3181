"""Estimates and intervals over replications."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.study.histogram import Histogram
from fourport.world.tables import Flags

CONFIDENCE = 0.95
"""Confidence of intervals unless another is asked for."""

FEW = 5.0
"""Fewest consignments of a replication for Student's t of a share, count or quantile.

They are those that count, those that do not, or those beyond the quantile. With fewer, the interval is at
least as wide as the exact one for independent consignments.
"""


@dataclass(frozen=True)
class Estimate:
    """A mean over replications, or a value of all of them together, with its 95 % interval.

    Attributes
    ----------
    mean, low, high
        NaN for low and high if there are fewer than two replications; infinite if not reached.
    n
        Number of replications that have the value.
    """

    mean: float
    low: float
    high: float
    n: int


def estimate(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """Return the mean of independent values with its Student t interval.

    NaN values (a replication without such a consignment) are left out and not counted. With an infinite value
    (a quantile that falls among undelivered consignments) the mean is infinite and has no interval.
    """
    known = np.array([v for v in values if not math.isnan(v)])
    n = len(known)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    mean = float(np.mean(known))
    if n < 2 or math.isinf(mean):
        return Estimate(mean, math.nan, math.nan, n)
    half = t_quantile(0.5 + confidence / 2, n - 1) * float(np.std(known, ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, n)


def estimates(values: Floats) -> list[Estimate]:
    """Return the :func:`estimate` of each row of values, (k, replications)."""
    found = [Estimate(math.nan, math.nan, math.nan, 0)] * len(values)
    n = values.shape[1]
    finite = np.isfinite(values).all(axis=1) if n > 1 else np.zeros(len(values), dtype=np.bool_)
    for k in np.flatnonzero(~finite).tolist():
        found[k] = estimate(values[k].tolist())
    whole = np.flatnonzero(finite)
    if len(whole):
        mean = values[whole].mean(axis=1)
        half = t_quantile(0.5 + CONFIDENCE / 2, n - 1) * values[whole].std(axis=1, ddof=1) / math.sqrt(n)
        columns = (mean.tolist(), (mean - half).tolist(), (mean + half).tolist())
        for k, middle, low, high in zip(whole.tolist(), *columns, strict=True):
            found[k] = Estimate(middle, low, high, n)
    return found


def thin_tail(q: Floats | float, consignments: float, replications: Ints | int) -> Flags:
    """Return whether fewer than :data:`FEW` consignments of a replication lie beyond a quantile.

    Parameters
    ----------
    q
        Probability of the quantile.
    consignments
        Their number in all replications together.
    replications
        Number of replications that have any.
    """
    beyond = np.minimum(q, np.subtract(1, q)) * consignments
    return np.asarray(beyond < FEW * np.asarray(replications))


def pooled_quantile(
    sample: Histogram, q: float, sections: Sequence[float], confidence: float = CONFIDENCE
) -> Estimate:
    """Return the quantile of all consignments of all replications, with an interval by sectioning.

    The mean of quantiles within replications would be biased, and more replications would not help.

    Parameters
    ----------
    sample
        The values of all replications together.
    sections
        The quantile within each replication: NaN without consignments, infinite if not reached.
    """
    (found,) = pooled_quantiles(sample, np.array([q]), np.array([sections]), confidence)
    return found


def pooled_quantiles(
    sample: Histogram, q: Floats, sections: Floats, confidence: float = CONFIDENCE
) -> list[Estimate]:
    """Return several quantiles of one sample, each as :func:`pooled_quantile`.

    Parameters
    ----------
    sections
        (quantiles, replications) quantiles within each replication.

    References
    ----------
    Nakayama (2014), Confidence intervals for quantiles using sectioning when applying variance-reduction
    techniques, ACM TOMACS 24(4): Student's t of the sections about the pooled value. Where the tail is thin
    (:data:`FEW`), the interval is at least that of the order statistics of independent values (Conover,
    Practical Nonparametric Statistics, 1999, 3.2).
    """
    known = ~np.isnan(sections)
    n = known.sum(axis=1)
    values = sample.quantiles(q)
    with np.errstate(invalid="ignore", divide="ignore"):
        square = np.where(known, (sections - values[:, np.newaxis]) ** 2, 0.0).sum(axis=1)
        t = np.array([t_quantile(0.5 + confidence / 2, k - 1) if k > 1 else math.nan for k in n.tolist()])
        half = t * np.sqrt(square / (n - 1) / n)
        low, high = values - half, values + half
    thin, sectioned = thin_tail(q, sample.n, n), np.isfinite(half)
    # Where replications do not reach the quantile, their spread tells nothing.
    low, high = np.where(sectioned, low, np.inf), np.where(sectioned, high, np.inf)
    exact = np.flatnonzero(thin | ~sectioned)
    if len(exact):
        exact_low, exact_high = _bounds_of_ranks(sample, q[exact], confidence)
        low[exact] = np.minimum(low[exact], exact_low)
        high[exact] = np.maximum(high[exact], exact_high)
    low, high = (np.where(n > 1, end, np.nan) for end in (low, high))
    columns = (values.tolist(), low.tolist(), high.tolist(), n.tolist())
    return [Estimate(*row) for row in zip(*columns, strict=True)]


def _bounds_of_ranks(sample: Histogram, q: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the order statistics between which the quantiles of independent values lie.

    They are infinite where the sample is too small to bound the quantile.
    """
    from scipy.special import bdtrik

    n, tail = sample.n, (1 - confidence) / 2
    inside = np.clip(q, 1e-12, 1 - 1e-12)
    # The number of values below the quantile is binomial.
    first, last = (np.ceil(bdtrik(p, n, inside)).clip(0, n).astype(np.int64) for p in (tail, 1 - tail))
    low = np.where(first >= 1, sample.at(np.maximum(first - 1, 0)), -np.inf)
    high = np.where(last < n, sample.at(np.minimum(last, n - 1)), np.inf)
    return low, high


def share_estimate(shares: Sequence[float], hits: float, trials: float) -> Estimate:
    """Return the mean over replications of a share, %, with an interval that suits rare things.

    Where few consignments of a replication count, or few do not (:data:`FEW`), the interval is at least as
    wide as the exact one of all replications together (Clopper and Pearson).

    Parameters
    ----------
    shares
        The share in each replication, %; NaN without consignments.
    hits, trials
        Number of consignments that count, and of all, in all replications together.
    """
    found = estimate(shares)
    if found.n < 2 or min(hits, trials - hits) >= FEW * found.n:
        return found
    low, high = binomial_bounds(round(hits), round(trials), 0.5 + CONFIDENCE / 2)
    return _widened(found, 100 * low, 100 * high)


def count_estimate(counts: Sequence[float], per: Sequence[float] | None = None) -> Estimate:
    """Return the mean over replications of a count of events, with an interval that suits rare events.

    Where there are few in a replication (:data:`FEW`), the interval is at least as wide as the exact one of a
    Poisson mean.

    Parameters
    ----------
    per
        What the counts are related to in each replication, such as hundreds of consignments; one by default.

    References
    ----------
    Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442.
    """
    from scipy.special import gammaincinv

    total = np.ones(len(counts)) if per is None else np.asarray(per, dtype=np.float64)
    events = np.asarray(counts, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = estimate(np.where(total > 0, events / total, np.nan).tolist())
    n, tail = float(np.nansum(events)), (1 - CONFIDENCE) / 2
    if found.n < 2 or n >= FEW * found.n:
        return found
    ends = (float(gammaincinv(n, tail)) if n else 0.0, float(gammaincinv(n + 1, 1 - tail)))
    return _widened(found, *(end / float(total.sum()) for end in ends))


def _widened(found: Estimate, low: float, high: float) -> Estimate:
    """Return an estimate whose interval holds these bounds, too."""
    return Estimate(found.mean, min(found.low, low), max(found.high, high), found.n)


@cache
def t_quantile(p: float, df: int) -> float:
    """Return the quantile of Student's t distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def binomial_bounds(hits: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact lower and upper bound of a share, each at this confidence.

    Parameters
    ----------
    hits, trials
        Number of hits among independent trials. Without trials the bounds are 0 and 1.

    References
    ----------
    Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the
    binomial, Biometrika 26, 404-413.
    """
    from scipy.special import betaincinv

    low = float(betaincinv(hits, trials - hits + 1, 1 - confidence)) if hits else 0.0
    high = float(betaincinv(hits + 1, trials - hits, confidence)) if hits < trials else 1.0
    return low, high


def ratio_values(above: Floats, below: Floats) -> Floats:
    """Return jackknife values of a ratio of two means; their :func:`estimate` is the ratio with its interval.

    The mean of the ratios of the replications would be biased, and leave out those whose denominator is zero.
    If a single replication holds all of the denominator, the others tell nothing of the ratio: no replication
    then has a value.

    Parameters
    ----------
    above, below
        (replications, ...) numerator and denominator; where either is unknown, the replication has no value.

    References
    ----------
    Miller (1974), The jackknife: a review, Biometrika 61, 1-15.
    """
    known = np.isfinite(above) & np.isfinite(below)
    n = known.sum(axis=0)
    over, under = (np.where(known, one, 0.0) for one in (above, below))
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = over.sum(axis=0) / under.sum(axis=0)
        others = (over.sum(axis=0) - over) / (under.sum(axis=0) - under)
        values = np.where(n > 1, n * whole - (n - 1) * others, whole)
    found: Floats = np.where(known & (np.isfinite(values) | ~known).all(axis=0), values, np.nan)
    return found


def ratio_of_counts(above: Floats, below: Floats) -> Estimate:
    """Return the ratio of two counts of events in all replications, with an interval that suits rare events.

    Where there are few of either in a replication (:data:`FEW`), the interval is at least as wide as the
    exact one of two independent Poisson counts: given their sum, the numerator is binomial. Counts that are
    equal in every replication are of the same events.

    Parameters
    ----------
    above, below
        (replications,) numerator and denominator; NaN if unknown.

    References
    ----------
    Przyborowski and Wilenski (1940), Homogeneity of results in testing samples from Poisson series,
    Biometrika 31, 313-323.
    """
    found = estimate(ratio_values(above, below).tolist())
    known = np.isfinite(above) & np.isfinite(below)
    n, over, under = int(known.sum()), float(above[known].sum()), float(below[known].sum())
    if not under:
        return Estimate(math.nan, math.nan, math.nan, n)
    if n < 2 or min(over, under) >= FEW * n or np.array_equal(above[known], below[known]):
        return found
    low, high = binomial_bounds(round(over), round(over + under), 0.5 + CONFIDENCE / 2)
    exact = (low / (1 - low), high / (1 - high))
    return Estimate(over / under, *exact, n) if not found.n else _widened(found, *exact)
