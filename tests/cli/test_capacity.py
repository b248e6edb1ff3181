"""``fourport capacity``, as a user types it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from fourport.charts import kinds_for
from fourport.cli import main
from fourport.cli.capacity import capacity_text
from fourport.cli.lines import PIPED
from fourport.store import InMemory, Run
from fourport.study.capacity.capacity import CapacityCurve, CapacityPoint, Request
from fourport.study.capacity.judge import Load
from fourport.study.capacity.target import parse_target
from fourport.study.statistics import Estimate
from fourport.study.variant import Variant
from tests.stored import rows_of
from tests.tiny import values

AT = ("--at", "northport/bays", "--servers", "1..3", "--target", "90% within 20 h")
SHORT = ("--replications", "3", "--jobs", "1")


def run(*words: str) -> Result:
    """Run a command; nothing is a terminal to it."""
    return CliRunner().invoke(main, list(words), prog_name="fourport")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small scenario with a window of two weeks."""
    path = tmp_path_factory.mktemp("scenario") / "trial.toml"
    assert run("new", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8").replace("8 weeks", "2 weeks").replace('"6 %"', '"60 %"')
    path.write_text(text.replace('"3 %", "10 %"', '"3 %", "80 %"'), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(scenario: Path) -> tuple[Result, Path]:
    """Find a capacity once."""
    out = scenario.parent / "out"
    return run("capacity", str(scenario), *AT, *SHORT, "--out", str(out)), out


def test_what_it_leaves(done: tuple[Result, Path]) -> None:
    """Tests the table, the manifest, the chart, and that all of it can be drawn again."""
    result, out = done
    assert (result.exit_code, result.stderr) == (0, "")
    rows = rows_of(Run.open(out), "capacity")
    assert [row["servers"] for row in rows] == [1, 2, 3]
    assert list(rows[0])[:7] == ["servers", "measure", "unit", "value", "low", "high", "n"]
    assert rows[0]["value"] <= rows[1]["value"] <= rows[2]["value"]
    assert {row["counted"] for row in rows} == {rows[0]["counted"]}
    told = Run.open(out).manifest()["capacity"]
    assert (told["resource"], told["target"]) == ("northport/bays", "90% within 20 h")
    assert told["uncertain"] == {
        "facilities.northport.activities.clearance.inspection.rates.other": ["3 %", "80 %"],
        "lanes.east.demand": ["40 consignments/week", "80 consignments/week"],
    }
    assert (out / "charts" / "capacity.png").is_file()
    assert kinds_for(Run.open(out)) == ["capacity"]
    again = run("chart", str(out), "--format", "png")
    assert (again.exit_code, again.stderr) == (0, "")


def test_what_it_prints(done: tuple[Result, Path]) -> None:
    """Tests the table, how sure the intervals are, what the time is, and the folder, in lines that fit."""
    result, out = done
    title, head, *lines = result.stdout.splitlines()
    assert title == "Northport, bays: 90 % within 20 h"
    assert head.split() == ["number", "within", "20", "h", "interval", "verdict", "counted", "unfinished"]
    assert [line.split()[0] for line in lines[:4]] == ["1", "2", "3", "unlimited"]
    table, _, folder = result.stdout.partition("Results: ")
    lines = table.splitlines()
    assert max(map(len, lines)) <= PIPED
    said = " ".join(lines)
    assert "in at most 2.5 % of studies is any number wrongly said to meet the target. That holds for" in said
    assert "weeks that go wrong altogether, as in a closure, are not covered" in said
    assert "Measured: clearance at the office of the bays, the share within 20 h" in said
    assert folder.startswith(f"{out}{os.sep}")


def test_what_it_rests_on(done: tuple[Result, Path]) -> None:
    """Tests that it names the stages behind a clearance time, and numbers of the resource, by their titles.

    The officers have a range, and the rate of inspection. What the clearance waits for officers is nearly all
    of the document control.
    """
    result, out = done
    told = Run.open(out).manifest()["estimates"]
    assert [*told] == ["clearance"]
    stages = dict(told["clearance"]["largest"])
    assert [*stages] == ["Document control", "Opening and inspection"]
    assert 0 < told["clearance"]["share"] < 100
    said = " ".join(result.stdout.split())
    share = stages["Document control"]
    assert f"are estimates (Document control {share:.0f} %, Opening and inspection" in said
    assert "These verdicts cover chance only" in said
    assert (
        "Uncertain numbers of the resource, of its work and of the demand: clearance: inspection rates "
        "other (3 to 80 %); Northport to Easthaven: demand (40 to 80 consignments/week)."
    ) in said
    for key in ("northport/", "facilities.", "lanes.", "server"):
        assert key not in said.partition("Results: ")[0]


@pytest.mark.parametrize("width", [80, 100, 120])
def test_lines_fit(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """Tests the text of a long title and large numbers, in lines that fit."""
    office = "Officers of import document control and of the control of accompanying papers (2F, 威海港)"
    changes = {
        "facilities.a.resources.officers.title": office,
        "facilities.a.title": "Weihai port, berths 7-9",
    }
    target = parse_target("left_hub_within_target >= 99.5 %")
    asked = Request(Variant.of(values(changes)), "a/officers", (1_000, 1_000_000), target, 1, 50)
    load = Load(1.0, 1.0, 1.0, 9.0, 168.0, 50)
    points = [
        CapacityPoint(servers, np.empty(0), Estimate(99.99, 99.8, 100.0, 50), 12_345.6, 12_345.6, load)
        for servers in (*asked.servers, None)
    ]
    run, told = InMemory(), {"uncertain": {"facilities.a.resources.officers.shifts[0].servers": [1, 4]}}
    run.write_manifest({"policies": {"base": ""}, "capacity": told})
    monkeypatch.setenv("COLUMNS", str(width))
    lines = capacity_text(run, CapacityCurve(asked, points[:2], points[2], {})).splitlines()
    assert len(lines) > 8
    assert max(map(cell_len, lines)) <= width


def test_nothing_meets_the_target(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that this is a result: said, stored, exit code 0."""
    asked = ("--at", "northport/bays", "--servers", "1", "--target", "99.9% within 1 min")
    result = run("capacity", str(scenario), *asked, *SHORT, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stderr) == (0, "")
    said = " ".join(result.stdout.split())
    assert "Bays: no number is enough for the target, 99.9 % within 1 min; with an unlimited number" in said
    assert re.search(r"is then [\d.]+ h, of which office or resource closed [\d.]+ h, preparation by", said)
    assert Run.open(tmp_path / "out").manifest()["capacity"]["smallest"] is None


def test_the_whole_journey_under_a_policy(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests another measure and a policy; all consignments of the window are counted, in a whole sentence."""
    words = ("--measure", "door_to_door_time", "--policy", "more-officers", "--out", str(tmp_path / "o"))
    result = run("capacity", str(scenario), *AT, *SHORT, *words)
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    assert "Measured: door-to-door time, the share within 20 h" in told
    assert "of the time is spent at places of which durations or staff are estimates (Northport" in told
    (row, *_) = rows_of(Run.open(tmp_path / "o"), "capacity")
    assert row["measure"] == "door_to_door_time"
    assert row["counted"] > 60
    assert list(Run.open(tmp_path / "o").manifest()["policies"]) == ["more-officers"]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (
            "--at",
            "northport/bay",
            "--at: there is no resource 'northport/bay'; did you mean 'northport/bays'?",
        ),
        ("--servers", "3..1", "--servers: '3..1' ends before it begins"),
        ("--servers", "few", "--servers: 'few' is not understood"),
        ("--target", "soon", "--target: 'soon' is not a target; allowed: such as"),
        ("--measure", "waits", "--measure: 'waits' is not a time; did you mean 'wait'?"),
        ("--lane", "west", "--lane: there is no lane 'west'; did you mean 'east'?"),
        ("--policy", "more-oficers", "there is no policy 'more-oficers'; did you mean 'more-officers'?"),
    ],
)
def test_bad_input(scenario: Path, tmp_path: Path, option: str, value: str, message: str) -> None:
    """Tests exit code 2 and what was meant, before anything is written."""
    result = run("capacity", str(scenario), *AT, *SHORT, option, value, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


def test_all_that_is_wrong_at_once(scenario: Path, tmp_path: Path) -> None:
    """Tests that each wrong option has its line, the resource that of the scenario without the policy."""
    words = ("--at", "northport/bay", "--servers", "few", "--target", "soon", "--policy", "nope")
    result = run("capacity", str(scenario), *words, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == [
        "--servers",
        "--target",
        "--policy",
        "--at",
    ]


def test_a_folder_in_use(scenario: Path, done: tuple[Result, Path]) -> None:
    """Tests that another study is not overwritten."""
    result = run("capacity", str(scenario), *AT, *SHORT, "--out", str(done[1]))
    assert result.exit_code == 2
    assert "holds something already, nothing was written" in result.stderr


def test_of_a_run(tmp_path: Path, no_charts: None) -> None:
    """Tests that a run gives scenario and seed: the same curve as from the file with this seed."""
    scenario, kept = tmp_path / "trial.toml", tmp_path / "kept"
    assert run("new", str(scenario)).exit_code == 0
    made = run("run", str(scenario), "--seed", "7", "--replications", "2", "--jobs", "1", "--out", str(kept))
    assert made.exit_code == 0, made.output
    curves = []
    for name, words in (("run", (str(kept),)), ("scenario", (str(scenario), "--seed", "7"))):
        out = tmp_path / name
        assert run("capacity", *words, *AT, *SHORT, "--out", str(out)).exit_code == 0
        curves.append((out / "capacity.csv").read_bytes())
        assert [*Run.open(out).manifest()["estimates"]] == [
            "clearance"
        ]  # of the run, or of replications made
    assert curves[0] == curves[1]
    wrong = run("capacity", str(kept), *AT, *SHORT, "--policy", "no-such", "--seed", "8")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "was run with the seed 7" in wrong.stderr
    assert "was not run under the policy 'no-such'" in wrong.stderr
