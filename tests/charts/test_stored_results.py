"""Tests of the stored results of a run as charts read them."""

from __future__ import annotations

from pathlib import Path

from fourport.charts import StoredResults
from fourport.store.tables import StopRow
from tests.charts.folder import Made, write_run

LOST = {("base", "direct"), ("other", "sea-air")}
"""Policies and routes of which nothing arrives."""


def test_places_of_routes_under_several_policies(tmp_path: Path) -> None:
    """Tests that a route has the stops of the first policy under which any of its goods arrive.

    Here nothing arrives by air under the first policy, and nothing by sea and air under the second.
    """
    made = Made({"west": ["sea-air", "direct"]}, policies={"base": "", "other": "Other"})
    run = write_run(tmp_path / "run", made)
    rows = [row for row in run.rows(StopRow) if (row.policy, row.route) not in LOST]
    columns = StopRow.table.header
    run.write_table("stops", [[getattr(row, name) for name in columns] for row in rows])
    found = StoredResults(run)
    assert list(found.places_of_routes) == ["sea-air", "direct"]
    assert found.places_of_routes["sea-air"] == found.stops("base", "west", "sea-air") != ()
    assert found.places_of_routes["direct"] == found.stops("other", "west", "direct") != ()
