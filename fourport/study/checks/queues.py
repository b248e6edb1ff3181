"""What must hold at every resource: servers, their queue and its order, checked from the events alone.

An engine decides when each service begins. Here it is derived from ``docs/semantics.md`` in another way,
without a clock: in order of time, the k-th service waits for the k-th arrival, for the end of another one or
for a change of the servers on duty, and for nothing else.

Many resources are looked at together: their times stand on one axis, where those of a resource come after all
those of the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from fourport.plan.duty import worked_us
from fourport.plan.once import once
from fourport.plan.tables import NEVER, FewInts, Ints, Kind, Plan
from fourport.study.replication import Movement
from fourport.world.tables import Flags

NONE = np.empty(0, dtype=np.int64)

AT_ONCE = 500_000
"""Number of visits from which on those of further resources are looked at apart, to save memory."""

FREE = "a consignment waits while a server is free"
EARLIER = "a consignment is served before another one that came earlier"

Broken = Iterator[tuple[Ints, str]]
"""Resources, which may repeat, and what is wrong there."""


@dataclass(frozen=True)
class Axis:
    """An axis of time for all resources.

    Attributes
    ----------
    low_us, apart
        The first time, us UTC, and how far the times of a resource are from those of the one before it, us.
    """

    low_us: int
    apart: int

    @classmethod
    def of(cls, plan: Plan, *times_us: Ints) -> Axis:
        """Return an axis for times of a run, which may be ``NEVER``, and for all times of its plan."""
        each = [plan.resource_change_us, np.array([plan.start_us, plan.end_us]), *times_us]
        low = min(int(of.min(where=of != NEVER, initial=plan.start_us)) for of in each)
        return cls(low, max(int(of.max(initial=plan.end_us)) for of in each) - low + 2)

    def place(self, times_us: Ints, resource: Ints) -> Ints:
        """Return the places of times at resources; after all others of the resource for ``NEVER``."""
        found: Ints = times_us - self.low_us
        found[times_us == NEVER] = self.apart - 1
        found += resource * self.apart
        return found

    def us(self, places: Ints, resource: int) -> Ints:
        """Return the times at places of one resource, us UTC; after all others for ``NEVER``."""
        found: Ints = places - resource * self.apart + self.low_us
        return found


@dataclass(frozen=True)
class Visits:
    """The ``v`` visits to resources, begun or not: by resource, then arrival, then consignment, then step.

    Attributes
    ----------
    first
        (N + 1,) first visit to each resource.
    resource
        (v,) resource.
    ready, begin, end
        (v,) places on the axis of the arrival, and of begin and end of the service.
    order
        (v,) place of each visit in the arrays that follow, which are by resource and step only.
    step, ids, server
        (v,) step of the plan, consignment, and number of the server where work rests with it.
    """

    axis: Axis
    first: Ints
    resource: Ints
    ready: Ints
    begin: Ints
    end: Ints
    order: Ints
    step: Ints
    ids: Ints
    server: FewInts

    @classmethod
    def of(cls, run: Movement, steps: list[int], visited: list[Ints]) -> Visits:
        """Return the visits to some resources.

        Parameters
        ----------
        steps
            All steps at these resources, in order of the resources.
        visited
            For each, rows of the trace of those who came to it and did not pass it over.
        """
        plan, trace, counts = run.corridor.plan, run.trace, [len(rows) for rows in visited]
        rows = np.concatenate([NONE, *visited])
        step = np.repeat(np.array(steps, dtype=np.int64), counts)
        first_id = np.cumsum([0, *map(len, trace.ids)])[[trace.route_of[s] for s in steps]]
        first_row = np.array([trace.slices[s].start for s in steps], dtype=np.int64)
        ids = np.concatenate(trace.ids)[rows + np.repeat(first_id - first_row, counts)]
        resource = plan.step_provider[step]
        times = trace.ready_us[rows], trace.begin_us[rows], trace.end_us[rows]
        axis = Axis.of(plan, *times)
        ready, begin, end = (axis.place(of, resource) for of in times)
        order = _by_turn(ready, ids * len(plan.step_kind) + step)
        first = np.searchsorted(resource, np.arange(len(plan.names.resources) + 1))
        server = trace.departure_index[rows]
        places = ready[order], begin[order], end[order]
        return cls(axis, first, resource, *places, order, step, ids, server)

    def begun(self, begin: Ints) -> Flags:
        """Return which of all begins by resource have been, (v,)."""
        found: Flags = begin < (self.resource + 1) * self.axis.apart - 1
        return found


def _by_turn(ready: Ints, turn: Ints) -> Ints:
    """Return the order by the first of two numbers, then by the second; most differ in the first."""
    order = np.argsort(ready, kind="stable")  # nearly in order already, which a stable sort makes use of
    in_order = ready[order]
    new = np.ones(len(order) + 1, dtype=np.bool_)
    new[1:-1] = in_order[1:] != in_order[:-1]
    tied = np.flatnonzero(~(new[1:] & new[:-1]))
    if len(tied):
        of = order[tied]
        group, turns = np.cumsum(new[tied]), int(turn.max()) + 1
        order[tied] = of[np.argsort(group * turns + turn[of])]
    return order


@once
def _steps(plan: Plan) -> list[int]:
    """Return the steps at resources, in order of these."""
    steps = np.flatnonzero(plan.step_kind == Kind.RESOURCE)
    found: list[int] = steps[np.argsort(plan.step_provider[steps], kind="stable")].tolist()
    return found


def _in_groups(run: Movement) -> Iterator[tuple[list[int], list[Ints]]]:
    """Yield the steps of some resources at a time, and the visits to them; see :meth:`Visits.of`."""
    plan, trace = run.corridor.plan, run.trace
    rows = np.flatnonzero(trace.came & ~trace.passed)
    bounds = np.searchsorted(rows, [0, *(of_step.stop for of_step in trace.slices)]).tolist()
    steps: list[int] = []
    visited: list[Ints] = []
    for _, at_one in groupby(_steps(plan), lambda s: int(plan.step_provider[s])):
        if sum(map(len, visited)) > AT_ONCE:
            yield steps, visited
            steps, visited = [], []
        for s in at_one:
            steps.append(s)
            visited.append(rows[bounds[s] : bounds[s + 1]])
    if steps:
        yield steps, visited


def broken_queues(run: Movement) -> Iterator[str]:
    """Yield what is wrong at which resource."""
    plan, names = run.corridor.plan, run.corridor.plan.names.resources
    for group in _in_groups(run):
        visits = Visits.of(run, *group)
        if visits.axis.apart > np.iinfo(np.int64).max // max(len(names), 1):
            yield "at a resource: a service begins or ends centuries before or after the run"
            return
        checks = (*_servers(plan, visits), *_bound(plan, visits), *_order(run, visits))
        found = [(k, what) for resources, what in checks for k in np.unique(resources).tolist()]
        yield from (f"{names[k]}: {what}" for k, what in sorted(found, key=lambda one: one[0]))


def _servers(plan: Plan, visits: Visits) -> Broken:
    """All servers on duty work as long as anybody waits, and no more than these.

    Before the k-th service in order of time, k others have begun. Where c servers are on duty, k - c of these
    must have ended when it begins; and if it has waited, no more than these before.
    """
    begin, end = (np.sort(times, kind="stable") for times in (visits.begin, visits.end))
    bound = plan.resource_resumes > 0
    shifts, first_shift = _shifts(plan), plan.resource_change_first
    turns = visits.axis.place(plan.resource_change_us, shifts.resource)
    turned = np.searchsorted(begin, turns)  # how many have begun before each change
    now = np.repeat(np.arange(-1, len(turns)), np.diff(np.concatenate([[0], turned, [len(begin)]])))
    some = np.flatnonzero(visits.begun(begin) & ~bound[visits.resource])
    resource, ready, at = visits.resource[some], visits.ready[some], begin[some]
    first = visits.first[resource]

    def freed(which: Ints | slice, on_duty: Ints) -> Ints:
        """Return when the last of the k - c services has ended; before all if there are more servers."""
        last = some[which] - on_duty
        return np.where(last < first[which], -1, end[np.maximum(last, 0)])

    now = np.maximum(now[some], first_shift[resource])
    free = freed(slice(None), plan.resource_servers[now])
    # By the servers on duty from this instant on.
    yield resource[free > at], "more services have begun than there are servers"
    waited = ready < at
    waited[1:] &= at[:-1] < at[1:]
    # By those on duty before, which are others for who begins at the very instant of a change.
    at_change = np.flatnonzero((turns[now] == at) & (now > first_shift[resource]))
    free[at_change] = freed(at_change, plan.resource_servers[now[at_change] - 1])
    idle = resource[waited & (free < at)]
    # Nor does anybody wait beside a free server at the end of a shift or of the run.
    begun = np.append(turned[1:], len(begin))
    until = visits.axis.place(shifts.until_us, shifts.resource)
    begun[shifts.last] = np.searchsorted(begin, until[shifts.last])
    left = np.flatnonzero((np.searchsorted(visits.ready, until) > begun) & shifts.within)
    left = left[begun[left] - np.searchsorted(end, until[left]) < plan.resource_servers[left]]
    yield np.concatenate([idle, shifts.resource[left]]), FREE


@dataclass(frozen=True)
class _Shifts:
    """The times between changes of the servers on duty.

    Attributes
    ----------
    resource, until_us
        (T,) by change of the plan: the resource, and when its next change is or the run ends.
    last
        Changes after which the run ends before the next one of the resource.
    within
        (T,) whether it is within the run, at a resource whose work does not rest with a server.
    """

    resource: Ints
    until_us: Ints
    last: Ints
    within: Flags


@once
def _shifts(plan: Plan) -> _Shifts:
    first, until_us = plan.resource_change_first, np.append(plan.resource_change_us[1:], plan.end_us)
    until_us[first[1:] - 1] = plan.end_us
    resource = np.repeat(np.arange(len(first) - 1), np.diff(first))
    within = plan.resource_change_us < plan.end_us
    within[first[:-1]] = True
    within &= plan.resource_resumes[resource] == 0
    last = np.flatnonzero(until_us >= plan.end_us)
    return _Shifts(resource, np.minimum(until_us, plan.end_us), last, within)


def _bound(plan: Plan, visits: Visits) -> Broken:
    """A server that rests with its work begins no other; one on duty without work leaves nobody waiting."""
    for k in np.flatnonzero(plan.resource_resumes).tolist():
        mine = slice(*visits.first[k : k + 2].tolist())
        if mine.start < mine.stop:
            of, begun = visits.order[mine], visits.begun(visits.begin)[mine]
            times = visits.ready[mine], visits.begin[mine][begun], visits.end[mine][begun]
            ready, begin, end = (visits.axis.us(one, k) for one in times)
            bound = _bound_at(plan, k, ready, visits.server[of][begun], begin, end)
            yield from ((np.array([k]), what) for what in bound)


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
            yield FREE
            return


def _since(times: Ints, instants: Ints) -> Ints:
    """Return how many of some times, in order, have come by each instant."""
    return np.searchsorted(times, instants, side="right")


def _order(run: Movement, visits: Visits) -> Broken:
    """Nobody begins before he has come, nor while another one waits who is before him in the queue."""
    resource, ready, begin = visits.resource, visits.ready, visits.begin
    yield resource[begin < ready], "a service begins before its consignment has come"
    several = _several_classes(run.corridor.plan)[resource]
    later = np.flatnonzero(~several)
    yield _overtaking(resource[later], begin[later]), EARLIER
    mine = np.flatnonzero(several)
    begun = visits.begun(begin)[mine]
    resource, ready, begin, of = resource[mine], ready[mine], begin[mine], visits.order[mine]
    of = run.corridor.plan.priority[visits.step[of], run.world.trader_class[visits.ids[of]]]
    for one in np.unique(of).tolist():
        alike, better = of == one, of < one
        yield _overtaking(resource[alike], begin[alike]), EARLIER
        alike &= begun
        came, gone = (
            np.searchsorted(times, begin[alike], side="right")
            for times in (ready[better], np.sort(begin[better]))
        )
        yield (
            resource[alike][came > gone],
            "a consignment is served while another one of a better class waits",
        )


@once
def _several_classes(plan: Plan) -> Flags:
    """Return at which resources those who come are of several classes in the queue, (N,)."""
    lowest, highest = np.full((2, len(plan.names.resources)), [[np.iinfo(np.int64).max], [-1]])
    at = plan.step_kind == Kind.RESOURCE
    np.minimum.at(lowest, plan.step_provider[at], plan.priority[at].min(axis=1))
    np.maximum.at(highest, plan.step_provider[at], plan.priority[at].max(axis=1))
    found: Flags = lowest < highest
    return found


def _overtaking(resource: Ints, begin: Ints) -> Ints:
    """Return the resources at which some begin before others that came earlier."""
    return resource[1:][begin[1:] < begin[:-1]]
