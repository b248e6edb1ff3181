"""Unroll weekly timetables, given in local time, over the horizon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fourport.errors import Key, Problem
from fourport.plan.clocks import NoSuchTime, clock_us, days_between, utc_us
from fourport.plan.tables import UNBOUND, ints
from fourport.scenario.models.transport import Capacity, Departure, Service

if TYPE_CHECKING:
    from fourport.plan.tables import Ints

UNITS_A_KG, UNITS_A_M3, UNITS_A_TEU = 1_000, 1_000_000, 1_000_000
"""Internal units: weight in g, volume in cm3, containers in micro-TEU."""


@dataclass(frozen=True)
class Timetable:
    """The ``D`` scheduled departures of one service, ordered by cut-off.

    Attributes
    ----------
    cutoff_us, scheduled_us, arrival_us
        (D,) us UTC, as scheduled.
    day, clock
        (D,) local date of departure in days since 1970, and its time in minutes after midnight. They
        identify a departure, so that its random draws do not depend on which other departures exist.
    month
        (D,) month of that date, 0 for January.
    called_off
        (D,) 1 if the departure is cancelled by date or by a closure.
    shut_us
        (K, 2) begin and end of the closures, ordered by begin. A late departure whose time falls into a
        closure leaves when the closure ends.
    number
        (D,) number of the flight or voyage; empty if it has none.
    capacity, block
        (D, 3) capacity of a departure, and its block space, in g, cm3 and micro-TEU.
    """

    cutoff_us: Ints
    scheduled_us: Ints
    arrival_us: Ints
    day: Ints
    clock: Ints
    month: Ints
    called_off: Ints
    shut_us: Ints
    number: tuple[str, ...]
    capacity: Ints
    block: Ints

    @cached_property
    def by_number_of_day(self) -> list[Ints]:
        """The departures that are the first of their dates by their time, then those that are the second."""
        import numpy as np

        order = np.lexsort((self.clock, self.day))
        day = self.day[order]
        number = np.empty(len(order), dtype=np.int64)
        number[order] = np.arange(len(order)) - np.searchsorted(day, day, side="left")
        return [np.flatnonzero(number == k) for k in range(int(number.max(initial=-1)) + 1)]


def capacity_units(capacity: Capacity | None, absent: int) -> Ints:
    """Return a capacity as (3,) g, cm3, micro-TEU; a dimension that is left out becomes ``absent``."""
    if capacity is None:
        return ints((0, 0, 0))
    dimensions = (
        (capacity.weight, UNITS_A_KG),
        (capacity.volume, UNITS_A_M3),
        (capacity.containers, UNITS_A_TEU),
    )
    return ints(absent if amount is None else round(amount * unit) for amount, unit in dimensions)


@dataclass(frozen=True)
class Unrolled:
    """The departures of one service, without arrays: who only checks a scenario need not load NumPy.

    Attributes
    ----------
    rows
        Of each departure, ordered by cut-off: cut-off, departure and arrival, us UTC; day, clock and month;
        1 if it is called off; its row in the timetable of the service.
    shut_us
        Begin and end of the closures.
    problems
        What keeps the service from being run.
    """

    service: Service
    rows: list[tuple[int, ...]]
    shut_us: list[tuple[int, int]]
    problems: tuple[Problem, ...]

    @cached_property
    def timetable(self) -> Timetable:
        """The departures as arrays."""
        cutoff_us, scheduled_us, arrival_us, day, clock, month, called_off, of_row = (
            ints(chain.from_iterable(self.rows)).reshape(-1, 8).T.copy()
        )
        listed = self.service.timetable
        whole = [self.service.capacity_of(departure) for departure in listed]
        capacity = chain.from_iterable(capacity_units(one, UNBOUND) for one in whole)
        block = chain.from_iterable(capacity_units(self.service.reserved(one), UNBOUND) for one in whole)
        return Timetable(
            cutoff_us=cutoff_us,
            scheduled_us=scheduled_us,
            arrival_us=arrival_us,
            day=day,
            clock=clock,
            month=month,
            called_off=called_off,
            shut_us=ints(chain.from_iterable(self.shut_us)).reshape(-1, 2),
            number=tuple(listed[k].number for k in of_row.tolist()),
            capacity=ints(capacity).reshape(-1, 3)[of_row],
            block=ints(block).reshape(-1, 3)[of_row],
        )


def unroll(
    service: Service,
    zones: tuple[ZoneInfo, ZoneInfo],
    start_us: int,
    end_us: int,
    key: Key,
) -> Unrolled:
    """Return the departures of a service whose cut-off lies in ``[start, end)``.

    Parameters
    ----------
    zones
        Time zones of the places of departure and arrival.
    """
    problems = list[Problem]()
    shut_us = _closures(service, zones[0], key, problems)
    rows = sorted(_departures(service, zones, (start_us, end_us), shut_us, key, problems))
    if not rows and not problems:
        problems.append(
            Problem(
                (*key, "timetable"),
                "no departure lies in the horizon; allowed: at least one in the run's time",
            )
        )
    return Unrolled(service, rows, shut_us, tuple(problems))


def _closures(service: Service, zone: ZoneInfo, key: Key, problems: list[Problem]) -> list[tuple[int, int]]:
    """Return the closures of a service, us UTC, ordered by begin; report times that do not exist."""
    spans: list[tuple[int, int]] = []
    for k, closure in enumerate(service.closures):
        try:
            spans.append((utc_us(closure.begins, zone), utc_us(closure.ends, zone)))
        except NoSuchTime as error:
            problems.append(Problem((*key, "closures", k), f"{error}; allowed: times that exist"))
    return sorted(spans)


def _departures(
    service: Service,
    zones: tuple[ZoneInfo, ZoneInfo],
    span_us: tuple[int, int],
    shut_us: list[tuple[int, int]],
    key: Key,
    problems: list[Problem],
) -> Iterator[tuple[int, ...]]:
    """Yield the columns of a timetable, departure by departure; report those that are impossible."""
    called_off = frozenset(service.cancellation.dates) if service.cancellation else frozenset()
    for k, departure in enumerate(service.timetable):
        before_us = service.cut_off_of(departure)
        start_us, end_us = (instant + before_us for instant in span_us)
        row_key = (*key, "timetable", k)
        try:
            for day, leaves, arrives in _sailings(departure, zones, start_us, end_us):
                if arrives <= leaves:
                    what = f"arrives before it leaves on {day}; allowed: a later time or arrives_day"
                    problems.append(Problem(row_key, what))
                    break
                since_1970 = (day - date(1970, 1, 1)).days
                shut = bool(shut_us) and any(begin <= leaves < end for begin, end in shut_us)
                off = int(day in called_off or shut)
                cut_off = leaves - before_us
                yield cut_off, leaves, arrives, since_1970, departure.departs, day.month - 1, off, k
        except NoSuchTime as error:
            what = f"{error}; allowed: times that exist on every day of departure"
            problems.append(Problem(row_key, what))


@lru_cache(maxsize=1000)
def _sailings(
    departure: Departure, zones: tuple[ZoneInfo, ZoneInfo], start_us: int, end_us: int
) -> tuple[tuple[date, int, int], ...]:
    """Return date, departure and arrival of what leaves in ``[start, end)``; policies mostly share it.

    Raises
    ------
    NoSuchTime
        If one of them leaves or arrives at a time that clocks skip.
    """
    found = []
    for day in days_between(start_us, end_us, before=1):
        if not departure.leaves_on(day):
            continue
        if not start_us <= clock_us(day, departure.departs, zones[0], strict=False) < end_us:
            continue
        leaves = clock_us(day, departure.departs, zones[0])
        if departure.duration is not None:
            arrives = leaves + departure.duration
        else:
            assert departure.arrives is not None
            landing = day + timedelta(days=departure.arrives_day)
            arrives = clock_us(landing, departure.arrives, zones[1])
        found.append((day, leaves, arrives))
    return tuple(found)
