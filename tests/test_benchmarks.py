"""Tests that the benchmarks still fit the program; what they measure is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fourport.plan.compile import compile_corridor
from fourport.scenario.load import load

ROOT = Path(__file__).resolve().parent.parent


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
        ("equality", "--cases", "0"),
    ],
)
def test_numbers_out_of_range(benchmark: str, option: str, value: str) -> None:
    """Tests that a benchmark says which numbers it takes, with exit code 2."""
    script = ROOT / "benchmarks" / f"{benchmark}.py"
    done = subprocess.run(
        [sys.executable, str(script), option, value], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert f"argument {option}: {value!r}; allowed: a whole number from " in done.stderr
    assert "Traceback" not in done.stderr


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
