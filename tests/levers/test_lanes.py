"""A lever does not affect lanes that meet nothing of what it changes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from fourport.plan.compile import compile_corridor
from fourport.scenario.models.scenario import Scenario
from fourport.study.replication import Replication
from fourport.world.draw import draw
from tests.levers.busy import BUSY
from tests.levers.made import LEVERS, Values, played, values


def two_lanes(*policy_package: str) -> Values:
    """Give the corridor twice: places, ways, routes and the lane a second time with names of their own."""
    found = values(BUSY, *policy_package)
    places = [*found["facilities"]]

    def other(value: Any) -> Any:
        """Give a value with the names of its places and ways changed."""
        if isinstance(value, dict):
            return {name: other(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [other(inner) for inner in value]
        legs = [*found["services"], *found["trucking"]]
        return f"other-{value}" if value in (*places, *legs) else value

    for section in ("facilities", "services", "trucking", "routes", "lanes"):
        second = copy.deepcopy(found[section])
        found[section] |= {f"other-{name}": other(entry) for name, entry in second.items()}
    routes = found["lanes"]["other-main"]["routes"]
    found["lanes"]["other-main"]["routes"] = {f"other-{name}": share for name, share in routes.items()}
    return found


def run(*policy_package: str) -> Replication:
    """Run both lanes."""
    made = compile_corridor(Scenario.model_validate(two_lanes(*policy_package)))
    return played(made, draw(made, 3, 0))


def lane_of(replication: Replication, name: str) -> dict[str, bytes]:
    """Give all that became of a lane: times, carriers and causes, by route and step."""
    plan, world, corridor = replication.corridor.plan, replication.world, replication.corridor
    found = {}
    lane = world.lane == corridor.lane_names.index(name)
    for r in np.unique(world.route[lane]).tolist():
        for s in plan.route_steps(r):
            for field in ("begin_us", "end_us", "departure_index"):
                at = replication.trace.at(s)
                times = getattr(at, field)[lane[at.ids]]
                found[f"{plan.names.routes[r]} {corridor.steps[s].key} {field}"] = times.tobytes()
    clearance = replication.clearance
    for what in ("officer_hours", "inspections", "found", "cost"):
        found[what] = getattr(clearance, what)[lane].tobytes()
    return found | {
        "non_compliant": world.non_compliant[lane].tobytes(),
        "risk": b"".join(
            world.risk[k][lane].tobytes()
            for k, name in sorted(enumerate(plan.names.draws), key=lambda draw: draw[1])
            if name.startswith("other-")
        ),
        "causes": replication.causes[lane].tobytes(),
        "delivered": replication.delivered_us[lane].tobytes(),
        "entered": world.entry_us[lane].tobytes(),
        "size": world.size[lane].tobytes(),
    }


@pytest.fixture(scope="module")
def off() -> Replication:
    """Both lanes without any lever."""
    return run()


@pytest.mark.parametrize("lever", LEVERS)
def test_the_other_lane_stays_bit_identical(off: Replication, lever: str) -> None:
    """Tests that a lever changes the lane of its facilities (but ``none``) and no bit of the other."""
    on = run(lever)
    assert lane_of(off, "other-main") == lane_of(on, "other-main")
    assert (lane_of(off, "main") == lane_of(on, "main")) == (lever == "none")
