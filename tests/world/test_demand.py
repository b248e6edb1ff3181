"""Entries of a lane, against the numbers that its profiles promise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats

from fourport.plan.tables import DAY, HOUR, WEEK, Ints
from fourport.scenario.models.calendars import MONTHS, WEEKDAYS, DayKinds, HolidayList, day_kinds
from fourport.scenario.models.demand import Lane
from fourport.world.demand import entries, expected_consignments, rates
from fourport.world.streams import Streams
from tests.tiny import START_US, values

UTC_ZONE, LA = ZoneInfo("UTC"), ZoneInfo("America/Los_Angeles")
NO_HOLIDAYS: DayKinds = {}
ONCE_IN_10_000 = 1e-4
"""Share of seeds for which a test of this file would fail by chance; the seeds are fixed."""

WEEK_SHARES = {"Mon": "30 %", "Tue": "25 %", "Wed": "20 %", "Thu": "15 %", "Fri": "10 %"}
MONTH_SHARES = [0.05, 0.03, 0.08, 0.08, 0.09, 0.08, 0.08, 0.08, 0.09, 0.10, 0.16, 0.08]
SEASON = {month: f"{100 * share:g} %" for month, share in zip(MONTHS, MONTH_SHARES, strict=True)}
DAY_PARTS = [
    {"begins": "08:00", "ends": "12:00", "share": "30 %"},
    {"begins": "12:00", "ends": "24:00", "share": "70 %"},
]


def lane(**more: Any) -> Lane:
    """Give a lane with 700 consignments a week, or as asked for."""
    base = values()["lanes"]["l"]
    del base["renewal"]
    return Lane.model_validate(
        base | ({} if "renewal" in more else {"demand": "700 consignments/week"}) | more
    )


def drawn(
    made: Lane,
    end_us: int,
    *,
    zone: ZoneInfo = UTC_ZONE,
    seed: int = 1,
    start_us: int = START_US,
    kinds: DayKinds = NO_HOLIDAYS,
) -> Ints:
    """Draw the entries of a lane."""
    table = rates(made, kinds, zone, start_us, end_us)
    return entries(made, "l", table, start_us, end_us, Streams(seed, 0))


def year(number: int) -> tuple[int, int]:
    """Give the begin and the end of a year in UTC."""
    ends = (datetime(n, 1, 1, tzinfo=UTC) for n in (number, number + 1))
    begin, end = (round(one.timestamp()) * 1_000_000 for one in ends)
    return begin, end


def chi_square(observed: list[int], expected: list[float]) -> float:
    """Give the probability of counts as far from the expected ones or farther."""
    return float(stats.chisquare(observed, np.array(expected) * sum(observed) / sum(expected)).pvalue)


def test_the_number_is_poisson_with_the_expected_mean() -> None:
    """Tests 400 seeds of 3 weeks: mean 2100 and as large a variance, both in their 99.99 % intervals."""
    counts = np.array([len(drawn(lane(), START_US + 3 * WEEK, seed=seed)) for seed in range(400)])
    assert expected_consignments(lane(), {}, UTC_ZONE, START_US, START_US + 3 * WEEK) == pytest.approx(2100)
    z = stats.norm.ppf(1 - ONCE_IN_10_000 / 2)
    assert abs(counts.mean() - 2100) < z * np.sqrt(2100 / 400)
    low, high = stats.chi2.ppf([ONCE_IN_10_000 / 2, 1 - ONCE_IN_10_000 / 2], 399)
    assert low < 399 * counts.var(ddof=1) / 2100 < high


def test_an_even_lane_is_uniform_in_time() -> None:
    """Tests that entries without profile are uniform over the horizon, in order and within it."""
    end = START_US + 5 * WEEK
    found = drawn(lane(), end)
    assert (np.diff(found) >= 0).all()
    assert found[0] >= START_US
    assert found[-1] < end
    assert stats.kstest((found - START_US) / (end - START_US), "uniform").pvalue > ONCE_IN_10_000


def test_the_week() -> None:
    """Tests the shares of weekdays over 10 weeks by chi-square; nothing on days without a share."""
    found = (drawn(lane(week=WEEK_SHARES), START_US + 10 * WEEK) - START_US) // DAY % 7
    counts = np.bincount(found, minlength=7).tolist()
    assert counts[5:] == [0, 0]
    assert chi_square(counts[:5], [30, 25, 20, 15, 10]) > ONCE_IN_10_000


def test_the_day_is_local() -> None:
    """Tests the shares of a day's parts on the clock of Los Angeles, over both changes of clocks."""
    begin, end = year(2019)
    found = drawn(lane(day=DAY_PARTS), end, zone=LA, start_us=begin)
    clocks = [datetime.fromtimestamp(t / 1e6, LA).hour for t in found.tolist()]
    counts = np.bincount(clocks, minlength=24).tolist()
    assert counts[:8] == [0] * 8
    expected = [30 / 4] * 4 + [70 / 12] * 12
    assert chi_square(counts[8:], expected) > ONCE_IN_10_000


