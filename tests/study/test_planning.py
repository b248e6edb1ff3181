"""What planning charts are drawn from, worked out by hand. Hours count from a Monday's midnight, UTC.

The ferry leaves daily at 19:00, cut-off 15:00, 10 t.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport import machine
from fourport.plan.tables import HOUR, MINUTE, NEVER, ints
from fourport.store.tables import TABLES
from fourport.study.compiled.work_tables import BUSY, Busy, Work
from fourport.study.keyed import Keys
from fourport.study.planning import arrivals, departures, hub_arrivals, resources
from fourport.study.planning.local_time import local_us, weekday
from fourport.study.planning.sheets import MeanSheet, Sheet
from fourport.study.replication import Replication
from fourport.study.staffing import open_us
from fourport.study.tabulate import tabulate, traffic_of
from fourport.trace.compiled import Happened, Places
from tests.tiny import Parcel, at, corridor, follow

MADE = corridor()
DEPARTURES, ARRIVALS, RESOURCES = (
    TABLES[name].header[2:] for name in ("departures", "arrivals", "resources")
)


def rows_of(kind: Any, mean: Sheet) -> list[tuple[Any, ...]]:
    """Give the rows of a table."""
    return [*zip(*kind.columns(mean), strict=True)]


def sailings(run: Any) -> list[dict[str, Any]]:
    """Give the rows of the departures of one replication by the names of the header."""
    found = rows_of(departures, departures.measure(run))
    return [dict(zip(DEPARTURES, row, strict=True)) for row in found]


def part(row: Mapping[str, Any], *names: str) -> list[Any]:
    return [row[name] for name in names]


def test_departures_by_hand() -> None:
    """Tests load, who is left behind for want of room, and who since the departure is cancelled."""
    cancelled = np.arange(14) == 1
    parcels = [Parcel(1, "van", kg=6000), Parcel(2, "van", kg=5000), Parcel(3, "van", kg=4000)]
    parcels += [Parcel(26, "van", kg=1000)]
    rows = sailings(follow(MADE, parcels, cancelled=cancelled))
    assert len(rows) == 7
    assert part(rows[0], "date", "weekday", "departs", "cut_off_h") == ["2019-01-07", "Mon", "19:00", 4.0]
    assert part(rows[0], "dimension", "unit", "capacity", "block") == ["weight", "t", 10.0, 0.0]
    # Monday takes 6 t and 4 t: the 5 t between them do not fit.
    named = ("load", "load_t", "consignments", "rolled_over", "rolled_over_t", "held_back", "cancelled")
    assert part(rows[0], *named) == [10.0, 10.0, 2.0, 1.0, 5.0, 0.0, 0.0]
    # Tuesday is cancelled: nothing is said of its load, and two wait.
    assert math.isnan(rows[1]["load"])
    assert part(rows[1], "held_back", "cancelled") == [2.0, 100.0]
    assert part(rows[2], *named) == [6.0, 6.0, 2.0, 0.0, 0.0, 0.0, 0.0]


def test_the_undelivered_are_left_behind_by_every_departure() -> None:
    """Tests that who never finds room counts at each departure that left without it."""
    rows = sailings(follow(MADE, [Parcel(30, "van", kg=11_000)]))
    assert [row["rolled_over"] for row in rows] == [0, 1, 1, 1, 1, 1, 1]


def test_background_is_what_is_neither_reserved_nor_free() -> None:
    """Tests the room that other cargo takes: capacity less block less what is left."""
    made = corridor({"services.ferry.background": "30 %", "services.ferry.block_space": {"weight": "2 t"}})
    (row, *_) = sailings(follow(made, []))
    assert part(row, "capacity", "block", "background", "load") == [10.0, 2.0, pytest.approx(3.0), 0.0]


def test_rows_of_a_timetable_with_their_own_capacity_and_cut_off() -> None:
    """Tests by hand that Tuesday's ship takes 3 t, closes at 17:00 and has a number; others are as before.

    Of 4 t and 3 t that come on Tuesday at 13:00, too late for a cut-off at 15:00, the second sails on that
    day and the first on Wednesday.
    """
    rows = [
        {"days": "1.34567", "departs": "19:00", "arrives": "09:00", "arrives_day": 1, "number": "FE1"},
        {"days": "2", "departs": "19:00", "arrives": "09:00", "arrives_day": 1, "number": "FE2"}
        | {"cut_off": "2 h", "capacity": {"weight": "3 t"}},
    ]
    made = corridor({"services.ferry.timetable": rows})
    run = follow(made, [Parcel(37, "van", kg=4000), Parcel(37, "van", kg=3000)])
    (_, tuesday, wednesday, *_) = sailings(run)
    told = ("weekday", "number", "cut_off_h", "capacity", "load", "consignments", "rolled_over")
    assert part(tuesday, *told) == ["Tue", "FE2", 2.0, 3.0, 3.0, 1.0, 1.0]
    assert part(wednesday, *told) == ["Wed", "FE1", 4.0, 10.0, 4.0, 1.0, 0.0]


def test_the_dimension_that_binds() -> None:
    """Tests that room is told in the dimension that the cargo fills most; none where none is limited."""
    nan = float("nan")
    load = np.array([[5.0, 40.0, 2.0], [5.0, 60.0, 2.0]])
    assert departures.binding(np.array([[10.0, 80.0, nan]] * 2), load) == 1
    assert departures.binding(np.array([[10.0, nan, nan]] * 2), load) == 0
    assert departures.binding(np.array([[nan, nan, nan]] * 2), load) == -1
    assert departures.binding(np.array([[10.0, 80.0, nan], [10.0, 240.0, nan]]), load) == 0
    assert departures.binding(np.array([10.0, nan, nan]), load * nan) == 0


def test_means_leave_out_what_a_replication_does_not_say() -> None:
    """Tests that the load of a departure is that of the replications in which it left."""
    sheets = [Sheet(Keys([("k",)]), np.array([row])) for row in ([1.0, 4.0], [0.0, np.nan], [1.0, 6.0])]
    mean = MeanSheet(sheets[0])
    for sheet in sheets[1:]:
        mean.add(sheet.values)
    assert mean.mean().values.tolist() == [[pytest.approx(2 / 3), 5.0]]
    assert math.isnan(MeanSheet(sheets[1]).mean().values[0, 1])


def mean_rows(kind: Any, runs: Sequence[Replication], table: str) -> list[dict[str, Any]]:
    """Give the rows of a table over replications."""
    mean = MeanSheet(kind.measure(runs[0]))
    for run in runs[1:]:
        mean.add(kind.measure(run).values)
    return [dict(zip(TABLES[table].header[2:], row, strict=True)) for row in rows_of(kind, mean.mean())]


def test_means_are_of_all_consignments_of_all_replications() -> None:
    """Tests one consignment that waits 16.5 h, and in another replication two that wait 16.5 and 40.5 h.

    Together they wait 73.5 / 3 = 24.5 h. The mean of the means, 16.5 and 28.5 h, is 22.5 h. Two of three left
    within 20 h; the mean of the shares is 75 %. The ferry carries 10 t of 10, and 8 t.
    """
    changes = {
        "facilities.a.resources": {"dock": {"servers": 3}, "officers": {"servers": 3}},
        "planning": {"allowance": "6 h", "hub_target": "20 h"},
    }
    made = corridor(changes)
    one = [Parcel(1, "van", kg=8000)]
    two = [Parcel(1, "van", kg=10_000), Parcel(1, "van", kg=7000)]
    runs = [follow(made, parcels) for parcels in (one, two)]
    (arrived,) = mean_rows(arrivals, runs, "arrivals")
    assert part(arrived, "consignments", "taken", "wait_h") == [1.5, 1.5, 24.5]
    (stayed,) = (row for row in mean_rows(hub_arrivals, runs, "hub-arrivals") if row["route"] == "van")
    hours = np.concatenate([run.hub.hours for run in runs])
    assert stayed["stay_h"] == pytest.approx(hours.mean())
    assert stayed["left_within_target"] == pytest.approx(100 * 2 / 3)
    officers = [row for row in mean_rows(resources, runs, "resources") if row["resource"] == "officers"]
    (busy,) = (row for row in officers if row["place"] == "a" and row["busy_h"])
    assert part(busy, "open_h", "busy_h", "utilisation") == [3.0, 0.75, 25.0]
    monday, *_ = mean_rows(departures, runs, "departures")
    assert part(monday, "load", "consignments", "rolled_over") == [9.0, 1.0, 0.5]


def test_the_dimension_that_binds_counts_departures_that_left() -> None:
    """Tests that a departure that hardly ever leaves does not say what fills a service: 40 of 80 m3 does."""
    capacity, block = [10.0, 80.0, math.nan], [0.0, 0.0, math.nan]
    keys = [("ferry", "sea", "a", "b", "2019-01-07", "Mon", "19:00", "", 4.0, capacity, block)] * 2
    always, seldom = [1.0, 0, 0, 0, 2, 40, 0, 1, 0, 0, 0], [0.1, 0, 0, 0, 10, 8, 0, 1, 0, 0, 0]
    found = rows_of(departures, Sheet(Keys(keys), np.array([always, seldom])))
    rows = [dict(zip(DEPARTURES, row, strict=True)) for row in found]
    assert [row["dimension"] for row in rows] == ["volume", "volume"]


def test_arrivals_by_hand() -> None:
    """Tests half hours of the week, and how long is waited for the departure that takes them.

    Export declarations take 1 h and 30 min, one at a time: ready at 1:30+1:30 and so on.
    """
    made = corridor({"facilities.a.zone": "Asia/Seoul"})
    run = follow(made, [Parcel(1, "van"), Parcel(16, "van")])
    rows = [dict(zip(ARRIVALS, row, strict=True)) for row in rows_of(arrivals, arrivals.measure(run))]
    # 02:30 and 17:30 UTC are 11:30 on Monday and 02:30 on Tuesday in Seoul; 19:00 there is 10:00 UTC.
    assert [part(row, "place", "weekday", "clock", "consignments", "weight_t") for row in rows] == [
        ["a", "Mon", "11:30", 1.0, 1.0],
        ["a", "Tue", "02:30", 1.0, 1.0],
    ]
    assert [row["wait_h"] for row in rows] == [7.5, 16.5]
    assert [row["taken"] for row in rows] == [1.0, 1.0]


def test_who_is_never_taken_waits_for_nothing() -> None:
    """Tests that the mean hours of a half hour are those of whom a departure takes: 11 t never find room."""
    parcels = [Parcel(1, "van"), Parcel(1, "van", kg=11_000), Parcel(30, "van", kg=11_000)]
    run = follow(corridor({"facilities.a.resources.officers.servers": 2}), parcels)
    found = rows_of(arrivals, arrivals.measure(run))
    rows: list[dict[str, Any]] = [dict(zip(ARRIVALS, row, strict=True)) for row in found]
    assert [part(row, "weekday", "clock", "consignments", "taken") for row in rows] == [
        ["Mon", "02:30", 2.0, 1.0],
        ["Tue", "07:30", 1.0, 0.0],
    ]
    assert rows[0]["wait_h"] == 16.5
    assert math.isnan(rows[1]["wait_h"])


def test_resources_by_hand() -> None:
    """Tests open and busy server-hours a week, of goods and of declarations, by weekday and hour."""
    run = follow(MADE, [Parcel(7.25, "truck"), Parcel(8.5, "truck"), Parcel(1, "van")])
    rows = [dict(zip(RESOURCES, row, strict=True)) for row in rows_of(resources, resources.measure(run))]
    dock = {(row["weekday"], row["hour"]): row for row in rows if row["resource"] == "dock"}
    # Opens at 8 with one waiting, an hour each.
    assert part(dock["Mon", 8], "open_h", "busy_h", "utilisation") == [1.0, 1.0, 100.0]
    assert dock["Mon", 9]["busy_h"] == 1.0
    assert dock["Mon", 10]["busy_h"] == 0.0
    assert len(dock) == 7 * 10
    officers = {
        (row["weekday"], row["hour"]): row["busy_h"]
        for row in rows
        if (row["place"], row["resource"]) == ("a", "officers") and row["busy_h"]
    }
    assert officers == {("Mon", 2): 0.5}


def test_a_corridor_without_resources() -> None:
    """Tests that all is measured where goods only drive and sail."""
    place = {"title": "P", "kind": "seaport", "zone": "UTC", "latitude": "1 N", "longitude": "1 E"}
    bare = {f"facilities.{name}": place for name in "ab"}
    steps = {f"routes.{leg}.steps": [{"by": "ferry"}, {"by": leg}] for leg in ("van", "truck")}
    run = follow(corridor(bare | steps), [Parcel(8, "van"), Parcel(10, "truck")])
    found = tabulate(run)
    assert found.summary["l", "van", "consignments", "consignments"] == 1
    assert len(found.sheets["resources"].keys) == 0


def test_who_rests_is_not_busy() -> None:
    """Tests a dock that stops at 18:00: an hour begun at 17:30 is half there and half from 08:00 on."""
    made = corridor({"facilities.a.resources.dock.at_closing": "resume"})
    run = follow(made, [Parcel(17.5, "truck")])
    rows = [dict(zip(RESOURCES, row, strict=True)) for row in rows_of(resources, resources.measure(run))]
    dock = {(row["weekday"], row["hour"]): row["busy_h"] for row in rows if row["resource"] == "dock"}
    assert {when: busy for when, busy in dock.items() if busy} == {("Mon", 17): 0.5, ("Tue", 8): 0.5}


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(-100, 500), st.integers(1, 200)), max_size=20),
    st.integers(0, 50),
)
def test_busy_time_is_the_overlap(work: list[tuple[int, int, int]], start: int) -> None:
    """Tests the compiled form against adding up what each piece of work has in common with each cell.

    Every seventh cell is in the same hour of the week, for the second of two resources a cell later. The work
    of the first is at a step, where one more waits and one is cut off; that of the second is told beside.
    """
    grid = np.arange(start, 400, 15, dtype=np.int64)
    hours = np.add.outer([0, 1], np.arange(len(grid) - 1)) % 7
    resource, begin, length = np.array(work, dtype=np.int64).reshape(-1, 3).T
    cells = [*zip(grid[:-1].tolist(), grid[1:].tolist(), strict=True)]
    row, beside, n = resource == 0, resource == 1, np.count_nonzero(resource == 0)
    given = Work(ints([1]), ints([0]), resource[beside], begin[beside], (begin + length)[beside])
    places = Places(ints([0, n + 2]), ints([0, 0]), ints([0, 0]), ints([]))
    begins, ends = np.append(begin[row], [NEVER, 20]), np.append((begin + length)[row], [NEVER, NEVER])
    events = Happened(begins, ends, np.zeros(0, dtype=np.int32), ints([]), *np.zeros((2, 0), dtype=np.bool_))
    found = Busy(grid, hours, np.zeros((2, 8), dtype=np.int64))
    machine.run(BUSY, given, places, events, found)
    for one, busy in enumerate(found.us):
        mine = [(b, b + n) for its, b, n in work if its == one]
        expected = [sum(max(0, min(e, high) - max(b, low)) for b, e in mine) for low, high in cells]
        assert busy.tolist() == np.bincount(hours[one], expected, minlength=8).tolist()


def test_open_time_follows_the_calendar() -> None:
    """Tests the server-time offered from one hour to the next around opening and closing."""
    run = follow(MADE, [])
    grid = np.array([at(h) for h in (7, 8, 9, 17.5, 18.5)], dtype=np.int64)
    found = open_us(run.corridor.plan, run.corridor.plan.names.resources.index("a/dock"), grid) / HOUR
    assert found.tolist() == [0.0, 1.0, 8.5, 0.5]


@pytest.mark.parametrize(
    ("zone", "utc", "local"),
    [
        ("America/Los_Angeles", "2019-03-10T09:59", "2019-03-10T01:59"),
        ("America/Los_Angeles", "2019-03-10T10:00", "2019-03-10T03:00"),
        ("Europe/Berlin", "2019-10-27T00:59", "2019-10-27T02:59"),
        ("Europe/Berlin", "2019-10-27T01:00", "2019-10-27T02:00"),
        ("Australia/Lord_Howe", "2019-10-05T15:29", "2019-10-06T01:59"),
        ("Australia/Lord_Howe", "2019-10-05T15:30", "2019-10-06T02:30"),
        ("Asia/Kathmandu", "2019-06-01T18:20", "2019-06-02T00:05"),
    ],
)
def test_local_clocks(zone: str, utc: str, local: str) -> None:
    """Tests clocks around the minute in which they are moved, and offsets that are no whole hours."""
    found = local_us(np.array([utc], dtype="datetime64[us]").astype(np.int64), zone)
    assert str(found.astype("datetime64[us]").astype("datetime64[m]")[0]) == local


def test_weekdays() -> None:
    """Tests that 7 January 2019 is a Monday, to the last minute."""
    times = np.array([at(0), at(24) - MINUTE, at(24), at(7 * 24 - 1)], dtype=np.int64)
    assert weekday(times).tolist() == [0, 0, 1, 6]


def test_legs_by_hand() -> None:
    """Tests consignments and weight on each way, routes together, and nothing on one not used."""
    found = traffic_of(
        follow(MADE, [Parcel(1, "van", kg=2000), Parcel(3, "van", kg=500), Parcel(2, "truck")])
    )
    weights = {key[:5]: value for key, value in found.items() if key[5] == "weight"}
    assert weights == {
        ("ferry", "sea", "a", "b", 200.0): 3.5,
        ("truck", "road", "b", "c", 40.0): 1.0,
        ("van", "road", "b", "c", 40.0): 2.5,
    }
    assert {value for key, value in traffic_of(follow(MADE, [])).items()} == {0.0}
