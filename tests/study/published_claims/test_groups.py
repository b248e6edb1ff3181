"""Tests of measures of a group of routes, taken from a stored run."""

from __future__ import annotations

import numpy as np
import pytest

from fourport.store import Run
from fourport.study.published_claims.groups import rows_of, summary_group, undelivered_share
from fourport.study.replication_measures import Series, read_replications
from fourport.study.run import run_study
from fourport.study.run_tables import write_tables
from tests.study.made import RANDOM, variants
from tests.tiny import corridor, values

ROUTES = [("l", "van"), ("l", "truck")]


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Series:
    """Run the tiny corridor with goods in parcels."""
    run = Run.create(tmp_path_factory.mktemp("groups") / "run")
    documents = {"base": values(RANDOM | {"commodities.parts.parcel": "2 kg"})}
    write_tables(run, "tiny", run_study(run, variants(documents), 1, 4))
    return read_replications(run, 4)["base"]


@pytest.mark.parametrize(
    "measure",
    [
        "logistics_cost_per_parcel",
        "logistics_cost",
        "door_to_door_time",
        "time_service",
        "cleared_within_24h",
        "consignments",
        "weight",
        "inspections",
        "officer_hours",
        "undelivered",
    ],
)
def test_all_routes_are_as_the_run_has_them_together(series: Series, measure: str) -> None:
    """Tests that routes averaged by parcels, kg or consignments, or summed, give the run's own whole."""
    whole, routes = summary_group(series, [("*", "*")], measure), summary_group(series, ROUTES, measure)
    assert routes.values == pytest.approx(whole.values, rel=1e-9)
    assert routes.over == pytest.approx(whole.over, rel=1e-9)


def test_what_no_route_has() -> None:
    """Tests by hand: counts of a route that moved nothing are 0, means of it are left out of the average."""
    a, b = (("l", name, "clearance_time_import", "h") for name in "ab")
    series = Series(
        {
            ("l", "a", "inspections", "inspections"): np.array([1.0, 0.0]),
            a: np.array([np.nan, 4.0]),
            b: np.array([1.0, 1.0]),
        },
        {a: np.array([0.0, 10.0]), b: np.array([30.0, 20.0])},
    )
    rows = [("l", "a"), ("l", "b")]
    assert summary_group(series, rows, "inspections").values.tolist() == [1, 0]
    # 10 at 4 h, and 20 of 30 released at 1 h.
    found = summary_group(series, rows, "clearance_time_import")
    assert (found.values.tolist(), found.over.tolist()) == ([1, 2], [30, 30])
    assert [part.tolist() for part in found.sums] == [[30, 60], [30, 30]]


def test_the_undelivered_share_of_a_group() -> None:
    """Tests 10 of 70 by hand, and a route that moved nothing."""
    series = Series(
        {
            ("l", "a", "consignments", "consignments"): np.array([0.0, 10.0]),
            ("l", "b", "consignments", "consignments"): np.array([30.0, 30.0]),
            ("l", "b", "undelivered", "consignments"): np.array([0.0, 10.0]),
        }
    )
    assert undelivered_share(series, [("l", "a"), ("l", "b")]) == 10 / 70
    assert undelivered_share(series, [("l", "c")]) == 0


def test_a_whole_lane_is_one_row() -> None:
    """Tests that a whole lane is the row of the lane in the summary, and some of its routes are theirs."""
    made = corridor()
    assert rows_of(made, (), ()) == [("*", "*")]
    assert rows_of(made, ("l",), ()) == rows_of(made, (), ("truck", "van")) == [("l", "*")]
    assert rows_of(made, ("l",), ("van",)) == [("l", "van")]
