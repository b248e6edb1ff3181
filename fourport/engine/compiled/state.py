"""What the compiled loop writes: arrays with room for the most that can happen."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fourport.engine.compiled import numbering
from fourport.engine.compiled.tables import Tables, queues_of
from fourport.plan.once import once
from fourport.plan.tables import FewInts, Ints, Kind, Plan
from fourport.world.tables import Flags


class State(NamedTuple):
    """What the loop writes; all of it is kept between two calls.

    Attributes
    ----------
    times
        (event rows, 2) begin and end, side by side.
    agenda
        (events + 4, 2) time and event, as a heap with four free places behind it.
    front, back
        (Q,) first and last token of each queue of a resource, or of a service that is loaded one by one; -1
        for none.
    arrived
        Arrivals of this instant: queue and token in one number.
    aside, digits
        Room for as many, in which they are sorted, and what a departure leaves is put aside; and (DIGITS,)
        for the place of each digit.
    free, waiting
        (N,) servers that are free and on duty, and tokens that wait, by resource.
    on_duty, changed, all_taken_below, taken
        Of resources that resume their work: (N,) servers on duty, changes of their number so far, and the
        number below which no server is free; and whether each server is taken, by ``first_server``.
    resource_asked, resources, fleet_asked, fleets
        Who is to decide at the end of this instant: as flags, and as lists.
    aboard, next_aboard, next_free
        Tokens of each other service and fleet, in a range of its own: those that were loaded, in order of
        loading, and from ``next_aboard`` to ``next_free`` those that wait, in order of the queue.
    departure_aboard, trip_aboard
        (D, 2), (K, 2) range of ``aboard`` by departure and by trip.
    fleet_open, at_home, loading, room, made
        (F,) whether it is open, trucks at home, whether one is loading, the room left in it (F, 2), and trips
        made.
    trips
        (K, 3) begin of loading, departure, arrival.
    gone, latest_us
        (n,) thousandths that have left of a consignment that waits, and latest arrival of these parts; no
        entries where nothing is loaded one by one.
    closing, left, has_split, head, before, behind
        (K,) departures that close now and are loaded one by one; (K, 2, 3) room left in their block space
        and free sale; whether each has taken a part of what is too large; token of its queue that is read,
        and those before and behind it.
    parts
        (P, 3) parts in order of loading: event row, number of the departure, thousandths.
    cells
        Numbers in the order of :mod:`fourport.engine.compiled.numbering`.
    """

    times: Annotated[Ints, 2]
    departure_index: FewInts
    agenda: Annotated[Ints, 2]
    front: Ints
    back: Ints
    arrived: Ints
    aside: Ints
    digits: Ints
    free: Ints
    waiting: Ints
    on_duty: Ints
    changed: Ints
    all_taken_below: Ints
    taken: Flags
    resource_asked: Flags
    resources: Ints
    fleet_asked: Flags
    fleets: Ints
    aboard: Ints
    next_aboard: Ints
    next_free: Ints
    departure_aboard: Annotated[Ints, 2]
    trip_aboard: Annotated[Ints, 2]
    fleet_open: Flags
    at_home: Ints
    loading: Flags
    room: Annotated[Ints, 2]
    made: Ints
    trips: Annotated[Ints, 2]
    gone: Ints
    latest_us: Ints
    parts: Annotated[Ints, 2]
    closing: Ints
    left: Annotated[Ints, 3]
    has_split: Flags
    head: Ints
    before: Ints
    behind: Ints
    cells: Ints


def state_of(plan: Plan, tables: Tables) -> State:
    """Make the arrays in which the loop keeps its state; each has room for the most that can happen."""
    n_queues, n_resources, n_fleets = (
        len(tables.queue_kind),
        len(tables.first_queue),
        len(tables.fleet_hold_us),
    )
    visits, tokens, arrivals = _visits(plan, tables)
    n_departures, n_trips = len(tables.departure_us), len(tables.out_us)
    # A departure begins to split one consignment at most, and each is loaded to the end once.
    n_parts = 2 * int(tables.splits.sum())
    n_split = len(tables.route) if tables.one_by_one.any() else 0
    closing = tables.one_by_one[tables.queue_of_departure[tables.cutting_off]]
    n_closing = _most_at_once(tables.cutoff_us[:-1][closing])
    rows, events = len(tables.duration_us), tokens + n_departures + 3 * n_trips

    def zeros(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    def unfilled(*shape: int) -> Ints:
        return np.empty(shape, dtype=np.int64)

    agenda = unfilled(events + 4, 2)
    agenda[:4, 0] = numbering.FREE
    return State(
        times=unfilled(rows, 2),
        departure_index=np.full(rows, -1, dtype=np.int32),
        agenda=agenda,
        front=zeros(n_queues) - 1,
        back=zeros(n_queues) - 1,
        arrived=unfilled(arrivals),
        aside=unfilled(arrivals),
        digits=zeros(numbering.DIGITS),
        free=zeros(n_resources),
        waiting=zeros(n_resources),
        on_duty=zeros(n_resources),
        changed=zeros(n_resources),
        all_taken_below=zeros(n_resources),
        taken=np.zeros(int(tables.first_server[-1]), dtype=np.bool_),
        resource_asked=np.zeros(n_resources, dtype=np.bool_),
        resources=zeros(n_resources),
        fleet_asked=np.zeros(n_fleets, dtype=np.bool_),
        fleets=zeros(n_fleets),
        aboard=unfilled(int(visits.sum())),
        next_aboard=np.cumsum(visits) - visits,
        next_free=np.cumsum(visits) - visits,
        departure_aboard=zeros(n_departures, 2),
        trip_aboard=zeros(n_trips, 2),
        fleet_open=plan.fleet_hours < 0,
        at_home=plan.fleet_vehicles.copy(),
        loading=np.zeros(n_fleets, dtype=np.bool_),
        room=zeros(n_fleets, 2),
        made=zeros(n_fleets),
        trips=unfilled(n_trips, 3),
        gone=zeros(n_split),
        latest_us=np.full(n_split, numbering.NEVER),
        parts=unfilled(n_parts, 3),
        closing=zeros(n_closing),
        left=zeros(n_closing, 2, 3),
        has_split=np.zeros(n_closing, dtype=np.bool_),
        head=zeros(n_closing),
        before=zeros(n_closing),
        behind=zeros(n_closing),
        cells=zeros(numbering.CELLS),
    )


def _visits(plan: Plan, tables: Tables) -> tuple[Ints, int, int]:
    """Return how often services and fleets are asked for at most, by queue, all tokens, and their arrivals.

    A token arrives at several queues at once where its step has a choice.
    """
    by_route = np.bincount(tables.route, minlength=plan.n_routes)
    visits, tokens, more = _visits_of_each(plan)
    return by_route @ visits, int(by_route @ tokens), int(by_route @ (tokens + more))


@once
def _visits_of_each(plan: Plan) -> tuple[Ints, Ints, Ints]:
    """Return what a consignment of each route adds to :func:`_visits`: (R, Q), (R,), (R,) arrivals more."""
    queues = queues_of(plan)
    carried = (plan.step_kind == Kind.SERVICE) | (plan.step_kind == Kind.FLEET)
    main = np.zeros(len(carried), dtype=np.bool_)
    for route in range(plan.n_routes):
        main[plan.main_steps(route)] = True
    route_of = np.repeat(np.arange(plan.n_routes), np.diff(plan.route_first_step))
    visits = np.zeros((plan.n_routes, len(queues.kind)), dtype=np.int64)
    steps = np.flatnonzero(main & carried)
    np.add.at(visits, (route_of[steps], queues.of[steps, 0]), 1)
    tokens = 1 + np.bincount(route_of[plan.track_first_step], minlength=plan.n_routes)
    more = np.zeros(plan.n_routes, dtype=np.int64)
    for route in np.unique(route_of[plan.step_choice >= 0]).tolist():
        more[route] = _most_at_once(plan.step_choice[plan.main_steps(route)]) - 1
    return visits, tokens, more


def _most_at_once(values: Ints) -> int:
    """Return how often the most frequent value occurs that is not below 0, at least 1."""
    return int(np.unique(values[values >= 0], return_counts=True)[1].max(initial=1))
