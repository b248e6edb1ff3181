"""Direct handling and the whole truck: hand-calculated, minutes from Monday's midnight."""

from __future__ import annotations

from typing import Any

import pytest

from fourport.scenario.load import load
from tests.levers.made import FILE, Parcel, Times, corridor, follow, leg

RISK, AHEAD, DIRECT = (f"city/import/{what}" for what in ("inspection", "pre-arrival", "direct"))
ROUTE: dict[str, Any] = {
    "routes.main.steps": leg("truck", "city/yard", "city/import", "van"),
    "facilities.city.activities.import.pre_arrival": "50 %",
}
"""A declaration lodged as the truck leaves (0) ends at 145 (120 + 25); the yard takes 35, the van 30."""


def by_yard(arrived: float, declaration: float, inspected: float = 0) -> Times:
    """Give the times of who goes through the yard; declarations are prepared and controlled at this time."""
    out = max(arrived + 35, declaration)
    return {
        "truck": (0, arrived),
        "city/yard": (arrived, arrived + 35),
        "city/import/preparation": (declaration - 145, declaration - 25),
        "city/import/documents": (declaration - 25, declaration),
        "city/import/release": (arrived + 35, out),
        **({RISK: (out, out + inspected)} if inspected else {}),
        "city/import/removal": (out + inspected, out + inspected),
        "van": (out + inspected, out + inspected + 30),
    }


def past_it(arrived: float) -> Times:
    """Give the times of who goes past the yard, released on arrival."""
    return {
        "truck": (0, arrived),
        "city/import/direct": (arrived, arrived),
        "city/import/preparation": (0, 120),
        "city/import/documents": (120, 145),
        "city/import/release": (arrived, arrived),
        "city/import/removal": (arrived, arrived),
        "van": (arrived, arrived + 30),
    }


def test_direct_handling() -> None:
    """Tests 90 % who can go direct: if lodged before arrival and not selected, and the truck takes 200."""
    parcels = (
        Parcel(risk={AHEAD: 0.4, DIRECT: 0.5}),
        Parcel(risk={AHEAD: 0.4, DIRECT: 0.95}),  # cannot
        Parcel(risk={AHEAD: 0.6, DIRECT: 0.5}),  # declarations begun at the city only, 235 + 145
        Parcel(risk={AHEAD: 0.4, DIRECT: 0.5, RISK: 0.02}),  # selected
    )
    changes = ROUTE | {"trucking.truck.duration": "200 min"}
    before, after = follow(corridor(changes), *parcels), follow(corridor(changes, "direct"), *parcels)
    through_yard = [by_yard(200, 145), by_yard(200, 145), by_yard(200, 380), by_yard(200, 145, inspected=45)]
    assert [before.times(i) for i in range(4)] == through_yard
    assert [after.times(i) for i in range(4)] == [past_it(200), *through_yard[1:]]


def test_the_policy_package_of_the_file() -> None:
    """Tests the truck of the file, 60: the declaration (30 + 25) ends before, so that direct handling shows.

    Who hands in the whole declaration at once (120 + 25) goes by the yard, and leaves at 145, as without it.
    """
    policy_package = ("advance", "two-step")
    parcels = [Parcel(risk={AHEAD: 0.4, DIRECT: 0.5, "city/import/two-step": two}) for two in (0.3, 0.5)]
    steps = {"routes.main.steps": ROUTE["routes.main.steps"]}
    before = follow(corridor(steps, *policy_package), *parcels)
    after = follow(corridor(steps, *policy_package, "direct"), *parcels)
    assert [before.times(i)["van"] for i in range(2)] == [(60 + 35, 125), (145, 175)]
    assert [after.times(i)["van"] for i in range(2)] == [(60, 90), (145, 175)]
    assert load(FILE, "direct").scenario.policy_package == (*policy_package, "direct")


@pytest.mark.parametrize("drive", [100, 144, 145, 146])
def test_declaration_must_end_before_that_instant(drive: int) -> None:
    """Tests trucks that arrive before, with and after the declarations (145): only after goes direct."""
    found = follow(
        corridor(ROUTE | {"trucking.truck.duration": f"{drive} min"}, "direct"),
        Parcel(risk={AHEAD: 0.4, DIRECT: 0.5}),
    )
    assert found.times() == (past_it(drive) if drive > 145 else by_yard(drive, 145))


def test_who_has_to_amend_goes_by_the_yard() -> None:
    """Tests that of two whose declarations end before the truck comes the one with an amendment stays."""
    changes = ROUTE | {
        "trucking.truck.duration": "200 min",
        "facilities.city.activities.import.amendment": {"share": "10 %", "duration": "180 min"},
    }
    amended = "city/import/amendment"
    found = follow(
        corridor(changes, "direct"),
        Parcel(risk={AHEAD: 0.4, DIRECT: 0.5, amended: 0.5}),
        Parcel(risk={AHEAD: 0.4, DIRECT: 0.5, amended: 0.05}),
    )
    assert "city/yard" not in found.times(0)
    assert found.times(1)["city/yard"] == (200, 235)


