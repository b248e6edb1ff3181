"""Runs whose files were damaged: told with file and line, all at once, and nothing is written."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport.cli import main
from fourport.errors import UserError
from fourport.store import Run
from fourport.study.stored import said_of
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


@pytest.fixture
def older(damaged: Path) -> Path:
    """Give a copy of the run as an older version would have written it, without hashes, to damage."""
    return without_hashes(damaged)


def without_hashes(run: Path) -> Path:
    """Remove the hashes of a run."""
    path = run / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told.pop("files")
    assert told.pop("sha256")
    path.write_text(json.dumps(told), encoding="utf-8")
    return run


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
def test_a_damaged_table(older: Path, tmp_path: Path, case: str) -> None:
    """Tests that a comparison tells what is wrong with its line, with exit code 2, and begins no folder."""
    name, change, said = TABLES[case]
    path = older / name
    lines = change(path.read_text(encoding="utf-8").splitlines())
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    result = run("compare", str(older), "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{older}/{said}" in result.stderr
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
    "another kind within": (
        '{"policies": {"base": ""}, "titles": {"lanes": {}, "places": "1"}}',
        "manifest.json:1: titles.places: is not a table",
    ),
    "a list of another length": (
        '{"routes": {"by-sea": {"lanes": [], "legs": [["a", "b", "sea"]]}}}',
        "manifest.json:1: routes.by-sea.legs.0: is not a list of 4",
    ),
    "too many digits": (
        f'{{"seed": {"1" * 5000}}}',
        "manifest.json:1: has a number of more than 4,300 digits",
    ),
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


@pytest.mark.parametrize(
    "content", ['{"policies": ', '{"policies": []}', '{"policies": {"base": []}}', "\xff"]
)
def test_a_chart_of_a_damaged_scenario(older: Path, tmp_path: Path, content: str) -> None:
    """Tests that a chart that shows what a scenario promises tells that it is damaged, or leaves that out."""
    (older / "scenario.json").write_text(content, encoding="latin-1")
    result = run("chart", str(older), "lead-time-ecdf", "--format", "svg", "--out", str(tmp_path / "c"))
    assert "Traceback" not in result.output
    told = f"{older / 'scenario.json'}" in result.stderr
    assert result.exit_code == (2 if told else 0), result.output


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


def test_damaged_journeys_and_scenarios(older: Path, tmp_path: Path) -> None:
    """Tests that files that pricing reads are told, and journeys that are deleted are simulated again."""
    journeys = older / "journeys" / "base-0001.parquet"
    journeys.write_bytes(journeys.read_bytes()[:1000])
    command = ("curves", str(older), "--over", "weight", "--jobs", "1", "--quiet", "--out")
    result = run(*command, str(tmp_path / "a"))
    assert result.exit_code == 2
    assert f"{journeys}: cannot be read: " in result.stderr
    journeys.unlink()
    assert run(*command, str(tmp_path / "b")).exit_code == 0
    (older / "scenario.json").write_text("{", encoding="utf-8")
    result = run(*command, str(tmp_path / "c"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{older}/scenario.json:1: is not JSON" in result.stderr


def test_a_run_of_before_has_no_number_of_rows(older: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that a manifest without the numbers of rows is no damage."""
    path = older / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    rows = told.pop("rows")
    assert rows["replications.csv"] == len((older / "replications.csv").read_text("utf-8").splitlines()) - 1
    path.write_text(json.dumps(told), encoding="utf-8")
    assert run("compare", str(older), "--quiet", "--out", str(tmp_path / "out")).exit_code == 0


