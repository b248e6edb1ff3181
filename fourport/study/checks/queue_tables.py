"""What the check of queues reads and writes (see :mod:`fourport.study.checks.queues`)."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, NamedTuple

import numpy as np

from fourport.machine import Routine, readable, run
from fourport.plan.once import once
from fourport.plan.tables import Ints, Kind, Plan
from fourport.study.replication import Movement
from fourport.trace import Trace
from fourport.trace.compiled import Happened, Places
from fourport.world.tables import Flags

AT_ONCE = 500_000
"""Rows of the trace from which on those of further resources are looked at apart, to save memory."""

LATER: int = 2**63 - 1
"""Begin and end of what has not begun or ended: after all others."""


class Tokens(NamedTuple):
    """The tokens that may come to resources. ``S`` steps, ``N`` resources, ``n`` consignments.

    Attributes
    ----------
    step, first_of_resource
        (s,), (N + 1,) steps at resources, and the range of each resource in them.
    rank
        (S, G) place of a trader class among those in the queue of the resource, 0 for the first.
    trader_class
        (n,) by consignment.
    """

    step: Ints
    first_of_resource: Ints
    rank: Annotated[Ints, 2]
    trader_class: Ints


class Visits(NamedTuple):
    """The ``v`` visits to resources, begun or not; those to a resource follow each other.

    They are collected by step and consignment, and then sorted by time.

    Attributes
    ----------
    first
        (N + 1,) first visit to each resource.
    begin_us, ready_us, rank, turn
        (v,) in order of begin: begin of the service, and arrival, us UTC; the class in the queue; and the
        place among those of a class who come at once, by consignment and then step.
    came_us, end_us
        (v,) all arrivals and all ends, each in order of time, us UTC.
    """

    first: Ints
    begin_us: Ints
    ready_us: Ints
    rank: Ints
    turn: Ints
    end_us: Ints
    came_us: Ints


class Duty(NamedTuple):
    """The servers on duty; from the end of the run on there are none.

    Attributes
    ----------
    first
        (N + 1,) range of each resource in what follows.
    turn_us, servers
        From when how many are on duty, us UTC.
    """

    first: Ints
    turn_us: Ints
    servers: Ints


class Broken(NamedTuple):
    """What the check writes: whether it is so at a resource, (N,) each.

    Attributes
    ----------
    too_many
        More services have begun than there are servers.
    idle
        Somebody waits while a server is free.
    too_early
        Somebody begins before he has come.
    overtaken, worse
        Somebody begins before another one of his class who is before him in the queue, or while one of a
        better class waits.
    """

    too_many: Flags
    idle: Flags
    too_early: Flags
    overtaken: Flags
    worse: Flags


class Classes(NamedTuple):
    """What is known of each class at a resource while it is gone through, (classes,) each.

    Attributes
    ----------
    last
        The visit of who is the last in the queue of those that have begun; -1 for nobody.
    worse_us
        When the last one of any worse class began, us UTC; ``NEVER`` if nobody has.
    """

    last: Ints
    worse_us: Ints


VISITS = Routine("visits", "fourport.study.checks.visits", (Tokens, Places, Happened, Visits, int, int))
WAITING = Routine("waiting", "fourport.study.checks.waiting", (Visits, Duty, Classes, Broken, int, int))


def broken_counts(movement: Movement) -> Broken:
    """Return at which resources anything is wrong by what is counted there."""
    plan, trace, world = movement.corridor.plan, movement.trace, movement.world
    tokens = readable(Tokens(**_steps(plan), trader_class=world.trader_class))
    resources, classes = len(plan.names.resources), int(tokens.rank.max(initial=0)) + 1
    found = Broken(*np.zeros((len(Broken._fields), resources), dtype=np.bool_))
    scratch = Classes(*np.empty((2, classes), dtype=np.int64))
    rows = np.append(0, np.cumsum(trace.places.n_of_step[tokens.step]))[tokens.first_of_resource]
    groups = np.unique(rows[:-1] // AT_ONCE, return_index=True)[1].tolist()
    for low, high in pairwise([*groups, resources]):
        visits = _visits(tokens, trace, int(rows[high] - rows[low]), low, high)
        run(WAITING, visits, _duty(plan), scratch, found, low, high)
    return found


def _visits(tokens: Tokens, trace: Trace, rows: int, low: int, high: int) -> Visits:
    """Return the visits to the resources from ``low`` to ``high``, sorted by time."""
    first = np.empty(len(tokens.first_of_resource), dtype=np.int64)
    visits = Visits(first, *np.empty((len(Visits._fields) - 1, rows), dtype=np.int64))
    run(VISITS, tokens, trace.places, readable(trace.happened), visits, low, high)
    each = [slice(*bounds) for bounds in pairwise(first[low : high + 1].tolist())]
    order = np.empty(first[high], dtype=np.int64)
    for mine in each:
        # Nearly in order already, here and below, which a stable sort makes use of.
        order[mine] = visits.begin_us[mine].argsort(kind="stable") + mine.start
    visits = Visits._make([first, *(column[order] for column in visits[1:])])
    for mine in each:
        visits.came_us[mine].sort(kind="stable")
        visits.end_us[mine].sort(kind="stable")
    return visits


@once
def _steps(plan: Plan) -> dict[str, Any]:
    """Return what a plan says of steps at resources, by the names of :class:`Tokens`."""
    steps = np.flatnonzero(plan.step_kind == Kind.RESOURCE)
    steps = steps[np.argsort(plan.step_provider[steps], kind="stable")]
    first = np.searchsorted(plan.step_provider[steps], np.arange(len(plan.names.resources) + 1))
    rank = np.zeros_like(plan.priority)
    for at_one in np.split(steps, first[1:-1]):
        classes = plan.priority[at_one]
        rank[at_one] = np.searchsorted(np.unique(classes), classes)
    return {"step": steps, "first_of_resource": first, "rank": rank}


@once
def _duty(plan: Plan) -> Duty:
    first, turn_us = plan.resource_change_first, plan.resource_change_us
    return Duty(
        first=first + np.arange(len(first)),
        turn_us=np.insert(np.minimum(turn_us, plan.end_us), first[1:], plan.end_us),
        servers=np.insert(np.where(turn_us < plan.end_us, plan.resource_servers, 0), first[1:], 0),
    )
