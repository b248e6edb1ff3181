"""Work out when servers were on duty, and legs open, within the tables of a plan."""

from __future__ import annotations

import numpy as np

from fourport.plan.tables import FewInts, Ints, Plan


def duty(plan: Plan, resource: int, server: int) -> tuple[Ints, Ints]:
    """Return when a server of a resource, counted from 0, goes on duty, and when off duty."""
    mine = slice(*plan.resource_change_first[resource : resource + 2].tolist())
    at, is_on = plan.resource_change_us[mine], plan.resource_servers[mine] > server
    turns = np.flatnonzero(np.diff(is_on, prepend=False))
    never = np.full(len(turns) % 2, np.iinfo(np.int64).max)
    times = np.concatenate([at[turns], never])
    return times[::2], times[1::2]


def spells(
    plan: Plan, resource: int, server: Ints | FewInts, begin_us: Ints, end_us: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return the parts of services in which their server was on duty: which service, begin and end."""
    none = np.empty(0, dtype=np.int64)
    found = [(none, none, none)]
    for k in np.unique(server).tolist():
        mine = np.flatnonzero(server == k)
        on, off = duty(plan, resource, k)
        low = np.searchsorted(off, begin_us[mine], side="right")
        count = np.maximum(np.searchsorted(on, end_us[mine], side="left") - low, 0)
        which = np.repeat(mine, count)
        spell = np.arange(len(which)) - np.repeat(np.cumsum(count) - count - low, count)
        found.append((which, np.maximum(on[spell], begin_us[which]), np.minimum(off[spell], end_us[which])))
    which, begin, end = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return which, begin, end


def worked_us(plan: Plan, resource: int, server: Ints | FewInts, begin_us: Ints, end_us: Ints) -> Ints:
    """Return how long the server of each service was on duty between two instants, us."""
    which, begin, end = spells(plan, resource, server, begin_us, end_us)
    found = np.zeros(len(server), dtype=np.int64)
    np.add.at(found, which, end - begin)
    return found


def next_open_us(plan: Plan, hours: int, at_us: Ints) -> Ints:
    """Return the first instant from ``at_us`` on with open hours; ``at_us`` if there is none, or no hours."""
    if hours < 0:
        return at_us
    mine = slice(*plan.hours_first[hours : hours + 2].tolist())
    opens = plan.hours_turn_us[mine][plan.hours_open[mine] == 1]
    closes = plan.hours_turn_us[mine][plan.hours_open[mine] == 0]
    closes = closes[closes > opens[0]] if len(opens) else closes
    over = np.searchsorted(closes, at_us, side="right")  # openings that are over
    found: Ints = np.maximum(np.append(opens, at_us.min(initial=0))[np.minimum(over, len(opens))], at_us)
    return found
