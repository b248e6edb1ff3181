"""Hours that stations are staffed: what longer hours and more servers cost, whether they have work or not."""

from __future__ import annotations

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, Floats, Ints, Kind, Plan
from fourport.study.clearance import WORK


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

    Counted are the stations at which an office of the plan controls, scans, reviews or opens: a station that
    no office uses any more is free for other work, one that a policy brings in is staffed for it.
    """
    plan = corridor.plan
    used = {
        int(plan.step_resource[s])
        for s, info in enumerate(corridor.steps)
        if info.part in WORK and plan.step_kind[s] == Kind.STATION
    }
    window = np.array([plan.window_start_us, plan.window_end_us], dtype=np.int64)
    return sum(float(open_us(plan, station, window)[0]) for station in sorted(used)) / HOUR
