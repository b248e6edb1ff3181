"""Tests that charts of means of the delivered say of how many they are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.stored_results import Value
from fourport.charts.style import STYLES
from fourport.charts.undelivered import percent, undelivered
from fourport.store import Run
from tests.charts.folder import Made, write_run
from tests.charts.look import texts
from tests.stored import rows_of

MADE = Made({"west": ["direct", "express"], "islands": ["post"]}, lost=["post"])
ON_ROUTES = ("time-distance", "cost-distance", "lead-time-ecdf", "cost-stack", "cost-time", "time-by-cause")
NO_SIGN = "No hollow sign: 5 % or more are not delivered."


def seen(run: Run, kind: str) -> str:
    with settings(STYLES["screen"]):
        return " ".join(texts(KINDS[kind].figure(StoredResults(run), "base", STYLES["screen"])).split())


def change(run: Run, name: str, changes: Mapping[tuple[str, str], str]) -> None:
    """Put means of measures into a table, by route (or lane) and measure."""
    rows = rows_of(run, name)
    for row in rows:
        key = row["route"] if row["route"] != "*" else row["lane"]
        row["mean"] = changes.get((key, row["measure"]), row["mean"])
    run.write_table(name, [list(row.values()) for row in rows])


@pytest.mark.parametrize("kind", ON_ROUTES)
def test_routes_say_what_is_not_delivered(tmp_path: Path, kind: str) -> None:
    """Tests that 252 undelivered of 600 are said as 42 %, at that route alone, and nothing without any."""
    run = write_run(tmp_path / "run", MADE)
    words = "not delivered before the end)"
    assert words not in seen(run, kind)
    change(run, "summary", {("direct", "undelivered"): "252"})
    found = seen(run, kind)
    assert found.count("(42 % not delivered before the end)") == found.count(words) == 1


def test_bars_of_policies_say_it(tmp_path: Path) -> None:
    """Tests the same of policies that are compared, each lane with its own share."""
    run = write_run(tmp_path / "run", MADE)
    rows = [[*row.values()] for row in rows_of(run, "policies")]
    for measure, value in (("consignments", "600"), ("undelivered", "3")):
        rows.append(["base", "west", "*", measure, "consignments", value, value, value, "3", ""])
    run.write_table("policies", rows)
    found = seen(run, "stages")
    assert found.count("not delivered before the end)") == found.count("(0.5 % not") == 1


def test_a_missing_p95_is_explained(tmp_path: Path) -> None:
    """Tests that the note says why a route has no sign of P95; not where none is missing."""
    run = write_run(tmp_path / "run", MADE)
    assert NO_SIGN not in seen(run, "cost-time")
    change(run, "summary", {("direct", "door_to_door_time_p95"): "inf", ("direct", "undelivered"): "60"})
    assert NO_SIGN in seen(run, "cost-time")


@pytest.mark.parametrize("kind", ["cost-stack", "cost-time", "time-by-cause"])
def test_withheld_means(tmp_path: Path, kind: str) -> None:
    """Tests that a route whose means are withheld says why, and not that nothing is delivered."""
    run = write_run(tmp_path / "run", Made({"west": ["direct", "express"]}))
    measures = {row["measure"] for row in rows_of(run, "summary") if row["unit"] != "consignments"}
    change(
        run, "summary", {("direct", measure): "" for measure in measures} | {("direct", "undelivered"): "252"}
    )
    costs = [
        {**row, "mean": "" if row["route"] == "direct" else row["mean"]} for row in rows_of(run, "costs")
    ]
    run.write_table("costs", [list(row.values()) for row in costs])
    found = seen(run, kind)
    assert "(42 % not delivered before the end)" in found
    assert "none delivered" not in found
    why = "No sign: the means are withheld" if kind == "cost-time" else "no mean: more than 5 % not delivered"
    assert found.count(why) == 1


def test_percent() -> None:
    """Tests two digits, and that 100 % is all and nothing less."""
    shares = {(1, 3): "33", (1, 800): "0.12", (599, 600): "99.8", (99_999, 100_000): "99.9", (6, 6): "100"}
    assert {key: percent(*key) for key in shares} == shares


def test_nothing_is_said_of_all_or_none() -> None:
    """Tests that only a part is said, and nothing where it is not known."""

    def about(count: float) -> str:
        values = {"consignments": Value(6, 6, 6), "undelivered": Value(count, count, count)}
        return undelivered(values)

    assert [about(0), about(6), about(float("nan")), undelivered({})] == ["", "", "", ""]
    assert about(3) == "(50 % not delivered before the end)"
