"""Tables of a run asked in SQL: the same numbers as in the tables."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import fourport
from fourport.cli import main
from fourport.errors import UserError
from tests.cli.short import short_scenario

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> fourport.Results:
    """Give two replications in a folder."""
    folder = tmp_path_factory.mktemp("query")
    study = fourport.Study(fourport.load(short_scenario(folder)), replications=2, seed=3)
    return study.run(folder=folder / "run")


def asked(results: fourport.Results, *words: str, stdin: str = "") -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["query", str(results.folder), *words], input=stdin)


def test_the_same_numbers(results: fourport.Results) -> None:
    """Tests that a table in SQL is the table, under both of its names."""
    assert results.query("select * from summary").to_pylist() == results.table("summary").to_pylist()
    for name in ("lead_times", '"lead-times"'):
        assert results.query(f"from {name}").num_rows == results.table("lead-times").num_rows


def test_consignments_of_all_replications(results: fourport.Results) -> None:
    """Tests a mean of single consignments in SQL against the same by hand."""
    rows = [row for row in results.table("consignments").to_pylist() if row["route"] == "by-sea"]
    (found,) = results.query(
        "select count(*) as n, sum(weight_kg) as kg from consignments where route = 'by-sea'"
    ).to_pylist()
    assert found["n"] == len(rows) > 0
    assert found["kg"] == pytest.approx(sum(row["weight_kg"] for row in rows))


def test_in_memory(results: fourport.Results) -> None:
    """Tests that results in memory answer as those in a folder."""
    assert results.folder is not None
    study = fourport.Study(fourport.load(results.folder / "scenario.toml"), replications=2, seed=3)
    memory, sql = study.run(rows=True), "select count(*), min(weight_kg) from consignments"
    assert memory.query(sql).to_pylist() == results.query(sql).to_pylist()


def test_the_command(results: fourport.Results) -> None:
    """Tests a table, CSV, and a question from stdin."""
    sql = "select share, round(mean, 1) as h, null as nothing from lead_times where share = 50 limit 1"
    (hours,) = {row["mean"] for row in results.query("from lead_times where share = 50 limit 1").to_pylist()}
    assert asked(results, sql, "--format", "csv").output == f"share,h,nothing\n50,{round(hours, 1)},\n"
    assert asked(results, "-", stdin=sql).output.splitlines()[0].split() == ["share", "h", "nothing"]
    listed = asked(results).output
    assert "lead_times" in listed
    assert "delivered" in listed
    assert asked(results, " ").output == listed


def test_no_formula(results: fourport.Results) -> None:
    """Tests that CSV holds no formula."""
    assert asked(results, "select '=1+2' as a", "--format", "csv").output == "a\n'=1+2\n"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("selct 1", 'syntax error at or near "selct"'),
        ("from sumary", "has the tables summary, together"),
        ("select nothing from summary", '"nothing"'),
        ("select ?", "parameters"),
    ],
)
def test_not_understood(results: fourport.Results, sql: str, told: str) -> None:
    """Tests that DuckDB's word is told with exit code 2."""
    result = asked(results, sql)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_damaged_table_is_refused(results: fourport.Results, tmp_path: Path) -> None:
    """Tests that a changed file of consignments is not read."""
    assert results.folder is not None
    run = Path(shutil.copytree(results.folder, tmp_path / "run"))
    file = next((run / "consignments").iterdir())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(UserError, match="is not as it was written"):
        fourport.Results.open(run).query("select count(*) from consignments")


def test_a_damaged_table_without_hashes(results: fourport.Results, tmp_path: Path) -> None:
    """Tests a file that is no Parquet file in a run of an older version, which has no hashes."""
    assert results.folder is not None
    run = Path(shutil.copytree(results.folder, tmp_path / "run"))
    told = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    (run / "manifest.json").write_text(
        json.dumps({key: told[key] for key in told if key not in ("files", "sha256")}), encoding="utf-8"
    )
    next((run / "consignments").iterdir()).write_bytes(b"nothing")
    result = CliRunner().invoke(main, ["query", str(run), "select count(*) from consignments"])
    assert result.exit_code == 2
    assert f"{run / 'consignments'}" in result.stderr


def test_without_duckdb(results: fourport.Results, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the way to DuckDB is told."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    result = asked(results, "select 1")
    assert (result.exit_code, result.stderr) == (
        2,
        'query: needs DuckDB; install it with: pip install "fourport[query]"\n',
    )
