"""Estimate the memory of a replication, and check that this machine has it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from fourport.errors import Problem
from fourport.scenario.distributions import Component, Distribution
from fourport.scenario.entries import Entries
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.demand import AtStep, Lane, Route
from fourport.scenario.models.run import RunSettings
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.units import MICROSECONDS

CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""Limit of the group of processes, such as a container, on Linux."""

BYTES_A_CONSIGNMENT, BYTES_A_EVENT_ROW = 1000, 40
"""Generous estimates of the memory of a replication."""
EVENT_ROWS_OF_CUSTOMS = 4


def check_memory(entries: Entries) -> Iterator[Problem]:
    """Check that one replication fits into the memory of this machine."""
    run = entries.run
    if run is None:
        return
    offices = [name for name, activity in entries.activities.items() if isinstance(activity, Customs)]
    needed, have = _by_lane(run, entries.lanes, entries.routes, set(offices)), memory_here()
    if sum(needed.values()) <= have:
        return
    name = max(needed, key=lambda lane: needed[lane])
    lane, weeks = entries.lanes[name], _weeks(run)
    yield Problem(
        ("lanes", name, "demand" if lane.demand is not None else "renewal"),
        f"{weeks * _a_week(lane):,.0f} consignments in {weeks:g} weeks take about {gib(needed[name])}"
        f" of memory, all lanes {gib(sum(needed.values()))}; this machine has {gib(have)}"
        "; allowed: less demand, larger consignments or a shorter window",
    )


def memory_needed(scenario: Scenario) -> float:
    """Return the approximate memory of a replication, in bytes."""
    offices = {
        (place, do)
        for place, facility in scenario.facilities.items()
        for do, activity in facility.activities.items()
        if isinstance(activity, Customs)
    }
    return sum(_by_lane(scenario.run, scenario.lanes, scenario.routes, offices).values())


def memory_here() -> int:
    """Return the memory that a program may have here, in bytes: of the machine, or less if it is limited."""
    if not hasattr(os, "sysconf"):
        return 2**34
    import resource

    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        limits.append(soft)
    with suppress(OSError, ValueError):  # "max" for no limit
        limits.append(int(CGROUP_LIMIT.read_text()))
    return min(limits)


def _by_lane(
    run: RunSettings,
    lanes: Mapping[str, Lane],
    routes: Mapping[str, Route],
    offices: Collection[tuple[str, str]],
) -> dict[str, float]:
    needed = {}
    for name, lane in lanes.items():
        event_rows = max(
            (_event_rows_of(routes[route], offices) for route in lane.routes if route in routes), default=0
        )
        needed[name] = _weeks(run) * _a_week(lane) * (BYTES_A_CONSIGNMENT + BYTES_A_EVENT_ROW * event_rows)
    return needed


def _weeks(run: RunSettings) -> float:
    warm_up = 0 if run.warm_up == "none" else run.warm_up
    return (warm_up + run.window + run.drain) / MICROSECONDS["week"]


def gib(size: float) -> str:
    """Format a number of bytes."""
    return f"{size / 2**30:,.1f} GiB"


def _a_week(lane: Lane) -> float:
    """Return the expected number of consignments of a lane per week."""
    if lane.demand is not None:
        return lane.demand
    assert lane.renewal is not None
    return MICROSECONDS["week"] / max(_mean(lane.renewal.interval), 1.0)


def _mean(distribution: Component[Any]) -> float:
    """Return the approximate mean of a distribution of durations."""
    if distribution.distribution == "mixture" and isinstance(distribution, Distribution):
        return sum(part.weight * _mean(part) for part in distribution.parts)
    if distribution.values:
        return sum(map(float, distribution.values)) / len(distribution.values)
    if distribution.percentiles:
        steps = itertools.pairwise(distribution.ranks())
        return sum((high - low) * (one + other) / 2 for (low, one), (high, other) in steps)
    given = {name: getattr(distribution, name) for name in ("at", "mean", "low", "mode", "high")}
    if distribution.distribution == "sometimes":
        return float(given["mean"]) * float(distribution.share or 0)
    if given["at"] is not None or given["mean"] is not None:
        return float(given["at"] if given["at"] is not None else given["mean"])
    known = [float(value) for value in given.values() if value is not None]
    return sum(known) / len(known)


def _event_rows_of(route: Route, offices: Collection[tuple[str, str]]) -> int:
    """Return the approximate number of event rows of a consignment on a route."""
    customs = sum(isinstance(step, AtStep) and (step.at, step.do) in offices for step in route.steps)
    return len(route.steps) + (EVENT_ROWS_OF_CUSTOMS - 1) * customs
