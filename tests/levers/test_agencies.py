"""Other agencies at a customs office: hand-calculated, minutes from Monday's midnight.

The truck arrives after 60 minutes; customs needs 120 to prepare and 25 to control, so that it lets goods go
at 205, or at 250 after an inspection. The van takes 30. Food needs 100 until it is presented to, and 60 to
inspect half of the goods.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.plan.compile import compile_corridor
from fourport.plan.once import Shared
from fourport.scenario.levers.normal_form import is_alike
from fourport.scenario.policy_package import draft_of
from fourport.study.comparison.offices import changed_clearance
from fourport.trace.intervals import CAUSE
from fourport.trace.totals import cause_totals
from tests.levers.checked import checked
from tests.levers.made import FILE, Followed, Parcel, Values, corridor, follow, leg
from tests.levers.test_clearance_stages import hours, stages

CITY = "city/import"
OFFICE = "facilities.city.activities.import"
RISK, FOOD, PLANTS = f"{CITY}/inspection", f"{CITY}/food/selected", f"{CITY}/plants/selected"
ROUTE: Values = {
    "routes.main.steps": leg("truck", "city/import", "van"),
    "facilities.city.resources.food": {"servers": 9},
    f"{OFFICE}.agencies.food": {
        "commodities": {"parts": "50 %"},
        "preparation": "100 min",
        "resource": "food",
        "duration": "60 min",
    },
}
AFTER: Values = {f"{OFFICE}.agencies.food.order": "after"}
"""Food comes after customs."""
THREE: Values = {
    f"{OFFICE}.agencies.plants": {
        "commodities": {"parts": "50 %"},
        "preparation": "30 min",
        "resource": "bays",
        "duration": "300 min",
    }
}
"""Plants, beside customs, at its bays: 30 to present, 300 to inspect."""
BY_FOOD = Parcel(risk={FOOD: 0.4})
BY_BOTH = Parcel(risk={FOOD: 0.4, RISK: 0.01})


def released(found: Followed) -> list[float]:
    """Give the releases, minutes."""
    return [at - 30 for at in found.delivered()]


@pytest.mark.parametrize(("order", "alike"), [("after", False), ("beside", True)])
def test_order_of_agencies(order: str, alike: bool) -> None:
    """Tests that agencies after customs in another order are another office, and beside it the same one.

    Each has its own steps even if they are compiled one after the other, sharing what is the same.
    """
    agency = {"commodities": {"parts": "50 %"}, "order": order, "resource": "bays"}
    first, second = (agency | {"preparation": f"{k} min", "duration": "30 min"} for k in (10, 20))
    agencies = f"{OFFICE}.agencies"
    there = corridor(ROUTE | {agencies: {"food": first, "plants": second}}).scenario
    back = corridor(ROUTE | {agencies: {"plants": second, "food": first}}).scenario
    assert is_alike(draft_of(there), draft_of(back)) == alike
    changed = changed_clearance({"base": there, "other": back}, "base")[0]
    assert changed == {"other": [] if alike else [CITY]}
    shared = Shared()
    steps = [[step.key for step in compile_corridor(one, shared).steps] for one in (there, back)]
    assert steps == [[step.key for step in compile_corridor(one).steps] for one in (there, back)]
    assert steps[0] != steps[1]


def test_beside_customs() -> None:
    """Tests that food ends at 60 + 160 = 220, which goods wait for, but not those that customs opens."""
    found = follow(corridor(ROUTE), Parcel(), BY_FOOD, BY_BOTH)
    assert released(found) == [205, 220, 250]
    times = found.times(1, CITY)
    assert (times["food/application"], times["food/inspection"]) == ((60, 160), (160, 220))
    assert times["food/done"] == (205, 220)
    assert "food/inspection" not in found.times(0, CITY)


def test_several_beside_customs() -> None:
    """Tests that goods are released when the last agency is done: plants at 60 + 330 = 390."""
    three = Parcel(risk={FOOD: 0.4, PLANTS: 0.4, RISK: 0.01})
    found = follow(corridor(ROUTE | THREE), BY_BOTH, three)
    assert released(found) == [250, 390]


def test_after_customs() -> None:
    """Tests that food begins at 205 or 250, and plants, if it comes after food, when food has ended."""
    assert released(follow(corridor(ROUTE | AFTER), Parcel(), BY_FOOD, BY_BOTH)) == [205, 365, 410]
    later = {f"{OFFICE}.agencies.plants.order": "after"}
    parcels = [Parcel(risk={FOOD: 0.4, PLANTS: 0.4}), Parcel(risk={PLANTS: 0.4})]
    assert released(follow(corridor(ROUTE | THREE | AFTER | later), *parcels)) == [695, 535]
    assert released(follow(corridor(ROUTE | THREE | AFTER), *parcels)) == [390, 390]  # 365, and beside it 390


def test_lever_side_by_side(tmp_path: Path) -> None:
    """Tests that food and plants, one after the other until 695, then end at 220 and 390."""
    changes = ROUTE | THREE | AFTER | {f"{OFFICE}.agencies.plants.order": "after"}
    lever = {"levers.together": {"kind": "side-by-side", "at": [CITY]}}
    parcels = [Parcel(risk={FOOD: 0.4, PLANTS: 0.4}), BY_FOOD]
    assert released(follow(corridor(changes | lever, "together"), *parcels)) == [390, 220]
    text = FILE.read_text(encoding="utf-8") + (
        '\n[levers.together]\nkind = "side-by-side"\nat = ["city/import"]\n\n'
        '[policies.together]\npolicy_package = ["together"]\n'
    )
    (tmp_path / "levers.toml").write_text(text, encoding="utf-8")
    code, (told,) = checked(tmp_path / "levers.toml")
    assert code == 2
    assert "levers.together.at[0]: 'city/import' has no agency that comes after customs" in told


def test_officers_of_its_own() -> None:
    """Tests one officer for food: the second waits until 220, in a queue that is none of customs."""
    found = follow(corridor(ROUTE | {"facilities.city.resources.food.servers": 1}), BY_FOOD, BY_FOOD, BY_BOTH)
    assert released(found) == [220, 280, 340]


def test_an_appointment_with_it() -> None:
    """Tests that food gives appointments from 480 on, one a slot, whoever inspects for customs."""
    slots: Values = {
        "facilities.city.resources.slots": {"servers": 1, "calendar": "day", "slot": "60 min"},
        f"{OFFICE}.agencies.food.appointment": {"resource": "slots"},
    }
    assert released(follow(corridor(ROUTE | slots), BY_FOOD, BY_BOTH)) == pytest.approx([540, 600])


@pytest.mark.parametrize("order", ["beside", "after"])
def test_offences_that_it_finds(order: str) -> None:
    """Tests that food finds 70 % of the offences that it inspects, and customs what it opens, each once."""
    finds = f"{CITY}/food/finds"
    parcels = [
        Parcel(),
        Parcel(non_compliant=True),
        Parcel(non_compliant=True, risk={FOOD: 0.4, finds: 0.6}),
        Parcel(non_compliant=True, risk={FOOD: 0.4, finds: 0.8}),
        Parcel(non_compliant=True, risk={FOOD: 0.6, finds: 0.6}),
        Parcel(non_compliant=True, risk={FOOD: 0.4, finds: 0.8, RISK: 0.01, f"{CITY}/finds": 0.1}),
        Parcel(non_compliant=True, risk={FOOD: 0.4, finds: 0.6, RISK: 0.01, f"{CITY}/finds": 0.1}),
    ]
    changes = ROUTE | {
        "trader_classes.plain.non_compliant": "10 %",
        f"{OFFICE}.agencies.food.finds": "70 %",
        f"{OFFICE}.agencies.food.order": order,
    }
    measures = follow(corridor(changes), *parcels).measures()
    # Four by food and two by customs. Unseen are the second, fourth and fifth.
    assert (measures["inspections"], measures["undetected"]) == (6, 3)
    assert measures["officer_hours"] == pytest.approx((7 * 25 + 4 * 60 + 2 * 45) / 60)


def test_time_is_told_once() -> None:
    """Tests that work beside customs counts only while goods wait for nothing else: 15 of food's 60."""
    found = follow(corridor(ROUTE), BY_FOOD)
    by_stage = stages(found.run, "import", CITY)
    assert hours(by_stage, "preparation") == pytest.approx((0, 120, 100))
    assert hours(by_stage, "inspection") == pytest.approx((0, 15, 100))
    assert by_stage["*", "time"] == pytest.approx(160)
    totals = cause_totals(found.run.corridor, found.run.trace)[0] / 60e6
    assert (totals[CAUSE["inspection"]], totals[CAUSE["preparation"]]) == (15, 120)


