"""Tests of break-evens against crossings that are known exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from fourport.study.curves.breakeven import compare

Array = NDArray[np.float64]

XS = np.linspace(1.0, 4.0, 25)


def lines(root: float, slope: float, noise: Array, tilt: Array) -> Array:
    """Give differences that cross zero at ``root`` on average: a line a replication."""
    return (slope + tilt[:, None]) * (XS - root) + noise[:, None]


@pytest.mark.parametrize("n", [3, 10])
def test_intervals_cover_the_crossing(n: int) -> None:
    """Tests that 95 % of the intervals contain the crossing, which is known: between the 0.05 % and
    99.95 % quantiles of the number that do.
    """
    rng = np.random.default_rng(20190101)
    trials, covered, found = 4000, 0, 0
    for _ in range(trials):
        differences = lines(2.3, 1.0, rng.normal(0, 0.2, n), rng.normal(0, 0.15, n))
        breakeven = [one for one in compare(XS.tolist(), differences) if one.verdict == "break-even"]
        if not breakeven:
            continue
        found += 1
        low, high = breakeven[0].low, breakeven[0].high
        covered += (math.isnan(low) or low <= 2.3) and (math.isnan(high) or high >= 2.3)
    assert found > 0.99 * trials
    assert binom.ppf(0.0005, found, 0.95) <= covered <= binom.ppf(0.9995, found, 0.95)


def test_throughout_is_seldom_wrong() -> None:
    """Tests that of two curves that are equal on average, one is called cheaper throughout in 5 % at most."""
    rng = np.random.default_rng(7)
    trials = 2000
    wrong = sum(
        compare(XS.tolist(), rng.normal(0, 1, (10, 1)) + rng.normal(0, 0.1, (10, len(XS))))[0].verdict
        == "throughout"
        for _ in range(trials)
    )
    assert wrong <= binom.ppf(0.9995, trials, 0.05)


def test_interval_by_hand() -> None:
    """Tests two replications with the differences x - 2 and x - 3 at t(0.975, 1) = 12.7062: the interval of
    the mean x - 2.5 has the half-width 12.7062 x 0.5.
    """
    (found,) = compare([0.0, 20.0], np.array([[-2.0, 18.0], [-3.0, 17.0]]))
    assert found.verdict == "break-even"
    assert (found.x, found.high) == pytest.approx((2.5, 2.5 + 6.3531), abs=1e-4)
    assert math.isnan(found.low), "the range ends before it is decided"
    assert (found.below, found.above) == (0, 1), "a is cheaper where a less b is negative"


def test_no_spread() -> None:
    """Tests that where nothing is random the interval is the crossing."""
    (found,) = compare(XS.tolist(), np.tile(XS - 2.0, (4, 1)))
    assert (found.x, found.low, found.high) == pytest.approx((2.0, 2.0, 2.0))


def test_two_crossings() -> None:
    """Tests that each crossing has its own interval, and the sides are told right."""
    rng = np.random.default_rng(1)
    differences = (XS - 2) * (XS - 3) + rng.normal(0, 0.01, (10, 1))
    first, second = compare(XS.tolist(), differences)
    assert first.x == pytest.approx(2.0, abs=0.05)
    assert second.x == pytest.approx(3.0, abs=0.05)
    assert (first.below, first.above, second.below, second.above) == (1, 0, 0, 1)
    assert first.high < second.low


def test_crossings_that_cannot_be_told_apart() -> None:
    """Tests that two crossings within one undecided stretch are no break-even."""
    rng = np.random.default_rng(1)
    differences = 0.05 * (XS - 2) * (XS - 3) + rng.normal(0, 1.0, (10, 1))
    differences -= differences.mean(axis=0) - 0.05 * (XS - 2) * (XS - 3)
    assert [one.verdict for one in compare(XS.tolist(), differences)] == ["undecided"]


def test_verdicts_without_crossing() -> None:
    """Tests the cheaper one throughout, that one replication decides nothing, and no difference at all."""
    always = np.full((5, len(XS)), -1.0) + np.linspace(0, 0.1, 5)[:, None]
    (found,) = compare(XS.tolist(), always)
    assert (found.verdict, found.below, found.above) == ("throughout", 0, 0)
    (alone,) = compare(XS.tolist(), always[:1])
    assert (alone.verdict, alone.below) == ("undecided", 0)
    (equal,) = compare(XS.tolist(), np.zeros((5, len(XS))))
    assert (equal.verdict, equal.below) == ("same", -1)


def test_what_is_open_on_both_sides_is_undecided() -> None:
    """Tests that a crossing of the means is not found where the range decides nothing on either side."""
    slopes = np.array([[-3.0], [1.0], [4.0]])
    (found,) = compare(XS.tolist(), slopes * (XS - 2.0))
    assert (found.verdict, found.below, found.above) == ("undecided", 0, 1)
    assert found.x == pytest.approx(2.0)
    assert np.isnan([found.low, found.high]).all()


def test_one_replication_has_no_interval() -> None:
    """Tests that a crossing of one replication is told without an interval."""
    (found,) = compare(XS.tolist(), (XS - 2.0)[None])
    assert found.x == pytest.approx(2.0)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
