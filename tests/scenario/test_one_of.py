"""Two values that contradict each other are refused; the message has both as written."""

from __future__ import annotations

import pytest

from tests.scenario.bending import Bend, Case

DRIVE, DEMAND, SERVERS = 'drive = "1 h"', 'demand = "40 consignments/week"', "resources.gang = { servers = 1"


def bounds(parameters: str, *words: str) -> Case:
    """Give the case of bounds of the truck's drive that do not rise."""
    bend = (DRIVE, f"drive = {{ {parameters} }}")
    return Case(bend, "drive = {", "fleets.truck.drive", words)


BOUNDS = {
    "uniform of one value": bounds(
        'distribution = "uniform", low = "2 h", high = "2 h"', "low is 2 h, high is 2 h; allowed: low < high"
    ),
    "triangular that falls": bounds(
        'distribution = "triangular", low = "2 h", mode = "3 h", high = "60 min"',
        "low is 2 h, high is 60 min",
        "allowed: low <= mode <= high, low < high",
    ),
    "mode above high": bounds(
        'distribution = "triangular", low = "2 h", mode = "4 h", high = "3 h"', "mode is 4 h, high is 3 h"
    ),
    "truncation": bounds(
        'distribution = "lognormal", mean = "2 h", sd = "1 h", low = "4 h", high = "3 h"',
        "low is 4 h, high is 3 h; allowed: low < high",
    ),
}
ONE_OF = {
    "no arrival": Case(
        ('duration = "13 h", ', ""),
        'days = "Fri"',
        "services.ferry.timetable[1]",
        ("neither arrives nor duration is given; allowed: one of the two",),
    ),
    "two arrivals": Case(
        ('duration = "13 h", ', 'duration = "13 h", arrives = "09:00", '),
        'days = "Fri"',
        "services.ferry.timetable[1]",
        ("both arrives and duration are given",),
    ),
    "no servers": Case(
        (SERVERS, 'resources.gang = { title = "Gang"'),
        "resources.gang",
        "facilities.quay.resources.gang",
        ("neither servers nor shifts is given",),
    ),
    "servers and shifts": Case(
        (SERVERS, "resources.gang = { servers = 1, shifts = [{ servers = 1 }]"),
        "resources.gang",
        "facilities.quay.resources.gang",
        ("both servers and shifts are given",),
    ),
    "no demand": Case((DEMAND, ""), "[lanes.east]", "lanes.east", ("neither demand nor renewal is given",)),
    "demand and renewal": Case(
        (DEMAND, f'{DEMAND}\nrenewal = {{ interval = "1 h" }}'),
        "[lanes.east]",
        "lanes.east",
        ("both demand and renewal are given",),
    ),
}


@pytest.mark.parametrize("case", BOUNDS.values(), ids=BOUNDS.keys())
def test_bounds_that_do_not_rise(case: Case, bend: Bend) -> None:
    """Tests that the two bounds at fault are told as they are written, and how they should be."""
    case.check(bend)


@pytest.mark.parametrize("case", ONE_OF.values(), ids=ONE_OF.keys())
def test_one_of_two_keys(case: Case, bend: Bend) -> None:
    """Tests that it is told whether both keys or neither is given."""
    case.check(bend)
