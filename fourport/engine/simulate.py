"""The SimPy engine: one pass over a plan and a world."""

from __future__ import annotations

import gc
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import chain

from fourport.engine.arrivals import Arrivals, first_arrivals
from fourport.engine.fleets import Fleet
from fourport.engine.journey import ENTRY, EVENT_ROW, EVENT_ROW_BITS, PROCESS, Clock, Journeys
from fourport.engine.milestones import Milestones
from fourport.engine.resources import Resource
from fourport.engine.services import Service
from fourport.engine.views import view
from fourport.plan.tables import Plan
from fourport.world.tables import World


def simulate(plan: Plan, world: World) -> Milestones:
    """Run a world through a plan.

    Returns
    -------
    Milestones
        Begin and end of every step of every consignment, and the trips made.
    """
    agenda: list[int] = []
    env = Clock(plan.start_us, agenda)
    journeys = Journeys(env, plan, world)
    resources = [Resource(journeys, plan, k) for k in range(len(plan.names.resources))]
    services = [Service(journeys, world, k) for k in range(len(plan.names.services))]
    fleets = [Fleet(journeys, plan, world, k) for k in range(len(plan.names.fleets))]
    journeys.connect(resources, services, fleets)

    for resource in resources:
        env.process(resource.clock())
    for service in services:
        env.process(service.clock())
    with _no_garbage_collection():
        _run(journeys, resources, first_arrivals(plan, world, journeys.begin, journeys.end))
    found = Milestones(
        journeys.begin, journeys.end, journeys.departure_index, tuple(f.trips() for f in fleets)
    )
    vars(journeys).clear()  # Providers and SimPy's processes form cycles that would keep its arrays.
    return found


def _run(journeys: Journeys, resources: Sequence[Resource], first: Arrivals) -> None:
    """Process one instant after the other: first all movements, then all decisions.

    A single heap holds the ends of steps, the next first arrival, and an entry for each event of SimPy's
    processes (vehicles and working hours).
    """
    env, agenda, undecided = journeys.env, journeys.agenda, journeys.undecided
    arrive, end_track = journeys.arrive, journeys.end_track
    end_at, step_of, is_last = journeys.end_at, journeys.step_of, journeys.is_last
    leave_of = journeys.leave_of(resources)
    arrivals = zip(view(first.at_us), view(first.event_row), view(first.step), strict=True)
    entries = chain(arrivals, [(journeys.end_us, -1, -1)])  # the last one ends the run
    at, event_row_entering, step_entering = next(entries)
    heappush(agenda, at << EVENT_ROW_BITS | ENTRY)
    while True:
        now = agenda[0] >> EVENT_ROW_BITS
        if now >= journeys.end_us:
            return
        journeys.now = now
        later = (now + 1) << EVENT_ROW_BITS
        while agenda[0] < later:
            event_row = heappop(agenda) & EVENT_ROW
            if event_row < ENTRY:
                journeys.alone = agenda[0] >= later
                s = step_of[event_row]
                end_at[event_row] = now
                if is_last[s]:
                    end_track(event_row, s)
                else:
                    arrive(event_row + 1, s + 1)
                leave = leave_of[s]
                if leave is not None:
                    leave()  # after the token has moved on, possibly back into the same queue
            elif event_row == PROCESS:
                journeys.alone = False  # a vehicle may bring many tokens
                env.step()
            else:
                event_row, s = event_row_entering, step_entering
                at, event_row_entering, step_entering = next(entries)
                heappush(agenda, at << EVENT_ROW_BITS | ENTRY)
                journeys.alone = agenda[0] >= later
                arrive(event_row, s)
        if undecided:
            for place in undecided:
                place.decide()
            undecided.clear()


@contextmanager
def _no_garbage_collection() -> Generator[None, None, None]:
    """Disable the cyclic garbage collector, which would take most of a run with millions of live tuples."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
