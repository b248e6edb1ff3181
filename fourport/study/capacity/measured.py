"""Measure what a target asks of a run: the value, where the time goes, and the load of the resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.causes import CAUSES
from fourport.measures import MEASURES
from fourport.plan.corridor import Office
from fourport.plan.tables import HOUR, NEVER, Floats, Kind
from fourport.study.capacity.target import Target, offices_at
from fourport.study.clearance import office_hours
from fourport.study.clearance_stages import REMOVAL, STAGES, spent_at
from fourport.study.cohort import Cohort
from fourport.study.replication import Movement, Replication
from fourport.study.staffing import open_us
from fourport.trace import Events
from fourport.trace.causes import cause_totals
from fourport.world.tables import Flags

LIGHT = ("clearance", "visits", "wait", "door_to_door_time")
"""Times within a target that need no invoice."""

Parts = Mapping[str, float]
"""Hours by what they are spent on, in a few words; their sum is the whole."""


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
    cohort = Cohort(run, np.flatnonzero(mine))
    one, n = MEASURES[target.measure], len(cohort.ids)
    found = one.of(cohort) if n else None
    value = np.nan if found is None else found.values[target.measure]
    if found is None or np.isnan(value):
        return Counted(0.0, 0.0, n, n - len(cohort.delivered), *rest)
    if one.kind == "share":
        return Counted(value * found.over, found.over, int(found.over), 0, *rest)
    over = 1.0 if np.isnan(found.over) else found.over
    return Counted(value * over, over, n, n - len(cohort.delivered), *rest)


def times_of(run: Movement, resource: str, measure: str, mine: Flags) -> Floats:
    """Return the times of a measure of some consignments, h; infinite if not over at the end of the run."""
    if measure in ("visits", "wait"):
        return _visits(run, resource, measure, mine)
    if measure == "clearance":
        found = np.full(run.world.n, np.nan)
        for office in _offices(run, resource):
            ids, hours = office_hours(office, run.trace)
            found[ids] = np.fmax(found[ids], hours)
        passed: Floats = found[mine & ~np.isnan(found)]
        return passed
    if measure == "door_to_door_time":
        arrived, entered = run.delivered_us[mine], run.world.entry_us[mine]
        return np.where(arrived != NEVER, (arrived - entered) / HOUR, np.inf)
    assert isinstance(run, Replication)
    times = MEASURES[measure].sample_of(Cohort(run, np.flatnonzero(mine)))
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


def _offices(run: Movement, resource: str) -> list[Office]:
    names = offices_at(run.corridor, resource)
    return [office for office in run.corridor.offices if office.name in names]


def parts_of(run: Movement, resource: str, measure: str, mine: Flags) -> tuple[Parts, int]:
    """Return where the time of some consignments goes, in h for all together, and their number.

    They are those whose time is over. Clearance has the stages of customs, a visit its wait and its service,
    all else the causes of the door-to-door time.
    """
    if measure in ("visits", "wait"):
        wait, whole = (_visits(run, resource, one, mine) for one in ("wait", "visits"))
        over = np.isfinite(whole)
        waited = float(wait[over].sum())
        for at in _events(run, resource):
            if at.may_rest:
                waited += float(at.rested_us(at.begin_us, at.end_us)[at.done & mine[at.ids]].sum()) / HOUR
        return {"waiting": waited, "service": float(whole[over].sum()) - waited}, int(over.sum())
    offices = _offices(run, resource)
    if measure.startswith("clear") and measure != "clearance":
        procedures = {"cleared_within_24h": ("import", "export")}.get(measure, (measure.rpartition("_")[2],))
        offices = [office for office in run.corridor.offices if office.procedure in procedures]
    if measure.startswith("clear"):
        return _stages(run, offices, mine)
    over = mine & (run.delivered_us != NEVER)
    totals = cause_totals(run.corridor, run.trace)[over].sum(axis=0) / HOUR
    names = (meaning for _, meaning in CAUSES.values())
    return dict(zip(names, totals.tolist(), strict=True)), int(over.sum())


def _stages(run: Movement, offices: Sequence[Office], mine: Flags) -> tuple[Parts, int]:
    found: dict[str, float] = {}
    for stage in STAGES[:REMOVAL]:
        words = stage.replace("-", " ")
        found |= {f"waiting for {words}": 0.0, words: 0.0}
    cleared = np.zeros(run.world.n, dtype=np.bool_)
    for office in offices:
        ids = run.trace.ids[office.route]
        over = mine[ids] & run.trace.at(office.release).done
        cleared[ids] |= over
        spent = spent_at(run, office)
        for k in spent.stages:
            words = STAGES[k].replace("-", " ")
            found[f"waiting for {words}"] += float(spent.waiting[k][over].sum())
            found[words] += float(spent.work[k][over].sum())
    return found, int(cleared.sum())
