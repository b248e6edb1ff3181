"""The capacity curve: the share within the target at each number of servers, on the same random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np

from fourport.engine import simulate
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import NEVER, Floats, Kind
from fourport.scenario.models import Scenario
from fourport.study.capacity.asked import Target
from fourport.study.capacity.resource import with_servers
from fourport.study.identities import violations
from fourport.study.parallel import in_order
from fourport.study.planning.visits import visits
from fourport.study.replication import Replication, assemble
from fourport.study.run import BrokenIdentity
from fourport.study.statistics import Estimate, binomial_bounds, estimate
from fourport.world.draw import draw

Measure = Literal["time", "wait", "door_to_door_time"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
Verdict = Literal["meets", "misses", "undecided"]


@dataclass(frozen=True)
class Asked:
    """A capacity study.

    Attributes
    ----------
    values
        The validated values of the scenario.
    at
        The resource, ``facility/name``.
    servers
        Numbers to try, ascending.
    measure
        ``time`` is waiting plus service at the resource, ``wait`` the waiting alone.
    confidence
        Of all intervals together.
    """

    values: Mapping[str, Any]
    at: str
    servers: Sequence[int]
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


@dataclass(frozen=True)
class Curve:
    """What came out."""

    asked: Asked
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


def capacity_curve(asked: Asked, *, jobs: int = 1, progress: Callable[[], None] = lambda: None) -> Curve:
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
    counts = np.empty((asked.replications, len(asked.servers), 3))
    with in_order(_work, range(asked.replications), jobs, _load, (asked,)) as results:
        for replication, found in enumerate(results):
            counts[replication] = found
            progress()
    level = 1 - (1 - asked.confidence) / len(asked.servers)
    return Curve(
        asked,
        [_point(asked, servers, counts[:, k], level) for k, servers in enumerate(asked.servers)],
    )


def _point(asked: Asked, servers: int, counts: Floats, level: float) -> Point:
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


_asked: list[Asked] = []
"""The study of this process."""


def _load(asked: Asked) -> None:
    _asked[:] = [asked]
    _corridor.cache_clear()


@cache
def _corridor(servers: int) -> Corridor:
    (asked,) = _asked
    return compile_corridor(Scenario.model_validate(with_servers(asked.values, asked.at, servers)))


def _work(replication: int) -> list[tuple[int, int, int]]:
    """Draw a world once and run it with each number of servers: count within, all, unfinished."""
    (asked,) = _asked
    world = draw(_corridor(asked.servers[0]), asked.seed, replication)
    found = []
    for servers in asked.servers:
        corridor = _corridor(servers)
        run = assemble(corridor, world, simulate(corridor.plan, world))
        broken = violations(run)
        if broken:
            raise BrokenIdentity(f"{servers} servers, replication {replication}: {'; '.join(broken)}")
        found.append(_count(run, asked))
    return found


def _count(run: Replication, asked: Asked) -> tuple[int, int, int]:
    begun, ended = _times(run, asked)
    over = ended != NEVER
    return int((over & (ended - begun <= asked.target.within_us)).sum()), len(over), int((~over).sum())


def _times(run: Replication, asked: Asked) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Give from when until when each of the cohort counts, us; until ``NEVER`` if it is not over."""
    if asked.measure == "door_to_door_time":
        return run.world.entry_us[run.in_window], run.delivered_us[run.in_window]
    resource = run.corridor.plan.resource_names.index(asked.at)
    ends = run.milestones.begin_us if asked.measure == "wait" else run.milestones.end_us
    begun, ended = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for found in visits(run, (Kind.RESOURCE,), papers=True):
        if run.corridor.plan.step_provider[found.step] == resource:
            mine = run.in_window[found.consignment]
            begun.append(found.ready_us[mine])
            ended.append(ends[found.event_row[mine]])
    return np.concatenate(begun), np.concatenate(ended)
