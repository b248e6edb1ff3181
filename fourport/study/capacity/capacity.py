"""The share within a target at each number of servers of a resource, on the same random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, get_args

import numpy as np

from fourport.asked import CONFIDENCE, LEAST_COMPARED, replications_of
from fourport.engine import simulate
from fourport.errors import UserError
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import NEVER, Floats, Kind
from fourport.scenario.models import Scenario
from fourport.scenario.shape import allowed, suggestion
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
    """What is asked of a resource.

    Attributes
    ----------
    at
        The resource, ``facility/name``.
    servers
        Numbers to try, ascending.
    measure
        ``time`` is waiting plus service at the resource, ``wait`` the waiting alone.
    confidence
        Of all intervals together.
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
class Point:
    """A number of servers and what it does.

    Attributes
    ----------
    shares
        (replications,) % within the target; NaN without a visit.
    share
        Their mean and its interval, which holds together with those of the other numbers, and is no
        narrower than the number of visits allows.
    visits, unfinished
        Mean number of visits (or consignments) a replication, and of those not over at the end of the run.
    """

    servers: int
    shares: Floats
    share: Estimate
    visits: float
    unfinished: float
    verdict: Verdict


@dataclass(frozen=True, repr=False)
class CapacityCurve:
    """The share within the target at each number of servers."""

    asked: Request
    points: Sequence[Point]

    @property
    def smallest(self) -> int | None:
        """The smallest number whose interval lies above the target, as do all larger ones; None if none."""
        found = None
        for point in reversed(self.points):
            if point.verdict != "meets":
                break
            found = point.servers
        return found

    def table(self) -> pa.Table:
        """Give the table "capacity" as a run keeps it."""
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
    """Try numbers of servers at a resource and say which are enough.

    Parameters
    ----------
    resource
        ``facility/name``.
    target
        Such as ``95% within 24 h``.
    measure
        What is to be within: waiting and service at the resource (``time``), ``wait`` alone, or
        ``door_to_door_time``.
    confidence_percent
        Of all intervals together.
    policy
        The first of the sample if none is named.
    executor
        None works in this process.

    Raises
    ------
    UserError
        If there is no such resource, no route comes to it, or the target is not understood.
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
        Called after each replication of all numbers.

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


def _point(asked: Request, servers: int, counts: Floats, level: float) -> Point:
    """Judge a number: Bonferroni's intervals hold together for all numbers tried.

    Replications that agree give Student's t no width. What is known is then limited by the number of
    visits: the interval reaches as far as the exact bounds of all visits together.
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
    return Point(servers, shares, share, float(all_.mean()), float(unfinished.mean()), verdict)


@lru_cache(MOST)
def _corridor(variant: Variant, at: str, servers: int) -> Corridor:
    return compile_corridor(Scenario.model_validate(with_servers(variant.values, at, servers)))


def _measure(asked: Request, replication: int) -> Floats:
    """Draw a world once and run it with each number of servers: within, all, unfinished, (servers, 3)."""
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
    """Give from when until when each of the cohort counts, us; until ``NEVER`` if it is not over."""
    if asked.measure == "door_to_door_time":
        return run.world.entry_us[run.in_window], run.delivered_us[run.in_window]
    plan = run.corridor.plan
    resource = plan.resource_names.index(asked.at)
    begun, ended = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for s in np.flatnonzero((plan.step_kind == Kind.RESOURCE) & (plan.step_provider == resource)).tolist():
        at = run.trace.at(s)
        mine = at.visited & run.in_window[at.ids]
        begun.append(at.ready_us[mine])
        ended.append((at.begin_us if asked.measure == "wait" else at.end_us)[mine])
    return np.concatenate(begun), np.concatenate(ended)
