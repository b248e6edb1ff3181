"""What the check of single events reads and writes (see :mod:`fourport.study.checks.events`)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fourport.machine import Routine, run
from fourport.plan.once import once
from fourport.plan.tables import FewInts, Ints, Kind, Plan
from fourport.study.replication import Movement
from fourport.world.tables import Flags


class Events(NamedTuple):
    """What the check reads. ``R`` routes, ``S`` steps, ``n`` consignments by route.

    Attributes
    ----------
    n, first_step
        (R,), (R + 1,) consignments and first step of each route.
    first_row
        (S,) first row of a step in the trace.
    is_carried
        (S,) whether vehicles take goods at a step, of services or fleets.
    is_drawn, may_wait
        (S,) whether a stay lasts as drawn, and whether it may begin later than the token is ready.
    after_step
        (S,) last step of the declaration track for which goods wait at a step; -1 for none.
    row_of_step_0
        (n,) event row in the world that step 0 of the plan would have; step s has the row s further on.
    weight_g
        (n,) gross weight.
    duration_us
        (event rows,) as drawn.
    begin_us, end_us, departure_index, ready_us, came, passed
        (rows,) as in the trace.
    """

    n: Ints
    first_step: Ints
    first_row: Ints
    is_carried: Flags
    is_drawn: Flags
    may_wait: Flags
    after_step: Ints
    row_of_step_0: Ints
    weight_g: Ints
    duration_us: Ints
    begin_us: Ints
    end_us: Ints
    departure_index: FewInts
    ready_us: Ints
    came: Flags
    passed: Flags


class Broken(NamedTuple):
    """What the check writes, by step, (S,) each.

    Attributes
    ----------
    lacks_g
        By how much the weight of what left is more than that of what vehicles took, g.
    passed_over
        Something was done to a token that passed the step over.
    not_reached
        Something was done to a token that had not come.
    too_early
        A token went on before it was ready, or ended before it began.
    lost
        What left is not what vehicles took.
    not_as_drawn
        A stay has not ended, does not last as it must, or does not begin at once where it may not wait.
    """

    lacks_g: Ints
    passed_over: Flags
    not_reached: Flags
    too_early: Flags
    lost: Flags
    not_as_drawn: Flags


EVENTS = Routine("events", "fourport.study.checks.events", (Events, Broken))


def broken_events(movement: Movement) -> Broken:
    """Return at which steps any event is not as it must be."""
    plan, trace, world = movement.corridor.plan, movement.trace, movement.world
    ids = np.concatenate(trace.ids)
    events = Events(
        **_steps(plan),
        n=np.array([len(mine) for mine in trace.ids]),
        first_step=plan.route_first_step,
        first_row=np.array([of_step.start for of_step in trace.slices], dtype=np.int64),
        row_of_step_0=world.first_event_row[ids] - plan.route_first_step[world.route[ids]],
        weight_g=world.size[ids, 0],
        duration_us=world.duration_us,
        begin_us=trace.begin_us,
        end_us=trace.end_us,
        departure_index=trace.departure_index,
        ready_us=trace.ready_us,
        came=trace.came,
        passed=trace.passed,
    )
    n_steps = len(plan.step_kind)
    found = Broken(np.zeros(n_steps, dtype=np.int64), *np.zeros((5, n_steps), dtype=np.bool_))
    run(EVENTS, events, found)
    return found._replace(lost=found.lost | (found.lacks_g > 0))


@once
def _steps(plan: Plan) -> dict[str, Any]:
    """Return what a plan says of its steps, by the names of :class:`Events`."""
    kind = plan.step_kind
    is_resource = kind == Kind.RESOURCE
    last_of_track = plan.track_first_step + plan.track_n_steps - 1
    return {
        "is_carried": (kind == Kind.SERVICE) | (kind == Kind.FLEET),
        "is_drawn": is_resource | (kind == Kind.DELAY),
        "may_wait": is_resource,
        "after_step": np.where(kind == Kind.JOIN, np.append(last_of_track, -1)[plan.step_track], -1),
    }
