"""Compile a scenario into a corridor that can be run.

The scenario is assumed to be consistent: the reader of scenario files has checked names and
connections. This module finds the problems that appear only when calendars and timetables are
unrolled over the horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np

from fourport.errors import Key, Problem, Refused
from fourport.plan.clocks import NoSuchTime, Opening, local_time, openings, server_changes, utc_us
from fourport.plan.conditions import Condition, Numbering
from fourport.plan.corridor import Corridor, Office
from fourport.plan.layout import Layout, lay_out
from fourport.plan.office import Office as OfficeRows
from fourport.plan.route import RouteBuilder
from fourport.plan.rows import Row
from fourport.plan.tables import Ints, Plan
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, Timetable, unroll
from fourport.scenario.models import Scenario
from fourport.scenario.models.facilities import Facility, Station
from fourport.scenario.regime import under_regime


def check(scenario: Scenario) -> list[Problem]:
    """Return the problems that appear only when the scenario is unrolled; empty if it can be run."""
    try:
        compile_corridor(scenario)
    except Refused as refused:
        return refused.problems
    return []


def compile_corridor(scenario: Scenario) -> Corridor:
    """Compile a scenario.

    Raises
    ------
    Refused
        With all problems found: times that clocks skip, services without a departure, resources that
        never open, routes that cannot be run.
    """
    scenario = under_regime(scenario)
    problems: list[Problem] = []
    horizon = _horizon(scenario, problems)
    builder = RouteBuilder(scenario, problems)
    routes = {name: builder.build(name) for name in scenario.routes}
    timetables = _timetables(scenario, horizon, problems)
    changes = _stations(scenario, horizon, problems)
    if problems:
        raise Refused(problems)
    laid = lay_out(routes.values())
    conditions = Numbering(_conditions(laid.rows, builder.offices))
    plan = _tables(scenario, horizon, laid, conditions, changes)
    return Corridor(
        scenario=scenario,
        plan=plan,
        conditions=conditions,
        steps=tuple(row.info for row in laid.rows),
        offices=tuple(_offices(plan, builder.offices, laid.step_of)),
        timetables=tuple(timetables),
        lane_names=tuple(scenario.lanes),
        commodity_names=tuple(scenario.commodities),
    )


def _horizon(scenario: Scenario, problems: list[Problem]) -> tuple[int, int, int, int]:
    """Return start, begin of the window, end of the window, and end; each is a local midnight."""
    run = scenario.run
    zone = ZoneInfo(run.zone)
    warm_up = 0 if run.warm_up == "none" else run.warm_up
    marks = []
    for after_us in (0, warm_up, warm_up + run.window, warm_up + run.window + run.drain):
        try:
            marks.append(utc_us(local_time(run.start + timedelta(microseconds=after_us), 0), zone))
        except ValueError as error:
            problems.append(Problem(("run", "start"), str(error)))
            marks.append(0)
    return marks[0], marks[1], marks[2], marks[3]


def _timetables(
    scenario: Scenario, horizon: tuple[int, int, int, int], problems: list[Problem]
) -> list[Timetable]:
    zone = {name: ZoneInfo(facility.zone) for name, facility in scenario.facilities.items()}
    return [
        unroll(
            service,
            (zone[service.origin], zone[service.destination]),
            horizon[0],
            horizon[3],
            ("services", name),
            problems,
        )
        for name, service in scenario.services.items()
    ]


def _stations(
    scenario: Scenario, horizon: tuple[int, int, int, int], problems: list[Problem]
) -> dict[str, list[tuple[int, int]]]:
    """Return the changes in the number of servers of each resource, by "facility/station"."""
    changes = {}
    for place, facility in scenario.facilities.items():
        for name, station in facility.stations.items():
            key = ("facilities", place, "stations", name)
            found = _server_changes(scenario, facility, station, horizon, key, problems)
            if not any(servers for at, servers in found if at < horizon[3]):
                problems.append(
                    Problem(key, "never works in the horizon; allowed: at least one server at some time")
                )
            changes[f"{place}/{name}"] = found
    return changes


def _server_changes(
    scenario: Scenario,
    facility: Facility,
    station: Station,
    horizon: tuple[int, int, int, int],
    at: Key,
    problems: list[Problem],
) -> list[tuple[int, int]]:
    zone = ZoneInfo(facility.zone)
    spans: dict[str, list[Opening]] = {}
    for shift in station.all_shifts():
        if shift.calendar is None:
            continue
        calendar = scenario.calendars[shift.calendar]
        holidays = frozenset(day for name in calendar.holidays for day in scenario.holidays[name].dates)
        found: list[Problem] = []
        key = ("calendars", shift.calendar)
        spans[shift.calendar] = openings(calendar, holidays, zone, horizon[0], horizon[3], key, found)
        problems += [problem for problem in found if problem not in problems]
    closures: list[Opening] = []
    for k, closure in enumerate(station.closures):
        try:
            closures.append((utc_us(closure.begins, zone), utc_us(closure.ends, zone)))
        except NoSuchTime as error:
            problems.append(Problem((*at, "closures", k), f"{error}; allowed: times that exist"))
    return server_changes(station, spans, closures, horizon[0])


def _conditions(rows: Iterable[Row], offices: Mapping[str, Sequence[OfficeRows]]) -> Iterator[Condition]:
    """Yield every condition that a step or an office uses."""
    for row in rows:
        yield from (row.condition, row.early_condition, row.info.own)
        yield from (condition for _, condition in row.info.shortened)
        yield from (joint.condition for joint in row.info.jointly)
    for office in chain.from_iterable(offices.values()):
        yield from (office.inspected, office.found)


def _tables(
    scenario: Scenario,
    horizon: tuple[int, int, int, int],
    laid: Layout,
    conditions: Numbering,
    changes: dict[str, list[tuple[int, int]]],
) -> Plan:
    """Put the rows of all routes into one table and replace names and objects by indices."""
    rows, number = laid.rows, conditions.number
    resource: dict[str | None, int] = {None: -1}
    for names in (changes, scenario.services, scenario.fleets):
        resource |= {name: k for k, name in enumerate(names)}
    step, track = laid.step_of, laid.track_of
    fleets = scenario.fleets.values()
    tiers = tuple(scenario.tiers)
    return Plan(
        start_us=horizon[0],
        window_start_us=horizon[1],
        window_end_us=horizon[2],
        end_us=horizon[3],
        route_names=tuple(scenario.routes),
        station_names=tuple(changes),
        service_names=tuple(scenario.services),
        fleet_names=tuple(scenario.fleets),
        tier_names=tiers,
        route_first_step=_ints(laid.first_step),
        route_n_main=_ints(laid.n_main),
        step_kind=_ints(row.kind for row in rows),
        step_resource=_ints(resource[row.resource] for row in rows),
        step_condition=_ints(number(row.condition) for row in rows),
        step_after_track=_ints(track[row.after_track] for row in rows),
        step_unless_done=_ints(step[row.unless_done] for row in rows),
        step_track=_ints(track[row.track] for row in rows),
        step_early_track=_ints(track[row.early_track] for row in rows),
        step_early_condition=_ints(number(row.early_condition) for row in rows),
        step_space=_ints(row.space for row in rows),
        track_first_step=_ints(laid.track_first),
        track_n_steps=_ints(len(track.rows) for track in laid.tracks),
        priority=_ints(row.priority or [0] * len(tiers) for row in rows).reshape(-1, len(tiers)),
        **conditions.columns(len(tiers)),  # type: ignore[arg-type]
        station_change_first=_ints([0, *np.cumsum([len(c) for c in changes.values()])]),
        station_change_us=_ints(at for c in changes.values() for at, _ in c),
        station_servers=_ints(servers for c in changes.values() for _, servers in c),
        fleet_vehicles=_ints(fleet.vehicles for fleet in fleets),
        fleet_weight_g=_ints(round(fleet.weight * UNITS_A_KG) for fleet in fleets),
        fleet_volume_l=_ints(round(fleet.volume * UNITS_A_M3) for fleet in fleets),
        fleet_hold_us=_ints(fleet.hold for fleet in fleets),
    )


def _offices(
    plan: Plan, offices: Mapping[str, Sequence[OfficeRows]], step: Mapping[Row | None, int]
) -> Iterator[Office]:
    """Yield the customs offices of each route in the form that studies need."""
    for r, route in enumerate(plan.route_names):
        before = -1
        for office in offices[route]:
            arrival, release = max(step[office.arrival], before), step[office.released]
            yield Office(
                name=office.name,
                procedure=office.customs.procedure,
                route=r,
                arrival=arrival if arrival >= 0 else None,
                release=release,
                inspected=office.inspected,
                found=office.found,
            )
            before = release


def _ints(values: Iterable[object]) -> Ints:
    return np.array(list(values), dtype=np.int64)
