"""What is made of a stored run: its tables under some policies, and what its manifest says of them."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from fourport import __version__
from fourport.arguments import EXCEL_VARIABLE
from fourport.errors import UserError
from fourport.store import InMemory, Run
from fourport.study.stored import SCENARIO, copy_run, indented, names_of


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
    assert names_of(Run.open(target.folder)) == ["places", "summary"]


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


@pytest.mark.parametrize("memory", [False, True])
def test_a_long_table_is_copied_in_parts(
    memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests measures of each replication, with parts of none of the policy that is kept, first among them."""
    rows = [(policy, k, "l", "r", "m", "h", k / 3, 1.0) for policy in "ab" for k in range(7)]
    source = Run.create(tmp_path / "source")
    source.write_text("scenario.toml", "format = 2")
    source.write_table("replications", rows)
    source.write_manifest({"policies": {"a": "A", "b": "B"}})
    for module in ("folder", "reading"):
        monkeypatch.setattr(f"fourport.store.{module}.ROWS_AT_ONCE", 3)
    opened, target = Run.open(source.folder), InMemory() if memory else Run.create(tmp_path / "target")
    copy_run(opened, target, ["b"])
    assert not opened._tables
    assert target.table("replications").to_pylist() == source.table("replications").to_pylist()[7:]


def test_a_long_table_that_is_wanted_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that it is copied as it is, unless it begins otherwise than tables do now."""
    source = Run.create(tmp_path / "source")
    source.write_text("scenario.toml", "format = 2")
    source.write_table("replications", [("a", k, "l", "r", "m", "h", k / 3, 1.0) for k in range(3)])
    source.write_manifest({"policies": {"a": "A"}, "fourport": __version__})
    text = source.file("replications").read_bytes()
    for number, mark in enumerate((b"", b"\xef\xbb\xbf")):
        monkeypatch.setenv(EXCEL_VARIABLE, str(number))
        target = Run.create(tmp_path / str(number))
        manifest = copy_run(Run.open(source.folder), target, ["a"])
        assert target.file("replications").read_bytes() == mark + text
        target.write_manifest(manifest)
        assert Run.open(target.folder).manifest()["rows"] == {"replications.csv": 3}


def test_a_long_table_that_was_changed(tmp_path: Path) -> None:
    """Tests that its line is named, or that it is not as it was written."""
    run = Run.create(tmp_path / "run")
    run.write_table("replications", [("a", 0, "l", "r", "m", "h", 0.5, 1.0)])
    run.write_manifest({})
    as_written = run.file("replications").read_text()
    for changed, told in (("0.7", "is not as it was written"), ("x", r"replications\.csv:2: value: 'x'")):
        run.file("replications").write_text(as_written.replace("0.5", changed))
        with pytest.raises(UserError, match=told):
            names_of(Run.open(run.folder))


def test_a_column_that_is_there_twice(source: Run) -> None:
    """Tests a header of a run of an older version, which has no hashes."""
    file = source.file("summary")
    file.write_text(file.read_text().replace("mean", "policy", 1))
    manifest = json.loads((source.folder / "manifest.json").read_text())
    kept = {name: value for name, value in manifest.items() if name not in ("files", "sha256")}
    (source.folder / "manifest.json").write_text(json.dumps(kept))
    with pytest.raises(UserError, match=r"summary\.csv:1: has 'policy' more than once; allowed"):
        names_of(Run.open(source.folder))


def test_tables_that_are_gone(source: Run) -> None:
    """Tests that a lost table is told, and one that was priced from the run is not missed."""
    (source.folder / "curves.csv").unlink()
    assert names_of(source) == ["places", "summary"]
    (source.folder / "places.csv").unlink()
    with pytest.raises(UserError, match=r"places\.csv: is not there; allowed: the table as it was written"):
        names_of(source)


def test_text_of_shared_tables() -> None:
    """Tests that what tables share is written as JSON with an indent, at each depth."""
    shared = {"título": [1, 2.5, None, True], "empty": [{}, [], ()], "on": date(2019, 1, 5), "to": math.inf}
    value = {
        "policies": {"a": {"values": shared, "ranges": {"x": (1, 2)}}, "b": [shared, {"deeper": shared}]}
    }
    assert indented(value, {}) == json.dumps(value, ensure_ascii=False, indent=1, default=str)