def test_decided_at_the_first_of_several() -> None:
    """Tests two activities to go past: who is not released before the first does both, whatever comes later.

    Released at 145; at the yard from 140 to 175, at the second (20 minutes) until 195.
    """
    changes = ROUTE | {
        "trucking.truck.duration": "140 min",
        "facilities.city.activities.sort": {"kind": "handling", "resource": "gang", "duration": "20 min"},
        "levers.direct.terms.skips": ["city/sort", "city/yard"],
        "routes.main.steps": leg("truck", "city/yard", "city/sort", "city/import", "van"),
    }
    both = follow(corridor(changes, "direct"), Parcel(risk={AHEAD: 0.4, DIRECT: 0.5})).times()
    assert (both["city/yard"], both["city/sort"], both["van"]) == ((140, 175), (175, 195), (195, 225))
    changes["trucking.truck.duration"] = "150 min"
    neither = follow(corridor(changes, "direct"), Parcel(risk={AHEAD: 0.4, DIRECT: 0.5})).times()
    assert "city/yard" not in neither
    assert "city/sort" not in neither
    assert neither["van"] == (150, 180)


def test_export_past_the_yard() -> None:
    """Tests an office before the yard: who is released there and loads directly; the selected do not.

    Declarations 0 to 110 (90 + 20); who is selected is opened until 160. The goods come to the yard with the
    removal: the declarations of those not selected end at that very instant, so nobody goes direct unless
    a way of 10 minutes lies in between.
    """
    changes: dict[str, Any] = {
        "levers.direct": {
            "kind": "direct-handling",
            "at": ["port/export"],
            "terms": {"skips": ["port/stow"]},
        },
        "facilities.port.activities.roll": {"kind": "stay", "duration": "10 min"},
    }
    parcels = (Parcel(), Parcel(risk={"port/export/inspection": 0.01}))
    at_once = corridor(changes | {"routes.main.steps": leg("port/export", "port/stow", "ferry")}, "direct")
    assert [follow(at_once, *parcels).times(i)["port/stow"] for i in (0, 1)] == [(110, 130), (160, 180)]
    later = corridor(
        changes | {"routes.main.steps": leg("port/export", "port/roll", "port/stow", "ferry")}, "direct"
    )
    found = follow(later, *parcels)
    assert "port/stow" not in found.times(0)
    assert found.times(1)["port/stow"] == (170, 190)


def test_direct_under_one_declaration() -> None:
    """Tests that the release by the first office of a chain holds here, too: who has it goes past the yard.

    Inland releases the chain at 70 or, selected by the city, at 115; the truck is at the city at 60 + 70 or
    later, after the release. The one who was selected was inspected: it does not go direct.
    """
    changes = {
        "routes.main.steps": leg("inland/export", "truck", "city/yard", "city/import", "van"),
        "levers.single.chains": [["inland/export", "city/import"]],
    }
    found = follow(
        corridor(changes, "single", "direct"),
        Parcel(risk={DIRECT: 0.5}),
        Parcel(risk={DIRECT: 0.5, RISK: 0.02}),
    )
    assert found.times(1)["city/yard"] == (175, 210)
    assert "city/yard" not in found.times(0)
    assert found.times(0)["van"] == (130, 160)


def test_whole_truck() -> None:
    """Tests two handlings, one filing of five and ten minutes of driving fewer, all the way to the door."""
    before, after = follow(corridor(), Parcel()), follow(corridor(None, "whole"), Parcel())
    assert before.delivered() == [2360]
    assert after.times() == {
        "inland/export/preparation": (0, 60),
        "inland/export/documents": (60, 70),
        "inland/export/release": (0, 70),
        "inland/export/removal": (70, 70),
        "feeder": (70, 190),
        "port/export/preparation": (190, 280),
        "port/export/documents": (280, 300),
        "port/export/release": (190, 300),
        "port/export/removal": (300, 300),
        "ferry": (1080, 1800),
        "hub/transit/preparation": (1800, 1840),
        "hub/transit/documents": (1840, 1855),
        "hub/transit/preparation#2": (1855, 1895),
        "hub/transit/documents#2": (1895, 1910),
        "hub/transit/preparation#3": (1910, 1950),
        "hub/transit/documents#3": (1950, 1965),
        "hub/transit/preparation#4": (1965, 2005),
        "hub/transit/documents#4": (2005, 2020),
        "hub/transit/release": (1800, 2020),
        "onward": (2020, 2070),
        "city/yard": (2070, 2105),
        "city/import/preparation": (2105, 2225),
        "city/import/documents": (2225, 2250),
        "city/import/release": (2105, 2250),
        "city/import/removal": (2250, 2250),
        "van": (2250, 2280),
    }


def test_whole_truck_leaves_at_least_one_filing() -> None:
    """Tests that of five filings nine fewer leave one; a route not named keeps its own, and its ways."""
    changes = {
        "levers.whole.fewer_filings": {"hub/transit": 9},
        "levers.whole.drops": ["hub/unload"],
        "routes.loose": {"title": "Loose", "steps": leg("hub/unload", "hub/transit", "truck")},
        "routes.main.steps": leg("hub/unload", "hub/transit", "truck"),
        "lanes.main.routes": {"main": "50 %", "loose": "50 %"},
    }
    found = follow(corridor(changes, "whole"), Parcel(), Parcel(route="loose"))
    assert found.times(0) == {
        "hub/transit/preparation": (0, 40),
        "hub/transit/documents": (40, 55),
        "hub/transit/release": (0, 55),
        "onward": (55, 105),
    }
    loose = found.times(1)
    # It files five times: 15 + 5 * 55 = 290.
    assert (loose["hub/unload"], loose["truck"]) == ((0, 15), (290, 350))