def test_a_scenario_that_this_version_refuses(older: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that such a run is compared as before, and that making it anew is refused in time."""
    path = older / "scenario.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["policies"]["base"]["values"]["lanes"]["east"]["title"] = "two\nlines"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert run("compare", str(older), "--quiet", "--out", str(tmp_path / "a")).exit_code == 0
    result = run("curves", str(older), "--over", "weight", "--quiet", "--out", str(tmp_path / "b"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{path}:1: lanes.east.title: " in result.stderr
    assert "was made by a version that allowed this; run it again" in result.stderr
    told["policies"]["base"] = 3
    path.write_text(json.dumps(told), encoding="utf-8")
    result = run("compare", str(older), "--seed", "3", "--out", str(tmp_path / "b"))
    assert result.exit_code == 2
    assert "--seed: " in result.stderr
    assert f"{path}:1: policies.base: is no table with values and ranges" in result.stderr
    assert not (tmp_path / "b").exists()


def read_all(folder: Path) -> list[object]:
    """Read every file of a run."""
    run = Run.open(folder)
    names = sorted({*run.names, *run.in_csv})
    journeys = [run.journeys(policy, k) for policy in ("base", "more-officers") for k in range(2)]
    found = [run.table(name) for name in names if name != "journeys"]
    texts = [run.text(name) for name in ("scenario.toml", "datapackage.json")]
    return [run.manifest(), said_of(run), *texts, *found, journeys]


@pytest.fixture(scope="module")
def intact(kept: Path) -> list[object]:
    """Give what is read of the run as it was written."""
    return read_all(kept)


def files_of(folder: Path) -> list[Path]:
    """Give all files of a run but its charts."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path.parent.name != "charts")


def test_every_file_has_a_hash(kept: Path) -> None:
    """Tests that the manifest has the SHA-256 of each, as other programs compute it."""
    told = json.loads((kept / "manifest.json").read_text(encoding="utf-8"))
    files = [path for path in files_of(kept) if path.name != "manifest.json"]
    assert {
        "summary.csv",
        "scenario.json",
        "consignments/base-0001.parquet",
        "journeys/base-0000.parquet",
    } <= {*told["files"]}
    assert told["files"] == {
        path.relative_to(kept).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@settings(max_examples=120)
@given(data=st.data())
def test_any_flipped_bit(kept: Path, intact: list[object], data: st.DataObject) -> None:
    """Tests that a bit flipped anywhere in any file is told with the name of the file and the way out.

    In the manifest, a bit may be one of its layout and change nothing.
    """
    files = files_of(kept)
    path = data.draw(st.sampled_from(files))
    content = path.read_bytes()
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    flipped = bytearray(content)
    flipped[bit // 8] ^= 1 << bit % 8
    path.write_bytes(flipped)
    lines: tuple[str, ...] = ()
    try:
        assert read_all(kept) == intact
    except UserError as error:
        lines = error.lines
    finally:
        path.write_bytes(content)
    assert lines or path.name == "manifest.json"
    assert all(line.startswith(str(path)) for line in lines)
    assert not lines or re.search("run it again|simulated again|allowed: ", lines[0])


def test_a_changed_digit(damaged: Path, tmp_path: Path) -> None:
    """Tests a number that could as well have been written, by all commands that read its file."""
    path = damaged / "summary.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(put(2, -2, "1.5")(lines)) + "\n", encoding="utf-8")
    for words in (("compare",), ("curves", "--over", "weight"), ("chart", "cost-stack")):
        result = run(words[0], str(damaged), *words[1:], "--out", str(tmp_path / "out"))
        assert (result.exit_code, result.stdout) == (2, "")
        assert (
            f"{path}: is not as it was written (its SHA-256 differs); restore it, or run it again\n"
            in result.stderr
        )
        assert not (tmp_path / "out").exists()


def test_a_table_is_read_alone(damaged: Path, tmp_path: Path) -> None:
    """Tests that a chart reads and checks no file that it does not show."""
    for path in files_of(damaged):
        if path.suffix == ".parquet":
            path.write_bytes(b"")
    assert run("chart", str(damaged), "cost-stack", "--out", str(tmp_path / "out")).exit_code == 0


def test_a_lost_file_of_consignments(damaged: Path) -> None:
    """Tests that consignments of which a replication is gone are refused."""
    path = damaged / "consignments" / "base-0001.parquet"
    path.unlink()
    with pytest.raises(UserError, match=f"^{path}: is not there; restore it, or run it again$"):
        Run.open(damaged).table("consignments")


def test_a_damaged_file_of_an_older_run(older: Path) -> None:
    """Tests that Parquet which cannot be read is refused without a hash, too."""
    path = older / "consignments" / "base-0001.parquet"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(UserError, match=f"^{path}: cannot be read: .*; restore it, or run it again$"):
        Run.open(older).table("consignments")


def test_what_is_priced_from_a_run_has_its_own_hashes(kept: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests the folder of curves."""
    out = tmp_path / "out"
    words = (
        "curves",
        str(kept),
        "--over",
        "weight",
        "--points",
        "3",
        "--jobs",
        "1",
        "--quiet",
        "--out",
        str(out),
    )
    assert run(*words).exit_code == 0
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert {*told["files"]} == {str(path.relative_to(out)) for path in files_of(out)} - {"manifest.json"}
    text = (out / "curves.csv").read_text(encoding="utf-8")
    (out / "curves.csv").write_text(text.replace("1", "2"), encoding="utf-8")
    result = run("chart", str(out), "cost-curve")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{out}/curves.csv: is not as it was written" in result.stderr
