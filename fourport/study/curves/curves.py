"""Price the routes of each lane along an axis, in every replication, and find their break-evens."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from fourport.plan.tables import Floats
from fourport.scenario.models.scenario import Scenario
from fourport.study.curves.axes import Axis, OneRate, OriginDistance
from fourport.study.curves.bounds import LEAST
from fourport.study.curves.breakeven import CurveComparison, band, brackets, compare
from fourport.study.curves.journeys import Kept, same_goods, undelivered_shares, withheld
from fourport.study.curves.request import Lanes
from fourport.study.curves.variations import MEASURES
from fourport.study.experiment import PRICINGS, experiment
from fourport.study.parallel import Progress, counting
from fourport.study.statistics import ratio_values

COSTS = ("logistics_cost", "freight_cost")
"""Measures for which break-evens are computed."""

PARTS = 16
"""Number of parts into which a stretch with a crossing is divided."""


@dataclass(frozen=True)
class Curve:
    """The curves of one lane along an axis.

    Attributes
    ----------
    grid
        Points requested.
    xs
        Points requested and points added near crossings, (points,) ascending.
    sums
        (replications, 2, points, routes, measures) costs and kilograms, or hours and consignments; measures
        are :data:`~fourport.study.curves.variations.MEASURES`. Zero for a route if the replication delivered
        nothing by it.
    undelivered
        Undelivered share of the consignments of each route; those with many are not compared.
    """

    lane: str
    routes: tuple[str, ...]
    grid: tuple[float, ...]
    xs: tuple[float, ...]
    sums: Floats
    undelivered: Mapping[str, float]

    def values(self, routes: Sequence[int], measure: str) -> Floats:
        """Return a measure of routes in the replications that have them all, (replications, points, routes).

        They are jackknife values: their mean is the ratio of the sums over replications, such as all costs
        by all kilograms, without its bias.
        """
        of = self.sums[:, :, :, list(routes), MEASURES.index(measure)]
        known = of[(of[:, 1] > 0).all(axis=(1, 2))]
        return ratio_values(known[:, 0], known[:, 1])

    def differences(self, a: int, b: int, measure: str) -> Floats:
        """Return route a minus route b in the replications that have both, (replications, points)."""
        of = self.values((a, b), measure)
        found: Floats = of[:, :, 0] - of[:, :, 1]
        return found

    def comparisons(self, measure: str) -> dict[tuple[int, int], list[CurveComparison]]:
        """Compare every pair of routes."""
        found: dict[tuple[int, int], list[CurveComparison]] = {}
        for a, b in combinations(range(len(self.routes)), 2):
            if withheld(self.undelivered).keys() & {self.routes[a], self.routes[b]}:
                found[a, b] = [CurveComparison("withheld")]
                continue
            differences = self.differences(a, b, measure)
            found[a, b] = (
                compare(self.xs, differences) if len(differences) else [CurveComparison("undecided")]
            )
        return found


@dataclass(frozen=True)
class BreakEven:
    """A break-even of two routes of a lane, or the finding that there is none.

    Attributes
    ----------
    a, b
        Indices of the routes.
    """

    curve: Curve
    measure: str
    a: int
    b: int
    found: CurveComparison

    @property
    def routes(self) -> tuple[str, str]:
        """Names of the routes."""
        return self.curve.routes[self.a], self.curve.routes[self.b]

    @property
    def n(self) -> int:
        """Number of replications that have both routes."""
        return len(self.curve.differences(self.a, self.b, self.measure))

    @property
    def cost(self) -> float:
        """Cost of both routes there, in the replications that have both; NaN if there is none."""
        if math.isnan(self.found.x):
            return math.nan
        both = self.curve.values((self.a, self.b), self.measure)
        return float(np.interp(self.found.x, self.curve.xs, both.mean(axis=(0, 2))))

    def cheaper(self, side: int) -> str:
        """Return the name of the cheaper route on a side of the break-even, "" if neither is."""
        return self.routes[side] if side >= 0 else ""


@dataclass(frozen=True, repr=False)
class Curves:
    """The curves of all lanes.

    Attributes
    ----------
    over
        Name of the axis.
    left_out
        Lanes without any of the requested routes.
    points
        Number of points requested.
    replications
        Number of replications priced.
    """

    scenario: Scenario
    policy: str
    over: str
    axis: Axis
    left_out: tuple[str, ...]
    points: int
    replications: int
    lanes: tuple[Curve, ...]

    def breakevens(self) -> Iterator[BreakEven]:
        """Compare every pair of routes by both costs, lane by lane."""
        for measure in COSTS:
            for curve in self.lanes:
                for (a, b), comparisons in curve.comparisons(measure).items():
                    yield from (BreakEven(curve, measure, a, b, found) for found in comparisons)

    def __repr__(self) -> str:
        lanes = ", ".join(curve.lane for curve in self.lanes)
        return f"<Curves over {self.over} of {self.policy}: {lanes}; {self.points} points>"


def price_lanes(
    routes: Lanes,
    axis: Axis,
    grids: Mapping[str, tuple[float, ...]],
    kept: Sequence[Kept],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Curve]:
    """Price each lane at its points, then at additional points near crossings to locate them closely.

    Parameters
    ----------
    grids
        Points of each lane, ascending.
    kept
        Journeys of each replication.
    """
    pricing = counting(progress, PRICINGS)

    def priced(points: Mapping[str, Sequence[float]], progress: Progress | None = None) -> list[Floats]:
        asked = [_Point(lane, routes[lane], axis, tuple(xs)) for lane, xs in points.items()]
        return experiment(_price, asked, kept, executor, progress)

    undelivered = undelivered_shares(routes, kept, executor)
    found = {
        lane: Curve(lane, routes[lane], grid, grid, sums, undelivered[lane])
        for (lane, grid), sums in zip(grids.items(), priced(grids, pricing), strict=True)
    }
    wanted = {lane: more for lane, curve in found.items() if (more := _between(curve))}
    for lane, sums in zip(wanted, priced(wanted), strict=True):
        found[lane] = _joined(found[lane], wanted[lane], sums)
    return list(found.values())


@dataclass(frozen=True)
class _Point:
    """A lane at some points of the axis."""

    lane: str
    routes: tuple[str, ...]
    axis: Axis
    xs: tuple[float, ...]


def _price(point: _Point, kept: Kept) -> Floats:
    """Price a lane in a replication, (2, points, routes, measures)."""
    # A moved origin needs the times that other consignments of the lane take on the road.
    needed = () if isinstance(point.axis, OriginDistance) else point.routes
    journeys = same_goods(kept, point.lane, needed)
    names = journeys.corridor.plan.names.routes
    place = np.full(len(names), len(point.routes), dtype=np.int64)
    place[[names.index(route) for route in point.routes]] = np.arange(len(point.routes))
    group = place[journeys.world.route]
    n = len(point.routes)
    each = [point.axis.priced(journeys, x).sums_by_group(group, n + 1)[:, :n] for x in point.xs]
    return np.stack(each, axis=1)


def _between(curve: Curve) -> list[float]:
    """Return points within the stretches where a difference or its interval changes sign."""
    stretches: set[int] = set()
    for measure in COSTS:
        for a, b in combinations(range(len(curve.routes)), 2):
            differences = curve.differences(a, b, measure)
            if len(differences):
                stretches.update(brackets(curve.xs, differences))
    found = {
        float(x)
        for k in stretches
        for x in np.linspace(curve.xs[k], curve.xs[k + 1], PARTS + 1)[1:-1].tolist()
    }
    return sorted(found - set(curve.xs))


def _joined(curve: Curve, more: Sequence[float], sums: Floats) -> Curve:
    xs = np.concatenate([curve.xs, more])
    order = np.argsort(xs, kind="stable")
    joined = np.concatenate([curve.sums, sums], axis=2)[:, :, order]
    return replace(curve, xs=tuple(xs[order].tolist()), sums=joined)


def curve_rows(curves: Curves) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``curves.csv``."""
    cost = f"{curves.scenario.reporting_currency}/kg"
    units = {"logistics_cost": cost, "freight_cost": cost, "door_to_door_time": "h"}
    for curve in curves.lanes:
        shown = [k for k, x in enumerate(curve.xs) if x in set(curve.grid)]
        for r, route in enumerate(curve.routes):
            for measure in MEASURES:
                values = curve.values((r,), measure)[:, :, 0]
                if not len(values):
                    continue
                found = band(values)
                for k in shown:
                    interval = (float(found.mean[k]), float(found.low[k]), float(found.high[k]))
                    yield curve.lane, route, curve.xs[k], curves.axis.unit, measure, units[measure], *interval


