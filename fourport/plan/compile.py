"""Compile a scenario into a corridor that can be run.

The scenario is assumed to be consistent: the reader of scenario files has checked names and
connections. This module finds the problems that appear only when calendars and timetables are
unrolled over the horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fourport.errors import Key, Problem, Refused
from fourport.plan.clocks import local_time, utc_us
from fourport.plan.conditions import Condition, Numbering
from fourport.plan.corridor import Corridor, Office
from fourport.plan.hours import Turns, hours_of_legs, servers_of_resources
from fourport.plan.layout import Layout, lay_out
from fourport.plan.office import OfficeRows
from fourport.plan.route import RouteBuilder
from fourport.plan.rows import RouteRows, Row
from fourport.plan.tables import Names, Plan, ints
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, Unrolled, unroll
from fourport.scenario.levers.lever import OfDepartures
from fourport.scenario.models.demand import AtStep
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.transport import Transport
from fourport.scenario.policy_package import under_policy_package
from fourport.scenario.routes import aimed_at, no_such_aim

if TYPE_CHECKING:
    from fourport.plan.tables import Ints


def check(scenario: Scenario, sound: Scenario | None = None) -> list[Problem]:
    """Return the problems that appear only when the scenario is unrolled; empty if it can be run.

    Parameters
    ----------
    sound
        The scenario without its policy, or under another one, that has no such problems: routes, timetables
        and resources that are the same in both are not unrolled again.
    """
    try:
        _unroll(scenario, sound)
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
    unrolled = _unroll(scenario)
    laid = lay_out(unrolled.routes.values())
    conditions = Numbering(_conditions(laid.rows, unrolled.builder.offices))
    plan = _tables(unrolled, laid, conditions)
    return Corridor(
        scenario=unrolled.scenario,
        plan=plan,
        conditions=conditions,
        steps=tuple(row.info for row in laid.rows),
        offices=tuple(_offices(plan, unrolled.builder.offices, laid.step_of)),
        timetables=tuple(one.timetable() for one in unrolled.timetables),
        lane_names=tuple(scenario.lanes),
        commodity_names=tuple(scenario.commodities),
    )


@dataclass(frozen=True)
class _Unrolled:
    """A scenario under its policy package, unrolled over its horizon: all its faults have shown.

    Attributes
    ----------
    horizon
        Start, begin of window, end of window, end, us UTC.
    builder
        What the routes share.
    changes
        Changes in the number of servers of each resource.
    hours
        When each leg with a calendar opens and closes.
    """

    scenario: Scenario
    horizon: tuple[int, int, int, int]
    builder: RouteBuilder
    routes: dict[str, RouteRows]
    timetables: tuple[Unrolled, ...]
    changes: Turns
    hours: Turns


def _unroll(scenario: Scenario, sound: Scenario | None = None) -> _Unrolled:
    """Unroll a scenario, but for routes, timetables and resources that a sound scenario has, too.

    Raises
    ------
    Refused
        With all problems found.
    """
    scenario = under_policy_package(scenario)
    known = {} if sound is None else _made_of(under_policy_package(sound))
    new = {key for key, parts in _made_of(scenario).items() if known.get(key) != parts}
    problems: list[Problem] = []
    horizon = _horizon(scenario, problems)
    builder = RouteBuilder(scenario, problems)
    routes = {name: builder.build(name) for name in scenario.routes if ("routes", name) in new}
    services = [name for name in scenario.services if ("services", name) in new]
    problems += _aims(scenario)
    timetables = _timetables(scenario, services, horizon, problems)
    changes = servers_of_resources(scenario, horizon[0], horizon[3], new, problems)
    hours = hours_of_legs(scenario, horizon[0], horizon[3], problems)
    if problems:
        raise Refused([_at_lever(scenario, one) for one in problems])
    return _Unrolled(scenario, horizon, builder, routes, tuple(timetables), changes, hours)


def _aims(scenario: Scenario) -> Iterator[Problem]:
    """Return the cut-offs at which shippers aim and that no longer lie on their route under the levers."""
    for name, lane in scenario.lanes.items():
        for used, aim in lane.aims_at_cut_off.items():
            route = scenario.routes[used]
            if not aimed_at(route, scenario.services, aim.service):
                key = ("lanes", name, "aims_at_cut_off", used)
                yield Problem(key, no_such_aim(route, scenario.services, aim.service))


def _made_of(scenario: Scenario) -> dict[Key, tuple[object, ...]]:
    """Return what the rows of routes, the departures of services and the servers of resources are made of."""
    legs: dict[str, Transport] = {**scenario.services, **scenario.fleets, **scenario.trucking}
    zone = {name: facility.zone for name, facility in scenario.facilities.items()}
    common = scenario.run, scenario.trader_classes, scenario.lanes
    found: dict[Key, tuple[object, ...]] = {}
    for name, route in scenario.routes.items():
        found["routes", name] = (*common, route.steps)
        for step in route.steps:
            found["routes", name] += (
                (scenario.facilities[step.at].activities[step.do],)
                if isinstance(step, AtStep)
                else tuple(legs[leg] for leg in step.legs)
            )
    for name, service in scenario.services.items():
        found["services", name] = *common, service, zone[service.origin], zone[service.destination]
    calendars = scenario.run, scenario.calendars, scenario.holidays
    for place, facility in scenario.facilities.items():
        for name, resource in facility.resources.items():
            found["facilities", place, "resources", name] = *calendars, zone[place], resource
    return found


def _at_lever(scenario: Scenario, problem: Problem) -> Problem:
    """Return a problem of a departure with the key of the lever that brought the departure, if one did."""
    if len(problem.key) != 4 or problem.key[0] != "services" or problem.key[2] != "timetable":
        return problem
    service, row = str(problem.key[1]), problem.key[3]
    departure = scenario.services[service].timetable[int(row)]
    for name in scenario.policy_package:
        lever = scenario.levers[name]
        if isinstance(lever, OfDepartures):
            for index, own in enumerate(lever.services.get(service, ())):
                if own is departure:
                    return Problem(("levers", name, "services", service, index), problem.message)
    return problem


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
    scenario: Scenario, services: Iterable[str], horizon: tuple[int, int, int, int], problems: list[Problem]
) -> list[Unrolled]:
    zone = {name: ZoneInfo(facility.zone) for name, facility in scenario.facilities.items()}
    return [
        unroll(
            scenario.services[name],
            (zone[scenario.services[name].origin], zone[scenario.services[name].destination]),
            horizon[0],
            horizon[3],
            ("services", name),
            problems,
        )
        for name in services
    ]


def _conditions(rows: Iterable[Row], offices: Mapping[str, Sequence[OfficeRows]]) -> Iterator[Condition]:
    """Yield every condition that a step or an office uses."""
    for row in rows:
        yield from (row.condition, row.early_condition, row.info.own)
        yield from (condition for _, condition in (*row.info.shortened, *row.info.ahead))
        yield from (joint.condition for joint in row.info.jointly)
    for office in chain.from_iterable(offices.values()):
        yield from (office.inspected, office.found, office.found_late)
        yield from office.inspected_by_agency.values()


def _tables(unrolled: _Unrolled, laid: Layout, conditions: Numbering) -> Plan:
    """Put the rows of all routes into one table and replace names and objects by indices."""
    scenario, horizon, changes = unrolled.scenario, unrolled.horizon, unrolled.changes
    rows, number = laid.rows, conditions.number
    provider: dict[str | None, int] = {None: -1}
    for names in (changes, scenario.services, scenario.fleets):
        provider |= {name: k for k, name in enumerate(names)}
    hours = {None: -1} | {name: k for k, name in enumerate(unrolled.hours)}
    step, track = laid.step_of, laid.track_of
    fleets = scenario.fleets.values()
    trader_classes = unrolled.builder.traders.names
    return Plan(
        start_us=horizon[0],
        window_start_us=horizon[1],
        window_end_us=horizon[2],
        end_us=horizon[3],
        names=Names(
            routes=tuple(scenario.routes),
            resources=tuple(changes),
            services=tuple(scenario.services),
            fleets=tuple(scenario.fleets),
            trader_classes=trader_classes,
            conditions=conditions.names,
            draws=conditions.draw_names,
        ),
        route_first_step=ints(laid.first_step),
        route_n_main=ints(laid.n_main),
        step_kind=ints(row.kind for row in rows),
        step_provider=ints(provider[row.provider] for row in rows),
        step_condition=ints(number(row.condition) for row in rows),
        step_after_track=ints(track[row.after_track] for row in rows),
        step_unless_done=ints(step[row.unless_done] for row in rows),
        step_track=ints(track[row.track] for row in rows),
        step_early_track=ints(track[row.early_track] for row in rows),
        step_early_condition=ints(number(row.early_condition) for row in rows),
        step_space=ints(row.space for row in rows),
        step_choice=ints(step[row.choice] for row in rows),
        step_within_us=ints(row.within_us for row in rows),
        step_hours=ints(hours[row.hours] for row in rows),
        track_first_step=ints(laid.track_first),
        track_n_steps=ints(len(track.rows) for track in laid.tracks),
        priority=ints(row.priority or [0] * len(trader_classes) for row in rows).reshape(
            -1, len(trader_classes)
        ),
        **conditions.columns(len(trader_classes)),  # type: ignore[arg-type]
        **_columns(changes, "resource_change_first", "resource_change_us", "resource_servers"),  # type: ignore[arg-type]
        resource_resumes=ints(
            resource.at_closing == "resume"
            for facility in scenario.facilities.values()
            for resource in facility.resources.values()
        ),
        service_splits=ints(service.too_large == "split" for service in scenario.services.values()),
        fleet_vehicles=ints(fleet.vehicles for fleet in fleets),
        fleet_weight_g=ints(round(fleet.weight * UNITS_A_KG) for fleet in fleets),
        fleet_volume_cm3=ints(round(fleet.volume * UNITS_A_M3) for fleet in fleets),
        fleet_hold_us=ints(fleet.max_consolidation_time for fleet in fleets),
        fleet_hours=ints(hours.get(name, -1) for name in scenario.fleets),
        **_columns(unrolled.hours, "hours_first", "hours_turn_us", "hours_open"),  # type: ignore[arg-type]
    )


def _columns(turns: Turns, first: str, at: str, number: str) -> dict[str, Ints]:
    """Return the ranges, the times and the numbers of several lists of turns, under the given names."""
    flat = ints(chain.from_iterable(turns.values())).reshape(-1, 2)
    counts = [len(of) for of in turns.values()]
    return {first: ints(accumulate(counts, initial=0)), at: flat[:, 0].copy(), number: flat[:, 1].copy()}


def _offices(
    plan: Plan, offices: Mapping[str, Sequence[OfficeRows]], step: Mapping[Row | None, int]
) -> Iterator[Office]:
    """Yield the customs offices of each route in the form that studies need."""
    for r, route in enumerate(plan.names.routes):
        before = -1
        for office in offices[route]:
            entry, release = max(step[office.entry], before), step[office.released]
            yield Office(
                name=office.name,
                procedure=office.customs.procedure,
                route=r,
                entry=entry if entry >= 0 else None,
                release=release,
                inspected=office.inspected,
                by_agency=tuple(office.inspected_by_agency.values()),
                found=office.found,
                found_late=office.found_late,
            )
            before = release
