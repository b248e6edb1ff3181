"""Departures of the window: load, cargo left behind, and cancellations."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import HOUR, UNBOUND, Floats, Ints, Kind
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, UNITS_A_TEU
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.scenario.units import clock_text
from fourport.study.planning.sheets import Sheet
from fourport.study.replication import Replication

DIMENSIONS = ("weight", "volume", "containers")
UNITS = ("t", "m3", "TEU")
SCALE = np.array([1000 * UNITS_A_KG, UNITS_A_M3, UNITS_A_TEU], dtype=np.float64)
"""Units of the plan per unit of ``UNITS``."""


def measure(run: Replication) -> Sheet:
    """Measure every departure scheduled in the window, service by service.

    Columns of the values: whether it took place; background cargo and load (weight, volume, containers each);
    consignments; consignments rolled over for lack of capacity, and their weight in t; consignments left
    behind by its cancellation. Values that a cancelled departure does not have are NaN.
    """
    keys: list[tuple[object, ...]] = []
    values: list[Floats] = []
    load, counts = _loads(run)
    for service, timetable in enumerate(run.corridor.timetables):
        drawn = run.world.departures.of(service)
        shown, of_service = _shown(run.corridor, service)
        keys += of_service
        sailed = ~drawn.cancelled
        taken = np.where(
            timetable.capacity == UNBOUND, np.nan, timetable.capacity - timetable.block - drawn.free_sale
        )
        consignments, left, left_g = counts[service].T
        amounts = np.column_stack(
            [taken / SCALE, load[service] / SCALE, consignments, left, left_g / SCALE[0]]
        )
        amounts[~sailed] = np.nan
        table = np.column_stack([sailed, amounts, np.where(sailed, 0.0, left)])
        values.append(table[shown])
    return Sheet(keys, np.concatenate([np.zeros((0, 11)), *values]))


@once
def _shown(corridor: Corridor, service: int) -> tuple[Ints, list[tuple[object, ...]]]:
    """Return the departures of a service that are scheduled in the window, and the key of each."""
    plan, timetable = corridor.plan, corridor.timetables[service]
    name, scheduled = plan.names.services[service], timetable.scheduled_us
    shown = np.flatnonzero((scheduled >= plan.window_start_us) & (scheduled < plan.window_end_us))
    definition = corridor.scenario.services[name]
    capacity, block = _amounts(timetable.capacity), _amounts(timetable.block)
    keys: list[tuple[object, ...]] = []
    for d in shown.tolist():
        day = date(1970, 1, 1) + timedelta(days=int(timetable.day[d]))
        clock = int(timetable.clock[d])
        hours = float((scheduled[d] - timetable.cutoff_us[d]) / HOUR)
        when = (day.isoformat(), WEEKDAYS[day.weekday()], clock_text(clock), timetable.number[d], hours)
        what = (name, definition.mode, definition.origin, definition.destination)
        keys.append((*what, *when, capacity[d], block[d]))
    return shown, keys


def _amounts(capacity: Ints) -> list[list[float]]:
    amounts: list[list[float]] = np.where(capacity == UNBOUND, np.nan, capacity / SCALE).tolist()
    return amounts


def _loads(run: Replication) -> tuple[list[Floats], list[Floats]]:
    """Return by service (D, 3) loads, and (D, 3) consignments taken, consignments and grams left behind."""
    sizes = [len(timetable.cutoff_us) for timetable in run.corridor.timetables]
    load = [np.zeros((n, 3)) for n in sizes]
    counts = [np.zeros((n, 3)) for n in sizes]
    plan = run.corridor.plan
    for s in np.unique(plan.step_choice[plan.step_choice >= 0]).tolist():
        _left_by_choice(run, s, counts)
    for s in np.flatnonzero(plan.step_kind == Kind.SERVICE).tolist():
        at, service = run.trace.at(s), int(plan.step_provider[s])
        n, cutoff = sizes[service], run.corridor.timetables[service].cutoff_us
        taken, ready = at.departure_index, at.ready_us[at.visited]
        size, loads = run.world.size[at.ids], at.loads
        loaded = loads.of(size)
        for k in range(3):
            load[service][:, k] += np.bincount(loads.departure_index, loaded[:, k], minlength=n)
        whole = taken[taken >= 0].astype(np.int64)
        counts[service][:, 0] += np.bincount(whole, minlength=n)
        if plan.step_choice[s] >= 0:
            continue
        # They wait from the first departure that they can reach to the one that takes them, if any.
        first = np.searchsorted(cutoff, ready, side="left")
        counts[service][:, 1] += _waiting(first, np.ones_like(first), whole, np.ones_like(whole), n)
        weight = size[at.visited, 0]
        counts[service][:, 2] += _waiting(first, weight, loads.departure_index, loaded[:, 0], n)
    return load, counts


def _left_by_choice(run: Replication, first: int, counts: list[Floats]) -> None:
    """Add the consignments, and their grams, that each departure of several services of a leg left behind.

    Not a departure that they did not try, because they were kept for another service. Goods that went in
    parts count with their whole weight until the last part.
    """
    plan, trace = run.corridor.plan, run.trace
    offers, steps = run.trace.offers(first), plan.choice(first)
    at = trace.at(first)
    waits = np.any([trace.at(s).visited for s in steps], axis=0)
    last = np.full(len(waits), np.searchsorted(offers.cutoff_us, plan.end_us, side="left") - 1)
    for s in steps:
        aboard = trace.at(s).departure_index
        taken = np.flatnonzero(aboard >= 0)
        last[taken] = offers.place(s)[aboard[taken]] - 1
    # Those who come after the last departure have tried none.
    ready, last = at.ready_us[waits], last[waits]
    last = np.maximum(last, np.searchsorted(offers.cutoff_us, ready, side="left") - 1)
    which, d = offers.tried(ready, last)
    grams = run.world.size[at.ids[waits], 0][which]
    for s in steps:
        mine = offers.step[d] == s
        table = counts[int(plan.step_provider[s])]
        for column, amounts in ((1, np.ones_like(grams)), (2, grams)):
            table[:, column] += np.bincount(offers.number[d[mine]], amounts[mine], minlength=len(table))


def _waiting(came: Ints, comes: Ints, went: Ints, goes: Ints, n: int) -> Floats:
    """Return how much each of ``n`` departures leaves behind, (n,).

    Parameters
    ----------
    came, comes
        (i,) first departure that goods can reach, and how much they are.
    went, goes
        (k,) departure that takes goods, and how many.
    """
    more, less = np.bincount(came, comes, minlength=n + 1), np.bincount(went, goes, minlength=n + 1)
    waiting: Floats = np.cumsum(more - less)[:n]
    return waiting


def columns(mean: Sheet) -> list[Any]:
    """Return the columns of a row for each departure, with its capacity in the binding dimension."""
    if not mean.keys:
        return []
    *keys, capacity, block = zip(*mean.keys, strict=True)
    limits = np.array([capacity, block]).transpose(1, 2, 0)  # (D, 3, 2)
    # Each departure counts as often as it left.
    left = mean.values[:, :1]
    dimension = np.empty(len(left), dtype=np.int64)
    for _, group in groupby(range(len(left)), key=keys[0].__getitem__):
        mine = [*group]
        its = slice(mine[0], mine[-1] + 1)
        dimension[its] = binding(left[its] * limits[its, :, 0], left[its] * mean.values[its, 4:7])
    bound, row = np.maximum(dimension, 0), np.arange(len(left))
    of = np.column_stack([limits[row, bound], mean.values[row, 1 + bound]])
    of[dimension < 0] = np.nan
    carried, others = mean.values[row, 4 + bound], mean.values[:, [4, 7, 8, 9, 10]]
    return [
        *keys,
        ["" if k < 0 else DIMENSIONS[k] for k in dimension.tolist()],
        [UNITS[k] for k in bound.tolist()],
        *of.T,
        carried,
        *others.T,
        100.0 * (1.0 - mean.values[:, 0]),
    ]


def binding(capacity: Floats, load: Floats) -> int:
    """Return the dimension whose capacity is used most; -1 if none is limited.

    Parameters
    ----------
    capacity
        (D, 3) capacities of the departures; NaN where a dimension is not limited.
    load
        (D, 3) their loads.
    """
    if np.isnan(capacity).all():
        return -1
    whole = np.nansum(capacity, axis=0)
    limited = np.where(np.isnan(capacity), np.nan, load)
    taken = np.nansum(limited, axis=0) / np.where(whole > 0, whole, np.nan)
    return int(np.nanargmax(np.where(np.isnan(taken), -1.0, taken)))