def breakeven_rows(curves: Curves) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``breakeven.csv``."""
    for one in curves.breakevens():
        found, curve = one.found, one.curve
        where = (found.verdict, found.x, found.low, found.high, curves.axis.unit, curve.xs[0], curve.xs[-1])
        cheaper = (one.cheaper(found.below), one.cheaper(found.above))
        yield curve.lane, curves.over, one.measure, *one.routes, *where, *cheaper, one.n, one.cost


def record(curves: Curves) -> dict[str, Any]:
    """Return the manifest entry, from which the same curves can be requested again."""
    axis = curves.axis
    found: dict[str, Any] = {
        "over": curves.over,
        "x": axis.title,
        "x_unit": axis.unit,
        "log": axis.log,
        "policy": curves.policy,
        "replications": curves.replications,
        "points": curves.points,
        "routes": {curve.lane: list(curve.routes) for curve in curves.lanes},
        "ranges": {curve.lane: [curve.xs[0], curve.xs[-1]] for curve in curves.lanes},
        "undelivered": {curve.lane: dict(curve.undelivered) for curve in curves.lanes},
        "intervals": "95 % Student t over replications, at each point; break-evens by inversion of 95 % "
        f"bootstrap-t of the difference, from {LEAST} replications",
    }
    if isinstance(axis, OneRate):
        found["rate"] = axis.rate.name
    if isinstance(axis, OriginDistance):
        roads = {curve.lane: axis.roads[curve.lane] for curve in curves.lanes}
        found["starts"] = {lane: road.start(curves.scenario, lane) for lane, road in roads.items()}
        found["roads"] = {lane: road.title(curves.scenario) for lane, road in roads.items()}
    return found
