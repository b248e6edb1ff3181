"""Studies of paired differences and verdicts with known distributions, for the table of coverage."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.comparison.delivered_by_both import Column
from fourport.study.comparison.overview import dominance
from fourport.study.comparison.paired import LEVEL, differences, judge, mean_difference
from fourport.study.histogram import Histogram
from fourport.study.verification.coverage_of_estimates import COMMON, EXACT_QUANTILES, NORMAL, loads, per_kg
from fourport.study.verification.promise import NAN, STUDIES, Generator, Promise

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
    numbers, kg = loads(rng, each, n)
    dearer = 11 * rng.gamma(np.maximum(4 * numbers, 1)) / 4 * (numbers > 0)
    d = differences(per_kg(dearer, kg), per_kg(10 * numbers, kg), kg, kg)
    found = mean_difference(d)
    return found.low <= 0.05 <= found.high


def _difference_of_quantiles(rng: Generator, each: int, n: int) -> bool:
    """Compare two policies, of which one takes 1.1 times as long, on common levels of the replications."""
    values = rng.exponential(1, (n, each)) * rng.lognormal(0, 0.2, (n, 1))
    longer = 1.1 * values * np.exp(rng.normal(-0.02, 0.2, (n, each)))
    truth = 1.1 * _LONGER - EXACT_QUANTILES[COMMON][0.95]
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


def _differences() -> Iterator[Promise]:
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


def _verdicts() -> Iterator[Promise]:
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


def promises_of_comparisons() -> Iterator[Promise]:
    """Yield the promises of paired differences and of the verdicts on them."""
    yield from _differences()
    yield from _verdicts()
