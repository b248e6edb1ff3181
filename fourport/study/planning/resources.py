"""Utilisation of each resource by weekday and hour, in local time of its facility."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourport.plan.tables import DAY, HOUR, WEEK, Floats, Ints, Kind
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.study.planning.local_time import QUARTER, local_us, weekday
from fourport.study.planning.sheets import Sheet
from fourport.study.replication import Replication
from fourport.study.staffing import open_us

HOURS_A_WEEK = 7 * 24


def measure(run: Replication) -> Sheet:
    """Measure open and busy server-hours by resource and hour of the week, per week of the window.

    Work that ends after closing counts as busy in hours without open servers.
    """
    plan, scenario = run.corridor.plan, run.corridor.scenario
    grid = np.arange(plan.window_start_us, plan.window_end_us + 1, QUARTER, dtype=np.int64)
    weeks = (plan.window_end_us - plan.window_start_us) / WEEK
    values = np.zeros((len(plan.names.resources), HOURS_A_WEEK, 2))
    for resource, (name, (begin, length)) in enumerate(zip(plan.names.resources, _work(run), strict=True)):
        local = local_us(grid[:-1], scenario.facilities[name.partition("/")[0]].zone)
        hour = weekday(local) * 24 + local % DAY // HOUR
        for column, spent in enumerate((open_us(plan, resource, grid), _busy(begin, length, grid))):
            values[resource, :, column] = np.bincount(hour, spent, minlength=HOURS_A_WEEK) / HOUR / weeks
    keys = [
        (name.partition("/")[0], name.partition("/")[2], WEEKDAYS[k // 24], k % 24)
        for name in plan.names.resources
        for k in range(HOURS_A_WEEK)
    ]
    return Sheet(keys, values.reshape(-1, 2))


def _work(run: Replication) -> list[tuple[Ints, Ints]]:
    """Return begin and length, us, of all services by each resource, for goods and declarations."""
    plan = run.corridor.plan
    nothing = np.empty(0, dtype=np.int64)
    begins, lengths = ([[nothing] for _ in plan.names.resources] for _ in range(2))
    for s in np.flatnonzero(plan.step_kind == Kind.RESOURCE).tolist():
        at, resource = run.trace.at(s), int(plan.step_provider[s])
        begins[resource].append(at.begin_us[at.begun])
        lengths[resource].append(at.duration_us[at.begun])
    return [(np.concatenate(b), np.concatenate(d)) for b, d in zip(begins, lengths, strict=True)]


def _busy(begin: Ints, length: Ints, grid: Ints) -> Floats:
    """Return the server-time used in each cell of a grid, us."""
    return _since(begin, grid) - _since(begin + length, grid)


def _since(marks: Ints, grid: Ints) -> Floats:
    """Return the time since each mark that falls into each cell of an even grid, summed over the marks, us.

    A mark counts for the rest of its own cell, and for all cells after it.
    """
    cells, width = len(grid) - 1, int(grid[1] - grid[0])
    since_start = np.maximum(marks - grid[0], 0)
    cell = np.minimum(since_start // width, cells)
    count = np.bincount(cell, minlength=cells + 1)[:cells]
    before = np.bincount(cell, since_start - cell * width, minlength=cells + 1)[:cells]
    return np.asarray(np.cumsum(count) * width - before, dtype=np.float64)


def rows(mean: Sheet) -> Iterator[tuple[object, ...]]:
    """Yield a row for each hour in which a resource is open or busy."""
    for key, (open_h, busy_h) in zip(mean.keys, mean.values.tolist(), strict=True):
        if open_h > 0 or busy_h > 0:
            yield *key, open_h, busy_h, 100 * busy_h / open_h if open_h else float("nan")
