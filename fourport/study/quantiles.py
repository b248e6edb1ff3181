"""Quantiles of the consignments of all replications together, with intervals by sectioning."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.study.histogram import Histogram, Histograms
from fourport.study.statistics import CONFIDENCE, FEW, Estimate, Estimates, half_width
from fourport.world.tables import Flags


def thin_tail(q: Floats | float, consignments: Floats | Ints | float, replications: Ints | int) -> Flags:
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
    one = np.zeros(1, dtype=np.int64)
    return pooled_quantiles(Histograms.of([sample]), one, np.array([q]), np.array([sections]), confidence)[0]


def pooled_quantiles(
    samples: Histograms, of: Ints, q: Floats, sections: Floats, confidence: float = CONFIDENCE
) -> Estimates:
    """Return several quantiles, each of its sample and as :func:`pooled_quantile`.

    Parameters
    ----------
    samples, of
        Samples, and (quantiles,) which of them each quantile is of.
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
    values, size = samples.quantiles(of, q), samples.n[of]
    with np.errstate(invalid="ignore"):
        half = half_width(np.where(known, sections - values[:, np.newaxis], np.nan), confidence)
        low, high = values - half, values + half
    thin, sectioned = thin_tail(q, size, n), np.isfinite(half)
    # Where replications do not reach the quantile, their spread tells nothing.
    low, high = np.where(sectioned, low, np.inf), np.where(sectioned, high, np.inf)
    exact = np.flatnonzero((thin | ~sectioned) & (n > 1))
    if len(exact):
        exact_low, exact_high = _bounds_of_ranks(samples, of[exact], q[exact], confidence)
        low[exact] = np.minimum(low[exact], exact_low)
        high[exact] = np.maximum(high[exact], exact_high)
    low, high = (np.where(n > 1, end, np.nan) for end in (low, high))
    return Estimates(values, low, high, n)


def _bounds_of_ranks(samples: Histograms, of: Ints, q: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the order statistics between which the quantiles of independent values lie.

    They are infinite where a sample is too small to bound its quantile.
    """
    n, tail = samples.n[of], (1 - confidence) / 2
    asked = zip(np.clip(q, 1e-12, 1 - 1e-12).tolist(), n.tolist(), strict=True)
    below = np.array([[_ranks(p, *its) for p in (tail, 1 - tail)] for its in asked])
    first, last = (one.clip(0, n).astype(np.int64) for one in below.T)
    low, high = (samples.at(of, ranks) for ranks in (np.maximum(first - 1, 0), np.minimum(last, n - 1)))
    return np.where(first >= 1, low, -np.inf), np.where(last < n, high, np.inf)


@lru_cache(maxsize=10_000)
def _ranks(p: float, q: float, n: int) -> float:
    """Return a quantile of the number of values below a quantile, which is binomial.

    Many samples have as many values, those of other policies among them.
    """
    from fourport.special import bdtrik

    return float(np.ceil(bdtrik(p, n, q)))
