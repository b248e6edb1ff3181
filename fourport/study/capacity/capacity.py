"""Measure the share within a target for each number of servers, on the same random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, get_args

import numpy as np

from fourport.arguments import CONFIDENCE, LEAST_COMPARED, replications_of
from fourport.engine import simulate
from fourport.errors import UserError
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import NEVER, Floats, Kind
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.suggestions import allowed, suggestion
from fourport.store.folder import table_of
from fourport.study.capacity.request import (
    MOST,
    Target,
    find_resource,
    parse_target,
    servers_of,
    with_servers,
)
from fourport.study.experiment import experiment
from fourport.study.identities import violations
from fourport.study.parallel import Progress
from fourport.study.replication import Replication, assemble
from fourport.study.run import BrokenIdentity
from fourport.study.sample import SampleSource, sample_of
from fourport.study.statistics import Estimate, binomial_bounds, estimate
from fourport.study.variant import Variant
from fourport.world.draw import draw

if TYPE_CHECKING:
    import pyarrow as pa

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

    def table(self) -> pa.Table:
        """Return the table "capacity" as a run keeps it."""
        rows = (
            (
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
            for point in self.points
        )
        return table_of("capacity", rows)

    def __repr__(self) -> str:
        asked = self.asked
        verdicts = ", ".join(f"{point.servers} {point.verdict}" for point in self.points)
        return f"<CapacityCurve of {asked.at} for {asked.target}: {verdicts}>"


def capacity(  # noqa: PLR0913 - options, given by name
    sample: SampleSource,
    *,
    resource: str,
    servers: SupportsIndex | Sequence[SupportsIndex],
    target: str,
    measure: Measure = "time",
    confidence_percent: float = 95.0,
    policy: str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CapacityCurve:
    """Try numbers of servers at a resource and find which are enough.

    Parameters
    ----------
    resource
        The resource, as ``facility/name``.
    target
        Such as ``95% within 24 h``.
    measure
        The time that must be within the target: waiting and service at the resource (``time``), only the
        waiting (``wait``), or ``door_to_door_time``.
    confidence_percent
        Simultaneous confidence of all intervals.
    policy
        None for the first of the sample.
    executor
        None runs in this process.

    Raises
    ------
    UserError
        If there is no such resource, no route uses it, or the target is not understood.
    """
    sample = sample_of(sample)
    variant = sample.variants[sample.policy(policy)]
    find_resource(variant.corridor, resource)
    numbers = servers_of(servers)
    if measure not in MEASURES:
        raise UserError(
            f"measure: {measure!r} is not a measure{suggestion(str(measure), MEASURES)}{allowed(MEASURES)}"
        )
    low, high = CONFIDENCE
    if not (isinstance(confidence_percent, int | float) and low < confidence_percent < high):
        what = f"confidence_percent: {confidence_percent!r} is out of range"
        raise UserError(f"{what}; allowed: above {low:g} and below {high:g}")
    n = replications_of(sample.replications, LEAST_COMPARED)
    asked = (parse_target(target), measure, sample.seed, n, confidence_percent / 100)
    return capacity_curve(Request(variant, resource, numbers, *asked), executor, progress)


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
