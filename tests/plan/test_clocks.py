"""Local clocks, openings and numbers of servers, against what the zone files say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fourport.errors import Problem
from fourport.plan.clocks import NoSuchTime, days_between, local_time, openings, server_changes, utc_us
from fourport.plan.tables import HOUR, MINUTE, WEEK
from fourport.scenario.models.calendars import Calendar, HolidayList
from fourport.scenario.models.facilities import Resource

LA, BERLIN, SHANGHAI = ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
SUMMER_LA, WINTER_LA = date(2019, 3, 10), date(2019, 11, 3)
"""Clocks go forward at 02:00 and back at 02:00."""

KEY = ("calendars", "office")


def us(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """Give a UTC time."""
    return round(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) * 1_000_000


def opened(
    hours: list[dict[str, str]],
    zone: ZoneInfo,
    first: date,
    days: int,
    *lists: dict[str, Any],
    **more: Any,
) -> tuple[list[tuple[int, int]], list[Problem]]:
    """Give the openings from a local midnight on, with holiday lists, and the problems found."""
    names = [str(k) for k in range(len(lists))]
    calendar = Calendar.model_validate({"hours": hours, "holidays": names, **more})
    kept = tuple(HolidayList.model_validate(one) for one in lists)
    problems: list[Problem] = []
    start, end = (utc_us(local_time(first + timedelta(days=k), 0), zone) for k in (0, days))
    return list(openings(calendar, kept, zone, start, end, KEY, problems)), problems


@pytest.mark.parametrize(
    ("zone", "day"), [(LA, SUMMER_LA), (BERLIN, date(2019, 3, 31)), (BERLIN, date(2020, 3, 29))]
)
def test_a_skipped_time_is_refused_by_date_and_zone(zone: ZoneInfo, day: date) -> None:
    """Tests that every minute from 02:00 to 02:59 of the spring night is refused, the ones beside it not."""
    for minutes in range(120, 180):
        with pytest.raises(NoSuchTime, match=f"{day} 02:.*does not exist in {zone.key}: clocks go forward"):
            utc_us(local_time(day, minutes), zone)
    assert utc_us(local_time(day, 180), zone) - utc_us(local_time(day, 119), zone) == MINUTE


def test_a_skipped_time_read_leniently() -> None:
    """Tests that, leniently, 02:30 is half an hour after the 02:00 at which clocks go forward."""
    assert utc_us(local_time(SUMMER_LA, 150), LA, strict=False) == us(2019, 3, 10, 10, 30)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    """Tests the hour that clocks repeat: 01:30 in Los Angeles is PDT, 02:30 in Berlin is CEST."""
    assert utc_us(local_time(WINTER_LA, 90), LA) == us(2019, 11, 3, 8, 30)
    assert utc_us(local_time(date(2019, 10, 27), 150), BERLIN) == us(2019, 10, 27, 0, 30)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 12, 31)),
    st.sampled_from([LA, BERLIN, SHANGHAI, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Sao_Paulo")]),
)
def test_utc_and_back(local: datetime, zone: ZoneInfo) -> None:
    """Tests that a local time comes back from UTC as it was, and is refused just when it cannot."""
    back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
    if back != local:
        with pytest.raises(NoSuchTime):
            utc_us(local, zone)
        return
    since = timedelta(microseconds=utc_us(local, zone))
    assert (datetime(1970, 1, 1, tzinfo=UTC) + since).astimezone(zone).replace(tzinfo=None, fold=0) == local


def test_24_00_is_the_next_midnight() -> None:
    """Tests that 24:00 ends the day, also the last of a year."""
    assert local_time(date(2019, 12, 31), 1440) == datetime(2020, 1, 1)


def test_days_between_covers_every_zone() -> None:
    """Tests that each local date of the time is there, from the zone furthest east to that furthest west."""
    start, end = us(2019, 1, 7, 3), us(2019, 1, 9, 21)
    days = list(days_between(start, end))
    for zone in (ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")):
        for moment in range(start, end + 1, HOUR):
            local = datetime.fromtimestamp(moment / 1e6, zone).date()
            assert local in days
    assert list(days_between(start, end, before=2)) == [days[0] - timedelta(2), days[0] - timedelta(1), *days]


def test_hours_with_a_break_on_their_weekdays() -> None:
    """Tests a week of an office in Shanghai (UTC+8) that closes for lunch."""
    hours = [
        {"days": "Mon-Fri", "open": "09:00", "close": "12:00"},
        {"days": "Mon-Fri", "open": "13:00", "close": "17:00"},
    ]
    found, problems = opened(hours, SHANGHAI, date(2019, 1, 7), 7)
    expected = [(us(2019, 1, d, a), us(2019, 1, d, b)) for d in range(7, 12) for a, b in ((1, 4), (5, 9))]
    assert (found, problems) == (expected, [])


def test_overnight_and_whole_days() -> None:
    """Tests that a close at or before the opening is on the next day, and that the one under way counts."""
    night = [{"days": "daily", "open": "22:00", "close": "06:00"}]
    found, _ = opened(night, ZoneInfo("UTC"), date(2019, 1, 7), 1)
    assert found == [(us(2019, 1, 6, 22), us(2019, 1, 7, 6)), (us(2019, 1, 7, 22), us(2019, 1, 8, 6))]
    for close in ("00:00", "24:00"):
        found, _ = opened([{"days": "Mon", "open": "00:00", "close": close}], SHANGHAI, date(2019, 1, 7), 3)
        assert found == [(us(2019, 1, 6, 16), us(2019, 1, 7, 16))]


def test_an_overnight_shift_is_longer_or_shorter_when_clocks_change() -> None:
    """Tests that 22:00 to 06:00 lasts 7 h in the spring night and 9 h in the autumn night."""
    night = [{"days": "daily", "open": "22:00", "close": "06:00"}]
    for day, lengths in ((SUMMER_LA, [8, 7, 8]), (WINTER_LA, [8, 9, 8])):
        found, problems = opened(night, LA, day - timedelta(days=1), 2)
        assert [(end - begin) / HOUR for begin, end in found] == lengths
        assert problems == []


def test_holidays_close_and_cut_at_midnight() -> None:
    """Tests that on a holiday nothing opens, and that the night before it ends at its midnight."""
    hours = [
        {"days": "daily", "open": "09:00", "close": "17:00"},
        {"days": "daily", "open": "22:00", "close": "06:00"},
    ]
    found, _ = opened(hours, ZoneInfo("UTC"), date(2019, 2, 4), 3, {"dates": ["2019-02-05"]})
    assert found == [
        (us(2019, 2, 3, 22), us(2019, 2, 4, 6)),
        (us(2019, 2, 4, 9), us(2019, 2, 4, 17)),
        (us(2019, 2, 4, 22), us(2019, 2, 5)),
        (us(2019, 2, 6, 9), us(2019, 2, 6, 17)),
        (us(2019, 2, 6, 22), us(2019, 2, 7, 6)),
    ]


OFFICE = [
    {"days": "Mon-Fri", "open": "09:00", "close": "17:00"},
    {"days": "Sat", "open": "09:00", "close": "12:00"},
]
UTC_ZONE = ZoneInfo("UTC")


def test_make_up_days_have_the_hours_of_a_working_day() -> None:
    """Tests a Saturday and a Sunday that work: as a Monday, or as the Saturday that the list names."""
    weekend = {"dates": [], "working_days": ["2019-02-02", "2019-02-03"]}
    whole = [(us(2019, 2, d, 9), us(2019, 2, d, 17)) for d in (2, 3, 4)]
    assert opened(OFFICE, UTC_ZONE, date(2019, 2, 2), 3, weekend) == (whole, [])
    short = [(us(2019, 2, 2, 9), us(2019, 2, 2, 12)), (us(2019, 2, 3, 9), us(2019, 2, 3, 12)), whole[2]]
    assert opened(OFFICE, UTC_ZONE, date(2019, 2, 2), 3, weekend | {"work_as": "Sat"}) == (short, [])
    nights = [{"days": "Sat", "open": "22:00", "close": "06:00"}]
    assert opened(nights, UTC_ZONE, date(2019, 2, 2), 2, weekend) == ([], [])


def test_holidays_with_the_hours_of_another_day() -> None:
    """Tests that on two holidays officers on duty work as on a Saturday, and no night is cut before them."""
    duty = [*OFFICE[1:], {"days": "Mon", "open": "20:00", "close": "02:00"}]
    holidays = {"dates": ["2019-02-05", "2019-02-06"]}
    found, _ = opened(duty, UTC_ZONE, date(2019, 2, 4), 3, holidays, holidays_as="Sat")
    assert found == [
        (us(2019, 2, 4, 20), us(2019, 2, 5, 2)),
        (us(2019, 2, 5, 9), us(2019, 2, 5, 12)),
        (us(2019, 2, 6, 9), us(2019, 2, 6, 12)),
    ]


def test_hours_of_another_day_do_not_count_twice() -> None:
    """Tests that a holiday with a Sunday's night runs into the next morning, where hours are united."""
    hours = [
        {"days": "Sun", "open": "20:00", "close": "10:00"},
        {"days": "Tue-Fri", "open": "08:00", "close": "17:00"},
    ]
    found, _ = opened(hours, UTC_ZONE, date(2019, 2, 5), 2, {"dates": ["2019-02-05"]}, holidays_as="Sun")
    assert found == [(us(2019, 2, 5, 20), us(2019, 2, 6, 17))]


