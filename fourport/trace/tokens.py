"""What the walk of all tokens reads and writes (see :mod:`fourport.trace.walk`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np

from fourport.machine import Routine, run
from fourport.plan.once import once
from fourport.plan.tables import Ints, Plan
from fourport.world.tables import Flags

if TYPE_CHECKING:
    from fourport.trace.trace import Trace  # which lets them walk


class Tokens(NamedTuple):
    """What the walk reads. ``S`` steps, ``K`` tracks, ``n`` consignments.

    Attributes
    ----------
    first_step, last_step, is_declaration
        (K,) of each track: its steps, and whether declarations go it; otherwise the goods do.
    sure
        (S,) whether all who come to a step do it.
    condition, unless_done
        (S,) as in the plan.
    after_step
        (S,) last step of the track that must have ended before the token comes; -1 for none.
    first_of_choice, end_of_choice
        (S,) range of the steps of the choice to which a step belongs; empty for none.
    n_of_step, first_row, first_place
        (S,) consignments of the route of a step, the row of the first one, and its place in ``ids``.
    ids
        (n,) consignments, by route.
    entry_us, holds
        (n,), (C, n) as in the world: entry, and which conditions hold.
    begin_us, end_us
        (rows,) as in the trace.
    took
        (rows,) whether the service of a step took the consignment, or a part of it; no entries if there is no
        choice.
    """

    first_step: Ints
    last_step: Ints
    is_declaration: Flags
    sure: Flags
    condition: Ints
    unless_done: Ints
    after_step: Ints
    first_of_choice: Ints
    end_of_choice: Ints
    n_of_step: Ints
    first_row: Ints
    first_place: Ints
    ids: Ints
    entry_us: Ints
    holds: Annotated[Flags, 2]
    begin_us: Ints
    end_us: Ints
    took: Flags


class Walked(NamedTuple):
    """What the walk writes, a row for each of the trace.

    Attributes
    ----------
    ready_us
        End of the last step done before; see :attr:`fourport.trace.trace.Trace.ready_us`.
    came, passed
        Whether the token came to the step, and whether it then passed it over.
    """

    ready_us: Ints
    came: Flags
    passed: Flags


WALK = Routine("walk", "fourport.trace.walk", (Tokens, Walked))


def walked(trace: Trace) -> Walked:
    """Let all tokens of a trace walk."""
    plan, rows = trace.plan, len(trace.begin_us)
    took = np.empty(0, dtype=np.bool_)
    if (plan.step_choice >= 0).any():
        took = trace.begun | (trace.departure_index >= 0)
        took[trace.parts.row] = True
    tokens = Tokens(
        **_ways(plan),
        **trace.places,
        ids=np.concatenate(trace.ids),
        entry_us=np.require(trace.world.entry_us, requirements="W"),
        holds=trace.holds,
        begin_us=trace.begin_us,
        end_us=trace.end_us,
        took=took,
    )
    found = Walked(np.empty(rows, dtype=np.int64), *np.zeros((2, rows), dtype=np.bool_))
    run(WALK, tokens, found)
    return found


@once
def _ways(plan: Plan) -> dict[str, Any]:
    """Return what a plan says of the way, by the names of :class:`Tokens`."""
    main, first = plan.route_first_step[:-1], plan.track_first_step
    last_of_track = first + plan.track_n_steps - 1
    after, choice = plan.step_after_track, plan.step_choice
    of_a_choice = choice >= 0
    steps_of_choice = np.bincount(choice[of_a_choice], minlength=len(choice))
    return {
        "first_step": np.concatenate([main, first]),
        "last_step": np.concatenate([main + plan.route_n_main - 1, last_of_track]),
        "is_declaration": np.arange(len(main) + len(first)) >= len(main),
        "sure": (plan.step_condition < 0) & (plan.step_unless_done < 0) & (after < 0) & ~of_a_choice,
        "condition": plan.step_condition,
        "unless_done": plan.step_unless_done,
        "after_step": np.append(last_of_track, -1)[after],
        "first_of_choice": np.maximum(choice, 0),
        "end_of_choice": np.where(of_a_choice, choice + steps_of_choice[choice], 0),
    }
