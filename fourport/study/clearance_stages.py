"""Clearance time by the stages of the WCO Time Release Study."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourport import machine
from fourport.plan.corridor import Corridor, Office
from fourport.plan.tables import Floats, Ints
from fourport.store.tables import TOGETHER
from fourport.study.clearance import PROCEDURES
from fourport.study.clearance_steps import (
    REMOVAL,
    STAGES,
    columns_of,
    in_order,
    measured_offices,
    places_of,
    stage_steps,
    stages_of_offices,
)
from fourport.study.compiled.stage_tables import STAGES_OF_OFFICES, Cohort, Sums
from fourport.study.keyed import Keys, Table
from fourport.study.replication import Movement, Replication
from fourport.trace import Events
from fourport.world.tables import Flags


def stages_of(run: Replication) -> Table:
    """Return the mean time of each stage by lane, route, procedure and office, and the share that passes it.

    Means are over consignments of the cohort that the office has released. For all offices of a procedure
    together they are over consignments that all offices on their route have released, so the stages up to the
    release sum to ``clearance_time_import`` and so on. The same holds for several offices in sequence
    (``OFFICE_SEPARATOR``). A stage that no consignment passed has zeros. Removal is
    reported office by office, over consignments that have left.
    """
    corridor, rows, found = run.corridor, list[int](), list[tuple[Ints, Keys]]()
    counts, sums = _sums(run)
    (values, over, passed), n = _means(sums), sums.n.tolist()
    for procedure in PROCEDURES:
        names = dict.fromkeys((TOGETHER, *_names(corridor, procedure, counts)))
        for place, k in in_order(corridor, procedure, tuple(names)):
            if n[k]:
                rows.append(k)
                found.append(columns_of(corridor, *place, passed[k].tobytes()))
    table = Table()
    if found:
        columns, keys = zip(*found, strict=True)
        at = np.repeat(rows, [*map(len, keys)]), np.concatenate(columns)
        table.add(keys, values[at], over[at])
    return table


def _names(corridor: Corridor, procedure: str, counts: Floats) -> Iterator[str]:
    """Yield the names of offices that have released anybody, by route."""
    for (offices, names), n in zip(measured_offices(corridor), counts.tolist(), strict=True):
        if n and offices[0].procedure == procedure:
            yield from names


def _sums(run: Replication) -> tuple[Floats, Sums]:
    """Return how many each of the measured offices has released, and the sums of all places."""
    corridor, trace, offices = run.corridor, run.trace, measured_offices(run.corridor)
    lanes = 1 + len(corridor.lane_names)
    parts, wholes = _no_sums(len(offices) * lanes), _no_sums(len(places_of(corridor)[0]))
    machine.run(
        STAGES_OF_OFFICES,
        *stages_of_offices(corridor),
        trace.places,
        machine.readable(trace.happened),
        machine.readable(Cohort(run.in_window, run.world.lane, _rested_us(run))),
        parts,
        wholes,
    )
    return parts.n[::lanes], wholes


def _no_sums(n: int) -> Sums:
    waiting, work, passed = np.zeros((3, n, len(STAGES)))
    return Sums(waiting, work, passed, np.zeros(n))


def _rested_us(run: Replication) -> Ints:
    """Return how long the work of each step rested, as far as goods waited for it; nothing if none rests."""
    trace = run.trace
    if not run.corridor.plan.resource_resumes.any():
        return np.empty(0, dtype=np.int64)
    found = np.zeros(len(trace.end_us), dtype=np.int64)
    _, stages = stages_of_offices(run.corridor)
    for step, join in dict(zip(stages.step.tolist(), stages.join.tolist(), strict=True)).items():
        at = trace.at(step)
        if at.may_rest:
            begin, end = at.begin_us, at.end_us
            if join >= 0:
                begin, end = (np.maximum(times, trace.at(join).ready_us) for times in (begin, end))
            found[trace.slices[step]] = np.where(at.done, at.rested_us(begin, end), 0)
    return found


def _means(sums: Sums) -> tuple[Floats, Floats, Flags]:
    """Return the means of all places.

    Returns
    -------
    By place: the whole, and then of each stage its waiting, its work and the share that passes it; over how
    many consignments each is; and of which stages there are times.
    """
    n = sums.n[:, np.newaxis]
    of = np.where(np.arange(len(STAGES)) == REMOVAL, sums.passed, n)
    values, over = np.empty((2, len(n), 1 + 3 * len(STAGES)))
    with np.errstate(invalid="ignore"):
        values[:, :1] = (sums.waiting + sums.work)[:, :REMOVAL].sum(axis=1, keepdims=True) / n
        values[:, 1::3], values[:, 2::3] = sums.waiting / of, sums.work / of
        values[:, 3::3] = 100 * sums.passed / n
    over[:], over[:, 1::3], over[:, 2::3] = n, of, of
    return values, over, of > 0


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
