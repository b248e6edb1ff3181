"""Arrivals: time of the week at which consignments are ready for a scheduled service."""

from __future__ import annotations

from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import DAY, HOUR, MINUTE, Kind
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.scenario.units import clock_text
from fourport.study.planning.local_time import local_us, weekday
from fourport.study.planning.sheets import Sheet, ratio
from fourport.study.replication import Replication

BIN = 30 * MINUTE
BINS_A_DAY = DAY // BIN


def measure(run: Replication) -> Sheet:
    """Count ready consignments of the window by service, weekday and half hour, local time of the origin.

    Columns of the values: consignments; weight in t; number taken by a departure; sum of their hours from
    readiness to that departure, as scheduled.
    """
    plan, scenario = run.corridor.plan, run.corridor.scenario
    n = 7 * BINS_A_DAY
    values = np.zeros((len(plan.names.services), n, 4))
    for s in np.flatnonzero(plan.step_kind == Kind.SERVICE).tolist():
        at_step, service = run.trace.at(s), int(plan.step_provider[s])
        definition = scenario.services[plan.names.services[service]]
        ready = at_step.ready_us
        mine = at_step.visited & (ready >= plan.window_start_us) & (ready < plan.window_end_us)
        ready, taken = ready[mine], at_step.departure_index[mine]
        local = local_us(ready, scenario.facilities[definition.origin].zone)
        at = weekday(local) * BINS_A_DAY + local % DAY // BIN
        on = taken >= 0
        waits = (run.corridor.timetables[service].scheduled_us[taken] - ready) / HOUR
        weight = run.world.size[at_step.ids[mine], 0] / 1e6
        for column, amount in enumerate((np.ones(len(at)), weight, on, np.where(on, waits, 0.0))):
            values[service, :, column] += np.bincount(at, amount, minlength=n)
    return Sheet(_keys(run.corridor), values.reshape(-1, 4))


@once
def _keys(corridor: Corridor) -> list[tuple[object, ...]]:
    return [
        (name, corridor.scenario.services[name].origin, WEEKDAYS[k // BINS_A_DAY], _clock(k % BINS_A_DAY))
        for name in corridor.plan.names.services
        for k in range(7 * BINS_A_DAY)
    ]


def _clock(k: int) -> str:
    return clock_text(k * BIN // MINUTE)


def columns(mean: Sheet) -> list[Any]:
    """Return the columns of a row for each half hour with arrivals."""
    keys, (consignments, weight, taken, waits) = mean.where(mean.values[:, 0] > 0)
    return [*keys, consignments, weight, taken, ratio(waits, taken)]
