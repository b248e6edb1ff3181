"""Tests of the chart of clearance time by stage: whose bars there are, and what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fourport.errors import UserError
from fourport.store import Run
from tests.charts.compared import PAIR, PORT
from tests.charts.folder import LANES, PLACES, ROUTES, Made, write_run
from tests.charts.look import faults, texts
from tests.charts.test_comparison import MADE, MANY, figure
from tests.stored import rows_of

TITLES = {key: title for key, title, _ in PLACES}
IMPORT = f"Import clearance: {TITLES['port']}"
EXPORT = f"Export clearance: {TITLES['zone']} + {TITLES['port']}"


def compared(folder: Path, made: Made = MADE, **asked: Any) -> Run:
    """Write a run whose manifest says of a comparison what is asked, and nothing of what is None."""
    run = write_run(folder, made)
    manifest = run.manifest()
    told = {**manifest["comparison"], **asked}
    manifest["comparison"] = {name: value for name, value in told.items() if value is not None}
    run.write_manifest(manifest)
    return run


def keep(run: Run, **values: Sequence[str]) -> None:
    """Leave only the rows of the table that have one of the values in each column named."""
    rows = rows_of(run, "clearance-stages")
    kept = [tuple(row.values()) for row in rows if all(row[name] in of for name, of in values.items())]
    run.write_table("clearance-stages", kept)


def test_offices_that_policies_change(tmp_path: Path) -> None:
    """Tests the offices that the comparison names, each with the baseline and those who change it.

    Of import 35 h are 5 h waiting, and each policy takes an hour from it; of export 0.25 of 1.5 h.
    """
    changed: Mapping[str, list[str]] = {"night-shift": [PORT], "one-declaration": [PORT, PAIR]}
    drawn = figure(compared(tmp_path / "run", changed_offices=changed), "clearance-stages")
    seen = texts(drawn)
    assert faults(drawn) == ([], [])
    assert IMPORT in seen
    assert EXPORT in seen
    assert "Export clearance: North port" not in seen  # which only the pair of offices holds
    for k in range(3):
        assert f"{35 - k}.00 ± " in seen
        assert f"waiting {100 * 5 / (35 - k):.0f} %" in seen
    assert "half-the-inspections" not in seen  # changes nothing here
    assert seen.count("1.50 ±") == 2
    assert seen.count("waiting 17 %") == 2
    assert seen.count("night-shift: officers at night") == 2  # its bar, and the caption
    assert seen.count("one-declaration") == 2
    assert "All lanes together." in seen


def test_every_office_where_it_is_not_said_what_changes(tmp_path: Path) -> None:
    """Tests an older comparison: all offices under all policies, and two at one place by their names."""
    seen = texts(figure(compared(tmp_path / "run", changed_offices=None), "clearance-stages"))
    assert {f"{35 - k}.00 ±" in seen for k in range(4)} == {True}
    assert seen.count("1.50 ±") == 4 * 3
    run = compared(tmp_path / "again", changed_offices={"night-shift": [PORT]})
    rows = [tuple(row.values()) for row in rows_of(run, "clearance-stages")]
    second = [(*row[:5], "port/second", *row[6:]) for row in rows if row[5] == PORT]
    run.write_table("clearance-stages", [*rows, *second])
    assert f"{IMPORT} (import)" in texts(figure(run, "clearance-stages"))


def test_one_lane(tmp_path: Path) -> None:
    """Tests that with a lane the offices have the times on this lane, and the chart says so."""
    made = replace(MADE, lanes={"west": ["direct"], "islands": ["direct"]})
    run = compared(tmp_path / "run", made, lane="west")
    keep(run, lane=["west"])
    seen = texts(figure(run, "clearance-stages"))
    assert IMPORT in seen
    assert f"Lane: {LANES['west']}." in seen


def test_no_policy_changes_an_office(tmp_path: Path) -> None:
    """Tests that the lanes are drawn as for a single run, and that this is said."""
    run = compared(tmp_path / "run", changed_offices={"night-shift": []})
    seen = texts(figure(run, "clearance-stages"))
    assert "No policy changes a customs office." in seen
    assert LANES["islands"] in seen
    assert "34.00 ±" not in seen
    by_lane = texts(figure(run, "clearance-stages", "night-shift"))
    assert "34.00 ±" in by_lane


def test_where_only_another_than_the_first_clears(tmp_path: Path) -> None:
    """Tests that a policy which brings an office is drawn beside one that has none."""
    run = compared(tmp_path / "run", changed_offices={"night-shift": [PORT]})
    keep(run, policy=["night-shift"])
    seen = texts(figure(run, "clearance-stages"))
    assert "no clearance" in seen
    assert "34.00 ±" in seen
    keep(run, policy=[])
    with pytest.raises(UserError, match="nothing was cleared"):
        figure(run, "clearance-stages")


def test_routes(tmp_path: Path) -> None:
    """Tests a bar for each route compared and policy, on the lane asked for, and none of any other."""
    made = replace(MADE, lanes={"west": ["sea-air", "direct"], "islands": ["sea-air", "direct", "post"]})
    asked = {"baseline": "direct", "routes": ["direct", "sea-air"]}
    run = compared(tmp_path / "run", made, **asked, lane="islands")
    rows = [tuple(row.values()) for row in rows_of(run, "clearance-stages")]
    rows = [row for row in rows if not (row[3] == "sea-air" and row[4] == "export")]
    run.write_table("clearance-stages", rows)
    drawn = figure(run, "clearance-stages")
    seen = texts(drawn)
    assert faults(drawn) == ([], [])
    assert f"Import clearance: {LANES['islands']}" in seen
    assert LANES["west"] not in seen
    assert ROUTES["post"] not in seen
    assert seen.count("35.00 ±") == seen.count("34.00 ±") == 2  # two routes under each of two policies
    assert seen.count("no clearance") == 2  # export by sea-air
    assert seen.count("(night-shift)") == 4
    only = texts(figure(run, "clearance-stages", "night-shift"))
    assert "35.00 ±" not in only
    assert only.count("34.00 ±") == 2
    both = compared(tmp_path / "both", made, **asked)
    assert LANES["west"] in texts(figure(both, "clearance-stages"))


def test_twenty_policies(tmp_path: Path) -> None:
    """Tests that many policies find room."""
    assert faults(figure(write_run(tmp_path / "run", MANY), "clearance-stages")) == ([], [])


def test_a_run_names_the_offices_of_each_lane(tmp_path: Path) -> None:
    """Tests the offices in brackets: those of the lane, of the procedure, each once, by short names."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air"], "islands": ["direct"]}))
    manifest = run.manifest()
    run.write_manifest({key: value for key, value in manifest.items() if key != "comparison"})
    rows = [
        ("made-up", "base", lane, "*", procedure, office, 0, "*", "time", "h", 5.0, 4.5, 5.5, 3)
        for lane, procedure, office in (
            ("west", "import", "*"),
            ("west", "import", "port/clearance"),
            ("west", "import", "air/clearance"),
            ("islands", "import", "*"),
            ("islands", "import", "zone/first + port/clearance"),
            ("islands", "export", "*"),
        )
    ]
    run.write_table("clearance-stages", [*rows, *(_work(row) for row in rows)])
    seen = texts(figure(run, "clearance-stages"))
    assert f"{LANES['west']} (North port; Far international airport)" in seen
    assert f"{LANES['islands']} (Comprehensive bonded zone of the north shore; North port)" in seen
    assert seen.count("(North port") == 1


def _work(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Give the stage in which all of the time of a row is work."""
    return (*row[:6], 1, "document-control", "work", "h", *row[10:])
