"""Studies of means, quantiles, shares, counts and ratios with known distributions, for coverage."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.counts import count_estimate, ratio_of_counts, share_estimate
from fourport.study.histogram import Histogram
from fourport.study.quantiles import pooled_quantile
from fourport.study.statistics import estimate, estimates, ratio_values
from fourport.study.verification.promise import NAN, Generator, Promise, holds

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
EXACT_QUANTILES = {
    INDEPENDENT: {0.5: math.log(2), 0.95: math.log(20)},
    COMMON: {0.5: 0.6890287036608141, 0.95: 3.115853574522819},
}
"""Exact quantiles; with lognormal levels by numerical integration."""


def _quantile(rng: Generator, noise: str, q: float, each: int, n: int) -> bool:
    values = rng.exponential(1, (n, each))
    if noise == COMMON:
        values *= rng.lognormal(0, 0.2, (n, 1))
    found = pooled_quantile(Histogram.of(values.ravel()), q, np.quantile(values, q, axis=1).tolist())
    return holds(found, EXACT_QUANTILES[noise][q])


def loads(rng: Generator, each: int, n: int) -> tuple[Floats, Floats]:
    """Draw numbers of consignments and kg of replications: Poisson, with exponential weights of 20 kg."""
    numbers = rng.poisson(each, n).astype(np.float64)
    return numbers, np.where(numbers > 0, 20 * rng.gamma(np.maximum(numbers, 1)), 0.0)


def per_kg(amounts: Floats, kg: Floats) -> Floats:
    """Return the amounts for each kg of replications; NaN for those without any."""
    found = np.full(len(kg), np.nan)
    np.divide(amounts, kg, out=found, where=kg > 0)
    return found


def _cost(rng: Generator, each: int, n: int) -> bool:
    """Charge 10 USD a consignment: 0.5 USD/kg."""
    numbers, kg = loads(rng, each, n)
    (found,) = estimates(per_kg(10 * numbers, kg)[None], kg[None])
    return holds(found, 0.5)


ALONE, CLUSTERS, WEEKS, ALL = (
    *("independent", "in clusters of 10"),
    *("all of a week or none", "all of a replication or none"),
)


_TOGETHER = {ALONE: 1, CLUSTERS: 10, WEEKS: 10, ALL: 50}
"""Number of consignments that count together or not."""


def _share(rng: Generator, noise: str, percent: float, weeks: int, n: int) -> bool:
    """Count consignments of replications with 50 of them, in so many weeks."""
    size, each = _TOGETHER[noise], 50
    hits = size * rng.binomial(each // size, percent / 100, n)
    return holds(share_estimate((100 * hits / each).tolist(), [float(each)] * n, weeks), percent)


POISSON, BATCHES = "Poisson", "Poisson in batches of 5"


def _events(rng: Generator, noise: str, mean: float, n: int) -> bool:
    """Count events among 100 consignments of each replication."""
    size = 1 if noise == POISSON else 5
    counts = size * rng.poisson(mean / size, n)
    return holds(count_estimate(counts.tolist(), among=[100.0] * n), mean)


_NOISY = "normal, 20 %", "lognormal, cv 0.5"


def _ratio(rng: Generator, noise: str, n: int) -> bool:
    if noise == _NOISY[0]:
        above, below = rng.normal(1, 0.2, (2, n))
    else:
        above, below = rng.lognormal(0, math.sqrt(math.log(1.25)), (2, n))
    return holds(estimate(ratio_values(above, below).tolist()), 1)


def _ratio_of_events(rng: Generator, noise: str, above: float, below: float, n: int) -> bool:
    size = 1 if noise == POISSON else 5
    counts = (size * rng.poisson(mean / size, n).astype(np.float64) for mean in (above, below))
    return holds(ratio_of_counts(*counts), above / below)


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


def _costs() -> Iterator[Promise]:
    for each, n in ((5, 10), (5, 300), (50, 10)):
        what = f"cost per kg of {n} replications with {each} consignments"
        yield Promise(what, "exponential weights", partial(_cost, each=each, n=n))


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
    for noise, percent, n in (
        *((ALONE, percent, 10) for percent in (99.9, 99, 90, 50)),
        *((CLUSTERS, percent, n) for percent in (99.9, 99, 90) for n in (10, 30)),
    ):
        what = f"share of {percent} %, {n} replications with 50 consignments"
        yield Promise(what, noise, partial(_share, noise=noise, percent=percent, weeks=1, n=n))
    for noise, percent, n, least in (
        *((WEEKS, percent, 10, NAN) for percent in (99.9, 99)),
        (WEEKS, 99.9, 30, NAN),
        (ALL, 90, 10, 0.62),
    ):
        what = f"share of {percent} %, {n} replications with 5 weeks of 10 consignments"
        study = partial(_share, noise=noise, percent=percent, weeks=5, n=n)
        yield Promise(what, noise, study, least=least)


def _counts() -> Iterator[Promise]:
    for noise in (POISSON, BATCHES):
        for mean in (0.02, 1, 10):
            what = f"count of {mean} a replication, 10 replications with 100 consignments"
            yield Promise(what, noise, partial(_events, noise=noise, mean=mean, n=10))


def _ratios() -> Iterator[Promise]:
    for noise, n, least in (
        *((_NOISY[0], n, NAN) for n in (4, 10, 100)),
        (_NOISY[1], 4, 0.91),
        *((_NOISY[1], n, NAN) for n in (10, 100)),
    ):
        yield Promise(f"ratio of {n} replications", noise, partial(_ratio, noise=noise, n=n), least=least)
    for noise in (POISSON, BATCHES):
        for above, below in ((0.02, 10), (0.5, 10), (1, 2), (10, 10)):
            what = f"ratio of counts of {above:g} and {below:g} a replication, 10 replications"
            study = partial(_ratio_of_events, noise=noise, above=above, below=below, n=10)
            least = 0.91 if noise == BATCHES and above == below else NAN
            yield Promise(what, noise, study, least=least)


def promises_of_estimates() -> Iterator[Promise]:
    """Yield the promises of intervals of means, costs, quantiles, shares, counts and ratios."""
    for some in (_means, _costs, _pooled, _shares, _counts, _ratios):
        yield from some()
