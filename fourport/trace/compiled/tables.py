"""The arrays with which milestones are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np

from fourport.machine import Routine, readable, run
from fourport.plan.once import once
from fourport.plan.tables import FewInts, Ints, Kind, Plan
from fourport.world.tables import Flags

if TYPE_CHECKING:
    from fourport.engine.milestones import Milestones
    from fourport.trace.trace import Trace  # which is read


AT_A_TIME = 128
"""Number of consignments that are read at a time: few enough for the processor's cache."""


class Given(NamedTuple):
    """What is read. ``R`` routes, ``K`` tracks, ``S`` steps, ``C`` conditions, ``n`` consignments by route.

    Attributes
    ----------
    first_step, first_track, n
        (R + 1,), (R + 1,), (R,) first step and first track of each route, and its consignments.
    track_begins, track_ends, is_declaration
        (K,) by route: first and last step of a track, and whether declarations go it; otherwise the goods do.
    sure
        (S,) whether all who come to a step do it.
    condition, unless_done
        (S,) as in the plan.
    after_step
        (S,) last step of the track that must have ended before a token comes; -1 for none.
    first_of_choice, end_of_choice
        (S,) range of the steps of the choice to which a step belongs; empty for none.
    is_carried
        (S,) whether vehicles take goods at a step, of services or fleets.
    is_drawn, may_wait
        (S,) whether a stay lasts as drawn, and whether it may begin later than the token is ready.
    join_after
        (S,) last step of the declaration track for which goods wait at a step; -1 for none.
    first_row
        (S,) first row of a step in the trace.
    ids, entry_us, weight_g
        (n,) consignment, entry, and gross weight.
    row_of_step_0
        (n,) event row that step 0 of the plan would have; step s has the row s further on.
    holds
        (C, n) which conditions hold, by consignment.
    duration_us
        (event rows,) as drawn.
    times_us, departure_index
        (event rows, 2), (event rows,) milestones that are to be arranged by step; no entries if they are.
    in_parts
        (rows,) as in the trace.
    """

    first_step: Ints
    first_track: Ints
    n: Ints
    track_begins: Ints
    track_ends: Ints
    is_declaration: Flags
    sure: Flags
    condition: Ints
    unless_done: Ints
    after_step: Ints
    first_of_choice: Ints
    end_of_choice: Ints
    is_carried: Flags
    is_drawn: Flags
    may_wait: Flags
    join_after: Ints
    first_row: Ints
    ids: Ints
    entry_us: Ints
    weight_g: Ints
    row_of_step_0: Ints
    holds: Annotated[Flags, 2]
    duration_us: Ints
    times_us: Annotated[Ints, 2]
    departure_index: FewInts
    in_parts: Flags


class Happened(NamedTuple):
    """The events of all steps, (rows,) each; see :class:`fourport.trace.trace.Trace`.

    Attributes
    ----------
    begin_us, end_us, departure_index
        As in the milestones.
    ready_us
        End of the last step done before.
    came, passed
        Whether the token came to the step, and whether it then passed it over.
    """

    begin_us: Ints
    end_us: Ints
    departure_index: FewInts
    ready_us: Ints
    came: Flags
    passed: Flags


class Places(NamedTuple):
    """Where the events of consignments are. ``S`` steps, ``n`` consignments by route.

    Attributes
    ----------
    n_of_step, first_row
        (S,) consignments of the route of a step, and the row of the first one in the trace.
    first_place
        (S,) place of the first one in the next one.
    ids
        (n,) consignments.
    """

    n_of_step: Ints
    first_row: Ints
    first_place: Ints
    ids: Ints


class Broken(NamedTuple):
    """What cannot be, by step, (S,) each.

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
        There may be a good reason, such as hours of work; of services and fleets it is not known.
    """

    lacks_g: Ints
    passed_over: Flags
    not_reached: Flags
    too_early: Flags
    lost: Flags
    not_as_drawn: Flags


