"""Tables by key: what is written once, and what is found again."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport.study.keyed import Keys, Places, Table, keys_of

KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=5)


def test_a_table_in_parts_is_one_table() -> None:
    """Tests values, what they are over, and their order, when rows come after a look at those before."""
    table = Table({("a", 1): 0.5}, {("a", 1): 3.0})
    assert dict(table) == {("a", 1): 0.5}
    parts = Keys([("b", 2)]), Keys([("c", 3)])
    table.add(parts, np.array([math.inf, 2.0]), np.array([math.nan, 7.0]))
    table.add([Keys([("d", 4)])], np.array([1.0]), 9.0)
    assert [*table.items()] == [(("a", 1), 0.5), (("b", 2), math.inf), (("c", 3), 2.0), (("d", 4), 1.0)]
    assert table.over == {("a", 1): 3.0, ("c", 3): 7.0, ("d", 4): 9.0}
    assert table.numbers.tolist()[0] == [*table.values()]
    assert not Table()
    assert Table().numbers.shape == (2, 0)


@given(st.lists(st.lists(KEYS, max_size=3), max_size=6))
@settings(max_examples=40)
def test_keys_are_numbered_as_they_come(replications: list[list[list[str]]]) -> None:
    """Tests keys that are written in any parts against one list of all that came, in order."""
    places, came = Places(keys_of), list[tuple[str]]()
    for parts in replications:
        keys = [(key,) for part in parts for key in part]
        came += [key for key in dict.fromkeys(keys) if key not in came]
        found = places.of_parts(tuple(Keys((key,) for key in part).written for part in parts))
        assert found.tolist() == [came.index(key) for key in keys]
        assert [*places] == came
        assert places.of([*came, ("z",)]).tolist() == [*range(len(came)), -1]
