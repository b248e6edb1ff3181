"""Who does a step and who passes it over, worked out after a run from its milestones."""

from __future__ import annotations

from fourport.engine.milestones import Milestones
from fourport.plan.tables import NEVER, Ints, Plan
from fourport.world.tables import Flags


def does(
    plan: Plan, holds: Flags, marks: Milestones, s: int, event_row: Ints, ids: Ints, ready: Ints
) -> Flags:
    """Tell who of those that came to step ``s`` does it, (k,).

    Parameters
    ----------
    holds
        (C, n) which conditions hold.
    event row
        (k,) event rows of the step.
    ids, ready
        (k,) consignments, and when each came to the step, us UTC.
    """
    condition, done = int(plan.step_condition[s]), int(plan.step_unless_done[s])
    track = int(plan.step_after_track[s])
    found: Flags = ready != NEVER
    if condition >= 0:
        found = found & holds[condition, ids]
    if done >= 0:
        found &= marks.begin_us[event_row + (done - s)] == NEVER
    if track >= 0:
        ended = marks.end_us[event_row + (plan.track_steps(track)[-1] - s)]
        found &= (ended != NEVER) & (ended < ready)
    return found
