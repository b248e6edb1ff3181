"""Who waits at which resource, counted from instant to instant in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import NEVER
from fourport.study.checks.queue_tables import LATER

if TYPE_CHECKING:
    from fourport.plan.tables import Ints
    from fourport.study.checks.queue_tables import Broken, Classes, Duty, Visits


def run(visits: Visits, duty: Duty, classes: Classes, broken: Broken, low: int, high: int) -> None:
    """Look at the resources from ``low`` to ``high``."""
    visits, duty, classes, broken = at_hand(visits), at_hand(duty), at_hand(classes), at_hand(broken)
    for resource in range(low, high):
        _look_at(visits, duty, classes, broken, resource)


@inlined
def _look_at(visits: Visits, duty: Duty, classes: Classes, broken: Broken, resource: int) -> None:
    """Count who has come, begun and ended, from one instant to the next at which anything could be wrong.

    Then somebody begins, or comes while nobody waits, or a server may become free while somebody waits.
    """
    first, last = visits.first[resource], visits.first[resource + 1]
    first_turn, last_turn = duty.first[resource], duty.first[resource + 1]
    too_many = idle = too_early = overtaken = worse = False
    classes.last[:] = -1
    classes.worse_us[:] = NEVER
    came = begun = ended = first
    turn = first_turn
    while True:
        now = _sooner(LATER, visits.begin_us, begun, last)
        if came > begun:
            now = _sooner(now, visits.end_us, ended, last)
            now = _sooner(now, duty.turn_us, turn, last_turn)
        else:
            now = _sooner(now, visits.came_us, came, last)
        if now == LATER:
            break
        turn = _after(now, duty.turn_us, turn, last_turn)
        ended = _after(now, visits.end_us, ended, last)
        came = _after(now, visits.came_us, came, last)
        begun_before, begun = begun, _after(now, visits.begin_us, begun, last)
        for k in range(begun_before, begun):
            too_early |= visits.ready_us[k] > now
            overtaken |= _is_overtaken(visits, classes, k)
            worse |= classes.worse_us[visits.rank[k]] >= visits.ready_us[k]
        for k in range(begun_before, begun):
            _note(visits, classes, k, now)
        servers, busy = duty.servers[max(turn - 1, first_turn)], begun - ended
        too_many |= begun > begun_before and busy > servers
        idle |= came > begun and busy < servers
    for k in range(begun, last):  # Who never begins has waited all the time.
        overtaken |= _is_overtaken(visits, classes, k)
        worse |= classes.worse_us[visits.rank[k]] >= visits.ready_us[k]
    broken.too_many[resource], broken.idle[resource], broken.worse[resource] = too_many, idle, worse
    broken.too_early[resource], broken.overtaken[resource] = too_early, overtaken


@inlined
def _is_overtaken(visits: Visits, classes: Classes, at: int) -> bool:
    """Return whether a visit is before one of its class in the queue that began at an earlier instant."""
    other = classes.last[visits.rank[at]]
    return other >= 0 and _is_before(visits, at, other)


@inlined
def _is_before(visits: Visits, one: int, other: int) -> bool:
    """Return whether a visit is before another one of its class in the queue."""
    return (visits.ready_us[one], visits.turn[one]) < (visits.ready_us[other], visits.turn[other])


@inlined
def _note(visits: Visits, classes: Classes, at: int, now: int) -> None:
    """Keep of a visit that begins what others are compared with that begin later."""
    rank = visits.rank[at]
    if not _is_overtaken(visits, classes, at):
        classes.last[rank] = at
    for better in range(rank):
        classes.worse_us[better] = now


@inlined
def _sooner(us: int, times_us: Ints, k: int, last: int) -> int:
    """Return a time, or the next one of others if that is sooner."""
    return min(us, times_us[k]) if k < last else us


@inlined
def _after(now: int, times_us: Ints, k: int, last: int) -> int:
    """Return the place of the first of some times after ``now``."""
    while k < last and times_us[k] <= now:
        k += 1
    return k
