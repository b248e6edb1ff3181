"""The order of a policy package matters only between levers of one kind that set the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport.plan.corridor import Corridor
from tests.levers.busy import BUSY
from tests.levers.made import LEVERS, corridor

RESOURCES = ("city/officers", "city/bays", "city/scanners")
OFFICES = ["inland/export", "city/import"]
CROSSING: dict[str, Any] = BUSY | {
    **{f"levers.{name}.at": OFFICES for name in ("bonded", "enforce", "select", "trusted")},
    "levers.whole.fewer_filings": {"city/import": 1, "inland/export": 1},
    "levers.more.resources": dict.fromkeys(RESOURCES, 1),
    **{f"levers.{name}.resources": RESOURCES for name in ("round-the-clock", "daytime")},
    "facilities.city.resources.scanners": {"servers": 1, "priority": {"gold": 1, "plain": 5}},
    "facilities.city.activities.import.documents.rates": {"gold": "20 %", "plain": "70 %"},
    "facilities.city.activities.import.filings": 3,
    **{
        f"facilities.{office}.procedure": "transit"
        for office in ("inland.activities.export", "city.activities.import")
    },
}
"""Changes such that levers meet at the same offices and resources, wherever they can."""

ONE_OF_A_KIND = [name for name in LEVERS if name not in ("rely", "none", "daytime")]
THE_LATER_HOLDS = {
    frozenset(pair) for pair in (*combinations(("skip", "rely", "none"), 2), ("round-the-clock", "daytime"))
}
"""Pairs of one kind that set the same: recognition of the same office, hours of the same resources."""


def differences(one: Corridor, other: Corridor) -> list[str]:
    """Name what differs between two compiled corridors, to the bit."""
    found = [
        field.name
        for field in fields(one.plan)
        if not np.array_equal(getattr(one.plan, field.name), getattr(other.plan, field.name))
    ]
    found += [name for name in ("steps", "offices") if getattr(one, name) != getattr(other, name)]
    return found


@pytest.mark.parametrize("pair", list(combinations(LEVERS, 2)), ids="-".join)
def test_two_levers_in_both_orders(pair: tuple[str, str]) -> None:
    """Tests that two levers give the same plan in both orders, unless both set the same thing."""
    there, back = corridor(CROSSING, *pair), corridor(CROSSING, *reversed(pair))
    assert bool(differences(there, back)) == (frozenset(pair) in THE_LATER_HOLDS)


@settings(max_examples=25, derandomize=True, database=None)
@given(st.permutations(ONE_OF_A_KIND))
def test_one_of_each_kind_in_any_order(policy_package: Sequence[str]) -> None:
    """Tests that a policy package with a lever of each kind gives the same plan in whatever order."""
    assert differences(corridor(CROSSING, *ONE_OF_A_KIND), corridor(CROSSING, *policy_package)) == []


STRONGER: dict[str, Any] = {
    "levers.sharper": {"kind": "joint-enforcement", "at": ["city/import"], "risk_auc": 0.9},
    "levers.more-ahead": {"kind": "advance-declaration", "at": ["city/import"], "share": "70 %"},
    "trader_classes.plain.non_compliant": "10 %",
}


@pytest.mark.parametrize(("weaker", "stronger"), [("enforce", "sharper"), ("advance", "more-ahead")])
def test_the_stronger_of_a_kind_holds(weaker: str, stronger: str) -> None:
    """Tests in both orders that of targetings of 0.8 and 0.9, of 60 % and 70 % ahead, the larger holds."""
    name = "city/import/" + ("inspection" if stronger == "sharper" else "pre-arrival")
    rates = []
    for policy_package in ((stronger,), (weaker, stronger), (stronger, weaker), (weaker,)):
        plan = corridor(STRONGER, *policy_package).plan
        rates.append(plan.condition_rate[plan.names.conditions.index(name)].tolist())
    assert rates[0] == rates[1] == rates[2] != rates[3]


@pytest.mark.parametrize("order", [("whole", "slower"), ("slower", "whole")])
def test_the_earlier_of_two_legs_holds(order: Sequence[str]) -> None:
    """Tests two ways in place of the truck: the goods take that of the lever which is named first."""
    slower = {"kind": "whole-truck", "routes": ["main"], "drops": ["port/stow"], "instead": {"truck": "slow"}}
    slow = {"mode": "road", "from": "hub", "to": "city", "distance": "40 km", "duration": "90 min"}
    found = {info.key for info in corridor({"levers.slower": slower, "trucking.slow": slow}, *order).steps}
    legs = {"whole": "onward", "slower": "slow"}
    assert found & {"truck", *legs.values()} == {legs[order[0]]}


def test_factors_and_servers() -> None:
    """Tests rates of 3 % by 40 and by 1/4, which end at 100 % on the way, and one server more and two."""
    lever = {"kind": "risk-selection", "at": ["city/import"]}
    changes = {
        "levers.often": {**lever, "factor": 40},
        "levers.seldom": {**lever, "factor": 0.25},
        "levers.two-more": {"kind": "more-servers", "resources": {"port/bays": 2}},
    }
    for policy_package, rate in ((("often", "seldom"), 0.25), (("seldom", "often"), 0.3)):
        plan = corridor(changes, *policy_package).plan
        rates = plan.condition_rate[plan.names.conditions.index("city/import/inspection"), 0]
        assert rates[plan.names.trader_classes.index("plain")] == pytest.approx(rate)
    for policy_package in (("more", "two-more"), ("two-more", "more")):
        plan = corridor(changes, *policy_package).plan
        resource = plan.names.resources.index("port/bays")
        assert plan.resource_servers[plan.resource_change_first[resource]] == 9 + 3
