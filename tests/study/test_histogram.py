"""Histograms: quantiles of many parts together, against the values themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fourport.measures import quantiles
from fourport.study.histogram import COARSE, FINE, Histogram

Q = np.array([0.0, 0.05, 0.5, 0.9, 0.95, 1.0])
VALUES = st.floats(0, 1e6) | st.just(math.inf)
PARTS = st.lists(arrays(np.float64, st.integers(1, 40), elements=VALUES), min_size=1, max_size=5)


@given(PARTS, st.sampled_from([FINE, COARSE]))
def test_quantiles_are_those_of_the_values(parts: list[np.ndarray], bits: int) -> None:
    """Tests any values in any parts to the width of a bin, the undelivered among them."""
    found = Histogram.merged([Histogram.of(part, bits) for part in parts])
    values = np.concatenate(parts)
    assert found.n == len(values)
    assert found.count(math.inf) == np.isinf(values).sum()
    assert found.quantiles(Q) == pytest.approx(quantiles(np.sort(values), Q), rel=2**-bits)


def test_few_and_equal_values_are_exact() -> None:
    """Tests six values by hand, and a thousand of one."""
    few = Histogram.merged([Histogram.of(np.array(part)) for part in ([24.3, 1.0, 7.0], [2.0, 24.3, 24.3])])
    assert few.quantiles(np.array([0.0, 0.2, 0.5, 1.0])).tolist() == [1.0, 2.0, 15.65, 24.3]
    assert Histogram.of(np.full(1000, 24.3), COARSE).quantiles(Q).tolist() == [24.3] * len(Q)


def test_rows_are_as_each_alone() -> None:
    """Tests the histograms of several rows at once."""
    rows = np.random.default_rng(1).exponential(1, (3, 500))
    for row, found in zip(rows, Histogram.of_each(np.sort(rows, axis=1), COARSE), strict=True):
        assert found.quantiles(Q).tolist() == Histogram.of(row, COARSE).quantiles(Q).tolist()


def test_many_replications_need_no_more_memory() -> None:
    """Tests that a merged histogram of 200 replications has hardly more bins than one of 20."""
    rng = np.random.default_rng(1)
    sizes = []
    for n in (20, 200):
        found = Histogram.merged([Histogram.of(rng.gamma(9, 10, 2000)) for _ in range(n)])
        assert found.n == 2000 * n
        sizes.append(len(found.counts))
    assert sizes[1] < 2 * sizes[0]
