"""Parse resource and numbers of servers of a capacity study, and change the number in a scenario."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, SupportsIndex

from fourport.arguments import whole
from fourport.errors import UserError, argument
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Kind
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.suggestions import allowed, suggestion

MOST = 200
"""Largest number of different numbers of servers in one study."""
LARGEST = 1_000_000

NUMBERS = "a range such as '2..20', or numbers such as '2,4,8'"

SERVERS, RESOURCE = argument("servers"), argument("resource")

_RANGE = re.compile(r"^\s*(\d+)\s*\.\.\s*(\d+)\s*$")


def parse_servers(text: str) -> tuple[int, ...]:
    """Parse "2..20" or "2,4,8" into ascending numbers.

    Raises
    ------
    UserError
        If the text is not understood, the range is empty, or there are too many or too large numbers.
    """
    limits = _RANGE.match(text)
    if limits:
        first, last = int(limits[1]), int(limits[2])
        if first > last:
            raise UserError(f"{SERVERS}: {text!r} ends before it begins; allowed: {NUMBERS}")
        if last - first >= MOST:
            raise UserError(f"{SERVERS}: {text!r} is more than {MOST} numbers; allowed: fewer, or '2,4,8'")
        found = list(range(first, last + 1))
    else:
        try:
            found = sorted({int(part) for part in text.split(",")})
        except ValueError:
            raise UserError(f"{SERVERS}: {text!r} is not understood; allowed: {NUMBERS}") from None
    return _in_range(found, text)


def servers_of(given: SupportsIndex | Sequence[SupportsIndex] | str) -> tuple[int, ...]:
    """Return the numbers to try, of which a single one is one, in ascending order.

    Raises
    ------
    UserError
        If there are none, too many, or any that is not a whole number in range.
    """
    several = given if isinstance(given, Iterable) else [given]
    if isinstance(several, str):
        return parse_servers(several)
    return _in_range(sorted({whole("servers", one, 1, LARGEST) for one in several}), given)


def _in_range(found: Sequence[int], given: object) -> tuple[int, ...]:
    if not found or not 1 <= found[0] <= found[-1] <= LARGEST or len(found) > MOST:
        raise UserError(
            f"{SERVERS}: {given!r} is out of range; allowed: up to {MOST} numbers from 1 to {LARGEST:,}"
        )
    return tuple(found)


def find_resource(corridor: Corridor, at: str) -> int:
    """Return the index of the resource named ``facility/resource``.

    Raises
    ------
    UserError
        If it does not exist, or no route uses it.
    """
    plan = corridor.plan
    names = resources_of(corridor.scenario)
    if at not in names:
        raise UserError(f"{RESOURCE}: there is no resource {at!r}{suggestion(at, names)}{allowed(names)}")
    used = {plan.names.resources[k] for k in plan.step_provider[plan.step_kind == Kind.RESOURCE].tolist()}
    if at not in used:
        raise UserError(f"{RESOURCE}: no route comes to {at}{allowed(sorted(used))}")
    return plan.names.resources.index(at)


def resources_of(scenario: Scenario) -> list[str]:
    """Return the names of all resources."""
    return [f"{place}/{name}" for place, item in scenario.facilities.items() for name in item.resources]


def shifts_of(values: Mapping[str, Any], at: str) -> list[int]:
    """Return the number of servers in each shift of a resource; empty if it has no shifts."""
    facility, _, name = at.partition("/")
    return [
        int(shift["servers"]) for shift in values["facilities"][facility]["resources"][name].get("shifts", ())
    ]


def with_servers(values: Mapping[str, Any], at: str, servers: int) -> dict[str, Any]:
    """Return the values of a scenario with another number of servers at a resource.

    A resource with shifts gets that number in its largest shift; the other shifts are scaled in proportion
    and rounded up. With its present number of servers all shifts stay unchanged.
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
