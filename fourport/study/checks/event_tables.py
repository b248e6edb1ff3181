"""What the check of single events reads and writes (see :mod:`fourport.study.checks.events`)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fourport.machine import Routine, run
from fourport.plan.once import once
from fourport.plan.tables import Ints, Kind, Plan
from fourport.study.replication import Movement
from fourport.world.tables import Flags


class Events(NamedTuple):
    """What the check reads. ``S`` steps, ``n`` consignments by route.

    Attributes
    ----------
    is_carried
        (S,) whether vehicles take goods at a step, of services or fleets.
    is_drawn, may_wait
        (S,) whether a stay lasts as drawn, otherwise until its declaration track has ended; and whether it
        may begin later than the token is ready.
    last_of_track
        (S,) last step of the declaration track for which goods wait at a step; the step itself for none.
    column
        (S,) number of a step in its route.
    n_of_step, first_row, first_place
        (S,) consignments of the route of a step, the row of the first one in the trace, and its place.
    event_row, weight_g
        (n,) first event row of a consignment in the world, and its gross weight.
    duration_us
        (event rows,) as drawn.
    begin_us, end_us, ready_us, came, passed
        (rows,) as in the trace.
    aboard
        (rows,) whether a vehicle took the consignment, or the last part of it.
    """

    is_carried: Flags
    is_drawn: Flags
    may_wait: Flags
    last_of_track: Ints
    column: Ints
    n_of_step: Ints
    first_row: Ints
    first_place: Ints
    event_row: Ints
    weight_g: Ints
    duration_us: Ints
    begin_us: Ints
    end_us: Ints
    ready_us: Ints
    came: Flags
    passed: Flags
    aboard: Flags


class Broken(NamedTuple):
    """What the check writes: whether it is so at a step, (S,) each.

    Attributes
    ----------
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
        **trace.places,
        event_row=world.first_event_row[ids],
        weight_g=world.size[ids, 0],
        duration_us=world.duration_us,
        begin_us=trace.begin_us,
        end_us=trace.end_us,
        ready_us=trace.ready_us,
        came=trace.came,
        passed=trace.passed,
        aboard=trace.departure_index >= 0,
    )
    found = Broken(*np.zeros((len(Broken._fields), len(plan.step_kind)), dtype=np.bool_))
    run(EVENTS, events, found)
    return found


@once
def _steps(plan: Plan) -> dict[str, Any]:
    """Return what a plan says of its steps, by the names of :class:`Events`."""
    kind, steps = plan.step_kind, np.arange(len(plan.step_kind))
    is_resource, is_join = kind == Kind.RESOURCE, kind == Kind.JOIN
    last_of_track = plan.track_first_step + plan.track_n_steps - 1
    return {
        "is_carried": (kind == Kind.SERVICE) | (kind == Kind.FLEET),
        "is_drawn": is_resource | (kind == Kind.DELAY),
        "may_wait": is_resource,
        "last_of_track": np.where(is_join, np.append(last_of_track, -1)[plan.step_track], steps),
        "column": steps - np.repeat(plan.route_first_step[:-1], np.diff(plan.route_first_step)),
    }
