"""Hours that stations are staffed: what longer hours and more servers cost, whether they have work or not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, Floats, Ints, Plan
from fourport.scenario.models.customs import Customs


def open_us(plan: Plan, station: int, grid: Ints) -> Floats:
    """Give the server-time offered by a station between neighbours of a grid, us.

    Parameters
    ----------
    station
        Index into the plan's stations.
    grid
        (k,) us UTC, ascending, from the start of the plan on.

    Returns
    -------
    ndarray
        (k - 1,) servers times time.
    """
    first, last = plan.station_change_first[station : station + 2]
    turns, servers = plan.station_change_us[first:last], plan.station_servers[first:last]
    offered = np.concatenate([[0], np.cumsum(servers[:-1] * np.diff(turns))])
    at = np.searchsorted(turns, grid, side="right") - 1
    found: Floats = np.diff(offered[at] + servers[at] * (grid - turns[at])).astype(np.float64)
    return found


def staffed_hours(corridor: Corridor) -> float:
    """Give the hours for which customs is staffed in the window, servers times hours.

    Counted are the stations of officers, scanners and bays of all offices on routes, whether they have work
    or not: who has none, since another office does it, is still there.
    """
    plan = corridor.plan
    stations = {station for office in corridor.offices for station in _stations(corridor, office.name)}
    window = np.array([plan.window_start_us, plan.window_end_us], dtype=np.int64)
    offered = (open_us(plan, plan.station_names.index(name), window)[0] for name in sorted(stations))
    return sum(map(float, offered)) / HOUR


def _stations(corridor: Corridor, office: str) -> Iterator[str]:
    """Give the stations, "facility/station", at which people of an office work."""
    place, _, do = office.partition("/")
    customs = corridor.scenario.facilities[place].activities[do]
    assert isinstance(customs, Customs)
    yield f"{place}/{customs.documents.station}"
    if customs.inspection is not None:
        yield f"{place}/{customs.inspection.station}"
        if customs.inspection.scan is not None:
            yield f"{place}/{customs.inspection.scan.station}"
            yield f"{place}/{customs.inspection.scan.review_station}"
