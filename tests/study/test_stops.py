"""Times and costs at stops: worked out in compiled code, against NumPy point by point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest

from fourport.ledger.lines import lines_of
from fourport.plan.compile import compile_corridor
from fourport.plan.tables import HOUR
from fourport.study.cohort import Cohort, cohorts
from fourport.study.histogram import COARSE, Histogram
from fourport.study.replication import Replication, replicate
from fourport.study.stops import StopPoint, measured_at_stops, stop_points
from tests.test_shipped_scenarios import load

AMOUNTS: dict[str, Callable[[np.random.Generator, np.ndarray], np.ndarray]] = {
    "as charged": lambda _, amounts: amounts,
    "negative, too": lambda rng, amounts: rng.normal(0, 10, len(amounts)),
    "few different": lambda rng, amounts: rng.integers(-1, 2, len(amounts)) * 0.3,
    "nearly equal": lambda rng, amounts: 5 + rng.random(len(amounts)) / 1000,
    "none": lambda _, amounts: 0 * amounts,
}


@pytest.mark.parametrize("amounts", AMOUNTS)
def test_means_quantiles_and_histograms(amounts: str) -> None:
    """Tests all points of all routes, with invoices of many kinds, in the window and of few consignments."""
    run = charged(replicate(compile_corridor(load("weihai-2019").scenario), 1, 0), amounts)
    names = run.corridor.plan.names.routes
    for measured in (np.flatnonzero(run.in_window), np.arange(0, run.world.n, 997)):
        places, of_places = cohorts(run, measured)
        which = [k for k in range(of_places.wanted) if of_places.delivered.sizes[k]]
        routes = [names.index(places[k][2]) for k in which]
        found = measured_at_stops(of_places.delivered.some(which), routes)
        samples = iter(found.samples)
        for k, route in enumerate(routes):
            cohort, points = of_places.each[which[k]], stop_points(run.corridor, route)
            values = found.values[k].reshape(len(points), 3, 4)
            over = found.over[k].reshape(len(points), 3, 4)[:, :, 0]
            assert (over == [len(cohort.delivered), cohort.kg, cohort.kg]).all()
            amounts_of = run.invoice.routes[route].amounts[rows_of(run, route, cohort)]
            assert found.costs[k] == pytest.approx(amounts_of.sum(axis=0) / cohort.kg, rel=1e-12)
            kg = run.world.size[cohort.delivered, 0] / 1e3
            for point, at_point in zip(points, values, strict=True):
                hours, *costs = at_stop(run, route, cohort, point)
                means = [hours.mean(), *(cost.sum() / kg.sum() for cost in costs)]
                for one, mean, of_each in zip(
                    at_point, means, (hours, *(c / kg for c in costs)), strict=True
                ):
                    expected = [mean, *np.quantile(of_each, [0.1, 0.5, 0.9])]
                    assert one == pytest.approx(expected, rel=1e-12, abs=1e-12)
                    sample, histogram = next(samples), Histogram.of(of_each, COARSE)
                    assert (sample.counts == histogram.counts).all()
                    assert (sample.low == histogram.low).all()
                    assert (sample.high == histogram.high).all()
        assert next(samples, None) is None


def charged(run: Replication, amounts: str) -> Replication:
    """Return a replication with other amounts on its invoices."""
    of, first, routes = AMOUNTS[amounts](np.random.default_rng(1), run.invoice.arrays.amounts), 0, []
    for one in run.invoice.routes:
        part = of[first : first + one.amounts.size].reshape(one.amounts.shape[::-1]).T
        routes.append(replace(one, amounts=part))
        first += part.size
    arrays = run.invoice.arrays._replace(amounts=of)
    return replace(run, invoice=replace(run.invoice, routes=tuple(routes), arrays=arrays))


def rows_of(run: Replication, route: int, cohort: Cohort) -> np.ndarray:
    """Return the rows of the delivered consignments of a cohort on the invoices of their route."""
    return np.flatnonzero(np.isin(run.trace.ids[route], cohort.delivered))


def at_stop(run: Replication, route: int, cohort: Cohort, point: StopPoint) -> list[np.ndarray]:
    """Return hours since acceptance, freight and all costs of each consignment at a point."""
    rows, ids = rows_of(run, route, cohort), cohort.delivered
    entry, delivered = run.world.entry_us[ids], run.delivered_us[ids]
    if point.event in ("enter", "deliver"):
        at = entry if point.event == "enter" else delivered
    else:
        legs = [run.trace.at(leg) for leg in point.legs]
        times = [leg.begin_us if point.event == "leave" else leg.end_us for leg in legs]
        at = reduce(np.maximum, times)[rows]
    costs, of_route = [], run.invoice.routes[route].amounts[rows]
    for freight_only in (True, False):
        every = enumerate(lines_of(run.corridor, route))
        lines = [(k, line) for k, line in every if line.freight or not freight_only]
        cost = np.zeros(len(ids))
        for k, line in lines:
            there = not line.on_value and line.category != "time"
            if there and run.corridor.steps[line.step].route_step < point.before:
                cost += of_route[:, k]
        for k, line in lines:
            if line.category == "time":
                cost += of_route[:, k] * ((at - entry) / np.maximum(delivered - entry, 1))
        costs.append(cost)
    return [(at - entry) / HOUR, *costs]
