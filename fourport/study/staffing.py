"""Staffed hours of resources: open hours times servers, whether busy or idle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import HOUR, Floats, Ints, Plan
from fourport.scenario.models.customs import Customs
from fourport.scenario.needs import needs


def open_us(plan: Plan, resource: int, grid: Ints) -> Floats:
    """Return the server-time offered by a resource in each cell of a grid, us.

    Parameters
    ----------
    resource
        Index into the plan's resources.
    grid
        (k,) us UTC, ascending, not before the start of the plan.

    Returns
    -------
    ndarray
        (k - 1,) servers times time, us.
    """
    first, last = plan.resource_change_first[resource : resource + 2]
    turns, servers = plan.resource_change_us[first:last], plan.resource_servers[first:last]
    offered = np.concatenate([[0], np.cumsum(servers[:-1] * np.diff(turns))])
    at = np.searchsorted(turns, grid, side="right") - 1
    found: Floats = np.diff(offered[at] + servers[at] * (grid - turns[at])).astype(np.float64)
    return found


@once
def staffed_hours(corridor: Corridor) -> float:
    """Return the staffed hours of customs in the window, servers times hours.

    Counts the resources of officers, scanners and bays of all offices on routes, busy or idle: staff stays
    even if another office takes over the work.
    """
    plan = corridor.plan
    resources = {
        resource for office in corridor.offices for resource in resources_of_office(corridor, office.name)
    }
    window = np.array([plan.window_start_us, plan.window_end_us], dtype=np.int64)
    offered = (open_us(plan, plan.names.resources.index(name), window)[0] for name in sorted(resources))
    return sum(map(float, offered)) / HOUR


def resources_of_office(corridor: Corridor, office: str) -> Iterator[str]:
    """Yield the resources, "facility/resource", at which staff of an office work."""
    place, _, do = office.partition("/")
    customs = corridor.scenario.facilities[place].activities[do]
    assert isinstance(customs, Customs)
    yield from (f"{place}/{need.resource}" for need in needs(customs) if not need.books)
