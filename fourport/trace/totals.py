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
    return totals.T


@dataclass(frozen=True)
class _Steps:
    """What the plan says of the causes at the ``s`` steps of a route.

    Attributes
    ----------
    held
        Pairs of the rows of a declaration track and the join at which goods wait for it.
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
    waited: dict[int, list[int]]
    lasted: dict[int, list[int]]
    queues: Ints
    resting: list[tuple[int, int]]
    others: list[tuple[int, int | None]]


@once
def _steps_of(corridor: Corridor, route: int) -> _Steps:
    plan, steps = corridor.plan, corridor.plan.route_steps(route)
    found = _Steps([], {}, {}, np.full(len(steps), -1), [], [])
    looked_at: dict[int, int | None] = dict.fromkeys(plan.main_steps(route))
    for s in plan.main_steps(route):
        if int(plan.step_kind[s]) == Kind.JOIN:
            track = plan.track_steps(int(plan.step_track[s]))
            found.held.append((slice(track.start - steps.start, track.stop - steps.start), s))
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
    if plan_of.held:
        # Of declarations counts what is after the goods came, and waited for them.
        ready, begin, done = ready.copy(), begin.copy(), done.copy()
        for track, join in plan_of.held:
            at = trace.at(join)
            done[track] &= at.done & (end[track] > at.begin_us)
            for times in (ready[track], begin[track]):
                np.maximum(times, at.begin_us, out=times)
    waited, lasted = begin - ready, end - begin
    waited *= done  # 0 of steps that are not done
    lasted *= done
    found = np.zeros((len(CAUSES), len(trace.ids[route])), dtype=np.int64)
    for spent, by_cause in ((waited, plan_of.waited), (lasted, plan_of.lasted)):
        for cause, some in by_cause.items():
            found[cause] += spent[some].sum(axis=0)
    queues = np.flatnonzero(plan_of.queues >= 0)
    row, of = np.nonzero(waited[queues])
    row = queues[row]
    closed = closed_within_each(corridor, plan_of.queues[row], ready[row, of], begin[row, of])
    _move(found, "queue", "closed", of, closed)
    for k, cause in plan_of.resting:
        at, of = trace.at(steps[k]), np.flatnonzero(lasted[k])
        since, until = begin[k, of], end[k, of]
        resource = int(trace.plan.step_provider[at.step])
        worked = worked_us(trace.plan, resource, at.departure_index[of], since, until)
        _move(found, CAUSES[cause], "closed", of, until - since - worked)
    for s, held_at in plan_of.others:
        ended = Ended(corridor, trace.at(s), held=None if held_at is None else trace.at(held_at))
        for name, spent in ended.spent() if len(ended.rows) else ():
            found[CAUSE[name], ended.rows] += spent
    return found


def _move(found: Ints, one: str, other: str, of: Ints, time_us: Ints) -> None:
    """Give times of some consignments, which may come several times, another cause."""
    np.subtract.at(found[CAUSE[one]], of, time_us)
    np.add.at(found[CAUSE[other]], of, time_us)
