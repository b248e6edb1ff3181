"""Paired differences by hand, tests by sign flips against SciPy, and what few replications can tell."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from fourport.plan.tables import Floats
from fourport.study.comparison.paired import (
    EXACT,
    LEAST,
    LEVEL,
    POWER,
    detectable,
    differences,
    judge,
    mean_difference,
    replications_for,
)
from tests.study.made import D

NAN, INF = float("nan"), float("inf")


def array(*values: float) -> Floats:
    """Give values of replications."""
    return np.array(values)


def test_a_paired_difference_by_hand() -> None:
    """Tests 1.100 +- 0.1847, whatever the values are that differ by this."""
    baseline = array(40.0, 7.0, 120.0, -3.0, 0.0, 55.5, 8.0, 9.0, 10.0, 1.0)
    found = mean_difference(differences(baseline + D, baseline))
    assert found.mean == pytest.approx(1.1)
    assert (found.high - found.low) / 2 == pytest.approx(0.1847, abs=5e-5)
    assert found.n == 10


def test_difference_of_a_quantile_is_about_the_pooled_one() -> None:
    """Tests D about 1.4, by sectioning: sqrt(sum (d - 1.4)^2 / 9 / 10) is 0.12910, times t 2.262157 0.29203.

    The sum of squares about the mean is 0.6, and 10 times 0.3 squared is 0.9 more.
    """
    found = mean_difference(np.array(D), 1.4)
    assert found.mean == 1.4
    assert (found.high - found.low) / 2 == pytest.approx(2.262157 * math.sqrt(1.5 / 90), abs=1e-6)


def test_what_is_unknown_is_not_guessed() -> None:
    """Tests missing pairs, one pair, infinite values and differences that do not vary."""
    assert mean_difference(differences(array(1.0, NAN, 3.0, 6.0), array(0.0, 5.0, NAN, 4.0))).n == 2
    alone = mean_difference(differences(array(3.0), array(1.0)))
    assert (alone.mean, alone.n) == (2.0, 1)
    assert math.isnan(alone.low)
    for values in (array(1.0, INF), array(INF, INF)):
        assert np.isnan(differences(values, array(INF, 2.0))).all()
    found = mean_difference(differences(array(6.0, 8.0), array(5.0, 7.0)))
    assert (found.mean, found.low, found.high) == (1.0, 1.0, 1.0)
    d = np.array([[NAN, NAN, NAN], [1.0, NAN, NAN], [0.0, 0.0, 0.0], [2.0, 2.0, 2.0]])
    found_p = judge(d).p
    assert np.isnan(found_p[:2]).all()
    assert found_p[2:].tolist() == [1.0, 0.25]


def test_what_differs_by_rounding_only_does_not_differ() -> None:
    """Tests values stored with 12 digits: 20 min more each time has the p of equal signs, rounding has 1.

    One unit more in one of them does not change p five-hundredfold, as it does where a sign test is used for
    equal differences and a t test for all others.
    """
    hours = [10 / 3, 20 / 3, 31 / 3, 1 / 7]
    stored = np.array([float(f"{value:.12g}") for value in hours])
    later = np.array([float(f"{value + 1 / 3:.12g}") for value in hours])
    uneven = later + array(0, 0, 0, 1e-9)
    assert judge(np.array([differences(one, stored) for one in (later, stored + 1e-12)])).p.tolist() == [
        0.125,
        1,
    ]
    assert judge(differences(uneven, stored)[np.newaxis]).p.tolist() == [0.125]
    counts = np.array([[2.0] * 10, [2.0] * 9 + [3.0]])
    assert judge(counts[:1]).p == judge(counts[1:]).p == 2 / 1024


@pytest.mark.parametrize("n", [5, 9, 13])
def test_one_test_is_that_of_scipy(n: int) -> None:
    """Tests against SciPy's permutation test of paired samples, which flips signs in every way, too."""
    d = np.random.default_rng(n).exponential(1, n) - 0.4
    expected = stats.permutation_test(
        (d,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    assert judge(d[np.newaxis]).p[0] == pytest.approx(expected.pvalue)
    greater = stats.permutation_test(
        (d,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="greater"
    )
    assert judge(d[np.newaxis], greater=True).p[0] == pytest.approx(greater.pvalue)


def test_many_flips_are_sampled() -> None:
    """Tests that the p value of more replications is near that of all flips, and the same each time."""
    d = np.random.default_rng(1).normal(0.5, 1, EXACT + 3)[np.newaxis]
    exact = stats.permutation_test((d[0],), np.mean, permutation_type="samples", n_resamples=2**16).pvalue
    assert judge(d).p[0] == judge(d).p[0] == pytest.approx(exact, abs=4 * math.sqrt(exact / 10_000))


@pytest.mark.parametrize("greater", [False, True])
@pytest.mark.parametrize("at_once", [2_000_000, 20])
def test_step_down_by_definition(at_once: int, greater: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests max-T written out: each row against the largest of itself and the less significant ones.

    At once, or two flips of ten tests in each step. What all rows have in common makes them move together, so
    that of many flips even the largest statistic is below that of a row whose mean is negative.
    """
    for name in ("_AT_ONCE", "_IN_CACHE"):
        monkeypatch.setattr(f"fourport.study.comparison.paired.{name}", at_once)
    rng = np.random.default_rng(5)
    d = rng.normal(0, 1, (36, 7)) + np.tile([2.0, 0.0, 0.6, 0.0, 1.0, 0.3], 6)[:, None]
    d += array(3, -3, 2, -2, 1, -1, -2)
    root = np.sqrt((d**2).sum(axis=1))
    sums = np.array([d @ np.array(signs) for signs in product((1, -1), repeat=7)])  # unflipped first
    flipped = (sums if greater else np.abs(sums)) / root
    observed = flipped[0]
    expected, least = np.empty(len(d)), 0.0
    left = list(np.argsort(-observed))
    while left:
        first = left[0]
        least = max(least, float((flipped[:, left].max(axis=1) >= observed[first] - 1e-9).mean()))
        expected[first] = least
        left = left[1:]
    assert judge(d, greater=greater).p.tolist() == pytest.approx(expected.tolist())
    if greater:
        assert len({*expected[observed < 0]}) > 1


def test_what_never_differs_and_what_moves_together_costs_nothing() -> None:
    """Tests that rows of zeros, copies and multiples of a row leave its p value as it is."""
    d = np.random.default_rng(2).normal(1, 1, (1, 8))
    alone = judge(d).p[0]
    family = np.vstack([d, np.zeros((50, 8)), d * 3, -d])
    assert judge(family).p[[0, 51, 52]].tolist() == [alone] * 3


@pytest.mark.parametrize("kind", ["normal", "exchangeable"])
@pytest.mark.parametrize("n", [8, 20])
def test_false_findings_are_as_rare_as_promised(kind: str, n: int) -> None:
    """Tests the rate of false findings over families of 40 true zeros: exact if signs are equally likely.

    "exchangeable" is the difference of two equally distributed skewed values, as of two policies that are the
    same: it is symmetric, with heavy tails.
    """
    rng, studies = np.random.default_rng(12), 500 if n == 8 else 200
    false = 0
    for _ in range(studies):
        d = rng.normal(0, 1, (40, n))
        if kind == "exchangeable":
            d = rng.lognormal(0, 1, (40, n)) - rng.lognormal(0, 1, (40, n))
        false += judge(d, sampled=999).p.min() < LEVEL
    low, high = stats.binomtest(false, studies).proportion_ci(0.999)
    assert low <= LEVEL <= high or false < LEVEL * studies


def test_what_can_be_found() -> None:
    """Tests by simulation that the difference that is said to be detectable is found in 80 % of studies."""
    rng, n = np.random.default_rng(3), 12
    noise = rng.normal(0, 1, (30, n))
    least = detectable(n, judge(noise).critical)
    found = 0
    for _ in range(300):
        d = rng.normal(0, 1, (30, n))
        d[0] += least
        found += judge(d).p[0] < LEVEL
    low, high = stats.binomtest(found, 300).proportion_ci(0.999)
    assert low <= POWER <= high


def test_too_few_replications() -> None:
    """Tests that 5 cannot show anything at 5 %, since 2 of 32 flips are as large, and how many it takes."""
    assert LEAST == 6
    five = judge(np.ones((1, 5)))
    assert five.p.tolist() == [2 / 32]
    assert five.critical == INF
    assert detectable(5, five.critical) == INF
    assert judge(np.ones((1, 6))).p.tolist() == [2 / 64]
    enough = replications_for(1.0, 5, INF, 40)
    critical = judge(np.random.default_rng(1).normal(0, 1, (40, enough))).critical
    assert detectable(enough, critical) == pytest.approx(1.0, abs=0.08)
