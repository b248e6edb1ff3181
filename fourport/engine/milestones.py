"""The result of an engine: when each consignment began and ended each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.plan.tables import NEVER, FewInts, Ints


@dataclass(frozen=True)
class Trips:
    """The ``K`` trips that one fleet made, in order of departure.

    Attributes
    ----------
    open_us, departure_us, arrival_us
        (K,) times at which the truck began to load, departed and arrived, us UTC; arrival is ``NEVER`` for
        a truck that is still on the road at the end.
    """

    open_us: Ints
    departure_us: Ints
    arrival_us: Ints


@dataclass(frozen=True)
class Parts:
    """The ``P`` parts of consignments that one departure could not take whole, by row and departure.

    A consignment that went whole has none. The parts of one that has left altogether add up to 1000.

    Attributes
    ----------
    row
        (P,) row of the step: the event row, or in a trace the row of the trace.
    departure_index
        (P,) departure that took the part.
    thousandths
        (P,) the part, in thousandths of the consignment.
    """

    row: Ints
    departure_index: Ints
    thousandths: Ints

    @classmethod
    def sorted(cls, row: Ints, departure_index: Ints, thousandths: Ints) -> Parts:
        """Put parts that were loaded in any order into the order in which they are kept."""
        order = np.lexsort((departure_index, row))
        return cls(row[order], departure_index[order], thousandths[order])


NO_PARTS = Parts(*np.empty((3, 0), dtype=np.int64))


@dataclass(frozen=True)
class Milestones:
    """Times of one run, by event row (see :class:`fourport.world.tables.World`).

    Attributes
    ----------
    times_us
        (event rows, 2) begin and end, us UTC; ``NEVER`` where it has not happened.
    departure_index
        (event rows,) index of the departure or trip that took the consignment, or the last part of it; the
        number of the server at a resource that resumes its work; -1 elsewhere. Stored in 32 bits: 64 would
        cost 80 MB more at a million consignments.
    trips
        One entry for each fleet.
    parts
        What went in parts, by several departures.
    """

    times_us: Ints
    departure_index: FewInts
    trips: tuple[Trips, ...]
    parts: Parts = NO_PARTS

    @property
    def begin_us(self) -> Ints:
        """(event rows,) begin of each step."""
        return self.times_us[:, 0]

    @property
    def end_us(self) -> Ints:
        """(event rows,) end of each step."""
        return self.times_us[:, 1]

    def differences(self, other: Milestones) -> list[str]:
        """Return the names of the fields in which two runs are not bit-identical; empty if there are none."""
        fields = ("begin_us", "end_us", "departure_index")
        found = [f for f in fields if not np.array_equal(getattr(self, f), getattr(other, f))]
        for k, (mine, theirs) in enumerate(zip(self.trips, other.trips, strict=True)):
            for f in ("open_us", "departure_us", "arrival_us"):
                if not np.array_equal(getattr(mine, f), getattr(theirs, f)):
                    found.append(f"trips[{k}].{f}")
        for f in ("row", "departure_index", "thousandths"):
            if not np.array_equal(getattr(self.parts, f), getattr(other.parts, f)):
                found.append(f"parts.{f}")
        return found

    def happened(self) -> Ints:
        """Return the event rows whose step has ended, (k,)."""
        return np.flatnonzero(self.end_us != NEVER)
