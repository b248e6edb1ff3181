"""Utilisation of each resource by weekday and hour, in local time of its facility."""

from __future__ import annotations

from typing import Any

import numpy as np

from fourport import machine
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import DAY, HOUR, WEEK, Floats, Ints, Kind
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.study.compiled.work_tables import BUSY, Busy, Work
from fourport.study.keyed import Keys
from fourport.study.planning.local_time import QUARTER, local_us, weekday
from fourport.study.planning.sheets import Sheet, ratio
from fourport.study.replication import Replication
from fourport.study.staffing import open_us
from fourport.trace import Trace

HOURS_A_WEEK = 7 * 24


def measure(run: Replication) -> Sheet:
    """Measure open and busy server-hours by resource and hour of the week, per week of the window.

    Work that ends after closing counts as busy in hours without open servers.
    """
    open_h = _open(run.corridor)
    busy_us = _busy(run.corridor, run.trace)
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
        grid, hours = grid[::quarters].copy(), {zone: its[::quarters] for zone, its in hours.items()}
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


def _busy(corridor: Corridor, trace: Trace) -> Ints:
    """Return the server-time of ``r`` resources used in each hour of the week, (r, hours) us."""
    (grid, hours), plan = _cells(corridor), corridor.plan
    steps = np.flatnonzero((plan.step_kind == Kind.RESOURCE) & ~trace.rests)
    work = Work(steps, plan.step_provider[steps], *trace.interrupted_work)
    busy = Busy(grid, hours, np.zeros((len(hours), HOURS_A_WEEK), dtype=np.int64))
    machine.run(BUSY, machine.readable(work), trace.places, machine.readable(trace.happened), busy)
    return busy.us


def columns(mean: Sheet) -> list[Any]:
    """Return the columns of a row for each hour in which a resource is open or busy."""
    keys, (open_h, busy_h) = mean.where(np.asarray((mean.values > 0).any(axis=1)))
    return [*keys, open_h, busy_h, ratio(100 * busy_h, open_h)]
