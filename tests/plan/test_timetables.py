"""Timetables in local time, unrolled, against arithmetic by hand and what the zone files say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fourport.errors import Problem
from fourport.plan.tables import DAY, HOUR, UNBOUND, Ints
from fourport.plan.timetables import Timetable, capacity_units, unroll
from fourport.scenario.models.transport import Capacity, Service

LA, BERLIN, SEOUL, UTC_ZONE = (
    ZoneInfo(name) for name in ("America/Los_Angeles", "Europe/Berlin", "Asia/Seoul", "UTC")
)
KEY = ("services", "s")


def us(text: str) -> int:
    """Give a UTC time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def local(times: Ints, zone: ZoneInfo) -> list[str]:
    """Give times on the clock of a place."""
    return [datetime.fromtimestamp(t / 1e6, zone).strftime("%m-%d %H:%M") for t in times.tolist()]


def unrolled(
    rows: list[dict[str, Any]],
    first: str,
    last: str,
    zones: tuple[ZoneInfo, ZoneInfo] = (UTC_ZONE, UTC_ZONE),
    **more: Any,
) -> tuple[Timetable, list[Problem]]:
    """Unroll a service between two UTC midnights."""
    service = Service.model_validate(
        {
            "mode": "air",
            "from": "a",
            "to": "b",
            "distance": "1 km",
            "timetable": rows,
            "cut_off": "4 h",
            "capacity": {"weight": "10 t"},
        }
        | more
    )
    unrolled = unroll(service, zones, us(first), us(last), KEY)
    return unrolled.timetable, [*unrolled.problems]


def test_local_times_stay_when_clocks_change() -> None:
    """Tests a daily flight from Los Angeles to Berlin over both changes of spring 2019.

    16:00 in Los Angeles is 00:00 UTC until 9 March, 23:00 from the 10th; 11:30 in Berlin is
    10:30 UTC until 30 March, 09:30 from the 31st.
    """
    rows = [{"days": "daily", "departs": "16:00", "arrives": "11:30", "arrives_day": 1}]
    table, problems = unrolled(rows, "2019-03-05", "2019-04-05", (LA, BERLIN))
    assert problems == []
    assert {clock[-5:] for clock in local(table.scheduled_us, LA)} == {"16:00"}
    assert {clock[-5:] for clock in local(table.arrival_us, BERLIN)} == {"11:30"}
    gaps = np.diff(table.scheduled_us) / HOUR
    departs = local(table.scheduled_us, LA)
    assert {departs[k + 1]: gap for k, gap in enumerate(gaps) if gap != 24} == {"03-10 16:00": 23}
    under_way = dict(zip(departs, (table.arrival_us - table.scheduled_us) / HOUR, strict=True))
    assert under_way["03-09 16:00"] == 10.5
    assert under_way["03-10 16:00"] == 11.5
    assert under_way["03-29 16:00"] == 11.5
    assert under_way["03-30 16:00"] == 10.5
    assert set((table.scheduled_us - table.cutoff_us).tolist()) == {4 * HOUR}


def test_a_duration_stays_when_clocks_change() -> None:
    """Tests that a flight given by its duration lands an hour earlier by Berlin's clock in between."""
    rows = [{"days": "daily", "departs": "16:00", "duration": "10.5 h"}]
    table, _ = unrolled(rows, "2019-03-05", "2019-03-20", (LA, BERLIN))
    assert set((table.arrival_us - table.scheduled_us).tolist()) == {round(10.5 * HOUR)}
    assert {text[-5:] for text in local(table.arrival_us, BERLIN)} == {"11:30", "10:30"}


def test_a_time_that_clocks_skip() -> None:
    """Tests that it is refused by row, date and zone at departure and arrival, and only in the horizon."""
    leaves = [{"days": "Mon", "departs": "09:00", "duration": "1 h"}]
    leaves.append({"days": "daily", "departs": "02:30", "duration": "1 h"})
    _, problems = unrolled(leaves, "2019-03-05", "2019-03-15", (LA, LA))
    assert [problem.key for problem in problems] == [(*KEY, "timetable", 1)]
    assert "2019-03-10 02:30 does not exist in America/Los_Angeles" in problems[0].message
    lands = [{"days": "Sat", "departs": "20:00", "arrives": "02:15", "arrives_day": 1}]
    _, problems = unrolled(lands, "2019-03-25", "2019-04-05", (LA, BERLIN))
    assert "2019-03-31 02:15 does not exist in Europe/Berlin" in problems[0].message
    for first, last in (("2019-03-11", "2019-03-15"), ("2019-03-05", "2019-03-09")):
        table, problems = unrolled(leaves, first, last, (LA, LA))
        assert problems == []
        assert len(table.scheduled_us) >= 4


