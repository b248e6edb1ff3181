"""Utilisation of each resource by weekday and hour, in local time of its facility."""

from __future__ import annotations

from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import DAY, HOUR, WEEK, Floats, Ints
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.study.planning.local_time import QUARTER, local_us, weekday
from fourport.study.planning.sheets import Sheet, ratio
from fourport.study.replication import Replication
from fourport.study.staffing import open_us

HOURS_A_WEEK = 7 * 24


def measure(run: Replication) -> Sheet:
    """Measure open and busy server-hours by resource and hour of the week, per week of the window.

    Work that ends after closing counts as busy in hours without open servers.
    """
    names, weeks = run.corridor.plan.names.resources, _weeks(run.corridor)
    values = np.empty((len(names), HOURS_A_WEEK, 2))
    values[:, :, 0] = _open(run.corridor)
    for resource, (name, (begin, end)) in enumerate(zip(names, run.trace.work, strict=True)):
        grid, hours = _cells(run.corridor, name.partition("/")[0])
        values[resource, :, 1] = _busy(begin, end, grid, hours, HOURS_A_WEEK) / HOUR / weeks
    return Sheet(_keys(run.corridor), values.reshape(-1, 2))


@once
def _keys(corridor: Corridor) -> list[tuple[object, ...]]:
    return [
        (name.partition("/")[0], name.partition("/")[2], WEEKDAYS[k // 24], k % 24)
        for name in corridor.plan.names.resources
        for k in range(HOURS_A_WEEK)
    ]


def _weeks(corridor: Corridor) -> float:
    """Return the length of the window, weeks."""
    return (corridor.plan.window_end_us - corridor.plan.window_start_us) / WEEK


@once
def _cells(corridor: Corridor, place: str) -> tuple[Ints, Ints]:
    """Return the edges of cells of the window, each within an hour of local time of a facility, us UTC.

    They are whole hours if those of local time are; otherwise quarters of an hour.

    Returns
    -------
    (cells + 1,) edges, and (cells,) the hour of the week in which each cell is.
    """
    start, end = corridor.plan.window_start_us, corridor.plan.window_end_us
    grid = np.arange(start, end + 1, QUARTER, dtype=np.int64)
    local = local_us(grid[:-1], corridor.scenario.facilities[place].zone)
    hours: Ints = weekday(local) * 24 + local % DAY // HOUR
    quarters = HOUR // QUARTER
    if len(hours) % quarters == 0 and (hours == np.repeat(hours[::quarters], quarters)).all():
        return grid[::quarters], hours[::quarters]
    return grid, hours


@once
def _open(corridor: Corridor) -> Floats:
    """Return the open server-hours of each resource and hour of the week, per week of the window."""
    names, weeks = corridor.plan.names.resources, _weeks(corridor)
    found = np.empty((len(names), HOURS_A_WEEK))
    for resource, name in enumerate(names):
        grid, hours = _cells(corridor, name.partition("/")[0])
        spent = open_us(corridor.plan, resource, grid)
        found[resource] = np.bincount(hours, spent, minlength=HOURS_A_WEEK) / HOUR / weeks
    return found


def _busy(begin: Ints, end: Ints, grid: Ints, hours: Ints, n: int) -> Floats:
    """Return the server-time used in each of ``n`` hours of the week, us.

    A begin counts for the rest of its own cell and for all cells after it, and an end takes the same away.

    Parameters
    ----------
    begin, end
        (k,) us UTC.
    grid
        (cells + 1,) edges of cells of one width, us UTC.
    hours
        (cells,) the hour of the week in which each cell is.
    """
    cells, width = len(grid) - 1, int(grid[1] - grid[0])
    hour_of = np.append(hours, n)  # what is after the last cell is in no hour
    changes, before = np.zeros(cells + 1, dtype=np.int64), np.zeros(n + 1)
    for sign, times in ((1, begin), (-1, end)):
        since_start = np.maximum(times - grid[0], 0)
        cell = np.minimum(since_start // width, cells)
        changes += sign * np.bincount(cell, minlength=cells + 1)
        before += sign * np.bincount(hour_of[cell], since_start - cell * width, minlength=n + 1)
    # Whole numbers, therefore exact in any order.
    return np.bincount(hours, np.cumsum(changes[:cells]), minlength=n) * width - before[:n]


def columns(mean: Sheet) -> list[Any]:
    """Return the columns of a row for each hour in which a resource is open or busy."""
    keys, (open_h, busy_h) = mean.where(np.asarray((mean.values > 0).any(axis=1)))
    return [*keys, open_h, busy_h, ratio(100 * busy_h, open_h)]
