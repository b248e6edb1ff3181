"""More sailings, a larger ship, another timetable: hand-calculated, minutes from Monday's midnight.

The ferry leaves at 18:00 (1080) every day, with a cut-off of 120 minutes, and takes 720.
"""

from __future__ import annotations

from typing import Any

import pytest

from fourport.plan.corridor import Corridor
from tests.levers.made import Parcel, corridor, follow, leg

BY_FERRY: dict[str, Any] = {"routes.main.steps": leg("ferry")}
TEN_T: dict[str, Any] = {"commodities.parts.weight": "10 t"}
DAY = 1440


def sailed(made: Corridor, *parcels: Parcel) -> list[tuple[float, float]]:
    """Return when the ferry takes each consignment, and when it arrives, minutes."""
    found = follow(made, *parcels)
    return [found.times(i)["ferry"] for i in range(len(parcels))]


def test_an_extra_sailing() -> None:
    """Tests a sailing on Sunday at 22:00 besides that at 18:00: who comes after 16:00 need not wait a day."""
    sunday = 6 * DAY
    parcels = (Parcel(sunday + 900), Parcel(sunday + 1000), Parcel(sunday + 1201))
    first, next_day = (sunday + 1080, sunday + 1800), (sunday + DAY + 1080, sunday + DAY + 1800)
    assert sailed(corridor(BY_FERRY), *parcels) == [first, next_day, next_day]
    extra = (sunday + 1320, sunday + 2040)
    assert sailed(corridor(BY_FERRY, "sailings"), *parcels) == [first, extra, next_day]


def test_another_timetable() -> None:
    """Tests sailings at 16:00 (960) but on Sunday: who comes at 850 misses the one of Monday."""
    parcels = (Parcel(0), Parcel(850), Parcel(6 * DAY))
    late = 6 * DAY
    ferry = [(1080, 1800), (1080, 1800), (late + 1080, late + 1800)]
    assert sailed(corridor(BY_FERRY), *parcels) == ferry
    monday = 7 * DAY
    early = [(960, 1680), (DAY + 960, DAY + 1680), (monday + 960, monday + 1680)]
    assert sailed(corridor(BY_FERRY, "early"), *parcels) == early


def test_an_extra_sailing_of_another_timetable() -> None:
    """Tests that both together have the other timetable and the extra sailing, in either order."""
    parcel = Parcel(6 * DAY)
    sunday = [(6 * DAY + 1320, 6 * DAY + 2040)]
    for levers in (("sailings", "early"), ("early", "sailings")):
        assert sailed(corridor(BY_FERRY, *levers), parcel) == sunday


def test_another_service() -> None:
    """Tests a barge at 8:00 (480, 15 h) that closes at 7:00: who comes at 400 takes it, at 421 the ferry."""
    made = corridor(BY_FERRY, "barge")
    parcels = (Parcel(400), Parcel(421), Parcel(1000))
    found = follow(made, *parcels)
    assert [found.times(i).get("barge") for i in range(3)] == [(480, 1380), None, (DAY + 480, DAY + 1380)]
    assert [found.times(i).get("ferry") for i in range(3)] == [None, (1080, 1800), None]
    assert sailed(corridor(BY_FERRY), *parcels) == [(1080, 1800), (1080, 1800), (DAY + 1080, DAY + 1800)]


@pytest.mark.parametrize(
    ("more", "days"),
    [
        ({}, [0, 0, 1]),
        ({"levers.larger-ship.capacity": {"ferry": {"weight": "30 t"}}}, [0, 0, 0]),
        ({"levers.larger-ship.capacity": {"ferry": {"weight": "25 t"}}}, [0, 0, 1]),
    ],
    ids=["20 t", "30 t", "25 t"],
)
def test_a_larger_ship(more: dict[str, Any], days: list[int]) -> None:
    """Tests three of 10 t on a ship for 20 t: with 30 t the third is not rolled over to the next day."""
    changes = BY_FERRY | TEN_T | {"services.ferry.capacity": {"weight": "20 t"}} | more
    parcels = [Parcel(k) for k in range(3)]
    made = corridor(changes, *(["larger-ship"] if more else []))
    assert sailed(made, *parcels) == [(day * DAY + 1080, day * DAY + 1800) for day in days]


def test_a_larger_ship_on_departures_with_their_own_capacity() -> None:
    """Tests that a departure of its own 10 t takes 30 t under the lever, and one of 50 t keeps them."""
    rows: list[dict[str, Any]] = [
        {"days": "1", "departs": "18:00", "duration": "12 h", "capacity": {"weight": "10 t"}},
        {"days": "234567", "departs": "18:00", "duration": "12 h", "capacity": {"weight": "50 t"}},
    ]
    ship = {"levers.larger-ship.capacity": {"ferry": {"weight": "30 t"}}}
    changes = BY_FERRY | {"services.ferry.capacity": {"weight": "20 t"}, "services.ferry.timetable": rows}
    before, after = corridor(changes | ship), corridor(changes | ship, "larger-ship")
    for made, expected in ((before, [10, 50, 50]), (after, [30, 50, 50])):
        assert (made.timetables[0].capacity[:3, 0] / 1e6).tolist() == expected


def test_background_cargo_grows_with_the_ship() -> None:
    """Tests a background of 50 %: of a ship for 60 t, 30 t are left, of one for 20 t, 10 t."""
    half = {"services.ferry.background": "50 %", "services.ferry.capacity": {"weight": "20 t"}}
    ship = {"levers.larger-ship.capacity": {"ferry": {"weight": "60 t"}}}
    parcels = [Parcel(k) for k in range(3)]
    small = sailed(corridor(BY_FERRY | TEN_T | half), *parcels)
    assert [begin for begin, _ in small] == [1080, DAY + 1080, 2 * DAY + 1080]
    large = sailed(corridor(BY_FERRY | TEN_T | half | ship, "larger-ship"), *parcels)
    assert [begin for begin, _ in large] == [1080, 1080, 1080]
