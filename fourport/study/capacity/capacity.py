"""Measure the share within a target for each number of servers, on the same random numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np

from fourport.engine import prepare, simulate
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import NEVER, Floats, Kind
from fourport.scenario.models.scenario import Scenario
from fourport.study.capacity.request import MOST, Target, with_servers
from fourport.study.experiment import experiment
from fourport.study.identities import violations
from fourport.study.parallel import Progress
from fourport.study.replication import Replication, assemble
from fourport.study.run import BrokenIdentity
from fourport.study.statistics import Estimate, binomial_bounds, estimate
from fourport.study.variant import Variant
from fourport.world.draw import draw

Measure = Literal["time", "wait", "door_to_door_time"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
Verdict = Literal["meets", "misses", "undecided"]


@dataclass(frozen=True)
class Request:
    """A capacity question about one resource.

    Attributes
    ----------
    at
        The resource, as ``facility/name``.
    servers
        Numbers of servers to try, ascending.
    measure
        ``time`` is waiting plus service at the resource, ``wait`` only the waiting.
    confidence
        Simultaneous confidence of all intervals.
    """

    variant: Variant
    at: str
    servers: tuple[int, ...]
    target: Target
    measure: Measure
    seed: int
    replications: int
    confidence: float = 0.95


@dataclass(frozen=True)
class CapacityPoint:
    """One number of servers and its results.

    Attributes
    ----------
    shares
        (replications,) % within the target; NaN without a visit.
    share
        Mean of the shares with its interval. The intervals of all numbers hold simultaneously, and none is
        narrower than the number of visits allows.
    visits, unfinished
        Mean number of visits (or consignments) per replication, and of those that are not over at the end of
        the run.
    """

    servers: int
    shares: Floats
    share: Estimate
    visits: float
    unfinished: float
    verdict: Verdict


@dataclass(frozen=True, repr=False)
class CapacityCurve:
    """The share within the target for each number of servers."""

    asked: Request
    points: Sequence[CapacityPoint]

    @property
    def smallest(self) -> int | None:
        """Smallest number whose interval, as those of all larger ones, is above the target; None if none."""
        found = None
        for point in reversed(self.points):
            if point.verdict != "meets":
                break
            found = point.servers
        return found

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows of ``capacity.csv``."""
        for point in self.points:
            yield (
                point.servers,
                self.asked.measure,
                "%",
                point.share.mean,
                point.share.low,
                point.share.high,
                point.share.n,
                point.verdict,
                point.visits,
                point.unfinished,
            )

    def __repr__(self) -> str:
        asked = self.asked
        verdicts = ", ".join(f"{point.servers} {point.verdict}" for point in self.points)
        return f"<CapacityCurve of {asked.at} for {asked.target}: {verdicts}>"


def capacity_curve(
    asked: Request, executor: Executor | None = None, progress: Progress | None = None
) -> CapacityCurve:
    """Run all numbers of servers in the same worlds.

    Parameters
    ----------
    progress
        Called after each replication, which runs all numbers.

    Raises
    ------
    BrokenIdentity
        If a replication breaks an identity.
    """
    prepare()
    (counts,) = experiment(_measure, [asked], range(asked.replications), executor, progress)
    level = 1 - (1 - asked.confidence) / len(asked.servers)
    return CapacityCurve(
        asked,
        [_point(asked, servers, counts[:, k], level) for k, servers in enumerate(asked.servers)],
    )


def _point(asked: Request, servers: int, counts: Floats, level: float) -> CapacityPoint:
    """Judge a number of servers; Bonferroni's intervals hold for all numbers simultaneously.

    If all replications agree, Student's t interval has no width. The number of visits then limits what is
    known: the interval reaches at least to the exact bounds of all visits together.
    """
    within, all_, unfinished = counts.T
    shares = np.full(len(counts), np.nan)
    np.divide(100 * within, all_, out=shares, where=all_ > 0)
    found = estimate(shares.tolist(), level)
    low, high = binomial_bounds(int(within.sum()), int(all_.sum()), level)
    share = Estimate(
        found.mean, min(max(found.low, 0.0), 100 * low), max(min(found.high, 100.0), 100 * high), found.n
    )
    verdict: Verdict = "undecided"
    if share.low >= asked.target.share:
        verdict = "meets"
    elif share.high < asked.target.share:
        verdict = "misses"
    return CapacityPoint(servers, shares, share, float(all_.mean()), float(unfinished.mean()), verdict)


@lru_cache(MOST)
def _corridor(variant: Variant, at: str, servers: int) -> Corridor:
    return compile_corridor(Scenario.model_validate(with_servers(variant.values, at, servers)))


def _measure(asked: Request, replication: int) -> Floats:
    """Draw one world and run it with each number of servers: within, all, unfinished, (servers, 3)."""
    first, *_ = corridors = [_corridor(asked.variant, asked.at, servers) for servers in asked.servers]
    world = draw(first, asked.seed, replication)
    found = []
    for servers, corridor in zip(asked.servers, corridors, strict=True):
        run = assemble(corridor, world, simulate(corridor.plan, world))
        broken = violations(run)
        if broken:
            raise BrokenIdentity(f"{servers} servers, replication {replication}: {'; '.join(broken)}")
        found.append(_count(run, asked))
    return np.array(found, dtype=np.float64)


def _count(run: Replication, asked: Request) -> tuple[int, int, int]:
    begun, ended = _times(run, asked)
    over = ended != NEVER
    return int((over & (ended - begun <= asked.target.within_us)).sum()), len(over), int((~over).sum())


def _times(run: Replication, asked: Request) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return begin and end of each measured time of the cohort, us; end ``NEVER`` if it is not over."""
    if asked.measure == "door_to_door_time":
        return run.world.entry_us[run.in_window], run.delivered_us[run.in_window]
    plan = run.corridor.plan
    resource = plan.names.resources.index(asked.at)
    begun, ended = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for s in np.flatnonzero((plan.step_kind == Kind.RESOURCE) & (plan.step_provider == resource)).tolist():
        at = run.trace.at(s)
        mine = at.visited & run.in_window[at.ids]
        begun.append(at.ready_us[mine])
        ended.append((at.begin_us if asked.measure == "wait" else at.end_us)[mine])
    return np.concatenate(begun), np.concatenate(ended)
