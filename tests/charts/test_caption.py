"""Tests of the caption: it names what is shown, of comparisons all that were held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fourport.charts import KINDS, StoredResults
from fourport.charts.caption import caption_of
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.store import Run
from tests.charts.folder import ROUTES, Made, write_run
from tests.charts.look import texts
from tests.stored import rows_of

AFTER = "  |  3 replications  |  seed 7  |  fourport 0.1.0"
SCENARIO = "Scenario made-up: A corridor made up for charts, with long names throughout"
TITLES = {"a": "Harbour A", "b": "Harbour B"}


def made(folder: Path, policies: Mapping[str, str], **asked: Any) -> Run:
    """Write a comparison; a policy named like one of two scenarios is this scenario as it stands."""
    run = write_run(folder / "run", Made({"islands": ["sea-air", "direct"]}, policies=policies))
    manifest = run.manifest()
    manifest["comparison"] |= asked
    if {*policies} & {*TITLES}:
        manifest["scenario"] = {"name": "a", "title": TITLES["a"]}
        manifest["scenarios"] = TITLES
        rows = rows_of(run, "summary")
        named = [{**row, "scenario": row["policy"].split(".")[0]} for row in rows]
        run.write_table("summary", [tuple(row.values()) for row in named])
    run.write_manifest(manifest)
    return run


@pytest.mark.parametrize(
    ("policies", "asked", "expected"),
    [
        ({"base": "", "night": "At night"}, {}, f"{SCENARIO}  |  policy night: At night, against base"),
        ({"base": "", "night": "At night", "day": ""}, {}, f"{SCENARIO}  |  2 policies against base"),
        (TITLES, {"baseline": "a"}, "Scenarios a: Harbour A; b: Harbour B  |  scenario b, against a"),
        (
            {"a": TITLES["a"], "a.night": "At night", "b": TITLES["b"]},
            {"baseline": "a"},
            "Scenarios a: Harbour A; b: Harbour B  |  2 policies against a",
        ),
        (
            {"base": ""},
            {"baseline": "direct", "routes": ["direct", "post"]},
            f"{SCENARIO}  |  route {ROUTES['post']}, against Direct air  |  policy base",
        ),
        (
            {"base": "", "night": "At night"},
            {"baseline": "direct", "routes": ["direct", "post", "express"]},
            f"{SCENARIO}  |  2 routes against Direct air  |  2 policies",
        ),
        (
            TITLES,
            {"baseline": "direct", "routes": ["direct", "express"]},
            "Scenarios a: Harbour A; b: Harbour B  |  route Express, against Direct air",
        ),
    ],
)
def test_what_was_compared(
    tmp_path: Path, policies: dict[str, str], asked: dict[str, Any], expected: str
) -> None:
    """Tests policies, scenarios and routes, one or more, against a baseline."""
    assert caption_of(StoredResults(made(tmp_path, policies, **asked)), None) == expected + AFTER


def test_another_scenario_is_named_by_its_own_name(tmp_path: Path) -> None:
    """Tests the caption of a chart of one policy, where the manifest's scenario is another."""
    results = StoredResults(made(tmp_path, {**TITLES, "b.night": "At night"}, baseline="a"))
    assert caption_of(results, "b") == "Scenario b: Harbour B" + AFTER
    assert caption_of(results, "b.night") == "Scenario b: Harbour B  |  policy b.night: At night" + AFTER


@pytest.mark.parametrize(
    ("kind", "of_one"),
    [("forest", True), ("stages", False), ("detection", False), ("clearance-stages", True)],
)
def test_charts_of_all_that_are_compared(tmp_path: Path, kind: str, of_one: bool) -> None:
    """Tests that charts of all say so whatever the policy asked for, and those of one name it."""
    run = made(tmp_path, {"base": "", "night": "At night", "day": ""})
    with settings(STYLES["screen"]):
        first, other = (
            texts(KINDS[kind].figure(StoredResults(run), policy, STYLES["screen"]))
            for policy in ("base", "night")
        )
    assert "2 policies against base" in first
    assert ("policy night: At night" in other) == of_one
    assert ("2 policies against base" in other) != of_one
