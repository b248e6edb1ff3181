"""The table that a run prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.cli.table import summary_table
from fourport.store import Run
from tests.regenerate_reference import REFERENCE


def test_a_count_from_0_to_100(tmp_path: Path) -> None:
    """Tests that a count has a half-width, though its interval ends where one of a share would be cut."""
    made = Run.create(tmp_path / "run")
    made.write_manifest({"titles": {"lanes": {"l": "Lane"}}, "replications": 2, "seed": 1})
    row = ("s", "base", "l", "r", "consignments", "consignments", 50.0, 0.0, 100.0, 2)
    made.write_table("summary", [row])
    assert row_of(summary_table(made)) == "r - - - - - - - 50 ±50 -"


def row_of(text: str) -> str:
    """Give the cells of the only route, with one space between them."""
    (line,) = (line for line in text.splitlines() if line.startswith("  r "))
    return " ".join(line.split())


@pytest.mark.parametrize(
    ("mean", "low", "high", "shown"),
    [
        (98.0, 92.0, 100.0, "98.0 ±6.0"),
        (3.0, 0.0, 7.0, "3.0 ±4.0"),
        (30.0, 0.0, 100.0, "30.0 (0.0 to 100.0)"),
        (3.0, 1.2, 6.8, "3.0 (1.2 to 6.8)"),
        (100.0, 99.97, 100.0, "100.0 (>99.97)"),
        (0.0, 0.0, 0.4, "0.0 (<0.4)"),
        (50.0, 50.0, 50.0, "50.0 ±0.0"),
    ],
)
def test_intervals_of_shares_in_the_table(
    tmp_path: Path, mean: float, low: float, high: float, shown: str
) -> None:
    """Tests the table by hand: the half-width is that of the side that is not cut; none is a dash.

    Ends that are not equally far are shown, and a value at the end of its interval has the other end alone.
    """
    made = Run.create(tmp_path / "run")
    made.write_manifest({"titles": {"lanes": {"l": "Lane"}}, "replications": 2, "seed": 1})
    rows = [
        ("s", "base", "l", "r", "consignments", "consignments", 1234.5, 1230.5, 1238.5, 2),
        ("s", "base", "l", "r", "departure_as_planned", "%", mean, low, high, 2),
        ("s", "base", "l", "r", "freight_cost", "USD/kg", 1.5, float("nan"), float("nan"), 1),
        ("s", "base", "l", "r", "door_to_door_time", "h", float("nan"), float("nan"), float("nan"), 0),
    ]
    made.write_table("summary", rows)
    lines = summary_table(made).splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["Door", "to", "door", "as", "Cost"],
        ["mean", "P50", "P90", "P95", "planned", "freight", "logistics", "consignments", "undelivered"],
        ["h", "%", "USD/kg"],
    ]
    assert lines[3] == "Lane"
    assert row_of("\n".join(lines)) == f"r - - - - {shown} 1.500 - 1,234 ±4 -"
    notes = "\n".join(lines)
    for sign, note in (
        ("(<", "(<x) at 0.0: there was none in these replications, but up to x cannot be ruled out (95 %)."),
        ("(>", "(>x): at least x (95 %)."),
        (" to ", "brackets hold its ends where they are not equally far"),
    ):
        assert (note in " ".join(notes.split())) == (sign in shown)


def test_thin_tails_and_withheld_means_are_explained(tmp_path: Path) -> None:
    """Tests a route with 4 of 50 beyond P95, whose mean is withheld, and one with 6 of 120 beyond."""
    made = Run.create(tmp_path / "run")
    made.write_manifest({"titles": {"lanes": {"l": "Lane"}}, "replications": 2, "seed": 1})
    nan = float("nan")
    rows = [
        ("s", "base", "l", "r", "consignments", "consignments", 50.0, 40.0, 60.0, 2),
        ("s", "base", "l", "r", "undelivered", "consignments", 4.0, 3.0, 5.0, 2),
        ("s", "base", "l", "r", "door_to_door_time", "h", nan, nan, nan, 2),
        ("s", "base", "l", "r", "door_to_door_time_p90", "h", 9.0, 7.0, nan, 2),
        ("s", "base", "l", "q", "consignments", "consignments", 120.0, 110.0, 130.0, 2),
        ("s", "base", "l", "q", "door_to_door_time_p95", "h", 9.0, 7.0, 11.0, 2),
    ]
    made.write_table("summary", rows)
    text = summary_table(made)
    assert row_of(text) == "r - - 9.0 (>7.0)* - - - - 50 ±10 4.0 ±1.0"
    assert "9.0 ±2.0*" not in text
    assert [line.split()[-1] for line in text.splitlines()[1:3]] == ["undelivered", "consignments"]
    assert "*: fewer than 5 consignments of a replication are slower than this." in text
    assert "Undelivered: r 8 %." in text


def test_undelivered_shares_name_their_policies(tmp_path: Path) -> None:
    """Tests one route under two policies, one of them the base."""
    made = Run.create(tmp_path / "run")
    made.write_manifest({"titles": {"lanes": {"l": "Lane"}}, "replications": 2, "seed": 1})
    rows = [
        ("s", policy, "l", "r", measure, "consignments", value, value, value, 2)
        for policy, lost in (("base", 4.0), ("p", 5.0))
        for measure, value in (("consignments", 50.0), ("undelivered", lost))
    ]
    made.write_table("summary", rows)
    assert "Undelivered: r (policy base) 8 %, r (policy p) 10 %." in summary_table(made)


def test_long_journeys_in_days_and_columns_that_some_runs_have(tmp_path: Path) -> None:
    """Tests that weeks are written in days, and that promises and parcels have columns of their own."""
    made = Run.create(tmp_path / "run")
    made.write_manifest({"titles": {"lanes": {"l": "Lane"}}, "replications": 2, "seed": 1})
    about = ("s", "base", "l", "r")
    rows = [
        (*about, "door_to_door_time", "h", 480.0, 456.0, 504.0, 2),
        (*about, "door_to_door_time_p95", "h", 600.0, 588.0, 612.0, 2),
        (*about, "within_promise", "%", 90.0, 85.0, 95.0, 2),
        (*about, "logistics_cost_per_parcel", "USD/parcel", 4.25, 4.0, 4.5, 2),
    ]
    made.write_table("summary", rows)
    text = summary_table(made)
    lines = text.splitlines()
    assert lines[1].split()[4:6] == ["promise", "planned"]
    assert lines[2].split() == ["d", "d", "%", "USD/parcel"]
    assert row_of(text) == "r 20.0 ±1.0 - - 25.0 ±0.5 90.0 ±5.0 - - - 4.25 ±0.25 - -"


def test_the_table_of_the_shipped_scenario_fits_a_terminal() -> None:
    """Tests that it is parted where it would be wider than 120 columns, a row for each route in each part."""
    lines = summary_table(Run(REFERENCE)).splitlines()
    assert max(map(len, lines)) <= 120
    assert sum(line.startswith("  can-us ") for line in lines) == 3
