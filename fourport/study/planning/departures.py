"""Departures of the window: load, cargo left behind, and cancellations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import HOUR, UNBOUND, Floats, Ints
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, UNITS_A_TEU
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.scenario.units import clock_text
from fourport.study.keyed import Keys
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
    shown, drawn = _shown(run.corridor), run.world.departures
    mine, (left, left_g) = shown.departures, _left(run)
    sailed, consignments = ~drawn.cancelled[mine], run.served.taken[mine]
    left, left_g = left[mine], left_g[mine]
    taken = np.where(shown.capacity == UNBOUND, np.nan, shown.capacity - shown.block - drawn.free_sale[mine])
    amounts = np.column_stack(
        [taken / SCALE, run.served.load[mine] / SCALE, consignments, left, left_g / SCALE[0]]
    )
    amounts[~sailed] = np.nan
    return Sheet(shown.keys, np.column_stack([sailed, amounts, np.where(sailed, 0.0, left)]))


@dataclass(frozen=True)
class _Shown:
    """The ``d`` departures that are scheduled in the window, service by service.

    Attributes
    ----------
    keys
        Key of each.
    departures
        (d,) which of the departures of all services.
    capacity, block
        (d, 3) as in :class:`~fourport.plan.timetables.Timetable`.
    """

    keys: Keys
    departures: Ints
    capacity: Ints
    block: Ints


@once
def _shown(corridor: Corridor) -> _Shown:
    plan, first = corridor.plan, 0
    keys: list[tuple[object, ...]] = []
    departures, limits = [np.zeros(0, dtype=np.int64)], [np.zeros((2, 0, 3), dtype=np.int64)]
    for name, timetable in zip(plan.names.services, corridor.timetables, strict=True):
        scheduled = timetable.scheduled_us
        shown = np.flatnonzero((scheduled >= plan.window_start_us) & (scheduled < plan.window_end_us))
        definition = corridor.scenario.services[name]
        capacity, block = _amounts(timetable.capacity), _amounts(timetable.block)
        days, clocks = timetable.day.tolist(), timetable.clock.tolist()
        hours = ((scheduled - timetable.cutoff_us) / HOUR).tolist()
        what = (name, definition.mode, definition.origin, definition.destination)
        for d in shown.tolist():
            day = date(1970, 1, 1) + timedelta(days=days[d])
            when = (day.isoformat(), WEEKDAYS[day.weekday()], clock_text(clocks[d]))
            keys.append((*what, *when, timetable.number[d], hours[d], capacity[d], block[d]))
        departures.append(first + shown)
        limits.append(np.stack([timetable.capacity[shown], timetable.block[shown]]))
        first += len(scheduled)
    return _Shown(Keys(keys), np.concatenate(departures), *np.concatenate(limits, axis=1))


def _amounts(capacity: Ints) -> list[list[float]]:
    amounts: list[list[float]] = np.where(capacity == UNBOUND, np.nan, capacity / SCALE).tolist()
    return amounts


def _left(run: Replication) -> tuple[Ints, Ints]:
    """Return the consignments, and their grams, that each of all departures left behind, (D,) each.

    They wait from the first departure that they can reach to the one that takes them, if any.
    """
    plan, first = run.corridor.plan, run.world.departures.first
    found = np.stack([run.served.comes, run.served.comes_g])
    for begin, end in pairwise(first.tolist()):
        np.cumsum(found[:, begin:end], axis=1, out=found[:, begin:end])
    for s in np.unique(plan.step_choice[plan.step_choice >= 0]).tolist():
        _left_by_choice(run, s, found)
    left, left_g = found
    return left, left_g


def _left_by_choice(run: Replication, first: int, found: Ints) -> None:
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
    which, d = offers.tried(at.ready_us[waits], last[waits])
    begins = run.world.departures.first[plan.step_provider[steps.start : steps.stop]]
    left = (begins[offers.step - steps.start] + offers.number)[d]
    grams = run.world.size[at.ids[waits], 0][which]
    n = found.shape[1]
    found[0] += np.bincount(left, minlength=n)
    found[1] += np.bincount(left, grams, minlength=n).astype(np.int64)  # whole numbers, therefore exact


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
