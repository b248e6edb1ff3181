"""``fourport run``, as a user types it, on the scenario that ``fourport new`` writes."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fourport.api.study import Study
from fourport.arguments import ENGINE_VARIABLE
from fourport.cli.working import processes
from fourport.errors import UserError
from fourport.scenario.load import load
from fourport.scenario.memory import memory_needed
from fourport.store import Run
from fourport.store.tables import TABLES
from tests.cli.short import SHORT, short_scenario
from tests.cli.short import fourport as run
from tests.stored import rows_of


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def done(scenario: Path) -> subprocess.CompletedProcess[str]:
    """Run it once in a process of its own, with all that it writes."""
    return subprocess.run(
        [sys.executable, "-m", "fourport", "run", str(scenario), *SHORT, "--out", "out", "--milestones"],
        capture_output=True,
        text=True,
        check=False,
        cwd=scenario.parent,
        env={**os.environ, "COLUMNS": "80"},
    )


def test_a_run_ends_well_and_writes_its_files(scenario: Path, done: subprocess.CompletedProcess[str]) -> None:
    """Tests exit code 0 and every file that docs and store promise, with nothing temporary left."""
    told = [line for line in done.stderr.splitlines() if " replications, " not in line]  # progress
    assert (done.returncode, told) == (0, [])
    out = scenario.parent / "out"
    found = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    charts = {f"charts/{name}.png" for name in ("cost-stack", "lead-time-ecdf", "time-distance")}
    assert found == charts | {
        "manifest.json",
        "datapackage.json",
        "scenario.toml",
        "scenario.json",
        "summary.csv",
        "together.csv",
        "costs.csv",
        "stops.csv",
        "lead-times.csv",
        "replications.csv",
        "departures.csv",
        "arrivals.csv",
        "hub-arrivals.csv",
        "groups.csv",
        "resources.csv",
        "legs.csv",
        "clearance-stages.csv",
        "emissions.csv",
        "emission-factors.csv",
        "places.csv",
        "prices.csv",
        "milestones.parquet",
        "consignments/base-0000.parquet",
        "consignments/base-0001.parquet",
    }
    text = scenario.read_text(encoding="utf-8")
    assert (out / "scenario.toml").read_text(encoding="utf-8") == f"# trial.toml\n{text}"


def test_the_summary(scenario: Path, done: subprocess.CompletedProcess[str]) -> None:
    """Tests the header to the letter, one row for each route and measure, and that means lie in intervals."""
    assert done.returncode == 0
    lines = (scenario.parent / "out" / "summary.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "scenario,policy,lane,route,measure,unit,mean,low,high,n"
    assert lines[0] == ",".join(TABLES["summary"].header)
    rows = list(csv.DictReader(lines))
    keys = [(row["route"], row["measure"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert {row["route"] for row in rows} == {"by-sea", "by-air"}
    assert {(row["scenario"], row["policy"], row["lane"]) for row in rows} == {("trial", "base", "east")}
    for row in rows:
        assert row["n"] == "2"
        # Ends are empty where the trial is too small to bound a quantile, or a mean of what is rare.
        assert float(row["low"] or "-inf") <= float(row["mean"]) <= float(row["high"] or "inf")


def test_the_manifest(scenario: Path, done: subprocess.CompletedProcess[str]) -> None:
    """Tests that it tells what was run, so that it can be run again."""
    assert done.returncode == 0
    told = json.loads((scenario.parent / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (told["seed"], told["replications"]) == (1, 2)
    assert told["scenario"]["name"] == "trial"
    assert list(told["policies"]) == ["base"]
    assert str(scenario.parent) not in json.dumps(told)


def test_what_it_prints(done: subprocess.CompletedProcess[str]) -> None:
    """Tests a table with the numbers of the routes and the folder, without colour when it is piped.

    It fits 120 columns: it is parted, so that each route has a row in each part.
    """
    assert "\x1b" not in done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 120
    routes = [line.split()[0] for line in lines if line.startswith("  by-")]
    assert routes == ["by-sea", "by-air"] * (len(routes) // 2)
    assert "Northport to Easthaven" in lines
    assert lines[-1].startswith(f"Results: out{os.sep}")
    for heading in ("P50", "P90", "P95", "planned", "freight", "logistics", "consignments", "undelivered"):
        # "consignments" is also the unit of what is undelivered.
        found = done.stdout.partition("\nTime from acceptance")[0].split().count(heading)
        assert found == 1 + (heading == "consignments")


def test_quiet_prints_the_folder(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that --quiet leaves one line, which another program can read."""
    result = run("run", str(scenario), *SHORT, "--out", str(tmp_path / "out"), "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{tmp_path / 'out'}{os.sep}\n"


def test_the_default_folder(
    scenario: Path, tmp_path: Path, no_charts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests results/<scenario>/<time>-<hash>/ below the folder where one is."""
    monkeypatch.chdir(tmp_path)
    result = run("run", str(scenario), *SHORT, "--quiet")
    assert result.exit_code == 0
    folder = Path(result.stdout.strip())
    assert folder.parent == Path("results/trial")
    assert (tmp_path / folder / "manifest.json").is_file()
    stamp, _, marks = folder.name.partition("-")
    assert (len(stamp), len(marks)) == (16, 12)


def test_the_same_seed_is_the_same_bytes(
    scenario: Path, done: subprocess.CompletedProcess[str], tmp_path: Path, no_charts: None
) -> None:
    """Tests that tables are the same with two processes and the seed named, and differ with another seed."""
    assert done.returncode == 0
    for seed, same in (("1", True), ("2", False)):
        out = tmp_path / seed
        result = run(
            "run", str(scenario), "--replications", "2", "--jobs", "2", "--seed", seed, "--out", str(out)
        )
        assert result.exit_code == 0
        for name in ("summary.csv", "costs.csv", "stops.csv"):
            first = (scenario.parent / "out" / name).read_bytes()
            assert ((out / name).read_bytes() == first) == same


def test_both_engines_write_the_same_bytes(
    scenario: Path, done: subprocess.CompletedProcess[str], tmp_path: Path, no_charts: None
) -> None:
    """Tests every table of a run with ``--engine simpy`` against the run with the usual engine."""
    assert done.returncode == 0
    out = tmp_path / "out"
    assert run("run", str(scenario), *SHORT, "--out", str(out), "--engine", "simpy").exit_code == 0
    usual = scenario.parent / "out"
    tables = sorted(path.relative_to(out) for path in [*out.glob("*.csv"), *out.glob("consignments/*")])
    assert Path("summary.csv") in tables
    assert len(tables) > 10
    for table in tables:
        assert (out / table).read_bytes() == (usual / table).read_bytes(), table
    engines = [json.loads((folder / "manifest.json").read_text())["engine"] for folder in (usual, out)]
    assert engines == ["compiled", "simpy"]
    assert not os.environ.get(ENGINE_VARIABLE)


def test_an_engine_that_does_not_exist(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests the message for a wrong environment variable, in a command and from Python."""
    monkeypatch.setenv(ENGINE_VARIABLE, "steam")
    result = run("run", str(scenario), *SHORT, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "'steam' is not one of 'compiled', 'simpy'" in result.stderr
    assert not (tmp_path / "out").exists()
    with pytest.raises(UserError, match="FOURPORT_ENGINE: 'steam'; allowed: compiled, simpy"):
        Study(scenario)


def test_two_policies(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that --policy may be repeated, "base" being the scenario as it stands, in the order asked for."""
    out = tmp_path / "out"
    result = run(
        "run", str(scenario), *SHORT, "--policy", "more-officers", "--policy", "base", "--out", str(out)
    )
    assert (result.exit_code, result.stderr) == (0, "")
    rows = rows_of(Run.open(out), "summary")
    assert list(dict.fromkeys(row["policy"] for row in rows)) == ["more-officers", "base"]
    assert Run.open(out).manifest()["policies"]["more-officers"] == "One more customs officer"
    assert "Northport to Easthaven  (policy more-officers)" in result.stdout

    def measured(policy: str, name: str) -> list[str]:
        return [row["mean"] for row in rows if row["policy"] == policy and row["measure"] == name]

    # The same consignments under both policies, and other times.
    assert measured("base", "weight") == measured("more-officers", "weight")
    assert measured("base", "time_queue") != measured("more-officers", "time_queue")


def test_an_unknown_policy(scenario: Path, tmp_path: Path) -> None:
    """Tests exit code 2, what was meant, what there is, each of several, and that no folder is made."""
    names = ("--policy", "more-oficers", "--policy", "nope")
    result = run("run", str(scenario), *names, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no policy 'more-oficers'; did you mean 'more-officers'?" in result.stderr
    assert "there is no policy 'nope'; allowed: more-officers" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use(scenario: Path, tmp_path: Path) -> None:
    """Tests that nothing of another run is overwritten."""
    (tmp_path / "summary.csv").write_text("mine")
    result = run("run", str(scenario), *SHORT, "--out", str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path}: holds something already, nothing was written" in result.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("summary.csv", "mine")]


def test_an_unwritable_folder(scenario: Path, tmp_path: Path) -> None:
    """Tests a folder below a file: exit code 2 and a line that names it."""
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "out"
    result = run("run", str(scenario), *SHORT, "--out", str(out))
    assert result.exit_code == 2
    told = f"{out}: cannot be written: Not a directory; allowed: a new folder elsewhere\n"
    assert result.stderr == told


@pytest.mark.parametrize(
    "words",
    [
        ("--replications", "0"),
        ("--jobs", "0"),
        ("--seed", "-1"),
        ("--replications", "many"),
        ("--polcy", "base"),
    ],
)
def test_wrong_options(scenario: Path, tmp_path: Path, words: tuple[str, str]) -> None:
    """Tests that options out of range end with exit code 2 before anything is made."""
    result = run("run", str(scenario), *words, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert words[0] in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["run", "compare", "curves", "route-choice", "claims", "chart"])
def test_an_out_without_a_name(scenario: Path, command: str) -> None:
    """Tests that an empty name of a folder, as of a variable that is not set, is refused as that."""
    result = run(command, str(scenario), "--out", "")
    assert result.exit_code == 2
    assert "Invalid value for '--out': the name is empty; allowed: a folder that is new" in result.stderr


def test_a_bad_scenario(scenario: Path, tmp_path: Path) -> None:
    """Tests that what shows only in time is told with file and line, exit code 2, and nothing is made."""
    bad = tmp_path / "bad.toml"
    text = scenario.read_text(encoding="utf-8")
    bad.write_text(text.replace('arrives = "04:30", arrives_day = 1', 'arrives = "04:30"'), encoding="utf-8")
    result = run("run", str(bad), *SHORT, "--out", str(tmp_path / "out"))
    line = text[: text.index("arrives_day = 1")].count("\n") + 1
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{bad}:{line}: services.flight.timetable[0]: arrives before it leaves")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_charts")
def test_one_replication_promises_no_intervals(scenario: Path, tmp_path: Path) -> None:
    """Tests that a single replication is allowed, and the table says that it has no intervals."""
    result = run("run", str(scenario), "--replications", "1", "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 replication: no intervals (seed 1)." in " ".join(result.stdout.split())
    assert "±" not in result.stdout


@pytest.mark.usefixtures("no_charts")
def test_processes_that_memory_has_room_for(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that no more work than asked for, and fewer, which is told, if each needs half of the memory."""
    needed = memory_needed(load(scenario).scenario)
    monkeypatch.setattr("fourport.cli.working.memory_here", lambda: int(1.9 * needed))
    result = run("run", str(scenario), "--replications", "3", "--jobs", "8", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert result.stderr.startswith("1 process in place of 3: a replication takes about 0.0 GiB of memory, ")
    monkeypatch.setattr("fourport.cli.working.memory_here", lambda: int(3.1 * needed))
    assert processes(8, 3, [load(scenario).scenario]) == 3
    assert (processes(1, 3, [load(scenario).scenario]), processes(8, 1, [load(scenario).scenario])) == (1, 1)


def test_memory_by_hand(scenario: Path) -> None:
    """Tests the memory of a replication by hand: 60 consignments in each of 4 weeks, 8 milestones each."""
    assert memory_needed(load(scenario).scenario) == 4 * 60 * (1000 + 40 * 8)
