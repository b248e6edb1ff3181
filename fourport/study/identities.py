"""Identities that hold in every run, whatever the scenario. Results that violate them are not written."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourport.plan.tables import NEVER, UNBOUND, FewInts, Ints, Kind
from fourport.study.replication import Movement, Replication
from fourport.trace import Events

TOLERANCE = 1e-9


def violations(run: Replication) -> list[str]:
    """Return the identities that a replication violates; empty if all hold."""
    return [*violations_of_movement(run), *_causes(run), *_invoice(run)]


def violations_of_movement(run: Movement) -> list[str]:
    """Return the violated identities of goods, vehicles and servers; causes and invoices are not checked."""
    return [*_conserved(run), *_departures(run), *_trips(run), *_servers(run), *_little(run)]


def _conserved(run: Movement) -> Iterator[str]:
    """In = out + held at every step; nothing is in two places; nothing leaves before it is released."""
    world, plan = run.world, run.corridor.plan
    for route, ids in enumerate(run.trace.ids):
        for s in plan.main_steps(route):
            at, key = run.trace.at(s), run.corridor.steps[s].key
            begin, end, done = at.begin_us, at.end_us, at.done
            if (at.passed & at.begun).any():
                yield f"{key}: done to a consignment that passes it over"
            if ((at.begun | done) & ~at.came).any():
                yield f"{key}: a consignment ended a step that it had not reached"
            if (done & ((begin < at.ready_us) | (end < begin))).any():
                yield f"{key}: a consignment went on before it was released"
            if int(plan.step_kind[s]) in {Kind.SERVICE, Kind.FLEET}:
                aboard = at.departure_index >= 0
                weight = world.size[ids, 0]
                if (at.begun != aboard).any() or weight[done].sum() > weight[aboard].sum():
                    yield f"{key}: mass is not conserved: what left is not what vehicles took"
        last = run.trace.at(plan.main_steps(route)[-1])
        through = last.passed | (last.came & last.done)
        if ((run.delivered_us[ids] != NEVER) != through).any():
            yield f"{plan.names.routes[route]}: delivered is not what came through the last step"


def _causes(run: Replication) -> Iterator[str]:
    delivered = run.delivered_us != NEVER
    door_to_door = (run.delivered_us - run.world.entry_us)[delivered]
    if (run.causes[delivered].sum(axis=1) != door_to_door).any() or (run.causes < 0).any():
        yield "the causes of a consignment's time do not sum to its door-to-door time"


def _invoice(run: Replication) -> Iterator[str]:
    for of_route in run.invoice.routes:
        totals = run.invoice.logistics_cost[of_route.consignments]
        if not np.allclose(of_route.amounts.sum(axis=1), totals, rtol=TOLERANCE, atol=TOLERANCE):
            yield "the cost lines of a consignment do not sum to its total"


def _loads(run: Movement, kind: Kind, provider: int) -> tuple[FewInts, Ints]:
    """Return departure index and consignment of all loads of a service or fleet."""
    departure_indices: list[FewInts] = [np.empty(0, dtype=np.int32)]
    consignments: list[Ints] = [np.empty(0, dtype=np.int64)]
    for at in _events(run, kind, provider):
        departure_indices.append(at.departure_index[at.departure_index >= 0])
        consignments.append(at.ids[at.departure_index >= 0])
    return np.concatenate(departure_indices), np.concatenate(consignments)


def _events(run: Movement, kind: Kind, provider: int) -> Iterator[Events]:
    """Yield the events of each step that uses a provider."""
    plan = run.corridor.plan
    for s in np.flatnonzero((plan.step_kind == kind) & (plan.step_provider == provider)).tolist():
        yield run.trace.at(s)


def _departures(run: Movement) -> Iterator[str]:
    """No departure exceeds its capacity, and no cancelled departure takes cargo."""
    for k, name in enumerate(run.corridor.plan.names.services):
        departures = run.world.departures.of(k)
        departure_index, ids = _loads(run, Kind.SERVICE, k)
        if departures.cancelled[departure_index].any():
            yield f"{name}: a cancelled departure took a consignment"
        for d in range(3):
            load = np.bincount(departure_index, run.world.size[ids, d], minlength=len(departures.cutoff_us))
            free, block = departures.free_sale[:, d], departures.block_space[:, d]
            capacity = np.where((free == UNBOUND) | (block == UNBOUND), np.inf, free.astype(float) + block)
            if (load > capacity).any():
                yield f"{name}: a departure is over capacity"


def _trips(run: Movement) -> Iterator[str]:
    """No truck exceeds its capacity, and no more trucks are on the road than exist."""
    plan = run.corridor.plan
    for k, name in enumerate(plan.names.fleets):
        trips = run.trace.trips[k]
        departure_index, ids = _loads(run, Kind.FLEET, k)
        for d, capacity in enumerate((plan.fleet_weight_g[k], plan.fleet_volume_cm3[k])):
            if (np.bincount(departure_index, run.world.size[ids, d]) > capacity).any():
                yield f"{name}: a truck is over capacity"
        n_trips = len(trips.departure_us)
        home = (
            trips.departure_us
            + run.world.drives.of(k).out_us[:n_trips]
            + run.world.drives.of(k).back_us[:n_trips]
        )
        if _most_at_once(trips.open_us, home) > plan.fleet_vehicles[k]:
            yield f"{name}: more trucks are out than there are"


def _servers(run: Movement) -> Iterator[str]:
    """No service begins while all servers on duty are busy."""
    plan = run.corridor.plan
    for k, name in enumerate(plan.names.resources):
        # They are nearly in order already, which a stable sort makes use of.
        begin, end = (np.sort(times, kind="stable") for times in run.trace.work[k])
        first, last = plan.resource_change_first[k : k + 2]
        turns = np.searchsorted(begin, plan.resource_change_us[first + 1 : last], side="left")
        servers = np.repeat(plan.resource_servers[first:last], np.diff([0, *turns, len(begin)]))
        # In order of time, with c servers on duty: the k-th service begins when k - c have ended.
        ended = np.arange(len(begin)) - servers
        if (end[np.maximum(ended, 0)] > begin)[ended >= 0].any():
            yield f"{name}: more services have begun than there are servers"


def _most_at_once(begin: Ints, end: Ints) -> int:
    """Return the largest number of intervals that overlap at one instant, ends excluded."""
    if not len(begin):
        return 0
    begin, end = np.sort(begin), np.sort(end)
    return int((np.arange(1, len(begin) + 1) - np.searchsorted(end, begin, side="right")).max())


def _little(run: Movement) -> Iterator[str]:
    """Little's law over the drained cohort: the integral of the number present is the sum of the stays."""
    cohort = np.flatnonzero(run.in_window & (run.delivered_us != NEVER))
    if not len(cohort):
        return
    entry, exit_ = run.world.entry_us[cohort], run.delivered_us[cohort]
    times = np.concatenate([entry, exit_])
    steps = np.concatenate([np.ones(len(entry)), -np.ones(len(exit_))])
    order = np.argsort(times, kind="stable")
    present = np.cumsum(steps[order])[:-1]
    integral = float((present * np.diff(times[order])).sum())
    stays = float((exit_ - entry).sum())
    if abs(integral - stays) > TOLERANCE * max(stays, 1.0):
        yield "Little's law does not hold over the cohort"
