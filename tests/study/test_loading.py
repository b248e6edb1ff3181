"""Loading of legs with several services: what engines do is right, and what is bent is found."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from fourport.engine import Milestones, simulate
from fourport.plan.tables import UNBOUND, Plan
from fourport.study.checks.loading import broken_loading
from fourport.study.replication import Movement
from fourport.trace import Trace
from fourport.world.tables import World
from tests.builder import Consignment, Departure, build
from tests.engine.random_worlds import random_case
from tests.steps import Route, choice, service

LEFT = "ferry: a consignment was left behind for one that came later and is no smaller"
COULD_NOT = "sail: goods went by a departure that they could not take"


def broken(plan: Plan, world: World, marks: Milestones) -> list[str]:
    """Give what is wrong at the services of a run."""
    trace = Trace.of(plan, world, marks)
    corridor = SimpleNamespace(plan=plan, steps=[SimpleNamespace(key="sail")] * len(plan.step_kind))
    nothing = np.zeros(world.n, dtype=np.bool_)
    return list(broken_loading(Movement(cast(Any, corridor), trace, trace.delivered_us, nothing)))


@pytest.mark.parametrize("crowding", [1, 2, 3, 4])
def test_nothing_is_broken_as_it_is(crowding: int) -> None:
    """Tests random worlds, among which there are choices."""
    cases = [random_case(seed, crowding=crowding) for seed in range(15)]
    assert any((plan.step_choice >= 0).any() for plan, _ in cases)
    assert [broken(plan, world, simulate(plan, world)) for plan, world in cases] == [[]] * len(cases)


def _exchange(marks: Milestones) -> None:
    """Let the first two consignments, of three rows each, change places."""
    for column in (marks.begin_us, marks.end_us, marks.departure_index):
        column[:6] = np.concatenate([column[3:6], column[:3]])


def test_a_single_service_that_releases_its_block() -> None:
    """Tests a ferry for 5, and a block of 1: two of 5 come, and the second goes instead of the first."""
    for released, told in ((20, [LEFT]), (None, [])):  # Without release nothing is checked at one service.
        case = build(
            services={"ferry": [Departure(50, 50, 90, free=(5, 9, 9), block=(1, 9, 9), released=released)]},
            routes={"sea": Route([service("sail", "ferry")])},
            consignments=[Consignment(k, "sea", {}, size=(5, 1, 1)) for k in range(2)],
            end=200,
        )
        marks = simulate(case.plan, case.world)
        assert broken(case.plan, case.world, marks) == []
        for column in (marks.begin_us, marks.end_us, marks.departure_index):
            column[:] = column[::-1].copy()
        assert broken(case.plan, case.world, marks) == told


def _by_the_barge(marks: Milestones) -> None:
    """Let the first consignment go by the barge, of the second row, at the time of its first departure."""
    for column in (marks.begin_us, marks.end_us, marks.departure_index):
        column[0], column[1] = column[1], column[0]


@pytest.mark.parametrize(
    ("bend", "within", "second", "told"),
    [
        (_exchange, -1, 5, [LEFT]),
        (_exchange, -1, 4, []),  # Of five that were left behind, four may find room.
        (_by_the_barge, -1, 5, []),
        (_by_the_barge, 60, 5, [COULD_NOT]),  # The ferry of 50 is preferred.
    ],
)
def test_what_is_bent(bend: Callable[[Milestones], None], within: int, second: int, told: list[str]) -> None:
    """Tests goods of 5 and another, at 0 and 1, and a ferry for 5 and a barge that close at 50 and 60."""
    case = build(
        services={
            "ferry": [Departure(50, 50, 90, free=(5, UNBOUND, UNBOUND))],
            "barge": [Departure(40, 40, 90, free=(0, 1, 1)), Departure(60, 60, 99)],
        },
        routes={"sea": Route(choice("sail", {"ferry": False, "barge": False}, within=within))},
        consignments=[Consignment(0, "sea", size=(5, 1, 1)), Consignment(1, "sea", size=(second, 1, 1))],
        end=200,
    )
    marks = simulate(case.plan, case.world)
    assert broken(case.plan, case.world, marks) == []
    if bend is _by_the_barge:
        marks.departure_index[0] = 0
    bend(marks)
    assert broken(case.plan, case.world, marks) == told
