"""Tests of intervals that allow for skewness, against all resamples and an exact error rate."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from fourport.study.curves.bounds import LEAST, RESAMPLES, at_once, critical_value, one_by_one
from fourport.study.statistics import t_quantile


def students(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    """Give Student's t, about the mean of all, of every resample with replacement."""
    found = []
    for some in product(values.tolist(), repeat=len(values)):
        mean = sum(some) / len(some)
        spread = math.sqrt(sum((x - mean) ** 2 for x in some) / (len(some) - 1))
        off = mean - float(values.mean())
        found.append(off / spread * math.sqrt(len(some)) if spread else math.copysign(1e9, off))
    return sorted(found)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("error", [0.05, 0.2])
def test_intervals_are_those_of_all_resamples(
    error: float, sign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests six values with a long tail on one side, with all 46,656 resamples.

    The ends are between those by the exact quantiles that the drawn ones miss with a chance of 0.1 %.
    """
    monkeypatch.setattr("fourport.study.curves.bounds.LEAST", 6)
    values = sign * np.array([1.0, 1.5, 2.0, 2.2, 3.0, 7.0])
    exact = students(values)
    found, deviation = one_by_one(values[:, None], error), float(values.std(ddof=1) / math.sqrt(6))
    shares = [binom.ppf(p, RESAMPLES, error / 2) / RESAMPLES for p in (0.0005, 0.9995)]
    lowest, highest = (exact[math.floor(share * len(exact))] for share in shares)
    assert lowest <= -(found.high[0] - found.mean[0]) / deviation <= highest
    highest, lowest = (exact[-1 - math.floor(share * len(exact))] for share in shares)
    assert lowest <= (found.mean[0] - found.low[0]) / deviation <= highest


def test_critical_value_is_that_of_all_resamples() -> None:
    """Tests two tests over six replications with all resamples: the largest t, by the lengths of sides."""
    values = np.array([[1.0, 1.5, 2.0, 2.2, 3.0, 7.0], [3.0, 1.0, 4.0, 1.0, 5.0, 9.0]])
    unit = at_once(values.T, 1.0)
    error = values.std(axis=1, ddof=1) / math.sqrt(6)
    below, above = (unit.mean - unit.low) / error, (unit.high - unit.mean) / error
    assert (above > below).all(), "both have their long tail above"
    largest = []
    for some in product(range(6), repeat=6):
        of = values[:, some]
        off, spread = of.mean(axis=1) - unit.mean, of.std(axis=1, ddof=1) / math.sqrt(6)
        t = off / np.maximum(spread, 1e-12)
        largest.append(float(np.maximum(t / below, -t / above).max()))
    largest.sort()
    ends = [1 - binom.ppf(p, RESAMPLES, 0.1) / RESAMPLES for p in (0.9995, 0.0005)]
    low, high = (largest[math.floor(share * len(largest))] for share in ends)
    assert low <= critical_value([values.T], 0.1) <= high


def test_the_longer_side() -> None:
    """Tests that the mean of values with a long tail above may be higher by more than it may be lower."""
    values = np.random.default_rng(1).exponential(1, (20, 1))
    found = one_by_one(values, 0.05)
    assert found.high - found.mean > found.mean - found.low
    turned = one_by_one(-values, 0.05)
    assert (turned.low[0], turned.high[0]) == pytest.approx((-found.high[0], -found.low[0]))


def test_many_normal_values_are_as_with_student() -> None:
    """Tests that with 400 normal values the critical value is about Student's, 1.97."""
    values = np.random.default_rng(2).normal(0, 1, (400, 1))
    assert critical_value([values], 0.05) == pytest.approx(t_quantile(0.975, 399), abs=0.15)


def test_tests_that_move_together_count_as_one() -> None:
    """Tests that a hundred tests with the same noise need what one does, in one family or several, and that
    independent ones need more.
    """
    rng = np.random.default_rng(3)
    one = rng.normal(0, 1, (20, 1))
    alone = critical_value([one], 0.05)
    many = [one * scale + shift for scale, shift in ((np.geomspace(0.1, 9, 50), 4.0), (np.ones(50), 0.0))]
    together = critical_value(many, 0.05)
    assert together == pytest.approx(alone)
    assert critical_value([rng.normal(0, 1, (20, 50))], 0.05) > 1.3 * alone
    bounds, single = at_once(many[0], together), at_once(one, alone)
    assert (bounds.high - bounds.mean)[0] == pytest.approx(0.1 * (single.high - single.mean)[0])


def test_values_without_spread() -> None:
    """Tests that the same value each time has no interval around it, and costs other tests nothing."""
    same = np.full((LEAST, 2), 0.1 + 0.2)
    found = one_by_one(same, 0.05)
    assert (found.low == found.mean).all()
    assert (found.high == found.mean).all()
    other = np.random.default_rng(4).normal(0, 1, (LEAST, 1))
    assert critical_value([same, other], 0.05) == critical_value([other], 0.05)
    assert (at_once(same, critical_value([same], 0.05)).low == found.mean).all()


def test_few_replications() -> None:
    """Tests that nothing is known of the ends with fewer than ten replications."""
    found = one_by_one(np.arange(LEAST - 1.0)[:, None], 0.05)
    assert found.mean[0] == (LEAST - 2) / 2
    assert np.isnan([found.low[0], found.high[0]]).all()
