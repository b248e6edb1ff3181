"""Lanes without accepted consignments: an error if it is all lanes, a warning for some."""

from __future__ import annotations

import pytest

from tests.scenario.bending import CORRIDOR, Bend, Case, accepted, complaints

DEMAND = 'demand = "40 consignments/week"'
SECOND = "[lanes.late]" + CORRIDOR.split("[lanes.east]")[1].split("[routes.by-truck]")[0]


def with_demand(more: str) -> tuple[str, str]:
    """Give the bend that adds to the demand of the lane."""
    return DEMAND, f"{DEMAND}\n{more}"


@pytest.mark.parametrize("season", ['Jul = "100 %"', 'Jan = "0 %", Jul = "100 %"'])
def test_nothing_in_the_window(season: str, bend: Bend) -> None:
    """Tests that a run that measures nothing is refused by the name of its lane, with the window."""
    Case(
        with_demand(f"season = {{ {season} }}"),
        "season",
        "lanes.east.season",
        ("in the window (2019-01-07 to 2019-01-20)", "allowed: demand in the window, of one lane at least"),
    ).check(bend)


@pytest.mark.parametrize(
    ("interval", "warm_up", "enters"),
    [
        ('"2 weeks"', 0, False),
        ('"13.9 d"', 0, True),
        ('"12 d"', 2, True),  # on day 24, in the window of days 14 to 28
        ('"10 d"', 4, True),  # on day 30, in the window of days 28 to 42
        ('"27 d"', 4, False),  # on days 27 and 54
        ('"28 d"', 4, True),  # the window begins with day 28
        ('{ distribution = "uniform", low = "22 d", high = "27 d" }', 4, False),  # days 22 to 27, 44 to 54
        ('{ distribution = "uniform", low = "22 d", high = "29 d" }', 4, True),
        ('{ distribution = "exponential", mean = "1 d" }', 4, True),
    ],
)
def test_intervals_that_miss_the_window(interval: str, warm_up: int, enters: bool, bend: Bend) -> None:
    """Tests that of intervals from the run's beginning on one can end in the two weeks measured."""
    run = ("start = 2019-01-07", f'start = 2019-01-07\nwarm_up = "{warm_up} weeks"') if warm_up else ()
    bends = (DEMAND, f"renewal = {{ interval = {interval} }}", *run)
    if enters:
        accepted(bend(*bends))
    else:
        Case(bends, "renewal", "lanes.east.renewal", ("nothing is accepted in the window",)).check(bend)


FEBRUARY = ("start = 2019-01-07", 'start = 2019-01-04\nwarm_up = "4 weeks"')
"""The window begins with February, UTC."""


def test_the_warm_up_is_not_measured(bend: Bend) -> None:
    """Tests that demand of the weeks before the window is none of the cohort's."""
    Case(
        (*with_demand('season = { Jan = "100 %" }'), *FEBRUARY),
        "season",
        "lanes.east.season",
        ("in the window (2019-02-01 to 2019-02-14)",),
    ).check(bend)
    accepted(bend(*with_demand('season = { Feb = "100 %" }'), *FEBRUARY))


def test_days_are_those_of_the_lane(bend: Bend) -> None:
    """Tests that a window of February has eight hours of January where clocks are behind."""
    zone = 'zone = "Asia/Shanghai"', 'zone = "America/Los_Angeles"'
    accepted(bend(*with_demand('season = { Jan = "100 %" }'), *FEBRUARY, *zone))


def test_some_lanes_are_silent(bend: Bend) -> None:
    """Tests that a lane without demand beside one that has some is a warning at its season."""
    text = SECOND.replace(DEMAND, f'{DEMAND}\nseason = {{ Jul = "100 %" }}')
    bends = ("[routes.by-truck]", f"{text}[routes.by-truck]")
    (warning,) = accepted(bend(*bends)).warnings()
    assert warning.key == "lanes.late.season"
    assert "nothing is accepted in the window (2019-01-07 to 2019-01-20)" in warning.message
    both = bend(*bends, "[lanes.east]", '[lanes.east]\nseason = { Aug = "100 %" }')
    assert [line.split(": ")[1] for line in complaints(both)] == ["lanes.east.season", "lanes.late.season"]


@pytest.mark.parametrize("working", [False, True])
def test_holidays_throughout_the_window(working: bool, bend: Bend) -> None:
    """Tests that a window of holidays measures nothing, and one with a make-up day does, also of a Sunday."""
    off = ", ".join(f"2019-01-{day:02d}" for day in range(7, 22) if day != 20)
    day = "working_days = [2019-01-20]" if working else "working_days = []"
    bends = (
        "[holidays.spring]",
        f"[holidays.off]\ndates = [{off}]\n{day}\n[holidays.spring]",
        *with_demand('week = { Mon = "100 %" }\nholidays = ["off"]'),
    )
    if working:
        accepted(bend(*bends))
    else:
        assert "nothing is accepted in the window" in complaints(bend(*bends))[0]


def test_part_of_the_day_past_midnight(bend: Bend) -> None:
    """Tests that a part of the day that would hold no time is refused."""
    Case(
        with_demand('day = [{ begins = "22:00", ends = "02:00", share = "100 %" }]'),
        "22:00",
        "lanes.east.day[0]",
        ("ends at or before it begins", "one to 24:00, one from 00:00"),
    ).check(bend)
