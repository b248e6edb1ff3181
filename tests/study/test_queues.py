"""Queues at resources: what engines do is right, and each begin that is bent is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from fourport.engine import simulate
from fourport.plan.tables import MINUTE, NEVER, Kind, Plan
from fourport.study.checks.queues import broken_queues
from fourport.study.replication import Movement
from fourport.trace import Trace
from fourport.world.tables import World
from tests.builder import START_US, Consignment, build
from tests.engine.random_worlds import random_case
from tests.steps import Route, delay, resource

FREE, MANY = "a consignment waits while a server is free", "more services have begun than there are servers"
EARLIER = "a consignment is served before another one that came earlier"
BETTER = "a consignment is served while another one of a better class waits"
NOT_COME = "a service begins before its consignment has come"


class _Corridor:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._kept: dict[object, object] = {}


def broken(plan: Plan, world: World, trace: Trace) -> list[str]:
    """Give what is wrong at the resources of a run."""
    nothing = np.zeros(world.n, dtype=np.bool_)
    return list(broken_queues(Movement(cast(Any, _Corridor(plan)), trace, trace.delivered_us, nothing)))


def at_the_desk(
    servers: Sequence[tuple[int, int]],
    arrivals: Sequence[tuple[int, str]],
    begins: Mapping[int, int | None],
) -> list[str]:
    """Give what is wrong at one desk, where each service takes 10 min, if these begins are as given.

    Parameters
    ----------
    arrivals
        Minute and trader class of each consignment.
    begins
        Minute by consignment, None for never; the others begin as the engine says.
    """
    case = build(
        resources={"desk": servers},
        routes={"in": Route([delay("come"), resource("check", "desk", priority={"gold": 0, "plain": 1})])},
        trader_classes=("gold", "plain"),
        consignments=[
            Consignment(minute - 1, "in", {"come": 1, "check": 10}, trader_class=who)
            for minute, who in arrivals
        ],
        end=100,
    )
    trace = Trace.of(case.plan, case.world, simulate(case.plan, case.world))
    begin, end = trace.begin_us.copy(), trace.end_us.copy()
    for consignment, minute in begins.items():
        row = trace.slices[1].start + consignment
        begin[row] = NEVER if minute is None else START_US + minute * MINUTE
        end[row] = NEVER if minute is None else begin[row] + 10 * MINUTE
    return broken(case.plan, case.world, replace(trace, begin_us=begin, end_us=end))


THREE = [(5, "plain"), (6, "plain"), (7, "gold")]
"""With one server they begin at 5, 25 and 15: gold goes first."""


@pytest.mark.parametrize(
    ("servers", "arrivals", "begins", "found"),
    [
        ([(0, 1)], THREE, {}, []),
        ([(0, 1)], THREE, {0: 6, 2: 16, 1: 26}, [FREE]),
        ([(0, 1)], THREE, {2: 16, 1: 26}, [FREE]),
        ([(0, 1)], THREE, {1: 24}, [MANY]),
        ([(0, 1)], THREE, {1: None}, [FREE]),  # nobody fetches it until the end of the run
        ([(0, 1)], THREE, {1: 15, 2: 25}, [BETTER]),
        ([(0, 1)], [(5, "plain"), (6, "plain"), (6, "plain")], {1: 25, 2: 15}, [EARLIER]),
        ([(0, 1)], [(5, "gold"), (6, "gold"), (7, "gold")], {1: 25, 2: 15}, [EARLIER]),
        ([(0, 1), (20, 0)], [(5, "gold"), (6, "gold"), (7, "gold")], {1: None, 2: 15}, [EARLIER]),
        ([(0, 1), (20, 0)], [(5, "plain"), (6, "gold"), (7, "plain")], {1: None, 2: 15}, [BETTER]),
        ([(0, 0), (20, 2)], [(7, "gold"), (5, "gold"), (6, "gold")], {0: 20, 2: 30}, [EARLIER]),
        ([(0, 2)], [(5, "gold"), (30, "gold")], {0: 4}, [NOT_COME]),
        ([(0, 1)], [(20, "gold"), (25, "gold")], {0: 3, 1: 40}, [FREE, NOT_COME]),
        ([(0, 0), (100, 1)], [(5, "gold")], {0: 100}, [MANY]),  # as the run ends
        ([(0, 0), (20, 1)], [(5, "gold")], {}, []),
        ([(0, 0), (20, 1)], [(5, "gold")], {0: 19}, [MANY]),
        ([(0, 0), (20, 1)], [(5, "gold")], {0: 21}, [FREE]),
        ([(0, 1), (20, 0), (40, 1)], [(19, "gold"), (20, "gold")], {}, []),  # at 19, and at 40
        ([(0, 1), (20, 0), (40, 1)], [(19, "gold")], {0: 40}, [FREE]),  # a server goes home meanwhile
        ([(0, 1), (20, 0)], [(19, "gold")], {0: None}, [FREE]),
        ([(0, 2), (8, 1)], [(5, "gold"), (6, "gold"), (7, "gold")], {}, []),  # the third at 16, not at 15
        ([(0, 2), (8, 1)], [(5, "gold"), (6, "gold"), (7, "gold")], {2: 15}, [MANY]),
        ([(0, 0)], [(5, "gold")], {}, []),
    ],
)
def test_begins_by_hand(
    servers: Sequence[tuple[int, int]],
    arrivals: Sequence[tuple[int, str]],
    begins: Mapping[int, int | None],
    found: list[str],
) -> None:
    """Tests what is found of begins that are right, too late, too early, out of turn or missing."""
    assert at_the_desk(servers, arrivals, begins) == [f"desk: {what}" for what in found]


def test_without_resources() -> None:
    """Tests that nothing is wrong where nothing is a resource."""
    case = build(
        resources={},
        routes={"in": Route([delay("come")])},
        consignments=[Consignment(0, "in", {"come": 1})],
        end=9,
    )
    trace = Trace.of(case.plan, case.world, simulate(case.plan, case.world))
    assert broken(case.plan, case.world, trace) == []


def test_nothing_is_wrong_as_it_is() -> None:
    """Tests random runs, among which there are some that end before all have come."""
    come_later = 0
    for seed in range(60):
        plan, world = random_case(seed, crowding=1 + seed % 4)
        trace = Trace.of(plan, world, simulate(plan, world))
        assert broken(plan, world, trace) == [], seed
        steps = np.flatnonzero(plan.step_kind == Kind.RESOURCE).tolist()
        come_later += any((trace.at(s).ready_us[trace.at(s).visited] >= plan.end_us).any() for s in steps)
    assert come_later > 1


@pytest.mark.parametrize("seed", range(12))
def test_every_begin_is_checked(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that each begin in a random run, moved by a microsecond, is found: no event is as near as that.

    One that begins later leaves a server free beside it. One that begins earlier has not come, or all who
    are on duty are busy. Resources are looked at one by one, some at a time, or all together.
    """
    monkeypatch.setattr("fourport.study.checks.queue_tables.AT_ONCE", 1 + 10 * seed)
    plan, world = random_case(seed)
    trace = Trace.of(plan, world, simulate(plan, world))
    assert broken(plan, world, trace) == []
    steps = np.flatnonzero(plan.step_kind == Kind.RESOURCE)
    rows = np.concatenate([np.arange(trace.slices[s].start, trace.slices[s].stop) for s in steps])
    for row in rows[trace.begin_us[rows] != NEVER].tolist():
        for by in (-1, 1):
            begin = trace.begin_us.copy()
            begin[row] += by
            assert broken(plan, world, replace(trace, begin_us=begin))


def test_turns_are_checked() -> None:
    """Tests that two who wait at one resource, and take each other's turn, are found in random runs."""
    checked = 0
    for seed in range(12):
        plan, world = random_case(seed, crowding=4)
        trace = Trace.of(plan, world, simulate(plan, world))
        for s in np.flatnonzero(plan.step_kind == Kind.RESOURCE).tolist():
            at, first = trace.at(s), trace.slices[s].start
            ready, begin = at.ready_us, at.begin_us
            for i, j in zip(*np.nonzero(begin[:, None] < begin), strict=True):
                if begin[i] == NEVER or max(ready[i], ready[j]) > begin[i]:
                    continue
                changed = trace.begin_us.copy()
                changed[[first + i, first + j]] = begin[[j, i]]
                ends = trace.end_us.copy()
                ends[[first + i, first + j]] = ends[[first + j, first + i]]  # so that no server notices
                alike = replace(trace, begin_us=changed, end_us=ends)
                # All are ready as before.
                vars(alike)["_read"] = trace.happened._replace(begin_us=changed, end_us=ends), trace.broken
                assert broken(plan, world, alike), (seed, s, i, j)
                checked += 1
    assert checked > 50
