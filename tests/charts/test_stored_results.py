"""Tests of the stored results of a run as charts read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.charts import StoredResults
from fourport.errors import UserError
from fourport.store.tables import StopRow
from tests.charts.folder import Made, write_run

LOST = {("base", "direct"), ("other", "sea-air")}
"""Policies and routes of which nothing arrives."""


def test_ways_under_several_policies(tmp_path: Path) -> None:
    """Tests that a route of an older run has the legs of the first policy under which any goods arrive.

    Here nothing arrives by air under the first policy, and nothing by sea and air under the second.
    """
    made = Made({"west": ["sea-air", "direct"]}, policies={"base": "", "other": "Other"})
    run = write_run(tmp_path / "run", made)
    rows = [row for row in run.rows(StopRow) if (row.policy, row.route) not in LOST]
    columns = StopRow.table.header
    run.write_table("stops", [[getattr(row, name) for name in columns] for row in rows])
    found = StoredResults(run)
    assert list(found.ways) == ["sea-air", "direct"]
    for policy, route in (("base", "sea-air"), ("other", "direct")):
        stops = found.stops(policy, "west", route)
        assert [leg.destination for leg in found.ways[route].legs] == [stop.place for stop in stops[1:]] != []


def test_a_stop_without_a_statistic(tmp_path: Path) -> None:
    """Tests that it is refused by name when a chart asks for it, as in a table that was damaged."""
    run = write_run(tmp_path / "run", Made({"west": ["direct"]}))
    columns = StopRow.table.header
    kept = [row for row in run.rows(StopRow) if row.measure != "p10"]
    run.write_table("stops", [[getattr(row, name) for name in columns] for row in kept])
    first, *_ = StoredResults(run).stops("base", "west", "direct")
    assert first.hours["p90"] >= first.hours["mean"]
    with pytest.raises(UserError, match=r"stops\.csv: west, direct, stop 0: holds no 'p10'.*; run it again$"):
        first.hours["p10"]
