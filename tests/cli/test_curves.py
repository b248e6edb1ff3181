"""``fourport curves``, as a user types it, on the scenario that ``fourport new`` writes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result

from fourport.cli.source import left_out
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import load
from fourport.store import Run
from fourport.study.curves.request import lanes_of
from tests.cli.short import SHORT, fourport, short_scenario


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def done(scenario: Path) -> tuple[Path, Result]:
    """Simulate and price over the weight."""
    out = scenario.parent / "weight"
    return out, fourport(
        "curves", str(scenario), "--over", "weight", "--points", "5", *SHORT, "--out", str(out)
    )


def test_what_it_writes(done: tuple[Path, Result]) -> None:
    """Tests exit code 0, the header to the letter, a row for each route, point and measure, and the chart."""
    out, result = done
    assert (result.exit_code, result.stderr) == (0, "")
    lines = (out / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "lane,route,x,x_unit,measure,unit,mean,low,high"
    rows = list(csv.DictReader(lines))
    assert len(rows) == 2 * 3 * 5
    assert {(row["lane"], row["x_unit"]) for row in rows} == {("east", "kg")}
    assert {row["route"] for row in rows} == {"by-sea", "by-air"}
    assert {(row["measure"], row["unit"]) for row in rows} == {
        ("logistics_cost", "USD/kg"),
        ("freight_cost", "USD/kg"),
        ("door_to_door_time", "h"),
    }
    for row in rows:
        assert float(row["low"]) <= float(row["mean"]) <= float(row["high"])
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert {
        "breakeven.csv",
        "manifest.json",
        "scenario.json",
        "summary.csv",
        "charts/cost-curve.png",
    } <= names
    assert not [name for name in names if ".part" in name]


def test_what_it_prints_and_records(done: tuple[Path, Result]) -> None:
    """Tests that every pair is printed with a finding, and the manifest says how to ask again."""
    out, result = done
    assert "by-sea | by-air" in result.stdout
    # All prices of the file have the grade "estimate".
    assert Run.open(done[0]).manifest()["estimates"]["cost"]["share"] == 100
    text = " ".join(result.stdout.split())
    assert "These verdicts cover chance only" in text
    assert "Under base, 100 % of the cost comes from prices that are estimates (Air freight " in text
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert told["curves"]["over"] == "weight"
    assert told["curves"]["routes"] == {"east": ["by-sea", "by-air"]}
    assert (told["seed"], told["replications"]) == (1, 2)


def test_a_stored_run_gives_the_same_curves(
    done: tuple[Path, Result], scenario: Path, tmp_path: Path, no_charts: None
) -> None:
    """Tests that pricing a run, with its journeys stored or simulated again, gives the same bytes."""
    kept, bare = tmp_path / "kept", tmp_path / "bare"
    assert fourport("run", str(scenario), *SHORT, "--journeys", "--quiet", "--out", str(kept)).exit_code == 0
    assert fourport("run", str(scenario), *SHORT, "--quiet", "--out", str(bare)).exit_code == 0
    for run in (kept, bare):
        out = tmp_path / f"{run.name}-curves"
        words = ("curves", str(run), "--over", "weight", "--points", "5", "--jobs", "1", "--out", str(out))
        assert fourport(*words).exit_code == 0
        tables = {path.name for path in run.glob("*.csv")}
        for name in ("curves.csv", "breakeven.csv", *tables):
            assert (out / name).read_bytes() == (done[0] / name).read_bytes(), name
        told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert told["priced_from"]["run"] == run.name
    assert (tmp_path / "bare-curves" / "journeys").is_dir()
    assert not (tmp_path / "kept-curves" / "journeys").exists()


def test_an_interrupt_names_what_is_unfinished(
    done: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that an interrupt while prices are worked out ends with exit code 130 and a line."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fourport.study.curves.curves.experiment", interrupt)
    words = ("--over", "weight", "--points", "3", "--jobs", "2", "--out", str(tmp_path / "out"))
    result = fourport("curves", str(done[0]), *words)
    assert (result.exit_code, result.stdout) == (130, "")
    told = f"interrupted; unfinished: {tmp_path / 'out'}/ (the same command goes on with it)\n"
    assert result.stderr == told


def test_both_costs_are_printed(done: tuple[Path, Result]) -> None:
    """Tests that the freight cost has its break-evens below those of the logistics cost."""
    said = done[1].stdout
    first, second = (said.index(f"the same {name} cost, by") for name in ("logistics", "freight"))
    assert first < second


def test_lanes_without_a_route_are_named() -> None:
    """Tests that lanes which none of the routes asked for is on are told, by title."""
    made = compile_corridor(load("weihai-2019").scenario)
    lanes, dropped = lanes_of(made, None, ["can-us", "szx-us"])
    assert set(lanes) | set(dropped) == set(made.scenario.lanes)
    assert all(set(routes) <= {"can-us", "szx-us"} for routes in lanes.values())
    assert dropped
    lines = left_out(made.scenario, dropped)
    assert len(lines) == len(dropped) + 1
    assert made.scenario.lanes[dropped[0]].title in lines[1]


def test_some_routes_do_not_change_the_others(done: tuple[Path, Result], tmp_path: Path) -> None:
    """Tests that a route's curve is the same if it is asked for alone."""
    out = tmp_path / "one"
    words = ("--over", "weight", "--points", "5", "--routes", "by-air", "--jobs", "1", "--out", str(out))
    result = fourport("curves", str(done[0]), *words)
    assert result.exit_code == 0, result.output
    assert "by-air\n  one route: nothing to compare" in result.stdout
    every = (done[0] / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert (out / "curves.csv").read_text(encoding="utf-8").splitlines() == [
        line for line in every if ",by-sea," not in line
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--over", "rate"), "--over rate needs --rate"),
        (("--over", "weight", "--from", "5", "--to", "4"), "is empty; allowed: 0 < --from < --to"),
        (("--over", "weight", "--lane", "west"), "--lane west: there is no such lane"),
        (("--over", "weight", "--routes", "by-see"), "did you mean 'by-sea'?"),
        (("--over", "weight", "--to", "90000"), "fits no vehicle of"),
        (("--over", "weight", "--seed", "5"), "was run with the seed 1"),
        (("--over", "weight", "--policy", "more-officers"), "was not run under the policy"),
        (("--over", "hinterland-distance"), "does not begin by road"),
    ],
)
def test_what_is_wrong_is_said(
    done: tuple[Path, Result], tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Tests exit code 2 and a reason, with nothing written."""
    result = fourport("curves", str(done[0]), *words, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_left_alone(done: tuple[Path, Result], scenario: Path) -> None:
    """Tests that results are never written over others."""
    before = (done[0] / "curves.csv").read_bytes()
    for target in (scenario, done[0]):
        result = fourport("curves", str(target), "--over", "weight", *SHORT, "--out", str(done[0]))
        assert result.exit_code == 2
        assert "holds something already" in result.stderr
    assert (done[0] / "curves.csv").read_bytes() == before


CLAIMS = """
format = 2
[sources.paper]
title = "A paper"
[claims.sea-is-cheaper]
statement = "Sea freight costs less than air freight"
source = "paper"
kind = "ratio"
measure = "freight_cost"
numerator = { routes = ["by-sea"] }
denominator = { routes = ["by-air"] }
at_most = 1.0
sweep = { rate = "air", low = "0.2 USD/kg", high = "4 USD/kg" }
"""


def test_claims(done: tuple[Path, Result], tmp_path: Path) -> None:
    """Tests what is printed and stored, and that a claim of other names is refused with its line."""
    file = tmp_path / "claims.toml"
    file.write_text(CLAIMS, encoding="utf-8")
    out = tmp_path / "out"
    words = ("claims", str(done[0]), "--claims", str(file), "--jobs", "1")
    result = fourport(*words, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "sea-is-cheaper: Sea freight costs less than air freight." in result.stdout
    assert "with “Air freight” from 0.2 to 4 USD/kg it holds at" in result.stdout
    (row,) = csv.DictReader((out / "claims.csv").read_text(encoding="utf-8").splitlines())
    assert row["verdict"] in ("holds", "fails", "undecided")
    assert float(row["low"]) <= float(row["value"]) <= float(row["high"])
    regions = list(csv.DictReader((out / "claim-regions.csv").read_text(encoding="utf-8").splitlines()))
    assert (float(regions[0]["low"]), float(regions[-1]["high"])) == (0.2, 4.0)
    assert (out / "claims.toml").read_text(encoding="utf-8") == CLAIMS
    assert result.output.endswith(f"Results: {out}/\n")  # no charts
    assert not (out / "charts").exists()
    file.write_text(CLAIMS.replace("by-sea", "by-see"), encoding="utf-8")
    wrong = fourport(*words, "--out", str(tmp_path / "other"))
    assert wrong.exit_code == 2
    assert f"{file}:10: claims.sea-is-cheaper.numerator.routes[0]: there is no route 'by-see'" in wrong.stderr
    assert not (tmp_path / "other").exists()


def test_claims_about_a_measure_that_is_not_there(
    scenario: Path, done: tuple[Path, Result], tmp_path: Path
) -> None:
    """Tests that it is told with its line before a folder is begun, of a run as of a scenario."""
    file = tmp_path / "claims.toml"
    text = CLAIMS.replace("freight_cost", "undetected").partition("sweep")[0]
    file.write_text(text, encoding="utf-8")
    for target in (scenario, done[0]):
        words = ("claims", str(target), "--claims", str(file), "--jobs", "1", "--out", str(tmp_path / "out"))
        wrong = fourport(*words)
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        told = f"{file}:9: claims.sea-is-cheaper.measure: there is no measure 'undetected'; did you mean "
        told += "'undelivered'?; allowed:"
        assert wrong.stderr.splitlines()[-1].startswith(told)
        assert not (tmp_path / "out").exists()


def test_a_run_answers_to_both_names_of_the_baseline(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests a run under the scenario's own name for itself: claims about "base", curves of both names."""
    named = tmp_path / "named.toml"
    text = scenario.read_text(encoding="utf-8")
    named.write_text(text.replace('name = "trial"', 'name = "named"\nbase = "today"'), encoding="utf-8")
    kept = tmp_path / "kept"
    assert fourport("run", str(named), "--journeys", *SHORT, "--quiet", "--out", str(kept)).exit_code == 0
    assert list(json.loads((kept / "manifest.json").read_text(encoding="utf-8"))["policies"]) == ["today"]
    file = tmp_path / "claims.toml"
    file.write_text(CLAIMS, encoding="utf-8")
    words = ("claims", str(kept), "--claims", str(file), "--jobs", "1", "--quiet")
    result = fourport(*words, "--out", str(tmp_path / "claims"))
    assert (result.exit_code, result.stderr) == (0, "")
    written = []
    for policy in ("base", "today"):
        out = tmp_path / policy
        over = ("--over", "weight", "--points", "3", "--policy", policy, "--jobs", "1", "--quiet")
        assert fourport("curves", str(kept), *over, "--out", str(out)).exit_code == 0
        written.append((out / "curves.csv").read_bytes())
    assert written[0] == written[1]


def test_a_scenario_that_names_no_claims(done: tuple[Path, Result], tmp_path: Path) -> None:
    """Tests that a scenario that names no claims gets one line that says so, and what to do."""
    result = fourport("claims", str(done[0]), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    (line,) = result.stderr.strip().splitlines()
    assert line.endswith(
        'names no file of claims; allowed: --claims FILE, or claims = "FILE" in the scenario'
    )
    assert not (tmp_path / "out").exists()


def test_claims_that_are_named_by_a_scenario(scenario: Path, tmp_path: Path) -> None:
    """Tests a file beside the scenario that another extends; check tells if it is missing or wrong."""
    text = scenario.read_text(encoding="utf-8").replace("format = 2", 'format = 2\nclaims = "mine.toml"', 1)
    (tmp_path / "base.toml").write_text(text, encoding="utf-8")
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "other.toml"
    other.write_text('extends = "../base.toml"\nname = "other"\n', encoding="utf-8")
    (line,) = fourport("check", str(other)).stderr.splitlines()
    assert ": claims: there is no file" in line
    assert line.startswith(f"{tmp_path / 'other'}/../base.toml:") or "base.toml:" in line
    claims = CLAIMS.replace("format = 2", 'format = 2\nscenario = "base"', 1)
    (tmp_path / "mine.toml").write_text(claims.replace('kind = "ratio"', 'kind = "ration"'), encoding="utf-8")
    assert "is not a kind of claim" in fourport("check", str(other)).stderr
    (tmp_path / "mine.toml").write_text(claims, encoding="utf-8")
    assert fourport("check", str(other)).exit_code == 0
    words = ("--replications", "2", "--jobs", "1", "--out", str(tmp_path / "out"))
    result = fourport("claims", str(other), *words)
    assert (result.exit_code, result.stderr) == (0, "")
    said = " ".join(result.stdout.split())
    assert "mine.toml: claims about base, compared with other" in said
