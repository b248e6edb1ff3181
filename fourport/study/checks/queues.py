"""What must hold at every resource: servers, their queue and its order, checked from the events alone.

An engine decides when each service begins. Here nothing is decided. At each instant it is counted who has
come, begun and ended: as ``docs/semantics.md`` says, nobody then waits beside a free server, and nobody has
begun without one or out of turn.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourport.plan.duty import worked_us
from fourport.plan.tables import NEVER, FewInts, Ints, Kind, Plan
from fourport.study.checks.queue_tables import LATER, broken_counts
from fourport.study.replication import Movement

IDLE = "a consignment waits while a server is free"


def broken_queues(run: Movement) -> Iterator[str]:
    """Yield what is wrong at which resource."""
    plan, names, broken = run.corridor.plan, run.corridor.plan.names.resources, broken_counts(run)
    alike = plan.resource_resumes == 0  # Elsewhere work rests with one server while others go on.
    counted = {
        "more services have begun than there are servers": broken.too_many & alike,
        IDLE: broken.idle & alike,
        "a service begins before its consignment has come": broken.too_early,
        "a consignment is served before another one that came earlier": broken.overtaken,
        "a consignment is served while another one of a better class waits": broken.worse,
    }
    for what, resources in counted.items():
        yield from (f"{names[k]}: {what}" for k in np.flatnonzero(resources).tolist())
    for k in np.flatnonzero(~alike).tolist():
        yield from (f"{names[k]}: {what}" for what in _bound(run, k))


def _bound(run: Movement, resource: int) -> Iterator[str]:
    """A server that rests with its work begins no other; one on duty without work leaves nobody waiting."""
    plan = run.corridor.plan
    steps = np.flatnonzero((plan.step_kind == Kind.RESOURCE) & (plan.step_provider == resource)).tolist()
    at = [run.trace.at(s) for s in steps]
    if at:
        ready = np.sort(np.concatenate([one.ready_us[one.visited] for one in at]))
        server, begin, end = (
            np.concatenate([getattr(one, name)[one.begun & one.visited] for one in at])
            for name in ("departure_index", "begin_us", "end_us")
        )
        end[end == NEVER] = LATER
        yield from _bound_at(plan, resource, ready, server, begin, end)


def _bound_at(
    plan: Plan, resource: int, ready: Ints, server: FewInts, begin: Ints, end: Ints
) -> Iterator[str]:
    """Check one resource.

    Between two instants at which anything happens, nothing changes.

    Parameters
    ----------
    ready
        Arrivals in order, us UTC.
    server, begin, end
        Of each service that has begun, us UTC; the end of one that has not ended is after all others.
    """
    order = np.lexsort((begin, server))
    server, begin, end = server[order], begin[order], end[order]
    if ((server[1:] == server[:-1]) & (begin[1:] < end[:-1])).any():
        yield "a server begins a service before its last one has ended"
    if (worked_us(plan, resource, server, begin, begin + 1) == 0).any():
        yield "a service begins with a server off duty"
    first, last = plan.resource_change_first[resource : resource + 2]
    turns, servers = plan.resource_change_us[first:last], plan.resource_servers[first:last]
    instants = np.unique(np.concatenate([turns, ready, begin, end]))
    instants = instants[instants < plan.end_us]
    on_duty = servers[np.maximum(np.searchsorted(turns, instants, side="right") - 1, 0)]
    waiting = _since(ready, instants) > _since(np.sort(begin), instants)
    for n in range(int(servers.max(initial=0))):
        mine = server == n
        free = _since(begin[mine], instants) == _since(end[mine], instants)
        if (waiting & (n < on_duty) & free).any():
            yield IDLE
            return


def _since(times: Ints, instants: Ints) -> Ints:
    """Return how many of some times, in order, have come by each instant."""
    return np.searchsorted(times, instants, side="right")
