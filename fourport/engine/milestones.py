"""What an engine returns: when each consignment began and ended each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.plan.tables import NEVER, FewInts, Ints


@dataclass(frozen=True)
class Trips:
    """The trips that one fleet made, in order of departure; ``K`` of them.

    Attributes
    ----------
    open_us, departure_us, arrival_us
        (K,) when the truck began to load, left, and arrived, us UTC; arrival is
        ``NEVER`` for a truck still on the road at the end.
    """

    open_us: Ints
    departure_us: Ints
    arrival_us: Ints


@dataclass(frozen=True)
class Milestones:
    """Times of one run, by event row (see :class:`fourport.world.tables.World`).

    Attributes
    ----------
    begin_us, end_us
        (event rows,) us UTC; ``NEVER`` where it has not happened.
    carrier
        (event rows,) index of the departure or trip that took the consignment; -1 elsewhere.
        Of 32 bits: 64 would cost 80 MB more at a million consignments.
    trips
        One entry for each fleet.
    """

    begin_us: Ints
    end_us: Ints
    departure_index: FewInts
    trips: tuple[Trips, ...]

    def differences(self, other: Milestones) -> list[str]:
        """Names of the fields in which two runs are not bit-identical (empty if none)."""
        fields = ("begin_us", "end_us", "departure_index")
        found = [f for f in fields if not np.array_equal(getattr(self, f), getattr(other, f))]
        for k, (mine, theirs) in enumerate(zip(self.trips, other.trips, strict=True)):
            for f in ("open_us", "departure_us", "arrival_us"):
                if not np.array_equal(getattr(mine, f), getattr(theirs, f)):
                    found.append(f"trips[{k}].{f}")
        return found

    def happened(self) -> Ints:
        """(k,) event rows whose step has ended."""
        return np.flatnonzero(self.end_us != NEVER)
