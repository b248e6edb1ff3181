"""Random numbers are the same under every policy, since streams are named by their purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, Ints
from fourport.world.draw import draw
from fourport.world.outcomes import outcomes
from fourport.world.tables import Flags, World
from tests.levers.busy import BUSY, inspection
from tests.levers.made import LEVERS, corridor

SEED = 7
FIELDS = (
    "entry_us",
    "lane",
    "route",
    "trader_class",
    "commodity",
    "credit",
    "size",
    "value",
    "non_compliant",
)
SERVICE_FIELDS = ("cutoff_us", "departure_us", "arrival_us", "cancelled", "free_sale", "block_space")

OF_SERVICES = ("sailings", "larger-ship", "early")
"""Levers that change when the ferry sails and what it takes."""

CONCERNED = {
    "exchange": {"city/import/preparation"},  # a part is saved
    "two-step": {"city/import/preparation"},  # a summary only
    "single": {"inland/export/inspection"},  # the longest of several
}
"""Durations that a lever is there to change; tested one by one below."""


def durations(made: Corridor, world: World) -> dict[tuple[str, str], Ints]:
    """Give the durations of each step by route and key, in order of the consignments of the route."""
    plan, found = made.plan, {}
    for r, name in enumerate(plan.names.routes):
        base = world.first_event_row[:-1][world.route == r] - plan.route_first_step[r]
        for s in plan.route_steps(r):
            if made.steps[s].duration is not None:
                found[name, made.steps[s].key] = world.duration_us[base + s]
    return found


def risks(made: Corridor, world: World) -> dict[str, bytes]:
    """Give the risk numbers by name."""
    return {name: world.risk[k].tobytes() for k, name in enumerate(made.plan.names.draws)}


@pytest.fixture(scope="module")
def off() -> tuple[Corridor, World]:
    """Without any lever."""
    made = corridor(BUSY)
    return made, draw(made, SEED, 0)


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_leaves_chance_as_it_is(off: tuple[Corridor, World], lever: str) -> None:
    """Tests that a lever changes no entry, way, size, compliance, risk number, duration or sailing by a bit.

    Of sailings that a lever is there to change :func:`test_sailings_meet_the_same_weather` speaks.
    """
    before, world = off
    after = corridor(BUSY, lever)
    other = draw(after, SEED, 0)
    for name in FIELDS:
        assert getattr(world, name).tobytes() == getattr(other, name).tobytes(), name
    for name in SERVICE_FIELDS if lever not in OF_SERVICES else ():
        mine, theirs = (getattr(one.departures.of(0), name) for one in (world, other))
        assert mine.tobytes() == theirs.tobytes(), name
    old, new = risks(before, world), risks(after, other)
    # At the start of the chain nothing falls away; under one declaration and reliance some numbers do.
    assert {name for name in old if name in new and old[name] != new[name]} == set()
    assert len(old.keys() & new.keys()) >= 3
    takes, then = durations(before, world), durations(after, other)
    common = {key for key in takes.keys() & then.keys() if key[1] not in CONCERNED.get(lever, set())}
    assert len(common) > 15 - 10 * (lever == "single")
    assert {key for key in common if (takes[key] != then[key]).any()} == set()


@pytest.mark.parametrize("lever", LEVERS)
def test_the_corridor_is_such_that_a_lever_matters(off: tuple[Corridor, World], lever: str) -> None:
    """Tests that each lever but ``none`` changes the plan, so that the test above says something."""
    before, world = off
    after = corridor(BUSY, lever)
    same = [
        np.array_equal(getattr(before.plan, field), getattr(after.plan, field))
        for field in ("step_kind", "condition_rate", "priority", "resource_servers", "condition_rule")
    ]
    sailings = draw(after, SEED, 0).departures.of(0)
    same += [
        np.array_equal(getattr(world.departures.of(0), name), getattr(sailings, name))
        for name in SERVICE_FIELDS
    ]
    assert all(same) == (lever == "none")


@pytest.mark.parametrize(("lever", "earlier_h"), [("sailings", 0), ("larger-ship", 0), ("early", 2)])
def test_sailings_meet_the_same_weather(off: tuple[Corridor, World], lever: str, earlier_h: int) -> None:
    """Tests that a sailing is as late, as often called off and as full of other cargo under a lever.

    The larger ship takes 1500 t in place of 30 t; the sailings of another timetable leave two hours before.
    """
    old = off[1].departures.of(0)
    new = draw(corridor(BUSY, lever), SEED, 0).departures.of(0)
    larger = 50 if lever == "larger-ship" else 1
    found = {
        int(at) + earlier_h * HOUR: (int(left - at), bool(gone), int(free[0]))
        for at, left, gone, free in zip(
            new.scheduled_us, new.departure_us, new.cancelled, new.free_sale, strict=True
        )
    }
    common = 0
    for k, at in enumerate(old.scheduled_us.tolist()):
        if at in found:
            late, gone, free = found[at]
            assert (late, gone) == (int(old.departure_us[k]) - at, bool(old.cancelled[k]))
            assert abs(free / larger - int(old.free_sale[k, 0])) <= 1
            common += 1
    n = len(old.scheduled_us)
    assert common == (n if lever != "early" else sum(1 for at in old.scheduled_us.tolist() if at in found))
    assert common > n // 2
    extra = len(new.scheduled_us) - common
    assert (extra > 0) == (lever == "sailings")


def test_one_declaration_leaves_correlated_risks(off: tuple[Corridor, World]) -> None:
    """Tests that who is risky at the city, as at the port, is as risky there under one declaration.

    The correlation describes the world, not a policy.
    """
    changes = BUSY | {
        "facilities.city.activities.import.inspection": inspection(
            "15 %", "5 %", risk_auc=0.7, correlated_with="port/export", correlation=0.6
        )
    }
    before, after = corridor(changes), corridor(changes, "single")
    old, new = (risks(made, draw(made, SEED, 0)) for made in (before, after))
    assert old["city/import/inspection"] != risks(*off)["city/import/inspection"]
    assert new["city/import/inspection"] == old["city/import/inspection"]
    recognising = corridor(changes, "skip")
    assert (
        risks(recognising, draw(recognising, SEED, 0))["city/import/inspection"]
        == old["city/import/inspection"]
    )


def holding(made: Corridor, world: World, name: str) -> Flags:
    """Tell for whom a condition holds."""
    found: Flags = outcomes(made.plan, world)[made.plan.names.conditions.index(name)]
    return found


@pytest.mark.parametrize(
    ("lever", "condition", "share"),
    [("exchange", "city/import/information", 0.75), ("two-step", "city/import/two-step", 0.25)],
)
def test_preparation_is_shortened_for_some(
    off: tuple[Corridor, World], lever: str, condition: str, share: float
) -> None:
    """Tests that those whom a lever helps prepare for a share of what they did, and the others as long."""
    before, world = off
    after = corridor(BUSY, lever)
    other = draw(after, SEED, 0)
    helped = holding(after, other, condition)
    assert 0.3 < helped.mean() < 0.6
    takes, then = durations(before, world), durations(after, other)
    for r, route in enumerate(before.plan.names.routes):
        mine = helped[world.route == r]
        old, new = (found[route, "city/import/preparation"] for found in (takes, then))
        assert (new == np.where(mine, np.maximum(np.rint(old * share), 1), old)).all()


def test_the_joint_inspection_takes_the_longest(off: tuple[Corridor, World]) -> None:
    """Tests that whoever is inspected at the first office is for as long as the longest of its inspections.

    Of each office that selects, what its own inspection would take; one that does not counts not.
    """
    before, world = off
    after = corridor(BUSY, "single")
    other = draw(after, SEED, 0)
    mine = world.route == before.plan.names.routes.index("main")
    names = [f"{name}/inspection" for name in ("inland/export", "port/export", "city/import")]
    takes = durations(before, world)
    selected = np.array([holding(before, world, name)[mine] for name in names])
    longest = np.where(selected, np.array([takes["main", name] for name in names]), 0).max(axis=0)
    (first, *_) = after.offices
    inspected = after.conditions.who(first.inspected, outcomes(after.plan, other))[mine]
    assert (inspected == selected.any(axis=0)).all()
    assert {tuple(row) for row in selected.T.tolist()} >= {
        (False, True, False),
        (False, False, True),
        (True, True, False),
    }
    joint = durations(after, other)["main", names[0]]
    assert (joint[inspected] == longest[inspected]).all()


@pytest.mark.parametrize(
    "settings",
    [
        [{"factor": factor} for factor in (0, 0.5, 1, 2, 4, 20)],
        [{"sampling": f"{share} %"} for share in (0, 5, 20, 60, 100)],
        [{"factor": 1 + k, "sampling": f"{10 * k} %"} for k in range(4)],
    ],
    ids=["factor", "sampling", "both"],
)
def test_more_selection_inspects_a_superset(settings: list[dict[str, Any]]) -> None:
    """Tests that whom a low factor or sampling rate inspects is inspected under every higher one, too.

    Non-compliance and risk_auc play a part here, too: the risk of both kinds is judged by a curve.
    """
    before: set[int] = set()
    for k, setting in enumerate(settings):
        made = corridor(
            BUSY | {"levers.select": {"kind": "risk-selection", "at": ["city/import"], **setting}}, "select"
        )
        world = draw(made, SEED, 0)
        conditions = [made.conditions.number(o.inspected) for o in made.offices if o.name == "city/import"]
        step = next(s for s, info in enumerate(made.steps) if info.key == "city/import/inspection")
        condition = int(made.plan.step_condition[step])
        inspected = (
            set(range(world.n))
            if condition < 0
            else set(np.flatnonzero(outcomes(made.plan, world)[condition]).tolist())
        )
        assert set(conditions) == {condition}
        assert before < inspected or (k == 0 and before <= inspected)
        before = inspected