def test_exceptions_come_before_holidays_and_these_before_the_week() -> None:
    """Tests a holiday with a morning and an evening, a Thursday and a make-up day that are closed."""
    exceptions = [
        {"dates": ["2019-02-05"], "open": "09:00", "close": "11:00"},
        {"dates": ["2019-02-05"], "open": "20:00", "close": "22:00"},
        {"dates": ["2019-02-07", "2019-02-09"]},
    ]
    china = {"dates": ["2019-02-05", "2019-02-06"], "working_days": ["2019-02-09", "2019-02-10"]}
    found, _ = opened(OFFICE, UTC_ZONE, date(2019, 2, 4), 7, china, exceptions=exceptions)
    assert found == [
        (us(2019, 2, 4, 9), us(2019, 2, 4, 17)),
        (us(2019, 2, 5, 9), us(2019, 2, 5, 11)),
        (us(2019, 2, 5, 20), us(2019, 2, 5, 22)),
        (us(2019, 2, 8, 9), us(2019, 2, 8, 17)),
        (us(2019, 2, 10, 9), us(2019, 2, 10, 17)),
    ]


def test_nights_end_where_an_exception_begins() -> None:
    """Tests that a night ends at midnight before an exception, and that of an exception before a holiday."""
    nights = [{"days": "daily", "open": "22:00", "close": "06:00"}]
    exceptions = [{"dates": ["2019-02-05"], "open": "23:00", "close": "05:00"}]
    found, _ = opened(nights, UTC_ZONE, date(2019, 2, 4), 3, {"dates": ["2019-02-06"]}, exceptions=exceptions)
    assert found == [
        (us(2019, 2, 3, 22), us(2019, 2, 4, 6)),
        (us(2019, 2, 4, 22), us(2019, 2, 5)),
        (us(2019, 2, 5, 23), us(2019, 2, 6)),
    ]


