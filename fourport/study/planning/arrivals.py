"""Arrivals: time of the week at which consignments are ready for a scheduled service."""

from __future__ import annotations

from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import DAY, HOUR, MINUTE, Ints, Kind
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.scenario.units import clock_text
from fourport.study.keyed import Keys
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
    plan, trace, departures = run.corridor.plan, run.trace, run.world.departures
    steps, zones = _steps(run.corridor)
    n, none = 7 * BINS_A_DAY, np.zeros(0, dtype=np.int64)
    found = [(none, none, none)]
    for s in steps.tolist():
        at = trace.at(s)
        mine = at.visited & (at.ready_us >= plan.window_start_us) & (at.ready_us < plan.window_end_us)
        found.append((at.ids[mine], at.ready_us[mine], at.departure_index[mine].astype(np.int64)))
    ids, ready, taken = (np.concatenate(columns) for columns in zip(*found, strict=True))
    step = np.repeat(np.arange(len(steps)), [len(some) for some, _, _ in found[1:]])
    local = np.empty_like(ready)
    for zone in set(zones):
        its = np.array([one == zone for one in zones])[step]
        local[its] = local_us(ready[its], zone)
    bins = step * n + weekday(local) * BINS_A_DAY + local % DAY // BIN
    provider, on = plan.step_provider[steps], taken >= 0
    waits = (departures.scheduled_us[departures.first[provider[step]] + taken] - ready) / HOUR
    amounts = np.ones(len(ids)), run.world.size[ids, 0] / 1e6, on, np.where(on, waits, 0.0)
    of_steps = [np.bincount(bins, amount, minlength=len(steps) * n).reshape(-1, n) for amount in amounts]
    values = np.zeros((len(plan.names.services), n, 4))
    for service, of_step in zip(provider.tolist(), np.stack(of_steps, axis=2), strict=True):
        values[service] += of_step
    return Sheet(_keys(run.corridor), values.reshape(-1, 4))


@once
def _steps(corridor: Corridor) -> tuple[Ints, list[str]]:
    """Return the steps of the plan that are services, and the zone of the origin of each."""
    plan, scenario = corridor.plan, corridor.scenario
    steps = np.flatnonzero(plan.step_kind == Kind.SERVICE)
    origins = [scenario.services[plan.names.services[k]].origin for k in plan.step_provider[steps].tolist()]
    return steps, [scenario.facilities[origin].zone for origin in origins]


@once
def _keys(corridor: Corridor) -> Keys:
    clocks = [clock_text(k * BIN // MINUTE) for k in range(BINS_A_DAY)]
    origins = ((name, corridor.scenario.services[name].origin) for name in corridor.plan.names.services)
    return Keys((*its, day, clock) for its in origins for day in WEEKDAYS for clock in clocks)


def columns(mean: Sheet) -> list[Any]:
    """Return the columns of a row for each half hour with arrivals."""
    keys, (consignments, weight, taken, waits) = mean.where(mean.values[:, 0] > 0)
    return [*keys, consignments, weight, taken, ratio(waits, taken)]
