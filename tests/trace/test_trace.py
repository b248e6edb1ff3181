"""The trace against a walk of every token, consignment by consignment, of random worlds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from fourport.engine import Milestones, simulate
from fourport.plan.tables import NEVER, Plan
from fourport.trace import Trace
from fourport.trace.compiled.tables import AT_A_TIME
from fourport.world.tables import World
from tests.engine.random_worlds import random_case
from tests.engine.walk import walk

Row = tuple[int, ...]


def case(seed: int, consignments: int = 30) -> tuple[Plan, World, Milestones, Trace]:
    """Run a random world."""
    plan, world = random_case(seed, consignments=consignments)
    marks = simulate(plan, world)
    return plan, world, marks, Trace.of(plan, world, marks)


def rows(trace: Trace, which: str, *columns: str) -> Iterator[Row]:
    """Give consignment, step and columns of the rows that a flag picks, told before the end of the run."""
    for s in range(len(trace.plan.step_kind)):
        at = trace.at(s)
        mine = getattr(at, which) & (at.ready_us < trace.plan.end_us)
        values = [getattr(at, name)[mine].tolist() for name in ("ids", *columns)]
        yield from ((i, s, *rest) for i, *rest in zip(*values, strict=True))


@pytest.mark.parametrize(
    ("seed", "consignments"),
    [*((seed, 30) for seed in range(40)), *((seed, 5 * AT_A_TIME) for seed in range(40, 44))],
)
def test_every_row_is_where_the_token_was(seed: int, consignments: int) -> None:
    """Tests who did a step and who passed it over, when they were ready, and all that the engine noted."""
    plan, world, marks, trace = case(seed, consignments)
    visits, passed = walk(plan, world, marks)
    columns = ("ready_us", "begin_us", "end_us", "departure_index", "duration_us")
    did = {(v.i, v.step, v.arrival, v.begin, v.end, v.departure_index, v.duration) for v in visits}
    assert set(rows(trace, "visited", *columns)) == did
    assert set(rows(trace, "passed", "ready_us")) == {(p.i, p.step, p.arrival) for p in passed}
    assert set(rows(trace, "came")) == {(i, s) for i, s, *_ in did} | {(p.i, p.step) for p in passed}


def test_the_random_worlds_have_what_matters() -> None:
    """Tests that among them tokens pass steps over, wait at the end, and are delivered."""
    traces = [case(seed)[3] for seed in range(40)]
    assert any(trace.passed.any() for trace in traces)
    assert any((trace.came & ~trace.passed & (trace.begin_us == NEVER)).any() for trace in traces)
    assert any((trace.delivered_us != NEVER).any() for trace in traces)
    assert any((trace.delivered_us == NEVER).any() for trace in traces)


@pytest.mark.parametrize("seed", range(5))
def test_back_to_the_order_of_engines(seed: int) -> None:
    """Tests that the trace laid out by consignment is what the engine gave, to the bit."""
    _, _, marks, trace = case(seed)
    for name in ("begin_us", "end_us", "departure_index"):
        assert np.array_equal(trace.by_consignment(getattr(trace, name)), getattr(marks, name))
