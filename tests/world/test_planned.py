"""The departure planned for a consignment, by hand. Hours count from a Monday's midnight."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fourport.plan.tables import HOUR
from tests.tiny import Parcel, corridor, follow

PLANNING: dict[str, Any] = {"planning": {"allowance": "1 h"}}
FLIGHT: dict[str, Any] = {
    "services.flight": {
        "mode": "air",
        "from": "b",
        "to": "c",
        "distance": "900 km",
        "timetable": [{"days": "daily", "departs": "14:00", "duration": "2 h"}],
        "cut_off": "2 h",
        "capacity": {"weight": "10 t"},
    },
    "routes.van.steps": [{"by": "ferry"}, {"at": "b", "do": "discharge"}, {"by": "flight"}],
}


def planned(entry: float, route: str, **changes: Any) -> int:
    """Give the number of the departure planned."""
    return int(follow(corridor(PLANNING | changes), [Parcel(entry, route)]).planned[0])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        # Declarations take 1 h and 30 min; with 1 h of allowance the cut-off at 15:00 is met from 12:30.
        (12.5, 0),
        (12.51, 1),
        (0.0, 0),
        (36.5, 1),
    ],
)
def test_declaration_and_allowance(entry: float, expected: int) -> None:
    """Tests the planned sailing of a consignment that waits for its declarations."""
    assert planned(entry, "van") == expected


@pytest.mark.parametrize(
    ("lead", "entry", "expected"),
    # Of the hour of preparation a lead of 45 min leaves 15, one of a day nothing; 30 min are for control.
    [("45 min", 13.25, 0), ("45 min", 13.26, 1), ("1 d", 13.5, 0), ("1 d", 13.51, 1)],
)
def test_declarations_begun_before_acceptance(lead: str, entry: float, expected: int) -> None:
    """Tests that the plan reckons with what of a declaration is prepared before the acceptance."""
    booked = {"share": "100 %", "from": "booking", "lead": lead}
    assert planned(entry, "van", **{"facilities.a.activities.export.pre_arrival": booked}) == expected


@pytest.mark.parametrize(
    ("order", "hours", "entry", "expected"),
    [
        # Beside customs (1 h 30 min) an application of 3 h is the longer: 11:00 is the last.
        ("beside", 3, 11.0, 0),
        ("beside", 3, 11.01, 1),
        ("beside", 1, 12.5, 0),  # Customs takes longer.
        # After customs it comes on top: 4 h 30 min in all. The inspection, of 5 h, is not planned for.
        ("after", 3, 9.5, 0),
        ("after", 3, 9.51, 1),
    ],
)
@pytest.mark.parametrize("share", ["100 %", "0 %"])
def test_applications(order: str, hours: int, entry: float, expected: int, share: str) -> None:
    """Tests that traders who apply to an agency plan for the application, and others for customs alone."""
    agency = {
        "commodities": {"parts": share},
        "order": order,
        "preparation": f"{hours} h",
        "resource": "officers",
        "duration": "5 h",
    }
    changes = {"facilities.a.activities.export.agencies.food": agency}
    assert planned(entry, "van", **changes) == (expected if share == "100 %" else 0)


@pytest.mark.parametrize("order", ["beside", "after"])
def test_who_does_not_apply(order: str) -> None:
    """Tests that of two consignments only the one that an agency selects plans for its application."""
    agency = {
        "commodities": {"parts": "50 %"},
        "order": order,
        "preparation": "3 h",
        "resource": "officers",
        "duration": "5 h",
    }
    changes = PLANNING | {"facilities.a.activities.export.agencies.food": agency}
    # A risk number is related to the share of the commodity: from 1 on a consignment is not selected.
    parcels = [Parcel(11.5, "van", risk=risk) for risk in (0.9, 1.1)]
    assert follow(corridor(changes), parcels).planned.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("entry", "expected"),
    # The dock works 08:00 to 18:00 and takes 1 h; one begun at 13:00 is done an hour before the cut-off.
    [(13.0, 0), (13.01, 1), (2.0, 0), (19.0, 1), (17.9, 1)],
)
def test_opening_hours(entry: float, expected: int) -> None:
    """Tests that the plan reckons with the next opening of a resource."""
    assert planned(entry, "truck") == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    # It drives 3 h and must come by 11:00, an hour before the cut-off; it leaves from 08:00 to 18:00.
    [(0.0, 0), (8.0, 0), (8.01, 1), (18.0, 1), (29.0, 1)],
)
def test_hours_of_a_leg(entry: float, expected: int) -> None:
    """Tests that the plan reckons with the hours within which a trip begins."""
    legs = {"mode": "road", "from": "a", "to": "b", "distance": "9 km", "duration": "3 h"}
    route = {"routes.van.steps": [{"by": "feeder"}, {"by": "flight"}]}
    feeder = {"trucking.feeder": legs | {"calendar": "office"}}
    assert planned(entry, "van", **FLIGHT | route | feeder) == expected


@pytest.mark.parametrize(
    ("hold", "drive", "expected"),
    [("1 h", "2 h", 0), ("1 h", "3 h", 1), ("2 h", "2 h", 1), ("3 h", "2 h", 1)],
)
def test_hours_of_a_fleet(hold: str, drive: str, expected: int) -> None:
    """Tests a fleet that loads from 08:00 to 10:00, and leaves the next day if its hold ends then or later.

    It must come by 11:00: with a hold of 1 h and a drive of 2 h it is in time.
    """
    hours = {"hours": [{"days": "daily", "open": "08:00", "close": "10:00"}]}
    truck = {"from": "a", "to": "b", "calendar": "yard", "max_consolidation_time": hold, "drive": drive}
    changes: dict[str, Any] = {f"fleets.truck.{key}": value for key, value in truck.items()}
    changes["calendars.yard"] = hours
    changes["routes.truck.steps"] = [{"by": "truck"}, {"by": "flight"}]
    assert planned(0.0, "truck", **FLIGHT | changes) == expected


@pytest.mark.parametrize(
    ("entry", "takes", "expected"),
    # At a dock of 08:00 to 18:00, with 1 h of allowance, the cut-off at 15:00 is met by what ends at 14:00.
    [
        (11.0, "3 h", 0),
        (11.01, "3 h", 1),
        (15.5, "3 h", 1),  # ends at 08:30
        (11.0, "20 h", 2),  # 7 h, 10 h and 3 h: at 11:00 of the third day
        (14.01, "20 h", 3),  # 4 h, 10 h and 6 h: just after 14:00
        (23.0, "20 h", 3),  # ends as the dock closes on the third day
        (11.0, "200 h", -1),  # 20 days of work in a run of 14
    ],
)
def test_work_that_rests(entry: float, takes: str, expected: int) -> None:
    """Tests that the plan reckons with the nights in which work rests."""
    dock = {"facilities.a.resources.dock.at_closing": "resume"}
    assert planned(entry, "truck", **dock, **{"facilities.a.activities.load.duration": takes}) == expected


def test_the_late_quantile() -> None:
    """Tests that a random duration counts with its late quantile: at 80 % an exponential takes ln 5 means."""
    changes = {"facilities.a.activities.load.duration": {"distribution": "exponential", "mean": "2 h"}}
    latest = 15 - 1 - 2 * math.log(5)
    assert planned(latest - 0.01, "truck", **changes) == 0
    assert planned(latest + 0.01, "truck", **changes) == 1
    half = {**changes, "planning": {"allowance": "1 h", "late_quantile": 0.5}}
    assert planned(14 - 2 * math.log(2) - 0.01, "truck", **half) == 0
    assert planned(14 - 2 * math.log(2) + 0.01, "truck", **half) == 1


def test_called_off_sailings_are_known_and_others_are_not() -> None:
    """Tests that a dated cancellation is planned around, and one by chance is not foreseen."""
    called_off = {"share": "0 %", "dates": ["2019-01-07", "2019-01-08"]}
    assert planned(2.0, "van", **{"services.ferry.cancellation": called_off}) == 2
    run = follow(corridor(PLANNING | {"services.ferry.cancellation": {"share": "100 %"}}), [Parcel(2, "van")])
    assert run.planned.tolist() == [0]
    assert run.as_planned.tolist() == [False]


def test_the_last_scheduled_service_counts() -> None:
    """Tests a flight after the ferry: ashore 09:00, discharged 10:00, allowance 11:00, cut-off 12:00.

    That day's flight is planned; with 2.1 h of allowance the next one.
    """
    assert planned(10.0, "van", **FLIGHT) == 1
    assert planned(10.0, "van", **FLIGHT, **{"planning": {"allowance": "2.1 h"}}) == 2
    plan = corridor(PLANNING | FLIGHT)
    run = follow(plan, [Parcel(10, "van")])
    assert run.as_planned.tolist() == [True]


def test_the_service_that_a_route_names_counts() -> None:
    """Tests that the ferry's departure is planned where the route says so, though a flight follows.

    This way has no declarations: accepted at 13 with an hour of allowance the cut-off at 15:00 is met.
    """
    first = {"routes.van.planned_departure": "ferry"}
    assert planned(13.0, "van", **FLIGHT, **first) == 0
    assert planned(14.1, "van", **FLIGHT, **first) == 1
    run = follow(corridor(PLANNING | FLIGHT | first), [Parcel(13, "van"), Parcel(14.1, "van")])
    assert run.as_planned.tolist() == [True, True]
    assert run.before_planned.tolist() == [False, True]
    off = {"services.flight.cancellation": {"share": "0 %", "dates": NO_FLIGHT}}
    assert planned(13.0, "van", **FLIGHT, **first, **off) == 0


NO_FLIGHT = [f"2019-01-{day:02d}" for day in range(7, 23)]


def test_the_feeder_missed_is_no_plan() -> None:
    """Tests that who is too late for the last ferry of the run has no plan, though flights are left."""
    last_ferry = {
        "services.ferry.timetable": [
            {"days": "daily", "departs": "19:00", "duration": "14 h", "valid_to": "2019-01-09"}
        ]
    }
    assert planned(60.0, "van", **FLIGHT, **last_ferry) == 3
    assert planned(63.0, "van", **FLIGHT, **last_ferry) == -1


def test_no_plan() -> None:
    """Tests no planning terms, no service on the way, no departure late enough, and none at all."""
    assert follow(corridor(), [Parcel(2, "van")]).planned.tolist() == [-1]
    walk = {"routes.van.steps": [{"at": "b", "do": "discharge"}, {"by": "van"}]}
    assert planned(2.0, "van", **walk) == -1
    assert planned(14 * 24 - 8.0, "van") == -1
    days = [f"2019-01-{day:02d}" for day in range(7, 22)]
    never = {"services.ferry.cancellation": {"share": "0 %", "dates": days}}
    assert planned(2.0, "van", **never) == -1


def test_as_planned_is_that_departure_or_an_earlier_one() -> None:
    """Tests a queue that makes a consignment miss its sailing, and an inspection avoided that does not.

    Two declarations of 3 h are controlled by one officer: the second is done at 12 + 1 + 3 = 16, after 15:00.
    """
    busy = corridor(PLANNING | {"facilities.a.activities.export.documents.duration": "3 h"})
    run = follow(busy, [Parcel(9, "van"), Parcel(9.5, "van"), Parcel(15, "van")])
    assert run.planned.tolist() == [0, 0, 1]
    assert run.as_planned.tolist() == [True, False, True]
    early = follow(corridor(PLANNING), [Parcel(13.2, "van")])
    assert early.planned.tolist() == [1]
    assert early.trace.departure_index.max() == 0
    assert early.as_planned.tolist() == [True]


def test_a_fleet_counts_with_its_hold() -> None:
    """Tests that a truck before the flight counts with its longest hold and its drive: 09:00 + 3 h + 2 h."""
    flight = FLIGHT["services.flight"] | {"from": "c", "to": "b"}
    steps = [{"by": "ferry"}, {"by": "truck"}, {"by": "flight"}]
    changes = {**FLIGHT, "services.flight": flight, "routes.van.steps": steps}
    made = corridor(PLANNING | changes)
    flights = made.timetables[1].cutoff_us
    at = planned(10.0, "van", **changes)
    # Home at 14:00 on day 1, an hour of allowance: the flight whose cut-off is 12:00 on day 2.
    assert (int(flights[at]) - made.plan.start_us) / HOUR == 2 * 24 + 12
