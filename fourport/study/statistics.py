"""Estimates and intervals over replications."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from fourport.plan.tables import Floats

CONFIDENCE = 0.95
"""Confidence of intervals unless another is asked for."""


@dataclass(frozen=True)
class Estimate:
    """A mean over replications with its 95 % interval.

    Attributes
    ----------
    mean, low, high
        NaN for low and high if there are fewer than two replications.
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
    found: Floats = np.where(known & np.isfinite(values), values, np.nan)
    return found
