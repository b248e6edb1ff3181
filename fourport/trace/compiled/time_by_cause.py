"""Add up the time of each consignment by cause, step by step, in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.machine.searching import last_up_to
from fourport.plan.tables import NEVER
from fourport.trace.intervals import CAUSE

if TYPE_CHECKING:
    from fourport.plan.tables import Ints
    from fourport.trace.compiled.cause_tables import Legs, Openings, Steps, Totals, Vehicles
    from fourport.trace.compiled.tables import Happened, Places

CLOSED, QUEUE, CONSOLIDATION = CAUSE["closed"], CAUSE["queue"], CAUSE["consolidation"]
CUT_OFF, ROLLED_OVER, CANCELLED = CAUSE["cut-off"], CAUSE["rolled-over"], CAUSE["cancelled"]
LATE, TRANSPORT = CAUSE["late"], CAUSE["transport"]


def run(
    steps: Steps,
    openings: Openings,
    legs: Legs,
    vehicles: Vehicles,
    places: Places,
    events: Happened,
    totals: Totals,
) -> None:
    """Add up the time of all consignments."""
    steps, openings, legs, vehicles = at_hand(steps), at_hand(openings), at_hand(legs), at_hand(vehicles)
    places, events, totals = at_hand(places), at_hand(events), at_hand(totals)
    for k in range(len(steps.step)):
        if steps.service[k] >= 0:
            _by_service(steps, legs, vehicles, places, events, totals, k)
        elif steps.fleet[k] >= 0:
            _by_truck(steps, openings, vehicles, places, events, totals, k)
        else:
            _elsewhere(steps, openings, places, events, totals, k)


@inlined
def _by_service(
    steps: Steps, legs: Legs, vehicles: Vehicles, places: Places, events: Happened, totals: Totals, k: int
) -> None:
    """Add the time until a departure and on the way, of all who have arrived with one that there is."""
    s, leg, service = steps.step[k], steps.leg[k], steps.service[k]
    row, place = places.first_row[s], places.first_place[s]
    first, departures = _range(legs.first_of_service, service)
    for n in range(places.n_of_step[s]):
        index = events.departure_index[row + n]
        if events.end_us[row + n] == NEVER or not 0 <= index < departures:
            continue
        i, taken = places.ids[place + n], legs.place[first + index]
        departure, scheduled = legs.departure[taken], legs.scheduled_us[taken]
        left, due = vehicles.left_us[departure], vehicles.due_us[departure]
        _add_missed(legs, vehicles, totals, i, leg, taken, events.ready_us[row + n])
        totals.by_cause[LATE, i] += left - scheduled + events.end_us[row + n] - due
        totals.by_cause[TRANSPORT, i] += due - left


@inlined
def _add_missed(
    legs: Legs, vehicles: Vehicles, totals: Totals, i: int, leg: int, taken: int, ready: int
) -> None:
    """Add the time until a departure was to leave, back over those that were tried before it.

    One that was missed counts as gone as scheduled, but no later than those after it, since a departure that
    closes later may leave earlier.
    """
    gone, within = legs.scheduled_us[taken], legs.within_us[leg]
    for missed in range(taken - 1, legs.first[leg] - 1, -1):
        if legs.cutoff_us[missed] < ready:
            break
        scheduled, is_tried = legs.scheduled_us[missed], within < 0 or legs.kept_us[missed] > ready + within
        if is_tried and scheduled < gone:
            cause = CANCELLED if vehicles.cancelled[legs.departure[missed]] else ROLLED_OVER
            totals.by_cause[cause, i] += gone - scheduled
            gone = scheduled
    totals.by_cause[CUT_OFF, i] += gone - ready


@inlined
def _by_truck(
    steps: Steps,
    openings: Openings,
    vehicles: Vehicles,
    places: Places,
    events: Happened,
    totals: Totals,
    k: int,
) -> None:
    """Add the time until a truck left and on the way, of all who have arrived with one that there is."""
    s, opening, (first, trips) = (
        steps.step[k],
        steps.opening[k],
        _range(vehicles.first_of_fleet, steps.fleet[k]),
    )
    row, place, turn = places.first_row[s], places.first_place[s], openings.first[opening]
    for n in range(places.n_of_step[s]):
        ready, begin, end = events.ready_us[row + n], events.begin_us[row + n], events.end_us[row + n]
        index = events.departure_index[row + n]
        if end == NEVER or not 0 <= index < trips:
            continue
        i, loaded = places.ids[place + n], max(ready, vehicles.open_us[first + index])
        turn = _turn(openings, opening, turn, ready)
        _add(totals, i, QUEUE, loaded - ready, _closed(openings, opening, turn, 0, ready, loaded))
        turn = _turn(openings, opening, turn, loaded)
        _add(totals, i, CONSOLIDATION, begin - loaded, _closed(openings, opening, turn, 0, loaded, begin))
        totals.by_cause[TRANSPORT, i] += end - begin


@inlined
def _range(first: Ints, k: int) -> tuple[int, int]:
    """Return where what belongs to a carrier begins, and how much that is."""
    return first[k], first[k + 1] - first[k]


@inlined
def _elsewhere(
    steps: Steps, openings: Openings, places: Places, events: Happened, totals: Totals, k: int
) -> None:
    """Add the time of all who have ended a step; of a declaration only that for which the goods waited."""
    s, join, opening, rests = steps.step[k], steps.join[k], steps.opening[k], steps.rests[k]
    waits_for, does = steps.waits_for[k], steps.does[k]
    row, place, turn = places.first_row[s], places.first_place[s], openings.first[opening]
    for n in range(places.n_of_step[s]):
        ready, begin, end = events.ready_us[row + n], events.begin_us[row + n], events.end_us[row + n]
        if end == NEVER:
            continue
        if join >= 0:
            at_join = places.first_row[join] + n
            came = events.begin_us[at_join]
            if events.end_us[at_join] == NEVER or end <= came:
                continue
            ready, begin = max(ready, came), max(begin, came)
        i = places.ids[place + n]
        if begin > ready and waits_for >= 0:
            turn = _turn(openings, opening, turn, ready)
            _add(totals, i, waits_for, begin - ready, _closed(openings, opening, turn, 0, ready, begin))
        rested = 0
        if rests:
            turn, server = _turn(openings, opening, turn, begin), events.departure_index[row + n]
            rested = _closed(openings, opening, turn, server, begin, end)
        _add(totals, i, does, end - begin, rested)


@inlined
def _turn(openings: Openings, opening: int, near: int, at: int) -> int:
    """Return the last turn of an opening at or before a time."""
    return last_up_to(openings.turn_us, openings.first[opening], openings.first[opening + 1], near, at)


@inlined
def _closed(openings: Openings, opening: int, turn: int, server: int, since: int, until: int) -> int:
    """Return for how long within a time, since a turn, a server is off duty; servers are counted from 0."""
    last, at, closed = openings.first[opening + 1] - 1, since, 0
    while at < until:
        then = until if turn == last else min(until, openings.turn_us[turn + 1])
        if openings.servers[turn] <= server:
            closed += then - at
        at = then
        turn += 1
    return closed


@inlined
def _add(totals: Totals, i: int, cause: int, spent: int, closed: int) -> None:
    """Add a time, of which the part in which something was closed has a cause of its own."""
    totals.by_cause[cause, i] += spent - closed
    if closed > 0:
        totals.by_cause[CLOSED, i] += closed
