"""Measure groups of consignments in variants of a scenario, each run once on the same random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fourport.engine import prepare
from fourport.measures import absent, cleared, measures_of, spread
from fourport.plan.corridor import Corridor
from fourport.plan.excerpt import excerpt
from fourport.plan.tables import Floats, Ints
from fourport.scenario.tree import key_of
from fourport.study.clearance import clearance_hours
from fourport.study.cohort import Cohort
from fourport.study.experiment import experiment
from fourport.study.identities import violations, violations_of_movement
from fourport.study.parallel import Progress
from fourport.study.published_claims.groups import pairs_of
from fourport.study.replication import Movement, move, replicate
from fourport.study.run import BrokenIdentity
from fourport.study.variant import Values, Variant

CLEARANCE = "clearance_time_"
"""Prefix of the names of clearance times; the procedure follows."""


@dataclass(frozen=True)
class GroupMeasure:
    """A measure of the consignments of some lanes and routes; no names mean all."""

    lanes: tuple[str, ...]
    routes: tuple[str, ...]
    measure: str


@dataclass
class Variants:
    """The variants to run, each once, and their results.

    Attributes
    ----------
    looked
        Measures requested of each variant.
    found
        (replications,) values by variant and measure.
    """

    seed: int
    replications: int
    looked: dict[Variant, list[GroupMeasure]] = field(default_factory=dict)
    found: dict[tuple[Variant, GroupMeasure], Floats] = field(default_factory=dict)

    def want(self, values: Values, looked: GroupMeasure) -> Variant:
        """Request a measure of a variant."""
        variant = Variant.of(values)
        if looked not in self.looked.setdefault(variant, []):
            self.looked[variant].append(looked)
        return variant

    def run(self, executor: Executor | None = None, progress: Progress | None = None) -> None:
        """Run the variants that have requested measures without a value."""
        new = {
            variant: tuple(one for one in looked if (variant, one) not in self.found)
            for variant, looked in self.looked.items()
        }
        points = [_Point(variant, self.seed, looked) for variant, looked in new.items() if looked]
        prepare()
        results = experiment(_measure, points, range(self.replications), executor, progress)
        for point, measures in zip(points, results, strict=True):
            self.found |= {(point.variant, one): measures[:, k] for k, one in enumerate(point.looked)}


def with_value(values: Values, key: str, value: object) -> Values:
    """Return the values of a scenario with one value replaced, by its key as written.

    Raises
    ------
    KeyError
        If the key does not exist.
    """
    changed = deepcopy(dict(values))
    table: Any = changed
    *path, last = key_of(key)
    try:
        for part in path:
            table = table[part]
        table[last]
    except (IndexError, TypeError):
        raise KeyError(key) from None
    table[last] = value
    return changed


@dataclass(frozen=True)
class _Point:
    variant: Variant
    seed: int
    looked: tuple[GroupMeasure, ...]


def _measure(point: _Point, replication: int) -> Floats:
    """Run a replication of a variant and return the requested measures, (looked,)."""
    corridor = point.variant.corridor
    run: Movement
    if all(looked.measure.startswith(CLEARANCE) for looked in point.looked):
        # Clearance ends long before the journey does and needs no costs, so most of a run can be skipped.
        run = move(excerpt(corridor, _releases(corridor, point.looked)), point.seed, replication)
        broken = violations_of_movement(run)
        hours = clearance_hours(run.corridor, run.trace)
        found = [_clearance_times(hours, _ids(run, one)) for one in point.looked]
    else:
        whole = run = replicate(corridor, point.seed, replication)
        broken = violations(whole)
        found = [measures_of(Cohort(whole, _ids(run, one))) for one in point.looked]
    if broken:
        raise BrokenIdentity(
            f"variant {point.variant.key[:8]}, replication {replication}: {'; '.join(broken)}"
        )
    return np.array(
        [
            measures.get(one.measure, absent(one.measure))
            for measures, one in zip(found, point.looked, strict=True)
        ]
    )


def _clearance_times(hours: Mapping[str, Floats], ids: Ints) -> dict[str, float]:
    """Return the clearance time measures of some consignments, from the hours of all by procedure."""
    found: dict[str, float] = {}
    for procedure, every in hours.items():
        sample = cleared(every[ids])
        if sample is not None:
            found.update(spread(f"{CLEARANCE}{procedure}", sample))
    return found


def _releases(corridor: Corridor, looked: Sequence[GroupMeasure]) -> list[int]:
    """Return the steps whose end is a release by an office whose clearance times are requested."""
    routes = {
        (one.measure, route) for one in looked for _, route in pairs_of(corridor, one.lanes, one.routes)
    }
    names = corridor.plan.names.routes
    return [
        office.release
        for office in corridor.offices
        if any(
            measure.startswith(CLEARANCE + office.procedure) and names[office.route] == route
            for measure, route in routes
        )
    ]


def _ids(run: Movement, looked: GroupMeasure) -> Ints:
    """Return the consignments of the cohort that belong to a group, (k,)."""
    corridor, world = run.corridor, run.world
    mine = np.zeros(world.n, dtype=np.bool_)
    for lane, route in pairs_of(corridor, looked.lanes, looked.routes):
        of_route = world.route == corridor.plan.names.routes.index(route)
        mine |= of_route & (world.lane == corridor.lane_names.index(lane))
    return np.flatnonzero(mine & run.in_window)
