"""The table that a run prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.cli.table import summary_table
from fourport.store import Run
from fourport.store.headers import SUMMARY_HEADER


def test_a_count_from_0_to_100(tmp_path: Path) -> None:
    """Tests that a count has a half-width, though its interval ends where one of a share would be cut."""
    made = Run.create(tmp_path / "run")
    made.write_manifest({"titles": {"lanes": {"l": "Lane"}}, "replications": 2, "seed": 1})
    row = ("s", "base", "l", "r", "consignments", "consignments", 50.0, 0.0, 100.0, 2)
    made.write_table("summary.csv", SUMMARY_HEADER, [row])
    assert " ".join(summary_table(made).splitlines()[4].split()) == "r - - - - - - - 50 ±50 -"


@pytest.mark.parametrize(
    ("mean", "low", "high", "shown"),
    [(98.0, 92.0, 100.0, "98.0 ±6.0"), (3.0, 0.0, 7.0, "3.0 ±4.0"), (30.0, 0.0, 100.0, "30.0 (0 to 100)")],
)
def test_intervals_of_shares_in_the_table(
    tmp_path: Path, mean: float, low: float, high: float, shown: str
) -> None:
    """Tests the table by hand: the half-width is that of the side that is not cut; none is a dash."""
    made = Run.create(tmp_path / "run")
    made.write_manifest({"titles": {"lanes": {"l": "Lane"}}, "replications": 2, "seed": 1})
    rows = [
        ("s", "base", "l", "r", "consignments", "consignments", 1234.5, 1230.5, 1238.5, 2),
        ("s", "base", "l", "r", "departure_as_planned", "%", mean, low, high, 2),
        ("s", "base", "l", "r", "freight_cost", "USD/kg", 1.5, float("nan"), float("nan"), 1),
        ("s", "base", "l", "r", "door_to_door_time", "h", float("nan"), float("nan"), float("nan"), 0),
    ]
    made.write_table("summary.csv", SUMMARY_HEADER, rows)
    lines = summary_table(made).splitlines()
    assert lines[3] == "Lane"
    assert " ".join(lines[4].split()) == f"r - - - - {shown} 1.500 - 1,234 ±4 -"
    assert lines[1].split() == ["h", "%", "USD/kg"]
