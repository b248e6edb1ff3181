"""Measure what a target asks of a run: the value, where the time goes, and the load of the resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.causes import CAUSES, CLEARANCE_STAGES, QUEUE, WORK
from fourport.measures import MEASURES
from fourport.plan.corridor import Corridor, Office
from fourport.plan.tables import HOUR, NEVER, Floats, Ints, Kind
from fourport.study.capacity.target import VISITS, Target, offices_at
from fourport.study.clearance import PROCEDURES, office_hours
from fourport.study.clearance_stages import stages_at
from fourport.study.clearance_steps import STAGES
from fourport.study.cohort import Cohorts
from fourport.study.replication import Movement, Replication
from fourport.study.staffing import open_us
from fourport.trace import Events
from fourport.trace.closures import closed_us
from fourport.trace.totals import cause_totals
from fourport.world.tables import Flags

LIGHT = ("clearance", "visits", "wait", "door_to_door_time")
"""Times within a target that need no invoice."""

CLOSED = CAUSES["closed"][0]
"""Title of the time for which what is waited for, or works, is closed."""

Parts = Mapping[str, float]
"""Hours by the title of what they are spent on (:mod:`fourport.causes`); their sum is the whole."""


@dataclass(frozen=True)
class Counted:
    """What one run counts for a target. The value of several runs is the sum of values by that of weights.

    Attributes
    ----------
    value, weight
        Sum of what is measured, and of what it is divided by: for a share 100 times the number that count
        and the number of all; for another measure of the summary its value and 1, or 0 and 0 if there is
        none.
    n, unfinished
        Number of visits or consignments, and of those that are not over at the end of the run.
    weeks
        Number of weeks in which the consignments were accepted.
    services, work, squares, offered
        At the resource, in the window: services begun, the sum of their h and of the squares, and the server
        hours on duty.
    """

    value: float
    weight: float
    n: int
    unfinished: int
    weeks: int
    services: int
    work: float
    squares: float
    offered: float


def count(run: Movement, resource: str, target: Target, mine: Flags) -> Counted:
    """Count what a target asks for among some consignments, (n,)."""
    plan = run.corridor.plan
    index = plan.names.resources.index(resource)
    services = [np.stack([at.begin_us, at.duration_us])[:, at.begun] for at in _events(run, resource)]
    begin, lasts = np.concatenate([np.empty((2, 0), dtype=np.int64), *services], axis=1)
    hours = lasts[(begin >= plan.window_start_us) & (begin < plan.window_end_us)] / HOUR
    window = np.array([plan.window_start_us, plan.window_end_us], dtype=np.int64)
    offered = float(open_us(plan, index, window)[0]) / HOUR
    rest = (run.weeks(mine), len(hours), float(hours.sum()), float((hours**2).sum()), offered)
    if target.within_us is not None:
        times = times_of(run, resource, target.measure, mine)
        within = int((times <= target.within_us / HOUR).sum())
        return Counted(100.0 * within, len(times), len(times), int(np.isinf(times).sum()), *rest)
    assert isinstance(run, Replication)
    cohort = Cohorts.of(run, np.flatnonzero(mine))
    one, n = MEASURES[target.measure], len(cohort.ids)
    found = one.of(cohort) if n else None
    value = np.nan if found is None else found.values[target.measure]
    if found is None or np.isnan(value):
        return Counted(0.0, 0.0, n, n - len(cohort.delivered.ids), *rest)
    if one.kind == "share":
        return Counted(value * found.over, found.over, int(found.over), 0, *rest)
    over = 1.0 if np.isnan(found.over) else found.over
    return Counted(value * over, over, n, n - len(cohort.delivered.ids), *rest)


def times_of(run: Movement, resource: str, measure: str, mine: Flags) -> Floats:
    """Return the times of a measure of some consignments, h; infinite if not over at the end of the run."""
    if measure in VISITS:
        return _visits(run, resource, measure, mine)
    if measure == "clearance":
        found = np.full(run.world.n, np.nan)
        for office in offices_of(run.corridor, resource, measure):
            ids, hours = office_hours(office, run.trace)
            found[ids] = np.fmax(found[ids], hours)
        passed: Floats = found[mine & ~np.isnan(found)]
        return passed
    if measure == "door_to_door_time":
        arrived, entered = run.delivered_us[mine], run.world.entry_us[mine]
        return np.where(arrived != NEVER, (arrived - entered) / HOUR, np.inf)
    assert isinstance(run, Replication)
    times = MEASURES[measure].sample_of(Cohorts.of(run, np.flatnonzero(mine)))
    return np.empty(0) if times is None else times


def _visits(run: Movement, resource: str, measure: str, mine: Flags) -> Floats:
    found = [np.empty(0)]
    for at in _events(run, resource):
        here = at.visited & mine[at.ids]
        ready, over = at.ready_us[here], (at.begin_us if measure == "wait" else at.end_us)[here]
        found.append(np.where(over != NEVER, (over - ready) / HOUR, np.inf))
    return np.concatenate(found)


def _events(run: Movement, resource: str) -> Iterator[Events]:
    """Yield the events of each step at a resource."""
    plan, index = run.corridor.plan, run.corridor.plan.names.resources.index(resource)
    for s in np.flatnonzero((plan.step_kind == Kind.RESOURCE) & (plan.step_provider == index)).tolist():
        yield run.trace.at(s)


def offices_of(corridor: Corridor, resource: str, measure: str) -> list[Office]:
    """Return the customs offices on routes of which a measure tells: those of a resource, or all."""
    if measure == "clearance":
        names = offices_at(corridor, resource)
        return [office for office in corridor.offices if office.name in names]
    procedures: Sequence[str] = PROCEDURES
    if measure == "cleared_within_24h":
        procedures = ("import", "export")
    elif measure.startswith("clearance_time_"):
        procedures = (measure.removeprefix("clearance_time_"),)
    return [office for office in corridor.offices if office.procedure in procedures]


def parts_of(run: Movement, resource: str, measure: str, mine: Flags) -> tuple[Parts, int]:
    """Return where the time of some consignments goes, in h for all together, and their number.

    They are those whose time is over. Clearance has the stages of customs, a visit its queue and work, the
    rest the causes of the door-to-door time. Hours in which nobody is on duty are no wait of a stage.
    """
    if measure in VISITS:
        return _visit_parts(run, resource, mine)
    if measure.startswith("clear"):
        return _stages(run, offices_of(run.corridor, resource, measure), mine)
    over = mine & (run.delivered_us != NEVER)
    totals = cause_totals(run.corridor, run.trace)[over].sum(axis=0) / HOUR
    names = (title for title, _ in CAUSES.values())
    return dict(zip(names, totals.tolist(), strict=True)), int(over.sum())


def _visit_parts(run: Movement, resource: str, mine: Flags) -> tuple[Parts, int]:
    found, n = {CLOSED: 0.0, QUEUE: 0.0, WORK: 0.0}, 0
    for at in _events(run, resource):
        over = at.done & mine[at.ids]
        closed, queue, work = _split(run, at, over, at.ready_us, at.begin_us, at.end_us)
        found[CLOSED] += closed
        found[QUEUE] += queue
        found[WORK] += work
        n += int(over.sum())
    return found, n


def _stages(run: Movement, offices: Sequence[Office], mine: Flags) -> tuple[Parts, int]:
    found = {CLOSED: 0.0, **{title: 0.0 for titles in CLEARANCE_STAGES.values() for title in titles if title}}
    cleared = np.zeros(run.world.n, dtype=np.bool_)
    for office in offices:
        ids = run.trace.ids[office.route]
        released = mine[ids] & run.trace.at(office.release).done
        cleared[ids] |= released
        for stage, at, *times in stages_at(run, office):
            closed, queue, work = _split(run, at, released & at.done, *times)
            work_title, queue_title = CLEARANCE_STAGES[STAGES[stage]]
            found[CLOSED] += closed
            found[queue_title or work_title] += queue
            found[work_title] += work
    return found, int(cleared.sum())


def _split(
    run: Movement, at: Events, over: Flags, ready: Ints, begin: Ints, end: Ints
) -> tuple[float, float, float]:
    """Return for how long the resource of a step was closed, busy with others, and at work, h in all."""
    ready, waited, worked = ready[over], (begin - ready)[over], (end - begin)[over]
    closed = np.zeros_like(waited)
    if int(run.corridor.plan.step_kind[at.step]) == Kind.RESOURCE:
        closed = closed_us(run.corridor, int(run.corridor.plan.step_provider[at.step]), ready, begin[over])
    rested = at.rested_us(begin, end)[over] if at.may_rest else np.zeros_like(worked)
    parts = closed.sum() + rested.sum(), (waited - closed).sum(), (worked - rested).sum()
    off, queue, work = (float(part) / HOUR for part in parts)
    return off, queue, work
