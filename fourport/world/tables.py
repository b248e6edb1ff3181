"""The world: everything random in one replication, drawn before the run.

The world consists of arrays. ``docs/semantics.md`` defines every column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fourport.plan.tables import Floats, Ints, Plan

Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Departures:
    """The ``D`` departures of one service over the horizon, ordered by cut-off.

    Attributes
    ----------
    cutoff_us, scheduled_us, departure_us, arrival_us
        (D,) us UTC; cut-off <= scheduled <= actual departure < actual arrival.
    cancelled
        (D,) bool.
    block_space, free_sale
        (D, 3) block space and free-sale capacity for the modelled cargo, in g, litres and micro-TEU.
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
    """The ``n`` consignments of one replication and their circumstances.

    Consignments are numbered by entry time; the number of a consignment is its id.

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
    non_compliant
        (n,) bool: the consignment is non-compliant; customs may find it.
    risk
        (D, n) one uniform number in [0, 1) for each risk number of the plan.
    first_event_row
        (n + 1,) first event row of each consignment; each step of its route has one row.
    duration_us
        (event rows,) duration of each DELAY and RESOURCE step, at least 1; 0 elsewhere.
    departures
        One entry for each service.
    trip_out_us, trip_back_us
        One array for each fleet: driving times of its k-th trip, out and back. There are at least as many
        trips as visits of consignments.
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


def event_row_bases(plan: Plan, route: Ints) -> Ints:
    """Return the first event row of each consignment, and the number of rows in all, (n + 1,).

    Parameters
    ----------
    route
        (n,) route of each consignment.
    """
    return np.concatenate([[0], np.cumsum(np.diff(plan.route_first_step)[route])]).astype(np.int64)
