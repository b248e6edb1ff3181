"""Paired differences and Holm's p values, by hand and against SciPy, and what few replications can tell."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fourport.study.comparison.paired import all_paired, detectable, holm, paired, replications_for, sign_test
from tests.study.made import D

NAN, INF = float("nan"), float("inf")


def test_a_paired_difference_by_hand() -> None:
    """Tests 1.100 +- 0.1847, whatever the values are that differ by this."""
    baseline = [40.0, 7.0, 120.0, -3.0, 0.0, 55.5, 8.0, 9.0, 10.0, 1.0]
    found = paired([b + d for b, d in zip(baseline, D, strict=True)], baseline)
    assert found.mean == pytest.approx(1.1)
    assert (found.high - found.low) / 2 == pytest.approx(0.1847, abs=5e-5)
    assert found.n == 10
    assert found.p == pytest.approx(float(stats.ttest_1samp(D, 0).pvalue), rel=1e-9)


def test_what_is_unknown_is_not_guessed() -> None:
    """Tests missing pairs, one pair, infinite values and differences that do not vary."""
    assert paired([1.0, NAN, 3.0, 6.0], [0.0, 5.0, NAN, 4.0]).n == 2
    alone = paired([3.0], [1.0])
    assert (alone.mean, alone.n) == (2.0, 1)
    assert math.isnan(alone.p)
    for values in ([1.0, INF], [INF, INF]):
        found = paired(values, [INF, 2.0])
        assert math.isnan(found.mean)
        assert (math.isnan(found.p), found.n) == (True, 2)
    assert paired([], []).n == 0
    same = paired([5.0, 7.0], [5.0, 7.0])
    assert (same.mean, same.low, same.high, same.p) == (0.0, 0.0, 0.0, 1.0)
    shifted = paired([6.0, 8.0], [5.0, 7.0])
    assert (shifted.mean, shifted.low, shifted.high, shifted.p) == (1.0, 1.0, 1.0, 0.5)
    assert paired([6.0, 8.0, 3.0], [5.0, 7.0, 2.0]).p == 0.25
    assert paired([6.0, 8.0, 3.0], [5.0, 7.0, 2.0], fixed=True).p == 0.0
    assert paired([5.0, 7.0], [5.0, 7.0], fixed=True).p == 1.0


def test_what_differs_by_rounding_only_does_not_vary() -> None:
    """Tests thirds of an hour stored with 12 digits: 20 min more in each replication is a sign test.

    The t test of what rounding leaves of them would give next to nothing.
    """
    hours = [10 / 3, 20 / 3, 31 / 3, 1 / 7]
    stored = [float(f"{value:.12g}") for value in hours]
    later = [float(f"{value + 1 / 3:.12g}") for value in hours]
    assert float(stats.ttest_rel(later, stored).pvalue) < 1e-9
    assert paired(later, stored).p == 0.125
    assert paired([value + 1e-12 for value in stored], stored).p == 1.0
    assert paired([*later[:3], later[3] + 1e-9], stored).p < 1e-9


def test_holm_by_hand() -> None:
    """Tests .01 .04 .03 .005 -> .03 .06 .06 .02, and that what was not tested does not count."""
    expected = [0.03, 0.06, 0.06, 0.02]
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx(expected)
    found = holm([0.01, NAN, 0.04, 0.03, 0.005])
    assert math.isnan(found[1])
    assert [p for p in found if not math.isnan(p)] == pytest.approx(expected)
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_keeps_the_order(p: list[float]) -> None:
    """Tests that adjusting never lowers a p value, never reorders, and costs at most Bonferroni's factor."""
    adjusted = holm(p)
    assert all(a >= q and a <= min(1.0, len(p) * q) for a, q in zip(adjusted, p, strict=True))
    in_order = [adjusted[k] for k in np.argsort(p, kind="stable")]
    assert in_order == sorted(in_order)


def test_holm_keeps_its_promise() -> None:
    """Tests the rate of false findings over 2,000 families of 40 differences that are truly zero."""
    rng = np.random.default_rng(12)
    zero = np.zeros(10)
    false = sum(
        min(holm([paired(d, zero).p for d in rng.normal(0, 1, (40, 10))])) < 0.05 for _ in range(2000)
    )
    low, high = stats.binomtest(false, 2000).proportion_ci(0.999)
    assert low <= 0.05 <= high


@pytest.mark.parametrize(("n", "tests"), [(4, 300), (10, 1), (10, 722), (30, 50)])
def test_what_can_be_found(n: int, tests: int) -> None:
    """Tests against SciPy's test that a mean so many deviations from 0 has just the p value it takes."""
    d = np.random.default_rng(n).normal(0, 1, n)
    d = (d - d.mean()) / d.std(ddof=1) + detectable(n, tests)
    assert float(stats.ttest_1samp(d, 0).pvalue) * tests == pytest.approx(0.05)


def test_how_many_replications_it_takes() -> None:
    """Tests the least number with which one standard deviation is found, and what cannot be found at all."""
    n = replications_for(1.0, 300)
    assert detectable(n, 300) <= 1 < detectable(n - 1, 300)
    assert detectable(1, 3) == INF
    assert detectable(10, 0) == 0
    assert sign_test(4) == paired([3.0] * 4, [2.0] * 4).p == 0.125
    assert sign_test(9) == pytest.approx(stats.binomtest(9, 9).pvalue)


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from([0.0, 1.0, 1.5, 2.0, 1e9, INF, NAN]), min_size=3, max_size=3),
            st.lists(st.sampled_from([0.0, 1.0, 1.5, 2.0, 1e9, INF, NAN]), min_size=3, max_size=3),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_all_at_once(tests: list[tuple[list[float], list[float], bool]]) -> None:
    """Tests that many tests taken together are those taken one by one, to the bit."""
    arrays = [(np.array(a), np.array(b), fixed) for a, b, fixed in tests]
    assert list(map(repr, all_paired(arrays))) == [repr(paired(a, b, fixed=fixed)) for a, b, fixed in arrays]
