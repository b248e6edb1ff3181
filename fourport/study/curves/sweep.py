"""Curves: what the routes of each lane cost along an axis, in every replication."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import numpy as np

from fourport.plan.tables import NEVER, Floats
from fourport.study.curves.axes import Axis, OriginDistance
from fourport.study.curves.breakeven import Comparison, brackets, compare
from fourport.study.curves.journeys import Journeys, evenly, read_journeys
from fourport.study.curves.variations import MEASURES
from fourport.study.documents import Documents, corridor_of, load_documents
from fourport.study.parallel import in_order

COSTS = ("logistics_cost", "freight_cost")
"""Measures for which break-evens are sought."""

PARTS = 16
"""In how many parts a stretch with a crossing is divided."""


@dataclass(frozen=True)
class Request:
    """What is to be priced.

    Attributes
    ----------
    files
        Journeys of each replication.
    routes
        Routes of each lane.
    grids
        Points of each lane, rising.
    """

    documents: Documents
    policy: str
    files: Sequence[Path]
    axis: Axis
    routes: Mapping[str, Sequence[str]]
    grids: Mapping[str, Sequence[float]]


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
class _Task:
    file: Path
    policy: str
    lane: str
    routes: tuple[str, ...]
    axis: Axis
    xs: tuple[float, ...]


def sweep(request: Request, jobs: int, progress: Callable[[], None] = lambda: None) -> list[Curve]:
    """Price each lane at its points, then where curves cross, to see the crossing closely.

    Parameters
    ----------
    progress
        Called after each lane of each replication on its first pricing.
    """
    curves = {
        lane: Curve(lane, tuple(request.routes[lane]), tuple(grid), tuple(grid), values)
        for (lane, grid), values in zip(
            request.grids.items(), _priced(request, request.grids, jobs, progress), strict=True
        )
    }
    wanted = {lane: more for lane, curve in curves.items() if (more := _between(curve))}
    for lane, values in zip(wanted, _priced(request, wanted, jobs), strict=True):
        curves[lane] = _joined(curves[lane], wanted[lane], values)
    return list(curves.values())


def _priced(
    request: Request,
    points: Mapping[str, Sequence[float]],
    jobs: int,
    progress: Callable[[], None] = lambda: None,
) -> list[Floats]:
    """Price each lane at its points, (replications, points, routes, measures) each."""
    tasks = [
        _Task(file, request.policy, lane, tuple(request.routes[lane]), request.axis, tuple(xs))
        for lane, xs in points.items()
        for file in request.files
    ]
    found = []
    workers = min(jobs, len(tasks) or 1)
    with in_order(_price, tasks, workers, load_documents, (request.documents,)) as priced:
        for values in priced:
            found.append(values)
            progress()
    n = len(request.files)
    return [np.stack(found[k * n : (k + 1) * n]) for k in range(len(points))]


def _price(task: _Task) -> Floats:
    # Moving the origin looks at the time that others of the lane take on the road.
    needed = () if isinstance(task.axis, OriginDistance) else task.routes
    journeys = same_goods(task.file, task.policy, task.lane, needed)
    names = journeys.corridor.plan.route_names
    place = np.full(len(names), len(task.routes), dtype=np.int64)
    place[[names.index(route) for route in task.routes]] = np.arange(len(task.routes))
    group = place[journeys.world.route]
    n = len(task.routes)
    return np.stack([task.axis.priced(journeys, x).by_group(group, n + 1)[:n] for x in task.xs])


@lru_cache(maxsize=4)
def same_goods(file: Path, policy: str, lane: str, routes: tuple[str, ...] = ()) -> Journeys:
    """Send the same goods by the routes of a lane, by all of them if none is named.

    The goods (size, value, and the shipper's credit) are those that the lane delivered in
    the replication, on all routes together; as many as the busiest route delivered, taken
    evenly over time. Each route carries them on its own journeys, which are taken evenly over
    time too, again where it had fewer: no part of the year counts more. What is left between
    two routes is then the routes, not what happened to be sent by them. A route's journeys
    do not depend on which others are named.
    """
    everyone = read_journeys(file, corridor_of(policy), (lane,))
    world, names = everyone.world, everyone.corridor.plan.route_names
    arrived = np.flatnonzero(everyone.delivered_us != NEVER)
    by_route = [arrived[world.route[arrived] == r] for r in range(len(names))]
    count = max((len(ids) for ids in by_route), default=0)
    if not count:
        return everyone.pick(arrived)
    goods = evenly(arrived, count)
    sent = [
        ids for name, ids in zip(names, by_route, strict=True) if len(ids) and (name in routes or not routes)
    ]
    if not sent:
        return everyone.pick(arrived[:0])
    carried = np.tile(goods, len(sent))
    return everyone.pick(np.concatenate([evenly(ids, count) for ids in sent])).with_world(
        size=world.size[carried], value=world.value[carried], credit=world.credit[carried]
    )


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
