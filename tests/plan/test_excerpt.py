"""A corridor cut short: what remains happens as it did in the whole."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from fourport.engine import simulate
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.excerpt import excerpt, kept_steps
from fourport.plan.tables import NEVER, Ints, Plan
from fourport.scenario.load import load
from fourport.study.checks.identities import violations_of_movement
from fourport.study.clearance import office_hours
from fourport.study.replication import move
from fourport.world.draw import draw
from fourport.world.tables import World
from tests.random_scenarios import on_a_grid, random_scenario, to_toml
from tests.tiny import corridor

SEEDS = range(30)


def compiled(path: Path, seed: int) -> Corridor:
    """Write a random scenario, load and compile it."""
    path.write_text(to_toml(random_scenario(seed)), encoding="utf-8")
    return compile_corridor(load(path).scenario)


def event_rows(corridor: Corridor, world: World, step: int) -> Ints:
    """Give the event rows of a step, one for each consignment of its route."""
    route = int(np.searchsorted(corridor.plan.route_first_step, step, side="right")) - 1
    ids = np.flatnonzero(world.route == route)
    found: Ints = world.first_event_row[ids] + step - int(corridor.plan.route_first_step[route])
    return found


def compare(whole: Corridor, steps: list[int], seed: int, minutes: int) -> int:
    """Check that some steps begin and end in an excerpt as in the whole; return how often they are done."""
    world = on_a_grid(draw(whole, seed, 0), minutes)
    marks = simulate(whole.plan, world)
    short, kept = excerpt(whole, steps), kept_steps(whole.plan, steps).tolist()
    few = on_a_grid(draw(short, seed, 0), minutes)
    again = simulate(short.plan, few)
    done = 0
    for step in steps:
        number = kept.index(step)
        assert short.steps[number] is whole.steps[step]
        mine, same = event_rows(whole, world, step), event_rows(short, few, number)
        assert (again.begin_us[same] == marks.begin_us[mine]).all(), (seed, whole.steps[step].key)
        assert (again.end_us[same] == marks.end_us[mine]).all(), (seed, whole.steps[step].key)
        done += int((marks.end_us[mine] != NEVER).sum())
    assert violations_of_movement(move(short, seed, 0)) == []
    return done


def test_what_remains_is_the_same_to_the_microsecond(tmp_path: Path) -> None:
    """Tests that any steps begin and end as in the whole, with many ties in time and much cut off."""
    rng = np.random.default_rng(1)
    cut, done = 0, 0
    for seed in SEEDS:
        whole = compiled(tmp_path / "random.toml", seed)
        for wanted in (0, 1, 1, 2, 3):
            steps = rng.choice(len(whole.steps), wanted, replace=False).tolist()
            done += compare(whole, steps, seed, (1, 10, 30)[seed % 3])
            cut += len(whole.steps) - len(kept_steps(whole.plan, steps))
    assert cut > 1000
    assert done > 1000


@pytest.mark.parametrize(("seed", "steps"), [(1157, [7, 1]), (1122, [35])], ids=["a choice", "done before"])
def test_steps_that_others_depend_on(seed: int, steps: list[int], tmp_path: Path) -> None:
    """Tests a service that others are an alternative to, and a step passed over by who has done another."""
    compare(compiled(tmp_path / "random.toml", seed), steps, seed, 1)


def test_clearance_times_are_those_of_the_whole(tmp_path: Path) -> None:
    """Tests the offices of an excerpt, whose steps have other numbers there.

    Each of them releases goods when it does in the whole; offices that only come after are left out.
    """
    compared = 0
    for seed in range(60):
        whole = compiled(tmp_path / "random.toml", seed)
        if not whole.offices:
            continue
        wanted = [whole.offices[seed % len(whole.offices)].release]
        short, kept = excerpt(whole, wanted), {*kept_steps(whole.plan, wanted).tolist()}
        runs = [move(one, seed, 0).trace for one in (whole, short)]
        offices = [one for one in whole.offices if one.release in kept]
        for of_whole, office in zip(offices, short.offices, strict=True):
            assert (of_whole.name, of_whole.route) == (office.name, office.route)
            hours = [office_hours(*one)[1] for one in zip((of_whole, office), runs, strict=True)]
            assert (hours[0] == hours[1]).all(), (seed, office.name)
            compared += len(hours[0])
    assert compared > 1000


def test_an_office_that_releases_first() -> None:
    """Tests that an office whose release is the first step of all is kept."""
    whole = corridor({"lanes.l.routes": {"van": "100 %"}, "routes.truck": None})
    (office, *_) = whole.offices
    assert office.release == 0
    assert excerpt(whole, [office.release]).offices[0] == office


def test_everything_wanted_is_the_whole(tmp_path: Path) -> None:
    """Tests that nothing is cut off where the last step of each route is wanted."""
    whole = compiled(tmp_path / "random.toml", 3)
    last = [whole.plan.main_steps(route)[-1] for route in range(whole.plan.n_routes)]
    short = excerpt(whole, last)
    assert (short.plan.route_n_main == whole.plan.route_n_main).all()
    assert short.steps == whole.steps
    assert short.offices == whole.offices
    for one in fields(Plan):
        if one.compare:
            assert np.array_equal(getattr(short.plan, one.name), getattr(whole.plan, one.name)), one.name


def test_declarations_that_goods_look_at_decide(tmp_path: Path) -> None:
    """Tests that whatever decides the end of a declaration is kept for a step that is done after it.

    Goods that are handled directly look at declarations that they do not wait for.
    """
    looked = 0
    for seed in range(100):
        if "direct = " not in to_toml(random_scenario(seed)):
            continue
        whole = compiled(tmp_path / "random.toml", seed)
        for step in np.flatnonzero(whole.plan.step_after_track >= 0).tolist():
            declaration = whole.plan.track_steps(int(whole.plan.step_after_track[step]))[-1]
            of_step, of_declaration = excerpt(whole, [step]).plan, excerpt(whole, [declaration]).plan
            assert (of_step.route_n_main >= of_declaration.route_n_main).all()
            looked += 1
    assert looked >= 7


def test_the_last_step_is_never_passed_over() -> None:
    """Tests that a route goes on from a step that is done only after a declaration, whatever else decides.

    A step of the goods that looks at the export declaration, which began before it, is wanted: as the last
    step, nobody who passes it over would be delivered.
    """
    made = corridor()
    plan = made.plan
    discharge = next(s for s, info in enumerate(made.steps) if info.key == "b/discharge")
    release = next(s for s, info in enumerate(made.steps) if info.key == "a/export/release")
    looking = plan.step_after_track.copy()
    looking[discharge] = plan.step_track[release]
    short = excerpt(replace(made, plan=replace(plan, step_after_track=looking)), [discharge])
    last = short.plan.main_steps(plan.names.routes.index("van"))[-1]
    assert short.steps[last].key == "van"
    assert short.plan.step_after_track[last] < 0
