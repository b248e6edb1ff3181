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
from fourport.study.comparison.delivered_by_both import Column
from fourport.study.comparison.overview import dominance
from fourport.study.comparison.paired import LEVEL, differences, judge, mean_difference
from fourport.study.counts import binomial_bounds, count_estimate, ratio_of_counts, share_estimate
from fourport.study.histogram import Histogram
from fourport.study.parallel import Progress, in_order
from fourport.study.quantiles import pooled_quantile
from fourport.study.statistics import Estimate, estimate, estimates, ratio_values
from fourport.study.verification import coverage_of_curves

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


def _loads(rng: Generator, each: int, n: int) -> tuple[Floats, Floats]:
    """Draw numbers of consignments and kg of replications: Poisson, with exponential weights of 20 kg."""
    numbers = rng.poisson(each, n).astype(np.float64)
    return numbers, np.where(numbers > 0, 20 * rng.gamma(np.maximum(numbers, 1)), 0.0)


def _per_kg(amounts: Floats, kg: Floats) -> Floats:
    found = np.full(len(kg), np.nan)
    np.divide(amounts, kg, out=found, where=kg > 0)
    return found


def _cost(rng: Generator, each: int, n: int) -> bool:
    """Charge 10 USD a consignment: 0.5 USD/kg."""
    numbers, kg = _loads(rng, each, n)
    (found,) = estimates(_per_kg(10 * numbers, kg)[None], kg[None])
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


_LONGER = 3.1728459905572457
"""P95 of an exponential value times a lognormal one of deviation 0.2 sqrt 2 and median exp(-0.02)."""

SKEWED, LEANING = "difference of two exponentials", "exponential less its mean"
_DIFFERENCES: dict[str, Callable[[Generator, tuple[int, ...]], Floats]] = {
    NORMAL: lambda rng, shape: rng.normal(0, 1, shape),
    SKEWED: lambda rng, shape: (rng.exponential(1, shape) - rng.exponential(1, shape)) / math.sqrt(2),
    LEANING: lambda rng, shape: rng.exponential(1, shape) - 1,
}
"""Draws paired differences with mean 0 and deviation 1.

Two policies without a difference give the first or the second, whose signs are equally likely. Differences of
the third have a mean of zero and lean to one side, which flips of signs do not allow for.
"""


def _no_false_finding(rng: Generator, noise: str, tests: int, n: int) -> bool:
    return bool(judge(_DIFFERENCES[noise](rng, (tests, n)), sampled=999).p.min() >= LEVEL)


def _difference(rng: Generator, noise: str, n: int) -> bool:
    found = mean_difference(_DIFFERENCES[noise](rng, (n,)))
    return found.low <= 0 <= found.high


def _difference_of_costs(rng: Generator, each: int, n: int) -> bool:
    """Compare two policies on the same consignments: 10 USD each, and 11 USD on average."""
    numbers, kg = _loads(rng, each, n)
    dearer = 11 * rng.gamma(np.maximum(4 * numbers, 1)) / 4 * (numbers > 0)
    d = differences(_per_kg(dearer, kg), _per_kg(10 * numbers, kg), kg, kg)
    found = mean_difference(d)
    return found.low <= 0.05 <= found.high


def _difference_of_quantiles(rng: Generator, each: int, n: int) -> bool:
    """Compare two policies, of which one takes 1.1 times as long, on common levels of the replications."""
    values = rng.exponential(1, (n, each)) * rng.lognormal(0, 0.2, (n, 1))
    longer = 1.1 * values * np.exp(rng.normal(-0.02, 0.2, (n, each)))
    truth = 1.1 * _LONGER - _QUANTILES[COMMON][0.95]
    ends = (Histogram.of(one.ravel()).quantiles(np.array([0.95]))[0] for one in (longer, values))
    pooled = float(next(ends) - next(ends))
    d = np.quantile(longer, 0.95, axis=1) - np.quantile(values, 0.95, axis=1)
    found = mean_difference(d, pooled)
    return found.low <= truth <= found.high


def _no_false_domination(rng: Generator, noise: str, deviations: float, n: int) -> bool:
    """Compare with a policy that takes 2 % less time for sure, and costs just 1 %, the margin, more."""
    before = {"door_to_door_time": 100.0 + np.zeros(n), "logistics_cost": 100.0 + np.zeros(n)}
    after = {
        "door_to_door_time": 98 + rng.normal(0, 0.1, n),
        "logistics_cost": 101 + _DIFFERENCES[noise](rng, (n,)) / deviations,
    }
    units = ({name: Column("", values) for name, values in one.items()} for one in (before, after))
    return not dominance(dict(zip(("before", "after"), units, strict=True))).by["before"]


def _comparisons() -> Iterator[Promise]:
    for noise, least in ((NORMAL, NAN), (SKEWED, NAN), (LEANING, 0.88)):
        what = "difference of 10 replications"
        yield Promise(what, noise, partial(_difference, noise=noise, n=10), least=least)
    for each, n in ((5, 10), (5, 100), (50, 10)):
        what = f"difference of costs per kg, {n} replications with {each} consignments"
        study = partial(_difference_of_costs, each=each, n=n)
        yield Promise(what, "exponential weights", study)
    for each, n in ((100, 10), (100, 50), (200, 10), (200, 50)):  # with fewer, no interval is given
        what = f"difference of P95, {n} replications with {each} consignments"
        yield Promise(what, COMMON, partial(_difference_of_quantiles, each=each, n=n), least=0.91)
    for noise, tests, n, least in (
        *((noise, 40, n, NAN) for noise in (NORMAL, SKEWED) for n in (10, 30)),
        (LEANING, 1, 10, 0.88),
        (LEANING, 40, 10, 0.50),
    ):
        what = f"no false finding among {tests} differences of {n} replications"
        study = partial(_no_false_finding, noise=noise, tests=tests, n=n)
        yield Promise(what, noise, study, least=least, studies=STUDIES if n == 10 else STUDIES // 8)
    for noise, least in ((NORMAL, NAN), (SKEWED, NAN), (LEANING, 0.88)):
        for deviations in (0.1, 0.3):
            what = f"no domination by what is worse by the margin, {deviations} deviations, 10 replications"
            study = partial(_no_false_domination, noise=noise, deviations=deviations, n=10)
            yield Promise(what, noise, study, least=least)


def _curves() -> Iterator[Promise]:
    for what, noise, study, least in coverage_of_curves.rows():
        yield Promise(what, noise, study, least=least, studies=coverage_of_curves.STUDIES)


PROMISES: Sequence[Promise] = (
    *_means(),
    *_costs(),
    *_pooled(),
    *_shares(),
    *_counts(),
    *_ratios(),
    *_comparisons(),
    *_curves(),
)
"""All promises, in the order in which they are reported."""