def test_a_time_that_comes_twice() -> None:
    """Tests that a departure at 01:30 leaves at the first of the two, 08:30 UTC."""
    rows = [{"days": "Sun", "departs": "01:30", "duration": "1 h"}]
    table, _ = unrolled(rows, "2019-11-02", "2019-11-05", (LA, LA))
    assert table.scheduled_us.tolist() == [us("2019-11-03 08:30")]


def test_arrives_day_and_24_00() -> None:
    """Tests arrivals two days later, and that 24:00 is the midnight that ends the day named."""
    rows: list[dict[str, Any]] = [
        {"days": "Mon", "departs": "24:00", "arrives": "09:00", "arrives_day": 2},
        {"days": "Fri", "departs": "19:00", "arrives": "24:00"},
    ]
    table, _ = unrolled(rows, "2019-01-07", "2019-01-14")
    assert table.scheduled_us.tolist() == [us("2019-01-08"), us("2019-01-11 19:00")]
    assert table.arrival_us.tolist() == [us("2019-01-09 09:00"), us("2019-01-12")]


def test_validity_and_days() -> None:
    """Tests that the first and the last day of validity count, and only the days of the week named."""
    rows = [
        {
            "days": ["Tue", "Fri"],
            "departs": "19:00",
            "duration": "14 h",
            "valid_from": date(2019, 1, 8),
            "valid_to": date(2019, 1, 18),
        }
    ]
    table, _ = unrolled(rows, "2019-01-01", "2019-02-01")
    assert local(table.scheduled_us, UTC_ZONE) == [f"01-{d:02d} 19:00" for d in (8, 11, 15, 18)]


def test_odd_and_even_weeks() -> None:
    """Tests ISO weeks by hand over a year of 53: Monday 21 Dec 2020 is of week 52, 4 Jan 2021 of week 1."""
    rows = [{"days": "Mon", "departs": "19:00", "duration": "14 h", "weeks": "odd"}]
    table, _ = unrolled(rows, "2020-12-14", "2021-01-25")
    assert local(table.scheduled_us, UTC_ZONE) == ["12-14 19:00", "12-28 19:00", "01-04 19:00", "01-18 19:00"]
    rows[0]["weeks"] = "even"
    table, _ = unrolled(rows, "2020-12-14", "2021-01-25")
    assert local(table.scheduled_us, UTC_ZONE) == ["12-21 19:00", "01-11 19:00"]


def test_weeks_are_those_of_the_local_date() -> None:
    """Tests that Monday 01:00 in Seoul, still Sunday in UTC, is of the week that begins on that Monday."""
    rows = [{"days": "Mon", "departs": "01:00", "duration": "14 h", "weeks": "even"}]
    table, _ = unrolled(rows, "2019-01-01", "2019-01-29", (SEOUL, UTC_ZONE))
    assert table.scheduled_us.tolist() == [us("2019-01-06 16:00"), us("2019-01-20 16:00")]


def test_arrival_on_the_day_before() -> None:
    """Tests a flight over the date line: it leaves Auckland on Tuesday 01:00 and lands in LA on Monday 16:00.

    Auckland is UTC+13 in January, so it leaves on Monday at 12:00 UTC; 16:00 in Los Angeles is 00:00 UTC.
    """
    rows = [{"days": "Tue", "departs": "01:00", "arrives": "16:00", "arrives_day": -1}]
    table, problems = unrolled(rows, "2019-01-07", "2019-01-14", (ZoneInfo("Pacific/Auckland"), LA))
    assert problems == []
    assert table.scheduled_us.tolist() == [us("2019-01-07 12:00")]
    assert table.arrival_us.tolist() == [us("2019-01-08 00:00")]
    assert len(unrolled(rows, "2019-01-07", "2019-01-14", (LA, LA))[1]) == 1


