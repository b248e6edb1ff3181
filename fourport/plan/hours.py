"""Work out when resources have how many servers, and within which hours legs may begin."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import TypeAlias
from zoneinfo import ZoneInfo

from fourport.errors import Key, Problem
from fourport.plan.clocks import NoSuchTime, Opening, openings, server_changes, utc_us
from fourport.scenario.models.facilities import Facility, Resource
from fourport.scenario.models.scenario import Scenario

Turns: TypeAlias = Mapping[str, list[tuple[int, int]]]
"""Times from which something has another number of servers, with that number, by name; us UTC."""


def servers_of_resources(
    scenario: Scenario, start_us: int, end_us: int, among: Container[Key], problems: list[Problem]
) -> Turns:
    """Return the changes in the number of servers of resources ``among`` these, by "facility/resource"."""
    found = {}
    for place, facility in scenario.facilities.items():
        for name, resource in facility.resources.items():
            key = ("facilities", place, "resources", name)
            if key not in among:
                continue
            changes = _server_changes(scenario, facility, resource, (start_us, end_us), key, problems)
            if not any(servers for at, servers in changes if at < end_us):
                what = "never works in the horizon; allowed: at least one server at some time"
                if resource.slot is not None:
                    what = "has no slot in the horizon; allowed: hours into which a whole slot fits"
                problems.append(Problem(key, what))
            found[f"{place}/{name}"] = changes
    return found


def _server_changes(
    scenario: Scenario,
    facility: Facility,
    resource: Resource,
    horizon_us: Opening,
    at: Key,
    problems: list[Problem],
) -> list[tuple[int, int]]:
    zone = ZoneInfo(facility.zone)
    spans = {
        shift.calendar: _openings(scenario, shift.calendar, zone, horizon_us, problems)
        for shift in resource.all_shifts()
        if shift.calendar is not None
    }
    closures: list[Opening] = []
    for k, closure in enumerate(resource.closures):
        try:
            closures.append((utc_us(closure.begins, zone), utc_us(closure.ends, zone)))
        except NoSuchTime as error:
            problems.append(Problem((*at, "closures", k), f"{error}; allowed: times that exist"))
    return server_changes(resource, spans, closures, horizon_us)


def hours_of_legs(scenario: Scenario, start_us: int, end_us: int, problems: list[Problem]) -> Turns:
    """Return when each trucking leg and fleet with a calendar opens (1) and closes (0), by its name."""
    found = {}
    for section, name, calendar, place in _calendars(scenario):
        zone = ZoneInfo(scenario.facilities[place].zone)
        spans = {calendar: _openings(scenario, calendar, zone, (start_us, end_us), problems)}
        one = Resource(servers=1, calendar=calendar)
        found[name] = server_changes(one, spans, (), (start_us, end_us))
        if not any(is_open for at, is_open in found[name] if at < end_us):
            what = "never opens in the horizon; allowed: a calendar with some hours in it"
            problems.append(Problem((section, name, "calendar"), what))
    return found


def _calendars(scenario: Scenario) -> Iterator[tuple[str, str, str, str]]:
    """Yield section, name, calendar and place of departure of the legs that have a calendar."""
    for section, legs in (("trucking", scenario.trucking), ("fleets", scenario.fleets)):
        for name, leg in legs.items():
            if leg.calendar is not None:
                yield section, name, leg.calendar, leg.origin


def _openings(
    scenario: Scenario, name: str, zone: ZoneInfo, horizon_us: Opening, problems: list[Problem]
) -> tuple[Opening, ...]:
    """Return the openings of a calendar; a problem of it is reported once, whoever works by it."""
    calendar, found = scenario.calendars[name], list[Problem]()
    lists = scenario.holiday_lists(calendar.holidays)
    spans = openings(calendar, lists, zone, *horizon_us, ("calendars", name), found)
    problems += [problem for problem in found if problem not in problems]
    return spans
