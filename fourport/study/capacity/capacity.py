"""Measure a target for each number of servers, on the same random numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import astuple, dataclass, replace
from functools import lru_cache

import numpy as np

from fourport.engine import simulate
from fourport.measures import MEASURES
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, Floats
from fourport.scenario.models.scenario import Scenario
from fourport.study.capacity.judge import Load, Verdict, guarded, verdicts
from fourport.study.capacity.measured import LIGHT, Counted, Parts, count, parts_of
from fourport.study.capacity.request import LARGEST, MOST, with_servers
from fourport.study.capacity.target import Target
from fourport.study.checks.identities import violations, violations_of_movement
from fourport.study.counts import clusters_of, count_estimate
from fourport.study.estimates_behind import whole_of
from fourport.study.parallel import Progress, in_order
from fourport.study.prepare import prepare
from fourport.study.replication import Movement, assemble, moved
from fourport.study.run import BrokenIdentity
from fourport.study.statistics import Estimate
from fourport.study.variant import Variant
from fourport.trace import Trace
from fourport.world.draw import draw
from fourport.world.tables import Flags


@dataclass(frozen=True)
class Request:
    """A capacity question about one resource.

    Attributes
    ----------
    at
        The resource, as ``facility/name``.
    servers
        Numbers of servers to try, ascending.
    lanes, routes
        Lanes and routes whose goods are measured; none for all.
    confidence
        Confidence of each interval, and of all verdicts together.
    """

    variant: Variant
    at: str
    servers: tuple[int, ...]
    target: Target
    seed: int
    replications: int
    lanes: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    confidence: float = 0.95


@dataclass(frozen=True)
class CapacityPoint:
    """One number of servers and its results.

    Attributes
    ----------
    servers
        The number; None for as many as could ever be busy.
    values
        (replications,) the measured value; NaN if there is none.
    value
        The value over all replications with its interval.
    counted, unfinished
        Mean number of visits or consignments per replication, and of those that are not over at the end of
        the run.
    load
        Load of the resource.
    """

    servers: int | None
    values: Floats
    value: Estimate
    counted: float
    unfinished: float
    load: Load
    verdict: Verdict = "undecided"

    def left_out(self, target: Target) -> float:
        """Return the share that the value leaves out, %; one within a time leaves none."""
        return (
            0.0 if target.within_us is not None or not self.counted else 100 * self.unfinished / self.counted
        )


@dataclass(frozen=True, repr=False)
class CapacityCurve:
    """What is measured for each number of servers.

    Attributes
    ----------
    unlimited
        The same with a server for everybody; hours of duty stay as they are.
    parts
        Where the time goes with a server for everybody, mean h by the title of what it is spent on; empty if
        nothing is over, or costs are asked for.
    """

    asked: Request
    points: Sequence[CapacityPoint]
    unlimited: CapacityPoint
    parts: Parts

    @property
    def smallest(self) -> int | None:
        """Smallest number that meets the target, as all larger ones do; None if none."""
        return next((point.servers for point in self.points if point.verdict == "meets"), None)

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows of ``capacity.csv``."""
        for point in self.points:
            yield (
                point.servers,
                self.asked.target.measure,
                self.asked.target.unit,
                point.value.mean,
                point.value.low,
                point.value.high,
                point.value.n,
                point.verdict,
                point.counted,
                point.unfinished,
            )

    def __repr__(self) -> str:
        asked = self.asked
        verdicts = ", ".join(f"{point.servers} {point.verdict}" for point in self.points)
        return f"<CapacityCurve of {asked.at} for {asked.target}: {verdicts}>"


