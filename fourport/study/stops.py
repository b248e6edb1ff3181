"""Time since acceptance and accumulated cost at each stop of a route."""

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
class StopPoint:
    """A point of a route.

    Attributes
    ----------
    place, event, km
        Facility; "enter", "leave", "arrive" or "deliver"; distance from the origin.
    before
        Steps of the scenario's route with lower numbers are completed here.
    at_us
        (k,) times of the consignments at this point, us UTC.
    """

    place: str
    event: str
    km: float
    before: int
    at_us: Ints


def stops_of(
    replication: Replication, route: int, delivered: Ints, per_kg: str
) -> Iterator[tuple[Stop, float]]:
    """Yield hours since acceptance and cost per kg at each arrival and departure of a route.

    Acceptance at the origin is a separate point unless the goods leave at once.

    Quantiles are over consignments; the mean cost is per kg of all cargo, so that at delivery it equals the
    summary.

    Parameters
    ----------
    delivered
        Delivered consignments of the route.
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


def _points(replication: Replication, route: int, delivered: Ints) -> Iterator[StopPoint]:
    corridor, plan, trace = replication.corridor, replication.corridor.plan, replication.trace
    rows = np.searchsorted(trace.ids[route], delivered)
    main = plan.main_steps(route)
    km, place, origin = 0.0, "", corridor.steps[main[0]]
    # The goods leave at once only if the route begins with a trucking leg.
    if not (origin.mode and plan.step_kind[main[0]] == Kind.DELAY):
        yield StopPoint(origin.place, "enter", km, 0, replication.world.entry_us[delivered])
    for s in main:
        info = corridor.steps[s]
        if not info.mode:
            continue
        yield StopPoint(info.place, "leave", km, info.route_step, trace.at(s).begin_us[rows])
        km, place = km + info.distance_km, info.destination
        yield StopPoint(place, "arrive", km, info.route_step + 1, trace.at(s).end_us[rows])
    end = max(corridor.steps[s].route_step for s in plan.route_steps(route)) + 1
    yield StopPoint(place, "deliver", km, end, replication.delivered_us[delivered])


def _costs(
    replication: Replication, route: int, delivered: Ints, points: list[StopPoint]
) -> dict[str, list[Floats]]:
    """Return the charges accumulated at each point, (k,) by measure and point.

    Activities at a place are charged when the goods leave it. The cost of time accrues over time; other
    charges on the whole journey are added at delivery.
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
