"""Risk selection, trader classes and scan first: hand-calculated, minutes from Monday's midnight."""

from __future__ import annotations

from typing import Any

import pytest

from tests.levers.made import Followed, Parcel, Times, corridor, follow, leg

RISK, SAMPLED = "city/import/inspection", "city/import/sampling"
ROUTE: dict[str, Any] = {
    "routes.main.steps": leg("truck", "city/import", "van"),
    "levers.trusted.at": ["city/import"],
}
"""The truck arrives after 60 minutes; 120 to prepare, 25 to control, 45 to inspect, 30 by van."""


def cleared(*, documents: bool = True, red: bool = False) -> Times:
    """Give the times of who is looked at and inspected at once, or not, at the city.

    The declarations are prepared at 180 and, if an officer looks at them, controlled at 205.
    """
    through = 205 if documents else 180
    released = through + 45 * red
    return {
        "preparation": (60, 180),
        **({"documents": (180, 205)} if documents else {}),
        "release": (60, through),
        **({"inspection": (through, released)} if red else {}),
        "removal": (released, released),
    }


def office(found: Followed, i: int) -> Times:
    """Give a consignment's times at the city, without the mark at the end of its declarations."""
    return {key: at for key, at in found.times(i, "city/import").items() if key != "control"}


def test_risk_selection() -> None:
    """Tests red, yellow and green: a factor of 3 on 3 % and 1 %, 10 % random, documents of 40 % and 10 %."""
    parcels = (
        Parcel(risk={RISK: 0.02}),  # below 3 %
        Parcel(risk={RISK: 0.08}),  # below 9 %
        Parcel(risk={RISK: 0.095}),  # below 40 % only
        Parcel(risk={RISK: 0.5}),
        Parcel(risk={RISK: 0.5, SAMPLED: 0.05}),
        Parcel(trader_class="gold", risk={RISK: 0.02}),  # below 3 % in place of 1 %
        Parcel(trader_class="gold", risk={RISK: 0.05}),  # below 10 % only
        Parcel(trader_class="gold", risk={RISK: 0.2}),
    )
    before, after = follow(corridor(ROUTE), *parcels), follow(corridor(ROUTE, "select"), *parcels)
    red, yellow, green = cleared(red=True), cleared(), cleared(documents=False)
    assert [office(before, i) for i in range(8)] == [red] + [yellow] * 7
    assert [office(after, i) for i in range(8)] == [red, red, yellow, green, red, red, yellow, green]
    assert after.delivered() == [280, 280, 235, 210, 280, 280, 235, 210]
    assert after.times(3, "city/import")["control"] == (180, 180)
    # Six controls of 25 minutes and four openings of 45, against eight and one.
    hours = [run.measures()["officer_hours"] for run in (before, after)]
    assert hours == [pytest.approx((8 * 25 + 45) / 60), pytest.approx((6 * 25 + 4 * 45) / 60)]


@pytest.mark.parametrize(
    ("factor", "rates"), [(0, [0, 0]), (0.5, [0.005, 0.015]), (40, [0.4, 1]), (100, [1, 1])]
)
def test_a_factor_ends_at_all(factor: float, rates: list[float]) -> None:
    """Tests that 1 % and 3 % times a factor are the new rates, 100 % at most; documents stay as they were."""
    changes = {"levers.select": {"kind": "risk-selection", "at": ["city/import"], "factor": factor}}
    plan = corridor(changes, "select").plan
    found = dict(zip(plan.names.conditions, plan.condition_rate.tolist(), strict=True))
    assert found[RISK] == [pytest.approx(rates)] * 2
    assert "city/import/documents" not in found


@pytest.mark.parametrize("recognition", [None, "skip"])
def test_sampling_of_all(recognition: str | None) -> None:
    """Tests a random share of 100 %: all are inspected, counted, and recognised by the next office."""
    changes = {
        "levers.select": {"kind": "risk-selection", "at": ["port/export"], "sampling": "100 %"},
        "routes.main.steps": leg("port/export", "ferry", "truck", "city/import", "van"),
    }
    policy_package = ("select", recognition) if recognition else ("select",)
    found = follow(corridor(changes, *policy_package), Parcel(), Parcel(risk={RISK: 0.02}))
    # 90 to prepare, 20 to control, 50 to inspect.
    for i in (0, 1):
        assert found.times(i, "port/export")["inspection"] == (110, 160)
    assert found.measures()["inspections"] == (2 if recognition else 3)


def queued(lodged: float, controlled: float, opened: float) -> Times:
    """Give the times at one officer and one bay of who lodges then: 25 and 45 minutes of work."""
    return {
        "preparation": (lodged - 120, lodged),
        "documents": (controlled - 25, controlled),
        "release": (lodged - 120, controlled),
        "inspection": (opened, opened + 45),
        "removal": (opened + 45, opened + 45),
    }


