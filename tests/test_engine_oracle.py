"""The engine against the oracle on random worlds full of ties."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from fourport.engine import simulate
from fourport.plan.tables import Plan
from fourport.world.tables import World
from tests.oracle.happenings import happenings
from tests.oracle.model import run_oracle
from tests.oracle.random_worlds import plans_and_worlds, random_case

pytestmark = pytest.mark.long

EXPECTED = """
arrives as a server falls free and goes first
arrives as the hold runs out and has no room
arrives as the hold runs out and is loaded
arrives exactly at closing
arrives exactly at opening
arrives exactly at the cut-off
block step in free room
cancelled departure skipped
condition false at DELAY
condition false at FLEET
condition false at SERVICE
condition false at STATION
condition true at DELAY
condition true at FLEET
condition true at SERVICE
condition true at STATION
delivered
departure exactly full
ends exactly at closing
equal entries
filing ahead a second time
filing ahead at DELAY
filing ahead at FLEET
filing ahead at SERVICE
filing ahead not allowed
filing at arrival
free step in free room
goods and papers in one queue
in the block
leaves exactly at the cut-off
leaves late
loaded past one rolled over
loads as it comes home
only TEU lacks in free room
only TEU lacks in the block
only volume lacks in free room
only volume lacks in the block
only weight lacks in free room
only weight lacks in the block
papers after goods though filed ahead
papers as goods arrive
papers before goods
priority overtakes
queue tie told by consignment
queue tie told by step
rolled over
same service twice
service goes on though servers are fewer
settled for after the end
stranded
trips overlap
truck leaves as its hold runs out
truck leaves as next does not fit
truck leaves exactly full
two departures loaded at one cut-off
two trucks home at once
two trucks leave at once
waits for a truck
waits for opening
would end exactly at the end
"""


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(plans_and_worlds())
def test_engine_and_oracle_agree(case: tuple[Plan, World]) -> None:
    """Tests that engine and oracle give the same milestones."""
    plan, world = case
    assert simulate(plan, world).differences(run_oracle(plan, world)) == []


def test_random_worlds_hold_every_tie() -> None:
    """Tests that all that the definition speaks of really happens in the random worlds."""
    counts: Counter[str] = Counter()
    for seed in range(240):
        plan, world = random_case(seed, grid=(10, 5, 1)[seed % 3], crowding=1 + seed % 4)
        counts.update(happenings(plan, world, run_oracle(plan, world)))
    rare = {name: counts[name] for name in EXPECTED.strip().split("\n") if counts[name] < 3}
    assert not rare
    assert set(counts) == set(EXPECTED.strip().split("\n"))
