"""What vehicles took, added up from the events in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand
from fourport.plan.tables import NEVER

if TYPE_CHECKING:
    from fourport.study.checks.carriage_tables import Carried, Legs, Vehicles


def run(legs: Legs, vehicles: Vehicles, carried: Carried) -> None:
    """Look at all goods at all legs."""
    legs, vehicles, carried = at_hand(legs), at_hand(vehicles), at_hand(carried)
    for k in range(len(legs.step)):
        s, carrier = legs.step[k], legs.carrier[k]
        if legs.in_parts[s]:
            continue
        first, end = vehicles.first[carrier], vehicles.first[carrier + 1]
        row, place = legs.first_row[s], legs.first_place[s]
        cancelled = otherwise = False
        for _ in range(legs.n_of_step[s]):
            taken, done = legs.departure_index[row], legs.end_us[row] != NEVER
            vehicle = first + taken
            if taken >= 0 and vehicle < end:
                i = legs.ids[place]
                for d in range(3):
                    carried.size[vehicle, d] += legs.size[i, d]
                cancelled |= vehicles.cancelled[vehicle]
                leaves = vehicles.leaves_us[vehicle]
                arrives = leaves + vehicles.lasts_us[vehicle]
                otherwise |= done and (legs.begin_us[row] != leaves or legs.end_us[row] != arrives)
            else:
                otherwise |= done or taken >= 0
            row += 1
            place += 1
        carried.by_cancelled[carrier] |= cancelled
        carried.otherwise[s] = otherwise
