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
from fourport.scenario.distributions import Component, Distribution, Part, amount


def quantile(distribution: Component[Any], u: Floats) -> Floats:
    """Return the quantiles of a distribution at ``u`` in [0, 1), in the unit of its quantities.

    Truncation is conditional: the draws follow the distribution given that they lie within the bounds.
    """
    return quantiles_of(distribution)(u)


def quantiles_of(distribution: Component[Any]) -> Quantiles:
    """Return the function of :func:`quantile` for a distribution, with all that does not depend on ``u``."""
    family = distribution.distribution
    if isinstance(distribution, Distribution) and family == "mixture":
        return _mixture(distribution.parts)
    if family == "observed":
        values: Floats = np.sort([amount(one) for one in distribution.values])
        return lambda u: values[(u * len(values)).astype(np.int64)]
    if family == "percentiles":
        shares, found = (np.array(one) for one in zip(*distribution.ranks(), strict=True))
        return lambda u: np.interp(u, shares, found)
    if family == "fixed":
        at = _of(distribution, "at")
        return lambda u: np.full(len(u), at)
    if family == "uniform":
        low, high = _of(distribution, "low"), _of(distribution, "high")
        return lambda u: np.clip(low + u * (high - low), low, high)
    if family == "triangular":
        return _triangular(*(_of(distribution, name) for name in ("low", "mode", "high")))
    if family == "sometimes":
        # The highest numbers are the cases, so that a larger share makes no value smaller.
        share = distribution.share or 0.0
        cases = _truncated(_exponential(_of(distribution, "mean")), distribution)
        return lambda u: cases(np.maximum(1 - (1 - u) / share, 0.0) if share else np.zeros(len(u)))
    return _truncated(_pair(distribution), distribution)


def probability(distribution: Component[Any], x: Floats) -> Floats:
    """Return the probability of a value of at most ``x``, (n,); not of a mixture."""
    family = distribution.distribution
    if family == "observed":
        values: Floats = np.sort([amount(one) for one in distribution.values])
        return np.searchsorted(values, x, side="right") / len(values)
    if family == "percentiles":
        shares, found = zip(*distribution.ranks(), strict=True)
        between: Floats = np.interp(x, np.array(found), np.array(shares))
        return between
    if family == "fixed":
        return (x >= _of(distribution, "at")).astype(np.float64)
    if family in ("uniform", "triangular"):
        low, high = _of(distribution, "low"), _of(distribution, "high")
        inside: Floats = np.clip(x, low, high)
        if family == "uniform":
            return (inside - low) / (high - low)
        mode = _of(distribution, "mode")
        rising = (inside - low) ** 2 / ((high - low) * max(mode - low, TINY))
        falling = 1 - (high - inside) ** 2 / ((high - low) * max(high - mode, TINY))
        return np.where(inside < mode, rising, falling)
    below, above = _bounds(_pair(distribution)[1], distribution)
    inside = np.clip((_pair(distribution)[1](x) - below) / (above - below), 0.0, 1.0)
    if distribution.high is not None:
        inside = np.where(x >= amount(distribution.high), 1.0, inside)
    share = (distribution.share or 0.0) if family == "sometimes" else 1.0
    return np.where(x >= 0, 1 - share + share * inside, 0.0)