CLASSES = {"gold": 1, "plain": 5}
ONE: dict[str, Any] = ROUTE | {
    "facilities.city.resources.officers": {"servers": 1, "priority": CLASSES},
    "facilities.city.resources.bays": {"servers": 1, "priority": CLASSES},
}


def test_trader_classes() -> None:
    """Tests two plain and one of gold, lodged at 180, 181 and 182, at one officer and one bay.

    All are selected, at a risk of 0.5 %. Gold overtakes the second at both resources, until that one is
    treated like gold.
    """
    parcels = [
        Parcel(k, trader_class, risk={RISK: 0.005})
        for k, trader_class in enumerate(("plain", "plain", "gold"))
    ]
    before, after = follow(corridor(ONE), *parcels), follow(corridor(ONE, "trusted"), *parcels)
    assert [before.times(i, "city/import") for i in range(3)] == [
        queued(180, 205, 205),
        queued(181, 255, 295),  # controlled 230-255, after gold; the bay is gold's until 295
        queued(182, 230, 250),
    ]
    assert [after.times(i, "city/import") for i in range(3)] == [
        queued(180, 205, 205),
        queued(181, 230, 250),
        queued(182, 255, 295),
    ]


def test_trader_classes_are_selected_alike() -> None:
    """Tests plain ones at 2 %, inspected unless treated like gold (1 %), and at 0.5 %, always inspected."""
    parcels = [Parcel(risk={RISK: risk}) for risk in (0.02, 0.005)]
    before, after = follow(corridor(ROUTE), *parcels), follow(corridor(ROUTE, "trusted"), *parcels)
    assert [office(before, i) for i in (0, 1)] == [cleared(red=True), cleared(red=True)]
    assert [office(after, i) for i in (0, 1)] == [cleared(), cleared(red=True)]


def test_trader_classes_may_change_places() -> None:
    """Tests that two trader classes treated like each other swap rates; another one keeps its own."""
    changes = {
        "levers.trusted.treat": {"plain": "gold", "gold": "plain"},
        "trader_classes.other": {"title": "Other"},
        "facilities.city.activities.import.inspection.rates": {"gold": "1 %", "plain": "3 %", "other": "7 %"},
    }
    plan = corridor(changes, "trusted").plan
    c = plan.names.conditions.index(RISK)
    rates = dict(zip(plan.names.trader_classes, plan.condition_rate[c, 0].tolist(), strict=True))
    assert rates == {"gold": 0.03, "plain": 0.01, "other": 0.07}


@pytest.mark.parametrize("part", ["documents", "scan", "review", "inspection"])
def test_trader_classes_wait_alike_at_every_stage(part: str) -> None:
    """Tests that the class has the other's queue class at officers, scanner, review of images and bays."""
    resource = {"servers": 1, "priority": CLASSES}
    changes = ROUTE | {
        f"facilities.city.resources.{name}": resource for name in ("officers", "bays", "scanners", "viewers")
    }
    changes["levers.scan.scan.review_resource"] = "viewers"
    made = corridor(changes, "scan", "trusted")
    (step,) = (s for s, info in enumerate(made.steps) if info.part == part)
    assert dict(zip(made.plan.names.trader_classes, made.plan.priority[step].tolist(), strict=True)) == {
        "gold": 1,
        "plain": 1,
    }


SCANNED, ALARM, FINDS = (f"city/import/{what}" for what in ("scan", "alarm", "finds"))


def test_scan_first() -> None:
    """Tests 80 % scanned, 10 % false alarms, 90 % detected: image 10 minutes, review 5, opening 45."""
    red = {RISK: 0.02}
    parcels = (
        Parcel(),
        Parcel(risk={**red, SCANNED: 0.5, ALARM: 0.5}),  # nothing to be seen
        Parcel(risk={**red, SCANNED: 0.5, ALARM: 0.05}),  # a false alarm
        Parcel(risk={**red, SCANNED: 0.9, ALARM: 0.5}),  # not scanned: opened at once
        Parcel(non_compliant=True, risk={**red, SCANNED: 0.5, ALARM: 0.5}),  # detected
        Parcel(non_compliant=True, risk={**red, SCANNED: 0.5, ALARM: 0.95}),  # not detected
    )
    changes = ROUTE | {"trader_classes.plain.non_compliant": "20 %"}
    before, after = follow(corridor(changes), *parcels), follow(corridor(changes, "scan"), *parcels)
    assert [before.times(i, "city/import") for i in range(6)] == [cleared()] + [cleared(red=True)] * 5
    image: Times = cleared() | {"hold": (205, 205), "scan": (205, 215), "review": (215, 220)}
    seen = image | {"removal": (220, 220)}
    alarmed = image | {"inspection": (220, 265), "removal": (265, 265)}
    at_once = cleared(red=True) | {"hold": (205, 205)}
    assert [after.times(i, "city/import") for i in range(6)] == [
        cleared(),
        seen,
        alarmed,
        at_once,
        alarmed,
        seen,
    ]
    assert after.delivered() == [235, 250, 295, 280, 295, 250]
    # Five inspected with and without; non-compliance stays undetected where the image shows nothing.
    told = [(run.measures()["inspections"], run.measures()["undetected"]) for run in (before, after)]
    assert told == [(5, 0), (5, 1)]
    # Six controls; five openings off; four scans with reviews and three openings on.
    hours = [run.measures()["officer_hours"] * 60 for run in (before, after)]
    assert hours == [pytest.approx(6 * 25 + 5 * 45), pytest.approx(6 * 25 + 4 * 15 + 3 * 45)]