def test_the_season() -> None:
    """Tests the shares of months over a year by chi-square."""
    begin, end = year(2019)
    found = drawn(lane(season=SEASON), end, start_us=begin)
    months = [datetime.fromtimestamp(t / 1e6, UTC).month - 1 for t in found.tolist()]
    assert chi_square(np.bincount(months, minlength=12).tolist(), MONTH_SHARES) > ONCE_IN_10_000


@pytest.mark.parametrize(("number", "days"), [(2019, 365), (2020, 366)])
def test_the_season_sums_to_the_year(number: int, days: int) -> None:
    """Tests that months get just their shares of 100 consignments a day, in leap years too."""
    begin, end = year(number)
    by_month = [0.0] * 12
    for low, high, expected in rates(lane(season=SEASON), {}, UTC_ZONE, begin, end).tolist():
        assert low < high
        by_month[datetime.fromtimestamp(low / 1e6, UTC).month - 1] += expected
    assert by_month == pytest.approx([100 * days * share for share in MONTH_SHARES])
    assert expected_consignments(lane(season=SEASON), {}, UTC_ZONE, begin, end) == pytest.approx(100 * days)


def test_intervals_follow_each_other() -> None:
    """Tests that intervals in Los Angeles fill a horizon that cuts days, and keep within the day's parts."""
    begin, end = START_US + 3 * HOUR, START_US + 8 * WEEK + 11 * HOUR
    even = rates(lane(), {}, LA, begin, end).tolist()
    assert (even[0][0], even[-1][1]) == (begin, end)
    assert sum(expected for *_, expected in even) == pytest.approx(100 * (end - begin) / DAY)
    assert all(one[1] == other[0] for one, other in pairwise(even))
    parts = rates(lane(day=DAY_PARTS), {}, LA, begin, end).tolist()
    assert all(one[1] <= other[0] for one, other in pairwise(parts))
    assert {datetime.fromtimestamp(low / 1e6, LA).hour for low, *_ in parts[1:]} == {8, 12}


def test_the_day_that_clocks_change_has_as_many() -> None:
    """Tests that the spring day of 23 hours has a whole day's consignments, and the night none too few."""
    spring = date(2019, 3, 10)
    begins, ends = (
        round(datetime.combine(spring + timedelta(days=k), datetime.min.time(), LA).timestamp()) * 1_000_000
        for k in (0, 1)
    )
    assert ends - begins == 23 * HOUR
    assert expected_consignments(lane(), {}, LA, begins, ends) == pytest.approx(100)
    assert expected_consignments(lane(day=DAY_PARTS), {}, LA, begins, ends) == pytest.approx(100)


def test_a_week_and_a_season_multiply() -> None:
    """Tests one day by hand: a Monday of November gets 30 % of 7 even days, times 16 % x 365/30."""
    monday = datetime(2019, 11, 4, tzinfo=UTC)
    assert WEEKDAYS[monday.weekday()] == "Mon"
    begin = round(monday.timestamp()) * 1_000_000
    expected = expected_consignments(lane(week=WEEK_SHARES, season=SEASON), {}, UTC_ZONE, begin, begin + DAY)
    assert expected == pytest.approx(100 * 7 * 0.30 * 0.16 * 365 / 30)


