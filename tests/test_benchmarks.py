"""Tests that the benchmarks still fit the program; what they measure is not tested."""

from __future__ import annotations

from pathlib import Path

from fourport.plan.compile import compile_corridor
from fourport.scenario.load import load

ROOT = Path(__file__).resolve().parent.parent


def test_the_frontier_is_measured_on_four_routes() -> None:
    """Tests that the scenario of the benchmark is valid and its lane has four routes."""
    corridor = compile_corridor(load(ROOT / "benchmarks" / "frontier.toml").scenario)
    assert len(corridor.scenario.lanes["shandong-us"].routes) == 4