def test_cut_off_capacity_and_number_by_row() -> None:
    """Tests rows with and without their own, by hand; a dimension that a row leaves out is the service's."""
    rows: list[dict[str, Any]] = [
        {"days": "Mon", "departs": "19:00", "duration": "14 h", "number": "A 1"},
        {"days": "Tue", "departs": "19:00", "duration": "14 h", "cut_off": "30 h", "number": "A 2"}
        | {"capacity": {"volume": "20 m3"}},
    ]
    capacity = {"weight": "10 t", "volume": "70 m3"}
    table, _ = unrolled(rows, "2019-01-07", "2019-01-14", capacity=capacity, block_space={"weight": "1 t"})
    assert table.number == ("A 2", "A 1")  # whose cut-off is at 13:00 and 15:00 of Monday
    assert ((table.scheduled_us - table.cutoff_us) / HOUR).tolist() == [30, 4]
    assert table.capacity.tolist() == [[10_000_000, 20_000_000, UNBOUND], [10_000_000, 70_000_000, UNBOUND]]
    assert table.block.tolist() == [[1_000_000, 2_000_000, UNBOUND], [1_000_000, 7_000_000, UNBOUND]]


def test_rows_are_merged_in_order_of_cut_off() -> None:
    """Tests date, time of day and month of each departure, with two rows of one day."""
    rows = [
        {"days": "Thu", "departs": "19:00", "duration": "14 h"},
        {"days": "Thu-Fri", "departs": "07:05", "duration": "14 h"},
    ]
    table, _ = unrolled(rows, "2019-01-30", "2019-02-03")
    days = [(date(2019, *day) - date(1970, 1, 1)).days for day in ((1, 31), (1, 31), (2, 1))]
    assert table.day.tolist() == days
    assert table.clock.tolist() == [7 * 60 + 5, 19 * 60, 7 * 60 + 5]
    assert table.month.tolist() == [0, 0, 1]


def test_called_off_dates_are_local() -> None:
    """Tests that dates count by the clock of the place of departure (07:00 in Seoul is the day before)."""
    rows = [{"days": "daily", "departs": "07:00", "duration": "5 h"}]
    table, _ = unrolled(
        rows,
        "2019-01-10",
        "2019-01-16",
        (SEOUL, UTC_ZONE),
        cancellation={"share": "0 %", "dates": [date(2019, 1, 13)]},
    )
    off = np.flatnonzero(table.called_off)
    assert local(table.scheduled_us[off], SEOUL) == ["01-13 07:00"]


def test_cut_offs_lie_in_the_horizon() -> None:
    """Tests the edges: a cut-off at the start counts, one at the end does not, a sailing after it may."""
    rows = [{"days": "daily", "departs": "19:00", "duration": "14 h"}]
    table, _ = unrolled(rows, "2019-01-07", "2019-01-10", cut_off="19 h")
    assert local(table.cutoff_us, UTC_ZONE) == ["01-07 00:00", "01-08 00:00", "01-09 00:00"]
    table, _ = unrolled(rows, "2019-01-07", "2019-01-10", cut_off="5 d")
    assert local(table.scheduled_us, UTC_ZONE) == [f"01-{d} 19:00" for d in (12, 13, 14)]


def test_arrival_before_departure_is_refused() -> None:
    """Tests that it is found in its row and told by date, once; across zones the clock may go back."""
    rows = [
        {"days": "Mon", "departs": "19:00", "duration": "14 h"},
        {"days": "daily", "departs": "19:00", "arrives": "09:00"},
    ]
    table, problems = unrolled(rows, "2019-01-07", "2019-01-14")
    assert [problem.key for problem in problems] == [(*KEY, "timetable", 1)]
    assert "arrives before it leaves on 2019-01-07" in problems[0].message
    assert "arrives_day" in problems[0].message
    rows = [{"days": "daily", "departs": "19:00", "arrives": "13:00"}]
    table, problems = unrolled(rows, "2019-01-07", "2019-01-14", (SEOUL, LA))
    assert problems == []
    assert set(((table.arrival_us - table.scheduled_us) / HOUR).tolist()) == {11.0}
    rows = [{"days": "daily", "departs": "19:00", "arrives": "19:00"}]
    assert len(unrolled(rows, "2019-01-07", "2019-01-14")[1]) == 1


