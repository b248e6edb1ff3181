"""Random scenario files through the whole chain: read, check, compile, draw, run; both engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourport.engine import Milestones
from fourport.engine.compiled import simulate
from fourport.engine.reference import simulate as run_reference
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Kind
from fourport.scenario.load import load
from fourport.study.checks.identities import violations
from fourport.study.replication import assemble
from fourport.trace import Trace
from fourport.world.draw import draw
from fourport.world.tables import World
from tests import FEWER_EXAMPLES
from tests.engine.happenings import happenings
from tests.random_scenarios import on_a_grid, random_scenario, to_toml

pytestmark = pytest.mark.long

GRIDS = (1, 10, 30)
"""Minutes that all times are multiples of."""

EXPECTED = """
a part in free sale
a part in the block
a part left and the rest did not
aims at a cut-off
an agency is done before customs
an earlier part arrives last
arrives exactly at closing
arrives exactly at opening
arrives exactly at the cut-off
block space is kept
block step accepted after the release
cancelled departure skipped
comes exactly as its hours close
comes exactly as its hours open
declarations after goods though filed ahead
declarations before goods
delivered
equal entries
filing ahead at FLEET
filing ahead at SERVICE
filing ahead not allowed
filing at arrival
gets an appointment at once
goes in three parts or more
goes on as its hours close
in released block space
in the block
inspected by an agency after customs
leaves late
priority overtakes
rolled over
service goes on though servers are fewer
truck is loading as its fleet closes
truck is under way as its fleet closes
truck leaves as its fleet opens
truck leaves as its hold runs out
truck leaves as next does not fit
truck loads as its fleet opens
undelivered
waits for a truck
waits for an agency beside customs
waits for an appointment
waits for its hours
waits for opening
work rests, and ends later
"""
"""What the chain of files must bring about beside what the random plans of the other test do."""


def drawn(path: Path, seed: int, minutes: int) -> tuple[Corridor, World]:
    """Write a random scenario, load and compile it, and draw a world of it, on a grid of minutes."""
    path.write_text(to_toml(random_scenario(seed)), encoding="utf-8")
    corridor = compile_corridor(load(path).scenario)
    return corridor, on_a_grid(draw(corridor, seed, 0), minutes)


@settings(
    max_examples=140 // FEWER_EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, 2**32 - 1), st.sampled_from(GRIDS))
def test_engines_agree_on_files(tmp_path: Path, seed: int, minutes: int) -> None:
    """Tests that both engines give the same milestones, and that every identity holds; below of 60 more."""
    agreed(*drawn(tmp_path / "random.toml", seed, minutes))


def agreed(corridor: Corridor, world: World) -> Milestones:
    """Give the milestones of both engines, which are the same; every identity holds of them."""
    milestones = simulate(corridor.plan, world)
    assert milestones.differences(run_reference(corridor.plan, world)) == []
    assert violations(assemble(corridor, world, milestones)) == []
    return milestones


def test_random_files_hold_what_matters(tmp_path: Path) -> None:
    """Tests that the random files bring about what the definition speaks of."""
    counts: Counter[str] = Counter()
    for seed in range(60):
        corridor, world = drawn(tmp_path / "random.toml", seed, GRIDS[seed % 3])
        marks = agreed(corridor, world)
        counts.update(happenings(corridor.plan, world, marks))
        counts.update(practices(corridor, Trace.of(corridor.plan, world, marks)))
        counts["aims at a cut-off"] += any(one.aims_at_cut_off for one in corridor.scenario.lanes.values())
    assert not {name: counts[name] for name in EXPECTED.strip().split("\n") if counts[name] < 3}


def practices(corridor: Corridor, trace: Trace) -> Iterator[str]:
    """Yield what happened that only the names of steps tell, once for each consignment."""
    for s, info in enumerate(corridor.steps):
        at = trace.at(s)
        waited, held = at.done & (at.begin_us > at.ready_us), at.done & (at.end_us > at.begin_us)
        if info.part == "appointment" and trace.plan.step_kind[s] == Kind.RESOURCE:
            yield from ["waits for an appointment"] * int(waited.sum())
            yield from ["gets an appointment at once"] * int((at.done & ~waited).sum())
        elif info.part == "agency" and trace.plan.step_kind[s] == Kind.JOIN:
            yield from ["waits for an agency beside customs"] * int(held.sum())
            yield from ["an agency is done before customs"] * int((at.done & ~held).sum())
        elif (
            info.part == "inspection"
            and "/agency-" in info.key
            and s in trace.plan.main_steps(trace.route_of[s])
        ):
            yield from ["inspected by an agency after customs"] * int(at.done.sum())
