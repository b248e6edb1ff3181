"""Shares of consignments and counts of events, with intervals that suit rare ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.statistics import (
    CONFIDENCE,
    FEW,
    Estimate,
    Estimates,
    estimate,
    estimates,
    ratio_values,
    t_quantiles,
)


def share_estimate(
    shares: Sequence[float], over: Sequence[float], clusters: float = 1.0, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the share of all consignments of all replications, %; as :func:`share_estimates`."""
    values, weights = (np.array([column], dtype=np.float64) for column in (shares, over))
    return share_estimates(values, weights, clusters, confidence)[0]


def share_estimates(
    shares: Floats, over: Floats, clusters: Floats | float = 1.0, confidence: float = CONFIDENCE
) -> Estimates:
    """Return shares of all consignments of all replications, %, with intervals that suit rare things.

    Where few consignments of a replication count, or few do not (:data:`FEW`), the interval has the bounds of
    Clopper and Pearson for the **effective number** of consignments. Goods fail together, by the sailing, so
    that they tell less than as many independent ones: by the variance among replications over the binomial
    one (design effect, never below 1). Where all count, or none, nothing tells how they fail. Then what is
    independent of each other are the replications, or smaller clusters if these are known to be.

    Parameters
    ----------
    shares
        (k, replications) each share in each replication, %; NaN without consignments.
    over
        (k, replications) number of consignments that it is over.
    clusters
        Number of groups of consignments in a replication, such as those of a week, that do not fail together;
        (k,) or the same of all.

    References
    ----------
    Korn and Graubard (1998), Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data, Survey Methodology 24, 193-201.
    """
    found = estimates(shares, over, confidence=confidence)
    known = ~np.isnan(shares) & (over > 0)
    trials = np.where(known, over, 0.0).sum(axis=1)
    hits = np.where(known, shares * over, 0.0).sum(axis=1) / 100
    hits = np.where(np.abs(hits - np.round(hits)) < 1e-6 * trials, np.round(hits), hits)
    rare = np.flatnonzero((found.n >= 2) & ~(np.minimum(hits, trials - hits) >= FEW * found.n))
    of_each = np.broadcast_to(clusters, len(found))[rare]
    found.put(rare, _rare_shares(found.some(rare), hits[rare], trials[rare], of_each, confidence))
    return found


def _rare_shares(
    found: Estimates, hits: Floats, trials: Floats, clusters: Floats, confidence: float
) -> Estimates:
    """Return shares with exact bounds, of their estimates by replications."""
    p = hits / trials
    effect = np.fmax(1.0, trials / (found.n * clusters))
    some = (hits > 0) & (hits < trials)
    variance = (p * (1 - p) / trials)[some]
    effect[some] = _effects(((found.high - found.low) / 200)[some], variance, trials[some], confidence)
    low, high = _binomial_bounds(hits / effect, trials / effect, 0.5 + confidence / 2)
    return Estimates(100 * p, 100 * low, 100 * high, found.n)


def _effects(half: Floats, variance: Floats, df: Floats | float, confidence: float) -> Floats:
    """Return design effects: how many times fewer independent things would tell as much.

    Parameters
    ----------
    half
        Half-widths of the intervals by replications; they allow for their number.
    variance
        Variances if all things were independent.
    df
        Numbers of these things.
    confidence
        Confidence of these intervals.
    """
    t = t_quantiles(0.5 + confidence / 2, np.maximum(np.subtract(df, 1), 1))
    squares = np.array([one**2 for one in (half / t).tolist()])  # an array's are rounded in another way
    return np.fmax(1.0, squares / variance)


def count_estimate(
    counts: Sequence[float],
    per: Sequence[float] | None = None,
    among: Sequence[float] | None = None,
    clusters: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return the mean over replications of a count of events; as :func:`count_estimates`."""
    events, total, trials = (
        None if column is None else np.array([column], dtype=np.float64) for column in (counts, per, among)
    )
    assert events is not None
    return count_estimates(events, total, trials, clusters, confidence)[0]


def count_estimates(
    counts: Floats,
    per: Floats | None = None,
    among: Floats | None = None,
    clusters: Floats | float = 1.0,
    confidence: float = CONFIDENCE,
) -> Estimates:
    """Return the means over replications of counts of events, with intervals that suit rare events.

    Where there are few in a replication (:data:`FEW`), the interval has the exact bounds of a Poisson mean
    for the effective number of events, as in :func:`share_estimates`. If there are none at all, the upper
    bound is that of the share of the consignments among which they may happen, if these are given; otherwise
    events count as independent.

    Parameters
    ----------
    counts
        (k, replications) each count in each replication.
    per
        (k, replications) what the counts are related to, such as hundreds of consignments; one by default.
    among
        (k, replications) number of consignments.
    clusters
        As in :func:`share_estimates`.

    References
    ----------
    Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442.
    """
    from fourport.special import gammaincinv

    total, tail = np.ones_like(counts) if per is None else per, (1 - confidence) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        found = estimates(np.where(total > 0, counts / total, np.nan), total, confidence=confidence)
    known = ~np.isnan(counts) & (total > 0)
    events, of = (np.where(known, numbers, 0.0).sum(axis=1) for numbers in (counts, total))
    few = (found.n >= 2) & ~(events >= FEW * found.n)
    rare, none = np.flatnonzero(few & (events != 0)), np.flatnonzero(few & (events == 0))
    found.put(rare, _rare_counts(found.some(rare), events[rare], of[rare], tail, confidence))
    most = np.full(len(none), float(gammaincinv(1, 1 - tail)))
    if among is not None and len(none):
        trials = np.where(known, among, 0.0)[none]
        of_each = np.broadcast_to(clusters, len(found))[none]
        shares = share_estimates(np.zeros_like(trials), trials, of_each, confidence)
        events = shares.high / 100 * trials.sum(axis=1)
        most = np.where(np.isfinite(events), np.fmax(most, events), most)
    found.mean[none], found.low[none], found.high[none] = 0.0, 0.0, most / of[none]
    return found


def _rare_counts(found: Estimates, n: Floats, of: Floats, tail: float, confidence: float) -> Estimates:
    """Return counts of ``n`` events with exact bounds, of their estimates by replications."""
    from fourport.special import gammaincinv

    effect = _effects((found.high - found.low) / 2 * of, n, math.inf, confidence)
    low, high = gammaincinv(n / effect, tail), gammaincinv(n / effect + 1, 1 - tail)
    return Estimates(n / of, low * effect / of, high * effect / of, found.n)


def clusters_of(weeks: Sequence[float]) -> float:
    """Return the number of clusters of consignments in a replication: goods of one week may fail together.

    Parameters
    ----------
    weeks
        (replications,) number of weeks in which consignments were accepted.
    """
    return max(float(np.mean(weeks)), 1.0)


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
    low, high = _binomial_bounds(np.array([hits]), np.array([trials]), confidence)
    return float(low[0]), float(high[0])


def _binomial_bounds(hits: Floats, trials: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the bounds of several shares as :func:`binomial_bounds`."""
    from fourport.special import betaincinv

    missed = trials - hits
    low = np.where(hits > 0, betaincinv(hits, missed + 1, 1 - confidence), 0.0)
    return low, np.where(missed > 0, betaincinv(hits + 1, missed, confidence), 1.0)


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