def test_single_declaration_leaves_it_alone() -> None:
    """Tests that food inspects where goods come by, though customs declares and inspects elsewhere."""
    changes = {key: value for key, value in ROUTE.items() if key != "routes.main.steps"}
    found = follow(corridor(changes, "single"), BY_FOOD, Parcel())
    times = found.times(0, CITY)
    there = times["food/presented"][0]
    assert times["food/inspection"] == (there + 100, there + 160)
    assert times["removal"] == (there + 160, there + 160)
    assert found.delivered() == [there + 190, there + 30]


def test_nobody_it_inspects_goes_direct() -> None:
    """Tests goods declared before arrival and not held by customs: those that food inspects use the yard."""
    changes = ROUTE | {
        "routes.main.steps": leg("truck", "city/yard", "city/import", "van"),
        "trucking.truck.duration": "200 min",
    }
    risk = {f"{CITY}/pre-arrival": 0.1, f"{CITY}/direct": 0.1}
    advance = {"levers.advance.amendment": None}
    made = corridor(changes | advance, "advance", "direct")
    found = follow(made, Parcel(risk=risk), Parcel(risk=risk | {FOOD: 0.4}))
    assert ["city/yard" in found.times(i) for i in (0, 1)] == [False, True]
    assert found.delivered() == [230, 235 + 160 + 30]


def test_its_fee() -> None:
    """Tests a fee of 40 USD that those pay whom food inspects, beside customs or after."""
    fee = {
        "tariffs.food": {
            "title": "Food",
            "lines": [
                {"name": "f", "category": "customs", "basis": "consignment", "price": "40 USD/consignment"}
            ],
        },
        f"{OFFICE}.agencies.food.tariffs": ["food"],
    }
    for order in ({}, AFTER):
        found = follow(corridor(ROUTE | fee | order), Parcel(), BY_FOOD, BY_BOTH)
        assert found.run.clearance.cost.tolist() == [0, 40, 40]