MONDAY = date(2019, 1, 28)
HOLIDAYS = [f"2019-02-0{day}" for day in range(4, 9)]
"""Monday to Friday of the week after that of ``MONDAY``."""


def kinds(*, dates: list[str] = HOLIDAYS, **more: Any) -> DayKinds:
    """Give the days that a holiday list changes."""
    return day_kinds((HolidayList.model_validate({"dates": dates, **more}),))


def daily(made: Lane, changed: DayKinds, days: int, first: date = MONDAY) -> list[float]:
    """Give the expected number of consignments of each day from a Monday on."""
    begin = round(datetime.combine(first, datetime.min.time(), UTC).timestamp()) * 1_000_000
    return [
        expected_consignments(made, changed, UTC_ZONE, begin + k * DAY, begin + (k + 1) * DAY)
        for k in range(days)
    ]


def moving(rush: tuple[str, str] | None, backlog: tuple[str, str] | None, **more: Any) -> Lane:
    """Give a lane with holidays, and with shares and days of rush and backlog."""
    parts = {"rush": rush, "backlog": backlog}
    written = {name: {"share": part[0], "time": part[1]} for name, part in parts.items() if part}
    return lane(holidays=["off"], **written, **more)


def test_nothing_on_holidays() -> None:
    """Tests that without rush and backlog the demand of holidays is lost, and no other day has more."""
    assert daily(moving(None, None), kinds(), 21) == pytest.approx([100] * 7 + [0] * 5 + [100] * 9)


def test_rush_and_backlog_of_an_even_lane() -> None:
    """Tests 500 missing: 60 % in the 4 days before, 75 each; 20 % in the 10 after, 10 each; 100 are lost."""
    found = daily(moving(("60 %", "4 d"), ("20 %", "10 d")), kinds(), 28)
    assert found == pytest.approx([100] * 3 + [175] * 4 + [0] * 5 + [110] * 10 + [100] * 6)
    assert sum(found) == pytest.approx(2800 - 100)


def test_nothing_is_lost_if_all_is_moved() -> None:
    """Tests that rush and backlog of 100 % together keep the total, also of a week and a season."""
    made = moving(("70 %", "14 d"), ("30 %", "14 d"), week=WEEK_SHARES, season=SEASON)
    first = date(2018, 12, 31)
    assert sum(daily(made, kinds(), 84, first)) == pytest.approx(sum(daily(made, {}, 84, first)))


def test_rush_in_proportion_to_the_days_own_demand() -> None:
    """Tests a week with 210, 175, 140, 105 and 70 from Monday on, Friday off: half of its 70 come before.

    The four days before have 630 of their own, so that each gets 35 / 630 more. The backlog finds no day with
    demand in the two days after and is lost.
    """
    made = moving(("50 %", "4 d"), ("50 %", "2 d"), week=WEEK_SHARES)
    found = daily(made, kinds(dates=["2019-02-01"]), 14)
    before = [share * (1 + 35 / 630) for share in (210, 175, 140, 105)]
    assert found == pytest.approx([*before, 0, 0, 0, 210, 175, 140, 105, 70, 0, 0])


def test_make_up_days_have_demand() -> None:
    """Tests that a Sunday that works has a Monday's 210 (or a Friday's 70), and its part of the rush.

    Of the 700 missing, 63 are the rush of 2 days: Saturday has no demand, the Sunday all of it.
    """
    working = {"working_days": ["2019-02-03"]}
    made = moving(None, None, week=WEEK_SHARES)
    assert daily(made, kinds(**working), 7)[5:] == pytest.approx([0, 210])
    assert daily(made, kinds(**working, work_as="Fri"), 7)[5:] == pytest.approx([0, 70])
    made = moving(("9 %", "2 d"), None, week=WEEK_SHARES)
    assert daily(made, kinds(**working), 7) == pytest.approx([210, 175, 140, 105, 70, 0, 210 + 63])


