"""A scenario with another number of servers at one of its resources."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Kind
from fourport.scenario.models import Scenario
from fourport.scenario.shape import allowed, suggestion


def find_resource(corridor: Corridor, at: str) -> int:
    """Give the index of the resource called ``facility/resource``.

    Raises
    ------
    UserError
        If there is none, or no route comes to it.
    """
    plan = corridor.plan
    names = resources_of(corridor.scenario)
    if at not in names:
        raise UserError(f"--at: there is no resource {at!r}{suggestion(at, names)}{allowed(names)}")
    used = {plan.resource_names[k] for k in plan.step_provider[plan.step_kind == Kind.RESOURCE].tolist()}
    if at not in used:
        raise UserError(f"--at: no route comes to {at}{allowed(sorted(used))}")
    return plan.resource_names.index(at)


def resources_of(scenario: Scenario) -> list[str]:
    """Give the names of all resources."""
    return [f"{place}/{name}" for place, item in scenario.facilities.items() for name in item.resources]


def shifts_of(values: Mapping[str, Any], at: str) -> list[int]:
    """Give the servers of each shift of a resource, none if it has no shifts."""
    facility, _, name = at.partition("/")
    return [
        int(shift["servers"]) for shift in values["facilities"][facility]["resources"][name].get("shifts", ())
    ]


def with_servers(values: Mapping[str, Any], at: str, servers: int) -> dict[str, Any]:
    """Give the values of a scenario with another number of servers at a resource.

    A resource with shifts has that number in its largest shift; the others are scaled in proportion
    and rounded up, so that the shifts as they are come out for the number they have.
    """
    facility, _, name = at.partition("/")
    changed = copy.deepcopy(dict(values))
    resource = changed["facilities"][facility]["resources"][name]
    if not resource.get("shifts"):
        resource["servers"] = servers
        return changed
    largest = max(int(shift["servers"]) for shift in resource["shifts"])
    for shift in resource["shifts"]:
        shift["servers"] = -(-servers * int(shift["servers"]) // largest) if largest else servers
    return changed
