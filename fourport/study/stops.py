"""Time since acceptance and accumulated cost at each stop of a route."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from fourport.plan.tables import HOUR, Floats, Ints, Kind
from fourport.study.histogram import COARSE, Histogram
from fourport.study.replication import Replication

BAND = ("p10", "p50", "p90")
"""Suffixes of the quantiles."""
COSTS = ("freight_cost", "logistics_cost")

Stop = tuple[int, str, str, float, str, str]
"""Order, place, event, km from the origin, measure, unit."""


@dataclass(frozen=True)
class StopPoint:
    """A point of a route.

    Attributes
    ----------
    place, event, km
        Facility; "enter", "leave", "arrive" or "deliver"; distance from the origin, over a leg with several
        services that of the one written first.
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
) -> Iterator[tuple[Stop, float, Histogram | None]]:
    """Yield hours since acceptance and cost per kg at each arrival and departure of a route.

    A mean comes with the values of the consignments. Acceptance at the origin is a separate point unless the
    goods leave at once.

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
    hours = (np.stack([point.at_us for point in points]) - entry) / HOUR
    samples, means = {"mean": _with_bands(hours)}, {"mean": hours.mean(axis=1).tolist()}
    for name, cost in costs.items():
        changed = np.array([True, *(cost[1:] != cost[:-1]).any(axis=1)])
        found = _with_bands(cost[changed] / kg)
        samples[name] = [found[k] for k in np.cumsum(changed) - 1]
        means[name] = (cost.sum(axis=1) / kg.sum()).tolist()
    for order, point in enumerate(points):
        stop = order, point.place, point.event, round(point.km, 3)
        for measure, rows in samples.items():
            (sample, band), unit = rows[order], "h" if measure == "mean" else per_kg
            yield (*stop, measure, unit), means[measure][order], sample
            for name, value in zip(BAND, band, strict=True):
                yield (*stop, name if measure == "mean" else f"{measure}_{name}", unit), value, None


def _with_bands(values: Floats) -> list[tuple[Histogram, list[float]]]:
    """Return the histogram of each row of values, and its quantiles."""
    ordered = np.sort(values, axis=1)
    places = np.array([int(name[1:]) / 100 for name in BAND]) * (ordered.shape[1] - 1)
    below = places.astype(np.int64)
    low, high = ordered[:, below], ordered[:, np.ceil(places).astype(np.int64)]
    bands = (low + (high - low) * (places - below)).tolist()
    return list(zip(Histogram.of_each(ordered, COARSE), bands, strict=True))


def _points(replication: Replication, route: int, delivered: Ints) -> Iterator[StopPoint]:
    corridor, plan, trace = replication.corridor, replication.corridor.plan, replication.trace
    rows = np.searchsorted(trace.ids[route], delivered)
    main = plan.main_steps(route)
    km, place, origin = 0.0, "", corridor.steps[main[0]]
    # The goods leave at once only if the route begins with a trucking leg.
    if not (origin.mode and int(plan.step_kind[main[0]]) == Kind.DELAY):
        yield StopPoint(origin.place, "enter", km, 0, replication.world.entry_us[delivered])
    for s in main:
        info, services = corridor.steps[s], plan.choice(s)
        if not info.mode or s != services[0]:
            continue
        used = [trace.at(one) for one in services]  # the others are ``NEVER``, which is less than any time
        begins = reduce(np.maximum, (at.begin_us[rows] for at in used))
        ends = reduce(np.maximum, (at.end_us[rows] for at in used))
        yield StopPoint(info.place, "leave", km, info.route_step, begins)
        # All goods are at one point of the axis, whatever service they took: as far as by the first of them.
        km, place = km + info.distance_km, info.destination
        yield StopPoint(place, "arrive", km, info.route_step + 1, ends)
    end = max(corridor.steps[s].route_step for s in plan.route_steps(route)) + 1
    yield StopPoint(place, "deliver", km, end, replication.delivered_us[delivered])


def _costs(
    replication: Replication, route: int, delivered: Ints, points: list[StopPoint]
) -> dict[str, Floats]:
    """Return the charges accumulated at each point, (points, k) by measure.

    Activities at a place are charged when the goods leave it. The cost of time accrues over time; other
    charges on the whole journey are added at delivery. Charges on value are left out.
    """
    invoice = replication.invoice.routes[route]
    rows = invoice.rows_of(delivered)
    entry, end = replication.world.entry_us[delivered], replication.delivered_us[delivered]
    whole = np.maximum(end - entry, 1)
    # Lines are in order of the journey, with those of the whole journey last.
    charged = [
        (replication.corridor.steps[line.step].route_step, line.freight, invoice.amounts[rows, k])
        for k, line in enumerate(invoice.lines)
        if line.category != "time" and not line.on_value
    ]
    of_time = [
        (line.freight, invoice.amounts[rows, k])
        for k, line in enumerate(invoice.lines)
        if line.category == "time"
    ]
    found = {name: np.empty((len(points), len(delivered))) for name in COSTS}
    total = {name: np.zeros(len(delivered)) for name in COSTS}
    done = 0
    for order, point in enumerate(points):
        while done < len(charged) and charged[done][0] < point.before:
            _, freight, amounts = charged[done]
            for name in COSTS[0 if freight else 1 :]:
                total[name] += amounts
            done += 1
        elapsed = (point.at_us - entry) / whole
        for name in COSTS:
            found[name][order] = total[name]
        for freight, amounts in of_time:
            for name in COSTS[0 if freight else 1 :]:
                found[name][order] += amounts * elapsed
    return found
