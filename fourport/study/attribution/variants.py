"""Measure groups of consignments in variants of a scenario, each run once on the same random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from fourport.errors import key_of
from fourport.measured import Measured, MeasuredEach
from fourport.measures import MEASURES, QUANTILES, absent, find, quantile_of
from fourport.plan.corridor import Corridor
from fourport.plan.excerpt import excerpt
from fourport.plan.tables import Floats, Ints
from fourport.study.checks.identities import violations, violations_of_movement
from fourport.study.clearance import clearance_hours
from fourport.study.cohort import Cohorts
from fourport.study.experiment import measured
from fourport.study.histogram import Histogram
from fourport.study.parallel import Progress
from fourport.study.prepare import prepare
from fourport.study.published_claims.groups import Weighed, pairs_of
from fourport.study.quantiles import thin_tail
from fourport.study.replication import Movement, Replication, move, replicate
from fourport.study.run import BrokenIdentity
from fourport.study.variant import AT_ONCE, Parts, Values, Variant

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
        (replications,) values, and what they are over, by variant and measure.
    parts
        What the variants have in common.
    """

    seed: int
    replications: int
    looked: dict[Variant, list[GroupMeasure]] = field(default_factory=dict)
    found: dict[tuple[Variant, GroupMeasure], Weighed] = field(default_factory=dict)
    parts: Parts = field(default_factory=Parts)

    def want(self, values: Values, looked: GroupMeasure) -> Variant:
        """Request a measure of a variant."""
        variant = Variant.of(values, parts=self.parts)
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
        prepare(progress)
        results = measured(_measure, points, range(self.replications), executor, progress)
        for point, replications in zip(points, results, strict=True):
            for one, *columns in zip(point.looked, *replications, strict=True):
                self.found[point.variant, one] = _together(one.measure, columns)


def with_value(values: Values, key: str, value: object) -> Values:
    """Return the values of a scenario with one value replaced, by its key as written.

    Raises
    ------
    KeyError
        If the key does not exist.
    """
    try:
        changed: Values = _replaced(values, key_of(key), value)
    except (LookupError, TypeError):
        raise KeyError(key) from None
    return changed


def _replaced(table: Any, path: Sequence[str | int], value: object) -> Any:
    """Return a copy of a table with one value replaced, which shares all others."""
    first, *rest = path
    held, changed = table[first], copy(table)  # what does not exist is not added
    changed[first] = _replaced(held, rest, value) if rest else value
    return changed


@dataclass(frozen=True)
class _Point:
    variant: Variant
    seed: int
    looked: tuple[GroupMeasure, ...]


_Value = tuple[float, float, Histogram | None]
"""A measure of a replication, what it is over, and of a quantile the values of which it is one.

A quantile is over the consignments of the group, of which some may have no such time.
"""


def _together(measure: str, values: Sequence[_Value]) -> Weighed:
    """Return a measure of all replications."""
    found, over = (np.array(column) for column in list(zip(*values, strict=True))[:2])
    quantile = quantile_of(measure)
    if quantile is None:
        return Weighed(found, over)
    samples = [sample for *_, sample in values if sample is not None]
    if not samples:
        return Weighed(found, np.ones_like(found))
    pooled = float(Histogram.merged(samples).quantiles(np.array([quantile[1]]))[0])
    thin = bool(thin_tail(quantile[1], float(over.sum()), len(samples)))
    return Weighed(found, np.ones_like(found), pooled, thin)


def _value(measure: str, of: Measured | None, n: int) -> _Value:
    """Return one of the values of a measure, of a group of n consignments."""
    about = find(measure)
    if of is None or about is None:
        return absent(measure), 1.0 if absent(measure) == 0 else 0.0, None
    if about.kind == "quantile":
        ordered = of.ordered
        return of.values[measure], float(n), None if ordered is None else Histogram.of_ordered(ordered)
    return of.values[measure], 1.0 if about.kind == "count" else of.over, None


def _measure(point: _Point, replication: int) -> list[_Value]:
    """Run a replication of a variant and return the requested measures, in their order."""
    run: Movement
    if all(looked.measure.startswith(CLEARANCE) for looked in point.looked):
        # Clearance ends long before the journey does and needs no costs, so most of a run can be skipped.
        run = move(_until_release(point.variant, point.looked), point.seed, replication)
        broken = violations_of_movement(run)
        hours = clearance_hours(run.corridor, run.trace)
        found = [_clearance_time(hours, one.measure, _ids(run, one)) for one in point.looked]
    else:
        whole = run = replicate(point.variant.corridor, point.seed, replication)
        broken = violations(whole)
        found = [_of_cohort(whole, one.measure, _ids(run, one)) for one in point.looked]
    if broken:
        raise BrokenIdentity(
            f"variant {point.variant.key[:8]}, replication {replication}: {'; '.join(broken)}"
        )
    return found


@lru_cache(AT_ONCE)
def _until_release(variant: Variant, looked: tuple[GroupMeasure, ...]) -> Corridor:
    """Return the corridor of a variant up to the releases that are measured, made once in each process."""
    return excerpt(variant.corridor, _releases(variant.corridor, looked))


def _clearance_time(hours: Mapping[str, Floats], measure: str, ids: Ints) -> _Value:
    """Return a measure of clearance times of some consignments, from the hours of all by procedure."""
    name = _sampled(measure)
    every = hours.get(name.removeprefix(CLEARANCE))
    mine = np.empty(0) if every is None else every[ids]
    sample = mine[~np.isnan(mine)]
    times = MeasuredEach.of_times(name, sample, np.array([0, len(sample)]), QUANTILES, 1)
    return _value(measure, times.of(0), len(ids))


def _of_cohort(run: Replication, measure: str, ids: Ints) -> _Value:
    """Return a measure of some consignments."""
    of = MEASURES.get(_sampled(measure))
    return _value(measure, None if of is None else of.of(Cohorts.of(run, ids)), len(ids))


def _sampled(measure: str) -> str:
    """Return the name of the mean that a quantile belongs to, or of any other measure its own."""
    quantile = quantile_of(measure)
    return measure if quantile is None else quantile[0]


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
