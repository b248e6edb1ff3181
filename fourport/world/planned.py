"""Find the departure that a forwarder plans for at the acceptance of a consignment.

The forwarder plans with a late quantile of every duration, with opening hours and with the published
timetable. Queues, inspections, lack of capacity, and cancellations that the scenario does not date are
ignored; an application to another agency is not, since the trader makes it. An allowance is kept before each
cut-off. ``departure_as_planned`` is true if the consignment catches the planned departure or an earlier one,
at the last scheduled service of the route or at the one that the route names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fourport.plan.conditions import Condition
from fourport.plan.corridor import Corridor, hub_order, hub_steps
from fourport.plan.duty import next_open_us, worked_off_us
from fourport.plan.once import once
from fourport.plan.tables import NEVER, Floats, Ints, Kind
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.sizes import Per
from fourport.world.sampling import quantile
from fourport.world.sizes import amounts, parcels
from fourport.world.tables import Flags, World


def planned_departures(corridor: Corridor, world: World, holds: Flags) -> Ints:
    """Return (n,) the planned departure of each consignment from the hub, in the order of :func:`hub_order`.

    It is -1 if the route has no scheduled service, if the scenario has no planning terms, or if the horizon
    has no departure late enough.

    Parameters
    ----------
    holds
        (C, n) which conditions hold.
    """
    departure = np.full(world.n, -1, dtype=np.int64)
    if corridor.scenario.planning is None:
        return departure
    for route in range(corridor.plan.n_routes):
        ids = np.flatnonzero(world.route == route)
        if len(ids) and hub_steps(corridor, route):
            departure[ids] = _plan_route(corridor, world, holds, route, ids)
    return departure


@dataclass(frozen=True)
class _Goods:
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


def _plan_route(corridor: Corridor, world: World, holds: Flags, route: int, ids: Ints) -> Ints:
    """Return the planned departures of consignments of one route from its hub."""
    plan, planning = corridor.plan, corridor.scenario.planning
    assert planning is not None
    missed = np.full(len(ids), -1, dtype=np.int64)
    caught = np.ones(len(ids), dtype=np.bool_)
    at = world.entry_us[ids].copy()
    goods = _Goods(corridor, world, ids, holds)
    early_begin: dict[int, Ints] = {}  # by declaration track
    for s in plan.main_steps(route):
        condition = int(plan.step_condition[s])
        applies = condition >= 0 and corridor.steps[s].part in ("agency", "preparation")
        if s != plan.choice(s)[0] or (condition >= 0 and not applies):
            continue
        before = at
        kind, k = int(plan.step_kind[s]), int(plan.step_provider[s])
        left = at = next_open_us(plan, int(plan.step_hours[s]), at)
        if kind == Kind.SERVICE:
            leg = _plan_leg(corridor, plan.choice(s), at, planning.allowance)
            # A missed feeder leaves all later legs unplanned.
            caught &= leg.found
            if s in hub_steps(corridor, route):
                order = hub_order(corridor, route)
                places = np.concatenate([order[one] for one in plan.choice(s)])
                return np.where(caught, places[leg.departure], -1)
            left, at = leg.left_us, leg.arrival_us
        elif kind == Kind.FLEET:
            opened = next_open_us(plan, int(plan.fleet_hours[k]), at)
            left = next_open_us(plan, int(plan.fleet_hours[k]), opened + plan.fleet_hold_us[k])
            at = left + _late_drive(corridor, k)
        elif kind == Kind.JOIN:
            track = int(plan.step_track[s])
            begun = early_begin.get(track, np.full(len(ids), NEVER))
            at = np.maximum(at, _declared(corridor, track, np.where(begun != NEVER, begun, at), goods))
        else:
            at = _after(corridor, s, at, goods)
        if applies:
            at = np.where(goods.holds[condition], at, before)
        if plan.step_early_track[s] >= 0:
            # Traders know when they file. A track that has been started is not started again.
            track, condition = int(plan.step_early_track[s]), int(plan.step_early_condition[s])
            ahead = holds[condition, ids] if condition >= 0 else np.ones(len(ids), dtype=np.bool_)
            begun = early_begin.get(track, np.full(len(ids), NEVER))
            early_begin[track] = np.where(ahead & (begun == NEVER), left, begun)
    return missed


def _declared(corridor: Corridor, track: int, at: Ints, goods: _Goods) -> Ints:
    """Return the planned end of a declaration track that begins at ``at``."""
    plan = corridor.plan
    for t in plan.track_steps(track):
        condition, part = int(plan.step_condition[t]), corridor.steps[t].part
        if part in ("appointment", "inspection"):
            continue
        later = _after(corridor, t, at, goods)
        if condition < 0:
            at = later
        elif part != "documents":
            # Traders know whether they pay duty, but not whether documents will be checked.
            at = np.where(goods.holds[condition], later, at)
    return at


@dataclass(frozen=True)
class _Leg:
    """Planned departures of consignments: whether there is one, which, and its times as scheduled."""

    found: Flags
    departure: Ints
    left_us: Ints
    arrival_us: Ints


def _plan_leg(corridor: Corridor, steps: range, at: Ints, allowance: int) -> _Leg:
    """Plan a leg by the first departure that closes, or by the first service in order that leaves in time.

    Departures are numbered through the services of the steps, one service after the other.
    """
    plan, leg = corridor.plan, _timetable(corridor, steps)
    found = np.zeros(len(at), dtype=np.bool_)
    departure, in_time = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.bool_)
    for s, runs in zip(steps, leg.runs, strict=True):
        if not len(runs):
            continue
        place = np.searchsorted(leg.cutoff_us[runs], at + allowance, side="left")
        there, d = place < len(runs), runs[np.minimum(place, len(runs) - 1)]
        within = int(plan.step_within_us[s])
        soon = there & (leg.left_us[d] <= at + within) if within >= 0 else np.zeros_like(there)
        better = there & ~in_time & (soon | ~found | (leg.cutoff_us[d] < leg.cutoff_us[departure]))
        departure[better] = d[better]
        found |= there
        in_time |= soon
    return _Leg(found, departure, leg.left_us[departure], leg.arrival_us[departure])


@dataclass(frozen=True)
class _LegTimetable:
    """Departures of the services of a leg, one service after the other, and which of each may be planned."""

    cutoff_us: Ints
    left_us: Ints
    arrival_us: Ints
    runs: list[Ints]


@once
def _timetable(corridor: Corridor, steps: range) -> _LegTimetable:
    timetables = [corridor.timetables[int(corridor.plan.step_provider[s])] for s in steps]
    first = np.cumsum([0, *(len(timetable.cutoff_us) for timetable in timetables)])
    cutoff, left, arrival = (
        np.concatenate([getattr(timetable, name) for timetable in timetables])
        for name in ("cutoff_us", "scheduled_us", "arrival_us")
    )
    runs = [
        base + np.flatnonzero(timetable.called_off == 0)
        for base, timetable in zip(first.tolist(), timetables, strict=False)
    ]
    return _LegTimetable(cutoff, left, arrival, runs)


def _after(corridor: Corridor, s: int, at: Ints, goods: _Goods) -> Ints:
    """Return the planned end of a step that consignments reach at ``at``; resources start when they open."""
    plan, info = corridor.plan, corridor.steps[s]
    resource = int(plan.step_provider[s]) if int(plan.step_kind[s]) == Kind.RESOURCE else -1
    if resource >= 0:
        at = _next_opening(corridor, resource, at)
    if info.duration is None:
        return at
    takes = _late_times(corridor, s, goods)
    return (
        worked_off_us(plan, resource, at, takes)
        if resource >= 0 and plan.resource_resumes[resource]
        else at + takes
    )


def _late_times(corridor: Corridor, s: int, goods: _Goods) -> Ints | int:
    """Return the late quantile of how long a step takes, us; one for all consignments or (n,)."""
    info, late = corridor.steps[s], _late_step(corridor, s)
    if info.per == "consignment" and not info.shortened and not info.ahead:
        return late
    takes = late * goods.amounts(info.per)
    for share, condition in info.shortened:
        takes[goods.who(condition)] *= share
    for done_us, condition in info.ahead:
        whose = goods.who(condition)
        takes[whose] = np.maximum(takes[whose] - done_us, 0)
    return np.rint(takes).astype(np.int64)


@once
def _late_step(corridor: Corridor, s: int) -> int:
    return _late(corridor, corridor.steps[s].duration)


@once
def _late_drive(corridor: Corridor, fleet: int) -> int:
    return _late(corridor, list(corridor.scenario.fleets.values())[fleet].drive)


def _late(corridor: Corridor, distribution: Distribution[Any] | None) -> int:
    """Return the late quantile of a duration, us."""
    planning = corridor.scenario.planning
    assert planning is not None
    assert distribution is not None
    return round(float(quantile(distribution, np.array([planning.late_quantile]))[0]))


def _next_opening(corridor: Corridor, resource: int, at: Ints) -> Ints:
    times, opening, always_open = _opening(corridor, resource)
    if always_open:
        return at
    now = np.maximum(np.searchsorted(times, at, side="right") - 1, 0)
    return np.maximum(opening[now], at)


@once
def _opening(corridor: Corridor, resource: int) -> tuple[Ints, Ints, bool]:
    """Return when a resource changes, when it is open from each change on, and whether it is never closed.

    The second is ``NEVER`` where it is open already.
    """
    plan = corridor.plan
    first, last = plan.resource_change_first[resource : resource + 2]
    times, servers = plan.resource_change_us[first:last], plan.resource_servers[first:last]
    opens = np.flatnonzero(servers > 0)
    following = np.searchsorted(opens, np.arange(len(times)), side="left")
    opening = times[opens[np.minimum(following, len(opens) - 1)]]
    return times, np.where(servers > 0, NEVER, opening), bool((servers > 0).all())
