"""A scenario with another number of servers at one of its stations."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Kind
from fourport.scenario.models import Scenario
from fourport.scenario.shape import allowed, suggestion


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
