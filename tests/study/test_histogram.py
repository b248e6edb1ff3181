"""Histograms: quantiles of many parts together, against the values themselves."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fourport.measured import MANY, MeasuredEach, quantiles_of_each
from fourport.measures import QUANTILES
from fourport.study.columns import Spool
from fourport.study.histogram import COARSE, FINE, Histogram, Histograms
from fourport.study.keyed import Keys
from fourport.study.packed import PackedSamples
from fourport.study.pooled import Pooled, Samples

Q = np.array([0.0, 0.05, 0.5, 0.9, 0.95, 1.0])
VALUES = st.floats(0, 1e6) | st.just(math.inf)
PARTS = st.lists(arrays(np.float64, st.integers(1, 40), elements=VALUES), min_size=1, max_size=5)


@given(PARTS, st.sampled_from([FINE, COARSE]))
def test_quantiles_are_those_of_the_values(parts: list[np.ndarray], bits: int) -> None:
    """Tests any values in any parts to the width of a bin, the undelivered among them."""
    found = Histogram.merged([Histogram.of(part, bits) for part in parts])
    values = np.concatenate(parts)
    assert found.n == len(values)
    assert Histograms.of([found]).endless().tolist() == [np.isinf(values).sum()]
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
    ordered, starts = np.sort(rows, axis=1).ravel(), 500 * np.arange(4)
    for row, found in zip(rows, Histograms.of_groups(ordered, starts, COARSE), strict=True):
        assert found.quantiles(Q).tolist() == Histogram.of(row, COARSE).quantiles(Q).tolist()


@given(st.integers(0, 5), st.integers(1, 2000), st.sampled_from([0.0, 0.02, 0.3]))
@settings(max_examples=25)
def test_quantiles_that_are_picked_out_are_those_of_values_in_order(
    seed: int, different: int, undelivered: float
) -> None:
    """Tests means and quantiles of large groups, of which no values are wanted, to the last bit."""
    rng = np.random.default_rng(seed)
    first = np.cumsum([0, MANY, 0, 7, 2 * MANY + 1, MANY - 1])
    values = rng.gamma(9, 10, different)[rng.integers(0, different, first[-1])] - rng.choice([0.0, 90.0])
    values[rng.random(len(values)) < undelivered] = math.inf
    given = values.copy()
    found, expected = (
        MeasuredEach.of_times("time", values, first, QUANTILES, n) for n in (0, len(first) - 1)
    )
    assert (values == given).all()
    for name in ("time", *(f"time_{of}" for of in QUANTILES)):
        assert np.array_equal(found.values[name], expected.values[name], equal_nan=True)
    assert found.ordered is not None
    assert len(found.ordered) == 0


def test_many_replications_need_no_more_memory() -> None:
    """Tests that a merged histogram of 200 replications has hardly more bins than one of 20."""
    rng = np.random.default_rng(1)
    sizes = []
    for n in (20, 200):
        found = Histogram.merged([Histogram.of(rng.gamma(9, 10, 2000)) for _ in range(n)])
        assert found.n == 2000 * n
        sizes.append(len(found.counts))
    assert sizes[1] < 2 * sizes[0]


SIGNED = VALUES | st.floats(-1e6, -1e-6)
SAMPLES = st.dictionaries(st.sampled_from("abc"), st.lists(SIGNED, min_size=1))


@given(
    st.lists(SAMPLES, min_size=1, max_size=6).filter(any),
    st.sampled_from([1, 3]),
    st.sampled_from([1, 5, 10**6]),
)
@settings(max_examples=30)
def test_samples_in_a_file(replications: list[dict[str, list[float]]], together: int, at_once: int) -> None:
    """Tests that samples of many replications are those of all values, however few are merged at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.study.pooled.TOGETHER", together)
        patch.setattr("fourport.study.pooled.AT_ONCE", at_once)
        pooled = Pooled(COARSE)
        values: dict[str, list[float]] = {}
        for one in replications:
            histograms = Histograms.of([Histogram.of(np.array(its), COARSE) for its in one.values()], COARSE)
            pooled.add(PackedSamples.of([([Keys((key,) for key in one)], histograms)], COARSE))
            for key, its in one.items():
                values.setdefault(key, []).extend(its)
        assert pooled.keys == [(key,) for key in values]
        every = {(key,): [k] for k, key in enumerate(values)}
        samples = Samples(pooled, {("all",): range(len(values)), **every})
        values["all"] = [one for its in values.values() for one in its]
        asked = [(key,) for key in (*values, *values)]  # the same once more
        found = [sample for _, some in samples.of(asked) for sample in some]
        for (key,), sample in zip(asked, found, strict=True):
            wanted = Histogram.of(np.array(values[key]), COARSE)
            for column in ("counts", "low", "high"):
                np.testing.assert_array_equal(getattr(sample, column), getattr(wanted, column))
        late = {(key,) for key, its in values.items() if its.count(math.inf) > 0.25 * len(its)}
        assert samples.leaving_out(0.25) == late
    assert ("nothing",) not in samples


def test_samples_that_grow_take_no_more_memory() -> None:
    """Tests samples of ten routes in which each replication fills other bins: the bins go into the file."""
    hours = np.geomspace(1, 500, 80 * 50).reshape(80, 50)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.study.pooled.AT_ONCE", 1_000)
        patch.setattr("fourport.study.columns.IN_MEMORY_BYTES", 1_000)
        pooled = Pooled(FINE)
        tracemalloc.start()
        for its in hours:
            histograms = Histograms.of([Histogram.of_ordered(its) for _ in range(10)])
            pooled.add(PackedSamples.of([([Keys((k,) for k in range(10))], histograms)], FINE))
        held, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    ((_, samples),) = Samples.each(pooled).of([(0,)])
    assert samples.n.tolist() == [hours.size]
    size = sum(column.nbytes for column in (samples.counts, samples.low, samples.high))
    assert held < size  # of which there are ten
    assert peak < 7 * size


def test_a_bin_is_seldom_merged_again() -> None:
    """Tests 256 replications of other values each: they are written, and merged when they have doubled."""
    written = []

    def add(self: Spool, row: np.ndarray) -> int:
        written.append(len(row))
        return original(self, row)

    original = Spool.add
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.study.pooled.TOGETHER", 1)
        patch.setattr(Spool, "add", add)
        pooled = Pooled(FINE)
        for its in np.geomspace(1, 1e6, 256 * 9).reshape(256, 9):
            histograms = Histograms.of([Histogram.of_ordered(its)])
            pooled.add(PackedSamples.of([([Keys([("all",)])], histograms)], FINE))
        ((_, sample),) = Samples.each(pooled).of([("all",)])
    assert sample.n.tolist() == [256 * 9]
    assert sum(written) <= (1 + 2) * 256 * 9  # 2 + 4 + 8 + ... + 256
