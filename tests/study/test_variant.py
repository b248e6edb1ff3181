"""Variants: the scenario at hand and the values sent to other processes are the same."""

from __future__ import annotations

import pickle

import pytest

from fourport.plan.ready import load_ready
from fourport.scenario.models.scenario import Scenario
from fourport.study.variant import Variant


@pytest.mark.parametrize("policy", [None, "weihai"])
def test_a_scenario_at_hand_is_that_of_the_values(policy: str | None) -> None:
    """Tests that values make the scenario that was loaded, here and where they are sent without it."""
    loaded = load_ready("weihai-customs", policy)
    here = Variant.of(loaded.tree.values, loaded.scenario)
    there = pickle.loads(pickle.dumps(here))
    assert here == there
    assert there.scenario == Scenario.model_validate(there.values) == loaded.scenario
    assert len(pickle.dumps(here)) < 1.1 * len(pickle.dumps(loaded.tree.values))


def test_variants_that_differ_in_order_keep_it() -> None:
    """Tests tables in another order: by it services are numbered, and agencies of an office inspect."""
    values = load_ready("weihai-customs").tree.values
    other = dict(values)
    for section in ("services", "lanes"):
        other[section] = dict(reversed(values[section].items()))
    lane = next(name for name, its in values["lanes"].items() if len(its["routes"]) > 1)
    routes = values["lanes"][lane]["routes"]
    other["lanes"][lane] = {**values["lanes"][lane], "routes": dict(reversed(routes.items()))}
    here, there = (pickle.loads(pickle.dumps(Variant.of(its))) for its in (values, other))
    assert here != there
    for made, its in ((here, values), (there, other)):
        assert [*made.scenario.services] == [*its["services"]]
        assert [*made.scenario.lanes] == [*its["lanes"]]
        assert [*made.scenario.lanes[lane].routes] == [*its["lanes"][lane]["routes"]]
