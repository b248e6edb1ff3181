"""Random streams: the same key the same numbers, any other key others."""

from __future__ import annotations

from hashlib import blake2b
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fourport.plan.tables import Floats
from fourport.world.streams import Streams, sequence_of, stream, streams_of

_keys = st.tuples(
    st.integers(0, 2**63 - 1), st.integers(0, 100_000), st.text(max_size=8), st.text(max_size=8)
)


@given(_keys, _keys)
def test_a_key_is_a_stream(one: tuple[int, int, str, str], other: tuple[int, int, str, str]) -> None:
    """Tests that equal keys give equal numbers, and different keys no number in common."""
    mine, theirs = stream(*one).random(50), stream(*other).random(50)
    assert (mine == stream(*one).random(50)).all()
    assert (mine == theirs).all() if one == other else not set(mine) & set(theirs)


def test_each_part_of_the_key_counts() -> None:
    """Tests that streams that differ in one part share no number in 20,000 and are not correlated.

    Purpose and entity do not run into each other. Correlations of ten pairs stay within four standard
    errors (wrong once in 1,500).
    """
    keys = [
        (1, 0, "weight", "east"),
        (2, 0, "weight", "east"),
        (1, 1, "weight", "east"),
        (1, 0, "value", "east"),
        (1, 0, "weight", "west"),
    ]
    drawn = [stream(*key).random(20_000) for key in keys]
    for one, other in combinations(drawn, 2):
        assert not np.intersect1d(one, other).size
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(20_000)
    assert stream(1, 0, "ab", "c").random() != stream(1, 0, "a", "bc").random()
    assert stream(1, 0, "a", "b").random() != stream(1, 0, "b", "a").random()
    assert stream(0, 1, "a", "b").random() != stream(1, 0, "a", "b").random()


@given(_keys)
def test_a_stream_is_that_of_numpy(key: tuple[int, int, str, str]) -> None:
    """Tests a stream against a seed sequence of the four numbers, and names whose number is small."""
    seed, replication, *names = key
    numbers = [int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) for name in names]
    expected = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, replication, *numbers])))
    assert (stream(*key).random(9) == expected.random(9)).all()
    for small in ([0, 0, 0, 1], [2**32 - 1, 2**32, 5, 2**33]):
        expected_words = np.random.SeedSequence(small).generate_state(4)
        assert (sequence_of(*small).generate_state(4) == expected_words).all()


@settings(max_examples=30)
@given(st.integers(0, 300), st.integers(0, 300))
def test_a_stream_from_any_number_on(first: int, n: int) -> None:
    """Tests numbers from the middle of a stream against those of all of it."""
    expected = stream(1, 0, "p", "e").random(first + n)
    assert (Streams(1, 0).uniforms("p", "e", n, first) == expected[first:]).all()


@settings(max_examples=30)
@given(st.integers(0, 300), st.integers(0, 300))
def test_more_numbers_begin_with_the_same(few: int, more: int) -> None:
    """Tests that asking for more of a stream changes none of the first."""
    streams = Streams(1, 0)
    shared = min(few, more)
    one, other = streams.uniforms("p", "e", few), streams.uniforms("p", "e", more)
    assert (one[:shared] == other[:shared]).all()


def drawn(streams: Streams, entity: str, n: int, *of: Floats) -> Floats:
    """Draw numbers of a stream that are kept, and are made of others."""
    return streams.once(("p", entity), n, lambda: sum(of, streams.uniforms("p", entity, n)), of)


def test_kept_numbers_are_those_of_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests numbers asked for again, fewer or more of them, while all, some or none may be kept."""
    expected = stream(1, 0, "p", "e").random(30)
    for kept in (1000, 100, 0):
        monkeypatch.setattr("fourport.world.streams.KEPT", kept)
        streams = Streams(1, 0)
        for n in (10, 10, 30, 5, 0, 30):
            assert (drawn(streams, "e", n) == expected[:n]).all()
            assert (drawn(streams, "f", n) != expected[:n]).all()


def test_numbers_made_of_others_are_kept_as_long_as_these() -> None:
    """Tests that what is made of other numbers is made again if these are others now, even equal ones."""
    streams = Streams(1, 0)
    one = drawn(streams, "e", 3)
    made = drawn(streams, "f", 3, one)
    assert drawn(streams, "f", 3, one) is made
    assert drawn(streams, "f", 3, one + 1) == pytest.approx(made + 1)
    again = drawn(streams, "f", 3, one.copy())
    assert again is not made
    assert (again == made).all()
    other = one.copy()  # which anybody may write to
    before = drawn(streams, "g", 3, other)
    other += 1
    assert drawn(streams, "g", 3, other) == pytest.approx(before + 1)


def test_streams_of_one_replication_are_kept() -> None:
    """Tests that worlds of a replication share their numbers, which cannot be changed, and others do not."""
    numbers = drawn(streams_of(1, 0), "e", 10)
    with pytest.raises(ValueError, match="read-only"):
        numbers += 1
    assert drawn(streams_of(1, 0), "e", 10) is numbers
    assert (drawn(streams_of(1, 1), "e", 10) != numbers).all()


def test_numbers_are_uniform() -> None:
    """Tests one stream, and the first numbers of many, by Kolmogorov-Smirnov (each wrong once in 10,000)."""
    assert stats.kstest(Streams(3, 0).uniforms("p", "e", 20_000), "uniform").pvalue > 1e-4
    first = [
        Streams(seed, r).uniforms("p", f"e{k}", 1)[0] for seed in (1, 2) for r in range(30) for k in range(30)
    ]
    assert stats.kstest(first, "uniform").pvalue > 1e-4
