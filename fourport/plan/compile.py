"""Compile a scenario into a corridor that can be run.

The scenario is assumed to be consistent: the reader of scenario files has checked names and
connections. This module finds the problems that appear only when calendars and timetables are
unrolled over the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import accumulate, chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fourport.errors import Problem, Refused
from fourport.plan.clocks import local_time, utc_us
from fourport.plan.corridor import Corridor
from fourport.plan.hours import Turns, hours_of_legs, servers_of_resources
from fourport.plan.layout import Layout, lay_out
from fourport.plan.once import Shared
from fourport.plan.route import BuiltRoute, RouteBuilder
from fourport.plan.tables import Names, Plan, ints
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, Unrolled, unroll
from fourport.scenario.levers.lever import OfDepartures
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.policy_package import under_policy_package
from fourport.scenario.routes import aimed_at, no_such_aim

if TYPE_CHECKING:
    from fourport.plan.tables import Ints


def check(scenario: Scenario, shared: Shared | None = None) -> list[Problem]:
    """Return the problems that appear only when the scenario is unrolled; empty if it can be run.

    Parameters
    ----------
    shared
        Gets and gives routes, timetables and resources that are the same in several scenarios.
    """
    try:
        _unroll(scenario, shared or Shared())
    except Refused as refused:
        return refused.problems
    return []


def compile_corridor(scenario: Scenario, shared: Shared | None = None) -> Corridor:
    """Compile a scenario.

    Parameters
    ----------
    shared
        As of :func:`check`; the corridor has it, too.

    Raises
    ------
    Refused
        With all problems found: times that clocks skip, services without a departure, resources that
        never open, routes that cannot be run.
    """
    shared = shared or Shared()
    unrolled = _unroll(scenario, shared)
    laid = lay_out(route.table for route in unrolled.routes)
    return Corridor(
        scenario=unrolled.scenario,
        plan=_tables(unrolled, laid),
        conditions=laid.conditions,
        steps=laid.steps,
        offices=tuple(laid.offices()),
        timetables=tuple(one.timetable for one in unrolled.timetables),
        lane_names=tuple(scenario.lanes),
        commodity_names=tuple(scenario.commodities),
        shared=shared,
    )


@dataclass(frozen=True)
class _Unrolled:
    """A scenario under its policy package, unrolled over its horizon: all its faults have shown.

    Attributes
    ----------
    horizon
        Start, begin of window, end of window, end, us UTC.
    trader_classes
        Names of the trader classes of exporter and importer together.
    changes
        Changes in the number of servers of each resource.
    hours
        When each leg with a calendar opens and closes.
    """

    scenario: Scenario
    horizon: tuple[int, int, int, int]
    trader_classes: tuple[str, ...]
    routes: list[BuiltRoute]
    timetables: list[Unrolled]
    changes: dict[str, Turns]
    hours: dict[str, Turns]


def _unroll(scenario: Scenario, shared: Shared) -> _Unrolled:
    """Unroll a scenario.

    Raises
    ------
    Refused
        With all problems found.
    """
    scenario = under_policy_package(scenario)
    problems: list[Problem] = []
    horizon = _horizon(scenario, problems)
    whole = horizon[0], horizon[3]
    builder = RouteBuilder(scenario)
    problems += builder.problems
    routes = [builder.build(name, shared) for name in scenario.routes]
    problems += chain.from_iterable(route.problems for route in routes)
    problems += _aims(scenario)
    timetables = _timetables(scenario, whole, shared)
    problems += chain.from_iterable(one.problems for one in timetables)
    changes = servers_of_resources(scenario, whole, shared, problems)
    hours = hours_of_legs(scenario, whole, problems)
    if problems:
        raise Refused([_at_lever(scenario, one) for one in problems])
    return _Unrolled(scenario, horizon, builder.traders.names, routes, timetables, changes, hours)


def _aims(scenario: Scenario) -> Iterator[Problem]:
    """Return the cut-offs at which shippers aim and that no longer lie on their route under the levers."""
    for name, lane in scenario.lanes.items():
        for used, aim in lane.aims_at_cut_off.items():
            route = scenario.routes[used]
            if not aimed_at(route, scenario.services, aim.service):
                key = ("lanes", name, "aims_at_cut_off", used)
                yield Problem(key, no_such_aim(route, scenario.services, aim.service))


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


def _timetables(scenario: Scenario, horizon_us: tuple[int, int], shared: Shared) -> list[Unrolled]:
    """Return the departures of each service."""
    zone = {name: ZoneInfo(facility.zone) for name, facility in scenario.facilities.items()}
    found = []
    for name, service in scenario.services.items():
        given = service, (zone[service.origin], zone[service.destination]), *horizon_us
        key = "services", name
        found.append(shared.once(key, given, partial(unroll, *given, key)))
    return found


def _tables(unrolled: _Unrolled, laid: Layout) -> Plan:
    """Put the rows of all routes into one table and replace names and objects by indices."""
    scenario, horizon, changes = unrolled.scenario, unrolled.horizon, unrolled.changes
    conditions, trader_classes = laid.conditions, unrolled.trader_classes
    providers: dict[str | None, int] = {None: -1}
    for names in (changes, scenario.services, scenario.fleets):
        providers |= {name: k for k, name in enumerate(names)}
    hours: dict[str | None, int] = {None: -1} | {name: k for k, name in enumerate(unrolled.hours)}
    fleets = scenario.fleets.values()
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
        **laid.columns(providers, hours),  # type: ignore[arg-type]
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


def _columns(turns: Mapping[str, Turns], first: str, at: str, number: str) -> dict[str, Ints]:
    """Return the ranges, the times and the numbers of several lists of turns, under the given names."""
    import numpy as np

    tables = [of.table for of in turns.values()]
    flat = np.concatenate([ints(()).reshape(-1, 2), *tables])
    ends = ints(accumulate(map(len, tables), initial=0))
    return {first: ends, at: flat[:, 0].copy(), number: flat[:, 1].copy()}
