"""Estimates and intervals over replications."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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

They are those that count, those that do not, or those beyond the quantile. With fewer, the interval is the
exact one for the effective number of consignments; of a quantile at least that of independent ones.
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
    """Return the mean of independent values with its Student t interval; others as :func:`estimates`."""
    return estimates(np.array([values], dtype=np.float64), confidence=confidence)[0]


def estimates(
    values: Floats, over: Floats | None = None, *, confidence: float = CONFIDENCE
) -> list[Estimate]:
    """Return the means of several measures over replications, with intervals.

    The mean is that of all units that the values are over together, such as kilograms: the ratio of two sums.
    The mean of the ratios of the replications would be biased, and would give a replication with few units
    the weight of one with many. The interval is Student's t of jackknife values; where all replications are
    over as many units, these are the values themselves.

    NaN values (a replication without such a consignment) are left out and not counted. With an infinite value
    (a quantile that falls among undelivered consignments) the mean is infinite and has no interval.

    Parameters
    ----------
    values
        (k, replications) value of each measure in each replication.
    over
        (k, replications) number of units that each value is over; None or NaN for as many in each.

    References
    ----------
    Miller (1974), The jackknife: a review, Biometrika 61, 1-15.
    """
    weights = np.ones_like(values) if over is None else np.where(np.isnan(over), 1.0, over)
    known = ~np.isnan(values) & (weights > 0)
    weights, sums = np.where(known, weights, 0.0), np.where(known, values, 0.0)
    n = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        sums *= weights
        whole, of = sums.sum(axis=1), weights.sum(axis=1)
        mean = whole / of
        others = (whole[:, None] - sums) / (of[:, None] - weights)
        away = np.where(known, (n[:, None] - 1) * (mean[:, None] - others), np.nan)
        half = half_width(away, confidence)
    columns = (mean.tolist(), (mean - half).tolist(), (mean + half).tolist(), n.tolist())
    return [Estimate(*row) for row in zip(*columns, strict=True)]


def half_width(away: Floats, confidence: float = CONFIDENCE) -> Floats:
    """Return the half-width of Student's t interval of a mean over replications; NaN for fewer than two.

    Parameters
    ----------
    away
        (..., replications) how far each replication is from the mean, or from the value that the interval is
        about; NaN where it is unknown.
    """
    known = ~np.isnan(away)
    n = known.sum(axis=-1)
    t = np.array([t_quantile(0.5 + confidence / 2, k - 1) if k > 1 else math.nan for k in n.flat])
    with np.errstate(invalid="ignore", divide="ignore"):
        half: Floats = t.reshape(n.shape) * np.sqrt(np.nansum(away * away, axis=-1) / (n - 1) / n)
    return half


def rare(values: Floats, over: Floats | None = None) -> Flags:
    """Return which means are of too rare a thing for an interval, (k,).

    They are zero in some replication, and not zero in fewer than :data:`FEW`. What is not seen, such as the
    time lost by a sailing that is cancelled once in ten years, may be of any size, so there is no upper end.
    Parameters as of :func:`estimates`.
    """
    known = ~np.isnan(values) if over is None else ~np.isnan(values) & ~(over == 0)
    zeros, others = (known & (values == 0)).sum(axis=1), (known & (values != 0)).sum(axis=1)
    return np.asarray((zeros > 0) & (others < FEW))


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
    with np.errstate(invalid="ignore"):
        half = half_width(np.where(known, sections - values[:, np.newaxis], np.nan), confidence)
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


def share_estimate(
    shares: Sequence[float], over: Sequence[float], clusters: float = 1.0, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the share of all consignments of all replications, %, with an interval that suits rare things.

    Where few consignments of a replication count, or few do not (:data:`FEW`), the interval has the bounds of
    Clopper and Pearson for the **effective number** of consignments. Goods fail together, by the sailing, so
    that they tell less than as many independent ones: by the variance among replications over the binomial
    one (design effect, never below 1). Where all count, or none, nothing tells how they fail. Then what is
    independent of each other are the replications, or smaller clusters if these are known to be.

    Parameters
    ----------
    shares
        The share in each replication, %; NaN without consignments.
    over
        Number of consignments that it is over.
    clusters
        Number of groups of consignments in a replication, such as those of a week, that do not fail together.

    References
    ----------
    Korn and Graubard (1998), Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data, Survey Methodology 24, 193-201.
    """
    values, weights = (np.array([column], dtype=np.float64) for column in (shares, over))
    (found,) = estimates(values, weights, confidence=confidence)
    known = ~np.isnan(values) & (weights > 0)
    trials, hits = float(weights[known].sum()), float((values * weights)[known].sum()) / 100
    hits = float(round(hits)) if abs(hits - round(hits)) < 1e-6 * trials else hits
    if found.n < 2 or min(hits, trials - hits) >= FEW * found.n:
        return found
    p = hits / trials
    if 0 < hits < trials:
        half = (found.high - found.low) / 200
        effect = _effect(half, p * (1 - p) / trials, trials, confidence)
    else:
        effect = max(1.0, trials / (found.n * clusters))
    low, high = binomial_bounds(hits / effect, trials / effect, 0.5 + confidence / 2)
    return Estimate(100 * p, 100 * low, 100 * high, found.n)


def _effect(half: float, variance: float, df: float, confidence: float) -> float:
    """Return the design effect: how many times fewer independent things would tell as much.

    Parameters
    ----------
    half
        Half-width of the interval by replications; it allows for their number.
    variance
        Variance if all things were independent.
    df
        Number of these things.
    confidence
        Confidence of that interval.
    """
    t = t_quantile(0.5 + confidence / 2, max(df - 1, 1))
    return max(1.0, (half / t) ** 2 / variance)


