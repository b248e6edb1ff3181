"""Tests which customs offices a policy changes, on the corridor of ``tests/levers/corridor.toml``.

Its only way passes inland and port (export), hub (transit) and city (import).
"""

from __future__ import annotations

from typing import Any

import pytest

from fourport.scenario.models.scenario import Scenario
from fourport.study.comparison.offices import changed_clearance
from tests.levers.made import leg, values

EXPORT, TRANSIT, IMPORT = "inland/export + port/export", "hub/transit", "city/import"


def changed(changes: dict[str, Any] | None = None, *policy_package: str) -> list[str]:
    """Name the offices that a policy changes which sets some values and levers."""
    scenarios = {
        "base": Scenario.model_validate(values()),
        "policy": Scenario.model_validate(values(changes, *policy_package)),
    }
    return changed_clearance(scenarios, "base")[0]["policy"]


@pytest.mark.parametrize(
    ("policy_package", "offices"),
    [
        ((), []),
        (("single",), [EXPORT, TRANSIT, IMPORT]),
        (("skip",), [IMPORT]),
        (("none",), []),  # recognises nothing
    ],
)
def test_levers(policy_package: tuple[str, ...], offices: list[str]) -> None:
    """Tests that a lever changes the offices that it names; one that switches nothing on changes none."""
    assert changed(None, *policy_package) == offices


@pytest.mark.parametrize(
    ("changes", "offices"),
    [
        ({"facilities.port.resources.officers.servers": 3}, [EXPORT]),
        ({"facilities.hub.activities.transit.filings": 4}, [TRANSIT]),
        # What is done at the facility before the office counts; what comes after it, or elsewhere, does not.
        ({"facilities.city.activities.yard.duration": "5 min"}, [IMPORT]),
        # An inspection together with a later office is one of the earlier office.
        ({"facilities.city.activities.import.joint_with": ["port/export"]}, [EXPORT, IMPORT]),
        ({"trucking.van.duration": "10 min"}, []),
        ({"services.ferry.cut_off": "5 h"}, []),
        ({"facilities.city.resources.scanners.servers": 3}, []),  # nobody scans
    ],
)
def test_values(changes: dict[str, Any], offices: list[str]) -> None:
    """Tests rules, staff and handling that a policy sets by itself."""
    assert changed(changes) == offices


def test_hours_of_a_calendar() -> None:
    """Tests that longer hours of a calendar change the offices whose officers keep it."""
    by_day = values({"facilities.city.resources.officers.calendar": "day"})
    longer = values(
        {
            "facilities.city.resources.officers.calendar": "day",
            "calendars.day.hours": [{"days": "daily", "open": "06:00", "close": "20:00"}],
        }
    )
    scenarios = {"longer": Scenario.model_validate(longer), "base": Scenario.model_validate(by_day)}
    assert changed_clearance(scenarios, "base")[0] == {"longer": [IMPORT]}


@pytest.mark.parametrize(
    ("kept", "offices"),
    [
        ({"days.dates": ["2019-01-01", "2019-01-08"]}, [IMPORT]),
        ({"days.working_days": ["2019-01-05"]}, [IMPORT]),
        ({"others.dates": ["2019-01-01", "2019-01-08"]}, []),  # nobody keeps it
        ({"days.title": "New Year"}, []),
    ],
)
def test_holidays_of_a_calendar(kept: dict[str, Any], offices: list[str]) -> None:
    """Tests that days on which officers do not work change their offices; lists that nobody keeps do not."""
    by_day = {
        "facilities.city.resources.officers.calendar": "day",
        "calendars.day.holidays": ["days"],
        "holidays": {"days": {"dates": ["2019-01-01"]}, "others": {"dates": ["2019-01-01"]}},
    }
    changes = {**by_day, **{f"holidays.{key}": value for key, value in kept.items()}}
    scenarios = {
        "base": Scenario.model_validate(values(by_day)),
        "policy": Scenario.model_validate(values(changes)),
    }
    assert changed_clearance(scenarios, "base")[0] == {"policy": offices}


def test_an_office_that_is_passed_no_more() -> None:
    """Tests a way without the port's office: the two before it are gone, and inland is alone."""
    steps = leg("inland/export", "feeder", "ferry", "hub/unload", "hub/transit", "truck", "city/yard", IMPORT)
    assert changed({"routes.main.steps": [*steps, {"by": "van"}]}) == [EXPORT, "inland/export"]
