"""``python -O``, which leaves asserts out: none of the package may do anything or guard what users give.

``make optimised`` runs the tests of plan, world, engine, trace and ledger with it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import fourport

ROOT = Path(fourport.__file__).parent
PURE = {"isinstance", "len", "set"}
"""Functions that an assert may call."""


def acting(source: str) -> Iterator[str]:
    """Yield the asserts of a module that may do something."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            parts = list(ast.walk(node.test))
            called = {ast.unparse(part.func) for part in parts if isinstance(part, ast.Call)}
            if called - PURE or any(isinstance(part, ast.NamedExpr) for part in parts):
                yield ast.unparse(node)


def test_no_assert_does_anything() -> None:
    """Tests that every assert of the package only looks, and that others would be found."""
    assert [*acting("assert names.add(3) is None\nassert (n := 3)\nassert len(x) == 3")] == [
        "assert names.add(3) is None",
        "assert (n := 3)",
    ]
    assert [one for path in ROOT.rglob("*.py") for one in acting(path.read_text(encoding="utf-8"))] == []
