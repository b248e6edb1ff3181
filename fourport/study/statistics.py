"""Estimates and intervals over replications."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import attrgetter

import numpy as np

from fourport.plan.tables import Floats, Ints
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


@dataclass(frozen=True, eq=False)
class Estimates:
    """Several estimates in arrays, (k,) each, as attributes of :class:`Estimate`."""

    mean: Floats
    low: Floats
    high: Floats
    n: Ints

    @classmethod
    def of(cls, each: Collection[Estimate]) -> Estimates:
        """Put single estimates into arrays."""
        mean, low, high = (np.array([end(one) for one in each], dtype=np.float64) for end in _ENDS)
        return cls(mean, low, high, np.array([one.n for one in each], dtype=np.int64))

    @classmethod
    def joined(cls, parts: Sequence[Estimates]) -> Estimates:
        """Return the estimates of several, one after the other."""
        columns = zip(*((part.mean, part.low, part.high, part.n) for part in parts), strict=True)
        return cls(*map(np.concatenate, columns)) if parts else cls.of([])

    def __len__(self) -> int:
        return len(self.n)

    def __getitem__(self, k: int) -> Estimate:
        return Estimate(float(self.mean[k]), float(self.low[k]), float(self.high[k]), int(self.n[k]))

    def __iter__(self) -> Iterator[Estimate]:
        return map(Estimate, self.mean.tolist(), self.low.tolist(), self.high.tolist(), self.n.tolist())

    def some(self, at: Ints | Flags) -> Estimates:
        """Return some of the estimates."""
        return Estimates(self.mean[at], self.low[at], self.high[at], self.n[at])

    def put(self, at: Ints | Flags, others: Estimates) -> None:
        """Put other estimates into some places."""
        self.mean[at], self.low[at], self.high[at], self.n[at] = (
            others.mean,
            others.low,
            others.high,
            others.n,
        )


_ENDS = attrgetter("mean"), attrgetter("low"), attrgetter("high")


def estimate(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """Return the mean of independent values with its Student t interval; others as :func:`estimates`."""
    return estimates(np.array([values], dtype=np.float64), confidence=confidence)[0]


def estimates(values: Floats, over: Floats | None = None, *, confidence: float = CONFIDENCE) -> Estimates:
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
    return Estimates(mean, mean - half, mean + half, n)


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
    each, which = np.unique(n, return_inverse=True)
    t = np.where(each > 1, t_quantiles(0.5 + confidence / 2, np.maximum(each - 1, 1)), math.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        half: Floats = t[which].reshape(n.shape) * np.sqrt(np.nansum(away * away, axis=-1) / (n - 1) / n)
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


@cache
def t_quantile(p: float, df: float) -> float:
    """Return the quantile of Student's t distribution; of the normal one for infinitely many degrees."""
    return float(t_quantiles(p, np.float64(df)))


def t_quantiles(p: float, df: Floats | float) -> Floats:
    """Return quantiles as :func:`t_quantile` by degrees of freedom."""
    from fourport.special import stdtrit

    found: Floats = stdtrit(np.minimum(df, 1e12), p)
    return found


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
    known = reduce(np.logical_and, map(np.isfinite, parts))  # in their order in memory, that of all sums
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
