"""Read scheduled departures as rows of the week, averaged over dates; many rows are combined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourport.charts.language import WEEKDAYS, say
from fourport.charts.stored_results import Row, StoredResults

MOST = 14
"""Number of rows of a service from which weekdays with the same time of day share a row."""

AMOUNTS = ("capacity", "block", "background", "load", "load_t", "rolled_over", "cancelled")


@dataclass(frozen=True)
class WeeklyDeparture:
    """A weekly departure, averaged over its dates in the window.

    Attributes
    ----------
    name
        Weekdays and time of day.
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
    """A service and its departures."""

    name: str
    mode: str
    ends: tuple[str, str]
    cut_off_h: float
    unit: str
    departures: Sequence[WeeklyDeparture]

    @property
    def limited(self) -> bool:
        """Whether its capacity is limited."""
        return not np.isnan(self.departures[0].capacity)


def services(results: StoredResults, policy: str) -> list[ScheduledService]:
    """Return the services of a policy, in the order of the scenario."""
    rows: dict[str, list[Row]] = {}
    for row in results.rows("departures", policy):
        rows.setdefault(row["service"], []).append(row)
    monday = min(_week(row) for found in rows.values() for row in found)
    weeks = max(_week(row) for found in rows.values() for row in found) - monday + 1
    return [_service(name, found, monday, weeks) for name, found in rows.items()]


def without_departure(results: StoredResults, policy: str) -> list[str]:
    """Return the services on legs of routes without a departure in the window, as far as is stored."""
    if not results.run.has("legs"):
        return []
    scheduled = results.manifest.get("titles", {}).get("services", {})
    used = [row["leg"] for row in results.table("legs", empty=True) if row["policy"] == policy]
    depart = {row["service"] for row in results.rows("departures", policy)}
    return [name for name in dict.fromkeys(used) if name in scheduled and name not in depart]


def _week(row: Row) -> int:
    """Number the weeks, which begin on Monday."""
    day: int = row["date"].toordinal()
    return (day - 1) // 7


def _service(name: str, rows: Sequence[Row], monday: int, weeks: int) -> ScheduledService:
    by_day: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_day.setdefault((row["departs"], row["weekday"]), []).append(row)
    if len(by_day) > MOST:
        by_day = {}
        for row in rows:
            by_day.setdefault((row["departs"],), []).append(row)
    first = rows[0]
    order = sorted(by_day, key=lambda key: (*(WEEKDAYS.index(day) for day in key[1:]), key[0]))
    return ScheduledService(
        name,
        first["mode"],
        (first["from"], first["to"]),
        first["cut_off_h"],
        first["unit"] if first["dimension"] else "",
        [_departure(by_day[key], monday, weeks) for key in order],
    )


def _departure(rows: Sequence[Row], monday: int, weeks: int) -> WeeklyDeparture:
    values = {name: np.array([row[name] for row in rows]) for name in AMOUNTS}
    left = 1 - values["cancelled"] / 100
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 100 * (values["background"] + values["load"]) / values["capacity"]
    number = np.array([_week(row) for row in rows]) - monday
    known = ~np.isnan(share)
    count = np.bincount(number[known], minlength=weeks).astype(np.float64)
    total = np.bincount(number[known], share[known], minlength=weeks)
    filled = np.divide(total, count, out=np.full(weeks, np.nan), where=count > 0)
    means: Mapping[str, float] = {
        name: float(values[name].mean()) if name == "cancelled" else _mean(values[name], left)
        for name in AMOUNTS
    }
    return WeeklyDeparture(name=_name(rows), weeks=filled, **means)


def _mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Average over the departures that left, weighted by their number; NaN if none left."""
    known = ~np.isnan(values) & (weights > 0)
    total = float(weights[known].sum())
    return float((values[known] * weights[known]).sum()) / total if total else float("nan")


def _name(rows: Sequence[Row]) -> str:
    """Return the name of a departure: its weekdays and time of day."""
    days = sorted({WEEKDAYS.index(row["weekday"]) for row in rows})
    clock = rows[0]["departs"]
    if len(days) == 7:
        return say("daily {clock}", clock=clock)
    together = days == list(range(days[0], days[-1] + 1)) and len(days) > 2
    names = [say(WEEKDAYS[day]) for day in days]
    return f"{names[0]}\u2013{names[-1]} {clock}" if together else f"{' '.join(names)} {clock}"
