"""The two engines on random worlds full of ties."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from fourport.engine.compiled import simulate
from fourport.engine.reference import simulate as run_reference
from fourport.plan.tables import Plan
from fourport.world.tables import World
from tests import FEWER_EXAMPLES
from tests.engine.happenings import happenings
from tests.engine.random_worlds import plans_and_worlds, random_case
from tests.steps import KIND_NAMES

pytestmark = pytest.mark.long

EXPECTED = {
    f"{what} {kind}"
    for kind in KIND_NAMES.values()
    for what in ("condition false at", "condition true at", "passed over")
} | set(
    """
2 reasons to pass over
3 reasons to pass over
another service was cancelled
another service was full
BELOW False
BELOW False of a non-compliant one
BELOW True
BELOW True of a non-compliant one
BOTH False from False and False
BOTH False from False and True
BOTH False from True and False
BOTH True from True and True
by one written later
by the service written first
EITHER False from False and False
EITHER True from False and True
EITHER True from True and False
EITHER True from True and True
in parts by one of several services
kept for a service written before
NOT False
NOT True
a MARK of declarations
a part in free sale
a part in the block
a part left and the rest did not
an earlier part arrives last
another part, and not the last
filing ahead of the last part
goes in parts
goes in three parts or more
a service begins while work rests
two services close at once, by the first
two services close at once, by the second
waits for several services to the end
work ends exactly as its server goes
work rests, and does not end
work rests, and ends later
a MARK of goods
accepted exactly at the release
arrives as a server falls free and goes first
arrives as the hold runs out and has no room
arrives as the hold runs out and is loaded
arrives exactly at closing
arrives exactly at opening
arrives exactly at the cut-off
block space is kept
block step accepted after the release
block step in free sale
cancelled departure skipped
comes exactly as its hours close
comes exactly as its hours open
declarations after declarations already ended
declarations after goods though filed ahead
declarations as goods arrive
declarations at a step instead of one not done
declarations before goods
declarations pass over as declarations ending at this instant
declarations pass over as declarations not started
declarations pass over as declarations under way
declarations pass over as one is done
delivered
departure exactly full
ends exactly at closing
equal entries
filed ahead at this instant
filing ahead a second time
filing ahead after the JOIN
filing ahead at DELAY
filing ahead at FLEET
filing ahead at MARK
filing ahead at SERVICE
filing ahead not allowed
filing at arrival
free step in free sale
goes on as its hours close
goods after declarations already ended
goods and declarations in one queue
goods at a step instead of one not done
goods pass over as declarations ending at this instant
goods pass over as declarations just awaited
goods pass over as declarations not started
goods pass over as declarations under way
goods pass over as one is done
in released block space
in the block
its hours never come again
last MARK of declarations
last MARK of goods
leaves exactly at the cut-off
leaves late
loaded past one rolled over
loads as it comes home
no JOIN: declarations ended after the delivery
no JOIN: declarations ended by the delivery
no JOIN: declarations never started
no JOIN: declarations start at the delivery
no JOIN: declarations unfinished
one risk number for two conditions
only TEU lacks in free sale
only TEU lacks in the block
only volume lacks in free sale
only volume lacks in the block
only weight lacks in free sale
only weight lacks in the block
passed JOIN: declarations ended after the delivery
passed JOIN: declarations ended by the delivery
passed JOIN: declarations never started
passed JOIN: declarations start at the delivery
passed JOIN: declarations unfinished
priority overtakes
queue tie told by consignment
queue tie told by step
risk number equals the rate
rolled over
rule over rules
same service twice
service goes on though servers are fewer
settled for after the end
trips overlap
truck is loading as its fleet closes
truck is under way as its fleet closes
truck leaves as its fleet opens
truck leaves as its hold runs out
truck leaves as next does not fit
truck leaves exactly full
truck loads as its fleet opens
two MARKs at once
two departures loaded at one cut-off
two trucks home at once
two trucks leave at once
undelivered
waits for a truck
waits for its hours
waits for opening
would end exactly at the end
""".strip().split("\n")
)


@settings(
    max_examples=160 // FEWER_EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(plans_and_worlds())
def test_engines_agree(case: tuple[Plan, World]) -> None:
    """Tests that both engines give the same milestones; 240 worlds more are compared below."""
    plan, world = case
    assert simulate(plan, world).differences(run_reference(plan, world)) == []


def test_random_worlds_hold_every_tie() -> None:
    """Tests that all that the definition speaks of really happens in random worlds, alike in both engines."""
    counts: Counter[str] = Counter()
    for seed in range(240):
        plan, world = random_case(seed, grid=(10, 5, 1)[seed % 3], crowding=1 + seed % 4)
        marks = run_reference(plan, world)
        assert simulate(plan, world).differences(marks) == [], seed
        counts.update(happenings(plan, world, marks))
    rare = {name: counts[name] for name in EXPECTED if counts[name] < 3}
    assert not rare
    assert set(counts) == EXPECTED
