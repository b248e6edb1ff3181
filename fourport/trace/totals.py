"""Sums of the time of each consignment by cause, of all steps of a route together."""

from __future__ import annotations

from typing import NamedTuple

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
        for s, join in _looked_at(corridor, route).items():
            if int(plan.step_kind[s]) not in {Kind.SERVICE, Kind.FLEET}:
                continue
            offered = [(int(plan.step_provider[t]), int(plan.step_within_us[t])) for t in plan.choice(s)]
            key = int(plan.step_kind[s]), s - plan.choice(s)[0], join is None, *offered
            found.setdefault(key, []).append((s, join))
    return [*found.values()]


class _Step(NamedTuple):
    """What the plan says of the causes of the time at a step of a route, if no service or fleet takes it.

    Attributes
    ----------
    step, row
        The step, and its row among those of the route.
    join
        Row of the join at which goods wait for the declaration of which it is a step; None if it is of goods.
    waits_for, does
        Cause of the time until it begins, None if that has none; and of the time from there to the end.
    closing
        Resource at which goods queue and that is closed at times; -1 for none.
    rests
        Whether the work rests while the server is off duty.
    """

    step: int
    row: int
    join: int | None
    waits_for: int | None
    does: int
    closing: int = -1
    rests: bool = False


@once
def _looked_at(corridor: Corridor, route: int) -> dict[int, int | None]:
    """Return the steps of goods, and of declarations for which they wait, each with the join of these."""
    plan = corridor.plan
    found: dict[int, int | None] = dict.fromkeys(plan.main_steps(route))
    for s in plan.main_steps(route):
        if int(plan.step_kind[s]) == Kind.JOIN:
            found |= dict.fromkeys(plan.track_steps(int(plan.step_track[s])), s)
    return {s: join for s, join in found.items() if int(plan.step_kind[s]) != Kind.JOIN}


@once
def _steps_of(corridor: Corridor, route: int) -> list[_Step]:
    plan, first, found = corridor.plan, corridor.plan.route_steps(route).start, []
    for s, join_step in _looked_at(corridor, route).items():
        info, kind, k = corridor.steps[s], int(plan.step_kind[s]), int(plan.step_provider[s])
        at = s, s - first, None if join_step is None else join_step - first
        if kind == Kind.RESOURCE:
            does = CAUSE[CUSTOMS_WORK.get(info.part, info.cause)]
            if info.part in INSPECTING:  # All of an inspection has one cause, as the wait for it has.
                found.append(_Step(*at, CAUSE["inspection"], does))
            else:
                _, closed_after = openings(corridor, of_resource(k))
                closing, rests = k if closed_after.any() else -1, bool(plan.resource_resumes[k])
                found.append(_Step(*at, CAUSE["queue"], does, closing, rests))
        elif kind not in {Kind.SERVICE, Kind.FLEET}:
            waits_for = CAUSE["closed"] if plan.step_hours[s] >= 0 else None
            found.append(_Step(*at, waits_for, CAUSE[info.cause]))
    return found


def _totals_of_route(corridor: Corridor, trace: Trace, route: int) -> Ints:
    """Return the time of the consignments of a route by cause, (causes, n) us."""
    steps, none = trace.plan.route_steps(route), np.empty(0, dtype=np.int64)
    blocks = [trace.block(of, steps) for of in (trace.ready_us, trace.begin_us, trace.end_us)]
    done = trace.block(trace.done, steps)
    found = np.zeros((len(CAUSES), len(trace.ids[route])), dtype=np.int64)
    queued = [(none, none, none, none)]
    for at in _steps_of(corridor, route):
        (ready, begin, end), there = (of[at.row] for of in blocks), done[at.row]
        if at.join is not None:
            # Of declarations counts what is after the goods came, and waited for them.
            came = blocks[1][at.join]
            there = there & done[at.join] & (end > came)
            ready, begin = np.maximum(ready, came), np.maximum(begin, came)
        found[at.does] += (end - begin) * there
        if at.waits_for is not None:
            waited = (begin - ready) * there
            found[at.waits_for] += waited
            if at.closing >= 0:
                of = np.flatnonzero(waited)
                queued.append((np.full(len(of), at.closing), of, ready[of], begin[of]))
        if at.rests:
            of = np.flatnonzero(there)
            server = trace.at(at.step).departure_index[of]
            resource = int(trace.plan.step_provider[at.step])
            worked = worked_us(trace.plan, resource, server, begin[of], end[of])
            _move(found, CAUSES[at.does], "closed", of, end[of] - begin[of] - worked)
    resource_of, of, since, until = (np.concatenate(column) for column in zip(*queued, strict=True))
    closed = closed_within_each(corridor, resource_of, since, until)
    _move(found, "queue", "closed", of, closed)
    return found


def _move(found: Ints, one: str, other: str, of: Ints, time_us: Ints) -> None:
    """Give times of some consignments, which may come several times, another cause."""
    np.subtract.at(found[CAUSE[one]], of, time_us)
    np.add.at(found[CAUSE[other]], of, time_us)