def test_no_departure_in_the_horizon_is_refused() -> None:
    """Tests that it is told by service, once, and not on top of another problem of its timetable."""
    rows = [{"days": "Sun", "departs": "19:00", "duration": "14 h"}]
    table, problems = unrolled(rows, "2019-01-07", "2019-01-13")
    assert [problem.key for problem in problems] == [(*KEY, "timetable")]
    assert "no departure lies in the horizon" in problems[0].message
    assert len(table.cutoff_us) == 0
    assert unrolled(rows, "2019-01-07", "2019-01-14")[1] == []


def test_capacity_in_g_cm3_and_micro_teu() -> None:
    """Tests the units of a capacity, and that a dimension left out is what is asked for."""
    capacity = Capacity.model_validate({"weight": "1.5 t", "containers": "2 FEU"})
    assert capacity_units(capacity, UNBOUND).tolist() == [1_500_000, UNBOUND, 4_000_000]
    assert capacity_units(Capacity.model_validate({"volume": "33 m3"}), 0).tolist() == [0, 33_000_000, 0]
    assert capacity_units(None, UNBOUND).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("capacity", "block", "expected"),
    [
        # 4 of 20 TEU is a fifth, so 12 of 60 t go with it; volume does not bind.
        ({"weight": "60 t", "containers": "20 TEU"}, {"containers": "4 TEU"}, [12_000_000, 0, 4_000_000]),
        # The least of the shares given (half the weight, a fifth of the event rows) fills the volume.
        (
            {"weight": "60 t", "volume": "100 m3", "containers": "20 TEU"},
            {"weight": "30 t", "containers": "4 TEU"},
            [30_000_000, 20_000_000, 4_000_000],
        ),
        # All of the capacity at most.
        ({"weight": "10 t", "volume": "70 m3"}, {"weight": "11 t"}, [10_000_000, 70_000_000, 0]),
        # A third, to the cm3.
        ({"weight": "30 t", "volume": "100 m3"}, {"weight": "10 t"}, [10_000_000, 33_333_333, 0]),
        ({"weight": "10 t"}, None, [0, 0, 0]),
    ],
)
def test_block_space(capacity: dict[str, str], block: dict[str, str] | None, expected: list[int]) -> None:
    """Tests that a dimension left out gets the share of those given; 0 in a column means it does not bind."""
    rows = [{"days": "daily", "departs": "19:00", "duration": "14 h"}]
    table, _ = unrolled(rows, "2019-01-07", "2019-01-10", capacity=capacity, block_space=block)
    if block is not None:
        unbound = table.capacity == UNBOUND
        assert (table.block[unbound] == UNBOUND).all()
        assert np.where(unbound, 0, table.block).tolist() == [expected] * 3
    else:
        assert table.block.tolist() == [expected] * 3


def test_a_week_has_the_same_departures_everywhere() -> None:
    """Tests that any four whole weeks hold four times the week, wherever they begin."""
    rows = [{"days": ["Tue", "Fri", "Sun"], "departs": "19:00", "duration": "14 h"}]
    for day in range(1, 8):
        first = f"2019-05-{day:02d}"
        last = datetime.fromtimestamp((us(first) + 28 * DAY) / 1e6, UTC).date().isoformat()
        assert len(unrolled(rows, first, last)[0].cutoff_us) == 12


def test_closures_are_local_and_end_before_their_end() -> None:
    """Tests a border that shuts: what is scheduled from its begin on, and before its end, does not leave."""
    rows = [{"days": "daily", "departs": "16:00", "duration": "2 h"}]
    shut = {"begins": datetime(2019, 3, 6, 16), "ends": datetime(2019, 3, 8, 16)}
    table, problems = unrolled(rows, "2019-03-05", "2019-03-10", (LA, BERLIN), closures=[shut])
    assert problems == []
    days = [text[:5] for text in local(table.scheduled_us, LA)]
    assert [day for day, off in zip(days, table.called_off, strict=True) if off] == ["03-06", "03-07"]
