"""Time since acceptance and accumulated cost at each stop of a route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fourport.ledger.lines import lines_of
from fourport.machine import Packed, readable, run
from fourport.measured import sums_of_each
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Floats, Kind, firsts, ints
from fourport.study.cohort import Cohorts
from fourport.study.compiled.tables import AT_STOPS, EVENTS, AtStops, Goods, Points, Samples, Scratch
from fourport.study.histogram import COARSE, Histograms

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


@dataclass(frozen=True)
class MeasuredAtStops:
    """What is measured at each arrival and departure of some routes, ``s`` values of each.

    Attributes
    ----------
    values, over
        By route, (s,) mean and quantiles of each measure at each point; and what each mean is over, NaN for
        quantiles. :func:`stops` has their keys.
    samples
        The values of the consignments for each mean, of one route after the other.
    costs
        By route, the mean of each line of the invoice per kg delivered.
    """

    values: list[Floats]
    over: list[Floats]
    samples: Histograms
    costs: list[Floats]


def measured_at_stops(delivered: Cohorts, routes: Sequence[int]) -> MeasuredAtStops:
    """Return hours since acceptance and cost per kg at each arrival and departure of some routes.

    Quantiles are over consignments; the mean cost is per kg of all cargo, so that at delivery it equals the
    summary.

    Parameters
    ----------
    delivered, routes
        Delivered consignments of each route, at least one; and the routes.
    """
    points, goods = _points(delivered.replication.corridor, tuple(routes)), _goods(delivered, routes)
    n, n_points, measures = delivered.sizes, np.diff(points.first_point), 1 + len(COSTS)
    places = np.array([int(name[1:]) / 100 for name in BAND]) * (n[:, np.newaxis] - 1)
    below = places.astype(np.int64)
    ranks = np.concatenate([below, np.ceil(places).astype(np.int64)], axis=1)
    order = np.argsort(ranks, axis=1, kind="stable")
    at_stops, sizes = AtStops.room(points), measures * n_points * n
    # All routes use the memory of the longest: new memory takes longer than what is done with it.
    samples = Samples.room(
        int((sizes + n).max(initial=0)),
        np.take_along_axis(ranks, order, axis=1),
        at_stops.sample_of.size,
        int(sizes.sum()),
    )
    scratch = Scratch.room(COARSE, ranks.shape[1], int(n.max(initial=0)))
    packed = [Packed(one) for one in (points, goods, at_stops, samples, scratch)]
    bounds, sums = [*pairwise(points.first_point.tolist())], np.empty((len(points.event), measures))
    for k, (first, last) in enumerate(bounds):
        run(AT_STOPS, *packed, COARSE, k)
        rows = samples.value[: sizes[k]].reshape(measures, last - first, n[k])
        sums[first:last] = rows.sum(axis=2).T

    which, route = at_stops.sample_of.T, np.repeat(np.arange(len(n)), n_points)
    values = np.empty((*which.shape, 1 + len(BAND)))
    values[:, 0, 0] = sums[:, 0] / n[route]
    values[:, 1:, 0] = sums[:, 1:] / sums_of_each(goods.kg, delivered.first)[route, np.newaxis]
    asked = np.argsort(order, axis=1)[route, np.newaxis]
    low, high = np.split(np.take_along_axis(samples.of_ranks[which], asked, axis=2), 2, axis=2)
    values[:, :, 1:] = low + (high - low) * (places - below)[route, np.newaxis]
    over = np.full(values.shape, np.nan)
    over[:, 0, 0], over[:, 1:, 0] = n[route], delivered.kg[route, np.newaxis]
    first, end = samples.first_bin, slice(samples.first_bin[-1])
    bins = samples.counts[end], samples.low[end], samples.high[end]
    lines = pairwise(points.first_line.tolist())
    return MeasuredAtStops(
        [values[first:last].ravel() for first, last in bounds],
        [over[first:last].ravel() for first, last in bounds],
        Histograms(COARSE, first[:-1], first[1:], *bins).some(which.ravel()),
        [at_stops.charged[slice(*its)] / kg for its, kg in zip(lines, delivered.kg, strict=True)],
    )


@once
def _points(corridor: Corridor, routes: tuple[int, ...]) -> Points:
    """Return the points of some routes as compiled code reads them."""
    each = [stop_points(corridor, route) for route in routes]
    lines = [_lines(corridor, route) for route in routes]
    points = [point for its in each for point in its]
    charged = [its for of_points, _ in lines for its in of_points]
    charges = [line for its in charged for line in its]
    of_time = [line for _, its in lines for line in its]
    return Points(
        first_point=firsts(each),
        event=ints(EVENTS.index(point.event) for point in points),
        first_leg=firsts(point.legs for point in points),
        leg=ints(leg for point in points for leg in point.legs),
        first_charge=firsts(charged),
        charge=ints(k for k, _ in charges),
        is_freight=np.array([freight for _, freight in charges], dtype=np.bool_),
        first_time=firsts(its for _, its in lines),
        time=ints(k for k, _ in of_time),
        time_is_freight=np.array([freight for _, freight in of_time], dtype=np.bool_),
        first_line=firsts(lines_of(corridor, route) for route in routes),
    )


def _goods(delivered: Cohorts, routes: Sequence[int]) -> Goods:
    """Return the consignments of some routes as compiled code reads them."""
    replication, ids = delivered.replication, delivered.ids
    invoices, trace = replication.invoice.routes, replication.trace
    ends = np.cumsum([of.amounts.size for of in invoices])
    cohorts = zip(routes, delivered.each, strict=True)
    rows = [np.searchsorted(invoices[route].consignments, one.ids) for route, one in cohorts]
    goods = Goods(
        first=delivered.first,
        row=np.concatenate([ints([]), *rows]),
        entry_us=replication.world.entry_us[ids],
        delivered_us=replication.delivered_us[ids],
        kg=replication.weight[ids] / 1e3,
        first_row=trace.places.first_row,
        begin_us=trace.begin_us,
        end_us=trace.end_us,
        first_amount=ints(ends[route] - invoices[route].amounts.size for route in routes),
        n=ints(len(invoices[route].consignments) for route in routes),
        amount=replication.invoice.arrays.amounts,
    )
    return readable(goods)


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
