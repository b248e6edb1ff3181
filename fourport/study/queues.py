"""What must hold at every resource: servers, their queue and its order, checked from the events alone.

An engine decides when each service begins. Here it is derived from ``docs/semantics.md`` in another way,
without a clock: in order of time, the k-th service waits for the k-th arrival, for the end of another one or
for a change of the servers on duty, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.duty import worked_us
from fourport.plan.once import once
from fourport.plan.tables import NEVER, Ints, Kind, Plan
from fourport.study.replication import Movement

LAST = np.iinfo(np.int64).max
"""Time of what has not happened: after everything else."""


@dataclass(frozen=True)
class Visits:
    """The ``v`` visits to a resource, begun or not, in order of arrival, then consignment, then step.

    Attributes
    ----------
    ready_us, begin_us, end_us
        (v,) arrival, begin and end of the service, us UTC; :data:`LAST` if it has not begun or not ended.
    server
        (v,) number of the server; None where work does not rest with it.
    queue_class
        (v,) class in the queue, lower first; None if all are of one class.
    """

    ready_us: Ints
    begin_us: Ints
    end_us: Ints
    server: Ints | None
    queue_class: Ints | None

    @classmethod
    def of(cls, run: Movement, resource: int, visited: Sequence[Ints]) -> Visits:
        """Return the visits to a resource.

        Parameters
        ----------
        visited
            By step, rows of the trace of those who came to it and did not pass it over.
        """
        plan, trace, (steps, one_class) = run.corridor.plan, run.trace, _users(run.corridor, resource)
        each = [visited[s] for s in steps]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *each])

        def ids() -> Ints:
            mine = (trace.at(s).ids[of - trace.slices[s].start] for s, of in zip(steps, each, strict=True))
            return np.concatenate([np.empty(0, dtype=np.int64), *mine])

        def step() -> Ints:
            return np.repeat(np.array(steps, dtype=np.int64), [len(of) for of in each])

        ready = trace.ready_us[rows]
        order = np.argsort(ready, kind="stable")  # nearly in order already, which a stable sort makes use of
        in_order = ready[order]
        tied = in_order[1:] == in_order[:-1]
        if tied.any():
            first = ids() * len(plan.step_kind) + step()
            if (tied & (first[order[1:]] < first[order[:-1]])).any():
                order = np.lexsort((first, ready))
        queue_class = None
        if not one_class:
            queue_class = plan.priority[step(), run.world.trader_class[ids()]][order]
        rows = rows[order]
        begin, end = trace.begin_us[rows], trace.end_us[rows]
        for times in (begin, end):
            times[times == NEVER] = LAST
        server = trace.departure_index[rows] if plan.resource_resumes[resource] else None
        return cls(in_order, begin, end, server, queue_class)


@once
def _users(corridor: Corridor, resource: int) -> tuple[list[int], bool]:
    """Return the steps at a resource, and whether all who come are of one class in its queue."""
    plan = corridor.plan
    steps = np.flatnonzero((plan.step_kind == Kind.RESOURCE) & (plan.step_provider == resource))
    return steps.tolist(), len(np.unique(plan.priority[steps])) == 1


def broken_queues(run: Movement) -> Iterator[str]:
    """Yield what is wrong at which resource."""
    plan, trace = run.corridor.plan, run.trace
    rows = np.flatnonzero(trace.came & ~trace.passed)
    bounds = np.searchsorted(rows, [0, *(of_step.stop for of_step in trace.slices)])
    visited = [rows[begin:end] for begin, end in pairwise(bounds.tolist())]
    for k, name in enumerate(plan.names.resources):
        if any(len(visited[s]) for s in _users(run.corridor, k)[0]):
            visits, check = Visits.of(run, k, visited), _bound if plan.resource_resumes[k] else _servers
            yield from (f"{name}: {what}" for what in (*check(plan, k, visits), *_order(visits)))


def _servers(plan: Plan, resource: int, visits: Visits) -> Iterator[str]:
    """All servers on duty work as long as anybody waits, and no more than these.

    Before the k-th service in order of time, k others have begun. Where c servers are on duty, k - c of these
    must have ended when it begins; and if it has waited, no more than these before.
    """
    ready, begin, end = visits.ready_us, _in_order(visits.begin_us), np.sort(visits.end_us)
    first, last = plan.resource_change_first[resource : resource + 2]
    turns, servers = plan.resource_change_us[first:last], plan.resource_servers[first:last]
    n = int(np.searchsorted(begin, LAST))
    ready, begin = ready[:n], begin[:n]
    changes = np.searchsorted(begin, turns[1:], side="left")
    after, there = changes.copy(), np.append(begin, LAST)[changes] == turns[1:]
    after[there] = np.searchsorted(begin, turns[1:][there], side="right")

    def freed(k: Ints, on_duty: Ints) -> Ints:
        """Return when the last of the k - c services has ended; long ago if there are more servers."""
        ended = k - on_duty
        return np.where(ended < 0, NEVER, end[np.maximum(ended, 0)])

    on_duty = np.repeat(servers, np.diff(np.concatenate([[0], changes, [n]])))
    free = freed(np.arange(n), on_duty)
    if (free > begin).any():  # by the servers on duty from this instant on
        yield "more services have begun than there are servers"
    waited = ready < begin
    waited[1:] &= begin[:-1] < begin[1:]
    # By those on duty before, which are others for who begins at the very instant of a change.
    at_change = after - changes
    if at_change.any():
        changed = np.repeat(changes - np.cumsum(at_change) + at_change, at_change) + np.arange(
            at_change.sum()
        )
        free[changed] = freed(changed, np.repeat(servers[:-1], at_change))
    idle = bool((waited & (free < begin)).any())
    # Nor does anybody wait beside a free server at the end of a shift or of the run.
    until = np.append(turns[1:][turns[1:] < plan.end_us], plan.end_us)
    came, ended = (np.searchsorted(times, until, side="left") for times in (visits.ready_us, end))
    started = np.append(changes[: len(until) - 1], np.searchsorted(begin, plan.end_us, side="left"))
    if idle or ((came > started) & (started - ended < servers[: len(until)])).any():
        yield "a consignment waits while a server is free"


def _bound(plan: Plan, resource: int, visits: Visits) -> Iterator[str]:
    """A server that rests with its work begins no other; one on duty without work leaves nobody waiting.

    Between two instants at which anything happens, nothing changes.
    """
    assert visits.server is not None
    begun = visits.begin_us != LAST
    server, begin, end = (times[begun] for times in (visits.server, visits.begin_us, visits.end_us))
    order = np.lexsort((begin, server))
    server, begin, end = server[order], begin[order], end[order]
    if ((server[1:] == server[:-1]) & (begin[1:] < end[:-1])).any():
        yield "a server begins a service before its last one has ended"
    if (worked_us(plan, resource, server, begin, begin + 1) == 0).any():
        yield "a service begins with a server off duty"
    first, last = plan.resource_change_first[resource : resource + 2]
    turns, servers = plan.resource_change_us[first:last], plan.resource_servers[first:last]
    instants = np.unique(np.concatenate([turns, visits.ready_us, begin, end]))
    instants = instants[instants < plan.end_us]
    on_duty = servers[np.maximum(np.searchsorted(turns, instants, side="right") - 1, 0)]
    waiting = _since(visits.ready_us, instants) > _since(np.sort(begin), instants)
    for n in range(int(servers.max(initial=0))):
        mine = server == n
        free = _since(begin[mine], instants) == _since(end[mine], instants)
        if (waiting & (n < on_duty) & free).any():
            yield "a consignment waits while a server is free"
            return


def _since(times: Ints, instants: Ints) -> Ints:
    """Return how many of some times, in order, have come by each instant."""
    return np.searchsorted(times, instants, side="right")


def _order(visits: Visits) -> Iterator[str]:
    """Nobody begins before he has come, nor while another one waits who is before him in the queue."""
    ready, begin, queue_class = visits.ready_us, visits.begin_us, visits.queue_class
    if (begin < ready).any():
        yield "a service begins before its consignment has come"
    if queue_class is None:
        yield from _first_come(begin)
        return
    for one in np.unique(queue_class).tolist():
        mine, better = begin[queue_class == one], queue_class < one
        yield from _first_come(mine)
        came, begun = (
            np.searchsorted(times, mine[mine != LAST], side="right")
            for times in (ready[better], np.sort(begin[better]))
        )
        if (came > begun).any():
            yield "a consignment is served while another one of a better class waits"


def _first_come(begin: Ints) -> Iterator[str]:
    if (begin[1:] < begin[:-1]).any():
        yield "a consignment is served before another one that came earlier"


def _in_order(times: Ints) -> Ints:
    """Return times in order; those of a queue of one class are so already."""
    return times if (times[1:] >= times[:-1]).all() else np.sort(times)
