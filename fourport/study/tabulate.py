"""Measures of one replication: numbers by lane and route over the cohort."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from fourport.arguments import GROUPED_BY
from fourport.ledger.emissions import legs_of
from fourport.measures import MEASURES, MeasuredEach, find, quantiles_of_each
from fourport.plan.corridor import Corridor, once
from fourport.plan.tables import WEEK, Floats, Ints
from fourport.store.tables import TOGETHER
from fourport.study.clearance_stages import StageKey, stages_of
from fourport.study.cohort import Cohort, Cohorts, Place, cohorts
from fourport.study.groups import ALWAYS, PROMISE, GroupKey, groupings_of
from fourport.study.histogram import Histogram
from fourport.study.planning import Sheet, sheets_of
from fourport.study.replication import Replication
from fourport.study.staffing import staffed_hours
from fourport.study.stops import measured_at_stops, stops

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
    measured = np.flatnonzero(replication.in_window)
    parts = [*cohorts(replication, measured, np.zeros(len(measured), dtype=np.int64))]
    _measure([tables], replication, parts, MEASURES)
    for one, grouping in groupings_of(replication, [one for one in GROUPED_BY if one in by or one in ALWAYS]):
        group = grouping.of[measured]
        weeks = _weeks_of_each(replication, measured, group, len(grouping.names))
        groups = [ReplicationTables(weeks=n) for n in weeks]
        tables.groups.update(zip(((one, name) for name in grouping.names), groups, strict=True))
        of_groups = [*cohorts(replication, measured, group)]
        _measure(groups, replication, of_groups, MEASURES if one in by else PROMISE)
    places, of_routes = parts[0]
    tables.lead_times.update(_lead_times(places, of_routes))
    for (_, lane, on), cohort in zip(places, of_routes.each, strict=True):
        names, route = (lane, on), replication.corridor.plan.names.routes.index(on)
        for cost, value in _costs(route, cohort):
            tables.costs[(*names, *cost)] = value  # type: ignore[index]
            tables.over[(*names, *cost)] = cohort.kg
        if len(cohort.delivered):
            every, means = _stop_keys(replication.corridor, lane, on, route)
            values, samples = measured_at_stops(replication, route, cohort.delivered)
            tables.stops.update(zip(every, values, strict=True))
            tables.stop_samples.update(zip(means, samples, strict=True))
            of_unit = {"h": len(cohort.delivered), cohort.per_kg: cohort.kg}
            tables.over.update((key, of_unit[key[-1]]) for key in means)
        for emission, value in _emissions(route, cohort):
            tables.emissions[(*names, *emission)] = value
            tables.over[(*names, *emission)] = cohort.kg
    if replication.corridor.has_customs:
        # All lanes share the staff, so each lane has the same number.
        staffed = staffed_hours(replication.corridor)
        for name in dict.fromkeys(lane for lane, *_ in tables.together):
            tables.together[name, TOGETHER, "staffed_hours", "h"] = staffed
    return tables


@once
def _stop_keys(corridor: Corridor, lane: str, on: str, route: int) -> tuple[list[StopKey], list[StopKey]]:
    """Return the keys of all values at the stops of a lane and route, and those of the means."""
    every, means = stops(corridor, route)
    return [(lane, on, *stop) for stop in every], [(lane, on, *stop) for stop in means]


def _measure(
    tables: Sequence[ReplicationTables],
    replication: Replication,
    of_groups: Sequence[tuple[list[Place], Cohorts]],
    measures: Collection[str],
) -> None:
    """Compute measures of groups of consignments, by lane and route and of all routes together.

    Parameters
    ----------
    tables
        Tables of each group.
    of_groups
        The cohorts of :func:`~fourport.study.cohort.cohorts`.
    """
    currency = replication.corridor.scenario.reporting_currency
    places, parts = zip(*of_groups, strict=True)
    found: list[list[_Found]] = [[] for _ in parts]
    for name in measures:
        for k, each in enumerate(MEASURES[name].of_each(parts)):
            found[k].append(_Found.of(each, unit_of(name, currency), samples=k == 0))
    for k, of_part in enumerate(places):
        for place, (of_group, lane, route) in enumerate(of_part):
            mine = tables[of_group]
            for one in found[k]:
                one.keep(place, (lane, route), mine.summary if k == 0 else mine.together, mine)


@dataclass(frozen=True)
class _Found:
    """A measure of each of some cohorts.

    Attributes
    ----------
    values
        Unit and values of the measure and of its quantiles, by name.
    over
        What means or shares are over; None for a count.
    known
        Whether the cohort has the measure.
    samples
        Values of its consignments, if they are kept.
    """

    values: list[tuple[str, str, list[float]]]
    over: list[float] | None
    known: list[bool]
    samples: list[Histogram] | None

    @classmethod
    def of(cls, each: MeasuredEach, unit: str, *, samples: bool) -> _Found:
        """Return what is kept of a measure, with the values of single consignments if ``samples``."""
        histograms = None
        if samples and each.ordered is not None and each.first is not None:
            histograms = [*Histogram.of_groups(each.ordered, each.first)]
        over = None if np.isnan(each.over).all() else each.over.tolist()
        values = [(name, unit, column.tolist()) for name, column in each.values.items()]
        return cls(values, over, each.known.tolist(), histograms)

    def keep(
        self,
        place: int,
        where: tuple[str, str],
        table: dict[SummaryKey, float],
        tables: ReplicationTables,
    ) -> None:
        """Keep the measure of a cohort, by its lane and route, if it has the measure."""
        if not self.known[place]:
            return
        for name, unit, column in self.values:
            table[(*where, name, unit)] = column[place]
        name, unit, _ = self.values[0]
        if self.over is not None:
            tables.over[(*where, name, unit)] = self.over[place]
        if self.samples is not None:
            tables.samples[(*where, name, unit)] = self.samples[place]


def _weeks_of_each(replication: Replication, measured: Ints, group: Ints, groups: int) -> list[int]:
    """Return the number of weeks of the window in which any of each group was accepted."""
    week = (replication.world.entry_us[measured] - replication.corridor.plan.window_start_us) // WEEK
    weeks = int(week.max(initial=0)) + 1
    counts = np.bincount(group * weeks + week, minlength=groups * weeks)
    found: list[int] = np.count_nonzero(counts.reshape(groups, weeks), axis=1).tolist()
    return found


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


def _lead_times(places: Sequence[Place], of_routes: Cohorts) -> Iterator[tuple[LeadTimeKey, float]]:
    """Yield the time within which each share of the consignments of each lane and route is delivered, h."""
    (found,) = MEASURES["door_to_door_time"].of_each([of_routes])
    assert found.ordered is not None
    assert found.first is not None
    times = quantiles_of_each(found.ordered, found.first, np.array(SHARES) / 100)
    for (_, *place), of_place in zip(places, times.tolist(), strict=True):
        yield from zip(((*place, share, "h") for share in SHARES), of_place, strict=True)


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