def test_exceptions_that_clocks_skip_are_a_problem_in_their_row() -> None:
    """Tests that an exception that opens at a time that clocks skip is refused by its row."""
    exceptions = [
        {"dates": ["2019-03-09"]},
        {"dates": ["2019-03-10", "2019-03-11"], "open": "02:30", "close": "09:00"},
    ]
    _, problems = opened(OFFICE, LA, SUMMER_LA, 3, exceptions=exceptions)
    assert [problem.key for problem in problems] == [("calendars", "office", "exceptions", 1)]


def test_hours_that_clocks_skip_are_a_problem_in_their_row() -> None:
    """Tests that the row, the date and the zone are named, and that other rows still count."""
    hours = [
        {"days": "daily", "open": "09:00", "close": "17:00"},
        {"days": "daily", "open": "20:00", "close": "02:30"},
    ]
    found, problems = opened(hours, LA, SUMMER_LA, 1)
    assert [problem.key for problem in problems] == [("calendars", "office", "hours", 1)]
    assert "2019-03-10 02:30 does not exist in America/Los_Angeles" in problems[0].message
    assert "allowed:" in problems[0].message
    assert (us(2019, 3, 10, 16), us(2019, 3, 11)) in found


@pytest.mark.parametrize("first", [SUMMER_LA + timedelta(days=1), SUMMER_LA - timedelta(days=2)])
def test_a_skipped_time_outside_the_horizon_is_none_of_ours(first: date) -> None:
    """Tests that a run that ends before the spring night, or begins after it, is not refused for it."""
    found, problems = opened([{"days": "daily", "open": "02:30", "close": "09:00"}], LA, first, 2)
    assert problems == []
    assert len(found) == 2


