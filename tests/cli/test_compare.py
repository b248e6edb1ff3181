"""``fourport compare``, as a user types it."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy import stats

from fourport.cli import main
from fourport.measures import is_quantile, title_of
from fourport.store import Run
from tests.stored import rows_of

SHORT = ("--replications", "3", "--jobs", "1")


def run(*words: str) -> Result:
    """Run a command; nothing is a terminal to it."""
    return CliRunner().invoke(main, list(words), prog_name="fourport")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small scenario with a second policy, and another that extends it."""
    path = tmp_path_factory.mktemp("scenario") / "trial.toml"
    assert run("new", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8").replace("8 weeks", "1 week").replace('"2 weeks"', '"1 week"')
    text += '\n[policies.one-truck]\ntitle = "One truck"\n'
    text += 'fleets.trucks = { vehicles = 1, max_consolidation_time = "1 h" }\n'
    path.write_text(text, encoding="utf-8")
    other = 'extends = "trial.toml"\nname = "other"\ntitle = "Other"\n'
    other += 'fleets.trucks.max_consolidation_time = "2 h"\n'
    (path.parent / "other.toml").write_text(other, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(scenario: Path) -> tuple[Result, Path]:
    """Compare all policies once."""
    out = scenario.parent / "out"
    return run("compare", str(scenario), *SHORT, "--out", str(out)), out


def jackknifed(values: list[float], over: list[float]) -> np.ndarray:
    """Give the value of a mean of all replications, and after it what it would be without each of them."""
    x, w = np.array(values), np.ones(len(over)) if np.isnan(over).any() else np.array(over)
    left = [np.average(np.delete(x, k), weights=np.delete(w, k)) for k in range(len(x))]
    return np.array([np.average(x, weights=w), *left])


def test_the_comparison(done: tuple[Result, Path]) -> None:
    """Tests the header to the letter, and rows against SciPy's paired test of the stored replications.

    It is of jackknife values, worked out in a loop; where a replication is the same under both policies, of
    three, there is no interval.
    """
    result, out = done
    assert (result.exit_code, result.stderr) == (0, "")
    lines = (out / "comparison.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == (
        "baseline,policy,lane,route,measure,unit,difference,low,high,p_adjusted,margin,verdict,consignments,"
        "lost,n"
    )
    rows = list(csv.DictReader(lines))
    assert {row["baseline"] for row in rows} == {"base"}
    assert {row["policy"] for row in rows} == {"more-officers", "one-truck"}
    stored: dict[tuple[str, ...], list[float]] = {}
    overs: dict[tuple[str, ...], list[float]] = {}
    for row in rows_of(Run.open(out), "replications"):
        whole = (row["policy"], row["lane"], row["route"], row["measure"])
        stored.setdefault(whole, []).append(float(row["value"]))
        overs.setdefault(whole, []).append(float(row["over"]))
    levels = {
        (row["policy"], row["lane"], row["route"], row["measure"]): float(row["mean"])
        for table in ("summary", "together")
        for row in rows_of(Run.open(out), table)
    }
    tested = 0
    for row in rows:
        key = (row["lane"], row["route"], row["measure"])
        both = [(row["policy"], *key), ("base", *key)]
        (values, before), (over, its) = (np.array([of[one] for one in both]) for of in (stored, overs))
        same = (values == before) & (np.nan_to_num(over - its) == 0)
        if is_quantile(row["measure"]):  # of all replications together
            where = row["lane"], row["route"], row["measure"]
            ends = [levels[policy, *where] for policy in (row["policy"], "base")]
            assert float(row["difference"]) == pytest.approx(ends[0] - ends[1], rel=1e-5, abs=1e-5)
        elif not same.all():
            mine, of_base = (jackknifed(stored[one], overs[one]) for one in both)
            whole_one, *left = mine - of_base
            assert float(row["difference"]) == pytest.approx(whole_one, rel=1e-5, abs=1e-9)
            if same.any():
                assert row["low"] == row["high"] == ""
                continue
            tested += 1
            n = len(left)
            half = stats.t.ppf(0.975, n - 1) * stats.sem(n * whole_one - (n - 1) * np.array(left))
            assert float(row["low"]) == pytest.approx(whole_one - half, rel=1e-4, abs=1e-8)
            assert float(row["high"]) == pytest.approx(whole_one + half, rel=1e-4, abs=1e-8)
            fixed = row["measure"] == "staffed_hours"
            assert float(row["p_adjusted"]) >= 0.25 * (not fixed)  # of 8 flips, 2 are as large
            assert row["verdict"] == ("worse" if fixed else "undecided")
        elif row["measure"] != "staffed_hours":  # no difference in any replication
            assert row["difference"] == "0"
            assert (row["p_adjusted"], row["verdict"]) == ("1", "same")
    assert tested > 5


def test_the_folder(done: tuple[Result, Path]) -> None:
    """Tests that what a run leaves is there, and that the manifest says how it was compared."""
    _, out = done
    for name in ("summary.csv", "costs.csv", "policies.csv", "replications.csv", "scenario.toml"):
        assert (out / name).is_file()
    drawn = {path.stem for path in (out / "charts").glob("*.png")}
    assert {"forest", "stages", "time-distance"} <= drawn
    assert "detection" not in drawn  # no non-compliance in this scenario
    told = Run.open(out).manifest()
    assert list(told["policies"]) == ["base", "more-officers", "one-truck"]
    assert told["comparison"]["baseline"] == "base"
    assert "sign flips" in told["comparison"]["family"]


def test_what_it_prints(done: tuple[Result, Path]) -> None:
    """Tests that the family is named, that cost is judged beside time, and what is not measured is said."""
    result, out = done
    text = " ".join(result.stdout.split())
    rows = rows_of(Run.open(out), "comparison")
    differ = [row for row in rows if row["verdict"] not in ("same", "thin", "unknown")]
    assert "?: thin tail." in text
    n = sum(row["route"] == "*" and row["measure"] != "staffed_hours" for row in differ)
    assert f"Chance is judged for all {n:,} differences that --full prints together (by sign flips)" in text
    # More officers cost staffed hours, and 3 replications cannot show what they bring.
    verdict = "Dominated: none found"
    for words in ("Significant differences from base", verdict, "P95", "planned", "USD/kg"):
        assert words in text
    assert "3 replications are too few for a star among" in text
    assert text.index("Overview") < text.index("Significant differences")
    assert f"Results: {out}{os.sep}" in result.stdout


def test_all_of_it_on_request(done: tuple[Result, Path], tmp_path: Path, no_charts: None) -> None:
    """Tests that ``--full`` prints a line for each difference of all lanes together, significant or not."""
    assert "95 % interval" not in done[0].stdout.split("3 replications (seed")[0]
    result = run("compare", str(done[1]), "--full", "--out", str(tmp_path / "out"))
    rows = [row for row in rows_of(Run.open(done[1]), "comparison") if row["lane"] == "*"]
    text = result.stdout.split("Differences from base, all lanes and routes together\n")[1]
    text = text.split("3 replications (seed")[0]
    for policy in ("more-officers", "one-truck"):
        mine = [row for row in rows if row["policy"] == policy]
        assert text.count(f"  {policy} ") == len(mine)
        for row in mine:
            assert title_of(row["measure"]) in text


def test_measures_never_leave_out_cost(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that asking for one time gives it and the costs."""
    out = tmp_path / "out"
    asked = ("--policies", "one-truck", "--measures", "door_to_door_time_p95")
    assert run("compare", str(scenario), *SHORT, *asked, "--out", str(out)).exit_code == 0
    rows = rows_of(Run.open(out), "comparison")
    assert {"door_to_door_time_p95", "logistics_cost"} <= {row["measure"] for row in rows}
    assert "door_to_door_time" not in {row["measure"] for row in rows}
    assert {row["policy"] for row in rows} == {"one-truck"}


def test_routes(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that routes are compared with the first: the ferry takes days longer and costs less."""
    out = tmp_path / "out"
    assert (
        run("compare", str(scenario), *SHORT, "--routes", "by-air,by-sea", "--out", str(out)).exit_code == 0
    )
    rows = {row["measure"]: row for row in rows_of(Run.open(out), "comparison")}
    assert {(row["baseline"], row["policy"], row["lane"], row["route"]) for row in rows.values()} == {
        ("by-air", "base", "east", "by-sea")
    }
    assert float(rows["door_to_door_time"]["low"]) > 24
    assert float(rows["logistics_cost"]["high"]) < 0


def test_scenarios(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests two files: names of scenarios stand for policies, the first is the baseline."""
    out = tmp_path / "out"
    other = str(scenario.parent / "other.toml")
    assert run("compare", str(scenario), other, *SHORT, "--out", str(out)).exit_code == 0
    rows = rows_of(Run.open(out), "comparison")
    assert {(row["baseline"], row["policy"]) for row in rows} == {("trial", "other")}
    waits = [row for row in rows_of(Run.open(out), "summary") if row["measure"] == "time_consolidation"]
    assert {(row["scenario"], row["policy"]) for row in waits} == {("trial", "trial"), ("other", "other")}


def test_one_process_and_two_write_the_same(
    scenario: Path, done: tuple[Result, Path], tmp_path: Path, no_charts: None
) -> None:
    """Tests the new tables to the byte."""
    out = tmp_path / "out"
    result = run("compare", str(scenario), "--replications", "3", "--jobs", "2", "--out", str(out), "--quiet")
    assert (result.exit_code, result.stdout) == (0, f"{out}{os.sep}\n")
    for name in ("comparison.csv", "policies.csv", "replications.csv"):
        assert (out / name).read_bytes() == (done[1] / name).read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--routes", "by-air,by-see"), "--routes: there is no 'by-see'; did you mean 'by-sea'?"),
        (("--routes", "by-air"), "--routes: no lane has two of by-air"),
        (("--baseline", "bse"), "'bse'; did you mean 'base'?"),
        (("--policies", "one-trunk"), "there is no policy 'one-trunk'; did you mean 'one-truck'?"),
        (("--measures", "freigt_cost"), "there is no measure 'freigt_cost'; did you mean 'freight_cost'?"),
        (("--lane", "est"), "--lane: there is no 'est'; did you mean 'east'?"),
        (("--policies", "base"), "there is nothing to compare with base"),
        (("--policies", ","), "--policies: ',' names nothing; allowed: names such as 'a,b' or 'all'"),
        (("--measures", " , "), "--measures: ' , ' names nothing; allowed: names such as 'a,b' or 'all'"),
        (("--routes", ""), "--routes: '' names nothing; allowed: names such as 'a,b'"),
    ],
)
def test_bad_input(scenario: Path, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    """Tests exit code 2 and what was meant, before anything is written."""
    result = run("compare", str(scenario), *words, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


def test_all_that_is_wrong_at_once(scenario: Path, done: tuple[Result, Path], tmp_path: Path) -> None:
    """Tests that each wrong option has its line, of scenarios as of a run."""
    wrong = ("--policies", "nope,one-truck", "--baseline", "zz", "--lane", "qq", "--measures", "foo,bar")
    rest = [
        "--lane: there is no 'qq'",
        *(f"--measures: there is no measure {name!r}" for name in ("foo", "bar")),
    ]
    result = run("compare", str(scenario), *wrong, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.partition(";")[0] for line in result.stderr.splitlines()] == [
        "--policies: there is no policy 'nope'",
        "--baseline: there is no policy 'zz'",
        *rest,
    ]
    result = run("compare", str(done[1]), *wrong, "--seed", "1", "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.partition(";")[0] for line in result.stderr.splitlines()] == [
        f"--seed: {done[1]} is a run already",
        "--baseline: there is no 'zz'",
        "--policies: there is no 'nope'",
        *rest,
    ]
    assert not (tmp_path / "out").exists()


def test_scenarios_that_do_not_compare(scenario: Path, tmp_path: Path) -> None:
    """Tests two scenarios of one name, and two with windows that differ."""
    result = run("compare", str(scenario), str(scenario))
    assert result.exit_code == 2
    assert "is called 'trial' like another of the scenarios" in result.stderr
    longer = scenario.parent / "longer.toml"
    longer.write_text(
        'extends = "trial.toml"\nname = "longer"\n[run]\nwindow = "2 weeks"\n', encoding="utf-8"
    )
    result = run("compare", str(scenario), str(longer))
    assert result.exit_code == 2
    assert "the scenarios differ in run.window" in result.stderr


def test_both_names_of_the_baseline_are_one(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests a scenario that calls itself "today": named so, "base" or both, it is simulated once."""
    named = tmp_path / "named.toml"
    text = scenario.read_text(encoding="utf-8")
    named.write_text(text.replace('name = "trial"', 'name = "named"\nbase = "today"'), encoding="utf-8")
    for k, (policies, baseline) in enumerate(
        (("base,one-truck", ()), ("one-truck,today,base", ("--baseline", "base")))
    ):
        out = tmp_path / f"out{k}"
        words = ("--policies", policies, *baseline, "--out", str(out), "--quiet")
        result = run("compare", str(named), *SHORT, *words)
        assert (result.exit_code, result.stderr) == (0, "")
        assert list(Run.open(out).manifest()["policies"]) == ["today", "one-truck"]
        assert {row["baseline"] for row in rows_of(Run.open(out), "comparison")} == {"today"}
    for k, names in enumerate(("base,one-truck", "today,one-truck")):  # what was stored answers to both, too
        again = tmp_path / f"again{k}"
        words = ("--policies", names, "--baseline", ("today", "base")[k], "--out", str(again), "--quiet")
        result = run("compare", str(tmp_path / "out0"), *words)
        assert (result.exit_code, result.stderr) == (0, "")
        table = "comparison.csv"
        assert (again / table).read_bytes() == (tmp_path / "out0" / table).read_bytes()
    refused = run("compare", str(named), *SHORT, "--policies", "base,today")
    assert refused.exit_code == 2
    assert "there is nothing to compare with today" in refused.stderr


def test_a_folder_in_use(scenario: Path, done: tuple[Result, Path]) -> None:
    """Tests that another comparison is not overwritten."""
    result = run("compare", str(scenario), *SHORT, "--out", str(done[1]))
    assert result.exit_code == 2
    assert "holds something already, nothing was written" in result.stderr


def test_a_run_is_compared_from_what_it_stored(
    scenario: Path, done: tuple[Result, Path], tmp_path: Path, no_charts: None
) -> None:
    """Tests the same tables to the byte without running again, and another baseline with the sign turned."""
    out = tmp_path / "again"
    result = run("compare", str(done[1]), "--out", str(out), "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")
    for name in ("comparison.csv", "policies.csv", "summary.csv"):
        assert (out / name).read_bytes() == (done[1] / name).read_bytes()
    turned = tmp_path / "turned"
    asked = ("--baseline", "one-truck", "--policies", "base", "--measures", "door_to_door_time")
    assert run("compare", str(done[1]), *asked, "--out", str(turned)).exit_code == 0
    rows = {tuple(row.values())[1:5]: row for row in rows_of(Run.open(turned), "comparison")}
    key = ("*", "*", "door_to_door_time")
    (before,) = (
        row
        for row in rows_of(Run.open(out), "comparison")
        if (row["policy"], row["lane"], row["route"], row["measure"]) == ("one-truck", *key)
    )
    assert float(rows["base", *key]["difference"]) == -float(before["difference"])
    assert set(Run.open(turned).manifest()["policies"]) == {"base", "one-truck"}
    said = json.loads((turned / "scenario.json").read_text(encoding="utf-8"))["policies"]
    assert list(said) == ["one-truck", "base"]  # which curves of this folder are priced from
    for words, message in (
        (("--seed", "4"), "is a run already; allowed: no --seed"),
        (("--policies", "bse"), "--policies: there is no 'bse'; did you mean 'base'?"),
        (("--measures", "wait"), "there is no measure 'wait'"),
    ):
        refused = run("compare", str(done[1]), *words)
        assert refused.exit_code == 2
        assert message in refused.stderr
