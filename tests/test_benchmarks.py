"""Tests that the benchmarks still fit the program; what they measure is not tested."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from fourport.engine import Milestones
from fourport.engine.compiled import simulate
from fourport.plan.compile import compile_corridor
from fourport.plan.tables import Plan
from fourport.scenario.load import load
from fourport.world.tables import World

ROOT = Path(__file__).resolve().parent.parent


def test_the_study_is_the_shipped_scenario() -> None:
    """Tests that the scenario of the benchmark of processes is valid."""
    assert load(ROOT / "benchmarks" / "study.toml").scenario.name == "study-benchmark"


def test_the_route_choice_is_measured_on_four_routes() -> None:
    """Tests that the scenario of the benchmark is valid and its lane has four routes."""
    corridor = compile_corridor(load(ROOT / "benchmarks" / "route_choice.toml").scenario)
    assert len(corridor.scenario.lanes["shandong-us"].routes) == 4


@pytest.mark.parametrize(
    ("benchmark", "option", "value"),
    [
        ("engine", "--consignments", "0"),
        ("engine", "--consignments", "99999999999"),
        ("ledger", "--consignments", "-1"),
        ("route_choice", "--replications", "0"),
        ("route_choice", "--jobs", "0"),
        ("help", "--times", "none"),
        ("loading", "--times", "0"),
        ("replication", "--replications", "0"),
        ("equality", "--cases", "0"),
        ("fuzz", "--mutants", "0"),
        ("peers", "--customers", "0"),
        ("peers", "--servers", "0"),
        ("before", "--replications", "1"),
        ("study", "--jobs", "1"),
    ],
)
def test_numbers_out_of_range(
    benchmark: str,
    option: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Tests that a benchmark says which numbers it takes, with exit code 2."""
    script = ROOT / "benchmarks" / f"{benchmark}.py"
    monkeypatch.setattr(sys, "argv", [str(script), option, value])
    monkeypatch.setattr(sys, "path", [str(script.parent), *sys.path])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(script), run_name="__main__")
    assert ended.value.code == 2
    assert f"argument {option}: {value!r}; allowed: a whole number from " in capsys.readouterr().err


@pytest.mark.parametrize("benchmark", ["engine", "equality"])
def test_an_engine_is_not_compared_with_itself(
    benchmark: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that benchmarks of both engines do not run where SimPy would stand for the compiled one."""
    script = imported(benchmark, monkeypatch)
    monkeypatch.setattr(sys, "argv", [benchmark])
    monkeypatch.setenv("FOURPORT_ENGINE", "simpy")
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 2
    assert "the simpy engine would run; allowed: the compiled one" in capsys.readouterr().err


def test_a_difference_is_shrunk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that engines which differ are found, with the seed and the smallest case, and exit code 1.

    One engine is made wrong by a microsecond where seven consignments or more have two routes or more.
    """
    equality = imported("equality", monkeypatch)

    def wrong(plan: Plan, world: World) -> Milestones:
        marks = simulate(plan, world)
        if world.n >= 7 and plan.n_routes >= 2:
            marks.end_us[-1] += 1
        return marks

    monkeypatch.setattr(equality, "compiled", SimpleNamespace(simulate=wrong))
    monkeypatch.setattr(sys, "argv", ["equality", "--seed", "3", "--cases", "5", "--json"])
    with pytest.raises(SystemExit) as ended:
        equality.main()
    assert ended.value.code == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["identical"], found["seed"], found["differs"]) == (False, 4, ["end_us"])  # 3 has one route
    least = {name: found["case"][name] for name in ("consignments", "routes", "trader_classes", "steps")}
    assert least == {"consignments": 7, "routes": 2, "trader_classes": 1, "steps": 2}


def imported(benchmark: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import a benchmark as a module."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return import_module(benchmark)


def test_peers_agree() -> None:
    """Tests that the recursion, both engines and SimPy find the same departures, with overtaking too."""
    script = ROOT / "benchmarks" / "peers.py"
    options = ["--customers", "300", "--servers", "3", "--peers", "simpy,reference,fourport", "--json"]
    done = subprocess.run([sys.executable, str(script), *options], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["identical"]
    assert list(found["peers"]) == ["recursion", "fourport", "reference", "simpy"]


def test_a_peer_that_is_unknown() -> None:
    """Tests that the peers to choose from are listed, with exit code 2."""
    script = ROOT / "benchmarks" / "peers.py"
    done = subprocess.run(
        [sys.executable, str(script), "--peers", "arena"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "argument --peers: 'arena'; allowed: recursion,fourport,reference,simpy," in done.stderr


def test_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    """Tests that the earlier state must be a checkout, with exit code 2."""
    script = ROOT / "benchmarks" / "before.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert f"{tmp_path}: holds no fourport; allowed: a checkout" in done.stderr


@pytest.mark.long
def test_the_parts_of_a_run() -> None:
    """Tests that the parts outside the replications are measured and add up."""
    script, small = ROOT / "benchmarks" / "outside.py", ROOT / "scenarios" / "templates" / "small.toml"
    done = subprocess.run(
        [sys.executable, str(script), str(small), "--json"], check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    parts = [seconds for name, seconds in found.items() if name not in ("outside", "replication")]
    assert found["outside"] == pytest.approx(sum(parts), abs=0.02)
    assert {"loading", "tables", "cost-stack.png", "summary"} < found.keys()


@pytest.mark.long
def test_the_parts_of_a_replication() -> None:
    """Tests that the parts of a replication are measured and add up."""
    script, small = ROOT / "benchmarks" / "replication.py", ROOT / "scenarios" / "templates" / "small.toml"
    done = subprocess.run(
        [sys.executable, str(script), str(small), "--replications", "1", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)
    assert found["whole"] == pytest.approx(sum(found.values()) - found["whole"], abs=0.01)
    assert {"world", "engine", "causes", "files", "measures"} < found.keys()
