"""Claims that cannot be taken apart: what is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from fourport.api.answer import sample_of
from fourport.scenario.claims import read_claims
from fourport.scenario.models.claims import RatioClaim
from fourport.study.attribution.problems import problems_of
from fourport.study.attribution.variants import with_value
from fourport.study.published_claims.groups import policies_of
from tests.plan.test_compile import ROOT
from tests.study.test_attribution import CLEARANCE, PREPARATION, RANGES, RATE, claim, documents


def with_rate(trader_class: str, rate: str) -> dict[str, dict[str, Any]]:
    """Give these scenarios with a rate of inspection for one more trader class."""
    found = documents()
    for values in found.values():
        values["facilities"]["northport"]["activities"]["clearance"]["inspection"]["rates"][trader_class] = (
            rate
        )
    return found


@pytest.mark.parametrize(
    ("policies", "inputs", "message"),
    [
        ({"new": documents()["base"]}, {}, "does not add levers"),
        ({"base": {**documents()["new"], "policy_package": ["idle", "halved"]}}, {}, "does not add levers"),
        (
            {},
            {"x": ["levers.halved.at"]},
            "gives no range for levers.halved.at; allowed: numbers with a range",
        ),
        (
            {},
            {"hours": [PREPARATION], "again": [PREPARATION]},
            f"{PREPARATION} is named under 'hours' already; allowed: each number once, under one title",
        ),
        (
            {},
            {"hours": [PREPARATION, PREPARATION]},
            f"{PREPARATION} is named twice; allowed: each number once",
        ),
        (
            {},
            {"both": [PREPARATION, RATE]},
            f"its numbers differ: {PREPARATION} is 4 h, from 1 h to 8 h and {RATE} is 6 %, from 3 % to 30 %; "
            "allowed: under one title numbers with the same value and range, written alike; "
            "name others separately",
        ),
        (
            {"new": with_value(documents()["new"], PREPARATION, "2 h")},
            {},
            f"differ in more than their policy package: {PREPARATION}; allowed",
        ),
        (
            {"new": {**documents()["new"], "tariffs": {}}},
            {},
            "differ in more than their policy package: tariffs.",
        ),
    ],
)
def test_what_cannot_be_taken_apart_is_told(
    policies: dict[str, Any], inputs: dict[str, list[str]], message: str
) -> None:
    """Tests that policies that differ in anything but added levers, and unfit inputs, are named."""
    (problem,) = problems_of({"faster": claim(inputs=inputs)}, documents() | policies, {"new": RANGES})
    assert problem.key[:3] == ("claims", "faster", "attribution")
    assert message in problem.message


def test_a_claim_at_other_rates_is_not_taken_apart() -> None:
    """Tests that rates that the claim assumes are refused: the runs of an attribution would not have them."""
    text = claim().model_dump(mode="json", exclude_none=True)
    made = RatioClaim.model_validate({**text, "measure": "freight_cost", "rates": {"fuel": "0.9 USD/kg"}})
    (problem,) = problems_of({"faster": made}, documents(), {"new": RANGES})
    assert problem.key == ("claims", "faster", "rates")
    assert "allowed: a claim without rates" in problem.message


@pytest.mark.parametrize(
    ("value", "ends", "alike"),
    [
        ("6 %", ("3 %", "30 %"), True),
        ("5 %", ("3 %", "30 %"), False),
        ("6 %", ("3 %", "20 %"), False),
        ("6 %", ("2 %", "30 %"), False),
        ("6.0 %", ("3 %", "30 %"), False),
    ],
)
def test_numbers_under_one_title_are_alike(value: str, ends: tuple[str, str], alike: bool) -> None:
    """Tests that two rates move under one title only if one value and one range can be said of both."""
    other = RATE.replace("other", "trusted")
    found = with_rate("trusted", value)
    ranges = {"new": {**RANGES, other: ends}}
    problems = problems_of({"faster": claim(inputs={"rates": [RATE, other]})}, found, ranges)
    assert [one.key[-1] for one in problems] == ([] if alike else ["rates"])


def test_a_count_and_a_number_do_not_go_under_one_title() -> None:
    """Tests that what moves in whole steps alone is told apart from what does not, though they read alike."""
    factor, filings = "levers.halved.factor", f"{CLEARANCE}.filings"
    found = documents()
    for values in found.values():
        values["levers"]["halved"]["factor"] = 2
        values["facilities"]["northport"]["activities"]["clearance"]["filings"] = 2
    made = claim(inputs={"both": [filings, factor]})
    (problem,) = problems_of({"faster": made}, found, {"new": {filings: (1, 4), factor: (1, 4)}})
    assert f"{filings} is 2, from 1 to 4 in whole numbers and {factor} is 2, from 1 to 4;" in problem.message


def test_the_shipped_claims_can_be_taken_apart() -> None:
    """Tests that numbers under one title of the shipped claims are alike in the scenario."""
    folder = ROOT / "scenarios"
    named = read_claims(folder / "customs-claims.toml").claims.claims
    taken = {name: one for name, one in named.items() if isinstance(one, RatioClaim) and one.attribution}
    sample = sample_of(folder / "weihai-customs.toml", policies_of(named))
    inputs = [one.attribution.inputs for one in taken.values() if one.attribution]
    assert {len(keys) for some in inputs for keys in some.values()} == {1, 2}
    values = {policy: variant.values for policy, variant in sample.variants.items()}
    assert problems_of(taken, values, sample.ranges) == []
