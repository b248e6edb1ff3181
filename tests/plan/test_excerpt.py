"""A corridor cut short: what remains happens as it did in the whole."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np

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


def test_what_remains_is_the_same_to_the_microsecond(tmp_path: Path) -> None:
    """Tests that any step begins and ends as in the whole, with many ties in time and much cut off."""
    rng = np.random.default_rng(1)
    cut, done = 0, 0
    for seed in SEEDS:
        whole = compiled(tmp_path / "random.toml", seed)
        minutes = (1, 10, 30)[seed % 3]
        world = on_a_grid(draw(whole, seed, 0), minutes)
        marks = simulate(whole.plan, world)
        for step in rng.integers(len(whole.steps), size=4).tolist():
            short = excerpt(whole, [step])
            few = on_a_grid(draw(short, seed, 0), minutes)
            again = simulate(short.plan, few)
            number = kept_steps(whole.plan, [step]).tolist().index(step)
            assert short.steps[number] is whole.steps[step]
            mine, same = event_rows(whole, world, step), event_rows(short, few, number)
            assert (again.begin_us[same] == marks.begin_us[mine]).all(), (seed, whole.steps[step].key)
            assert (again.end_us[same] == marks.end_us[mine]).all(), (seed, whole.steps[step].key)
            assert violations_of_movement(move(short, seed, 0)) == []
            cut += len(whole.steps) - len(short.steps)
            done += int((marks.end_us[mine] != NEVER).sum())
    assert cut > 200
    assert done > 1000


def test_clearance_times_are_those_of_the_whole(tmp_path: Path) -> None:
    """Tests the offices of an excerpt, whose steps have other numbers there.

    Each of them releases goods when it does in the whole; offices that only come after are left out.
    """
    compared = 0
    for seed in range(60):
        whole = compiled(tmp_path / "random.toml", seed)
        if not whole.offices:
            continue
        last = whole.offices[seed % len(whole.offices)]
        short = excerpt(whole, [last.release])
        assert last.name in [one.name for one in short.offices if one.route == last.route]
        runs = [move(one, seed, 0).trace for one in (whole, short)]
        for office in short.offices:
            same = (office.name, office.route)
            (before,) = (one for one in whole.offices if (one.name, one.route) == same)
            hours = [office_hours(*one)[1] for one in zip((before, office), runs, strict=True)]
            assert (hours[0] == hours[1]).all(), (seed, same)
            compared += len(hours[0])
    assert compared > 1000


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