def _mixture(parts: tuple[Part[Any], ...]) -> Quantiles:
    """Return the quantiles of a mixture: the least values with at least these probabilities.

    Each lies between the quantiles of the parts, where it is sought by halving.
    """
    of_parts = [quantiles_of(part) for part in parts]

    def sought(u: Floats) -> Floats:
        quantiles = np.stack([of_part(u) for of_part in of_parts])
        low, high = quantiles.min(axis=0), quantiles.max(axis=0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            reached = sum((part.weight * probability(part, middle) for part in parts), np.zeros(len(u))) >= u
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        least: Floats = high
        return least

    return sought


def _pair(distribution: Component[Any]) -> Pair:
    mean = _of(distribution, "mean")
    match distribution.distribution:
        case "exponential" | "sometimes":
            return _exponential(mean)
        case "erlang":
            return _erlang(mean, distribution.shape or 1)
        case "lognormal":
            return _lognormal(mean, _of(distribution, "sd"))
    return _normal(mean, _of(distribution, "sd"))


def durations_us(distribution: Distribution[Any], u: Floats) -> Ints:
    """Return the quantiles at ``u`` as durations in whole us, at least 1."""
    return whole_us(quantile(distribution, u))


def whole_us(durations: Floats) -> Ints:
    """Return durations in whole us, at least 1."""
    return np.maximum(np.rint(durations).astype(np.int64), 1)


Quantiles = Callable[[Floats], Floats]
"""Quantiles at uniform numbers, in a new array."""

Pair = tuple[Callable[[Floats], object], Callable[[Any], Any]]
"""Inverse of the distribution function, which replaces ranks by values, and the distribution function."""

BELOW_ONE = 1 - 2.0**-53
"""Largest rank; at 1 the inverse of an unbounded distribution is infinite."""


HALVINGS = 60
"""Number of halvings of an interval until nothing is left of it in floating point."""
TINY = 1e-300


def _of(distribution: Component[Any], name: str) -> float:
    return amount(getattr(distribution, name))


def _truncated(pair: Pair, distribution: Component[Any]) -> Quantiles:
    inverse, cdf = pair
    low, high = _limits(distribution)
    below, above = _bounds(cdf, distribution)

    def between(u: Floats) -> Floats:
        values = u * (above - below)
        values += below
        inverse(np.minimum(values, BELOW_ONE, out=values))
        # Rounding in the inverse can exceed a bound slightly.
        if low is not None:
            np.maximum(values, low, out=values)
        if high is not None:
            np.minimum(values, high, out=values)
        return values

    return between


def _limits(distribution: Component[Any]) -> tuple[float | None, float | None]:
    """Return the bounds of a distribution; a normal one has no negative values."""
    low, high = (None if one is None else amount(one) for one in (distribution.low, distribution.high))
    return (0.0 if low is None and distribution.distribution == "normal" else low), high


def _bounds(cdf: Callable[[Any], Any], distribution: Component[Any]) -> tuple[float, float]:
    """Return the probabilities below the lower and the upper bound, before truncation."""
    low, high = _limits(distribution)
    return (0.0 if low is None else float(cdf(low))), (1.0 if high is None else float(cdf(high)))


def _exponential(mean: float) -> Pair:
    def inverse(u: Floats) -> None:
        np.log1p(np.negative(u, out=u), out=u)
        u *= -mean

    return inverse, lambda x: -np.expm1(-x / mean) if mean > 0 else np.ones_like(x)


def _erlang(mean: float, shape: int) -> Pair:
    from fourport.special import gammainc, gammaincinv

    scale = mean / shape

    def inverse(u: Floats) -> None:
        gammaincinv(shape, u, out=u)
        u *= scale

    return inverse, lambda x: gammainc(shape, x / scale)


def _normal(mean: float, sd: float) -> Pair:
    from fourport.special import ndtr

    return lambda u: _scores(u, mean, sd), lambda x: ndtr((x - mean) / sd)


def _lognormal(mean: float, sd: float) -> Pair:
    from fourport.special import ndtr

    variance = math.log1p((sd / mean) ** 2)
    mu, sigma = math.log(mean) - variance / 2, math.sqrt(variance)

    def inverse(u: Floats) -> None:
        _scores(u, mu, sigma)
        np.exp(u, out=u)

    return inverse, lambda x: ndtr((np.log(np.maximum(x, TINY)) - mu) / sigma)


def _scores(u: Floats, mean: float, sd: float) -> None:
    """Replace ranks by quantiles of a normal distribution."""
    from fourport.special import ndtri

    ndtri(u, out=u)
    u *= sd
    u += mean


def _triangular(low: float, mode: float, high: float) -> Quantiles:
    turn = (mode - low) / (high - low)

    def quantiles(u: Floats) -> Floats:
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.clip(np.where(u < turn, rising, falling), low, high)

    return quantiles
