"""Numbers of servers to try, and a scenario with another number at one of its stations."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Kind
from fourport.scenario.models import Scenario
from fourport.scenario.shape import allowed, suggestion

MOST = 200
"""Numbers of servers that may be tried at once."""
LARGEST = 1_000_000


SERVERS = "a range such as '2..20', or numbers such as '2,4,8'"

_RANGE = re.compile(r"^\s*(\d+)\s*\.\.\s*(\d+)\s*$")


def parse_servers(text: str) -> tuple[int, ...]:
    """Read "2..20" or "2,4,8", in ascending order.

    Raises
    ------
    UserError
        If it is no such thing, empty, or too much.
    """
    limits = _RANGE.match(text)
    if limits:
        first, last = int(limits[1]), int(limits[2])
        if first > last:
            raise UserError(f"--servers: {text!r} ends before it begins; allowed: {SERVERS}")
        if last - first >= MOST:
            raise UserError(f"--servers: {text!r} is more than {MOST} numbers; allowed: fewer, or '2,4,8'")
        found = list(range(first, last + 1))
    else:
        try:
            found = sorted({int(part) for part in text.split(",")})
        except ValueError:
            raise UserError(f"--servers: {text!r} is not understood; allowed: {SERVERS}") from None
    if not 1 <= found[0] <= found[-1] <= LARGEST or len(found) > MOST:
        raise UserError(
            f"--servers: {text!r} is out of range; allowed: up to {MOST} numbers from 1 to {LARGEST:,}"
        )
    return tuple(found)


def find_station(corridor: Corridor, at: str) -> int:
    """Give the index of the station called ``facility/station``.

    Raises
    ------
    UserError
        If there is none, or no route comes to it.
    """
    plan = corridor.plan
    names = stations_of(corridor.scenario)
    if at not in names:
        raise UserError(f"--at: there is no station {at!r}{suggestion(at, names)}{allowed(names)}")
    used = {plan.station_names[k] for k in plan.step_resource[plan.step_kind == Kind.STATION].tolist()}
    if at not in used:
        raise UserError(f"--at: no route comes to {at}{allowed(sorted(used))}")
    return plan.station_names.index(at)


def stations_of(scenario: Scenario) -> list[str]:
    """Give the names of all stations."""
    return [f"{place}/{name}" for place, item in scenario.facilities.items() for name in item.stations]


def shifts_of(values: Mapping[str, Any], at: str) -> list[int]:
    """Give the servers of each shift of a station, none if it has no shifts."""
    facility, _, name = at.partition("/")
    return [
        int(shift["servers"]) for shift in values["facilities"][facility]["stations"][name].get("shifts", ())
    ]


def with_servers(values: Mapping[str, Any], at: str, servers: int) -> dict[str, Any]:
    """Give the values of a scenario with another number of servers at a station.

    A station with shifts has that number in its largest shift; the others are scaled in proportion
    and rounded up, so that the shifts as they are come out for the number they have.
    """
    facility, _, name = at.partition("/")
    changed = copy.deepcopy(dict(values))
    station = changed["facilities"][facility]["stations"][name]
    if not station.get("shifts"):
        station["servers"] = servers
        return changed
    largest = max(int(shift["servers"]) for shift in station["shifts"])
    for shift in station["shifts"]:
        shift["servers"] = -(-servers * int(shift["servers"]) // largest) if largest else servers
    return changed