@pytest.mark.parametrize("policy_package", [(), ("rely", "none-by-risk"), ("skip",)])
def test_statutory_inspection(policy_package: tuple[str, ...]) -> None:
    """Tests 40 % of food, 100 % of meat and nothing else inspected by law, whatever a policy changes.

    The port inspects nobody here. Who is inspected at the city is released at 2050, the others at 2005.
    """
    inspection = "facilities.city.activities.import.inspection"
    food = {"title": "Food", "value": "5 USD/kg", "density": "300 kg/m3", "weight": "1 t"}
    changes = {
        "routes.main.steps": leg("port/export", "ferry", "truck", "city/import", "van"),
        "commodities.food": food,
        "commodities.meat": food | {"title": "Meat"},
        "lanes.main.commodities": {"parts": "50 %", "food": "30 %", "meat": "20 %"},
        f"{inspection}.statutory": {"food": "40 %", "meat": "100 %"},
        "levers.none-by-risk": {"kind": "risk-selection", "at": ["city/import"], "factor": 0},
    }
    law = "city/import/statutory"
    parcels = [
        Parcel(commodity=name, risk={law: number})
        for name, number in (("food", 0.39), ("food", 0.41), ("meat", 0.99), ("parts", 0.0))
    ]
    found = follow(corridor(changes, *policy_package), *parcels)
    released = [found.times(i, "city/import")["removal"][0] for i in range(4)]
    assert released == [2050, 2005, 2050, 2005]
    assert found.measures()["inspections"] == 2


def test_batch_inspection_at_fixed_times() -> None:
    """Tests bays that are open for a minute at 04:00 and 08:00, as docs/customs.md writes batch inspection.

    Controlled at 205 and 206 the first two are opened at 240, side by side, for 45 minutes. The third comes
    at 241 and is opened at 480, with one of the two that come at 480; for the other no bay is free until
    the next day.
    """
    at = [{"days": "daily", "open": time, "close": f"{time[:4]}1"} for time in ("04:00", "08:00")]
    changes = ROUTE | {
        "calendars.batches": {"hours": at},
        "facilities.city.resources.bays": {"servers": 2, "calendar": "batches", "at_closing": "finish"},
        "facilities.city.activities.import.inspection.rates": {"gold": "100 %", "plain": "100 %"},
    }
    parcels = [Parcel(0), Parcel(1), Parcel(36), Parcel(275), Parcel(275)]
    found = follow(corridor(changes), *parcels)
    opened = [found.times(i, "city/import")["inspection"] for i in range(5)]
    day = 24 * 60
    assert opened == [(240, 285), (240, 285), (480, 525), (480, 525), (day + 240, day + 285)]


def test_importers_and_exporters_of_two_classes() -> None:
    """Tests the port, which looks at the exporter, and the city, which looks at the importer.

    At each of them all of plain are inspected and none of gold; a lever treats plain importers as gold.
    """
    rates = {"gold": "0 %", "plain": "100 %"}
    changes = {
        "routes.main.steps": leg("port/export", "ferry", "truck", "city/import", "van"),
        "lanes.main.importers": {"gold": "20 %", "plain": "80 %"},
        "facilities.port.activities.export.inspection.rates": rates,
        "facilities.city.activities.import.inspection.rates": rates,
        "facilities.city.resources.bays": {"servers": 1, "priority": {"gold": 0}},
        "levers.trusted.at": ["city/import"],
    }
    pairs = [(mine, theirs) for mine in ("gold", "plain") for theirs in ("gold", "plain")]
    parcels = [Parcel(trader_class=mine, importer=theirs) for mine, theirs in pairs]

    def inspected(*policy_package: str) -> list[list[bool]]:
        found = follow(corridor(changes, *policy_package), *parcels)
        times = [found.times(i) for i in range(4)]
        return [[f"{office}/inspection" in of for of in times] for office in ("port/export", "city/import")]

    assert inspected() == [[False, False, True, True], [False, True, False, True]]
    assert inspected("trusted") == [[False, False, True, True], [False] * 4]
    made = corridor(changes)
    assert made.plan.names.trader_classes == ("gold", "plain", "gold > plain", "plain > gold")
    for office_, classes in (("port/export", (100, 100, 100, 100)), ("city/import", (0, 100, 100, 0))):
        (s,) = (s for s, info in enumerate(made.steps) if info.key == f"{office_}/inspection")
        assert tuple(made.plan.priority[s].tolist()) == classes
