"""Find the departure that a forwarder plans for at the acceptance of a consignment.

The forwarder plans with a late quantile of every duration, with opening hours and with the published
timetable. Queues, inspections, lack of capacity, and cancellations that the scenario does not date are
ignored; an application to another agency is not, since the trader makes it. An allowance is kept before each
cut-off. ``departure_as_planned`` is true if the consignment catches the planned departure or an earlier one,
at the last scheduled service of the route or at the one that the route names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fourport.machine import readable, run
from fourport.plan.conditions import Condition
from fourport.plan.corridor import Corridor, StepInfo, hub_order, hub_steps
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints, Kind, firsts, ints
from fourport.scenario.models.sizes import Per
from fourport.world.compiled.planning_tables import PLANNING, Goods, Legs, Openings, Planned, Steps
from fourport.world.sampling import quantile
from fourport.world.sizes import amounts, parcels
from fourport.world.tables import Flags, World


def planned_departures(corridor: Corridor, world: World, holds: Flags, ids: Sequence[Ints]) -> Ints:
    """Return (n,) the planned departure of each consignment from the hub, in the order of :func:`hub_order`.

    It is -1 if the route has no scheduled service, if the scenario has no planning terms, or if the horizon
    has no departure late enough.

    Parameters
    ----------
    holds
        (C, n) which conditions hold.
    ids
        Consignments of each route.
    """
    plan, departure = corridor.plan, np.full(world.n, -1, dtype=np.int64)
    if corridor.scenario.planning is None:
        return departure
    steps, openings, legs = _steps(corridor), _openings(corridor), _legs(corridor)
    run(
        PLANNING,
        steps,
        openings._replace(near=openings.first[np.maximum(steps.opening, 0)]),
        legs._replace(near=legs.first[:-1].copy()),
        readable(
            Goods(
                np.concatenate(ids),
                world.entry_us,
                world.route,
                holds,
                _own_times(corridor, world, holds, ids),
            )
        ),
        Planned(departure, *np.full((2, len(plan.track_first_step)), -1)),
        plan.end_us,
    )
    return departure


def _planned_steps(corridor: Corridor, route: int) -> Iterator[int]:
    """Yield the steps of the goods up to the hub with which a forwarder plans, of a choice the first one.

    Conditional ones are no part of it but preparation, and applications to other agencies.
    """
    plan, hub = corridor.plan, hub_steps(corridor, route)
    for s in plan.main_steps(route) if hub else ():
        is_planned = plan.step_condition[s] < 0 or corridor.steps[s].part in ("agency", "preparation")
        if is_planned and s == plan.choice(s)[0]:
            yield s
        if s == hub[0]:
            return


def _declared_steps(corridor: Corridor, track: int) -> list[int]:
    """Return the steps of a declaration with which a forwarder plans.

    Traders know whether they pay duty, but not whether documents will be checked.
    """
    plan, found = corridor.plan, []
    for t in plan.track_steps(track):
        part = corridor.steps[t].part
        if part not in ("appointment", "inspection") and (plan.step_condition[t] < 0 or part != "documents"):
            found.append(t)
    return found


@once
def _walked(corridor: Corridor) -> tuple[list[list[int]], dict[int, list[int]]]:
    """Return the steps of the goods of each route, and by join those of declarations for which they wait."""
    plan = corridor.plan
    goods = [[*_planned_steps(corridor, route)] for route in range(plan.n_routes)]
    joins = [s for steps in goods for s in steps if int(plan.step_kind[s]) == Kind.JOIN]
    return goods, {s: _declared_steps(corridor, int(plan.step_track[s])) for s in joins}


@once
def _steps_with_own_times(corridor: Corridor) -> dict[int, int]:
    """Return the steps of which each consignment takes its own time, numbered on each route."""
    (goods, declared), found = _walked(corridor), dict[int, int]()
    for steps in goods:
        every = [t for s in steps for t in (s, *declared.get(s, ()))]
        own = (
            s for s in every if corridor.steps[s].duration is not None and _has_own_times(corridor.steps[s])
        )
        found |= {s: k for k, s in enumerate(own)}
    return found


def _has_own_times(info: StepInfo) -> bool:
    return info.per != "consignment" or bool(info.shortened) or bool(info.ahead)


@once
def _steps(corridor: Corridor) -> Steps:
    plan, (goods, declared) = corridor.plan, _walked(corridor)
    main, own, services = [s for steps in goods for s in steps], _steps_with_own_times(corridor), 0
    rows, declaration = [], len(main)
    for s in (*main, *(t for steps in declared.values() for t in steps)):
        kind, provider = int(plan.step_kind[s]), int(plan.step_provider[s])
        hours = int(plan.fleet_hours[provider] if kind == Kind.FLEET else plan.step_hours[s])
        opening = len(plan.names.resources) + hours if hours >= 0 else -1
        at_resource, is_timed = kind == Kind.RESOURCE, corridor.steps[s].duration is not None
        row = {
            "kind": kind,
            "condition": int(plan.step_condition[s]),
            "opening": provider if at_resource else opening,
            "late_us": _late_step(corridor, s),
            "own_time": own.get(s, -1),
            "rests": at_resource and is_timed and int(plan.resource_resumes[provider]) == 1,
            "hold_us": int(plan.fleet_hold_us[provider]) if kind == Kind.FLEET else 0,
            "service": services,
            "is_hub": kind == Kind.SERVICE and s in hub_steps(corridor, _route_of(corridor, s)),
            "declaration": declaration,
            "track": int(plan.step_track[s]),
            "early_track": int(plan.step_early_track[s]),
            "early_condition": int(plan.step_early_condition[s]),
        }
        services += len(plan.choice(s)) if kind == Kind.SERVICE else 0
        declaration += len(declared.get(s, ()))
        rows.append(row | {"service_end": services, "declaration_end": declaration})
    columns: dict[str, Any] = {name: ints(row[name] for row in rows) for name in Steps._fields[1:]}
    columns |= {name: columns[name] == 1 for name in ("rests", "is_hub")}
    return Steps(firsts(goods), **columns)


def _route_of(corridor: Corridor, s: int) -> int:
    return int(np.searchsorted(corridor.plan.route_first_step, s, side="right")) - 1


@once
def _openings(corridor: Corridor) -> Openings:
    plan, none = corridor.plan, ints([])
    resources, hours = plan.resource_change_first, plan.hours_first[1:] + len(plan.resource_change_us)
    return Openings(
        first=np.concatenate([resources, hours]),
        turn_us=np.concatenate([plan.resource_change_us, plan.hours_turn_us]),
        servers=np.concatenate([plan.resource_servers, plan.hours_open]),
        near=none,
    )


@once
def _legs(corridor: Corridor) -> Legs:
    plan, planning, none = corridor.plan, corridor.scenario.planning, ints([])
    assert planning is not None
    goods, _ = _walked(corridor)
    legs = (s for steps in goods for s in steps if int(plan.step_kind[s]) == Kind.SERVICE)
    services = [s for leg in legs for s in plan.choice(leg)]
    each: list[tuple[Ints, ...]] = [(none, none, none, none)]
    for s in services:
        timetable = corridor.timetables[int(plan.step_provider[s])]
        runs = timetable.called_off == 0
        elsewhere = np.full(len(runs), -1)
        place = hub_order(corridor, _route_of(corridor, s)).get(s, elsewhere)
        closes_us = timetable.cutoff_us - planning.allowance
        columns = closes_us, timetable.scheduled_us, timetable.arrival_us, place
        each.append(tuple(column[runs] for column in columns))
    cutoff_us, left_us, arrival_us, places = (np.concatenate(columns) for columns in zip(*each, strict=True))
    return Legs(
        first=firsts(cutoff for cutoff, *_ in each[1:]),
        within_us=plan.step_within_us[services],
        cutoff_us=cutoff_us,
        left_us=left_us,
        arrival_us=arrival_us,
        place=places,
        near=none,
    )


@dataclass(frozen=True)
class _OfRoute:
    """The ``n`` consignments of a route, of which few routes need to know more than the number.

    Attributes
    ----------
    ids
        (n,) the consignments.
    holds
        (C, all) which conditions hold for all consignments of the world.
    """

    corridor: Corridor
    world: World
    ids: Ints
    holds: Flags

    def who(self, condition: Condition) -> Flags:
        """Return for which of the consignments a condition holds, (n,)."""
        return self.corridor.conditions.who(condition, self.holds)[self.ids]

    def amounts(self, per: Per) -> Floats:
        """Return how many units of a kind each consignment has, (n,)."""
        if per == "consignment":
            return np.ones(len(self.ids))
        return amounts(per, self._size, self._parcels)

    @cached_property
    def _size(self) -> Ints:
        return self.world.size[self.ids]

    @cached_property
    def _parcels(self) -> Ints:
        commodity, commodities = self.world.commodity[self.ids], self.corridor.scenario.commodities.values()
        return parcels(self._size[:, 0], commodity, commodities)


def _own_times(corridor: Corridor, world: World, holds: Flags, ids: Sequence[Ints]) -> Ints:
    """Return how long steps take of which each consignment takes its own time, (rows, n) us."""
    own = _steps_with_own_times(corridor)
    found, goods = (
        np.zeros((max(own.values(), default=-1) + 1, world.n), dtype=np.int64),
        dict[int, _OfRoute](),
    )
    for s, row in own.items():
        route = _route_of(corridor, s)
        if route not in goods:
            goods[route] = _OfRoute(corridor, world, ids[route], holds)
        found[row, goods[route].ids] = _late_times(corridor, s, goods[route])
    return found


def _late_times(corridor: Corridor, s: int, goods: _OfRoute) -> Ints:
    """Return the late quantile of how long a step takes, (n,) us."""
    info = corridor.steps[s]
    takes = _late_step(corridor, s) * goods.amounts(info.per)
    for share, condition in info.shortened:
        takes[goods.who(condition)] *= share
    for done_us, condition in info.ahead:
        whose = goods.who(condition)
        takes[whose] = np.maximum(takes[whose] - done_us, 0)
    return np.rint(takes).astype(np.int64)


@once
def _late_step(corridor: Corridor, s: int) -> int:
    """Return the late quantile of how long a step takes, or a truck drives, us; 0 if it takes no time."""
    kind, provider = int(corridor.plan.step_kind[s]), int(corridor.plan.step_provider[s])
    fleets, planning = [*corridor.scenario.fleets.values()], corridor.scenario.planning
    distribution = fleets[provider].drive if kind == Kind.FLEET else corridor.steps[s].duration
    if distribution is None:
        return 0
    assert planning is not None
    return round(float(quantile(distribution, np.array([planning.late_quantile]))[0]))
