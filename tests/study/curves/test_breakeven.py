"""Tests of break-evens against crossings that are known exactly."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from fourport.study.curves.bounds import LEAST, one_by_one
from fourport.study.curves.breakeven import compare

Array = NDArray[np.float64]

XS = np.linspace(1.0, 4.0, 25)


def lines(root: float, slope: float, noise: Array, tilt: Array) -> Array:
    """Give differences that cross zero at ``root`` on average: a line a replication."""
    return (slope + tilt[:, None]) * (XS - root) + noise[:, None]


DRAWS: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "normal": lambda rng, n: rng.normal(0, 1, n),
    "exponential": lambda rng, n: rng.exponential(1, n) - 1,
}


@pytest.mark.parametrize("noise", DRAWS)
def test_intervals_cover_the_crossing(noise: str) -> None:
    """Tests that the intervals of 10 replications contain the crossing, which is known: 95 % if the noise is
    normal, 94 % if it is exponential, between the 0.05 % and 99.95 % quantiles of the number that do.
    """
    rng, n = np.random.default_rng(20190101), LEAST
    trials, covered, found = 1000, 0, 0
    for _ in range(trials):
        differences = lines(2.3, 1.0, 0.2 * DRAWS[noise](rng, n), 0.15 * DRAWS[noise](rng, n))
        breakeven = [one for one in compare(XS.tolist(), differences) if one.verdict == "break-even"]
        if not breakeven:
            continue
        found += 1
        low, high = breakeven[0].low, breakeven[0].high
        covered += (math.isnan(low) or low <= 2.3) and (math.isnan(high) or high >= 2.3)
    assert found > 0.99 * trials
    least = {"normal": 0.95, "exponential": 0.94}[noise]
    assert binom.ppf(0.0005, found, least) <= covered <= binom.ppf(0.9995, found, 0.95)


def test_throughout_is_seldom_wrong() -> None:
    """Tests two curves of which one is cheaper but for the last point, where they are equal on average: it
    is called cheaper throughout in 5 % at most, and often enough to tell.
    """
    rng = np.random.default_rng(7)
    trials, dearer = 1000, np.linspace(-3, 0, len(XS))
    wrong = sum(
        compare(XS.tolist(), dearer + rng.normal(0, 1, (10, 1)) + rng.normal(0, 0.1, (10, len(XS))))[
            0
        ].verdict
        == "throughout"
        for _ in range(trials)
    )
    assert wrong > 0.01 * trials
    assert wrong <= binom.ppf(0.9995, trials, 0.05)


def test_interval_is_that_of_the_difference() -> None:
    """Tests replications that are x less something: the interval is that of the mean of what they are less,
    cut off where the range ends.
    """
    less = np.random.default_rng(3).exponential(2.5, 12)
    around = one_by_one(less[:, None], 0.05)
    (found,) = compare([0.0, 20.0], np.array([-less, 20 - less]).T)
    assert found.verdict == "break-even"
    assert found.x == pytest.approx(less.mean())
    assert (found.low, found.high) == pytest.approx((around.low[0], around.high[0]))
    assert (found.below, found.above) == (0, 1), "a is cheaper where a less b is negative"
    (cut,) = compare([around.low[0] + 0.1, 20.0], np.array([around.low[0] + 0.1 - less, 20 - less]).T)
    assert math.isnan(cut.low), "the range ends before it is decided"
    assert cut.high == pytest.approx(found.high)


def test_no_spread() -> None:
    """Tests that where nothing is random the interval is the crossing."""
    (found,) = compare(XS.tolist(), np.tile(XS - 2.0, (LEAST, 1)))
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
    """Tests the cheaper one throughout, that few replications decide nothing, and no difference at all."""
    always = np.full((LEAST, len(XS)), -1.0) + np.linspace(0, 0.1, LEAST)[:, None]
    (found,) = compare(XS.tolist(), always)
    assert (found.verdict, found.below, found.above) == ("throughout", 0, 0)
    for n in (1, LEAST - 1):
        (few,) = compare(XS.tolist(), always[:n])
        assert (few.verdict, few.below) == ("undecided", 0)
    (equal,) = compare(XS.tolist(), np.zeros((5, len(XS))))
    assert (equal.verdict, equal.below) == ("same", -1)


def test_what_is_open_on_both_sides_is_undecided() -> None:
    """Tests that a crossing of the means is not found where the range decides nothing on either side."""
    slopes = np.tile([[-3.0], [1.0], [4.0]], (4, 1))
    (found,) = compare(XS.tolist(), slopes * (XS - 2.0))
    assert (found.verdict, found.below, found.above) == ("undecided", 0, 1)
    assert found.x == pytest.approx(2.0)
    assert np.isnan([found.low, found.high]).all()


@pytest.mark.parametrize("n", [1, 2, LEAST - 1])
def test_few_replications_have_no_interval(n: int) -> None:
    """Tests that a crossing of few replications is told without an interval, and as undecided."""
    (found,) = compare(XS.tolist(), XS - 2.0 - 0.1 * np.arange(n)[:, None] + 0.05 * (n - 1))
    assert (found.verdict, found.below, found.above) == ("undecided", 0, 1)
    assert found.x == pytest.approx(2.0)
    assert np.isnan([found.low, found.high]).all()
