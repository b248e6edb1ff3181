"""Tests of measures of a group of routes, taken from a stored run."""

from __future__ import annotations

import pytest

from fourport.store import Run
from fourport.study.published_claims.groups import summary_group
from fourport.study.replication_measures import Series, read_replications
from fourport.study.run import run_study
from fourport.study.run_tables import write_tables
from tests.study.made import RANDOM
from tests.tiny import values

ROUTES = [("l", "van"), ("l", "truck")]


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Series:
    """Run the tiny corridor with goods in parcels."""
    run = Run.create(tmp_path_factory.mktemp("groups") / "run")
    documents = {"base": values(RANDOM | {"commodities.parts.parcel": "2 kg"})}
    write_tables(run, "tiny", run_study(run, documents, 1, 4))
    return read_replications(run, 4)["base"]


@pytest.mark.parametrize(
    "measure", ["logistics_cost_per_parcel", "logistics_cost", "door_to_door_time", "time_service"]
)
def test_all_routes_are_as_the_run_has_them_together(series: Series, measure: str) -> None:
    """Tests that routes averaged by parcels, kilograms or consignments give the run's own whole."""
    whole = summary_group(series, None, measure)
    assert summary_group(series, ROUTES, measure) == pytest.approx(whole, rel=1e-9)
