"""What vehicles took: sums over all goods, one by one, and movements that are not those of a vehicle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from fourport.engine import simulate
from fourport.plan.tables import Kind, Plan
from fourport.study.checks.carriage_tables import Carried, carried_by
from fourport.study.replication import Movement
from fourport.trace import Trace
from tests.engine.random_worlds import random_case


class _Corridor:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._kept: dict[object, object] = {}


def carried_in(trace: Trace) -> Carried:
    """Give what vehicles took in a run."""
    nothing = np.zeros(trace.world.n, dtype=np.bool_)
    return carried_by(Movement(cast(Any, _Corridor(trace.plan)), trace, trace.delivered_us, nothing))[1]


def legs(trace: Trace) -> list[tuple[int, int]]:
    """Give each step at which vehicles take goods, and the first vehicle of its carrier."""
    plan, departures = trace.plan, trace.world.departures
    n_services, first = len(plan.names.services), departures.first.tolist()
    for trips in trace.trips:
        first.append(first[-1] + len(trips.departure_us))
    found = []
    for s, (kind, provider) in enumerate(zip(plan.step_kind, plan.step_provider, strict=True)):
        if kind in (Kind.SERVICE, Kind.FLEET):
            carrier = int(provider) + (n_services if kind == Kind.FLEET else 0)
            found.append((s, first[carrier]))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_sums_over_goods(seed: int) -> None:
    """Tests random runs of an engine: a vehicle has the sum of what it took, and all moved with vehicles."""
    plan, world = random_case(seed)
    trace = Trace.of(plan, world, simulate(plan, world))
    found, in_parts = carried_in(trace), {*trace.parts.row.tolist()}
    wanted = np.zeros_like(found.size)
    parted = set()
    for s, first in legs(trace):
        at, start = trace.at(s), trace.slices[s].start
        for k, (i, taken) in enumerate(zip(at.ids.tolist(), at.departure_index.tolist(), strict=True)):
            if start + k in in_parts:
                parted.add(s)
            elif taken >= 0:
                wanted[first + taken] += world.size[i]
        loads = at.loads
        moved = loads.of(world.size[at.ids])
        for place, taken, size in zip(loads.place, loads.departure_index, moved, strict=True):
            if start + int(place) in in_parts:
                wanted[first + taken] += size
    assert found.size.tolist() == wanted.tolist()
    assert {*np.flatnonzero(found.otherwise).tolist()} == parted


def moved_otherwise(trace: Trace, **changes: Any) -> list[int]:
    """Give the steps at which goods moved otherwise than a vehicle, with columns of the trace changed."""
    return np.flatnonzero(carried_in(replace(trace, **changes)).otherwise).tolist()


@pytest.mark.parametrize("kind", [Kind.SERVICE, Kind.FLEET])
def test_a_movement_that_is_not_of_a_vehicle(kind: Kind) -> None:
    """Tests goods that leave or arrive later, or by a vehicle that does not exist or is another one's."""
    for plan, world in map(random_case, range(40)):
        trace = Trace.of(plan, world, simulate(plan, world))
        mine = [(s, trace.at(s)) for s, _ in legs(trace) if plan.step_kind[s] == kind]
        used = [(s, int(np.flatnonzero(at.done)[0])) for s, at in mine if at.done.any()]
        if used and not len(trace.parts.row):
            break
    s, place = used[0]
    row = trace.slices[s].start + place
    for name, by in (("begin_us", -1), ("end_us", 1), ("departure_index", 1_000_000)):
        changed = getattr(trace, name).copy()
        changed[row] += by
        assert moved_otherwise(trace, **{name: changed}) == [s]
    assert moved_otherwise(trace) == []
