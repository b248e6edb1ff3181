"""Work out when resources have how many servers, and within which hours legs may begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from fourport.errors import Key, Problem
from fourport.plan.clocks import NoSuchTime, Opening, openings, server_changes, utc_us
from fourport.plan.tables import FewInts, Ints, Plan
from fourport.scenario.models.facilities import Facility, Resource
from fourport.scenario.models.scenario import Scenario

Turns: TypeAlias = Mapping[str, list[tuple[int, int]]]
"""Times from which something has another number of servers, with that number, by name; us UTC."""


def servers_of_resources(scenario: Scenario, start_us: int, end_us: int, problems: list[Problem]) -> Turns:
    """Return the changes in the number of servers of each resource, by "facility/resource"."""
    found = {}
    for place, facility in scenario.facilities.items():
        for name, resource in facility.resources.items():
            key = ("facilities", place, "resources", name)
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


def duty(plan: Plan, resource: int, server: int) -> tuple[Ints, Ints]:
    """Return when a server of a resource, counted from 0, goes on duty, and when off duty."""
    mine = slice(*plan.resource_change_first[resource : resource + 2].tolist())
    at, is_on = plan.resource_change_us[mine], plan.resource_servers[mine] > server
    turns = np.flatnonzero(np.diff(is_on, prepend=False))
    never = np.full(len(turns) % 2, np.iinfo(np.int64).max)
    times = np.concatenate([at[turns], never])
    return times[::2], times[1::2]


def spells(
    plan: Plan, resource: int, server: Ints | FewInts, begin_us: Ints, end_us: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return the parts of services in which their server was on duty: which service, begin and end."""
    none = np.empty(0, dtype=np.int64)
    found = [(none, none, none)]
    for k in np.unique(server).tolist():
        mine = np.flatnonzero(server == k)
        on, off = duty(plan, resource, k)
        low = np.searchsorted(off, begin_us[mine], side="right")
        count = np.maximum(np.searchsorted(on, end_us[mine], side="left") - low, 0)
        which = np.repeat(mine, count)
        spell = np.arange(len(which)) - np.repeat(np.cumsum(count) - count - low, count)
        found.append((which, np.maximum(on[spell], begin_us[which]), np.minimum(off[spell], end_us[which])))
    which, begin, end = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return which, begin, end


def worked_us(plan: Plan, resource: int, server: Ints | FewInts, begin_us: Ints, end_us: Ints) -> Ints:
    """Return how long the server of each service was on duty between two instants, us."""
    which, begin, end = spells(plan, resource, server, begin_us, end_us)
    found = np.zeros(len(server), dtype=np.int64)
    np.add.at(found, which, end - begin)
    return found


def worked_off_us(plan: Plan, resource: int, at_us: Ints, work_us: Ints | int) -> Ints:
    """Return when the first server of a resource has been on duty for so long since ``at_us``.

    It is the end of the run if that is not within the run.
    """
    on, off = duty(plan, resource, 0)
    on, off = np.minimum(on, plan.end_us), np.minimum(off, plan.end_us)
    before = np.concatenate([[0], np.cumsum(off - on)])  # time on duty before each opening
    now = np.searchsorted(off, at_us, side="right")
    on, off = np.append(on, plan.end_us), np.append(off, plan.end_us)
    target = before[now] + np.maximum(at_us - on[now], 0) + work_us
    then = np.minimum(np.searchsorted(before[1:], target, side="left"), len(before) - 1)
    found: Ints = np.minimum(on[then] + target - before[then], plan.end_us)
    return found


def next_open_us(plan: Plan, hours: int, at_us: Ints) -> Ints:
    """Return the first instant from ``at_us`` on with open hours; ``at_us`` if there is none, or no hours."""
    if hours < 0:
        return at_us
    mine = slice(*plan.hours_first[hours : hours + 2].tolist())
    opens = plan.hours_turn_us[mine][plan.hours_open[mine] == 1]
    closes = plan.hours_turn_us[mine][plan.hours_open[mine] == 0]
    closes = closes[closes > opens[0]] if len(opens) else closes
    over = np.searchsorted(closes, at_us, side="right")  # openings that are over
    found: Ints = np.maximum(np.append(opens, at_us.min(initial=0))[np.minimum(over, len(opens))], at_us)
    return found
