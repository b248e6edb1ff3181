"""Intervals over replications, against hand values and scipy.stats."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fourport.plan.tables import Floats
from fourport.study.columns import Columns, Spool
from fourport.study.counts import binomial_bounds, count_estimate, share_estimate
from fourport.study.histogram import Histogram, Histograms
from fourport.study.keyed import Keys, Table
from fourport.study.measured_cohorts import Sampled
from fourport.study.packed import Numbers
from fourport.study.quantiles import pooled_quantile
from fourport.study.statistics import estimate, estimates, jackknife, rare, t_quantile
from fourport.study.tabulate import ReplicationTables
from tests.study.made import average, averaging, by_key, tables

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


def test_a_mean_is_that_of_all_kilograms() -> None:
    """Tests 1 USD/kg of 3 kg and 3 USD/kg of 1 kg by hand: 6 USD for 4 kg; either alone is 1.5 or 0.5 away.

    So it is t(1) 12.7062 times the root of (2.25 + 0.25) / 2. Where replications are equally heavy, it is
    the mean; those without goods are left out.
    """
    over = np.array([[3.0, 1.0, 0.0], [2.0, 2.0, 2.0], [NAN, NAN, NAN]])
    found = estimates(np.array([[1.0, 3.0, NAN], [1.0, 3.0, 5.0], [1.0, 3.0, 5.0]]), over)
    half = 12.7062 * math.sqrt(1.25)
    assert (found[0].mean, found[0].n) == (1.5, 2)
    assert (found[0].low, found[0].high) == pytest.approx((1.5 - half, 1.5 + half), rel=1e-5)
    assert [found[1], found[2]] == [estimate([1.0, 3.0, 5.0])] * 2


def test_few_consignments_do_not_bias_a_cost() -> None:
    """Tests 10 USD a consignment of exponential weight, mean 20 kg, some 5 a replication: 0.5 USD/kg.

    The mean of the ratios of 300 replications is at least 10 % off. Of 500 intervals of 30 replications
    94 % or so hold the truth (fewer than 90 % once in 10,000).
    """
    rng = np.random.default_rng(8)

    def drawn(n: int) -> tuple[np.ndarray, np.ndarray]:
        numbers = rng.poisson(5, n)
        kg = np.array([rng.exponential(20, k).sum() for k in numbers])
        values = np.full(n, NAN)
        np.divide(10 * numbers, kg, out=values, where=kg > 0)
        return values[None], kg[None]

    values, kg = drawn(300)
    (found,) = estimates(values, kg)
    assert found.low <= 0.5 <= found.high
    assert np.nanmean(values) > 0.55
    held = sum(one.low <= 0.5 <= one.high for one in (estimates(*drawn(30))[0] for _ in range(500)))
    assert held >= stats.binom.ppf(1e-4, 500, 0.94)


def _sampled(values: Mapping[tuple[str, ...], Sequence[float] | Floats]) -> Sampled:
    """Give the values of consignments by key."""
    histograms = [Histogram.of(np.array(its, dtype=np.float64)) for its in values.values()]
    return [Keys(values)], Histograms.of(histograms)


def test_rare_means_have_no_interval() -> None:
    """Tests hours of what happens in none, or in four of ten replications, against five, and all of three."""
    ten = [[0.0] * (10 - k) + [1.0 + k] * k for k in (0, 4, 5, 10)]
    assert rare(np.array(ten)).tolist() == [True, True, False, False]
    assert rare(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 0.0], [NAN, 2.0, 3.0]])).tolist() == [
        False,
        True,
        False,
    ]
    assert rare(np.array([[0.0, 2.0]]), np.array([[0.0, 7.0]])).tolist() == [False]
    key = "l", "r", "time_cancelled", "h"
    one = [ReplicationTables(Table({key: value}, {key: 40.0})) for value in (0.0, 0.0, 6.0)]
    found = by_key(average(*one).summary)[key]
    assert (found.mean, found.n) == (2.0, 3)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_a_share_of_all_or_none_is_bounded_by_replications() -> None:
    """Tests 500 of 500: above 0.025^(1/10) if goods of a replication fail together, 0.025^(1/80) if weeks do.

    If all are known to be independent, it is 0.025^(1/500) = 99.26 %. A share of a half has Student's t.
    """
    for clusters, n in ((1, 10), (8, 80), (50, 500), (90, 500)):
        found = share_estimate([100.0] * 10, [50.0] * 10, clusters)
        assert (found.mean, found.high) == (100.0, 100.0)
        assert found.low == pytest.approx(100 * 0.025 ** (1 / n))
        assert share_estimate([0.0] * 10, [50.0] * 10, clusters).high == pytest.approx(100 - found.low)
    shares = [40.0, 45.0, 55.0, 60.0]
    assert share_estimate(shares, [1000.0] * 4) == estimate(shares)
    uneven = share_estimate([100.0, 50.0], [300.0, 100.0])
    assert uneven.mean == 87.5


def test_a_rare_share_has_the_bounds_of_its_effective_number() -> None:
    """Tests 490 of 500, ten lost at once, by hand: the variance 4 of the mean is 10.2 times the binomial one.

    With t(9) 2.262157 and t(499) 1.964729 it is 13.5 times; lost one by one the effect is no less than 1.
    """
    found = share_estimate([100.0] * 9 + [80.0], [50.0] * 10)
    effect = 4 / (0.98 * 0.02 / 500 * 1e4) * (2.262157 / 1.964729) ** 2
    assert effect == pytest.approx(13.53, abs=0.01)
    hits, lost = 490 / effect, 10 / effect
    low, high = (stats.beta.ppf(p, *ab) for p, ab in ((0.025, (hits, lost + 1)), (0.975, (hits + 1, lost))))
    assert (found.mean, found.low, found.high) == pytest.approx((98.0, 100 * low, 100 * high), rel=1e-5)
    apart = share_estimate([98.0] * 10, [50.0] * 10)
    assert (apart.low / 100, apart.high / 100) == pytest.approx(
        stats.binomtest(490, 500).proportion_ci(0.95), rel=1e-6
    )


def test_rare_counts_have_exact_bounds() -> None:
    """Tests 0 events in 10 replications: Garwood's 3.689; and 4, whose variance 4.4 / 9 makes them 2.46.

    The variance of their sum is 4.889 instead of 4, and t(9) 2.262157 stands for 1.959964. With as many as
    100 consignments of a replication none is less than of 10 weeks: 100 (1 - 0.025^(1/10)).
    """
    none = count_estimate([0.0] * 10)
    assert (none.mean, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(0.3689, abs=1e-4)
    few = count_estimate([1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 1.0, 0.0, 0.0])
    effect = 4.8889 / 4 * (2.262157 / 1.959964) ** 2
    ends = stats.gamma.ppf(0.025, 4 / effect), stats.gamma.ppf(0.975, 4 / effect + 1)
    assert (few.mean, few.low, few.high) == pytest.approx(
        (0.4, ends[0] * effect / 10, ends[1] * effect / 10), rel=1e-4
    )
    even = count_estimate([1.0] * 4 + [0.0] * 6)
    assert (even.low, even.high) == pytest.approx((0.1090, 1.0242), abs=1e-4)
    assert count_estimate([9.0, 11.0, 14.0]) == estimate([9.0, 11.0, 14.0])
    per_hundred = count_estimate([0.0, 0.0], [2.0, 3.0])
    assert per_hundred.high == pytest.approx(3.6889 / 5, abs=1e-4)
    among = count_estimate([0.0] * 10, among=[100.0] * 10)
    assert among.high == pytest.approx(100 * (1 - 0.025**0.1))
    by_week = count_estimate([0.0] * 10, among=[100.0] * 10, clusters=1000)
    assert by_week.high == pytest.approx(0.3689, abs=1e-3)


def test_a_difference_of_ratios_is_jackknifed() -> None:
    """Tests values of a quantity of four sums against leaving out each replication in a loop."""
    rng = np.random.default_rng(4)
    parts = [rng.exponential(1, 7) for _ in range(4)]

    def difference(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
        return np.asarray(a / b - c / d)

    left = [difference(*(np.delete(part, k).sum() for part in parts)) for k in range(7)]
    whole = difference(*(part.sum() for part in parts))
    assert jackknife(difference, *parts) == pytest.approx(np.array([7 * whole - 6 * one for one in left]))


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
    summary = by_key(found.summary)
    assert list(summary) == [("l", "r", name, "h") for name in ("z", "b", "a")]
    assert summary["l", "r", "z", "h"].mean == 2.0
    assert summary["l", "r", "a", "h"].n == 1
    assert summary["l", "r", "b", "h"] == estimate([2.0, 4.0])
    assert not [*found.costs.keys, *found.stops.keys]


def test_groups_stand_together() -> None:
    """Tests the order of groups of which a later replication has more: group by group, all routes first."""
    of_all, of_route, late = ("*", "*"), ("l", "r"), ("l", "s")

    def replication(**places: list[tuple[str, str]]) -> ReplicationTables:
        keys = [
            (*place, "weekday", name, "undelivered", "consignments")
            for name, its in places.items()
            for place in its
        ]
        weeks: dict[tuple[()] | tuple[str, str], int] = {(): 1}
        weeks |= dict.fromkeys((("weekday", name) for name in places), 1)
        return ReplicationTables(groups=Table(dict.fromkeys(keys, 1.0)), weeks=weeks)

    found = average(
        replication(Mon=[of_route], Tue=[of_all, of_route]), replication(Mon=[of_all, late], Tue=[])
    )
    assert [(*key[:2], key[3]) for key in found.groups.keys] == [
        (*of_all, "Mon"),
        (*of_route, "Mon"),
        (*late, "Mon"),
        (*of_all, "Tue"),
        (*of_route, "Tue"),
    ]
    assert {(one.mean, one.n) for one in found.groups.estimates} == {(0.5, 2)}


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 9), max_size=8),
            st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 9), max_size=8),
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 12),
)
@settings(max_examples=30)
def test_numbers_that_are_in_a_file(
    replications: list[tuple[dict[str, float], dict[str, float]]], at_once: int
) -> None:
    """Tests that values, and what they are over, are found by key and replication in a file, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.study.columns.IN_MEMORY_BYTES", 1)
        patch.setattr("fourport.study.columns.AT_ONCE", at_once)
        columns, others = (
            Columns(spool, lambda key: 0.0 if key == ("a",) else NAN) for spool in [Spool()] * 2
        )
        for value, over in replications:
            columns.add(
                Numbers.of(Table(*({(key,): number for key, number in one.items()} for one in (value, over))))
            )
            others.add(Numbers.of(Table({("other",): 7.0})))
        keys = list(dict.fromkeys((key,) for value, _ in replications for key in value))
        asked = [("nothing",), *reversed(keys)]
        at = columns.at(asked)
        absent = {"a": 0.0}
        values = [[value.get(key, absent.get(key, NAN)) for value, _ in replications] for (key,) in asked]
        overs = [
            [over.get(key, NAN) if key in value else NAN for value, over in replications] for (key,) in asked
        ]
        blocks = [*columns.blocks()]
        assert list(columns.keys) == keys == [key for _, some in blocks for key in some]
        assert [k for some, _ in blocks for k in some.tolist()] == [*range(len(keys))]
        np.testing.assert_array_equal(columns.values(at), values)
        np.testing.assert_array_equal(columns.over(at), overs)
        for number in range(len(replications)):
            row = np.transpose([values, overs])[number] if keys else np.empty((1, 2))
            np.testing.assert_array_equal(np.transpose(columns.row(number)), row[:0:-1])


