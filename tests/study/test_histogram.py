"""Histograms: quantiles of many parts together, against the values themselves."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fourport.measures import quantiles_of_each
from fourport.study.columns import Spool
from fourport.study.histogram import COARSE, FINE, Histogram
from fourport.study.pooled import Pooled

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
    (expected,) = quantiles_of_each(np.sort(values), np.array([0, len(values)]), Q)
    assert found.quantiles(Q) == pytest.approx(expected, rel=2**-bits)


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


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.lists(VALUES, min_size=1), min_size=1), min_size=1),
    st.sampled_from([0, 200, 10**6]),
)
@settings(max_examples=20)
def test_samples_in_a_file(replications: list[dict[str, list[float]]], in_memory: int) -> None:
    """Tests that samples of many replications are those of all values, wherever they are kept meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.study.pooled.IN_MEMORY_BYTES", in_memory)
        pooled = Pooled(Spool())
        values: dict[str, list[float]] = {}
        for one in replications:
            for key, its in one.items():
                pooled.add((key,), Histogram.of(np.array(its)))
                values.setdefault(key, []).extend(its)
            pooled.ease()
        samples = pooled.of({("all",): [(key,) for key in values], **{(key,): [(key,)] for key in values}})
        values["all"] = [one for its in values.values() for one in its]
        for key, its in values.items():
            found, wanted = samples[key,], Histogram.of(np.array(its))
            for column in ("counts", "low", "high"):
                np.testing.assert_array_equal(getattr(found, column), getattr(wanted, column))
            assert samples.endless((key,)) == (its.count(math.inf), len(its))
    assert ("nothing",) not in samples


def test_samples_that_grow_take_no_more_memory() -> None:
    """Tests samples of ten routes in which each replication fills other bins: the bins go into the file."""
    hours = np.geomspace(1, 500, 80 * 50).reshape(80, 50)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.study.pooled.IN_MEMORY_BYTES", 10_000)
        patch.setattr("fourport.study.columns.IN_MEMORY_BYTES", 1_000)
        pooled = Pooled(Spool())
        tracemalloc.start()
        for its in hours:
            for k in range(10):
                pooled.add((k,), Histogram.of_ordered(its))
            pooled.ease()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    sample = pooled.of({(0,): [(0,)]})[0,]
    assert sample.n == hours.size
    assert held < sample.nbytes  # of which there are ten
