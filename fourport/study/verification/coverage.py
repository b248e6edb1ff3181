"""Coverage: how often intervals hold the true value, in studies repeated with known distributions.

A study draws what replications would give, without simulating, and asks whether the interval that the program
makes of it holds the truth. To add an interval, or another promise, add a row to :data:`PROMISES`.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.histogram import Histogram
from fourport.study.parallel import Progress, in_order
from fourport.study.statistics import (
    Estimate,
    binomial_bounds,
    count_estimate,
    estimate,
    pooled_quantile,
    share_estimate,
)

SEED = 1
STUDIES = 2000
"""Studies of each promise."""

CHANCE = 1e-3
"""Chance that a promise which is kept is called broken."""

NAN = math.nan

Generator = np.random.Generator
Study = Callable[[Generator], bool]
"""Draws a study; returns whether what the program says of it is true."""


@dataclass(frozen=True)
class Promise:
    """What the program says of a study, and how often it is true.

    Attributes
    ----------
    what, noise
        The interval or verdict, and the distribution behind it.
    study
        Draws a study and judges it.
    nominal
        Share of studies in which it should be true.
    least
        Share that it has at least where the method is known to fall short; else ``nominal``.
    studies
        Number of studies.
    """

    what: str
    noise: str
    study: Study
    nominal: float = 0.95
    least: float = NAN
    studies: int = STUDIES

    @property
    def floor(self) -> float:
        """Share of studies below which the promise is broken."""
        return self.nominal if math.isnan(self.least) else self.least


@dataclass(frozen=True)
class Kept:
    """A promise, and the number of studies in which it was true."""

    promise: Promise
    held: int

    @property
    def share(self) -> float:
        """Share of studies in which it was true."""
        return self.held / self.promise.studies

    @property
    def passed(self) -> bool:
        """Whether the number of studies is not too low by more than chance."""
        return binomial_bounds(self.held, self.promise.studies, 1 - CHANCE)[1] >= self.promise.floor


def measure_all(executor: Executor | None = None, progress: Progress | None = None) -> list[Kept]:
    """Repeat the studies of all promises; a row's random numbers do not depend on the other rows."""
    counts = in_order(_count, [*range(len(PROMISES))], executor, progress)
    return [Kept(promise, held) for promise, held in zip(PROMISES, counts, strict=True)]


def _count(number: int) -> int:
    promise = PROMISES[number]
    rng = np.random.default_rng([SEED, zlib.crc32(f"{promise.what}, {promise.noise}".encode())])
    return sum(promise.study(rng) for _ in range(promise.studies))


def holds(found: Estimate, truth: float) -> bool:
    """Return whether an interval holds the true value."""
    return found.low <= truth <= found.high


# ------------------------------------------------------------------------------------------------ the studies

NORMAL, EXPONENTIAL, LOGNORMAL = "normal", "exponential", "lognormal, cv 1.3"
_SAMPLERS: dict[str, tuple[Callable[[Generator, int], Floats], float]] = {
    NORMAL: (lambda rng, n: rng.normal(3, 1, n), 3.0),
    EXPONENTIAL: (lambda rng, n: rng.exponential(1, n), 1.0),
    LOGNORMAL: (lambda rng, n: rng.lognormal(0, 1, n), math.exp(0.5)),
}
"""Draws the means of replications, and their mean."""


def _mean(rng: Generator, noise: str, n: int) -> bool:
    draw, truth = _SAMPLERS[noise]
    return holds(estimate(draw(rng, n).tolist()), truth)


INDEPENDENT, COMMON = "exponential", "exponential times a level of the replication, cv 0.2"
_QUANTILES = {
    INDEPENDENT: {0.5: math.log(2), 0.95: math.log(20)},
    COMMON: {0.5: 0.6890287036608141, 0.95: 3.115853574522819},
}
"""Exact quantiles; with lognormal levels by numerical integration."""


def _quantile(rng: Generator, noise: str, q: float, each: int, n: int) -> bool:
    values = rng.exponential(1, (n, each))
    if noise == COMMON:
        values *= rng.lognormal(0, 0.2, (n, 1))
    found = pooled_quantile(Histogram.of(values.ravel()), q, np.quantile(values, q, axis=1).tolist())
    return holds(found, _QUANTILES[noise][q])


ALONE, CLUSTERS = "independent", "in clusters of 10"


def _share(rng: Generator, noise: str, percent: float, each: int, n: int) -> bool:
    size = 1 if noise == ALONE else 10
    hits = size * rng.binomial(each // size, percent / 100, n)
    found = share_estimate((100 * hits / each).tolist(), int(hits.sum()), n * each)
    return holds(found, percent)


POISSON, BATCHES = "Poisson", "Poisson in batches of 5"


def _events(rng: Generator, noise: str, mean: float, n: int) -> bool:
    size = 1 if noise == POISSON else 5
    return holds(count_estimate((size * rng.poisson(mean / size, n)).tolist()), mean)


def _means() -> Iterator[Promise]:
    for noise, n, least in (
        (NORMAL, 3, NAN),
        (NORMAL, 10, NAN),
        (EXPONENTIAL, 10, 0.88),
        (EXPONENTIAL, 30, 0.91),
        (LOGNORMAL, 10, 0.82),
        (LOGNORMAL, 30, 0.87),
    ):
        yield Promise(f"mean of {n} replications", noise, partial(_mean, noise=noise, n=n), least=least)


def _pooled() -> Iterator[Promise]:
    for noise, q, each, n, least in (
        (INDEPENDENT, 0.50, 10, 10, NAN),
        *((INDEPENDENT, 0.95, each, 10, NAN) for each in (3, 10, 50, 200)),
        (INDEPENDENT, 0.95, 10, 100, NAN),
        (COMMON, 0.50, 200, 10, NAN),
        *((COMMON, 0.95, each, 10, NAN) for each in (3, 10, 50)),
        (COMMON, 0.95, 200, 10, 0.91),
    ):
        what = f"P{100 * q:.0f} of {n} replications with {each} consignments"
        yield Promise(what, noise, partial(_quantile, noise=noise, q=q, each=each, n=n), least=least)


def _shares() -> Iterator[Promise]:
    for noise, percent, least in (
        (ALONE, 99.9, NAN),
        (ALONE, 99, NAN),
        (ALONE, 90, NAN),
        (ALONE, 50, NAN),
        (CLUSTERS, 99, 0.38),
        (CLUSTERS, 90, NAN),
    ):
        what = f"share of {percent} %, 10 replications with 50 consignments"
        yield Promise(what, noise, partial(_share, noise=noise, percent=percent, each=50, n=10), least=least)


def _counts() -> Iterator[Promise]:
    for noise, mean, least in (
        (POISSON, 0.02, NAN),
        (POISSON, 1, NAN),
        (POISSON, 10, NAN),
        (BATCHES, 1, 0.85),
        (BATCHES, 10, NAN),
    ):
        what = f"count of {mean} a replication, 10 replications"
        yield Promise(what, noise, partial(_events, noise=noise, mean=mean, n=10), least=least)


PROMISES: Sequence[Promise] = (*_means(), *_pooled(), *_shares(), *_counts())
"""All promises, in the order in which they are reported."""