def count_estimate(
    counts: Sequence[float],
    per: Sequence[float] | None = None,
    among: Sequence[float] | None = None,
    clusters: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return the mean over replications of a count of events, with an interval that suits rare events.

    Where there are few in a replication (:data:`FEW`), the interval has the exact bounds of a Poisson mean
    for the effective number of events, as in :func:`share_estimate`. If there are none at all, the upper
    bound is that of the share of the consignments among which they may happen, if these are given; otherwise
    events count as independent.

    Parameters
    ----------
    per
        What the counts are related to in each replication, such as hundreds of consignments; one by default.
    among
        Number of consignments of each replication.
    clusters
        As in :func:`share_estimate`.

    References
    ----------
    Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442.
    """
    from scipy.special import gammaincinv

    events = np.array([counts], dtype=np.float64)
    total = np.ones_like(events) if per is None else np.array([per], dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        (found,) = estimates(np.where(total > 0, events / total, np.nan), total, confidence=confidence)
    known = ~np.isnan(events) & (total > 0)
    n, of, tail = float(events[known].sum()), float(total[known].sum()), (1 - confidence) / 2
    if found.n < 2 or n >= FEW * found.n:
        return found
    if n:
        effect = _effect((found.high - found.low) / 2 * of, n, math.inf, confidence)
        low = float(gammaincinv(n / effect, tail))
        high = float(gammaincinv(n / effect + 1, 1 - tail))
        return Estimate(n / of, low * effect / of, high * effect / of, found.n)
    most = float(gammaincinv(1, 1 - tail))
    if among is not None:
        trials = np.array([among], dtype=np.float64)[known]
        share = share_estimate([0.0] * len(trials), trials.tolist(), clusters, confidence).high / 100
        if math.isfinite(share):
            most = max(most, share * float(trials.sum()))
    return Estimate(0.0, 0.0, most / of, found.n)


def clusters_of(weeks: Sequence[float]) -> float:
    """Return the number of clusters of consignments in a replication: goods of one week may fail together.

    Parameters
    ----------
    weeks
        (replications,) number of weeks in which consignments were accepted.
    """
    return max(float(np.mean(weeks)), 1.0)


@cache
def t_quantile(p: float, df: float) -> float:
    """Return the quantile of Student's t distribution; of the normal one for infinitely many degrees."""
    from scipy.special import stdtrit

    return float(stdtrit(min(df, 1e12), p))


def binomial_bounds(hits: float, trials: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact lower and upper bound of a share, each at this confidence.

    Parameters
    ----------
    hits, trials
        Number of hits among independent trials, not necessarily whole. Without trials the bounds are 0 and 1.

    References
    ----------
    Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the
    binomial, Biometrika 26, 404-413.
    """
    from scipy.special import betaincinv

    low = float(betaincinv(hits, trials - hits + 1, 1 - confidence)) if hits else 0.0
    high = float(betaincinv(hits + 1, trials - hits, confidence)) if hits < trials else 1.0
    return low, high


Statistic = Callable[..., Floats]
"""Returns a quantity of sums over replications."""


def jackknife(statistic: Statistic, *parts: Floats) -> Floats:
    """Return jackknife values of a quantity that depends on sums over replications; their mean is corrected.

    Parameters
    ----------
    statistic
        Computes the quantity from the sum of each part.
    parts
        (replications, ...) what each replication adds to each sum; where any is unknown, the replication has
        no value. If the quantity is not defined without one of the others, no replication has.

    References
    ----------
    Miller (1974), The jackknife: a review, Biometrika 61, 1-15.
    """
    known = np.all([np.isfinite(part) for part in parts], axis=0)
    n = known.sum(axis=0)
    parts = tuple(np.where(known, part, 0.0) for part in parts)
    sums = [part.sum(axis=0) for part in parts]
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = statistic(*sums)
        others = statistic(*(total - part for total, part in zip(sums, parts, strict=True)))
        values = np.where(n > 1, n * whole - (n - 1) * others, whole)
    found: Floats = np.where(known & (np.isfinite(values) | ~known).all(axis=0), values, np.nan)
    return found


def ratio_values(above: Floats, below: Floats) -> Floats:
    """Return jackknife values of a ratio of two means; their :func:`estimate` is the ratio with its interval.

    The mean of the ratios of the replications would be biased, and leave out those whose denominator is zero.

    Parameters
    ----------
    above, below
        (replications, ...) numerator and denominator, as in :func:`jackknife`.
    """
    return jackknife(np.divide, above, below)


def ratio_of_counts(above: Floats, below: Floats) -> Estimate:
    """Return the ratio of two counts of events in all replications, with an interval that suits rare events.

    Where there are few of either in a replication (:data:`FEW`), the interval has the exact bounds of two
    Poisson counts, for the effective number of events: given their sum, the numerator is a share
    (:func:`share_estimate`). Counts that are equal in every replication are of the same events.

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
    both = (above + below)[known]
    with np.errstate(invalid="ignore"):
        share = share_estimate((100 * above[known] / both).tolist(), both.tolist())
    if math.isnan(share.low):  # all in one replication
        return Estimate(over / under, math.nan, math.nan, n)
    low, high = share.low / 100, share.high / 100
    return Estimate(over / under, low / (1 - low), high / (1 - high) if high < 1 else math.inf, n)
