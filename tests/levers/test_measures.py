"""Measures of customs, by hand. Minutes from Monday midnight."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.levers.made import Parcel, corridor, follow, leg

INLAND, CITY = "inland/export/inspection", "city/import/inspection"
NON_COMPLIANT = {"trader_classes.plain.non_compliant": "10 %", "trader_classes.gold.non_compliant": "1 %"}
PARCELS = (
    Parcel(),
    Parcel(non_compliant=True, risk={INLAND: 0.01, CITY: 0.01}),
    Parcel(trader_class="gold", non_compliant=True),
)
"""One in order, one that inland and city inspect (30 and 45 minutes), one that nobody looks at."""
QUANTILES = ("p50", "p90", "p95")
PAST = {"routes.main.steps": leg("feeder", "port/stow", "ferry", "hub/unload", "truck", "city/yard", "van")}
"""The same journey past all offices."""


def test_clearance_times() -> None:
    """Tests import, export and transit: from the arrival at the office's facility to the release.

    Export is summed over inland (from the entry: 70, 100, 70) and port (from the feeder's arrival, the
    stowing of 20 included: 130 each): 200, 230, 200. Transit from the ferry's arrival: 15 of unloading and
    275. Import from the truck's, with 35 in the yard and 145 of declarations: 180, 225, 180.
    """
    found = follow(corridor(NON_COMPLIANT), *PARCELS).measures()
    assert found["clearance_time_export"] == pytest.approx(210 / 60)
    assert found["clearance_time_transit"] == pytest.approx(290 / 60)
    assert found["clearance_time_import"] == pytest.approx(195 / 60)
    # Of three ranked values: the second, and 0.8 and 0.9 of the way from it to the third.
    for name, low, high in (("export", 200, 230), ("transit", 290, 290), ("import", 180, 225)):
        for suffix, part in zip(QUANTILES, (0.0, 0.8, 0.9), strict=True):
            assert found[f"clearance_time_{name}_{suffix}"] == pytest.approx((low + part * (high - low)) / 60)
    assert found["cleared_within_24h"] == 100
    # 10 + 20 + 5 x 15 + 25 of control each, and two openings.
    assert found["officer_hours"] == pytest.approx((3 * 130 + 30 + 45) / 60)
    assert found["inspections"] == 2
    assert (found["non_compliant"], found["undetected"]) == (2, 1)


def test_by_lane_and_over_all() -> None:
    """Tests that the only lane measures what all lanes do together."""
    found = follow(corridor(NON_COMPLIANT), *PARCELS)
    assert found.measures("main") == found.measures()


FINDS = {
    f"facilities.{office}.inspection.finds": "60 %"
    for office in ("inland.activities.export", "city.activities.import")
}


@pytest.mark.parametrize(
    ("inland", "city", "missed"), [(0.5, 0.9, 0), (0.9, 0.5, 0), (0.9, 0.9, 1), (0.5, 0.5, 0)]
)
def test_non_compliance_is_found_by_either_office(inland: float, city: float, missed: int) -> None:
    """Tests openings that find 60 %: what one does not the other may, and once is enough."""
    risk = {INLAND: 0.01, CITY: 0.01, "inland/export/finds": inland, "city/import/finds": city}
    found = follow(corridor(NON_COMPLIANT | FINDS), Parcel(non_compliant=True, risk=risk)).measures()
    assert (found["non_compliant"], found["undetected"], found["inspections"]) == (1, missed, 2)


def test_no_non_compliance_without_shares() -> None:
    """Tests that non-compliance is no measure where no trader class has any; the compliant do not count."""
    assert {"non_compliant", "undetected"} & set(follow(corridor(), Parcel()).measures()) == set()
    found = follow(corridor(NON_COMPLIANT), Parcel(), Parcel(risk={CITY: 0.01})).measures()
    assert (found["non_compliant"], found["undetected"]) == (0, 0)


def test_within_a_day() -> None:
    """Tests 24 hours to the minute, at import and export each: both must hold, the sum need not.

    Preparation at the city of 1 to 3001 minutes by rank: 1380 + 25 + 35 make 1440. At inland likewise, where
    1300 + 10 and 130 at the port make 1440; then the ferry's departure is the next day's.
    """
    times = {"distribution": "uniform", "low": "1 min", "high": "3001 min"}
    changes = {
        f"facilities.{at}.preparation": times for at in ("inland.activities.export", "city.activities.import")
    }
    inland, city = "inland/export/preparation", "city/import/preparation"
    cases = {  # minutes of preparation at both
        (60, 1380): True,
        (60, 1381): False,
        (1300, 120): True,
        (1301, 120): False,
        (1300, 1380): True,
        (1301, 1381): False,
    }
    parcels = [Parcel(rank={inland: (a - 1) / 3000, city: (b - 1) / 3000}) for a, b in cases]
    found = follow(corridor(changes), *parcels)
    assert found.run.clearance.hours["export"] == pytest.approx([(a + 140) / 60 for a, _ in cases])
    assert found.run.clearance.hours["import"] == pytest.approx([(b + 60) / 60 for _, b in cases])
    assert found.measures()["cleared_within_24h"] == pytest.approx(100 * sum(cases.values()) / len(cases))


NEVER_OPEN: dict[str, Any] = {
    "facilities.city.resources.officers": {
        "servers": 1,
        "closures": [{"begins": "2019-01-07T01:00:00", "ends": "2019-01-21T00:00:00"}],
    }
}


def test_who_is_not_released() -> None:
    """Tests that who waits for ever takes infinitely long, is not cleared, and is in no mean."""
    found = follow(corridor(NEVER_OPEN), Parcel(), Parcel()).measures()
    assert math.isnan(found["clearance_time_import"])
    assert [found[f"clearance_time_import_{suffix}"] for suffix in QUANTILES] == [math.inf] * 3
    assert found["cleared_within_24h"] == 0
    assert found["clearance_time_export"] == pytest.approx(200 / 60)
    assert found["officer_hours"] == pytest.approx(2 * 105 / 60)  # without the 25 at the city
    assert found["undelivered"] == 2


def test_where_nobody_is_released() -> None:
    """Tests that a cohort none of whom is released by the only office has measures all the same."""
    route = {"routes.main.steps": leg("truck", "city/import", "van")}
    found = follow(
        corridor(NEVER_OPEN | NON_COMPLIANT | route), Parcel(non_compliant=True), Parcel()
    ).measures()
    assert found["cleared_within_24h"] == 0
    assert found["clearance_time_import_p50"] == math.inf
    assert (found["non_compliant"], found["undetected"], found["inspections"]) == (1, 1, 0)


def test_some_are_not_released() -> None:
    """Tests a median that is finite and a ninth decile that is not: three of four are released.

    The office closes at 420. The first three are lodged by 235 and released 180 minutes after the truck's
    arrival (yard 35, declarations 145); the last is lodged at 515.
    """
    closing = {"begins": "2019-01-07T07:00:00", "ends": "2019-01-21T00:00:00"}
    changes = {
        "facilities.city.resources.officers": {"servers": 9, "closures": [closing]},
        "routes.main.steps": leg("truck", "city/yard", "city/import", "van"),
    }
    found = follow(corridor(changes), Parcel(0), Parcel(10), Parcel(20), Parcel(300)).measures()
    assert found["clearance_time_import"] == pytest.approx(3)
    assert found["clearance_time_import_p50"] == pytest.approx(3)
    assert found["clearance_time_import_p90"] == math.inf
    assert found["cleared_within_24h"] == 75


def test_customs_cost() -> None:
    """Tests 4 USD for each of five filings and of one, 30 for each inspection, over 3000 kg."""
    fees = {
        name: {"lines": [{"name": name, "category": "customs", "basis": basis, "price": price}]}
        for name, basis, price in (
            ("lodge", "filing", "4 USD/filing"),
            ("open", "consignment", "30 USD/consignment"),
        )
    }
    changes = NON_COMPLIANT | {
        "tariffs": fees,
        "facilities.hub.activities.transit.tariffs": ["lodge"],
        "facilities.city.activities.import.tariffs": ["lodge"],
        "facilities.city.activities.import.inspection.tariffs": ["open"],
    }
    assert follow(corridor(changes), *PARCELS).measures()["customs_cost"] == pytest.approx(
        (3 * 24 + 30) / 3000
    )
    assert follow(corridor(changes, "bonded"), *PARCELS).measures()["customs_cost"] == pytest.approx(
        (3 * 12 + 30) / 3000
    )


def test_no_customs_no_measures() -> None:
    """Tests that a corridor without an office has none of them."""
    gone = ("inland.activities.export", "port.activities.export", "hub.activities.transit")
    changes = {f"facilities.{name}": None for name in (*gone, "city.activities.import")}
    found = follow(corridor(changes | PAST), Parcel()).measures()
    assert not {
        name for name in found if name.startswith(("clearance", "cleared", "customs", "officer", "insp"))
    }


def test_past_all_offices() -> None:
    """Tests that a journey past customs has no clearance time, and no inspection that found anything."""
    followed = follow(
        corridor(NON_COMPLIANT | PAST), Parcel(), Parcel(non_compliant=True), Parcel(non_compliant=True)
    )
    found = followed.measures()
    assert not [name for name in found if name.startswith("clear")]
    assert (found["officer_hours"], found["staffed_hours"], found["inspections"]) == (0, 0, 0)
    assert (found["non_compliant"], found["undetected"]) == (2, 2)
