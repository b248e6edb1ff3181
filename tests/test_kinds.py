"""Kinds of the entries of stored JSON files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.store.kinds import Each, Kind, Row, misfits
from fourport.store.manifest import KINDS

ENTRIES = {"name": str, "legs": [Row((str, float))], "titles": Each((str, Each(str))), "lane": (str, None)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"name": "a", "legs": [["x", 1], ["y", 2.5]], "titles": {"a": "A", "b": {"en": "B"}}}', []),
        ('{"lane": null, "other": 3}', []),
        ('{"name": 3, "lane": 3}', [("name", "a text"), ("lane", "a text or nothing")]),
        ('{"legs": {}}', [("legs", "a list")]),
        ('{"legs": [["x", 1], ["y"]]}', [("legs.1", "a list of 2")]),
        ('{"legs": [["x", true], [1, "2"]]}', [("legs.0.1", "a number"), ("legs.1.0", "a text"),
                                               ("legs.1.1", "a number")]),
        ('{"titles": {"a": {"en": 1}}}', [("titles.a", "a text or a table")]),
        ("[]", [("", "a table")]),
    ],
)  # fmt: skip
def test_misfits(text: str, told: list[tuple[str, str]]) -> None:
    """Tests that each entry of another kind is named, and what it should be."""
    assert list(misfits(json.loads(text), ENTRIES)) == told


@pytest.mark.parametrize(
    ("kind", "found", "fits"),
    [
        *((int, 1, True), (int, True, False), (int, 1.0, False), (float, 1, True), (float, True, False)),
        *((bool, True, True), (bool, 1, False), (None, None, True), (None, 0, False), (str, None, False)),
    ],
)
def test_single_values(kind: Kind, found: object, fits: bool) -> None:
    """Tests that a number is no truth value, and that a whole number is a number."""
    assert (not any(misfits(found, kind))) == fits


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KINDS, "a"]), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*KINDS]), VALUES))
def test_any_manifest_is_judged(found: dict[str, object]) -> None:
    """Tests that whatever JSON can hold is told to be of its kind or not, at a place that is in it."""
    for where, _ in misfits(found, KINDS):
        value: object = found
        for name in where.split("."):
            value = value[int(name)] if isinstance(value, list) else value[name]  # type: ignore[index]
