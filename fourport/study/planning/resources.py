"""How busy each resource is by weekday and hour, local at its facility."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourport.plan.tables import DAY, HOUR, NEVER, WEEK, Floats, Ints, Kind
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.study.planning.local_time import QUARTER, local_us, weekday
from fourport.study.planning.sheets import Sheet
from fourport.study.replication import Replication
from fourport.study.staffing import open_us

HOURS_A_WEEK = 7 * 24


def measure(run: Replication) -> Sheet:
    """Measure the window: for each resource and hour of the week, server-hours open and busy, a week.

    Work that is finished after closing is busy where nothing is open.
    """
    plan, scenario = run.corridor.plan, run.corridor.scenario
    grid = np.arange(plan.window_start_us, plan.window_end_us + 1, QUARTER, dtype=np.int64)
    weeks = (plan.window_end_us - plan.window_start_us) / WEEK
    values = np.zeros((len(plan.resource_names), HOURS_A_WEEK, 2))
    for resource, (name, (begin, length)) in enumerate(zip(plan.resource_names, _work(run), strict=True)):
        local = local_us(grid[:-1], scenario.facilities[name.partition("/")[0]].zone)
        hour = weekday(local) * 24 + local % DAY // HOUR
        for column, spent in enumerate((open_us(plan, resource, grid), _busy(begin, length, grid))):
            values[resource, :, column] = np.bincount(hour, spent, minlength=HOURS_A_WEEK) / HOUR / weeks
    keys = [
        (name.partition("/")[0], name.partition("/")[2], WEEKDAYS[k // 24], k % 24)
        for name in plan.resource_names
        for k in range(HOURS_A_WEEK)
    ]
    return Sheet(keys, values.reshape(-1, 2))


def _work(run: Replication) -> list[tuple[Ints, Ints]]:
    """Give begin and length, us, of everything that each resource did, of goods and papers."""
    plan, world = run.corridor.plan, run.world
    begins: list[list[Ints]] = [[] for _ in plan.resource_names]
    lengths: list[list[Ints]] = [[] for _ in plan.resource_names]
    for route in range(plan.n_routes):
        base = world.first_event_row[:-1][world.route == route] - int(plan.route_first_step[route])
        for s in plan.route_steps(route):
            if plan.step_kind[s] == Kind.RESOURCE:
                begun = base[run.milestones.begin_us[base + s] != NEVER] + s
                begins[plan.step_provider[s]].append(run.milestones.begin_us[begun])
                lengths[plan.step_provider[s]].append(world.duration_us[begun])
    nothing = np.empty(0, dtype=np.int64)
    return [
        (np.concatenate([nothing, *b]), np.concatenate([nothing, *d]))
        for b, d in zip(begins, lengths, strict=True)
    ]


def _busy(begin: Ints, length: Ints, grid: Ints) -> Floats:
    """Give the server-time spent between neighbours of a grid, us."""
    spent: Floats = np.diff(_since(begin - grid[0], grid - grid[0])).astype(np.float64)
    spent -= np.diff(_since(begin + length - grid[0], grid - grid[0]))
    return spent


def _since(marks: Ints, grid: Ints) -> Ints:
    """Add up the time passed since each mark, at each point of a grid.

    Sums may run over the end of int64; their differences are right all the same.
    """
    marks = np.sort(marks)
    passed = np.searchsorted(marks, grid, side="right")
    sums = np.concatenate([[0], np.cumsum(marks)])
    total: Ints = passed * grid - sums[passed]
    return total


def rows(mean: Sheet) -> Iterator[tuple[object, ...]]:
    """Give a row for each hour in which a resource is open or at work."""
    for key, (open_h, busy_h) in zip(mean.keys, mean.values.tolist(), strict=True):
        if open_h > 0 or busy_h > 0:
            yield *key, open_h, busy_h, 100 * busy_h / open_h if open_h else float("nan")
