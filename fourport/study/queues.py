"""What must hold at every resource: servers, their queue and its order, checked from the events alone.

An engine decides when each service begins. Here it is derived from ``docs/semantics.md`` in another way,
without a clock: in order of time, the k-th service waits for the k-th arrival, for the end of another one or
for a change of the servers on duty, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.duty import worked_us
from fourport.plan.once import once
from fourport.plan.tables import NEVER, Ints, Kind, Plan
from fourport.study.replication import Movement
from fourport.world.tables import Flags

LAST = np.iinfo(np.int64).max
"""Time of what has not happened: after everything else."""


@dataclass(frozen=True)
class Axis:
    """One axis of time on which the resources follow each other, so that all are searched at once.

    Attributes
    ----------
    start_us, length_us
        First instant of the run, us UTC, and what is between two resources on the axis. What has not happened
        is the last instant of a resource.
    steps
        Steps at resources, resource by resource.
    one_class
        (N,) whether all who come to a resource are of one class in its queue.
    first, turn_us, servers
        (N + 1,) range of each resource in the next two; changes on the axis, and servers from then on.
    until_us, period
        (U,) ends on the axis of the periods between two changes, or to the end of the run, and the place of
        each period in ``servers``.
    """

    start_us: int
    length_us: int
    steps: Ints
    one_class: Flags
    first: Ints
    turn_us: Ints
    servers: Ints
    until_us: Ints
    period: Ints

    def place(self, times_us: Ints, resource: Ints) -> Ints:
        """Return the places of times at resources, (k,)."""
        return _place(times_us, resource, self.start_us, self.length_us)


@once
def _axis(corridor: Corridor) -> Axis:
    plan, n = corridor.plan, len(corridor.plan.resource_change_first) - 1
    at_resource = np.flatnonzero(plan.step_kind == Kind.RESOURCE)
    steps = at_resource[np.argsort(plan.step_provider[at_resource], kind="stable")]
    classes = plan.priority[steps]
    one_class = [len(np.unique(classes[plan.step_provider[steps] == k])) <= 1 for k in range(n)]
    first, turns = plan.resource_change_first, plan.resource_change_us
    of_turn = np.repeat(np.arange(n), np.diff(first))
    start, end = min(plan.start_us, int(turns.min(initial=plan.start_us))), plan.end_us
    length = max(end, int(turns.max(initial=end))) + 2 - start
    is_first, next_us = np.zeros(len(turns), dtype=np.bool_), np.append(turns[1:], LAST)
    is_first[first[:-1]] = True
    next_us[first[1:] - 1] = LAST
    period = np.flatnonzero(is_first | (turns < end))
    return Axis(
        start_us=start,
        length_us=length,
        steps=steps,
        one_class=np.array(one_class, dtype=np.bool_),
        first=first,
        turn_us=_place(turns, of_turn, start, length),
        servers=plan.resource_servers,
        until_us=_place(np.minimum(next_us, end)[period], of_turn[period], start, length),
        period=period,
    )


def _place(times_us: Ints, resource: Ints, start_us: int, length_us: int) -> Ints:
    found: Ints = np.clip(times_us, start_us, start_us + length_us - 1) - start_us + resource * length_us
    return found


@dataclass(frozen=True)
class Visits:
    """The ``v`` visits to all resources, begun or not.

    They are resource by resource in order of arrival, then consignment, then step.

    Attributes
    ----------
    row, resource
        (v,) row of the trace, and resource.
    queue_class
        (v,) class in the queue, lower first.
    first
        (N + 1,) range of each resource.
    ready_us, begin_us, end_us
        (v,) arrival, begin and end of the service, on the axis; the last instant of the resource if it has
        not begun or not ended.
    begun
        (v,) whether it has begun.
    """

    row: Ints
    resource: Ints
    queue_class: Ints
    first: Ints
    ready_us: Ints
    begin_us: Ints
    end_us: Ints
    begun: Flags

    @classmethod
    def of(cls, run: Movement, axis: Axis) -> Visits:
        """Return the visits of those who came to a resource and did not pass it over."""
        plan, trace = run.corridor.plan, run.trace
        rows = np.flatnonzero(trace.came & ~trace.passed)
        bounds = np.searchsorted(rows, [0, *(of_step.stop for of_step in trace.slices)])
        each = [rows[bounds[s] : bounds[s + 1]] for s in axis.steps.tolist()]
        row = np.concatenate([np.empty(0, dtype=np.int64), *each])
        step = np.repeat(axis.steps, [len(of) for of in each])
        resource = plan.step_provider[step]
        ready = axis.place(trace.ready_us[row], resource)
        order = np.argsort(ready, kind="stable")  # nearly in order already, which a stable sort makes use of
        in_order = ready[order]
        tied = in_order[1:] == in_order[:-1]
        ids = _ids(run, row, step)
        rank = ids * len(plan.step_kind) + step
        if (swapped := tied & (rank[order[1:]] < rank[order[:-1]])).any():
            group = np.cumsum(np.append(True, ~tied))  # of those who came at once
            some = np.flatnonzero(np.bincount(group[1:], swapped)[group])
            order[some] = order[some][np.lexsort((rank[order[some]], group[some]))]
        queue_class = plan.priority[step, run.world.trader_class[ids]][order]
        row, resource = row[order], resource[order]
        begin, end = trace.begin_us[row], trace.end_us[row]
        begun = begin != NEVER
        begin, end = (axis.place(np.where(at == NEVER, LAST, at), resource) for at in (begin, end))
        first = np.searchsorted(resource, np.arange(len(axis.first)))
        return cls(row, resource, queue_class, first, in_order, begin, end, begun)


def _ids(run: Movement, row: Ints, step: Ints) -> Ints:
    """Return the consignments of some rows of the trace."""
    trace = run.trace
    first = np.cumsum([0, *(len(ids) for ids in trace.ids)])
    begins = np.array([of_step.start for of_step in trace.slices], dtype=np.int64)
    begins -= first[np.array(trace.route_of)]
    found: Ints = np.concatenate(trace.ids)[row - begins[step]]
    return found


def broken_queues(run: Movement) -> Iterator[str]:
    """Yield what is wrong at which resource."""
    plan, axis = run.corridor.plan, _axis(run.corridor)
    visits = Visits.of(run, axis)
    wrong = [*_servers(plan, axis, visits), *_order(axis, visits)]
    for k, name in enumerate(plan.names.resources):
        mine = slice(*visits.first[k : k + 2].tolist())
        bound = _bound(run, k, visits, mine) if plan.resource_resumes[k] else ()
        yield from (f"{name}: {what}" for what in bound)
        yield from (f"{name}: {what}" for what, where in wrong if k in where)


def _servers(plan: Plan, axis: Axis, visits: Visits) -> Iterator[tuple[str, Ints]]:
    """All servers on duty work as long as anybody waits, and no more than these.

    Before the k-th service in order of time, k others have begun. Where c servers are on duty, k - c of these
    must have ended when it begins; and if it has waited, no more than these before.
    """
    resource, first = visits.resource, visits.first
    begin, end = np.sort(visits.begin_us), np.sort(visits.end_us)
    is_bound = plan.resource_resumes > 0  # where work rests, which _bound looks at
    at = np.flatnonzero(begin % axis.length_us < axis.length_us - 1)
    before, begin_us = at - first[resource[at]], begin[at]

    def freed(on_duty: Ints) -> Ints:
        """Return when the last of the k - c services has ended; long ago if there are more servers."""
        ended = before - on_duty
        return np.where(ended < 0, -1, end[np.maximum(ended, 0) + first[resource[at]]])

    period = np.maximum(np.searchsorted(axis.turn_us, begin_us, side="right") - 1, axis.first[resource[at]])
    free = freed(axis.servers[period])
    if len(too_many := np.flatnonzero(free > begin_us)):  # by the servers on duty from this instant on
        yield "more services have begun than there are servers", _none_bound(resource[at[too_many]], is_bound)
    waited = visits.ready_us[at] < begin_us
    waited[1:] &= begin_us[:-1] < begin_us[1:]
    # By those on duty before, which are others for who begins at the very instant of a change.
    changed = (axis.turn_us[period] == begin_us) & (period > axis.first[resource[at]])
    free = np.where(changed, freed(axis.servers[period - changed]), free)
    idle = resource[at[np.flatnonzero(waited & (free < begin_us))]]
    # Nor does anybody wait beside a free server at the end of a shift or of the run.
    came, started, ended = (
        np.searchsorted(times, axis.until_us, side="left") for times in (visits.ready_us, begin, end)
    )
    waits = (came > started) & (started - ended < axis.servers[axis.period])
    alone = axis.until_us[waits] // axis.length_us
    if len(idle) or len(alone):
        yield "a consignment waits while a server is free", _none_bound(np.append(idle, alone), is_bound)


def _none_bound(resource: Ints, is_bound: Flags) -> Ints:
    return resource[~is_bound[resource]]


def _bound(run: Movement, resource: int, visits: Visits, mine: slice) -> Iterator[str]:
    """A server that rests with its work begins no other; one on duty without work leaves nobody waiting.

    Between two instants at which anything happens, nothing changes.

    Parameters
    ----------
    mine
        Range of its visits.
    """
    plan, trace = run.corridor.plan, run.trace
    rows = visits.row[mine]
    ready, begun = trace.ready_us[rows], rows[visits.begun[mine]]
    server, begin, end = trace.departure_index[begun], trace.begin_us[begun], trace.end_us[begun]
    end[end == NEVER] = LAST
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
            yield "a consignment waits while a server is free"
            return


def _since(times: Ints, instants: Ints) -> Ints:
    """Return how many of some times, in order, have come by each instant."""
    return np.searchsorted(times, instants, side="right")


def _order(axis: Axis, visits: Visits) -> Iterator[tuple[str, Ints]]:
    """Nobody begins before he has come, nor while another one waits who is before him in the queue."""
    ready, begin, resource = visits.ready_us, visits.begin_us, visits.resource
    if len(early := np.flatnonzero(begin < ready)):
        yield "a service begins before its consignment has come", resource[early]
    earlier = begin[1:] < begin[:-1]
    wrong, better = [resource[1:][earlier & axis.one_class[resource[1:]]]], []
    for k in np.flatnonzero(~axis.one_class & (np.diff(visits.first) > 1)).tolist():
        mine = slice(*visits.first[k : k + 2].tolist())
        begun, queue_class = visits.begun[mine], visits.queue_class[mine]
        out_of_turn, overtaken = _by_class(ready[mine], begin[mine], begun, queue_class)
        wrong.append(np.full(int(out_of_turn), k))
        better += [k] * overtaken
    if len(out := np.concatenate(wrong)):
        yield "a consignment is served before another one that came earlier", out
    if better:
        yield "a consignment is served while another one of a better class waits", np.array(better)


def _by_class(ready: Ints, begin: Ints, begun: Flags, queue_class: Ints) -> tuple[bool, bool]:
    """Return whether anybody is served before one of his class who came earlier, or before a better class."""
    out_of_turn = overtaken = False
    for one in np.unique(queue_class).tolist():
        of_class, better = queue_class == one, queue_class < one
        mine = begin[of_class]
        out_of_turn |= bool((mine[1:] < mine[:-1]).any())
        came, served = (
            np.searchsorted(times, mine[begun[of_class]], side="right")
            for times in (ready[better], np.sort(begin[better]))
        )
        overtaken |= bool((came > served).any())
    return out_of_turn, overtaken
