"""Clearance time by the stages of the WCO Time Release Study."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from fourport.plan.corridor import STAGE_OF, Corridor, Office, Part, once
from fourport.plan.tables import HOUR, NEVER, Floats, Ints, Kind, Plan
from fourport.store.tables import OFFICE_SEPARATOR, TOGETHER
from fourport.study.clearance import PROCEDURES
from fourport.study.replication import Movement, Replication
from fourport.trace import Events
from fourport.world.tables import Flags

STAGES = (
    "handling",
    "preparation",
    "document-control",
    "payment",
    "amendment",
    "scan",
    "appointment",
    "inspection",
    "laboratory",
    "removal",
)
"""Stages in order.

Handling, such as unloading, takes place between arrival and customs. Removal lasts from the release until the
goods leave the facility, and is not part of the clearance time.
"""

REMOVAL = STAGES.index("removal")

NUMBER: Mapping[Part, int] = {part: STAGES.index(stage) for part, stage in STAGE_OF.items()}
"""Index of the stage of each part of an office or other activity; instants belong to no stage."""

BETWEEN = ("handling", "stay", "direct", "information", "manifest")
"""Parts between two offices, or between an office and a transport, of a facility."""

StageKey = tuple[str, str, str, str, int, str, str, str]
"""Lane, route, procedure, office, order, stage, measure, unit."""

Sums = dict[tuple[str, str, str], list[Floats]]
"""By lane, route and office: waiting, work and passages, (stages,) each, and number of consignments, (1,)."""


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


def stages_of(run: Replication) -> Iterator[tuple[StageKey, float, float]]:
    """Yield the mean time of each stage by lane, route, procedure and office, and the share that passes it.

    The third number is that of the consignments that the mean or share is over.

    Means are over consignments of the cohort that the office has released. For all offices of a procedure
    together they are over consignments that all offices on their route have released, so the stages up to the
    release sum to ``clearance_time_import`` and so on. The same holds for several offices in sequence
    (``OFFICE_SEPARATOR``). A stage that no consignment passed has zeros. Removal is
    reported office by office, over consignments that have left.
    """
    places: dict[tuple[str, str], tuple[str, ...] | None] = {(TOGETHER, TOGETHER): None}
    for name, lane in run.corridor.scenario.lanes.items():
        places[name, TOGETHER] = tuple(lane.routes)
        places |= {(name, route): (route,) for route in lane.routes}
    measured = [_measured(run.in_window[ids]) for ids in run.trace.ids]
    for procedure in PROCEDURES:
        sums: Sums = {}
        for number, mine in enumerate(measured):
            _add_route(run, procedure, number, mine, sums)
        offices = dict.fromkeys((TOGETHER, *(office for *_, office in sums)))
        keys = [(*place, office) for place in places for office in offices if (*place, office) in sums]
        if keys:
            there = [_there(run.corridor, procedure, office, places[lane, on]) for lane, on, office in keys]
            yield from _means(procedure, keys, there, [sums[key] for key in keys])


@once
def _there(
    corridor: Corridor, procedure: str, office: str, routes: tuple[str, ...] | None
) -> Collection[int]:
    """Return the stages that an office, or a whole procedure, has on the given routes (None: all)."""
    plan, found = corridor.plan, set()
    for one in corridor.offices:
        if one.procedure != procedure or not (
            office == TOGETHER or one.name in office.split(OFFICE_SEPARATOR)
        ):
            continue
        if routes is not None and plan.names.routes[one.route] not in routes:
            continue
        for s in _steps(plan, one):
            join = int(plan.step_kind[s]) == Kind.JOIN
            on_track = plan.track_steps(int(plan.step_track[s])) if join else ()
            found |= {NUMBER.get(corridor.steps[t].part) for t in (s, *on_track)}
        if office == one.name:
            found.add(REMOVAL)
    return sorted(stage for stage in found if stage is not None)


def _steps(plan: Plan, office: Office) -> range:
    """Return the main steps from the entry at an office to its release."""
    before = plan.main_steps(office.route).start - 1 if office.entry is None else office.entry
    return range(before + 1, office.release + 1)


def _measured(in_window: Flags) -> slice | Ints:
    """Return the places of those in the window: as a slice, since they usually follow each other."""
    found = np.flatnonzero(in_window)
    first, last = (int(found[0]), int(found[-1]) + 1) if len(found) else (0, 0)
    return slice(first, last) if last - first == len(found) else found


@once
def _offices(corridor: Corridor, procedure: str, route: int) -> tuple[Office, ...]:
    """Return the offices of a procedure on a route, in order."""
    return tuple(one for one in corridor.offices if (one.route, one.procedure) == (route, procedure))


def _add_route(run: Replication, procedure: str, route: int, measured: slice | Ints, sums: Sums) -> None:
    """Add the times of one route to the sums by lane, route and office.

    Parameters
    ----------
    measured
        Places among the consignments of the route of those that were accepted in the window.
    """
    offices, ids = _offices(run.corridor, procedure, route), run.trace.ids[route][measured]
    if not offices or not len(ids):
        return
    together = Spent()
    for office in offices:
        spent = _spent_at(run, office, measured)
        for stage, passed in spent.passed.items():
            together.add(stage, spent.waiting[stage], spent.work[stage], passed)
        _removal(run, spent, office, measured)
        released = run.trace.at(office.release).done[measured]
        named = (office.name,) if len(offices) > 1 else (office.name, TOGETHER)
        _sum(run, route, named, ids, released, spent, sums)
    if len(offices) > 1:
        released = np.isfinite(run.clearance.hours[procedure][ids])
        named = (TOGETHER, OFFICE_SEPARATOR.join(one.name for one in offices))
        _sum(run, route, named, ids, released, together, sums)


def _spent_at(run: Movement, office: Office, rows: slice | Ints) -> Spent:
    """Return the time that some consignments of a route spent at an office until its release."""
    spent = Spent()
    for stage, at, *times in stages_at(run, office):
        ready, begin, end = (time[rows] for time in times)
        done = at.done[rows]
        waiting, work = _hours(done, ready, begin), _hours(done, begin, end)
        if at.may_rest:
            rested = np.where(done, at.rested_us(*times[1:])[rows], 0) / HOUR
            waiting, work = waiting + rested, work - rested
        spent.add(stage, waiting, work, done)
    return spent


def _hours(done: Flags, since: Ints, until: Ints) -> Floats:
    """Return the time between two instants, h; 0 of those that are not done."""
    return np.where(done, until - since, 0) / HOUR


def stages_at(run: Movement, office: Office) -> Iterator[tuple[int, Events, Ints, Ints, Ints]]:
    """Yield the steps of an office that belong to a stage: stage, events, and (k,) ready, begin, end, us.

    On the declaration track these are cut off before the goods arrive and wait.
    """
    plan, trace = run.corridor.plan, run.trace
    for s in _steps(plan, office):
        join = int(plan.step_kind[s]) == Kind.JOIN
        for t in plan.track_steps(int(plan.step_track[s])) if join else (s,):
            stage, at = NUMBER.get(run.corridor.steps[t].part), trace.at(t)
            if stage is not None:
                ready, begin, end = times = (at.ready_us, at.begin_us, at.end_us)
                if join:
                    since = trace.at(s).ready_us
                    ready, begin, end = (np.maximum(time, since) for time in times)
                yield stage, at, ready, begin, end


def _removal(run: Replication, spent: Spent, office: Office, rows: slice | Ints) -> None:
    """Add the time from the release until the goods leave the facility or reach its next office."""
    trace, plan = run.trace, run.corridor.plan
    gone = trace.at(office.release).done[rows]
    for s in range(office.release + 1, plan.main_steps(office.route).stop):
        at = trace.at(s)
        ready, done = at.ready_us[rows], at.done[rows]
        if run.corridor.steps[s].part not in BETWEEN:  # a transport, or the next office
            left = reduce(np.maximum, (trace.at(one).begin_us[rows] for one in plan.choice(s)))
            gone = gone & (left != NEVER)
            spent.add(REMOVAL, _hours(gone, ready, left), np.zeros(len(gone)), gone)
            break
        begin, end = at.begin_us[rows], at.end_us[rows]
        spent.add(REMOVAL, _hours(done, ready, begin), _hours(done, begin, end), done)
    else:
        gone = gone & trace.at(plan.main_steps(office.route)[-1]).done[rows]
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
    n = np.bincount(lanes, minlength=len(names))
    stages, every = [*spent.passed], len(mine) == len(counted)
    times = (of[stage] for of in (spent.waiting, spent.work) for stage in stages)
    flags = (spent.passed[stage] for stage in stages)
    columns = [one if every else one[mine] for one in (*times, *flags)]
    # Added up one after the other, as bincount does: sums of a lane and of all are then the same.
    of_columns = np.stack(columns, axis=1).sum(axis=0)
    found = np.zeros((3, len(STAGES), len(names)))
    together = np.zeros((3, len(STAGES)))
    together[:, stages] = of_columns.reshape(3, -1)
    if (n > 0).sum() == 1:
        found[:, :, lanes[0]] = together
    else:
        by_lane = [np.bincount(lanes, one, minlength=len(names)) for one in columns]
        found[:, stages] = np.reshape(by_lane, (3, len(stages), -1))

    def add(lane: str, on: str, totals: Floats, count: int) -> None:
        new = [*totals, np.array([float(count)])]
        for office in offices:
            old = sums.get((lane, on, office))
            sums[lane, on, office] = new if old is None else [a + b for a, b in zip(old, new, strict=True)]

    add(TOGETHER, TOGETHER, together, len(mine))
    for lane in np.flatnonzero(n).tolist():
        for on in (TOGETHER, run.corridor.plan.names.routes[route]):
            add(names[lane], on, found[:, :, lane], n[lane])


def _means(
    procedure: str,
    keys: Sequence[tuple[str, str, str]],
    there: Sequence[Collection[int]],
    sums: Sequence[list[Floats]],
) -> Iterator[tuple[StageKey, float, float]]:
    """Yield the means of each lane, route and office; ``there`` are the stages of each."""
    waiting, work, passed, n = (np.stack(columns) for columns in zip(*sums, strict=True))
    whole = ((waiting + work)[:, :REMOVAL].sum(axis=1) / n[:, 0]).tolist()
    over = np.where(np.arange(len(STAGES)) == REMOVAL, passed, n)
    with np.errstate(invalid="ignore"):
        columns = [one.tolist() for one in (waiting / over, work / over, 100 * passed / n, over)]
    for k, (lane, route, office) in enumerate(keys):
        mean_waiting, mean_work, share, of = (column[k] for column in columns)
        of_all, place = float(n[k, 0]), (lane, route, procedure, office)
        yield (*place, 0, TOGETHER, "time", "h"), whole[k], of_all
        for stage in there[k]:
            key = *place, stage + 1, STAGES[stage]
            if of[stage]:
                yield (*key, "waiting", "h"), mean_waiting[stage], of[stage]
                yield (*key, "work", "h"), mean_work[stage], of[stage]
            yield (*key, "passed", "%"), share[stage], of_all
