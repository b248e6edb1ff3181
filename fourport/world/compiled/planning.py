"""Plan the departure of one consignment after the other, in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.machine.searching import last_up_to
from fourport.plan.tables import Kind

if TYPE_CHECKING:
    from fourport.world.compiled.planning_tables import Goods, Legs, Openings, Planned, Steps

SERVICE, FLEET, JOIN = Kind.SERVICE, Kind.FLEET, Kind.JOIN


def run(steps: Steps, openings: Openings, legs: Legs, goods: Goods, planned: Planned, end: int) -> None:
    """Plan the departures of all consignments, in a run that has an end."""
    steps, openings, legs = at_hand(steps), at_hand(openings), at_hand(legs)
    goods, planned = at_hand(goods), at_hand(planned)
    for i in goods.ids:
        planned.departure[i] = _departure(steps, openings, legs, goods, planned, i, end)


@inlined
def _departure(
    steps: Steps, openings: Openings, legs: Legs, goods: Goods, planned: Planned, i: int, end: int
) -> int:
    """Return the departure of a consignment from its hub; -1 if none of a leg is late enough."""
    first, last = steps.first_of_route[goods.route[i]], steps.first_of_route[goods.route[i] + 1]
    at = goods.entry_us[i]
    for k in range(first, last):
        begins, kind = at, steps.kind[k]
        if kind == SERVICE:
            caught = _first_to_catch(steps, legs, k, at)
            if caught < 0 or steps.is_hub[k]:
                return -1 if caught < 0 else legs.place[caught]
            begins, at = legs.left_us[caught], legs.arrival_us[caught]
        elif kind == FLEET:
            begins = _next_open(steps, openings, k, _next_open(steps, openings, k, at) + steps.hold_us[k])
            at = begins + steps.late_us[k]
        elif not _holds(goods, steps.condition[k], i):
            pass  # it goes on at once
        elif kind == JOIN:
            track = steps.track[k]
            since = planned.filed_us[track] if planned.filer[track] == i else at
            at = max(at, _declared(steps, openings, goods, k, i, since, end))
        else:
            begins = _next_open(steps, openings, k, at)
            at = _ends(steps, openings, goods, k, i, begins, end)
        # Traders know when they file. A track that has been started is not started again.
        track = steps.early_track[k]
        if track >= 0 and planned.filer[track] != i and _holds(goods, steps.early_condition[k], i):
            planned.filer[track], planned.filed_us[track] = i, begins
    return -1


@inlined
def _holds(goods: Goods, condition: int, i: int) -> bool:
    """Return whether a condition holds for a consignment; no condition, -1, always does."""
    return condition < 0 or goods.holds[condition, i]


@inlined
def _declared(steps: Steps, openings: Openings, goods: Goods, join: int, i: int, since: int, end: int) -> int:
    """Return the end of a declaration."""
    at = since
    for k in range(steps.declaration[join], steps.declaration_end[join]):
        if _holds(goods, steps.condition[k], i):
            begins = _next_open(steps, openings, k, at)
            at = _ends(steps, openings, goods, k, i, begins, end)
    return at


@inlined
def _ends(steps: Steps, openings: Openings, goods: Goods, k: int, i: int, begins: int, end: int) -> int:
    """Return the end of a step that takes as long as it may for a consignment."""
    takes: int = steps.late_us[k] if steps.own_time[k] < 0 else goods.takes_us[steps.own_time[k], i]
    if steps.rests[k]:
        return _worked_off(steps, openings, k, begins, takes, end)
    return begins + takes


@inlined
def _worked_off(steps: Steps, openings: Openings, k: int, at: int, work: int, end: int) -> int:
    """Return when the first server has been on duty for so long; the end of the run if not within it."""
    turn, last = _turn(steps, openings, k, at), openings.first[steps.opening[k] + 1] - 1
    while at < end:
        then = end if turn == last else min(end, openings.turn_us[turn + 1])
        if openings.servers[turn] > 0:
            if at + work <= then:
                return at + work
            work -= then - at
        at = then
        turn += 1
    return end


@inlined
def _next_open(steps: Steps, openings: Openings, k: int, at: int) -> int:
    """Return the first instant from a time on at which a server is on duty; the time if there is none."""
    if steps.opening[k] < 0:
        return at
    opens = at
    for turn in range(_turn(steps, openings, k, at), openings.first[steps.opening[k] + 1]):
        if openings.servers[turn] > 0:
            opens = max(at, openings.turn_us[turn])
            break
    return opens


@inlined
def _turn(steps: Steps, openings: Openings, k: int, at: int) -> int:
    """Return the last turn of the opening of a step at or before a time."""
    first, end = openings.first[steps.opening[k]], openings.first[steps.opening[k] + 1]
    turn: int = last_up_to(openings.turn_us, first, end, openings.near[k], at)
    openings.near[k] = turn
    return turn


@inlined
def _first_to_catch(steps: Steps, legs: Legs, k: int, at: int) -> int:
    """Return the first departure of a leg that closes, or of the first service in order that leaves in time.

    It is -1 if there is none.
    """
    best, in_time = -1, False
    for service in range(steps.service[k], steps.service_end[k]):
        caught, within = _next_departure(legs, service, at), legs.within_us[service]
        if caught == legs.first[service + 1] or in_time:
            continue
        in_time = within >= 0 and legs.left_us[caught] <= at + within
        if in_time or best < 0 or legs.cutoff_us[caught] < legs.cutoff_us[best]:
            best = caught
    return best


@inlined
def _next_departure(legs: Legs, service: int, at: int) -> int:
    """Return the first departure of a service that closes at a time or later; the end if none does."""
    departure: int = legs.near[service]
    first, end = legs.first[service], legs.first[service + 1]
    while departure < end and legs.cutoff_us[departure] < at:
        departure += 1
    while departure > first and legs.cutoff_us[departure - 1] >= at:
        departure -= 1
    legs.near[service] = departure
    return departure
