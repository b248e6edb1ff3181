"""Time since acceptance and accumulated cost at each stop of a route."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from fourport.ledger.invoice import RouteInvoice
from fourport.ledger.lines import lines_of
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import HOUR, Floats, Ints, Kind
from fourport.study.cohort import Cohort
from fourport.study.histogram import COARSE, Histograms
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
    legs
        Steps of the plan, of which each consignment does one and leaves or arrives with it.
    """

    place: str
    event: str
    km: float
    before: int
    legs: tuple[int, ...] = ()

    def at_us(self, replication: Replication, delivered: Ints, rows: slice | Ints) -> Ints:
        """Return when delivered consignments, in some rows of their route, were here, (k,) us UTC."""
        if self.event == "enter":
            return replication.world.entry_us[delivered]
        if self.event == "deliver":
            return replication.delivered_us[delivered]
        used = [replication.trace.at(leg) for leg in self.legs]
        times = [at.begin_us if self.event == "leave" else at.end_us for at in used]
        # Those of services that were not used are ``NEVER``, which is less than any time.
        return reduce(np.maximum, (one[rows] for one in times))


@once
def stop_points(corridor: Corridor, route: int) -> tuple[StopPoint, ...]:
    """Return each arrival and departure of a route.

    Acceptance at the origin is a separate point unless the goods leave at once.
    """
    plan, found = corridor.plan, []
    main = plan.main_steps(route)
    km, place, origin = 0.0, "", corridor.steps[main[0]]
    # The goods leave at once only if the route begins with a trucking leg.
    if not (origin.mode and int(plan.step_kind[main[0]]) == Kind.DELAY):
        found.append(StopPoint(origin.place, "enter", km, 0))
    for s in main:
        info, services = corridor.steps[s], plan.choice(s)
        if not info.mode or s != services[0]:
            continue
        found.append(StopPoint(info.place, "leave", km, info.route_step, tuple(services)))
        # All goods are at one point of the axis, whatever service they took: as far as by the first of them.
        km, place = km + info.distance_km, info.destination
        found.append(StopPoint(place, "arrive", km, info.route_step + 1, tuple(services)))
    end = max(corridor.steps[s].route_step for s in plan.route_steps(route)) + 1
    return (*found, StopPoint(place, "deliver", km, end))


def unit_per_kg(corridor: Corridor) -> str:
    """Return the unit of costs per kg."""
    return f"{corridor.scenario.reporting_currency}/kg"


@once
def stops(corridor: Corridor, route: int) -> tuple[tuple[Stop, ...], tuple[Stop, ...]]:
    """Return the keys of what :func:`measured_at_stops` returns: all of them, and those of the means."""
    per_kg, every, means = unit_per_kg(corridor), [], []
    for order, point in enumerate(stop_points(corridor, route)):
        stop = order, point.place, point.event, round(point.km, 3)
        for measure in ("mean", *COSTS):
            unit = "h" if measure == "mean" else per_kg
            means.append((*stop, measure, unit))
            bands = ((name if measure == "mean" else f"{measure}_{name}") for name in BAND)
            every += [means[-1], *((*stop, band, unit) for band in bands)]
    return tuple(every), tuple(means)


def measured_at_stops(cohort: Cohort, route: int) -> tuple[Floats, Floats, Histograms]:
    """Return hours since acceptance and cost per kg at each arrival and departure of a route.

    They are a mean and its quantiles for each of them and for each measure; what each mean is over, NaN for
    quantiles; and the values of the consignments for each mean. :func:`stops` has their keys.

    Quantiles are over consignments; the mean cost is per kg of all cargo, so that at delivery it equals the
    summary.

    Parameters
    ----------
    cohort
        Consignments of the route, at least one of them delivered.
    """
    replication, delivered = cohort.replication, cohort.delivered
    invoice = replication.invoice.routes[route]
    rows = invoice.rows_of(delivered)
    entry, kg = replication.world.entry_us[delivered], replication.world.size[delivered, 0] / 1e3
    points = stop_points(replication.corridor, route)
    since_us = np.stack([point.at_us(replication, delivered, rows) for point in points]) - entry
    hours = since_us / HOUR
    whole = np.maximum(replication.delivered_us[delivered] - entry, 1)
    costs = _costs(replication.corridor, invoice, route, rows, since_us, whole)
    samples, means, row_of = [hours], [hours.mean(axis=1)], [np.arange(len(points))]
    for cost in costs:
        changed = np.array([True, *(cost[1:] != cost[:-1]).any(axis=1)])
        row_of.append(sum(map(len, samples)) + np.cumsum(changed) - 1)
        samples.append(cost[changed] / kg)
        means.append(cost.sum(axis=1) / kg.sum())
    ordered = np.concatenate(samples)
    ordered.sort(axis=1)
    which = np.stack(row_of, axis=1)
    values = np.concatenate([np.stack(means, axis=1)[:, :, np.newaxis], _bands(ordered)[which]], axis=2)
    over = np.full(values.shape, np.nan)
    over[:, 0, 0], over[:, 1:, 0] = len(delivered), cohort.kg
    return values.ravel(), over.ravel(), Histograms.of_each(ordered, COARSE).some(which.ravel())


def _bands(ordered: Floats) -> Floats:
    """Return the quantiles of each row of values in order, (rows, bands)."""
    places = np.array([int(name[1:]) / 100 for name in BAND]) * (ordered.shape[1] - 1)
    below = places.astype(np.int64)
    low, high = ordered[:, below], ordered[:, np.ceil(places).astype(np.int64)]
    bands: Floats = low + (high - low) * (places - below)
    return bands


def _costs(
    corridor: Corridor, invoice: RouteInvoice, route: int, rows: slice | Ints, since_us: Ints, whole_us: Ints
) -> list[Floats]:
    """Return the charges accumulated at each point, (points, k) by measure.

    Activities at a place are charged when the goods leave it. The cost of time accrues over time; other
    charges on the whole journey are added at delivery. Charges on value are left out.
    """
    charged, of_time = _lines(corridor, route)
    found: list[Floats] = [np.empty(since_us.shape) for _ in COSTS]
    total: list[Floats] = [np.zeros(since_us.shape[1]) for _ in COSTS]
    for point, lines in enumerate(charged):
        for k, freight in lines:
            amounts = invoice.amounts[rows, k]
            for sofar in total[0 if freight else 1 :]:
                np.add(sofar, amounts, out=sofar)
        for one, sofar in zip(found, total, strict=True):
            one[point] = sofar
    elapsed = since_us / whole_us
    for k, freight in of_time:
        accrued = invoice.amounts[rows, k] * elapsed
        for one in found[0 if freight else 1 :]:
            np.add(one, accrued, out=one)
    return found


Lines = tuple[tuple[int, bool], ...]
"""Numbers of lines of an invoice, and whether they are freight."""


@once
def _lines(corridor: Corridor, route: int) -> tuple[tuple[Lines, ...], Lines]:
    """Return the lines that are charged at each point of a route, and those of the cost of time."""
    # They are in order of the journey, with those of the whole journey last.
    lines = [(k, line) for k, line in enumerate(lines_of(corridor, route)) if not line.on_value]
    left = [(k, line) for k, line in lines if line.category != "time"]
    charged: list[list[tuple[int, bool]]] = []
    for point in stop_points(corridor, route):
        charged.append([])
        while left and corridor.steps[left[0][1].step].route_step < point.before:
            k, line = left.pop(0)
            charged[-1].append((k, line.freight))
    of_time = tuple((k, line.freight) for k, line in lines if line.category == "time")
    return tuple(map(tuple, charged)), of_time
