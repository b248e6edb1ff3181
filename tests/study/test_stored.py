"""What is made of a stored run: its tables under some policies, and what its manifest says of them."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from fourport.errors import UserError
from fourport.store import Run
from fourport.study.stored import SCENARIO, copy_run, indented, tables_of


@pytest.fixture
def source(tmp_path: Path) -> Run:
    """Give a run under two policies from which curves were priced."""
    run = Run.create(tmp_path / "source")
    run.write_text("scenario.toml", "format = 2")
    run.write_text(SCENARIO, json.dumps({"policies": {key: {"values": {}, "ranges": {}} for key in "ab"}}))
    run.write_table("summary", pa.table({"policy": ["a", "b", "b"], "mean": [1.0, 2.0, 3.0]}))
    run.write_table("places", pa.table({"place": ["x"], "km": [1.0]}))
    run.write_table("curves", pa.table({"lane": ["l"], "x": [1.0]}))
    run.write_manifest({"policies": {"a": "A", "b": "B"}, "seed": 1, "curves": {"points": 1}})
    return Run.open(run.folder)


def test_a_copy_counts_its_own_rows(source: Run, tmp_path: Path) -> None:
    """Tests that of the copy under one policy its manifest counts the tables that it has, and no others."""
    target = Run.create(tmp_path / "target")
    target.write_manifest(copy_run(source, target, ["b"]))
    told = Run.open(target.folder).manifest()
    assert json.loads((target.folder / SCENARIO).read_text())["policies"].keys() == {"b"}
    assert told == {"policies": {"b": "B"}, "seed": 1, "rows": {"places.csv": 1, "summary.csv": 2}}
    assert [*tables_of(Run.open(target.folder))] == ["places", "summary"]


def test_a_copy_under_a_later_policy_keeps_the_prices_that_it_shares_with_the_first(
    source: Run, tmp_path: Path
) -> None:
    """Tests that prices and factors stay, which are written once for all policies."""
    for name in ("prices", "emission-factors"):
        source.write_table(name, pa.table({"policy": ["a", "b"], "line": ["both", "of b"]}))
    target = Run.create(tmp_path / "target")
    copy_run(source, target, ["b"])
    assert target.table("prices")["line"].to_pylist() == ["both", "of b"]
    assert target.table("emission-factors")["line"].to_pylist() == ["both", "of b"]
    assert target.table("summary")["policy"].to_pylist() == ["b", "b"]


def test_tables_that_are_gone(source: Run) -> None:
    """Tests that a lost table is told, and one that was priced from the run is not missed."""
    (source.folder / "curves.csv").unlink()
    assert [table.num_rows for table in tables_of(source).values()] == [1, 3]
    (source.folder / "places.csv").unlink()
    with pytest.raises(UserError, match=r"places\.csv: is not there; allowed: the table as it was written"):
        tables_of(source)


def test_text_of_shared_tables() -> None:
    """Tests that what tables share is written as JSON with an indent, at each depth."""
    shared = {"título": [1, 2.5, None, True], "empty": [{}, [], ()], "on": date(2019, 1, 5), "to": math.inf}
    value = {
        "policies": {"a": {"values": shared, "ranges": {"x": (1, 2)}}, "b": [shared, {"deeper": shared}]}
    }
    assert indented(value, {}) == json.dumps(value, ensure_ascii=False, indent=1, default=str)
