"""Identities that hold in every run, whatever the scenario. Results that violate them are not written."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourport.plan.duty import next_open_us
from fourport.plan.once import once
from fourport.plan.tables import NEVER, UNBOUND, Ints, Kind, Plan
from fourport.study.checks.carriage_tables import Carried, Vehicles, carried_by
from fourport.study.checks.loading import broken_loading
from fourport.study.checks.queues import broken_queues
from fourport.study.replication import Movement, Replication
from fourport.world.tables import Flags

TOLERANCE = 1e-9


def violations(run: Replication) -> list[str]:
    """Return the identities that a replication violates; empty if all hold."""
    return [*violations_of_movement(run), *_causes(run), *_invoice(run)]


def violations_of_movement(run: Movement) -> list[str]:
    """Return the violated identities of goods, vehicles and servers; causes and invoices are not checked."""
    vehicles, carried = carried_by(run)
    of_vehicles = (*_departures(run, carried), *_trips(run, vehicles, carried))
    queues = (*broken_queues(run), *broken_loading(run))
    return [*_conserved(run), *of_vehicles, *queues, *_stays(run, carried.otherwise)]


def _conserved(run: Movement) -> Iterator[str]:
    """In = out + held at every step; nothing is in two places; nothing leaves before it is released."""
    plan, trace, broken = run.corridor.plan, run.trace, run.trace.broken
    of_events = {
        "done to a consignment that passes it over": broken.passed_over,
        "a consignment ended a step that it had not reached": broken.not_reached,
        "a consignment went on before it was released": broken.too_early,
        "mass is not conserved: what left is not what vehicles took": broken.lost,
        "a consignment is not the sum of its parts": _not_in_parts(run),
    }
    for what, steps in of_events.items():
        yield from (f"{run.corridor.steps[s].key}: {what}" for s in np.flatnonzero(steps).tolist())
    for route, ids in enumerate(trace.ids):
        last = trace.at(plan.main_steps(route)[-1])
        if last.passed.any() or (run.delivered_us[ids] != np.where(last.came, last.end_us, NEVER)).any():
            yield f"{plan.names.routes[route]}: delivered is not what came through the last step"


def _not_in_parts(run: Movement) -> Flags:
    """Return at which steps what went in parts is not the whole of what left, (S,)."""
    plan, trace = run.corridor.plan, run.trace
    found = np.zeros(len(plan.step_kind), dtype=np.bool_)
    if len(trace.parts.row):
        for s in np.flatnonzero((plan.step_kind == Kind.SERVICE) | (plan.step_kind == Kind.FLEET)).tolist():
            at, loads = trace.at(s), trace.at(s).loads
            left = np.bincount(loads.place, loads.thousandths, len(at.ids))
            found[s] = (((left == 1000) != (at.departure_index >= 0)) | (left > 1000)).any()
    return found


def _causes(run: Replication) -> Iterator[str]:
    differs = run.causes.sum(axis=1) != run.delivered_us - run.world.entry_us
    if (differs & (run.delivered_us != NEVER)).any() or (run.causes < 0).any():
        yield "the causes of a consignment's time do not sum to its door-to-door time"


def _invoice(run: Replication) -> Iterator[str]:
    totals = np.zeros(run.world.n)
    for of_route in run.invoice.routes:
        totals[of_route.consignments] = of_route.amounts.sum(axis=1)
    parts = run.invoice.logistics_cost + run.invoice.charges_on_value
    if not np.allclose(totals, parts, rtol=TOLERANCE, atol=TOLERANCE):
        yield "the cost lines of a consignment do not sum to its total"


def _departures(run: Movement, carried: Carried) -> Iterator[str]:
    """No departure exceeds its capacity, and no cancelled departure takes cargo."""
    departures, names = run.world.departures, run.corridor.plan.names.services
    free, block = departures.free_sale, departures.block_space
    capacity = np.where((free == UNBOUND) | (block == UNBOUND), np.inf, free.astype(float) + block)
    over = np.flatnonzero((carried.size[: len(capacity)] > capacity).any(axis=1))
    services = np.unique(np.searchsorted(departures.first, over, side="right") - 1).tolist()
    cancelled = np.flatnonzero(carried.by_cancelled[: len(names)]).tolist()
    yield from (f"{names[k]}: a cancelled departure took a consignment" for k in cancelled)
    yield from (f"{names[k]}: a departure is over capacity" for k in services)


def _trips(run: Movement, vehicles: Vehicles, carried: Carried) -> Iterator[str]:
    """No truck exceeds its capacity, and no more trucks are on the road than exist."""
    plan = run.corridor.plan
    for k, name in enumerate(plan.names.fleets):
        trips, carrier = run.trace.trips[k], len(plan.names.services) + k
        sizes = carried.size[slice(*vehicles.first[carrier : carrier + 2])]
        for d, capacity in enumerate((plan.fleet_weight_g[k], plan.fleet_volume_cm3[k])):
            if (sizes[:, d] > capacity).any():
                yield f"{name}: a truck is over capacity"
        n_trips = len(trips.departure_us)
        home = (
            trips.departure_us
            + run.world.drives.of(k).out_us[:n_trips]
            + run.world.drives.of(k).back_us[:n_trips]
        )
        hours = int(plan.fleet_hours[k])
        if any((next_open_us(plan, hours, at) != at).any() for at in (trips.open_us, trips.departure_us)):
            yield f"{name}: a truck begins to load or leaves while its fleet is closed"
        if _most_at_once(trips.open_us, home) > plan.fleet_vehicles[k]:
            yield f"{name}: more trucks are out than there are"


def _most_at_once(begin: Ints, end: Ints) -> int:
    """Return the largest number of intervals that overlap at one instant, ends excluded."""
    if not len(begin):
        return 0
    begin, end = np.sort(begin), np.sort(end)
    return int((np.arange(1, len(begin) + 1) - np.searchsorted(end, begin, side="right")).max())


def _stays(run: Movement, carried_otherwise: Flags) -> Iterator[str]:
    """Every stay begins when it must, and lasts as long as the world says.

    Little's law then holds over any window, with its ends corrected: the number under way, integrated from
    the events, is the sum of the times that the world gives to those who are there. The events alone give
    both sides of it, whatever they are, so they are compared with the world.
    """
    by_arrival = run.world.by_arrival.ranges(len(run.corridor.plan.step_kind))
    plain = _plain(run.corridor.plan) & (np.diff(by_arrival) == 0)
    plain |= _at_legs(run.corridor.plan)
    for s in np.flatnonzero(run.trace.broken.not_as_drawn | carried_otherwise | ~plain).tolist():
        yield from _stays_at(run, s)


@once
def _plain(plan: Plan) -> Flags:
    """Return at which steps stays last as drawn and begin at once, or when a server is free, (S,)."""
    found = np.isin(plan.step_kind, (Kind.DELAY, Kind.RESOURCE, Kind.MARK, Kind.JOIN))
    found &= plan.step_hours < 0
    at_resource = np.flatnonzero(plan.step_kind == Kind.RESOURCE)
    found[at_resource] &= plan.resource_resumes[plan.step_provider[at_resource]] == 0
    return found


@once
def _at_legs(plan: Plan) -> Flags:
    """Return at which steps vehicles take goods, (S,)."""
    return np.isin(plan.step_kind, (Kind.SERVICE, Kind.FLEET))


def _until_released(run: Movement, join: int) -> Ints:
    """Return (n,) how long goods that have come to a join wait for the end of its declaration track, us."""
    plan, trace = run.corridor.plan, run.trace
    released = trace.at(plan.track_steps(int(plan.step_track[join]))[-1]).end_us
    found: Ints = np.maximum(released - trace.at(join).begin_us, 0)
    return found


def _stays_at(run: Movement, s: int) -> Iterator[str]:
    """Check the stays at one step."""
    plan, at, kind = run.corridor.plan, run.trace.at(s), int(run.corridor.plan.step_kind[s])
    done, begin, end, since, taken = at.done, at.begin_us, at.end_us, at.ready_us, at.departure_index
    if kind == Kind.RESOURCE and (cut_off := at.begun & ~done).any():
        must_end = begin + at.duration_us
        if at.may_rest:
            until = np.full_like(must_end, plan.end_us)
            rested = at.rested_us(np.where(cut_off, begin, until), until)
            must_end = must_end + np.where(cut_off, rested, 0)
        if (cut_off & (must_end < plan.end_us)).any():
            yield f"{run.corridor.steps[s].key}: a stay has not ended when it must"
    if not done.any():
        return
    of, lasts = int(plan.step_provider[s]), np.zeros((), dtype=np.int64)
    if kind in {Kind.DELAY, Kind.RESOURCE}:
        lasts = at.duration_us
        since = next_open_us(plan, int(plan.step_hours[s]), since)
        if at.may_rest:
            lasts = lasts + np.where(done, at.rested_us(begin, end), 0)
    elif kind == Kind.SERVICE:
        departures = run.world.departures.of(of)
        since = departures.departure_us[taken]
        arrival, loads = departures.arrival_us[taken], at.loads
        np.maximum.at(arrival, loads.place, departures.arrival_us[loads.departure_index])
        lasts = arrival - since
    elif kind == Kind.FLEET:
        since, lasts = run.trace.trips[of].departure_us[taken], run.world.drives.of(of).out_us[taken]
    elif kind == Kind.JOIN:
        lasts = _until_released(run, s)
    if ((end - begin != lasts) & done).any():
        yield f"{run.corridor.steps[s].key}: a stay does not last as long as the world says"
    if kind != Kind.RESOURCE and ((begin != since) & done).any():
        yield f"{run.corridor.steps[s].key}: a stay does not begin when it must"
