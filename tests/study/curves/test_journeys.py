"""Tests of the journeys of a cohort and of their file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.ledger import Ledger
from fourport.scenario.load import load
from fourport.scenario.models.scenario import Scenario
from fourport.study.curves.journeys import (
    Journeys,
    delivered,
    evenly,
    file_of,
    journeys_of,
    read_journeys,
    write_journeys,
)
from fourport.study.curves.variations import price
from fourport.study.replication import Replication, replicate
from fourport.study.tabulate import tabulate
from tests.study.made import RANDOM
from tests.tiny import corridor

LINES = [
    {"name": "s", "category": "transport", "basis": "gross-weight", "price": "0.1 USD/kg"},
    {
        "name": "d",
        "kind": "departure",
        "category": "transport",
        "basis": "volume",
        "price": "9 USD/departure",
    },
    {"name": "b", "kind": "master-bill", "category": "handling", "price": "7 USD/master-bill"},
    {"name": "f", "kind": "dead-freight", "category": "transport", "basis": "gross-weight"}
    | {"price": "0.02 USD/kg", "release": "1 d", "sold": "50 %"},
    {"name": "i", "kind": "value", "category": "insurance", "share": "0.3 %"},
    {"name": "m", "kind": "margin", "category": "handling", "share": "5 %", "lines": ["s", "b"]},
]
"""The price of a sailing is shared by all aboard, of whom the cohort is a part."""
BLOCK = {
    "services.ferry.block_space": {"weight": "5 t"},
    "routes.truck.steps": [
        {"at": "a", "do": "load"},
        {"by": "ferry", "space": "block"},
        {"by": "truck"},
    ],
}


@pytest.fixture(scope="module")
def replication() -> Replication:
    changes = RANDOM | BLOCK | {"services.ferry.background": None, "tariffs.sea.lines": LINES}
    return replicate(corridor(changes), seed=1, replication=0)


def test_file_keeps_what_the_invoice_reads(replication: Replication, tmp_path: Path) -> None:
    """Tests that journeys written and read give each consignment the same invoice as the run."""
    write_journeys(tmp_path / "j.parquet", file_of(journeys_of(replication)))
    read = read_journeys(tmp_path / "j.parquet", replication.corridor, ("l",))
    ids = np.flatnonzero(replication.in_window)
    again = Ledger(read.corridor, read.trace, read.carried).invoice()
    np.testing.assert_array_equal(again.logistics_cost, replication.invoice.logistics_cost[ids])
    np.testing.assert_array_equal(again.freight_cost, replication.invoice.freight_cost[ids])
    np.testing.assert_array_equal(again.charges_on_value, replication.invoice.charges_on_value[ids])
    assert all(route.amounts.any(axis=0).sum() >= 5 for route in again.routes)
    np.testing.assert_array_equal(read.delivered_us, replication.delivered_us[ids])


def test_priced_as_they_are_they_give_the_summary(replication: Replication) -> None:
    """Tests that journeys with their own goods cost and take what the run's summary says."""
    journeys = delivered(journeys_of(replication))
    found = price(journeys).by_group(journeys.world.route, 2)
    summary = tabulate(replication).summary
    for r, route in enumerate(("truck", "van")):
        for m, (measure, unit) in enumerate(
            (("logistics_cost", "USD/kg"), ("freight_cost", "USD/kg"), ("door_to_door_time", "h"))
        ):
            assert found[r, m] == pytest.approx(summary["l", route, measure, unit], rel=1e-12)


def test_picking_twice(replication: Replication) -> None:
    """Tests that a journey that is picked twice is the same twice."""
    everyone = journeys_of(replication)
    ids = np.array([5, 2, 5, 9])
    picked: Journeys = everyone.pick(ids)
    np.testing.assert_array_equal(picked.delivered_us, everyone.delivered_us[ids])
    np.testing.assert_array_equal(price(picked).logistics_cost, price(everyone).logistics_cost[ids])


@given(st.integers(1, 300), st.integers(1, 900))
def test_no_part_of_the_year_counts_more(n: int, count: int) -> None:
    """Tests that journeys taken again are taken evenly: each as often as any other, in order."""
    taken = evenly(np.arange(n), count)
    assert len(taken) == count
    assert (np.diff(taken) >= 0).all()
    times = np.bincount(taken, minlength=n)
    assert times.max() - times.min() <= 1
    # Whatever rises over the year has the mean that it has over the year, to within one journey.
    assert abs(taken.mean() - (n - 1) / 2) <= 1


@pytest.mark.parametrize("name", ["weihai-2019", "weihai-2020"])
def test_scenarios_survive_json(name: str) -> None:
    """Tests that the values stored with a run are the same scenario when they are read again."""
    loaded = load(name)
    again = json.loads(json.dumps(loaded.tree.values, default=str))
    assert Scenario.model_validate(again) == loaded.scenario
