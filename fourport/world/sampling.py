"""Turn uniform numbers into draws from a distribution, by inversion.

Each draw uses one uniform number, so that a number has the same rank under every policy. A larger number
draws no smaller value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.scenario.distributions import Distribution, amount


def quantile(distribution: Distribution[Any], u: Floats) -> Floats:
    """Return the quantiles of a distribution at ``u`` in [0, 1), in the unit of its quantities.

    Truncation is conditional: the draws follow the distribution given that they lie within the bounds.
    """
    family = distribution.distribution
    if family == "fixed":
        return np.full(len(u), _of(distribution, "at"))
    if family == "uniform":
        low, high = _of(distribution, "low"), _of(distribution, "high")
        return np.clip(low + u * (high - low), low, high)
    if family == "triangular":
        return _triangular(_of(distribution, "low"), _of(distribution, "mode"), _of(distribution, "high"), u)
    if family == "sometimes":
        # The highest numbers are the cases, so that a larger share makes no value smaller.
        share = distribution.share or 0.0
        rank = np.maximum(1 - (1 - u) / share, 0.0) if share else np.zeros(len(u))
        return _truncated(_exponential(_of(distribution, "mean")), distribution, rank)
    mean = _of(distribution, "mean")
    if family == "exponential":
        return _truncated(_exponential(mean), distribution, u)
    if family == "erlang":
        return _truncated(_erlang(mean, distribution.shape or 1), distribution, u)
    if family == "lognormal":
        return _truncated(_lognormal(mean, _of(distribution, "sd")), distribution, u)
    return _truncated(_normal(mean, _of(distribution, "sd")), distribution, u, low=0.0)


def durations_us(distribution: Distribution[Any], u: Floats) -> Ints:
    """Return the quantiles at ``u`` as durations in whole us, at least 1."""
    return np.maximum(np.rint(quantile(distribution, u)).astype(np.int64), 1)


Pair = tuple[Callable[[Floats], Floats], Callable[[float], float]]
"""Inverse of the distribution function, and the distribution function."""

BELOW_ONE = 1 - 2.0**-53
"""Largest rank; at 1 the inverse of an unbounded distribution is infinite."""


def _of(distribution: Distribution[Any], name: str) -> float:
    return amount(getattr(distribution, name))


def _truncated(pair: Pair, distribution: Distribution[Any], u: Floats, low: float | None = None) -> Floats:
    inverse, cdf = pair
    if low is None and distribution.low is None and distribution.high is None:
        return inverse(u)
    if distribution.low is not None:
        low = amount(distribution.low)
    below = 0.0 if low is None else cdf(low)
    above = 1.0 if distribution.high is None else cdf(amount(distribution.high))
    values = inverse(np.minimum(below + u * (above - below), BELOW_ONE))
    # Rounding in the inverse can exceed a bound slightly.
    return np.clip(values, low, None if distribution.high is None else amount(distribution.high))


def _exponential(mean: float) -> Pair:
    return lambda u: -mean * np.log1p(-u), lambda x: -math.expm1(-x / mean) if mean > 0 else 1.0


def _erlang(mean: float, shape: int) -> Pair:
    from scipy.special import gammainc, gammaincinv

    scale = mean / shape
    return lambda u: gammaincinv(shape, u) * scale, lambda x: float(gammainc(shape, x / scale))


def _normal(mean: float, sd: float) -> Pair:
    from scipy.special import ndtr, ndtri

    return lambda u: mean + sd * ndtri(u), lambda x: float(ndtr((x - mean) / sd))


def _lognormal(mean: float, sd: float) -> Pair:
    from scipy.special import ndtr, ndtri

    variance = math.log1p((sd / mean) ** 2)
    mu, sigma = math.log(mean) - variance / 2, math.sqrt(variance)
    return (
        lambda u: np.exp(mu + sigma * ndtri(u)),
        lambda x: float(ndtr((math.log(x) - mu) / sigma)) if x > 0 else 0.0,
    )


def _triangular(low: float, mode: float, high: float, u: Floats) -> Floats:
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.clip(np.where(u < turn, rising, falling), low, high)
