"""Read milestones, some consignments at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.trace.compiled.look import look
from fourport.trace.compiled.tables import AT_A_TIME
from fourport.trace.compiled.walk import walk

if TYPE_CHECKING:
    from fourport.trace.compiled.tables import Broken, Given, Happened


def run(given: Given, events: Happened, broken: Broken) -> None:
    """Read all consignments, by route."""
    given, events, broken = at_hand(given), at_hand(events), at_hand(broken)
    place = 0  # of the first consignment of the route
    for route in range(len(given.n)):
        n = given.n[route]
        steps = range(given.first_step[route], given.first_step[route + 1])
        for since in range(0, n, AT_A_TIME):
            until = min(since + AT_A_TIME, n)
            if len(given.times_us):
                for s in steps:
                    arrange(given, events, s, place, since, until)
            for track in range(given.first_track[route], given.first_track[route + 1]):
                walk(given, events, track, place, since, until)
            for s in steps:
                look(given, events, broken, s, place, since, until)
        place += n


@inlined
def arrange(given: Given, events: Happened, s: int, place: int, since: int, until: int) -> None:
    """Put together what happened to some consignments of a route at a step."""
    row = given.first_row[s]
    for k in range(since, until):
        event_row = given.row_of_step_0[place + k] + s
        events.begin_us[row + k] = given.times_us[event_row, 0]
        events.end_us[row + k] = given.times_us[event_row, 1]
        events.departure_index[row + k] = given.departure_index[event_row]
