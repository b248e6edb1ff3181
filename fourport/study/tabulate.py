"""Measures of one replication: numbers by lane and route over the cohort."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import numpy as np

from fourport.arguments import GROUPED_BY
from fourport.ledger.emissions import legs_of
from fourport.measures import MEASURES, Measured, find, quantiles
from fourport.plan.tables import Floats
from fourport.store.tables import TOGETHER
from fourport.study.clearance_stages import StageKey, stages_of
from fourport.study.cohort import Cohort, cohorts, together
from fourport.study.groups import ALWAYS, PROMISE, GroupKey, groups_of
from fourport.study.histogram import Histogram
from fourport.study.planning import Sheet, sheets_of
from fourport.study.replication import Replication
from fourport.study.staffing import staffed_hours
from fourport.study.stops import stops_of
from fourport.world.tables import Flags

AT_ONCE = 1 << 18
"""Values of consignments of which histograms are made at once: few, so that they take little memory."""

SummaryKey = tuple[str, str, str, str]
"""Lane, route, measure, unit."""

CostKey = tuple[str, str, int, str, str, str, str, str, str, str]
"""Lane, route, order on the route, leg, tariff, line, category, payer, whether freight, unit."""

StopKey = tuple[str, str, int, str, str, float, str, str]
"""Lane, route, order, place, event, km from the origin, measure, unit."""

LeadTimeKey = tuple[str, str, int, str]
"""Lane, route, share in %, unit."""

EmissionKey = tuple[str, str, int, str, str, float, str, str, str]
"""Lane, route, order on the route, leg, mode, km, factor, scope, unit."""

LegKey = tuple[str, str, str, str, float, str, str]
"""Leg, mode, from, to, km, measure, unit."""

Key = tuple[Any, ...]
"""Key of any of these tables."""

SHARES = tuple(range(101))
"""Shares of consignments, %, for which a lead time is given."""


@dataclass(frozen=True)
class ReplicationTables:
    """The measures of one replication, to be averaged over replications.

    Attributes
    ----------
    together
        Summary measures over all routes of each lane, and over all lanes.
    over
        What each mean or share is over, by its key: a number of kilograms, parcels or consignments.
    samples, stop_samples
        Values of single consignments by the key of their mean in ``summary`` and ``stops``; of shares 0 or
        100 %. Their quantiles are taken of all replications together.
    weeks
        Number of weeks in which consignments of the cohort were accepted.
    groups
        ``summary``, ``together`` and ``samples`` of groups of consignments.
    """

    summary: dict[SummaryKey, float] = field(default_factory=dict)
    costs: dict[CostKey, float] = field(default_factory=dict)
    stops: dict[StopKey, float] = field(default_factory=dict)
    lead_times: dict[LeadTimeKey, float] = field(default_factory=dict)
    legs: dict[LegKey, float] = field(default_factory=dict)
    emissions: dict[EmissionKey, float] = field(default_factory=dict)
    clearance_stages: dict[StageKey, float] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    together: dict[SummaryKey, float] = field(default_factory=dict)
    over: dict[Key, float] = field(default_factory=dict)
    weeks: int = 1
    samples: dict[SummaryKey, Histogram] = field(default_factory=dict)
    stop_samples: dict[StopKey, Histogram] = field(default_factory=dict)
    groups: dict[GroupKey, ReplicationTables] = field(default_factory=dict)


def tabulate(replication: Replication, by: Collection[str] = ()) -> ReplicationTables:
    """Compute all measures of one replication.

    Parameters
    ----------
    by
        Some of ``GROUPED_BY``: groups of which all measures are computed.
    """
    tables = ReplicationTables(
        legs=traffic_of(replication),
        sheets=sheets_of(replication),
        weeks=replication.weeks(replication.in_window),
    )
    for stage, value, over in stages_of(replication):
        tables.clearance_stages[stage], tables.over[stage] = value, over
    _measure(tables, replication, None, MEASURES)
    for key, among in groups_of(replication, [one for one in GROUPED_BY if one in by or one in ALWAYS]):
        tables.groups[key] = ReplicationTables(weeks=replication.weeks(replication.in_window & among))
        _measure(tables.groups[key], replication, among, MEASURES if key[0] in by else PROMISE)
    for lane, route, cohort in cohorts(replication):
        names = replication.corridor.lane_names[lane], replication.corridor.plan.names.routes[route]
        for cost, value in _costs(route, cohort):
            tables.costs[(*names, *cost)] = value  # type: ignore[index]
            tables.over[(*names, *cost)] = cohort.kg
        for stop, value, of in stops_of(replication, route, cohort.delivered, cohort.per_kg):
            tables.stops[(*names, *stop)] = value
            if of is not None:
                tables.stop_samples[(*names, *stop)] = of
                tables.over[(*names, *stop)] = (
                    cohort.kg if stop[-1] == cohort.per_kg else len(cohort.delivered)
                )
        for emission, value in _emissions(route, cohort):
            tables.emissions[(*names, *emission)] = value
            tables.over[(*names, *emission)] = cohort.kg
        hours = np.sort(cohort.hours)
        for share, value in zip(SHARES, quantiles(hours, (share / 100 for share in SHARES)), strict=True):
            tables.lead_times[(*names, share, "h")] = value
    if replication.corridor.has_customs:
        # All lanes share the staff, so each lane has the same number.
        staffed = staffed_hours(replication.corridor)
        for name in dict.fromkeys(lane for lane, *_ in tables.together):
            tables.together[name, TOGETHER, "staffed_hours", "h"] = staffed
    return tables


def _measure(
    tables: ReplicationTables, replication: Replication, among: Flags | None, measures: Collection[str]
) -> None:
    """Compute measures of some consignments, by lane and route and of all routes together."""
    unit = partial(unit_of, currency=replication.corridor.scenario.reporting_currency)
    ordered: dict[SummaryKey, Floats] = {}
    held = 0
    for lane, route, cohort in cohorts(replication, among):
        names = replication.corridor.lane_names[lane], replication.corridor.plan.names.routes[route]
        for name in measures:
            found = MEASURES[name].of(cohort)
            if found is not None:
                _keep(tables.summary, tables.over, names, found, unit)
                if found.ordered is not None:
                    ordered[(*names, name, unit(name))] = found.ordered
                    held += len(found.ordered)
        if held > AT_ONCE:
            _keep_samples(tables, ordered)
            held = 0
    _keep_samples(tables, ordered)
    for lane_name, cohort in together(replication, among):
        for name in measures:
            found = MEASURES[name].of(cohort)
            if found is not None:
                _keep(tables.together, tables.over, (lane_name, TOGETHER), found, unit)


def _keep_samples(tables: ReplicationTables, ordered: dict[SummaryKey, Floats]) -> None:
    """Keep the histograms of samples in order, and let go of the samples."""
    if ordered:
        tables.samples.update(zip(ordered, Histogram.of_each([*ordered.values()]), strict=True))
        ordered.clear()


def _keep(
    table: dict[SummaryKey, float],
    over: dict[Key, float],
    place: tuple[str, str],
    found: Measured,
    unit: Callable[[str], str],
) -> None:
    """Keep the values of a measure, and what its mean or share is over."""
    for name, value in found.values.items():
        table[(*place, name, unit(name))] = value
    if not math.isnan(found.over):
        name = next(iter(found.values))
        over[(*place, name, unit(name))] = found.over


def traffic_of(run: Replication) -> dict[LegKey, float]:
    """Return the consignments and weight that depart on each leg in the window, all routes together."""
    plan, world = run.corridor.plan, run.world
    found: dict[LegKey, float] = {}
    for s, info in enumerate(run.corridor.steps):
        if info.mode:
            at = run.trace.at(s)
            mine = (at.begin_us >= plan.window_start_us) & (at.begin_us < plan.window_end_us)
            leg = (info.key.partition("#")[0], info.mode, info.place, info.destination, info.distance_km)
            weight = float(world.size[at.ids[mine], 0].sum() / 1e6)
            for measure, unit, value in (
                ("consignments", "consignments", float(mine.sum())),
                ("weight", "t", weight),
            ):
                key = (*leg, measure, unit)
                found[key] = found.get(key, 0.0) + value
    return found


@cache
def unit_of(measure: str, currency: str) -> str:
    """Return the unit of a measure."""
    found = find(measure)
    assert found is not None, measure
    return found.unit.format(currency=currency)


def _emissions(
    route: int, cohort: Cohort
) -> Iterator[tuple[tuple[int, str, str, float, str, str, str], float]]:
    """Yield the emissions of each leg per kg delivered; delivered cargo went by every leg."""
    if not len(cohort.delivered):
        return
    unit = MEASURES["emissions_wtw"].unit
    for order, leg in enumerate(legs_of(cohort.replication.corridor, route)):
        for scope in leg.intensity:
            yield (order, leg.name, leg.mode, round(leg.km, 3), leg.factor, scope, unit), leg.per_kg(scope)


def _costs(route: int, cohort: Cohort) -> Iterator[tuple[tuple[object, ...], float]]:
    """Yield the mean of each cost line per kg delivered."""
    of_route, delivered = cohort.replication.invoice.routes[route], cohort.delivered
    if not len(delivered):
        return
    amounts = np.ascontiguousarray(of_route.amounts[of_route.rows_of(delivered)])
    sums: Floats = amounts.sum(axis=0)
    for order, (line, total) in enumerate(zip(of_route.lines, sums, strict=True)):
        what = (line.leg, line.tariff, line.name, line.category, line.payer, line.scope)
        key = (order, *what, cohort.per_kg)
        yield key, float(total / cohort.kg)
