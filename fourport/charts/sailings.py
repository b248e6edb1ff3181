"""Read scheduled departures as rows of the week, averaged over dates; many rows are combined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fourport.charts.language import WEEKDAYS, say
from fourport.charts.stored_results import StoredResults, by
from fourport.store.tables import DepartureRow

MOST = 14
"""Number of rows of a service from which weekdays with the same time of day share a row."""
LONGEST = 12
"""Letters of the longest number of a flight or voyage that is shown in full."""


@dataclass(frozen=True)
class WeeklyDeparture:
    """A weekly departure, averaged over its dates in the window.

    Attributes
    ----------
    name
        Weekdays, time of day and number of the flight or voyage.
    capacity, block, background, load
        In the unit of the service; NaN without a limit.
    load_t
        Weight carried, t.
    rolled_over
        Consignments rolled over for lack of capacity, per departure that left.
    cancelled
        Share of cancelled departures, %.
    weeks
        (w,) share of the capacity used in each week of the window, %; NaN for weeks without departure.
    """

    name: str
    capacity: float
    block: float
    background: float
    load: float
    load_t: float
    rolled_over: float
    cancelled: float
    weeks: NDArray[np.float64]


@dataclass(frozen=True)
class ScheduledService:
    """A service and its departures.

    Attributes
    ----------
    cut_off_h
        Shortest and longest time from cut-off to departure.
    """

    name: str
    mode: str
    ends: tuple[str, str]
    cut_off_h: tuple[float, float]
    unit: str
    departures: Sequence[WeeklyDeparture]

    @property
    def limited(self) -> bool:
        """Whether its capacity is limited, at any departure."""
        return not all(np.isnan(departure.capacity) for departure in self.departures)


def services(results: StoredResults, policy: str) -> list[ScheduledService]:
    """Return the services of a policy, in the order of the scenario."""
    rows = results.rows(DepartureRow, policy)
    monday = min(map(_week, rows))
    weeks = max(map(_week, rows)) - monday + 1
    found = by(rows, lambda row: row.service)
    return [_service(name, mine, monday, weeks) for name, mine in found.items()]


def first_monday(results: StoredResults, policy: str) -> date:
    """Return the day on which the first week of the departures begins."""
    return date.fromordinal(7 * min(map(_week, results.rows(DepartureRow, policy))) + 1)


def without_departure(results: StoredResults, policy: str) -> list[str]:
    """Return the services on legs of routes without a departure in the window, as far as is stored."""
    scheduled = results.manifest.get("titles", {}).get("services", {})
    used = dict.fromkeys(row.leg for row in results.legs if row.policy == policy)
    depart = {row.service for row in results.rows(DepartureRow, policy)}
    return [name for name in used if name in scheduled and name not in depart]


def _week(row: DepartureRow) -> int:
    """Number the weeks, which begin on Monday."""
    return (row.day.toordinal() - 1) // 7


def _service(name: str, rows: Sequence[DepartureRow], monday: int, weeks: int) -> ScheduledService:
    by_day = by(rows, lambda row: (row.departs, row.weekday, row.number))
    if len(by_day) > MOST:
        by_day = by(rows, lambda row: (row.departs, "", row.number))
    first = rows[0]
    order = sorted(by_day, key=lambda key: ([*WEEKDAYS, ""].index(key[1]), key[0], key[2]))
    cut_offs = [row.cut_off_h for row in rows]
    return ScheduledService(
        name,
        first.mode,
        (first.origin, first.destination),
        (min(cut_offs), max(cut_offs)),
        first.unit if first.dimension else "",
        [_departure(by_day[key], monday, weeks) for key in order],
    )


def _departure(rows: Sequence[DepartureRow], monday: int, weeks: int) -> WeeklyDeparture:
    amounts = [
        (r.capacity, r.block, r.background, r.load, r.load_t, r.rolled_over, r.cancelled) for r in rows
    ]
    capacity, block, background, load, load_t, rolled_over, cancelled = np.array(
        [*zip(*amounts, strict=True)]
    )
    number = np.array([_week(row) for row in rows]) - monday
    left = 1 - cancelled / 100
    used, room = left * (background + load), left * capacity
    known = ~np.isnan(used) & ~np.isnan(room)
    whole = np.bincount(number[known], room[known], minlength=weeks)
    taken = np.bincount(number[known], used[known], minlength=weeks)
    filled = np.divide(100 * taken, whole, out=np.full(weeks, np.nan), where=whole > 0)
    mean = partial(_mean, weights=left)
    return WeeklyDeparture(
        _name(rows),
        mean(capacity),
        mean(block),
        mean(background),
        mean(load),
        mean(load_t),
        mean(rolled_over),
        float(cancelled.mean()),
        filled,
    )


def _mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Average over the departures that left, weighted by their number; NaN if none left."""
    known = ~np.isnan(values) & (weights > 0)
    total = float(weights[known].sum())
    return float((values[known] * weights[known]).sum()) / total if total else float("nan")


def _name(rows: Sequence[DepartureRow]) -> str:
    """Return the name of a departure: its weekdays, time of day, and number if it has one."""
    number = rows[0].number
    number = number if len(number) <= LONGEST else f"{number[: LONGEST - 1]}\u2026"
    return f"{_when(rows)} {number}".rstrip()


def _when(rows: Sequence[DepartureRow]) -> str:
    days = sorted({WEEKDAYS.index(row.weekday) for row in rows})
    clock = rows[0].departs
    if len(days) == 7:
        return say("daily {clock}", clock=clock)
    together = days == list(range(days[0], days[-1] + 1)) and len(days) > 2
    names = [say(WEEKDAYS[day]) for day in days]
    return f"{names[0]}\u2013{names[-1]} {clock}" if together else f"{' '.join(names)} {clock}"
