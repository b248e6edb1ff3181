"""Tests of the catalogue of measures: all that a run stores have a title, in every language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fourport.charts.differences import note_of
from fourport.charts.language import speaking
from fourport.charts.measures import measure_title, measures_page, unit_title
from fourport.measures import MEASURES, add, find
from fourport.store import Run
from fourport.study.comparison.criteria import CRITERIA
from tests.regenerate_reference import CUSTOMS, REFERENCE
from tests.stored import rows_of


def test_every_stored_measure_has_a_title() -> None:
    """Tests the measures of the reference results, and those by which policies are judged."""
    stored = {row["measure"] for row in rows_of(Run.open(REFERENCE), "summary")}
    stored |= {row["measure"] for row in rows_of(Run.open(CUSTOMS), "comparison")}
    stored |= {one.measure for one in CRITERIA}
    assert len(stored) > 30
    for measure in stored:
        assert measure_title(measure) != measure
        assert "_" not in measure_title(measure)
    assert len({one.title for one in MEASURES.values()}) == len(MEASURES)


def test_titles_in_every_language() -> None:
    """Tests quantiles, what has no title, and units, of which some are words."""
    assert measure_title("clearance_time_import_p90") == "Import clearance P90"
    assert measure_title("new_p90") == "new_p90"
    units = ("h", "USD/kg", "consignments/100 consignments", "h/100 consignments")
    assert [*map(unit_title, units)] == ["h", "USD/kg", "of 100 consignments", "h for 100 consignments"]
    with speaking("ko"):
        assert measure_title("clearance_time_import_p90") == "수입 통관 P90"
        assert unit_title("inspections/100 consignments") == "화물 100건당 검사 건수"
        assert (unit_title("%"), unit_title("points")) == ("%", "%p")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["significant, 0 tests", "cover chance only, not whether the inputs are right."]),
        ({"tests": {"together": 1200, "apart": 34}}, ["significant, 1,200 tests together"]),
        ({"tests": {"together": 0, "apart": 34}, "routes": ["a", "b"]}, ["significant, 34 tests together"]),
        (
            {"estimates": {"cost": {"share": 61.6}, "time": {"share": 30.2}}},
            ["62 % of the cost", "30 % of the time"],
        ),
    ],
)
def test_the_note_says_what_was_tested(asked: dict[str, object], expected: list[str]) -> None:
    """Tests the numbers of tests of a comparison of policies and of routes, as the manifest has them."""
    said = note_of(asked, [], [], few=False)
    assert all(words in said for words in expected)


def test_the_page_is_that_of_the_registry() -> None:
    """Tests that docs/measures.md is what the registry gives, with a row for each measure."""
    page = (Path(__file__).parents[2] / "docs" / "measures.md").read_text(encoding="utf-8")
    assert page == measures_page()
    assert page.count("\n| `") == len(MEASURES)


def test_what_tables_hold_is_registered_in_their_unit() -> None:
    """Tests that each measure of the reference results is found, quantiles too, in the unit of its column."""
    for row in rows_of(Run.open(REFERENCE), "summary"):
        found = find(row["measure"])
        assert found is not None
        assert found.unit.format(currency="USD") == row["unit"]
    assert find("door_to_door_time_p95").kind == "quantile"  # type: ignore[union-attr]
    assert find("freight_cost_p95") is None


def test_a_measure_is_registered_once_and_names_a_known_source() -> None:
    """Tests that a second measure of a name, and one after an unknown text, are refused."""
    with pytest.raises(ValueError, match="there are two measures 'weight'"):
        add(MEASURES["weight"])
    with pytest.raises(ValueError, match="'hearsay' is no source; allowed: wco-trs"):
        add(replace(MEASURES["weight"], name="other", source="hearsay"))
    assert "other" not in MEASURES