READING = Routine("reading", "fourport.trace.compiled.reading", (Given, Happened, Broken))


def read(trace: Trace, milestones: Milestones | None = None) -> tuple[Happened, Broken]:
    """Read the events of a trace.

    Parameters
    ----------
    milestones
        Those with which begins, ends and departures of the trace are filled; None if they are filled.

    Raises
    ------
    ValueError
        If there is not a row for each step of each consignment.
    """
    plan, world, ids, rows = trace.plan, trace.world, trace.places.ids, trace.slices[-1].stop
    times_us: Ints = np.empty((0, 2), dtype=np.int64)
    departure_index: FewInts = np.empty(0, dtype=np.int32)
    if milestones is not None:
        times_us, departure_index = milestones.times_us, milestones.departure_index
    arrays = trace.begin_us, trace.end_us, trace.departure_index, world.duration_us
    lengths = [len(one) for one in arrays]
    lengths += [] if milestones is None else [len(times_us), len(departure_index)]
    if {*lengths} != {rows}:  # compiled code checks no bounds
        raise ValueError("milestones, or durations, of another world")
    given = Given(
        **_said(plan),
        n=np.array([len(mine) for mine in trace.ids]),
        first_row=trace.places.first_row,
        ids=ids,
        entry_us=world.entry_us[ids],
        weight_g=world.size[ids, 0],
        row_of_step_0=world.first_event_row[ids] - plan.route_first_step[world.route[ids]],
        holds=trace.holds,
        duration_us=world.duration_us,
        times_us=times_us,
        departure_index=departure_index,
        in_parts=trace.in_parts,
    )
    events = Happened(
        trace.begin_us,
        trace.end_us,
        trace.departure_index,
        np.empty(rows, dtype=np.int64),
        *np.zeros((2, rows), dtype=np.bool_),
    )
    n_steps = len(plan.step_kind)
    broken = Broken(np.zeros(n_steps, dtype=np.int64), *np.zeros((5, n_steps), dtype=np.bool_))
    run(READING, readable(given), readable(events) if milestones is None else events, broken)
    return events, broken._replace(lost=broken.lost | (broken.lacks_g > 0))


@once
def _said(plan: Plan) -> dict[str, Any]:
    """Return what a plan says, by the names of :class:`Given`."""
    kind, after, choice = plan.step_kind, plan.step_after_track, plan.step_choice
    of_a_choice = choice >= 0
    steps_of_choice = np.bincount(choice[of_a_choice], minlength=len(kind))
    main, declared = plan.route_first_step[:-1], plan.track_first_step
    begins = np.concatenate([main, declared])
    ends = begins + np.concatenate([plan.route_n_main, plan.track_n_steps]) - 1
    last_of_track = np.append(ends[len(main) :], -1)
    order = np.argsort(begins, kind="stable")  # by route, since tracks follow the main steps of theirs
    return {
        "first_step": plan.route_first_step,
        "first_track": np.searchsorted(begins[order], plan.route_first_step),
        "track_begins": begins[order],
        "track_ends": ends[order],
        "is_declaration": order >= len(main),
        "sure": (plan.step_condition < 0) & (plan.step_unless_done < 0) & (after < 0) & ~of_a_choice,
        "condition": plan.step_condition,
        "unless_done": plan.step_unless_done,
        "after_step": last_of_track[after],
        "first_of_choice": np.maximum(choice, 0),
        "end_of_choice": np.where(of_a_choice, choice + steps_of_choice[choice], 0),
        "is_carried": (kind == Kind.SERVICE) | (kind == Kind.FLEET),
        "is_drawn": (kind == Kind.RESOURCE) | (kind == Kind.DELAY),
        "may_wait": kind == Kind.RESOURCE,
        "join_after": np.where(kind == Kind.JOIN, last_of_track[plan.step_track], -1),
    }