def capacity_curve(
    asked: Request, executor: Executor | None = None, progress: Progress | None = None
) -> CapacityCurve:
    """Run all numbers of servers in the same worlds, and a server for everybody.

    Parameters
    ----------
    progress
        Called after each replication, which runs all numbers.

    Raises
    ------
    BrokenIdentity
        If a replication breaks an identity.
    """
    prepare(progress)
    tasks = [(asked, replication) for replication in range(asked.replications)]
    found = list(in_order(_measure, tasks, executor, progress))
    *points, unlimited = (
        _point(asked, servers, [counts[k] for counts, *_ in found])
        for k, servers in enumerate((*asked.servers, None))
    )
    said = verdicts(
        [one.value for one in points],
        [one.load for one in points],
        [one.left_out(asked.target) for one in points],
        asked.target.bound,
        at_most=asked.target.at_most,
    )
    judged = [replace(one, verdict=verdict) for one, verdict in zip(points, said, strict=True)]
    # Of a cost it is no answer where the time goes.
    n = 0 if whole_of(asked.target.measure) == "cost" else sum(over for *_, over in found)
    parts = {name: sum(one[name] for _, one, _ in found) / n for name in found[0][1]} if n else {}
    return CapacityCurve(asked, judged, unlimited, parts)


def _point(asked: Request, servers: int | None, found: Sequence[Counted]) -> CapacityPoint:
    values, weights, n, unfinished, weeks, services, work, squares, offered = np.array(
        [astuple(one) for one in found], dtype=np.float64
    ).T
    plan = asked.variant.corridor.plan
    window = (plan.window_end_us - plan.window_start_us) / HOUR
    load = Load(services.sum(), work.sum(), squares.sum(), offered.sum(), window, len(found))
    clusters = clusters_of(weeks.tolist())
    value = guarded(values, weights, asked.confidence, clusters if asked.target.unit == "%" else None)
    by_replication = np.full(len(found), np.nan)
    np.divide(values, weights, out=by_replication, where=weights > 0)
    one = MEASURES.get(asked.target.measure)
    if one is not None and one.of_events and asked.target.within_us is None:
        # That there was none in any replication does not prove that there will be none.
        counts, among = by_replication.tolist(), n.tolist()
        rare = count_estimate(counts, among=among, clusters=clusters, confidence=asked.confidence)
        value = replace(value, low=min(value.low, rare.low), high=max(value.high, rare.high))
    return CapacityPoint(servers, by_replication, value, float(n.mean()), float(unfinished.mean()), load)


@lru_cache(MOST + 1)
def _corridor(variant: Variant, at: str, servers: int) -> Corridor:
    return compile_corridor(Scenario.model_validate(with_servers(variant.values, at, servers)))


def _measure(task: tuple[Request, int]) -> tuple[list[Counted], Parts, int]:
    """Draw one world and run it with each number of servers and with one for everybody.

    Returns
    -------
    tuple
        What each run counts; and :func:`parts_of` the last of them.
    """
    asked, replication = task
    corridors = [_corridor(asked.variant, asked.at, servers) for servers in (*asked.servers, LARGEST)]
    world = draw(corridors[0], asked.seed, replication)
    light = asked.target.within_us is not None and asked.target.measure in LIGHT
    found = []
    for servers, corridor in zip((*asked.servers, LARGEST), corridors, strict=True):
        milestones = simulate(corridor.plan, world)
        if light:
            run: Movement = moved(corridor, Trace.of(corridor.plan, world, milestones))
            broken = violations_of_movement(run)
        else:
            run = whole = assemble(corridor, world, milestones)
            broken = violations(whole)
        if broken:
            raise BrokenIdentity(f"{servers} servers, replication {replication}: {'; '.join(broken)}")
        mine = _mine(run, asked)
        found.append(count(run, asked.at, asked.target, mine))
    return found, *parts_of(run, asked.at, asked.target.measure, mine)


def _mine(run: Movement, asked: Request) -> Flags:
    """Return which consignments of the cohort are on the lanes and routes asked for, (n,)."""
    lanes, routes = run.corridor.lane_names, run.corridor.plan.names.routes
    mine = run.in_window
    for names, known, of in ((asked.lanes, lanes, run.world.lane), (asked.routes, routes, run.world.route)):
        if names:
            mine = mine & np.isin(of, [known.index(name) for name in names])
    return mine
