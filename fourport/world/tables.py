"""The world: everything random in one replication, drawn before it is run.

Arrays only; the meaning of every column is defined in ``docs/semantics.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fourport.plan.tables import Floats, Ints

Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Departures:
    """The departures of one service over the horizon, ``D`` of them, by cut-off.

    Attributes
    ----------
    cutoff_us, scheduled_us, departure_us, arrival_us
        (D,) us UTC; cut-off <= scheduled <= actual departure < actual arrival.
    cancelled
        (D,) bool.
    block_space, free_sale
        (D, 3) room for the modelled cargo in g, litres and micro-TEU.
    """

    cutoff_us: Ints
    scheduled_us: Ints
    departure_us: Ints
    arrival_us: Ints
    cancelled: Flags
    block_space: Ints
    free_sale: Ints


@dataclass(frozen=True)
class World:
    """One replication's consignments and circumstances, ``n`` consignments.

    Consignments are numbered by entry time; their number is their id.

    Attributes
    ----------
    entry_us
        (n,) us UTC, not decreasing.
    lane, route, trader class, commodity
        (n,) indices.
    credit
        (n,) index of the shipper's credit grade; -1 for none.
    size
        (n, 3) weight in g, volume in litres, share of containers in micro-TEU; each at least 1.
    value
        (n,) value of the goods in the reporting currency.
    offends
        (n,) bool: it breaks a rule, which customs may find.
    risk
        (D, n) one uniform number in [0, 1) for each risk number of the plan.
    first_event_row
        (n + 1,) first event row of each consignment; one event row for each step of its route.
    duration_us
        (event rows,) duration of each DELAY and STATION step, at least 1; 0 elsewhere.
    departures
        One entry for each service.
    trip_out_us, trip_back_us
        One array for each fleet: driving time of its k-th trip and of the way back.
        At least as many trips as consignment visits.
    """

    entry_us: Ints
    lane: Ints
    route: Ints
    trader_class: Ints
    commodity: Ints
    credit: Ints
    size: Ints
    value: Floats
    non_compliant: Flags
    risk: Floats
    first_event_row: Ints
    duration_us: Ints
    departures: tuple[Departures, ...]
    trip_out_us: tuple[Ints, ...]
    trip_back_us: tuple[Ints, ...]

    @property
    def n(self) -> int:
        """Number of consignments."""
        return len(self.entry_us)
