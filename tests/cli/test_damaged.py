"""Runs whose files were damaged: told with file and line, all at once, and nothing is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fourport.cli import main
from tests.conftest import leave_out_charts


def run(*words: str) -> Result:
    """Run a command; nothing is a terminal to it."""
    return CliRunner().invoke(main, list(words), prog_name="fourport")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a run under two policies."""
    folder = tmp_path_factory.mktemp("kept")
    path = folder / "trial.toml"
    assert run("new", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8").replace("8 weeks", "1 week").replace('"2 weeks"', '"1 week"')
    path.write_text(text, encoding="utf-8")
    policies = ("--policy", "base", "--policy", "more-officers")
    more = ("--replications", "2", "--journeys", "--quiet")
    with pytest.MonkeyPatch.context() as patch:
        leave_out_charts(patch)
        result = run("run", str(path), *policies, *more, "--out", str(folder / "run"))
    assert result.exit_code == 0, result.output
    return folder / "run"


@pytest.fixture
def damaged(kept: Path, tmp_path: Path) -> Path:
    """Give a copy of the run to damage."""
    return Path(shutil.copytree(kept, tmp_path / "run"))


def put(line: int, column: int, cell: str) -> Callable[[list[str]], list[str]]:
    """Give what writes another cell into a line, counted from 1, of a table without quotes."""

    def change(lines: list[str]) -> list[str]:
        cells = lines[line - 1].split(",")
        cells[column] = cell
        return [*lines[: line - 1], ",".join(cells), *lines[line:]]

    return change


TABLES = {
    "no number": (
        "replications.csv",
        put(3, 6, "many"),
        "replications.csv:3: value: 'many' is not understood",
    ),
    "no replication": ("replications.csv", put(3, 1, "-1"), "replications.csv:3: replication: '-1' is not"),
    "a long number": (
        "replications.csv",
        put(3, 1, "1" * 5000),
        "replications.csv:3: replication: '111111111111...1111111111111' is not",
    ),
    "no hour": ("resources.csv", put(2, 5, "30"), "resources.csv:2: hour: '30' is not understood"),
    "no date": (
        "departures.csv",
        put(2, 6, "2019-02-31"),
        "departures.csv:2: date: '2019-02-31' is not understood",
    ),
    "a cell less": (
        "summary.csv",
        lambda x: [*x[:4], "base,east", *x[5:]],
        "summary.csv:5: has 2 cells",
    ),
    "a row less": ("replications.csv", lambda x: [*x[:4], *x[5:]], "replications.csv:1: has "),
    "a row twice": ("replications.csv", lambda x: [*x[:4], *x[3:]], "replications.csv:1: has "),
    "another name": ("replications.csv", put(1, 4, "what"), "replications.csv:1: holds no 'measure'"),
    "header alone": ("replications.csv", lambda x: x[:1], "replications.csv:1: has 0 rows; allowed: the "),
    "nothing": ("replications.csv", lambda _: [], "replications.csv:1: is empty; allowed: the table as it"),
    "no day": ("resources.csv", put(2, 4, "Noday"), "resources.csv:2: weekday: 'Noday' is not understood"),
}
"""Table, what is done to its lines, and what is said."""


@pytest.mark.parametrize("case", TABLES)
def test_a_damaged_table(damaged: Path, tmp_path: Path, case: str) -> None:
    """Tests that a comparison tells what is wrong with its line, with exit code 2, and begins no folder."""
    name, change, said = TABLES[case]
    path = damaged / name
    lines = change(path.read_text(encoding="utf-8").splitlines())
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    result = run("compare", str(damaged), "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{damaged}/{said}" in result.stderr
    assert not (tmp_path / "out").exists()


def test_several_damaged_tables_at_once(damaged: Path, tmp_path: Path) -> None:
    """Tests that each problem of each table has its line, and the pricing of a run tells them, too."""
    for name, line in (("summary.csv", 2), ("stops.csv", 3)):
        path = damaged / name
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(put(line, -1, "two")(lines)) + "\n", encoding="utf-8")
    for command in (("compare",), ("curves", "--over", "weight")):
        result = run(command[0], str(damaged), *command[1:], "--out", str(tmp_path / "out"))
        assert (result.exit_code, result.stdout) == (2, "")
        assert [line.split(": ")[:2] for line in result.stderr.splitlines()] == [
            [f"{damaged}/stops.csv:3", "n"],
            [f"{damaged}/summary.csv:2", "n"],
        ]
        assert not (tmp_path / "out").exists()


def test_lost_tables(damaged: Path, tmp_path: Path) -> None:
    """Tests that tables that were written and are gone are told, and nothing is made of the others."""
    (damaged / "summary.csv").unlink()
    (damaged / "costs.csv").unlink()
    for command in (("compare",), ("curves", "--over", "weight")):
        result = run(command[0], str(damaged), *command[1:], "--out", str(tmp_path / "out"))
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.splitlines() == [
            f"{damaged}/{name}: is not there; allowed: the table as it was written; run it again"
            for name in ("costs.csv", "summary.csv")
        ]
        assert not (tmp_path / "out").exists()


MANIFESTS = {
    "cut off": ('{\n "seed": 1,\n', "manifest.json:3: is not JSON"),
    "a list": ("[]", "manifest.json:1: is no table"),
    "empty": ("{}", "manifest.json:1: holds no 'policies'"),
    "another kind": ('{"policies": 3}', "manifest.json:1: policies: is not a table"),
    "no text": ("\udcff", "manifest.json:1: is not UTF-8 text"),
}


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_damaged_manifest(damaged: Path, tmp_path: Path, case: str) -> None:
    """Tests that it is told without a traceback, by a chart, too: it shows the first policy."""
    text, said = MANIFESTS[case]
    (damaged / "manifest.json").write_bytes(text.encode(errors="surrogateescape"))
    for words in (("compare", str(damaged)), ("chart", str(damaged), "time-by-cause", "--format", "svg")):
        result = run(*words, "--out", str(tmp_path / "out"))
        assert result.exit_code == 2
        assert isinstance(result.exception, SystemExit)
        assert f"{damaged}/{said}" in result.stderr
        assert not (tmp_path / "out").exists()


def test_a_chart_of_a_damaged_table(damaged: Path, tmp_path: Path) -> None:
    """Tests that the kinds of chart that read a damaged table tell it, and the others are drawn."""
    path = damaged / "lead-times.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(put(2, 6, "long")(lines)) + "\n", encoding="utf-8")
    kinds = ("lead-time-ecdf", "time-by-cause", "--format", "svg")
    result = run("chart", str(damaged), *kinds, "--out", str(tmp_path / "c"))
    assert result.exit_code == 2
    assert result.stderr == (
        f"chart lead-time-ecdf: {path}:2: mean: 'long' is not understood; allowed: a number, or nothing\n"
    )
    assert [one.name for one in (tmp_path / "c").iterdir()] == ["time-by-cause.svg"]


def test_damaged_journeys_and_scenarios(damaged: Path, tmp_path: Path) -> None:
    """Tests that files that pricing reads are told, and journeys that are deleted are simulated again."""
    journeys = damaged / "journeys" / "base-0001.parquet"
    journeys.write_bytes(journeys.read_bytes()[:1000])
    command = ("curves", str(damaged), "--over", "weight", "--jobs", "1", "--quiet", "--out")
    result = run(*command, str(tmp_path / "a"))
    assert result.exit_code == 2
    assert f"{journeys}: cannot be read: " in result.stderr
    journeys.unlink()
    assert run(*command, str(tmp_path / "b")).exit_code == 0
    (damaged / "scenario.json").write_text("{", encoding="utf-8")
    result = run(*command, str(tmp_path / "c"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{damaged}/scenario.json:1: is not JSON" in result.stderr


def test_a_run_of_before_has_no_number_of_rows(damaged: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that a manifest without the numbers of rows is no damage."""
    path = damaged / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    rows = told.pop("rows")
    assert rows["replications.csv"] == len((damaged / "replications.csv").read_text("utf-8").splitlines()) - 1
    path.write_text(json.dumps(told), encoding="utf-8")
    assert run("compare", str(damaged), "--quiet", "--out", str(tmp_path / "out")).exit_code == 0


def test_a_scenario_that_this_version_refuses(damaged: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that such a run is compared as before, and that making it anew is refused in time."""
    path = damaged / "scenario.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["policies"]["base"]["values"]["lanes"]["east"]["title"] = "two\nlines"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert run("compare", str(damaged), "--quiet", "--out", str(tmp_path / "a")).exit_code == 0
    result = run("curves", str(damaged), "--over", "weight", "--quiet", "--out", str(tmp_path / "b"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{path}:1: policies.base: lanes.east.title: " in result.stderr
    assert "was made by a version that allowed this; run it again" in result.stderr
    told["policies"]["base"] = 3
    path.write_text(json.dumps(told), encoding="utf-8")
    result = run("compare", str(damaged), "--seed", "3", "--out", str(tmp_path / "b"))
    assert result.exit_code == 2
    assert "--seed: " in result.stderr
    assert f"{path}:1: policies.base: is no table with values and ranges" in result.stderr
    assert not (tmp_path / "b").exists()
