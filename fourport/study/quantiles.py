"""Quantiles of the consignments of all replications together, with intervals by sectioning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.study.histogram import Histogram
from fourport.study.statistics import CONFIDENCE, FEW, Estimate, half_width
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
    (found,) = pooled_quantiles([sample], np.array([q]), np.array([sections]), confidence)
    return found


def pooled_quantiles(
    samples: Sequence[Histogram], q: Floats, sections: Floats, confidence: float = CONFIDENCE
) -> list[Estimate]:
    """Return several quantiles, each of its sample and as :func:`pooled_quantile`.

    Parameters
    ----------
    samples
        Sample of each quantile.
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
    values, size = np.empty(len(q)), np.array([sample.n for sample in samples])
    for sample, rows in _by_sample(samples):
        values[rows] = sample.quantiles(q[rows])
    with np.errstate(invalid="ignore"):
        half = half_width(np.where(known, sections - values[:, np.newaxis], np.nan), confidence)
        low, high = values - half, values + half
    thin, sectioned = thin_tail(q, size, n), np.isfinite(half)
    # Where replications do not reach the quantile, their spread tells nothing.
    low, high = np.where(sectioned, low, np.inf), np.where(sectioned, high, np.inf)
    exact = np.flatnonzero((thin | ~sectioned) & (n > 1))
    if len(exact):
        exact_low, exact_high = _bounds_of_ranks([samples[k] for k in exact.tolist()], q[exact], confidence)
        low[exact] = np.minimum(low[exact], exact_low)
        high[exact] = np.maximum(high[exact], exact_high)
    low, high = (np.where(n > 1, end, np.nan) for end in (low, high))
    columns = (values.tolist(), low.tolist(), high.tolist(), n.tolist())
    return [Estimate(*row) for row in zip(*columns, strict=True)]


def _by_sample(samples: Sequence[Histogram]) -> Iterator[tuple[Histogram, Ints]]:
    """Yield each sample once, with the places where it stands."""
    places: dict[int, list[int]] = {}
    for k, sample in enumerate(samples):
        places.setdefault(id(sample), []).append(k)
    for rows in places.values():
        yield samples[rows[0]], np.array(rows)


def _bounds_of_ranks(samples: Sequence[Histogram], q: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the order statistics between which the quantiles of independent values lie.

    They are infinite where a sample is too small to bound its quantile.
    """
    from fourport.special import bdtrik

    n, tail = np.array([sample.n for sample in samples]), (1 - confidence) / 2
    inside = np.clip(q, 1e-12, 1 - 1e-12)
    # The number of values below the quantile is binomial.
    first, last = (np.ceil(bdtrik(p, n, inside)).clip(0, n).astype(np.int64) for p in (tail, 1 - tail))
    ranks = np.stack([np.maximum(first - 1, 0), np.minimum(last, n - 1)])
    ends = np.empty(ranks.shape)
    for sample, rows in _by_sample(samples):
        ends[:, rows] = sample.at(ranks[:, rows])
    return np.where(first >= 1, ends[0], -np.inf), np.where(last < n, ends[1], np.inf)
