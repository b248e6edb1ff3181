"""Work out when resources have how many servers, and within which hours legs may begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fourport.errors import Key, Problem
from fourport.plan.clocks import NoSuchTime, Opening, openings, server_changes, utc_us
from fourport.plan.once import Shared
from fourport.plan.tables import ints
from fourport.scenario.models.facilities import Resource
from fourport.scenario.models.scenario import Scenario

if TYPE_CHECKING:
    from fourport.plan.tables import Ints


@dataclass(frozen=True)
class Turns:
    """Times from which something has another number of servers; scenarios that have the same share them.

    Attributes
    ----------
    turns
        Time, us UTC, and number of servers from then on.
    problems
        What is wrong with the hours.
    """

    turns: list[tuple[int, int]]
    problems: tuple[Problem, ...]

    @cached_property
    def table(self) -> Ints:
        """(k, 2) turns."""
        return ints(chain.from_iterable(self.turns)).reshape(-1, 2)


def servers_of_resources(
    scenario: Scenario, horizon_us: Opening, shared: Shared, problems: list[Problem]
) -> dict[str, Turns]:
    """Return the changes in the number of servers of resources by "facility/resource".

    A problem of a calendar is added once, whoever works by it.
    """
    found = {}
    calendars = horizon_us, scenario.calendars, scenario.holidays
    for place, facility in scenario.facilities.items():
        for name, resource in facility.resources.items():
            key = ("facilities", place, "resources", name)
            changes = partial(_server_changes, scenario, ZoneInfo(facility.zone), resource, horizon_us, key)
            turns = shared.once(key, (calendars, facility.zone, resource), changes)
            found[f"{place}/{name}"] = turns
            problems += [problem for problem in turns.problems if problem not in problems]
    return found


def _server_changes(
    scenario: Scenario, zone: ZoneInfo, resource: Resource, horizon_us: Opening, at: Key
) -> Turns:
    problems = list[Problem]()
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
    turns = server_changes(resource, spans, closures, horizon_us)
    if not _are_any(turns, horizon_us):
        what = "never works in the horizon; allowed: at least one server at some time"
        if resource.slot is not None:
            what = "has no slot in the horizon; allowed: hours into which a whole slot fits"
        problems.append(Problem(at, what))
    return Turns(turns, tuple(problems))


def _are_any(turns: list[tuple[int, int]], horizon_us: Opening) -> bool:
    """Return whether there are any servers in the horizon."""
    return any(servers for at, servers in turns if at < horizon_us[1])


def hours_of_legs(scenario: Scenario, horizon_us: Opening, problems: list[Problem]) -> dict[str, Turns]:
    """Return when each trucking leg and fleet with a calendar opens (1) and closes (0), by its name."""
    found = {}
    for section, name, calendar, place in _calendars(scenario):
        zone = ZoneInfo(scenario.facilities[place].zone)
        spans = {calendar: _openings(scenario, calendar, zone, horizon_us, problems)}
        one = Resource(servers=1, calendar=calendar)
        turns = server_changes(one, spans, (), horizon_us)
        if not _are_any(turns, horizon_us):
            what = "never opens in the horizon; allowed: a calendar with some hours in it"
            problems.append(Problem((section, name, "calendar"), what))
        found[name] = Turns(turns, ())
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
