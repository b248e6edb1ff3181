"""Sums of the time of each consignment by cause, of all steps of a route together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.duty import worked_us
from fourport.plan.once import once
from fourport.plan.tables import Ints, Kind
from fourport.trace.causes import CUSTOMS_WORK, INSPECTING, Ended
from fourport.trace.closures import closed_within_each, of_resource, openings
from fourport.trace.intervals import CAUSE, CAUSES
from fourport.trace.trace import Trace


def cause_totals(corridor: Corridor, trace: Trace) -> Ints:
    """Sum the time of each consignment by cause, (n, number of causes) us.

    The sums are those of :func:`~fourport.trace.causes.intervals`, but found without listing the intervals.
    """
    totals = np.zeros((len(CAUSES), trace.world.n), dtype=np.int64)
    for route, ids in enumerate(trace.ids):
        if len(ids):
            totals[:, ids] = _totals_of_route(corridor, trace, route)
    for alike in _carried(corridor):
        each = [
            Ended(corridor, trace.at(s), held=None if join is None else trace.at(join)) for s, join in alike
        ]
        each = [ended for ended in each if len(ended.rows)]
        if each:
            ids = np.concatenate([ended.ids[ended.rows] for ended in each])
            for name, spent in Ended.together(each).spent():
                np.add.at(totals[CAUSE[name]], ids, spent)
    return totals.T


@once
def _carried(corridor: Corridor) -> list[list[tuple[int, int | None]]]:
    """Return the steps with a service or fleet, each with the join at which goods wait for it, if any.

    Those of one provider come together if they are offered the same departures.
    """
    plan = corridor.plan
    found: dict[tuple[object, ...], list[tuple[int, int | None]]] = {}
    for route in range(plan.n_routes):
        for s, join in _steps_of(corridor, route).others:
            offered = [(int(plan.step_provider[t]), int(plan.step_within_us[t])) for t in plan.choice(s)]
            key = int(plan.step_kind[s]), s - plan.choice(s)[0], join is None, *offered
            found.setdefault(key, []).append((s, join))
    return [*found.values()]


@dataclass(frozen=True)
class _Steps:
    """What the plan says of the causes at the ``s`` steps of a route.

    Attributes
    ----------
    held
        Pairs of the rows of a declaration track and that of the join at which goods wait for it.
    joins
        (s,) row of the join at which goods wait for the track of the step; -1 for steps of the goods.
    waited, lasted
        Rows of the steps of which the time until the begin, and from there to the end, has a cause, by cause.
    queues
        (s,) resource at which goods queue and that is closed at times; -1 elsewhere.
    resting
        Rows of the steps, and their causes, whose work rests while the server is off duty.
    others
        Steps with a service or fleet, each with its row and the join, if any.
    """

    held: list[tuple[slice, int]]
    joins: Ints
    waited: dict[int, list[int]]
    lasted: dict[int, list[int]]
    queues: Ints
    resting: list[tuple[int, int]]
    others: list[tuple[int, int | None]]


@once
def _steps_of(corridor: Corridor, route: int) -> _Steps:
    plan, steps = corridor.plan, corridor.plan.route_steps(route)
    found = _Steps([], np.full(len(steps), -1), {}, {}, np.full(len(steps), -1), [], [])
    looked_at: dict[int, int | None] = dict.fromkeys(plan.main_steps(route))
    for s in plan.main_steps(route):
        if int(plan.step_kind[s]) == Kind.JOIN:
            track = plan.track_steps(int(plan.step_track[s]))
            rows = slice(track.start - steps.start, track.stop - steps.start)
            found.held.append((rows, s - steps.start))
            found.joins[rows] = s - steps.start
            looked_at |= dict.fromkeys(track, s)
    for s, join in looked_at.items():
        info, kind, k = corridor.steps[s], int(plan.step_kind[s]), s - steps.start
        if kind in {Kind.SERVICE, Kind.FLEET}:
            found.others.append((s, join))
            continue
        if kind == Kind.JOIN:
            continue
        cause = CAUSE[info.cause]
        if kind == Kind.RESOURCE:
            cause = CAUSE[CUSTOMS_WORK.get(info.part, info.cause)]
            # All of an inspection has one cause, as the wait for it has.
            waits_for = "inspection" if info.part in INSPECTING else "queue"
            found.waited.setdefault(CAUSE[waits_for], []).append(k)
            if info.part not in INSPECTING:
                _, closed_after = openings(corridor, of_resource(int(plan.step_provider[s])))
                found.queues[k] = plan.step_provider[s] if closed_after.any() else -1
                if plan.resource_resumes[plan.step_provider[s]]:
                    found.resting.append((k, cause))
        elif plan.step_hours[s] >= 0:
            found.waited.setdefault(CAUSE["closed"], []).append(k)
        found.lasted.setdefault(cause, []).append(k)
    return found


def _totals_of_route(corridor: Corridor, trace: Trace, route: int) -> Ints:
    """Return the time of the consignments of a route by cause, (causes, n) us."""
    steps, plan_of = trace.plan.route_steps(route), _steps_of(corridor, route)
    ready, begin, end = (trace.block(of, steps) for of in (trace.ready_us, trace.begin_us, trace.end_us))
    done = trace.block(trace.done, steps)
    waited, lasted = begin - ready, end - begin
    if plan_of.held:
        done = done.copy()
        for track, join in plan_of.held:
            # Of declarations counts what is after the goods came, and waited for them.
            came, ended = begin[join], end[track]
            done[track] &= done[join] & (ended > came)
            begun = np.maximum(begin[track], came)
            waited[track], lasted[track] = begun - np.maximum(ready[track], came), ended - begun
    for spent in (waited, lasted):
        np.copyto(spent, 0, where=~done)
    found = np.zeros((len(CAUSES), len(trace.ids[route])), dtype=np.int64)
    for spent, by_cause in ((waited, plan_of.waited), (lasted, plan_of.lasted)):
        for cause, some in by_cause.items():
            found[cause] += spent[some].sum(axis=0)
    queues = np.flatnonzero(plan_of.queues >= 0)
    row, of = np.nonzero(waited[queues])
    row = queues[row]
    until = begin[row, of]
    held = np.flatnonzero(plan_of.joins[row] >= 0)
    until[held] = np.maximum(until[held], begin[plan_of.joins[row[held]], of[held]])
    closed = closed_within_each(corridor, plan_of.queues[row], until - waited[row, of], until)
    _move(found, "queue", "closed", of, closed)
    for k, cause in plan_of.resting:
        at, of = trace.at(steps[k]), np.flatnonzero(lasted[k])
        until = end[k, of]
        since = until - lasted[k, of]
        resource = int(trace.plan.step_provider[at.step])
        worked = worked_us(trace.plan, resource, at.departure_index[of], since, until)
        _move(found, CAUSES[cause], "closed", of, until - since - worked)
    return found


def _move(found: Ints, one: str, other: str, of: Ints, time_us: Ints) -> None:
    """Give times of some consignments, which may come several times, another cause."""
    np.subtract.at(found[CAUSE[one]], of, time_us)
    np.add.at(found[CAUSE[other]], of, time_us)
