"""Find when each consignment first reaches a step at which it may have to wait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.plan.tables import NEVER, Ints, Kind, Plan
from fourport.world.tables import World


@dataclass(frozen=True)
class Arrivals:
    """First arrivals, in order of time and consignment.

    Attributes
    ----------
    at_us, event row, step
        (n,) time of arrival, event row of the consignment, and step.
    """

    at_us: Ints
    event_row: Ints
    step: Ints


def first_arrivals(plan: Plan, world: World, begin: Ints, end: Ints) -> Arrivals:
    """Move all consignments through the delays at the beginning of their routes and record the milestones.

    An unconditional delay depends on nothing that happens in the run. Delays at the beginning of a route
    therefore need no agenda.
    """
    at = world.entry_us.copy()
    step = plan.route_first_step[world.route].copy()
    for route in range(plan.n_routes):
        ids = np.flatnonzero(world.route == route)
        first = int(plan.route_first_step[route])
        for s in plan.main_steps(route)[:-1]:
            if (
                plan.step_kind[s] != Kind.DELAY
                or plan.step_condition[s] >= 0
                or plan.step_unless_done[s] >= 0
                or plan.step_after_track[s] >= 0
                or plan.step_early_track[s] >= 0
            ):
                break
            event_rows = world.first_event_row[ids] + (s - first)
            begin[event_rows] = np.where(at[ids] < plan.end_us, at[ids], NEVER)
            at[ids] += world.duration_us[event_rows]
            end[event_rows] = np.where(at[ids] < plan.end_us, at[ids], NEVER)
            step[ids] = s + 1
    order = np.lexsort((np.arange(world.n), at))
    order = order[at[order] < plan.end_us]
    event_row = world.first_event_row[:-1] + step - plan.route_first_step[world.route]
    return Arrivals(at[order], event_row[order], step[order])