def test_memory_does_not_grow_with_the_replications() -> None:
    """Tests that four times as many replications take no more memory until their tables are written."""
    one = tables({f"m{k}": float(k) for k in range(500)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.study.columns.IN_MEMORY_BYTES", 5_000)
        patch.setattr("fourport.study.columns.AT_ONCE", 1000)
        peaks = []
        for n in (15, 60, 15, 60):  # at first also what is kept for ever, whichever test comes first
            tracemalloc.start()
            found = averaging(*[one] * n)
            assert sum(len(values) for *_, values, _ in found.by_replication()) == 500 * n
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[3] < 1.2 * peaks[2]


def test_means_that_leave_out_many_are_withheld() -> None:
    """Tests one undelivered of twenty, whose means are told, and two of twenty, whose means are not."""
    for lost, told in ((1, True), (2, False)):
        hours = np.array([5.0] * (20 - lost) + [math.inf] * lost)
        measured = {"door_to_door_time": 5.0, "freight_cost": 2.0}
        one = replace(
            tables(measured),
            costs=Table(
                {("l", "r", 0, "leg", "t", "line", "transport", "shipper", "freight", "USD/kg"): 2.0}
            ),
            samples=[_sampled({("l", "r", "door_to_door_time", "h"): hours})],
        )
        found = average(one)
        values = [*found.summary.estimates, *found.costs.estimates]
        assert [math.isfinite(value.mean) for value in values] == [told] * 3


def test_the_sample_of_all_lanes_is_that_of_their_routes() -> None:
    """Tests P95 over two routes and two replications, one of them without goods on the second route."""
    a, b, c = (np.arange(start, start + 10.0) for start in (0, 100, 200))
    key = "door_to_door_time", "h"
    first = ReplicationTables(
        together=Table({("*", "*", "door_to_door_time_p95", "h"): 1.0}),
        samples=[_sampled({("l", "r", *key): a, ("l", "s", *key): b})],
    )
    second = ReplicationTables(
        together=Table({("*", "*", "door_to_door_time_p95", "h"): 2.0}),
        samples=[_sampled({("l", "r", *key): c})],
    )
    (found,) = average(first, second).together.estimates
    assert found.mean == pytest.approx(np.quantile(np.concatenate([a, b, c]), 0.95), rel=1 / 4096)
    assert found.n == 2