def test_two_holidays_beside_each_other() -> None:
    """Tests a Tuesday and a Thursday off: Wednesday has backlog of the one and rush of the other.

    100 are missing of each. Tuesday moves 40 to Saturday, Sunday and Monday, and 20 to Wednesday and Friday;
    Thursday moves 40 to Monday and Wednesday, and 20 to Friday, Saturday and Sunday.
    """
    made = moving(("40 %", "3 d"), ("20 %", "3 d"))
    found = daily(made, kinds(dates=["2019-02-05", "2019-02-07"]), 9, date(2019, 2, 2))
    third = 40 / 3
    own = [third, third, third + 20, 0, 10 + 20, 0, 10 + 20 / 3, 20 / 3, 20 / 3]
    assert found == pytest.approx([0 if k in (3, 5) else 100 + more for k, more in enumerate(own)])


def test_holidays_outside_the_horizon_move_demand_into_it() -> None:
    """Tests that what a day has does not depend on where the run ends or begins."""
    made = moving(("60 %", "4 d"), ("20 %", "10 d"))
    whole = daily(made, kinds(), 28)
    begin = round(datetime.combine(MONDAY, datetime.min.time(), UTC).timestamp()) * 1_000_000
    assert expected_consignments(made, kinds(), UTC_ZONE, begin, begin + 7 * DAY) == pytest.approx(
        sum(whole[:7])
    )
    after = expected_consignments(made, kinds(), UTC_ZONE, begin + 12 * DAY, begin + 28 * DAY)
    assert after == pytest.approx(sum(whole[12:]))


def test_entries_around_holidays() -> None:
    """Tests the drawn entries by day by chi-square; none on holidays."""
    made = moving(("60 %", "4 d"), ("20 %", "10 d"), day=DAY_PARTS)
    begin = round(datetime.combine(MONDAY, datetime.min.time(), UTC).timestamp()) * 1_000_000
    found = drawn(made, begin + 28 * DAY, start_us=begin, kinds=kinds())
    counts = np.bincount((found - begin) // DAY, minlength=28)
    expected = np.array(daily(made, kinds(), 28))
    assert counts[expected == 0].tolist() == [0] * 5
    there = expected > 0
    assert chi_square(counts[there].tolist(), expected[there].tolist()) > ONCE_IN_10_000
    assert abs(len(found) - 2700) < stats.norm.ppf(1 - ONCE_IN_10_000 / 2) * np.sqrt(2700)


def test_renewal_at_fixed_intervals() -> None:
    """Tests that a consignment comes every 5 h, the first after one interval, none at the end."""
    made = lane(renewal={"interval": "5 h"})
    found = drawn(made, START_US + 50 * HOUR)
    assert ((found - START_US) / HOUR).tolist() == [5, 10, 15, 20, 25, 30, 35, 40, 45]
    assert expected_consignments(made, {}, UTC_ZONE, START_US, START_US + 50 * HOUR) == 10


def test_renewal_intervals_have_their_distribution() -> None:
    """Tests 20,000 intervals (several blocks of draws) against the Erlang distribution that was asked for."""
    made = lane(renewal={"interval": {"distribution": "erlang", "mean": "30 min", "shape": 3}})
    found = drawn(made, START_US + 60 * WEEK)
    gaps = np.diff(np.concatenate([[START_US], found])) / HOUR
    assert len(gaps) > 15_000
    assert stats.kstest(gaps, stats.gamma(3, scale=0.5 / 3).cdf).pvalue > ONCE_IN_10_000
    assert expected_consignments(made, {}, UTC_ZONE, START_US, START_US + WEEK) == pytest.approx(
        336, rel=1e-2
    )


def test_a_longer_horizon_moves_no_entry() -> None:
    """Tests that entries within a horizon stay where they are when it is made longer."""
    short, long = (drawn(lane(demand="90 consignments/week"), START_US + weeks * WEEK) for weeks in (3, 5))
    assert np.array_equal(long[: len(short)], short)
    assert (long[len(short) :] >= START_US + 3 * WEEK).all()


def test_a_little_more_demand_moves_entries_a_little() -> None:
    """Tests that 1 % more demand brings each consignment forward by 1 % of its time since the start."""
    base, more = (drawn(lane(demand=f"{rate} consignments/week"), START_US + WEEK) for rate in (1000, 1010))
    n = min(len(base), len(more))
    assert np.allclose((base - START_US)[:n] / 1.01, (more - START_US)[:n], atol=10)
