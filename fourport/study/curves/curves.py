"""Curves: what the routes of each lane cost along an axis, in every replication, and where they cross."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from fourport.plan.tables import Floats
from fourport.store import Run
from fourport.store.headers import BREAKEVEN_HEADER, CURVES_HEADER
from fourport.study.curves.axes import Axis, OneRate, OriginDistance
from fourport.study.curves.breakeven import Comparison, brackets, compare
from fourport.study.curves.journeys import Kept, same_goods
from fourport.study.curves.request import Lanes, axis_of, grids_of, lanes_of
from fourport.study.curves.variations import MEASURES
from fourport.study.experiment import experiment
from fourport.study.parallel import Progress
from fourport.study.sample import Sample
from fourport.study.statistics import estimate

COSTS = ("logistics_cost", "freight_cost")
"""Measures for which break-evens are sought."""

PARTS = 16
"""In how many parts a stretch with a crossing is divided."""


@dataclass(frozen=True)
class Request:
    """Curves that are asked for, checked against the scenario.

    Attributes
    ----------
    over
        Name of the axis.
    routes
        Routes of each lane.
    left_out
        Lanes that none of the routes asked for is on.
    grids
        Points of each lane, rising.
    points
        Points asked for.
    """

    policy: str
    over: str
    axis: Axis
    routes: Lanes
    left_out: tuple[str, ...]
    grids: Mapping[str, tuple[float, ...]]
    points: int


@dataclass(frozen=True)
class Curve:
    """One lane along an axis.

    Attributes
    ----------
    grid
        The points that were asked for.
    xs
        (points,) those and the points put in where curves cross, rising.
    values
        (replications, points, routes, measures); measures are
        :data:`~fourport.study.curves.variations.MEASURES`. NaN for a route of which a
        replication delivered nothing.
    """

    lane: str
    routes: tuple[str, ...]
    grid: tuple[float, ...]
    xs: tuple[float, ...]
    values: Floats

    def differences(self, a: int, b: int, measure: str) -> Floats:
        """Give route a less route b in the replications that have both, (replications, points)."""
        of = self.values[:, :, :, MEASURES.index(measure)]
        found: Floats = of[:, :, a] - of[:, :, b]
        return found[np.isfinite(found).all(axis=1)]

    def cost(self, a: int, b: int, measure: str, x: float) -> float:
        """Give what both routes cost at a break-even, the mean of the replications that have both."""
        of = self.values[:, :, :, MEASURES.index(measure)][:, :, [a, b]]
        both = of[np.isfinite(of).all(axis=(1, 2))]
        return float(np.interp(x, self.xs, both.mean(axis=(0, 2))))

    def comparisons(self, measure: str) -> dict[tuple[int, int], list[Comparison]]:
        """Compare every pair of routes."""
        found = {}
        for a, b in combinations(range(len(self.routes)), 2):
            differences = self.differences(a, b, measure)
            found[a, b] = compare(self.xs, differences) if len(differences) else [Comparison("undecided")]
        return found


@dataclass(frozen=True)
class Curves:
    """The curves of all lanes.

    Attributes
    ----------
    replications
        Number of replications that were priced.
    """

    request: Request
    lanes: tuple[Curve, ...]
    replications: int


def curves(  # noqa: PLR0913 - options, given by name
    sample: Sample,
    *,
    over: str,
    policy: str | None = None,
    lane: str | None = None,
    routes: Sequence[str] | None = None,
    points: int = 25,
    low: float | None = None,
    high: float | None = None,
    rate: str | None = None,
    along: str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Curves:
    """Price the routes of each lane over a range, and find where they cost the same.

    Parameters
    ----------
    over
        What the curves run over, one of :data:`~fourport.study.curves.axes.AXES`.
    policy
        The first of the sample if none is named.
    lane, routes
        All if none are named.
    low, high
        Ends of the range, in the unit of the axis; else those of the scenario.
    rate
        With ``over="rate"``: the rate that is moved, TARIFF or TARIFF.LINE.
    along
        With ``over="origin-distance"``: the road that the shipper moves along.
    executor
        None prices in this process.

    Raises
    ------
    UserError
        With what is wrong, before anything is simulated.
    """
    request = request_curves(
        sample,
        over=over,
        policy=policy,
        lane=lane,
        routes=routes,
        points=points,
        low=low,
        high=high,
        rate=rate,
        along=along,
    )
    return price_curves(request, sample, executor, progress)


def request_curves(  # noqa: PLR0913 - options, given by name
    sample: Sample,
    *,
    over: str,
    policy: str | None,
    lane: str | None,
    routes: Sequence[str] | None,
    points: int,
    low: float | None,
    high: float | None,
    rate: str | None,
    along: str | None,
) -> Request:
    """Check what is asked of :func:`curves`."""
    policy = policy or sample.first_policy
    corridor = sample.variants[policy].corridor
    lanes, left_out = lanes_of(corridor, lane, routes)
    ends = (low, high)
    axis = axis_of(over, corridor, sample.ranges[policy], list(lanes), rate=rate, along=along, ends=ends)
    grids = grids_of(axis, corridor, lanes, points, ends)
    return Request(policy, over, axis, lanes, left_out, grids, points)


def price_curves(
    request: Request, sample: Sample, executor: Executor | None = None, progress: Progress | None = None
) -> Curves:
    """Price each lane at its points, then where curves cross, to see the crossing closely."""
    kept = sample.journeys(request.policy, executor=executor, progress=progress)

    def priced(grids: Mapping[str, Sequence[float]], progress: Progress | None = None) -> list[Floats]:
        points = [_Point(lane, request.routes[lane], request.axis, tuple(xs)) for lane, xs in grids.items()]
        return experiment(_price, points, kept, executor, progress)

    found = {
        lane: Curve(lane, request.routes[lane], grid, grid, values)
        for (lane, grid), values in zip(request.grids.items(), priced(request.grids, progress), strict=True)
    }
    wanted = {lane: more for lane, curve in found.items() if (more := _between(curve))}
    for lane, values in zip(wanted, priced(wanted), strict=True):
        found[lane] = _joined(found[lane], wanted[lane], values)
    return Curves(request, tuple(found.values()), len(kept))


@dataclass(frozen=True)
class _Point:
    """A lane at some points of the axis."""

    lane: str
    routes: tuple[str, ...]
    axis: Axis
    xs: tuple[float, ...]


def _price(point: _Point, kept: Kept) -> Floats:
    """Price a lane in a replication, (points, routes, measures)."""
    # Moving the origin looks at the time that others of the lane take on the road.
    needed = () if isinstance(point.axis, OriginDistance) else point.routes
    journeys = same_goods(kept, point.lane, needed)
    names = journeys.corridor.plan.route_names
    place = np.full(len(names), len(point.routes), dtype=np.int64)
    place[[names.index(route) for route in point.routes]] = np.arange(len(point.routes))
    group = place[journeys.world.route]
    n = len(point.routes)
    return np.stack([point.axis.priced(journeys, x).by_group(group, n + 1)[:n] for x in point.xs])


def _between(curve: Curve) -> list[float]:
    """Give points within the stretches in which a difference or its interval changes sign."""
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


def _joined(curve: Curve, more: Sequence[float], values: Floats) -> Curve:
    xs = np.concatenate([curve.xs, more])
    order = np.argsort(xs, kind="stable")
    joined = np.concatenate([curve.values, values], axis=1)[:, order]
    return Curve(curve.lane, curve.routes, curve.grid, tuple(xs[order].tolist()), joined)


def write_curves(run: Run, curves: Curves, currency: str) -> None:
    """Write ``curves.csv`` and ``breakeven.csv``."""
    axis = curves.request.axis
    run.write_table("curves.csv", CURVES_HEADER, _curve_rows(curves.lanes, axis, currency))
    run.write_table("breakeven.csv", BREAKEVEN_HEADER, _breakeven_rows(curves, axis.unit))


def _curve_rows(curves: Sequence[Curve], axis: Axis, currency: str) -> Iterator[tuple[object, ...]]:
    units = {"logistics_cost": f"{currency}/kg", "freight_cost": f"{currency}/kg", "door_to_door_time": "h"}
    for curve in curves:
        shown = [k for k, x in enumerate(curve.xs) if x in set(curve.grid)]
        for r, route in enumerate(curve.routes):
            for m, measure in enumerate(MEASURES):
                for k in shown:
                    found = estimate(curve.values[:, k, r, m].tolist())
                    if found.n:
                        x = curve.xs[k]
                        interval = (found.mean, found.low, found.high)
                        yield curve.lane, route, x, axis.unit, measure, units[measure], *interval


def _breakeven_rows(curves: Curves, unit: str) -> Iterator[tuple[object, ...]]:
    for measure in COSTS:
        for curve in curves.lanes:
            names = dict(enumerate(curve.routes))
            for (a, b), comparisons in curve.comparisons(measure).items():
                n = len(curve.differences(a, b, measure))
                sides = {0: names[a], 1: names[b]}
                for found in comparisons:
                    yield (
                        curve.lane,
                        curves.request.over,
                        measure,
                        names[a],
                        names[b],
                        found.verdict,
                        found.x,
                        found.low,
                        found.high,
                        unit,
                        curve.xs[0],
                        curve.xs[-1],
                        sides.get(found.below, ""),
                        sides.get(found.above, ""),
                        n,
                        math.nan if math.isnan(found.x) else curve.cost(a, b, measure, found.x),
                    )


def record(curves: Curves, sample: Sample) -> dict[str, Any]:
    """Give what the manifest says of curves, so that they can be asked for again."""
    request, axis = curves.request, curves.request.axis
    scenario = sample.variants[request.policy].corridor.scenario
    found: dict[str, Any] = {
        "over": request.over,
        "x": axis.title,
        "x_unit": axis.unit,
        "log": axis.log,
        "policy": request.policy,
        "replications": curves.replications,
        "points": request.points,
        "routes": {curve.lane: list(curve.routes) for curve in curves.lanes},
        "ranges": {curve.lane: [curve.xs[0], curve.xs[-1]] for curve in curves.lanes},
        "intervals": "95 % Student t over replications, at each point; break-evens by inversion",
    }
    if isinstance(axis, OneRate):
        found["rate"] = axis.rate.name
    if isinstance(axis, OriginDistance):
        roads = {curve.lane: axis.roads[curve.lane] for curve in curves.lanes}
        found["starts"] = {lane: road.start(scenario, lane) for lane, road in roads.items()}
        found["roads"] = {lane: road.title(scenario) for lane, road in roads.items()}
    return found
