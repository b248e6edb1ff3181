"""What a regime's effect is owed to: Shapley's value against known games, and a regime taken apart."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.errors import UserError
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import load
from fourport.scenario.models import Scenario
from fourport.scenario.models.claims import RatioClaim
from fourport.study.attribution.attribute import attribute
from fourport.study.attribution.shapley import coalitions, shapley
from fourport.study.attribution.variants import with_value
from fourport.study.replication import replicate
from tests.plan.test_compile import ROOT

OFFICE = "northport/clearance"


def test_the_glove_game() -> None:
    """Tests that of one left glove and two right ones, a pair being worth 1, the left has 2/3."""
    worth = {
        some: np.array([float("left" in some and len(some) > 1)])
        for some in coalitions(["left", "right-1", "right-2"])
    }
    shares = shapley(worth, ["left", "right-1", "right-2"])
    assert {name: share.tolist() for name, share in shares.items()} == {
        "left": [pytest.approx(2 / 3)],
        "right-1": [pytest.approx(1 / 6)],
        "right-2": [pytest.approx(1 / 6)],
    }


@given(st.lists(st.floats(-1e3, 1e3), min_size=16, max_size=16))
def test_it_is_the_mean_over_all_orders(values: list[float]) -> None:
    """Tests that a player's share is what it adds to those before it, averaged over the 24 orders of four."""
    players = ["a", "b", "c", "d"]
    worth = {some: np.array([value]) for some, value in zip(coalitions(players), values, strict=True)}
    shares = shapley(worth, players)
    for player in players:
        added = []
        for order in permutations(players):
            before = frozenset(order[: order.index(player)])
            added.append(float((worth[before | {player}] - worth[before])[0]))
        assert shares[player][0] == pytest.approx(np.mean(added), abs=1e-9)
    whole = (worth[frozenset(players)] - worth[frozenset()])[0]
    assert sum(share[0] for share in shares.values()) == pytest.approx(whole, abs=1e-9)


def documents() -> dict[str, dict[str, Any]]:
    """Give the template's scenario, made short, as it stands and under a regime of two levers."""
    values = dict(load(ROOT / "scenarios/templates/small.toml").layer.values)
    values["run"] = {**values["run"], "warm_up": "1 week", "window": "2 weeks"}
    values["levers"] = {
        "hours": {"kind": "working-hours", "stations": ["northport/officers", "northport/bays"]},
        "halved": {"kind": "risk-selection", "at": [OFFICE], "factor": 0.5},
        "idle": {"kind": "more-servers", "stations": {"northport/officers": 0}},
    }
    return {"base": values, "new": {**values, "regime": ["hours", "halved", "idle"]}}


def claim(**attribution: Any) -> RatioClaim:
    """Give a claim that export clearance takes a part of its time under the regime."""
    return RatioClaim.model_validate(
        {
            "statement": "faster",
            "source": "nobody",
            "kind": "ratio",
            "measure": "clearance_time_export",
            "numerator": {"policy": "new"},
            "denominator": {"policy": "base"},
            "expected": 0.5,
            "tolerance": 0.1,
            "attribution": attribution,
        }
    )


def by_hand(changes: dict[str, object]) -> float:
    """Give the claimed ratio with some values changed: run by run, from the clearance of each consignment."""
    ratios = []
    for replication in range(3):
        means = []
        for policy in ("new", "base"):
            changed: Any = documents()[policy]
            for key, value in changes.items():
                changed = with_value(changed, key, value)
            run = replicate(compile_corridor(Scenario.model_validate(changed)), 7, replication)
            hours = run.clearance.hours["export"][run.in_window]
            means.append(hours[np.isfinite(hours)].mean())
        ratios.append(means[0] / means[1])
    return float(np.mean(ratios))


def test_a_regime_is_taken_apart() -> None:
    """Tests that the levers' shares sum to the whole, that an idle lever has none, and the inputs' ends."""
    preparation = "facilities.northport.activities.clearance.preparation.mean"
    ranges = {"levers.halved.factor": (0.5, 1.0), preparation: ("1 h", "8 h")}
    parts = attribute(
        {"faster": claim(inputs={"preparation": [preparation]})}, documents(), ranges, (7, 3, 1)
    )
    (part,) = parts
    assert sum(found.mean for found in part.levers.values()) == pytest.approx(part.whole.mean, abs=1e-12)
    assert part.levers["idle"].mean == pytest.approx(0, abs=1e-15)
    assert part.levers["hours"].mean < 0  # officers who never go home keep nobody waiting overnight
    factor, prepared = part.inputs
    assert factor.texts == ("0.5", "0.5", "1.0")
    assert factor.ratios[0] == factor.ratios[1]
    assert factor.ratios[2].mean >= factor.ratios[1].mean
    assert prepared.ratios[2].mean == pytest.approx(by_hand({preparation: "8 h"}), rel=1e-12)
    again = attribute(
        {"faster": claim(inputs={"preparation": [preparation]})}, documents(), ranges, (7, 3, 2)
    )
    assert again == parts


def test_a_regime_without_more_levers_is_refused() -> None:
    """Tests that two policies of the same regime, and an input without a range, are refused by name."""
    same = {"base": documents()["base"], "new": documents()["base"]}
    with pytest.raises(UserError, match="does not add levers"):
        attribute({"faster": claim()}, same, {}, (7, 2, 1))
    with pytest.raises(UserError, match=r"gives no range for levers\.halved\.at"):
        attribute({"faster": claim(inputs={"x": ["levers.halved.at"]})}, documents(), {}, (7, 2, 1))


@pytest.mark.parametrize(("key", "value"), [("name", "other"), ("run.seed", 9), ("levers.halved.factor", 1)])
def test_one_value_is_replaced(key: str, value: object) -> None:
    """Tests that a value is replaced by its key and nothing else, and that an unknown key is refused."""
    values = documents()["base"]
    changed = with_value(values, key, value)
    table: Any = changed
    for part in key.split("."):
        table = table[part]
    assert table == value
    assert values == documents()["base"]
    with pytest.raises(KeyError):
        with_value(values, f"{key}-not", value)
