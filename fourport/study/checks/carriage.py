"""What vehicles took, added up from the events in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand
from fourport.plan.tables import NEVER

if TYPE_CHECKING:
    from fourport.study.checks.carriage_tables import Carried, Legs, Vehicles
    from fourport.trace.compiled import Happened, Places


def run(legs: Legs, vehicles: Vehicles, places: Places, events: Happened, carried: Carried) -> None:
    """Look at all goods at all legs."""
    legs, vehicles, carried = at_hand(legs), at_hand(vehicles), at_hand(carried)
    places, events = at_hand(places), at_hand(events)
    for k in range(len(legs.step)):
        s, carrier = legs.step[k], legs.carrier[k]
        if legs.in_parts[s]:
            continue
        first, end = vehicles.first[carrier], vehicles.first[carrier + 1]
        row, place = places.first_row[s], places.first_place[s]
        cancelled = otherwise = False
        for _ in range(places.n_of_step[s]):
            taken, done = events.departure_index[row], events.end_us[row] != NEVER
            vehicle = first + taken
            if taken >= 0 and vehicle < end:
                i = places.ids[place]
                for d in range(3):
                    carried.size[vehicle, d] += legs.size[i, d]
                cancelled |= vehicles.cancelled[vehicle]
                leaves = vehicles.leaves_us[vehicle]
                arrives = leaves + vehicles.lasts_us[vehicle]
                otherwise |= done and (events.begin_us[row] != leaves or events.end_us[row] != arrives)
            else:
                otherwise |= done or taken >= 0
            row += 1
            place += 1
        carried.by_cancelled[carrier] |= cancelled
        carried.otherwise[s] = otherwise