def changes(
    shifts: list[tuple[int, str | None]],
    calendars: dict[str, list[tuple[int, int]]],
    closures: list[tuple[int, int]],
    start: int = 0,
) -> list[tuple[int, int]]:
    """Give the changes of a resource with these (servers, calendar) shifts."""
    resource = Resource.model_validate({"shifts": [{"servers": n, "calendar": c} for n, c in shifts]})
    return server_changes(resource, calendars, closures, (start, start + 52 * WEEK))


def test_shifts_add_up() -> None:
    """Tests two shifts that overlap, one of them under way at the start, beside a server always there."""
    spans = {"early": [(-5, 10), (24, 34)], "late": [(8, 16)]}
    assert changes([(2, "early"), (3, "late"), (1, None)], spans, []) == [
        (0, 3),
        (8, 6),
        (10, 4),
        (16, 1),
        (24, 3),
        (34, 1),
    ]


def test_shifts_that_hand_over_are_no_change() -> None:
    """Tests that nothing changes when a shift is followed by one as large; a resource may begin closed."""
    assert changes([(2, "a"), (2, "b")], {"a": [(4, 8)], "b": [(8, 12)]}, []) == [(0, 0), (4, 2), (12, 0)]


def test_closures_override_the_calendar() -> None:
    """Tests that closures shut all shifts, also where they overlap or began before the start."""
    assert changes([(2, None)], {}, [(5, 9), (7, 12), (-4, 1), (20, 21)]) == [
        (0, 0),
        (1, 2),
        (5, 0),
        (12, 2),
        (20, 0),
        (21, 2),
    ]


def test_slots_begin_for_a_microsecond() -> None:
    """Tests slots of 4 in two openings, from the first begin on, though the run starts within it."""
    resource = Resource.model_validate({"servers": 3, "calendar": "c", "slot": "5 min"}).model_copy(
        update={"slot": 4}
    )
    found = server_changes(resource, {"c": [(-2, 10), (20, 23), (30, 34)]}, [], (0, 60))
    assert found == [(0, 0), (2, 3), (3, 0), (6, 3), (7, 0), (30, 3), (31, 0)]
    assert server_changes(resource, {"c": []}, [], (0, 60)) == [(0, 0)]  # never open is not always open


_spans = st.lists(st.tuples(st.integers(-8, 40), st.integers(1, 15)), max_size=5)


@given(st.lists(st.tuples(st.integers(0, 4), _spans | st.none()), min_size=1, max_size=4), _spans)
def test_servers_at_every_moment(
    shifts: list[tuple[int, list[tuple[int, int]] | None]], shut: list[tuple[int, int]]
) -> None:
    """Tests against a count at every moment, for any shifts and closures; no entry repeats the one before."""
    spans = {str(k): sorted((b, b + d) for b, d in s) for k, (_, s) in enumerate(shifts) if s is not None}
    # Openings of one calendar neither overlap nor end before the start.
    assume(all(b >= end for own in spans.values() for (_, end), (b, _) in pairwise(own)))
    spans = {name: [(b, e) for b, e in own if e > 0] for name, own in spans.items()}
    closures = [(b, b + d) for b, d in shut]
    found = changes([(n, None if s is None else str(k)) for k, (n, s) in enumerate(shifts)], spans, closures)
    assert found[0][0] == 0
    assert all(a < b and m != n for (a, m), (b, n) in pairwise(found))
    for moment in range(60):
        working = sum(
            n
            for k, (n, s) in enumerate(shifts)
            if s is None or any(b <= moment < e for b, e in spans[str(k)])
        )
        expected = 0 if any(b <= moment < e for b, e in closures) else working
        assert [n for at, n in found if at <= moment][-1] == expected
