"""Intervals over replications, against hand values and scipy.stats."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fourport.study.histogram import Histogram
from fourport.study.statistics import (
    binomial_bounds,
    count_estimate,
    estimate,
    pooled_quantile,
    share_estimate,
    t_quantile,
)
from fourport.study.tabulate import ReplicationTables
from tests.study.made import average, tables

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


def test_a_pooled_quantile_by_hand() -> None:
    """Tests the median of 40 values in 4 replications: sections about the pooled value, t(3) = 3.182446."""
    values = np.arange(40.0).reshape(4, 10)
    found = pooled_quantile(Histogram.of(values.ravel()), 0.5, [4.5, 14.5, 24.5, 34.5])
    half = 3.182446 * math.sqrt((15**2 + 5**2 + 5**2 + 15**2) / 3) / 2
    assert (found.mean, found.n) == (19.5, 4)
    assert (found.low, found.high) == pytest.approx((19.5 - half, 19.5 + half), rel=1e-5)


def test_a_thin_tail_is_bounded_by_ranks() -> None:
    """Tests P95 of 100 independent values: the ranks 90 and 99, by the binomial distribution of scipy."""
    values = np.random.default_rng(3).exponential(1, (10, 10))
    found = pooled_quantile(Histogram.of(values.ravel()), 0.95, np.quantile(values, 0.95, axis=1).tolist())
    ranks = stats.binom.ppf([0.025, 0.975], 100, 0.95).astype(int)
    assert ranks.tolist() == [90, 99]
    low, high = np.sort(values.ravel())[[ranks[0] - 1, ranks[1]]]
    assert found.low <= low
    assert found.high >= high


def test_a_quantile_that_is_not_reached() -> None:
    """Tests the undelivered: no upper end where a section has none, no value where the sample has none.

    A replication without consignments is no section.
    """
    values = np.array([1.0, 2.0, 3.0, math.inf, 1.0, 2.0, 3.0, 4.0, 1.0, 2.0])
    found = pooled_quantile(Histogram.of(values), 0.8, [math.inf, 3.5, NAN, 1.8])
    assert (found.mean, found.high, found.n) == (3.2, math.inf, 3)
    assert 1.0 <= found.low <= 3.2
    lost = pooled_quantile(Histogram.of(values), 0.95, [math.inf, 4.0, 2.0])
    assert lost.mean == math.inf
    alone = pooled_quantile(Histogram.of(values), 0.5, [2.0])
    assert alone.mean == 2.0
    assert math.isnan(alone.low)


def test_rare_shares_have_exact_bounds() -> None:
    """Tests 500 of 500, exactly above 0.025^(1/500) = 99.26 %, and a share of a half by Student's t."""
    found = share_estimate([100.0] * 10, 500, 500)
    assert (found.mean, found.high) == (100.0, 100.0)
    assert found.low == pytest.approx(100 * 0.025 ** (1 / 500))
    shares = [40.0, 45.0, 55.0, 60.0]
    assert share_estimate(shares, 2000, 4000) == estimate(shares)


def test_rare_counts_have_exact_bounds() -> None:
    """Tests 0 and 4 events in 10 replications: Garwood's bounds 0 .. 3.689 and 1.090 .. 10.242 of a sum."""
    none = count_estimate([0.0] * 10)
    assert (none.mean, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(0.3689, abs=1e-4)
    few = count_estimate([1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 1.0, 0.0, 0.0])
    assert few.mean == pytest.approx(0.4)
    assert few.low <= 0.1090
    assert few.high == pytest.approx(1.0242, abs=1e-4)
    assert count_estimate([9.0, 11.0, 14.0]) == estimate([9.0, 11.0, 14.0])
    per_hundred = count_estimate([0.0, 0.0], [2.0, 3.0])
    assert per_hundred.high == pytest.approx(3.6889 / 5, abs=1e-4)


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
    found = average(tables({"z": 1.0, "b": 2.0}), tables({"z": 3.0, "a": 5.0, "b": 4.0}))
    assert list(found.summary) == [("l", "r", name, "h") for name in ("z", "b", "a")]
    assert found.summary["l", "r", "z", "h"].mean == 2.0
    assert found.summary["l", "r", "a", "h"].n == 1
    assert found.summary["l", "r", "b", "h"] == estimate([2.0, 4.0])
    assert (found.costs, found.stops) == ({}, {})


def test_means_that_leave_out_many_are_withheld() -> None:
    """Tests one undelivered of twenty, whose means are told, and two of twenty, whose means are not."""
    for lost, told in ((1, True), (2, False)):
        hours = np.array([5.0] * (20 - lost) + [math.inf] * lost)
        measured = {"door_to_door_time": 5.0, "freight_cost": 2.0}
        one = replace(
            tables(measured),
            costs={("l", "r", 0, "leg", "t", "line", "transport", "shipper", "freight", "USD/kg"): 2.0},
            samples={("l", "r", "door_to_door_time", "h"): Histogram.of(hours)},
        )
        found = average(one)
        values = [*found.summary.values(), *found.costs.values()]
        assert [math.isfinite(value.mean) for value in values] == [told] * 3


def test_the_sample_of_all_lanes_is_that_of_their_routes() -> None:
    """Tests P95 over two routes and two replications, one of them without goods on the second route."""
    a, b, c = (np.arange(start, start + 10.0) for start in (0, 100, 200))
    key = "door_to_door_time", "h"
    first = ReplicationTables(
        together={("*", "*", "door_to_door_time_p95", "h"): 1.0},
        samples={("l", "r", *key): Histogram.of(a), ("l", "s", *key): Histogram.of(b)},
    )
    second = ReplicationTables(
        together={("*", "*", "door_to_door_time_p95", "h"): 2.0}, samples={("l", "r", *key): Histogram.of(c)}
    )
    (found,) = average(first, second).together.values()
    assert found.mean == pytest.approx(np.quantile(np.concatenate([a, b, c]), 0.95), rel=1 / 4096)
    assert (first.samples, found.n) == ({}, 2)
