"""The world: everything random in one replication, drawn before the run.

The world consists of arrays. ``docs/semantics.md`` defines every column.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from itertools import accumulate
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from fourport.plan.tables import FewInts, Floats, Ints, Plan
from fourport.world.streams import N, Streams

Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.signedinteger[Any]]
"""Indices of 32 bits in a drawn world, which saves memory; 64 bits will do."""


@dataclass(frozen=True)
class Departures:
    """The ``D`` departures of all ``V`` services over the horizon, by service and then by cut-off.

    Attributes
    ----------
    first
        (V + 1,) first departure of each service; the last entry is D.
    cutoff_us, scheduled_us, departure_us, arrival_us
        (D,) us UTC; cut-off <= scheduled <= actual departure < actual arrival.
    cancelled
        (D,) bool.
    released_us
        (D,) when block space that is not needed is opened to all, us UTC, at or before the cut-off; ``NEVER``
        if it is kept.
    block_space, free_sale
        (D, 3) block space and free-sale capacity for the modelled cargo, in g, cm3 and micro-TEU.
    most_free_sale
        (D, 3) free-sale capacity if background cargo were as small as it can be.
    """

    first: Ints
    cutoff_us: Ints
    scheduled_us: Ints
    departure_us: Ints
    arrival_us: Ints
    cancelled: Flags
    released_us: Ints
    block_space: Ints
    free_sale: Ints
    most_free_sale: Ints

    @classmethod
    def joined(cls, services: Sequence[Departures]) -> Departures:
        """Put the departures of several services one after the other."""
        columns = {
            column.name: np.concatenate([getattr(of, column.name) for of in (NO_DEPARTURES, *services)])
            for column in fields(cls)
            if column.name != "first"
        }
        return cls(_offsets(len(of.cutoff_us) for of in services), **columns)

    def of(self, service: int) -> Departures:
        """Return the departures of one service, without copying."""
        mine = slice(*self.first[service : service + 2].tolist())
        columns = (getattr(self, column.name)[mine] for column in fields(self) if column.name != "first")
        return Departures(np.array([0, mine.stop - mine.start], dtype=np.int64), *columns)


@dataclass(frozen=True)
class Drives:
    """Driving times of the ``K`` trips that ``F`` fleets may make, by fleet and then by number of the trip.

    There are at least as many trips of a fleet as visits of consignments to it.

    Attributes
    ----------
    first
        (F + 1,) first trip of each fleet; the last entry is K.
    out_us, back_us
        (K,) time to drive out and back.
    """

    first: Ints
    out_us: Ints
    back_us: Ints

    @classmethod
    def joined(cls, fleets: Sequence[tuple[Ints, Ints]]) -> Drives:
        """Put the driving times, out and back, of several fleets one after the other."""
        out, back = (np.concatenate([NONE, *(times[way] for times in fleets)]) for way in (0, 1))
        return cls(_offsets(len(out_us) for out_us, _ in fleets), out, back)

    def of(self, fleet: int) -> Drives:
        """Return the driving times of one fleet, without copying."""
        mine = slice(*self.first[fleet : fleet + 2].tolist())
        first = np.array([0, mine.stop - mine.start], dtype=np.int64)
        return Drives(first, self.out_us[mine], self.back_us[mine])


def _offsets(counts: Iterable[int]) -> Ints:
    return np.array([0, *accumulate(counts)], dtype=np.int64)


NONE = np.empty(0, dtype=np.int64)
NO_DEPARTURES = Departures(
    np.zeros(1, dtype=np.int64),
    NONE,
    NONE,
    NONE,
    NONE,
    np.empty(0, dtype=np.bool_),
    NONE,
    np.empty((0, 3), dtype=np.int64),
    np.empty((0, 3), dtype=np.int64),
    np.empty((0, 3), dtype=np.int64),
)
NO_DRIVES = Drives(np.zeros(1, dtype=np.int64), NONE, NONE)


@dataclass(frozen=True)
class ByArrival:
    """Times that are the same for all goods of one arrival, such as that of the manifest.

    Attributes
    ----------
    first
        (S + 1,) first arrival of each step of the plan in the other two; a step without any has times of its
        own for each consignment. Empty where no step has any.
    arrival_us
        (A,) arrivals of the vehicles that bring goods to the step, us UTC, rising within a step.
    lasts_us
        (A,) time that the step takes for goods of this arrival, at least 1.
    """

    first: Ints
    arrival_us: Ints
    lasts_us: Ints

    def ranges(self, steps: int) -> Ints:
        """Return ``first`` with an entry for each of so many steps, even where no step has any arrival."""
        return self.first if len(self.first) else np.zeros(steps + 1, dtype=np.int64)

    def of(self, step: int, at_us: Ints) -> Ints | None:
        """Return how long a step takes that begins at the instants ``at_us``; None if it has own times."""
        mine = slice(*self.first[step : step + 2].tolist()) if len(self.first) else slice(0, 0)
        if mine.start == mine.stop:
            return None
        last = np.searchsorted(self.arrival_us[mine], at_us, side="right") - 1
        found: Ints = self.lasts_us[mine][np.maximum(last, 0)]
        return found


NONE_BY_ARRIVAL = ByArrival(NONE, NONE, NONE)


@dataclass(frozen=True)
class World:
    """The ``n`` consignments of one replication and their circumstances.

    Consignments are numbered by entry time; the number of a consignment is its id.

    Attributes
    ----------
    entry_us
        (n,) us UTC, not decreasing.
    lane, route, trader_class, commodity
        (n,) indices.
    credit
        (n,) index of the shipper's credit grade; -1 for none.
    size
        (n, 3) weight in g, volume in cm3, share of containers in micro-TEU; each at least 1.
    value
        (n,) value of the goods in the reporting currency.
    non_compliant
        (n,) bool: the consignment is non-compliant; customs may find it.
    risk
        For each risk number of the plan, (n,) uniform numbers in [0, 1); one by commodity is divided by the
        share of the commodity, and 1 if that is 0.
    first_event_row
        (n + 1,) first event row of each consignment; each step of its route has one row.
    duration_us
        (event rows,) duration of each DELAY and RESOURCE step, at least 1; 0 elsewhere.
    departures
        Departures of all services.
    drives
        Driving times of the trips of all fleets.
    by_arrival
        Times of the first steps of some declaration tracks, the same for all goods of an arrival.
    streams
        What it was drawn from; None if it was not.
    """

    entry_us: Ints
    lane: Numbers
    route: Ints
    trader_class: Ints
    commodity: Numbers
    credit: Numbers
    size: Ints
    value: Floats
    non_compliant: Flags
    risk: tuple[Floats, ...]
    first_event_row: Ints
    duration_us: Ints
    departures: Departures
    drives: Drives
    by_arrival: ByArrival = NONE_BY_ARRIVAL
    streams: Streams | None = field(default=None, repr=False, compare=False)
    _outcomes: dict[int, tuple[Plan, Flags]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Plans, by identity, with what was decided of them; see :func:`fourport.world.outcomes.outcomes`."""

    @property
    def n(self) -> int:
        """Number of consignments."""
        return len(self.entry_us)

    def once(self, name: Hashable, given: object, make: Callable[[], N], *of: NDArray[Any]) -> N:
        """Compute once what worlds of a replication have in common; see :meth:`Streams.once`."""
        return make() if self.streams is None else self.streams.once(name, given, make, of)


def event_row_bases(plan: Plan, route: Ints) -> Ints:
    """Return the first event row of each consignment, and the number of rows in all, (n + 1,).

    Parameters
    ----------
    route
        (n,) route of each consignment.
    """
    return np.concatenate([[0], np.cumsum(np.diff(plan.route_first_step)[route])]).astype(np.int64)


Rows = TypeVar("Rows", Ints, FewInts, Numbers)


def rows_from(values: Rows, steps: int) -> Rows:
    """Return a view of (rows - steps + 1, steps): the values of so many event rows from each on.

    To take or fill some of its rows copies the steps of a consignment as one piece, several times as fast as
    row by row.
    """
    shape, apart = (len(values) - steps + 1, steps), values.strides[0]
    return cast(Rows, np.ndarray(shape, values.dtype, values, strides=(apart, apart)))
