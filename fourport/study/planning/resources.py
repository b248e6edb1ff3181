"""Utilisation of each resource by weekday and hour, in local time of its facility."""

from __future__ import annotations

from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import DAY, HOUR, WEEK, Floats, Ints
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.study.keyed import Keys
from fourport.study.planning.local_time import QUARTER, local_us, weekday
from fourport.study.planning.sheets import Sheet, ratio
from fourport.study.replication import Replication
from fourport.study.staffing import open_us

HOURS_A_WEEK = 7 * 24


def measure(run: Replication) -> Sheet:
    """Measure open and busy server-hours by resource and hour of the week, per week of the window.

    Work that ends after closing counts as busy in hours without open servers.
    """
    open_h = _open(run.corridor)
    busy_us = _busy(*run.trace.work, *_cells(run.corridor), HOURS_A_WEEK)
    values = np.stack([open_h, busy_us / HOUR / _weeks(run.corridor)], axis=2)
    return Sheet(_keys(run.corridor), values.reshape(-1, 2))


@once
def _keys(corridor: Corridor) -> Keys:
    names = (name.partition("/")[::2] for name in corridor.plan.names.resources)
    return Keys((*its, day, hour) for its in names for day in WEEKDAYS for hour in range(24))


def _weeks(corridor: Corridor) -> float:
    """Return the length of the window, weeks."""
    return (corridor.plan.window_end_us - corridor.plan.window_start_us) / WEEK


@once
def _cells(corridor: Corridor) -> tuple[Ints, Ints]:
    """Return the edges of cells of the window, each within an hour of local time everywhere, us UTC.

    They are whole hours if those of local time are; otherwise quarters of an hour.

    Returns
    -------
    (cells + 1,) edges, and (resources, cells) the hour of the week in which each cell is at its facility.
    """
    start, end = corridor.plan.window_start_us, corridor.plan.window_end_us
    grid = np.arange(start, end + 1, QUARTER, dtype=np.int64)
    places = [name.partition("/")[0] for name in corridor.plan.names.resources]
    zones = [corridor.scenario.facilities[place].zone for place in places]
    local = {zone: local_us(grid[:-1], zone) for zone in zones}
    hours: dict[str, Ints] = {zone: weekday(us) * 24 + us % DAY // HOUR for zone, us in local.items()}
    quarters = HOUR // QUARTER
    if all(
        len(its) % quarters == 0 and (its == np.repeat(its[::quarters], quarters)).all()
        for its in hours.values()
    ):
        grid, hours = grid[::quarters], {zone: its[::quarters] for zone, its in hours.items()}
    none = np.zeros((0, len(grid) - 1), dtype=np.int64)
    return grid, np.vstack([none, *(hours[zone] for zone in zones)])


@once
def _open(corridor: Corridor) -> Floats:
    """Return the open server-hours of each resource and hour of the week, per week of the window."""
    (grid, hours), weeks = _cells(corridor), _weeks(corridor)
    found = np.empty((len(hours), HOURS_A_WEEK))
    for resource, its in enumerate(hours):
        spent = open_us(corridor.plan, resource, grid)
        found[resource] = np.bincount(its, spent, minlength=HOURS_A_WEEK) / HOUR / weeks
    return found


def _busy(resource: Ints, begin: Ints, end: Ints, grid: Ints, hours: Ints, n: int) -> Floats:
    """Return the server-time of ``r`` resources used in each of ``n`` hours of the week, (r, n) us.

    A begin counts for the rest of its own cell and for all cells after it, and an end takes the same away.

    Parameters
    ----------
    resource, begin, end
        (k,) as in :attr:`~fourport.trace.trace.Trace.work`.
    grid
        (cells + 1,) edges of cells of one width, us UTC.
    hours
        (r, cells) the hour of the week in which each cell is.
    """
    (r, cells), width = hours.shape, int(grid[1] - grid[0])
    # What is after the last cell is in no hour.
    hour_of = np.column_stack([hours, np.full(r, n)]) + (n + 1) * np.arange(r)[:, np.newaxis]
    changes, before = np.zeros(r * (cells + 1), dtype=np.int64), np.zeros(r * (n + 1))
    for sign, times in ((1, begin), (-1, end)):
        since_start = np.maximum(times - grid[0], 0)
        cell = np.minimum(since_start // width, cells)
        at = resource * (cells + 1) + cell
        changes += sign * np.bincount(at, minlength=len(changes))
        before += sign * np.bincount(hour_of.ravel()[at], since_start - cell * width, minlength=len(before))
    servers = np.cumsum(changes.reshape(r, cells + 1), axis=1)
    # Whole numbers, therefore exact in any order.
    whole = np.bincount(hour_of.ravel(), servers.ravel(), minlength=len(before)).astype(np.float64)
    return (whole * width - before).reshape(r, n + 1)[:, :n]


def columns(mean: Sheet) -> list[Any]:
    """Return the columns of a row for each hour in which a resource is open or busy."""
    keys, (open_h, busy_h) = mean.where(np.asarray((mean.values > 0).any(axis=1)))
    return [*keys, open_h, busy_h, ratio(100 * busy_h, open_h)]
