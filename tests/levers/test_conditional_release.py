"""Release before a report or an inspection: hand-calculated, minutes from Monday's midnight."""

from __future__ import annotations

from typing import Any

import pytest

from tests.levers.made import Parcel, Values, corridor, follow, leg

CITY = "city/import"
INSPECTION = "facilities.city.activities.import.inspection"
RISK, FIRST, SAMPLE = f"{CITY}/inspection", f"{CITY}/after-release", f"{CITY}/laboratory"
FINDS, CONDITIONAL, REPORT = f"{CITY}/finds", f"{CITY}/conditional", f"{CITY}/report-finds"
ROUTE: Values = {
    "routes.main.steps": leg("truck", "city/import", "van"),
    "trader_classes.plain.non_compliant": "10 %",
    f"{INSPECTION}.rates": {"gold": "100 %", "plain": "100 %"},
    f"{INSPECTION}.finds": "50 %",
}
"""The truck arrives after 60 minutes; 120 to prepare, 25 to control, 45 to inspect, 30 by van."""
LABORATORY: Values = {"share": "60 %", "duration": "300 min"}


def test_inspection_after_release() -> None:
    """Tests that 50 % leave at 205 and are opened a day later, where what is found is found late."""
    bad: dict[str, Any] = {"non_compliant": True}
    parcels = [
        Parcel(risk={FIRST: 0.6}),
        Parcel(risk={FIRST: 0.4}),
        Parcel(risk={FIRST: 0.4, FINDS: 0.4}, **bad),
        Parcel(risk={FIRST: 0.4, FINDS: 0.6}, **bad),
        Parcel(risk={FIRST: 0.6, FINDS: 0.4}, **bad),
    ]
    before, after = follow(corridor(ROUTE), *parcels), follow(corridor(ROUTE, "release-first"), *parcels)
    assert before.delivered() == [280] * 5
    assert after.delivered() == [280, 235, 235, 235, 280]
    late = after.times(1, CITY)
    assert "inspection" not in late
    assert (late["recall"], late["late-inspection"]) == ((205, 1645), (1645, 1690))
    assert after.times(0, CITY)["inspection"] == (205, 250)
    measures = [run.measures() for run in (before, after)]
    assert [found["inspections"] for found in measures] == [5, 5]
    assert [found["officer_hours"] for found in measures] == [pytest.approx(5 * (25 + 45) / 60)] * 2
    assert [found["undetected"] for found in measures] == [1, 1]
    assert measures[1]["found_late"] == 1
    assert measures[0]["found_late"] == 0


def test_release_before_the_report() -> None:
    """Tests 60 % sampled, of whom 70 % leave at 250 and 30 % wait for the report until 550.

    The report finds 80 % of what the opening has not found.
    """
    laboratory = LABORATORY | {"conditional": "70 %", "finds": "80 %"}
    bad: dict[str, Any] = {"non_compliant": True}
    parcels = [
        Parcel(risk={SAMPLE: 0.7}),
        Parcel(risk={SAMPLE: 0.5, CONDITIONAL: 0.8}),
        Parcel(risk={SAMPLE: 0.5, CONDITIONAL: 0.6}),
        Parcel(risk={SAMPLE: 0.5, CONDITIONAL: 0.6, REPORT: 0.7}, **bad),
        Parcel(risk={SAMPLE: 0.5, CONDITIONAL: 0.8, REPORT: 0.7}, **bad),
        Parcel(risk={SAMPLE: 0.5, CONDITIONAL: 0.6, REPORT: 0.9}, **bad),
        Parcel(risk={SAMPLE: 0.5, CONDITIONAL: 0.6, REPORT: 0.7, FINDS: 0.4}, **bad),
    ]
    found = follow(corridor(ROUTE | {f"{INSPECTION}.laboratory": laboratory}), *parcels)
    assert found.delivered() == [280, 580, 280, 280, 580, 280, 280]
    assert found.times(1, CITY)["laboratory"] == (250, 550)
    assert found.times(2, CITY)["late-report"] == (250, 550)
    measures = found.measures()
    # Of four two are found before the release, by the opening or the report, one after it, one never.
    assert (measures["found_late"], measures["undetected"]) == (1, 1)


def test_early_release_waits_for_other_agencies() -> None:
    """Tests that goods that may go before the report go when food, after customs, is done at 950."""
    office = "facilities.city.activities.import"
    laboratory = LABORATORY | {"conditional": "70 %", "finds": "80 %"}
    food = {"commodities": {"parts": "100 %"}, "order": "after", "preparation": "100 min"}
    values: Values = {
        f"{INSPECTION}.laboratory": laboratory,
        "facilities.city.resources.food": {"servers": 1},
        f"{office}.agencies.food": food | {"resource": "food", "duration": "600 min"},
    }
    found = follow(corridor(ROUTE | values), Parcel(risk={SAMPLE: 0.5, CONDITIONAL: 0.6}))
    assert found.delivered() == [980]
    assert found.times(0, CITY)["late-report"] == (950, 1250)


def test_lever_of_the_laboratory() -> None:
    """Tests that the lever raises the share that is released before the report from 20 % to 50 %."""
    changes = ROUTE | {
        f"{INSPECTION}.laboratory": LABORATORY | {"conditional": "20 %"},
        "levers.release-first": {"kind": "conditional-release", "at": [CITY], "laboratory": "50 %"},
    }
    parcels = [Parcel(risk={SAMPLE: 0.5, CONDITIONAL: number}) for number in (0.1, 0.4, 0.6)]
    before, after = follow(corridor(changes), *parcels), follow(corridor(changes, "release-first"), *parcels)
    assert before.delivered() == [280, 580, 580]
    assert after.delivered() == [280, 280, 580]


def test_late_inspections_are_not_recognised() -> None:
    """Tests that an office which skips what another has inspected does inspect what that one will inspect.

    The port inspects all, half of them after their release; the city then inspects those.
    """
    port = "facilities.port.activities.export.inspection"
    changes = {
        "routes.main.steps": leg("port/export", "ferry", "truck", "city/import", "van"),
        f"{port}.rates": {"gold": "100 %", "plain": "100 %"},
        f"{port}.after_release": {"share": "50 %", "duration": "60 min"},
        f"{INSPECTION}.rates": {"gold": "100 %", "plain": "100 %"},
    }
    parcels = [Parcel(risk={"port/export/after-release": number}) for number in (0.4, 0.6)]
    found = follow(corridor(changes, "skip"), *parcels)
    assert ["inspection" in found.times(i, CITY) for i in (0, 1)] == [True, False]
    assert found.measures()["inspections"] == 3
