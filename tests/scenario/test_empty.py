"""Empty tables and lists are refused where something is needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenario.bending import CORRIDOR, Bend, Case, accepted, complaints

SHARES = {
    "commodities": 'parts = "100 %"',
    "trader_classes": 'gold = "30 %", plain = "70 %"',
    "routes": 'by-truck = "50 %", by-van = "50 %"',
}
TIMETABLE = re.search(r"timetable = \[\n.*?\n\]", CORRIDOR, re.S)
assert TIMETABLE is not None
LISTS = {
    "timetable": Case(
        (TIMETABLE[0], "timetable = []"),
        "timetable = []",
        "services.ferry.timetable",
        ("is empty; allowed: at least one entry (weekly departures; or give timetable_files)",),
    ),
    "hours": Case(
        ('hours = [{ days = "Mon-Fri", open = "09:00", close = "17:00" }]', "hours = []"),
        "hours = []",
        "calendars.office.hours",
        ("is empty; allowed: at least one entry (weekly working hours",),
    ),
}


@pytest.mark.parametrize("section", ["facilities", "trader_classes", "commodities", "lanes", "routes"])
def test_no_entry_of_a_section(section: str, tmp_path: Path) -> None:
    """Tests that a section without which nothing moves is refused if it is there and empty."""
    tables = re.split(r"^(?=\[)", CORRIDOR, flags=re.M)
    kept = "".join(table for table in tables if not re.match(rf"\[{section}\b", table))
    assert kept != CORRIDOR
    path = tmp_path / "corridor.toml"
    path.write_text(f"{kept}\n[{section}]\n", encoding="utf-8")
    (found,) = [line for line in complaints(path) if f": {section}: " in line]
    assert "is empty; allowed: at least one entry" in found


@pytest.mark.parametrize("what", SHARES)
def test_no_shares_of_a_lane(what: str, bend: Bend) -> None:
    """Tests that a lane's consignments are some goods, of some trader, on some route."""
    Case(
        (f"{what} = {{ {SHARES[what]} }}", f"{what} = {{}}"),
        f"{what} = {{}}",
        f"lanes.east.{what}",
        ("is empty; allowed: at least one entry (share of consignments by",),
    ).check(bend)


@pytest.mark.parametrize("what", ["season = {}", "week = {}", "day = []", "credit = {}"])
def test_profiles_may_be_empty(what: str, bend: Bend) -> None:
    """Tests that what may be left out of a lane may be empty."""
    demand = 'demand = "40 consignments/week"'
    accepted(bend(demand, f"{demand}\n{what}"))


@pytest.mark.parametrize("case", LISTS.values(), ids=LISTS.keys())
def test_no_element_of_a_list(case: Case, bend: Bend) -> None:
    """Tests that a list that may not be empty is told with what it should hold."""
    case.check(bend)
