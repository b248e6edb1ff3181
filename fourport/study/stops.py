"""Time since acceptance and cost so far at each stop of a route."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fourport.plan.tables import HOUR, Floats, Ints, Kind
from fourport.study.replication import Replication

BAND = {"p10": 0.10, "p50": 0.50, "p90": 0.90}
COSTS = ("freight_cost", "logistics_cost")

Stop = tuple[int, str, str, float, str, str]
"""Order, place, event, km from the origin, measure, unit."""


@dataclass(frozen=True)
class Point:
    """A point on the way.

    Attributes
    ----------
    place, event, km
        Where, "enter", "leave", "arrive" or "deliver", and how far from the origin.
    before
        Steps of the scenario's route below this number are done here.
    at_us
        (k,) when the consignments are here, us UTC.
    """

    place: str
    event: str
    km: float
    before: int
    at_us: Ints


def stops_of(
    replication: Replication, route: int, delivered: Ints, per_kg: str
) -> Iterator[tuple[Stop, float]]:
    """Return hours since entry and cost for each kg where goods reach and leave each place.

    They enter at the origin; this is a point of its own unless they leave at once.

    Quantiles are over consignments; the mean cost is that of a kg, so that at the door it is the
    summary's.

    Parameters
    ----------
    delivered
        Consignments of the route that were delivered.
    per_kg
        Unit of costs.
    """
    if not len(delivered):
        return
    entry, kg = replication.world.entry_us[delivered], replication.world.size[delivered, 0] / 1e3
    points = list(_points(replication, route, delivered))
    costs = _costs(replication, route, delivered, points)
    for order, point in enumerate(points):
        stop = order, point.place, point.event, round(point.km, 3)
        hours = (point.at_us - entry) / HOUR
        yield (*stop, "mean", "h"), float(hours.mean())
        for name, value in zip(BAND, np.quantile(hours, list(BAND.values())), strict=True):
            yield (*stop, name, "h"), float(value)
        for measure in COSTS:
            cost = costs[measure][order]
            yield (*stop, measure, per_kg), float(cost.sum() / kg.sum())
            for name, value in zip(BAND, np.quantile(cost / kg, list(BAND.values())), strict=True):
                yield (*stop, f"{measure}_{name}", per_kg), float(value)


def _points(replication: Replication, route: int, delivered: Ints) -> Iterator[Point]:
    corridor, plan, trace = replication.corridor, replication.corridor.plan, replication.trace
    rows = np.searchsorted(trace.ids[route], delivered)
    main = plan.main_steps(route)
    km, place, origin = 0.0, "", corridor.steps[main[0]]
    # Only a trucking leg that the route begins with takes the goods at once.
    if not (origin.mode and plan.step_kind[main[0]] == Kind.DELAY):
        yield Point(origin.place, "enter", km, 0, replication.world.entry_us[delivered])
    for s in main:
        info = corridor.steps[s]
        if not info.mode:
            continue
        yield Point(info.place, "leave", km, info.route_step, trace.at(s).begin_us[rows])
        km, place = km + info.distance_km, info.destination
        yield Point(place, "arrive", km, info.route_step + 1, trace.at(s).end_us[rows])
    end = max(corridor.steps[s].route_step for s in plan.route_steps(route)) + 1
    yield Point(place, "deliver", km, end, replication.delivered_us[delivered])


def _costs(
    replication: Replication, route: int, delivered: Ints, points: list[Point]
) -> dict[str, list[Floats]]:
    """Return what has been charged up to each point, (k,) by measure and point.

    What is done at a place is charged when it leaves there. The cost of time grows with the
    time; what else is charged for the whole journey is charged at the door.
    """
    invoice = replication.invoice.routes[route]
    amounts = invoice.amounts.T[:, np.searchsorted(invoice.consignments, delivered)]
    entry, end = replication.world.entry_us[delivered], replication.delivered_us[delivered]
    whole = np.maximum(end - entry, 1)
    steps = replication.corridor.steps
    last = points[-1].before
    found: dict[str, list[Floats]] = {name: [] for name in COSTS}
    for point in points:
        elapsed = (point.at_us - entry) / whole
        total = {name: np.zeros(len(delivered)) for name in COSTS}
        for k, line in enumerate(invoice.lines):
            if line.category == "time":
                charged = amounts[k] * elapsed
            elif steps[line.step].route_step < point.before if line.step >= 0 else point.before == last:
                charged = amounts[k]
            else:
                continue
            for name in COSTS[0 if line.freight else 1 :]:
                total[name] += charged
        for name in COSTS:
            found[name].append(total[name])
    return found
