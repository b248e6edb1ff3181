"""When resources and the hours of legs are closed, and for how long."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Ints
from fourport.world.tables import Flags

Schedule: TypeAlias = tuple[str, int, int]
"""What opens and closes: a resource of the plan, or hours of legs; its number; and which of its servers."""


def of_resource(resource: int, server: int = 0) -> Schedule:
    """Return what opens and closes a server of a resource of the plan."""
    return "resource", resource, server


def closed_us(corridor: Corridor, resource: int, since: Ints, until: Ints) -> Ints:
    """Return for how long a resource of the plan was closed within some times, (k,) us."""
    found = closed_within(corridor, of_resource(resource), since, until)
    return np.zeros_like(since) if found is None else found


def closed_within(corridor: Corridor, schedule: Schedule | None, since: Ints, until: Ints) -> Ints | None:
    """Return for how long something was closed within some times; None if it need not be looked at."""
    turns, closed_after = openings(corridor, schedule)
    wait = np.flatnonzero(until > since) if closed_after.any() else ()
    if not len(wait):
        return None
    closed_before, closed = _closed_before(corridor, schedule), np.zeros_like(since)
    for sign, times in ((1, until[wait]), (-1, since[wait])):
        now = np.maximum(np.searchsorted(turns, times, side="right") - 1, 0)
        closed[wait] += sign * (closed_before[now] + closed_after[now] * (times - turns[now]))
    return closed


def closed_within_each(corridor: Corridor, resource: Ints, since: Ints, until: Ints) -> Ints:
    """Return for how long the resource of each of some times was closed within it, (k,) us.

    Parameters
    ----------
    resource
        (k,) resources of the plan.
    """
    first, turns, following, closed_after, closed_before, apart = _closures(corridor)
    since, until = since + resource * apart, until + resource * apart
    now = np.maximum(np.searchsorted(turns, since, side="right") - 1, first[resource])
    closed: Ints = (until - since) * closed_after[now]
    # Few times reach into another period.
    more = np.flatnonzero(until > following[now])
    low, high = now[more], np.searchsorted(turns, until[more], side="right") - 1
    closed[more] = closed_before[high] + closed_after[high] * (until[more] - turns[high])
    closed[more] -= closed_before[low] + closed_after[low] * (since[more] - turns[low])
    return closed


@once
def _closures(corridor: Corridor) -> tuple[Ints, Ints, Ints, Flags, Ints, int]:
    """Return the openings of all resources, one resource after the other, on one axis of time.

    Returns
    -------
    The first turn of each resource, the turns, the turn that follows each, whether it is closed from then on,
    how long it was closed before, and how far the times of a resource are apart on the axis from those of the
    one before it, us.
    """
    plan = corridor.plan
    schedules = [of_resource(k) for k in range(len(plan.names.resources))]
    each = [openings(corridor, schedule) for schedule in schedules]
    times = np.concatenate([np.array([plan.start_us, plan.end_us]), *(turns for turns, _ in each)])
    apart = int(times.max() - times.min()) + 1
    first = np.cumsum([0, *(len(turns) for turns, _ in each)])
    none, never = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    on_axis = np.concatenate([none, *(turns + k * apart for k, (turns, _) in enumerate(each))])
    return (
        first,
        on_axis,
        np.append(on_axis[1:], np.iinfo(np.int64).max),
        np.concatenate([never, *(closed for _, closed in each)]),
        np.concatenate([none, *(_closed_before(corridor, schedule) for schedule in schedules)]),
        apart,
    )


@once
def openings(corridor: Corridor, schedule: Schedule | None) -> tuple[Ints, Flags]:
    """Return the times at which something opens or closes, and whether it is closed from then on."""
    plan = corridor.plan
    if schedule is None:
        return np.array([plan.start_us]), np.zeros(1, dtype=np.bool_)
    kind, number, server = schedule
    first, at, servers = plan.hours_first, plan.hours_turn_us, plan.hours_open
    if kind == "resource":
        first, at, servers = plan.resource_change_first, plan.resource_change_us, plan.resource_servers
    mine = slice(*first[number : number + 2].tolist())
    closed = servers[mine] <= server
    if kind == "resource" and (slot_us := _slot_us(corridor, number)) is not None:
        return _open_in_slots(int(at[mine][0]), at[mine][~closed], slot_us)
    turns = np.flatnonzero(np.concatenate([[True], closed[1:] != closed[:-1]]))
    return at[mine][turns], closed[turns]


def _slot_us(corridor: Corridor, resource: int) -> int | None:
    """Return the length of the slots of a resource of the plan that gives appointments."""
    place, _, name = corridor.plan.names.resources[resource].partition("/")
    return corridor.scenario.facilities[place].resources[name].slot


def _open_in_slots(start_us: int, begins: Ints, slot_us: int) -> tuple[Ints, Flags]:
    """Return the turns of what is open for the whole of each slot, though it serves only at its begin."""
    apart = begins[1:] > begins[:-1] + slot_us
    opens = np.concatenate([begins[:1], begins[1:][apart]])
    closes = np.concatenate([begins[:-1][apart], begins[-1:]]) + slot_us
    turns, closed = np.stack([opens, closes], axis=1).ravel(), np.tile([False, True], len(opens))
    if start_us in opens:
        return turns, closed
    return np.concatenate([[start_us], turns]), np.concatenate([[True], closed])


@once
def _closed_before(corridor: Corridor, schedule: Schedule | None) -> Ints:
    """Return how long something was closed before each time at which it opens or closes, us."""
    turns, closed_after = openings(corridor, schedule)
    closed = np.diff(turns) * closed_after[:-1]
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(closed)])
