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
    turns, closed_after = openings(corridor, of_resource(resource))
    closed_before = np.concatenate([[0], np.cumsum(np.diff(turns) * closed_after[:-1])])
    closed: Ints = np.zeros_like(since)
    for sign, times in ((1, until), (-1, since)):
        now = np.maximum(np.searchsorted(turns, times, side="right") - 1, 0)
        closed += sign * (closed_before[now] + closed_after[now] * (times - turns[now]))
    return closed


def servers(corridor: Corridor, schedule: Schedule) -> tuple[Ints, Ints]:
    """Return the times at which the servers of a resource change, or hours open or close, and their number.

    Of a resource that gives appointments it is one for the whole of each slot; of open hours it is one, too.
    """
    plan, (kind, number, _) = corridor.plan, schedule
    if kind == "hours":
        mine = slice(*plan.hours_first[number : number + 2].tolist())
        return plan.hours_turn_us[mine], plan.hours_open[mine]
    mine = slice(*plan.resource_change_first[number : number + 2].tolist())
    at, found = plan.resource_change_us[mine], plan.resource_servers[mine]
    slot_us = _slot_us(corridor, number)
    return (at, found) if slot_us is None else _open_in_slots(int(at[0]), at[found > 0], slot_us)


@once
def openings(corridor: Corridor, schedule: Schedule | None) -> tuple[Ints, Flags]:
    """Return the times at which something opens or closes, and whether it is closed from then on."""
    plan = corridor.plan
    if schedule is None:
        return np.array([plan.start_us]), np.zeros(1, dtype=np.bool_)
    at, n = servers(corridor, schedule)
    closed = n <= schedule[2]
    turns = np.flatnonzero(np.concatenate([[True], closed[1:] != closed[:-1]]))
    return at[turns], closed[turns]


def _slot_us(corridor: Corridor, resource: int) -> int | None:
    """Return the length of the slots of a resource of the plan that gives appointments."""
    place, _, name = corridor.plan.names.resources[resource].partition("/")
    return corridor.scenario.facilities[place].resources[name].slot


def _open_in_slots(start_us: int, begins: Ints, slot_us: int) -> tuple[Ints, Ints]:
    """Return the turns of what is open for the whole of each slot, though it serves only at its begin."""
    apart = begins[1:] > begins[:-1] + slot_us
    opens = np.concatenate([begins[:1], begins[1:][apart]])
    closes = np.concatenate([begins[:-1][apart], begins[-1:]]) + slot_us
    turns, is_open = np.stack([opens, closes], axis=1).ravel(), np.tile([1, 0], len(opens))
    if start_us in opens:
        return turns, is_open
    return np.concatenate([[start_us], turns]), np.concatenate([[0], is_open])
