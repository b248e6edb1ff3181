"""The arrays with which goods that come to services are counted."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fourport.machine import Routine
from fourport.plan.tables import DAY, MINUTE, Floats, Ints
from fourport.trace.compiled import Happened, Places
from fourport.world.tables import Flags

HALF_HOUR = 30 * MINUTE
HALF_HOURS_A_DAY = DAY // HALF_HOUR
THURSDAY = 3
"""Weekday of 1 January 1970; Monday is 0."""


class Calls(NamedTuple):
    """The ``s`` steps that are services, and what is known of goods and departures.

    Attributes
    ----------
    step, service
        (s,) the steps, and the service of each.
    is_choice
        (s,) whether goods may take another service instead.
    first_turn, turn_us, offset_us
        (s + 1,) range of each step in ``turn_us``, the instants at which the clocks of its origin change, us
        UTC, and by how much they are ahead of UTC from then on.
    in_parts
        (rows,) as in the trace.
    size
        (n, 3) as in the world.
    first
        (services + 1,) range of each service in the departures.
    scheduled_us, cutoff_us
        (departures,) us UTC.
    window_us
        (2,) begin and end of the window.
    """

    step: Ints
    service: Ints
    is_choice: Flags
    first_turn: Ints
    turn_us: Ints
    offset_us: Ints
    in_parts: Flags
    size: Annotated[Ints, 2]
    first: Ints
    scheduled_us: Ints
    cutoff_us: Ints
    window_us: Ints


class Served(NamedTuple):
    """What is counted.

    Attributes
    ----------
    load
        (departures, 3) load of consignments that went whole, in units of the plan.
    taken
        (departures,) consignments, each by the departure that took its last part.
    comes, comes_g
        (departures,) consignments, and their grams, that wait from a departure on, less those that it took;
        without those that may choose, and parts.
    arrivals
        (services, half hours, 4) by the half hour of the week in which goods are ready: consignments, weight
        in t, number taken by a departure, and sum of their hours until then.
    at_step
        Room for the arrivals at one step.
    """

    load: Annotated[Ints, 2]
    taken: Ints
    comes: Ints
    comes_g: Ints
    arrivals: Annotated[Floats, 3]
    at_step: Annotated[Floats, 2]

    @classmethod
    def room(cls, services: int, departures: int) -> Served:
        """Return counts of zero."""
        load = np.zeros((departures, 3), dtype=np.int64)
        taken, comes, comes_g = np.zeros((3, departures), dtype=np.int64)
        arrivals = np.zeros((services, 7 * HALF_HOURS_A_DAY, 4))
        return cls(load, taken, comes, comes_g, arrivals, np.zeros(arrivals.shape[1:]))


SERVICES = Routine("services", "fourport.study.compiled.services", (Calls, Places, Happened, Served))
