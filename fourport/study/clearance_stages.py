"""Clearance time by the stages of the WCO Time Release Study."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from fourport.plan.corridor import Corridor, Office
from fourport.plan.duty import worked_us
from fourport.plan.tables import HOUR, NEVER, Floats, Ints
from fourport.store.tables import OFFICE_SEPARATOR, TOGETHER
from fourport.study.clearance import PROCEDURES
from fourport.study.clearance_steps import (
    BETWEEN,
    REMOVAL,
    STAGES,
    StageSteps,
    columns_of,
    looked_at,
    offices_of,
    stage_steps,
)
from fourport.study.keyed import Table
from fourport.study.replication import Movement, Replication
from fourport.trace import Events
from fourport.world.tables import Flags

Sums = dict[tuple[str, str, str], Floats]
"""By lane, route and office: waiting, work and passages of each stage; last the number of consignments."""


@dataclass(frozen=True)
class Spent:
    """Time of ``k`` consignments at one office, by stage.

    Attributes
    ----------
    waiting, work
        By stage, (k,) h: time until a server begins, and time of the service. On the declaration track only
        the time for which the goods have arrived and wait counts.
    passed
        By stage, (k,) whether the consignment went through it, even before its goods arrived.
    """

    waiting: dict[int, Floats] = field(default_factory=dict)
    work: dict[int, Floats] = field(default_factory=dict)
    passed: dict[int, Flags] = field(default_factory=dict)

    def add(self, stage: int, waiting: Floats, work: Floats, passed: Flags) -> None:
        """Add the time of the consignments at a step, or at another office, that belongs to a stage."""
        if stage in self.passed:
            waiting, work = self.waiting[stage] + waiting, self.work[stage] + work
            passed = self.passed[stage] | passed
        self.waiting[stage], self.work[stage], self.passed[stage] = waiting, work, passed


def stages_of(run: Replication) -> Table:
    """Return the mean time of each stage by lane, route, procedure and office, and the share that passes it.

    Means are over consignments of the cohort that the office has released. For all offices of a procedure
    together they are over consignments that all offices on their route have released, so the stages up to the
    release sum to ``clearance_time_import`` and so on. The same holds for several offices in sequence
    (``OFFICE_SEPARATOR``). A stage that no consignment passed has zeros. Removal is
    reported office by office, over consignments that have left.
    """
    lanes = run.corridor.scenario.lanes.items()
    places = [(TOGETHER, TOGETHER), *((name, on) for name, lane in lanes for on in (TOGETHER, *lane.routes))]
    found = Table()
    stays = [_stays_of(run, route, _measured(run.in_window[ids])) for route, ids in enumerate(run.trace.ids)]
    for procedure in PROCEDURES:
        sums: Sums = {}
        for of_route in stays:
            _add_route(run, procedure, of_route, sums)
        offices = dict.fromkeys((TOGETHER, *(office for *_, office in sums)))
        keys = [(*place, office) for place in places for office in offices if (*place, office) in sums]
        if keys:
            _add_means(found, run.corridor, procedure, keys, [sums[key] for key in keys])
    return found


def _measured(in_window: Flags) -> slice | Ints:
    """Return the places of those in the window: as a slice, since they usually follow each other."""
    found = np.flatnonzero(in_window)
    first, last = (int(found[0]), int(found[-1]) + 1) if len(found) else (0, 0)
    return slice(first, last) if last - first == len(found) else found


@dataclass(frozen=True)
class Stays:
    """The time that ``k`` consignments of a route, those accepted in the window, spent at ``s`` of its steps.

    Attributes
    ----------
    route, rows
        The route, and the places of the consignments among all of it.
    place
        Place of each step in the next ones.
    waiting, work
        (s, k) h: time until a server begins or while the work rests, and time of the service; 0 of steps that
        are not done.
    done
        (s, k) whether they did the step.
    """

    route: int
    rows: slice | Ints
    place: Mapping[int, int]
    waiting: Floats
    work: Floats
    done: Flags


def _stays_of(run: Replication, route: int, rows: slice | Ints) -> Stays:
    """Return the stays of consignments of a route; on declaration tracks only while the goods waited."""
    plan, trace = run.corridor.plan, run.trace
    place, joins = looked_at(run.corridor, route)
    steps = plan.route_steps(route)
    its = np.array([*place], dtype=np.int64) - steps.start
    done = trace.block(trace.done, steps)[its][:, rows]
    # Copies, which may change.
    times_us = trace.ready_us, trace.begin_us, trace.end_us
    ready, begin, end = (trace.block(times, steps)[its][:, rows] for times in times_us)
    for k, join in joins:
        since = trace.at(join).ready_us[rows]
        for times in (ready[k], begin[k], end[k]):
            np.maximum(times, since, out=times)
    waiting, work = _hours(done, ready, begin), _hours(done, begin, end)
    for at in map(trace.at, place if plan.resource_resumes.any() else ()):
        if at.may_rest:
            k, server = place[at.step], at.departure_index[rows]
            worked = worked_us(plan, int(plan.step_provider[at.step]), server, begin[k], end[k])
            rested = np.where(done[k], end[k] - begin[k] - worked, 0) / HOUR
            waiting[k] += rested
            work[k] -= rested
    return Stays(route, rows, place, waiting, work, done)


def _add_route(run: Replication, procedure: str, stays: Stays, sums: Sums) -> None:
    """Add the times of one route to the sums by lane, route and office."""
    route, ids = stays.route, run.trace.ids[stays.route][stays.rows]
    offices = offices_of(run.corridor, procedure, route)
    if not offices or not len(ids):
        return
    together = Spent()
    for office, steps in offices:
        spent = _spent_at(steps, stays)
        for stage, passed in spent.passed.items():
            together.add(stage, spent.waiting[stage], spent.work[stage], passed)
        _removal(run, spent, office, stays)
        named = (office.name,) if len(offices) > 1 else (office.name, TOGETHER)
        _sum(run, route, named, ids, stays.done[stays.place[office.release]], spent, sums)
    if len(offices) > 1:
        released = np.isfinite(run.clearance.hours[procedure][ids])
        named = (TOGETHER, OFFICE_SEPARATOR.join(one.name for one, _ in offices))
        _sum(run, route, named, ids, released, together, sums)


def _spent_at(steps: StageSteps, stays: Stays) -> Spent:
    """Return the time that some consignments of a route spent at the steps of an office until its release."""
    spent = Spent()
    for stage, t, _ in steps:
        k = stays.place[t]
        spent.add(stage, stays.waiting[k], stays.work[k], stays.done[k])
    return spent


def _hours(done: Flags, since: Ints, until: Ints) -> Floats:
    """Return the time between two instants, h; 0 of those that are not done."""
    return np.where(done, until - since, 0) / HOUR


def stages_at(run: Movement, office: Office) -> Iterator[tuple[int, Events, Ints, Ints, Ints]]:
    """Yield the steps of an office that belong to a stage: stage, events, and (k,) ready, begin, end, us.

    On the declaration track these are cut off before the goods arrive and wait.
    """
    trace = run.trace
    for stage, t, join in stage_steps(run.corridor, office):
        at = trace.at(t)
        ready, begin, end = times = (at.ready_us, at.begin_us, at.end_us)
        if join is not None:
            since = trace.at(join).ready_us
            ready, begin, end = (np.maximum(time, since) for time in times)
        yield stage, at, ready, begin, end


def _removal(run: Replication, spent: Spent, office: Office, stays: Stays) -> None:
    """Add the time from the release until the goods leave the facility or reach its next office."""
    trace, plan, rows = run.trace, run.corridor.plan, stays.rows
    main = plan.main_steps(office.route)
    gone = stays.done[stays.place[office.release]]
    for s in range(office.release + 1, main.stop):
        if run.corridor.steps[s].part not in BETWEEN:  # a transport, or the next office
            left = reduce(np.maximum, (trace.at(one).begin_us[rows] for one in plan.choice(s)))
            gone = gone & (left != NEVER)
            waited = _hours(gone, trace.at(s).ready_us[rows], left)
            spent.add(REMOVAL, waited, np.zeros(len(gone)), gone)
            break
        k = stays.place[s]
        spent.add(REMOVAL, stays.waiting[k], stays.work[k], stays.done[k])
    else:
        gone = gone & stays.done[stays.place[main[-1]]]
    for table in (spent.waiting, spent.work):
        table[REMOVAL] = np.where(gone, table.get(REMOVAL, 0.0), 0.0)
    spent.passed[REMOVAL] = gone


def _sum(
    run: Replication,
    route: int,
    offices: Collection[str],
    ids: Ints,
    counted: Flags,
    spent: Spent,
    sums: Sums,
) -> None:
    """Add the time on a route, at offices, to the sums of the lane and route, the lane, and all lanes."""
    mine = np.flatnonzero(counted)
    if not len(mine):
        return
    lanes, names = run.world.lane[ids[mine]], run.corridor.lane_names
    stages = [*spent.passed]
    each = [of[stage] for of in (spent.waiting, spent.work, spent.passed) for stage in stages]
    columns = np.concatenate(each).reshape(len(each), -1)
    if len(mine) < len(counted):
        columns = columns[:, mine]
    # Added up one after the other, as bincount does: sums of a lane and of all are then the same.
    totals = np.cumsum(columns, axis=1)[:, -1:]
    n, of_lanes = np.bincount(lanes, minlength=len(names)), totals
    some = np.flatnonzero(n).tolist()
    if len(some) > 1:
        bins = len(names) * np.arange(len(columns))[:, np.newaxis] + lanes
        of_lanes = np.bincount(bins.ravel(), columns.ravel(), minlength=len(columns) * len(names))
        of_lanes = of_lanes.reshape(len(columns), -1)[:, some]
    found = np.zeros((1 + len(some), 3 * len(STAGES) + 1))
    at = np.add.outer(len(STAGES) * np.arange(3), stages).ravel()
    found[:, at] = np.column_stack([totals, of_lanes]).T
    found[:, -1] = [len(mine), *n[some]]
    route_name = run.corridor.plan.names.routes[route]
    places = [(names[lane], on, k) for k, lane in enumerate(some, 1) for on in (TOGETHER, route_name)]
    for lane, on, k in [(TOGETHER, TOGETHER, 0), *places]:
        for office in offices:
            old = sums.get((lane, on, office))
            sums[lane, on, office] = found[k] if old is None else old + found[k]


def _add_means(
    table: Table,
    corridor: Corridor,
    procedure: str,
    places: Sequence[tuple[str, str, str]],
    sums: Sequence[Floats],
) -> None:
    """Add the means of each lane, route and office of a procedure."""
    *totals, n = np.split(np.stack(sums), len(STAGES) * np.arange(1, 4), axis=1)
    waiting, work, passed = totals
    of = np.where(np.arange(len(STAGES)) == REMOVAL, passed, n)
    # The whole, and then of each stage its waiting, its work and the share that passes it.
    values, over = np.empty((2, len(n), 1 + 3 * len(STAGES)))
    values[:, :1] = (waiting + work)[:, :REMOVAL].sum(axis=1, keepdims=True) / n
    with np.errstate(invalid="ignore"):
        values[:, 1::3], values[:, 2::3], values[:, 3::3] = waiting / of, work / of, 100 * passed / n
    over[:], over[:, 1::3], over[:, 2::3] = n, of, of
    for k, place in enumerate(places):
        columns, keys = columns_of(corridor, procedure, *place, (of[k] > 0).tobytes())
        table.add(keys, values[k, columns], over[k, columns])
