"""Departures of the window: load, cargo left behind, and cancellations."""

from __future__ import annotations

from dataclasses import dataclass
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
from fourport.study.keyed import Keys
from fourport.study.planning.sheets import Sheet
from fourport.study.replication import Replication
from fourport.trace.events import Loads

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
    shown, (load, counts) = _shown(run.corridor), _loads(run)
    mine, drawn = shown.departures, run.world.departures
    sailed, (consignments, left, left_g) = ~drawn.cancelled[mine], counts[mine].T
    taken = np.where(shown.capacity == UNBOUND, np.nan, shown.capacity - shown.block - drawn.free_sale[mine])
    amounts = np.column_stack([taken / SCALE, load[mine] / SCALE, consignments, left, left_g / SCALE[0]])
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


def _loads(run: Replication) -> tuple[Floats, Floats]:
    """Return (D, 3) loads of all departures; (D, 3) consignments taken, consignments and grams left behind.

    All are whole numbers, therefore exact in any order.
    """
    plan, first = run.corridor.plan, run.world.departures.first
    steps = np.flatnonzero(plan.step_kind == Kind.SERVICE).tolist()
    none = np.zeros(0, dtype=np.int64)
    found, whole = [(none, none, none, none)], [none]
    for s in steps:
        at, begin = run.trace.at(s), first[plan.step_provider[s]]
        loads, aboard = at.loads, at.departure_index
        found.append((at.ids[loads.place], begin + loads.departure_index, loads.gone, loads.thousandths))
        whole.append(begin + aboard[aboard >= 0])
    of_all = Loads(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
    loaded, n = of_all.of(run.world.size), int(first[-1])
    load = [np.bincount(of_all.departure_index, amounts, minlength=n) for amounts in loaded.T]
    counts = np.zeros((n, 3))
    counts[:, 0] = np.bincount(np.concatenate(whole), minlength=n)
    grams = np.split(loaded[:, 0], np.cumsum([len(ids) for ids, *_ in found[1:]]))
    for s, taken, loaded_g in zip(steps, whole[1:], grams, strict=False):
        if plan.step_choice[s] < 0:
            _left_by_service(run, s, taken - first[plan.step_provider[s]], loaded_g, counts)
    for s in np.unique(plan.step_choice[plan.step_choice >= 0]).tolist():
        _left_by_choice(run, s, counts)
    return np.stack(load, axis=1), counts


def _left_by_service(run: Replication, s: int, whole: Ints, loaded_g: Ints, counts: Floats) -> None:
    """Add the consignments, and their grams, that each departure of a service left behind.

    They wait from the first departure that they can reach to the one that takes them, if any.

    Parameters
    ----------
    whole, loaded_g
        Departure that took each consignment, or its last part; and the grams of each load.
    """
    at, service, first = run.trace.at(s), int(run.corridor.plan.step_provider[s]), run.world.departures.first
    table = counts[first[service] : first[service + 1]]
    reached = np.searchsorted(
        run.corridor.timetables[service].cutoff_us, at.ready_us[at.visited], side="left"
    )
    n, weight = len(table), run.world.size[at.ids[at.visited], 0]
    table[:, 1] += _waiting(reached, None, whole, None, n)
    table[:, 2] += _waiting(reached, weight, at.loads.departure_index, loaded_g, n)


def _left_by_choice(run: Replication, first: int, counts: Floats) -> None:
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
    counts[:, 1] += np.bincount(left, minlength=len(counts))
    counts[:, 2] += np.bincount(left, grams, minlength=len(counts))


def _waiting(came: Ints, comes: Ints | None, went: Ints, goes: Ints | None, n: int) -> Ints | Floats:
    """Return how much each of ``n`` departures leaves behind, (n,).

    Parameters
    ----------
    came, comes
        (i,) first departure that goods can reach, and how much they are; None for one each.
    went, goes
        (k,) departure that takes goods, and how many.
    """
    more, less = np.bincount(came, comes, minlength=n + 1), np.bincount(went, goes, minlength=n + 1)
    waiting: Ints | Floats = np.cumsum(more - less)[:n]
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
