"""Results that a double click opens in Excel."""

from __future__ import annotations

import codecs
import csv
import io
import json
from pathlib import Path

import pytest

import fourport as library
from tests.cli.short import SHORT, fourport, short_scenario

TITLE = "北港至东港"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a scenario of a Chinese title, run with and without ``--excel``."""
    made = tmp_path_factory.mktemp("excel")
    path = short_scenario(made)
    path.write_text(path.read_text("utf-8").replace("Northport to Easthaven", TITLE), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.cli.output.draw_charts", lambda *_: [])
        for name, more in (("plain", ()), ("excel", ("--excel",))):
            words = ("run", str(path), "--journeys", *SHORT, "--quiet", *more, "--out", str(made / name))
            assert fourport(*words).exit_code == 0
    return made


def test_every_table_begins_with_the_mark(folder: Path) -> None:
    """Tests that it alone is new: all CSV files, and no other file, have it before the same bytes."""
    plain = {path.name: path.read_bytes() for path in (folder / "plain").glob("*.csv")}
    excel = {path.name: path.read_bytes() for path in (folder / "excel").glob("*.csv")}
    assert excel == {name: codecs.BOM_UTF8 + data for name, data in plain.items()}
    assert len(excel) > 10
    package = [
        json.loads((folder / name / "datapackage.json").read_text("utf-8")) for name in ("plain", "excel")
    ]
    assert package[0] == package[1]


def test_such_a_run_is_read_as_any_other(folder: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests tables, curves of the run, which copies its tables, and the reading of these again."""
    plain, excel = (library.Results.open(folder / name) for name in ("plain", "excel"))
    for name in plain.tables:
        if name != "consignments":
            assert excel.table(name).equals(plain.table(name))
    words = ("--over", "weight", "--points", "3", "--jobs", "1", "--quiet")
    written = {}
    for name, more in (("plain", ()), ("excel", ("--excel",))):
        out = tmp_path / name
        result = fourport("curves", str(folder / "excel"), *words, *more, "--out", str(out))
        assert result.exit_code == 0, result.output
        written[name] = (out / "curves.csv").read_bytes()
        assert len(library.Results.open(out).table("summary")) == len(plain.table("summary"))
    assert written["excel"] == codecs.BOM_UTF8 + written["plain"]


def test_printed_csv(folder: Path) -> None:
    """Tests that the sources have the mark, too, and that Python reads the rest as CSV."""
    words = ("sources", str(folder / "trial.toml"), "--format", "csv")
    plain, excel = fourport(*words).stdout_bytes, fourport(*words, "--excel").stdout_bytes
    assert excel == codecs.BOM_UTF8 + plain
    assert next(csv.reader(io.StringIO(excel.decode("utf-8-sig"))))[0] == "key"


def test_the_environment_may_ask_for_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests the variable, for Python users, and that the option does not outlast its command."""
    words = ("sources", str(folder / "trial.toml"), "--format", "csv")
    fourport(*words, "--excel")
    assert not fourport(*words).stdout_bytes.startswith(codecs.BOM_UTF8)
    monkeypatch.setenv("FOURPORT_EXCEL", "1")
    assert fourport(*words).stdout_bytes.startswith(codecs.BOM_UTF8)
