"""Intervals over replications, against hand values and scipy.stats."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fourport.study.averages import average
from fourport.study.statistics import binomial_bounds, estimate, t_quantile
from tests.study.made import tables

NAN = math.nan
DIFFERENCES = [1.2, 0.8, 1.5, 0.9, 1.1, 1.4, 0.7, 1.0, 1.3, 1.1]
"""Ten paired differences: mean 1.100, standard deviation 0.25820, t(9) 2.26216, half-width 0.1847."""


def test_ten_differences() -> None:
    """Tests the published example: 1.100 +- 0.1847 at 95 %."""
    found = estimate(DIFFERENCES)
    assert found.n == 10
    assert found.mean == pytest.approx(1.1, abs=1e-12)
    assert found.high - found.mean == pytest.approx(0.1847, abs=5e-5)
    assert found.mean - found.low == pytest.approx(0.1847, abs=5e-5)


def test_other_levels() -> None:
    """Tests 90 and 99 % by the tabled t(9) of 1.833113 and 3.249836."""
    for confidence, t in ((0.90, 1.833113), (0.99, 3.249836)):
        found = estimate(DIFFERENCES, confidence)
        assert found.high - found.mean == pytest.approx(t * 0.2581989 / math.sqrt(10), rel=1e-6)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_any_values(values: list[float]) -> None:
    """Tests any values against scipy's t interval."""
    found = estimate(values)
    error = float(stats.sem(values))
    low, high = (
        stats.t.interval(0.95, len(values) - 1, np.mean(values), error) if error else (found.mean,) * 2
    )
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9, abs=1e-6)
    assert found.low <= found.mean <= found.high


def test_bounds_of_a_share() -> None:
    """Tests 10 of 10 and 0 of 10 by hand, 0.05^(1/10) = 74.1 %, others against scipy, and no trial."""
    assert binomial_bounds(10, 10) == pytest.approx((0.741134, 1.0), abs=1e-6)
    assert binomial_bounds(0, 10) == pytest.approx((0.0, 1 - 0.741134), abs=1e-6)
    for hits, trials, confidence in ((3, 10, 0.95), (97, 100, 0.975), (1, 2, 0.99)):
        low, high = binomial_bounds(hits, trials, confidence)
        above = stats.binomtest(hits, trials, alternative="greater").proportion_ci(confidence)
        below = stats.binomtest(hits, trials, alternative="less").proportion_ci(confidence)
        assert (low, high) == pytest.approx((above.low, below.high), abs=1e-9)
    assert binomial_bounds(0, 0) == (0.0, 1.0)


def test_missing_values() -> None:
    """Tests that replications without a value are left out and not counted."""
    assert estimate([NAN, *DIFFERENCES[:5], NAN, *DIFFERENCES[5:]]) == estimate(DIFFERENCES)
    alone = estimate([NAN, 3.5])
    assert (alone.mean, alone.n) == (3.5, 1)
    assert math.isnan(alone.low)
    assert math.isnan(alone.high)
    for none in ([], [NAN, NAN]):
        found = estimate(none)
        assert found.n == 0
        assert all(map(math.isnan, (found.mean, found.low, found.high)))


def test_t_quantiles() -> None:
    """Tests tabled values: t(1) 12.7062, t(9) 2.262157, t(30) 2.042272, and the normal far out."""
    for df, t in ((1, 12.7062), (9, 2.262157), (30, 2.042272), (10**7, 1.959964)):
        assert t_quantile(0.975, df) == pytest.approx(t, rel=1e-5)


def test_an_interval_holds_its_promise() -> None:
    """Tests that of 2,000 intervals of 5 normal values 95 % hold the mean (wrong once in 10,000)."""
    values = np.random.default_rng(5).normal(3, 2, (2000, 5))
    held = sum(found.low <= 3 <= found.high for found in map(estimate, values.tolist()))
    low, high = stats.binom.interval(1 - 1e-4, 2000, 0.95)
    assert low <= held <= high


def test_average_keeps_the_order() -> None:
    """Tests that keys stand in the order in which replications first have them, not by name."""
    found = average([tables({"z": 1.0, "b": 2.0}), tables({"z": 3.0, "a": 5.0, "b": 4.0})])
    assert list(found.summary) == [("l", "r", name, "h") for name in ("z", "b", "a")]
    assert found.summary["l", "r", "z", "h"].mean == 2.0
    assert found.summary["l", "r", "a", "h"].n == 1
    assert found.summary["l", "r", "b", "h"] == estimate([2.0, 4.0])
    assert (found.costs, found.stops) == ({}, {})
