"""Arrivals at the hub: how long goods stay there, by the hour of the day at which they arrive."""

from __future__ import annotations

from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor, hub_steps
from fourport.plan.once import once
from fourport.plan.tables import DAY, HOUR
from fourport.study.keyed import Keys
from fourport.study.planning.local_time import local_us
from fourport.study.planning.sheets import Sheet, ratio
from fourport.study.replication import Replication


def measure(run: Replication) -> Sheet:
    """Count the arrivals of the window at the hub of each route by local hour.

    Columns of the values: consignments; number that left within the target; number that left; sum of the
    hours that these stayed.
    """
    plan, planning = run.corridor.plan, run.corridor.scenario.planning
    target = np.nan if planning is None else planning.hub_target / HOUR
    arrived = run.hub.arrived_us
    in_window = (arrived >= plan.window_start_us) & (arrived < plan.window_end_us)
    values = np.zeros((plan.n_routes, 24, 4))
    for route, ids in enumerate(run.trace.ids):
        mine, place = ids[in_window[ids]], _hub(run.corridor, route)
        if len(mine):
            hour = local_us(arrived[mine], run.corridor.scenario.facilities[place].zone) % DAY // HOUR
            stayed = run.hub.hours[mine]
            left = np.isfinite(stayed)
            amounts = (np.ones(len(mine)), stayed <= target, left, np.where(left, stayed, 0.0))
            for column, amount in enumerate(amounts):
                values[route, :, column] = np.bincount(hour, amount, minlength=24)
    return Sheet(_keys(run.corridor), values.reshape(-1, 4))


def _hub(corridor: Corridor, route: int) -> str:
    steps = hub_steps(corridor, route)
    return corridor.steps[steps[0]].place if steps else ""


@once
def _keys(corridor: Corridor) -> Keys:
    names = corridor.plan.names.routes
    keys = ((name, _hub(corridor, route), hour) for route, name in enumerate(names) for hour in range(24))
    return Keys(keys)


def columns(mean: Sheet) -> list[Any]:
    """Return the columns of a row for each route and hour with arrivals."""
    keys, (consignments, in_time, left, hours) = mean.where(mean.values[:, 0] > 0)
    return [*keys, consignments, ratio(100 * in_time, consignments), ratio(hours, left)]
