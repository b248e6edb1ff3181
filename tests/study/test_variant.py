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
