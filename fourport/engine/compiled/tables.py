"""What the compiled loop reads and writes: arrays in the layout that it runs through fastest."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fourport.engine.compiled import numbering
from fourport.errors import UserError
from fourport.plan.once import once
from fourport.plan.tables import NEVER, FewInts, Ints, Kind, Plan, Space
from fourport.world.outcomes import outcomes
from fourport.world.tables import Flags, World


class Tables(NamedTuple):
    """What the loop reads. ``S`` steps, ``Q`` queues, ``n`` consignments.

    There is a queue for each class of each resource, one for each service, and one for each fleet, in this
    order. Changes and cut-offs end with the end of the run.

    Attributes
    ----------
    end_us
        (1,) end of the run.
    steps
        (S, COLUMNS) columns of :mod:`fourport.engine.compiled.numbering`.
    next_read
        (S,) the step whose row is read first, as a rule, when a step has ended.
    queue_of
        (S, G) queue of a step by trader class.
    queue_kind, queue_provider
        (Q,) kind and number of the provider of a queue.
    first_queue
        (N,) first queue of each resource.
    row_of_step_0
        (n,) event row that step 0 of the plan would have; step s has the row s further on.
    hours_first, hours_turn_us, hours_open
        Hours of legs, as in the plan.
    change_us, changing, more_servers
        Changes in the number of servers, in order of time: time, resource, difference. A fleet that opens or
        closes is one too; fleets are numbered after the resources.
    resumes, first_server
        (N,), (N + 1,) whether a resource resumes its work, and the first server of each that does.
    first_change, own_change_us, own_servers
        Changes in the number of servers by resource, as in the plan.
    cutoff_us, cutting_off
        Cut-offs of departures that run, in order of time: time, departure.
    queue_of_departure, number_of_departure
        (D,) queue of the service, and number of the departure in its service.
    one_by_one
        (Q,) whether the departures of a queue are loaded consignment by consignment with all others that
        close at once: those of services that split or release block space, and those of a choice.
    kept_first, kept_us, within_us
        (S,), (W,), (S,) of the steps of a choice by preference, but the first: place in ``kept_us`` of the
        first departure of its service, else -1; by departure, when the earliest departure of a preferred
        service that closes later is scheduled to leave; and how long after their arrival goods wait for it.
    splits
        (D,) whether a departure takes parts of what is too large.
    too_large_for, too_large
        (S,), (R, n) row of a step of a service that splits, and which consignments are too large for any of
        its departures, or of the other services of the choice.
    queue_of_fleet, first_trip
        (F,), (F + 1,) queue and first trip of each fleet.
    fleet_of_trip, out_us, back_us
        (K,) fleet and driving times of each trip.
    least_size
        (3,) smallest size of a consignment in each dimension.
    holds
        (C, n) which conditions hold.
    arrival_first, came_us, lasts_us
        As in :class:`fourport.world.tables.ByArrival`: ``first``, ``arrival_us``, ``lasts_us``.

    The other fields are those of the plan and the world.
    """

    end_us: Ints
    steps: Annotated[FewInts, 2]
    next_read: Ints
    queue_of: Annotated[FewInts, 2]
    queue_kind: FewInts
    queue_provider: FewInts
    first_queue: Ints
    queue_of_fleet: Ints
    row_of_step_0: Ints
    first_step: Ints
    route: Ints
    trader_class: Ints
    size: Annotated[Ints, 2]
    least_size: Ints
    holds: Annotated[Flags, 2]
    duration_us: Ints
    arrival_first: Ints
    came_us: Ints
    lasts_us: Ints
    entry_us: Ints
    hours_first: Ints
    hours_turn_us: Ints
    hours_open: Ints
    change_us: Ints
    changing: Ints
    more_servers: Ints
    resumes: Flags
    first_server: Ints
    first_change: Ints
    own_change_us: Ints
    own_servers: Ints
    cutoff_us: Ints
    cutting_off: Ints
    queue_of_departure: Ints
    number_of_departure: Ints
    departure_us: Ints
    arrival_us: Ints
    released_us: Ints
    block_space: Annotated[Ints, 2]
    free_sale: Annotated[Ints, 2]
    one_by_one: Flags
    kept_first: Ints
    kept_us: Ints
    within_us: Ints
    splits: Flags
    too_large_for: Ints
    too_large: Annotated[Flags, 2]
    fleet_weight_g: Ints
    fleet_volume_cm3: Ints
    fleet_hold_us: Ints
    first_trip: Ints
    fleet_of_trip: FewInts
    out_us: Ints
    back_us: Ints


def tables_of(plan: Plan, world: World) -> Tables:
    """Lay out a plan and a world for the numbering.

    Raises
    ------
    UserError
        If there are more consignments, steps or queues than a token or an arrival can name.
    ValueError
        If a consignment enters before the start. That every consignment fits into an empty vehicle, which
        :func:`fourport.world.draw.draw` checks, is not checked again.
    """
    queues = queues_of(plan)
    _refuse_too_many(world.n, len(plan.step_kind), len(queues.kind))
    if world.n and world.entry_us[0] < plan.start_us:
        raise ValueError("a consignment enters before the start of the run")
    sailings = world.departures
    n_services, n_fleets = len(sailings.first) - 1, len(plan.fleet_vehicles)
    service = np.repeat(np.arange(n_services), np.diff(sailings.first))
    runs = np.flatnonzero((sailings.cutoff_us >= plan.start_us) & ~sailings.cancelled)
    runs = runs[np.argsort(sailings.cutoff_us[runs], kind="stable")]
    too_large_for, too_large = _too_large(plan, world)
    kept_first, kept_us = _kept(plan, world)
    return Tables(
        **_of_plan(plan),
        row_of_step_0=world.first_event_row[:-1] - plan.route_first_step[world.route],
        route=_ints(world.route),
        trader_class=_ints(world.trader_class),
        size=_ints(world.size),
        least_size=world.size.min(axis=0, initial=np.iinfo(np.int64).max),
        holds=outcomes(plan, world),
        duration_us=_ints(world.duration_us),
        arrival_first=_ints(world.by_arrival.ranges(len(plan.step_kind))),
        came_us=_ints(world.by_arrival.arrival_us),
        lasts_us=_ints(world.by_arrival.lasts_us),
        entry_us=_ints(world.entry_us),
        cutoff_us=np.append(sailings.cutoff_us[runs], plan.end_us),
        cutting_off=runs,
        queue_of_departure=service + queues.of_first_service,
        number_of_departure=np.arange(len(service)) - sailings.first[service],
        departure_us=_ints(sailings.departure_us),
        arrival_us=_ints(sailings.arrival_us),
        released_us=_ints(sailings.released_us),
        block_space=_ints(sailings.block_space),
        free_sale=_ints(sailings.free_sale),
        one_by_one=_one_by_one(plan, queues, service[sailings.released_us != NEVER]),
        kept_first=kept_first,
        kept_us=kept_us,
        splits=(plan.service_splits > 0)[service],
        too_large_for=too_large_for,
        too_large=too_large,
        first_trip=_ints(world.drives.first),
        fleet_of_trip=np.repeat(np.arange(n_fleets, dtype=np.int32), np.diff(world.drives.first)),
        out_us=_ints(world.drives.out_us),
        back_us=_ints(world.drives.back_us),
    )


@once
def _of_plan(plan: Plan) -> dict[str, Any]:
    """Return the tables that the plan alone says, by name; the loop writes to none."""
    queues = queues_of(plan)
    change_us, changing, more_servers = _changes(plan)
    steps = _steps(plan, queues)
    n_services, n_fleets = len(plan.names.services), len(plan.fleet_vehicles)
    return {
        "end_us": np.array([plan.end_us], dtype=np.int64),
        "steps": steps,
        "next_read": _next_read(steps),
        "queue_of": queues.of,
        "queue_kind": np.array(queues.kind, dtype=np.int32),
        "queue_provider": np.array(queues.provider, dtype=np.int32),
        "first_queue": _ints(queues.first),
        "queue_of_fleet": np.arange(n_fleets) + queues.of_first_service + n_services,
        "first_step": _ints(plan.route_first_step),
        "hours_first": _ints(plan.hours_first),
        "hours_turn_us": _ints(plan.hours_turn_us),
        "hours_open": _ints(plan.hours_open),
        "change_us": np.append(change_us, plan.end_us),
        "changing": changing,
        "more_servers": more_servers,
        "resumes": plan.resource_resumes > 0,
        "first_server": _first_server(plan),
        "first_change": _ints(plan.resource_change_first),
        "own_change_us": _ints(plan.resource_change_us),
        "own_servers": _ints(plan.resource_servers),
        "within_us": _ints(plan.step_within_us),
        "fleet_weight_g": _ints(plan.fleet_weight_g),
        "fleet_volume_cm3": _ints(plan.fleet_volume_cm3),
        "fleet_hold_us": _ints(plan.fleet_hold_us),
    }


def _refuse_too_many(consignments: int, steps: int, queues: int) -> None:
    counts = {
        "consignments in a replication": (consignments, 1 << numbering.CONSIGNMENT_BITS),
        "steps": (steps, 1 << numbering.STEP_BITS),
        "queues of resources, services and fleets": (queues, 1 << numbering.QUEUE_BITS),
    }
    wrong = [f"{n:,} {what}; allowed: below {most:,}" for what, (n, most) in counts.items() if n >= most]
    if wrong:
        raise UserError(*wrong)


class Queues:
    """The queues, numbered; see :class:`Tables`."""

    def __init__(self, plan: Plan) -> None:
        self.kind: list[int] = []
        self.provider: list[int] = []
        self.first: list[int] = []
        self.of = np.full(plan.priority.shape, -1, dtype=np.int32)
        for resource in range(len(plan.resource_change_first) - 1):
            mine = (plan.step_kind == Kind.RESOURCE) & (plan.step_provider == resource)
            priority = plan.priority[mine]
            classes = [*{*priority.ravel().tolist()}]
            classes.sort()
            self.first.append(len(self.kind))
            self.of[mine] = len(self.kind) + np.searchsorted(classes, priority)
            self._add(Kind.RESOURCE, [resource] * len(classes))
        self.of_first_service = len(self.kind)
        n_fleets = len(plan.fleet_vehicles)
        for kind, many in ((Kind.SERVICE, len(plan.names.services)), (Kind.FLEET, n_fleets)):
            mine = plan.step_kind == kind
            self.of[mine] = len(self.kind) + plan.step_provider[mine][:, np.newaxis]
            self._add(kind, range(many))

    def _add(self, kind: int, providers: Any) -> None:
        self.kind += [int(kind)] * len(providers)
        self.provider += providers


@once
def queues_of(plan: Plan) -> Queues:
    """Return the queues of a plan."""
    return Queues(plan)


def _steps(plan: Plan, queues: Queues) -> FewInts:
    """Return the columns of the steps, (S, 16), so that all of a step lies in one line of the cache."""
    steps = np.full((len(plan.step_kind), numbering.COLUMNS), -1, dtype=np.int32)
    is_delay = plan.step_kind == Kind.DELAY
    is_sure = (plan.step_condition < 0) & (plan.step_unless_done < 0) & (plan.step_after_track < 0)
    is_last = np.zeros(len(steps), dtype=np.bool_)
    is_last[[plan.main_steps(route)[-1] for route in range(plan.n_routes)]] = True
    ends = plan.track_first_step + plan.track_n_steps - 1
    is_last[ends] = True
    joins = np.flatnonzero(plan.step_track >= 0)
    joined = np.full(len(ends), -1)
    joined[plan.step_track[joins]] = joins

    def of_track(values: NDArray[Any], tracks: Ints) -> Any:
        return np.where(tracks >= 0, np.append(values, -1)[tracks], -1)

    steps[:, numbering.KIND] = plan.step_kind
    steps[:, numbering.PROVIDER] = np.where(is_delay, plan.step_hours, plan.step_provider)
    steps[:, numbering.QUEUE] = np.where((queues.of == queues.of[:, :1]).all(axis=1), queues.of[:, 0], -1)
    steps[:, numbering.SURE] = is_sure
    steps[:, numbering.LAST] = is_last
    waits_for_nothing = is_sure & (plan.step_early_track < 0) & (plan.step_hours < 0)
    follows = np.append(is_delay & waits_for_nothing, False)[1:]
    steps[:, numbering.THROUGH] = is_delay & ~is_last & follows
    steps[:, numbering.CONDITION] = plan.step_condition
    steps[:, numbering.UNLESS_DONE] = plan.step_unless_done
    steps[:, numbering.AFTER] = of_track(ends, plan.step_after_track)
    steps[ends, numbering.JOIN_OF] = joined
    steps[:, numbering.FIRST] = of_track(plan.track_first_step, plan.step_track)
    steps[:, numbering.ENDS] = of_track(ends, plan.step_track)
    steps[:, numbering.EARLY] = of_track(plan.track_first_step, plan.step_early_track)
    steps[:, numbering.EARLY_CONDITION] = plan.step_early_condition
    steps[:, numbering.EARLY_GOES_ON] = of_track(
        (plan.track_n_steps > 1) | (joined >= 0), plan.step_early_track
    )
    steps[:, numbering.SPACE] = plan.step_space
    for s in np.flatnonzero(plan.step_choice >= 0).tolist():
        steps[s, numbering.FIRST], steps[s, numbering.ENDS] = plan.choice(s)[0], plan.choice(s)[-1]
    return steps


def _next_read(steps: FewInts) -> Ints:
    """Return the step whose row is read first when a step has ended; see :class:`Tables`.

    It is the first step of the track that a JOIN waits for, or the JOIN if it is the track that has ended.
    """
    own = np.arange(len(steps))
    following = np.roll(own, -1)
    is_join = steps[following, numbering.KIND] == Kind.JOIN
    found = np.where(is_join, steps[following, numbering.FIRST], following)
    found = np.where(steps[:, numbering.LAST] > 0, steps[:, numbering.JOIN_OF], found)
    return _ints(np.where(found < 0, own, found))


def _one_by_one(plan: Plan, queues: Queues, releasing: Ints) -> Flags:
    """Return which queues are loaded consignment by consignment; see :class:`Tables`."""
    found = np.zeros(len(queues.kind), dtype=np.bool_)
    choosing = plan.step_provider[plan.step_choice >= 0]
    splitting = np.flatnonzero(plan.service_splits)
    found[queues.of_first_service + np.concatenate([choosing, splitting, releasing])] = True
    return found


def _kept(plan: Plan, world: World) -> tuple[Ints, Ints]:
    """Return where the departures of preferred services stand by step, and when they leave; see Tables."""
    first, found = np.full(len(plan.step_kind), -1, dtype=np.int64), [np.empty(0, dtype=np.int64)]
    for s in np.flatnonzero(plan.step_within_us >= 0).tolist():
        earlier = [world.departures.of(int(plan.step_provider[p])) for p in plan.choice(s) if p < s]
        if not earlier:
            continue
        closes = np.concatenate([one.cutoff_us for one in earlier])
        leaves = np.concatenate([one.scheduled_us for one in earlier])
        order = np.argsort(closes)
        least = np.minimum.accumulate(np.append(leaves[order], np.iinfo(np.int64).max)[::-1])[::-1]
        mine = world.departures.of(int(plan.step_provider[s])).cutoff_us
        first[s] = sum(map(len, found))
        found.append(least[np.searchsorted(closes[order], mine, side="right")])
    return first, np.concatenate(found)


def _too_large(plan: Plan, world: World) -> tuple[Ints, Flags]:
    """Return for which steps which consignments fit no departure whole; see :class:`Tables`."""
    row_of = np.full(len(plan.step_kind), -1, dtype=np.int64)
    rows: dict[frozenset[tuple[int, int]], int] = {}
    splits = plan.service_splits > 0
    for s in np.flatnonzero(plan.step_kind == Kind.SERVICE).tolist():
        if splits[plan.step_provider[s]]:
            offers = frozenset(
                (int(plan.step_provider[other]), int(plan.step_space[other])) for other in plan.choice(s)
            )
            row_of[s] = rows.setdefault(offers, len(rows))
    found = np.ones((len(rows), world.n), dtype=np.bool_)
    for offers, row in rows.items():
        for service, space in offers:
            sailings = world.departures.of(service)
            block = sailings.block_space if space == Space.BLOCK else sailings.block_space[:0]
            for room in np.unique(np.concatenate([sailings.most_free_sale, block]), axis=0):
                found[row] &= (world.size > room).any(axis=1)
    return row_of, found


def _changes(plan: Plan) -> tuple[Ints, Ints, Ints]:
    """Return all changes in numbers of servers in order of time: time, resource, difference.

    The number of a fleet, after those of the resources, has 1 "server" while it is open.
    """
    first = plan.resource_change_first
    more = np.diff(plan.resource_servers, prepend=0)
    more[first[:-1]] = plan.resource_servers[first[:-1]]
    resource = np.repeat(np.arange(len(first) - 1), np.diff(first))
    found = [np.stack([plan.resource_change_us, resource, more])]
    hours = plan.hours_first, plan.hours_turn_us, plan.hours_open
    for fleet, k in enumerate(plan.fleet_hours.tolist()):
        if k >= 0:
            found.append(_turns(*hours, k, number=len(first) - 1 + fleet))
    at, provider, more = np.concatenate(found, axis=1)
    at = np.maximum(at, plan.start_us)
    order = np.argsort(at, kind="stable")
    return at[order], provider[order], more[order]


def _first_server(plan: Plan) -> Ints:
    """Return the first number of the servers of each resource that resumes its work, (N + 1,)."""
    ranges = pairwise(plan.resource_change_first.tolist())
    most = [plan.resource_servers[first:last].max() for first, last in ranges]
    return np.concatenate([[0], np.cumsum(_ints(most) * plan.resource_resumes)]).astype(np.int64)


def _turns(first: Ints, at: Ints, servers: Ints, k: int, *, number: int) -> Ints:
    """Return the changes of one provider, (3, k): time, its number, difference."""
    mine = slice(*first[k : k + 2].tolist())
    return np.stack([at[mine], np.full_like(at[mine], number), np.diff(servers[mine], prepend=0)])


def _ints(values: Any) -> Ints:
    """Return values as the loop is compiled for: whole, in C order and writable."""
    return np.require(values, dtype=np.int64, requirements=["C", "W"])
