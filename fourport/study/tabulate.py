"""Measures of one replication: numbers by lane and route over the cohort."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from fourport.arguments import GROUPED_BY
from fourport.ledger.emissions import legs_of
from fourport.ledger.lines import lines_of
from fourport.measures import MEASURES, MeasuredEach, find, quantiles_of_each
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import WEEK, Ints
from fourport.store.tables import TOGETHER
from fourport.study.clearance_stages import stages_of
from fourport.study.clearance_steps import StageKey
from fourport.study.cohort import Cohort, Cohorts, Place, cohorts
from fourport.study.groups import ALWAYS, PROMISE, GroupKey, groupings_of
from fourport.study.histogram import Histogram
from fourport.study.planning import Sheet, sheets_of
from fourport.study.replication import Replication
from fourport.study.staffing import staffed_hours
from fourport.study.stops import measured_at_stops, stops, unit_per_kg

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
    of_each = _measure([tables], replication, parts, MEASURES)
    for one, grouping in groupings_of(replication, [one for one in GROUPED_BY if one in by or one in ALWAYS]):
        group = grouping.of[measured]
        weeks = _weeks_of_each(replication, measured, group, len(grouping.names))
        groups = [ReplicationTables(weeks=n) for n in weeks]
        tables.groups.update(zip(((one, name) for name in grouping.names), groups, strict=True))
        of_groups = [*cohorts(replication, measured, group)]
        _measure(groups, replication, of_groups, MEASURES if one in by else PROMISE)
    places, of_routes = parts[0]
    lead_times = _lead_times(of_each["door_to_door_time"])
    for (_, lane, on), cohort, times in zip(places, of_routes.each, lead_times, strict=True):
        keys = _keys_of(replication.corridor, lane, on)
        tables.lead_times.update(zip(keys.lead_times, times, strict=True))
        if len(cohort.delivered):
            _tabulate_delivered(tables, keys, cohort)
    if replication.corridor.has_customs:
        # All lanes share the staff, so each lane has the same number.
        staffed = staffed_hours(replication.corridor)
        for name in dict.fromkeys(lane for lane, *_ in tables.together):
            tables.together[name, TOGETHER, "staffed_hours", "h"] = staffed
    return tables


@dataclass(frozen=True)
class Keys:
    """The keys of a lane and route, which the plan alone says.

    Attributes
    ----------
    route
        Route of the plan.
    lead_times, costs
        Keys of the lead time of each share, and of each line of the invoice.
    stops, means
        Keys of all values at the stops, and those of the means.
    emissions
        Emissions of each leg per kg carried, by key.
    """

    route: int
    lead_times: list[LeadTimeKey]
    costs: list[CostKey]
    stops: list[StopKey]
    means: list[StopKey]
    emissions: dict[EmissionKey, float]


@once
def _keys_of(corridor: Corridor, lane: str, on: str) -> Keys:
    route = corridor.plan.names.routes.index(on)
    per_kg, of_carried = unit_per_kg(corridor), MEASURES["emissions_wtw"].unit
    every, means = stops(corridor, route)
    return Keys(
        route=route,
        lead_times=[(lane, on, share, "h") for share in SHARES],
        costs=[
            (lane, on, k, of.leg, of.tariff, of.name, of.category, of.payer, of.scope, per_kg)
            for k, of in enumerate(lines_of(corridor, route))
        ],
        stops=[(lane, on, *stop) for stop in every],
        means=[(lane, on, *stop) for stop in means],
        emissions={
            (lane, on, k, leg.name, leg.mode, round(leg.km, 3), leg.factor, scope, of_carried): leg.per_kg(
                scope
            )
            for k, leg in enumerate(legs_of(corridor, route))
            for scope in leg.intensity
        },
    )


def _tabulate_delivered(tables: ReplicationTables, keys: Keys, cohort: Cohort) -> None:
    """Add the costs, stops and emissions of the delivered consignments, at least one, of a lane and route."""
    run, delivered, kg = cohort.replication, cohort.delivered, cohort.kg
    tables.costs.update(zip(keys.costs, _costs(keys.route, cohort), strict=True))
    values, samples = measured_at_stops(run, keys.route, delivered)
    tables.stops.update(zip(keys.stops, values, strict=True))
    tables.stop_samples.update(zip(keys.means, samples, strict=True))
    tables.emissions.update(keys.emissions)  # delivered cargo went by every leg
    tables.over.update(dict.fromkeys(keys.costs, kg))
    of_unit = {"h": len(delivered), unit_per_kg(run.corridor): kg}
    tables.over.update((key, of_unit[key[-1]]) for key in keys.means)
    tables.over.update(dict.fromkeys(keys.emissions, kg))


def _measure(
    tables: Sequence[ReplicationTables],
    replication: Replication,
    of_groups: Sequence[tuple[list[Place], Cohorts]],
    measures: Collection[str],
) -> dict[str, MeasuredEach]:
    """Compute measures of groups of consignments, by lane and route and of all routes together.

    Parameters
    ----------
    tables
        Tables of each group.
    of_groups
        The cohorts of :func:`~fourport.study.cohort.cohorts`.

    Returns
    -------
    Measures of each group, lane and route, by name.
    """
    by_route: dict[str, MeasuredEach] = {}
    places, parts = zip(*of_groups, strict=True)
    found: list[list[_Found]] = [[] for _ in parts]
    for name in measures:
        of_parts = MEASURES[name].of_each(parts)
        for k, each in enumerate(of_parts):
            found[k].append(_Found.of(each, samples=k == 0))
        by_route.update(zip((name,), of_parts, strict=False))
    for k, of_part in enumerate(places):
        for place, (of_group, lane, on) in enumerate(of_part):
            mine, keys = tables[of_group], _summary_keys(replication.corridor, lane, on)
            for one in found[k]:
                one.keep(place, keys, mine.summary if k == 0 else mine.together, mine)
    return by_route


@once
def _summary_keys(corridor: Corridor, lane: str, on: str) -> dict[str, SummaryKey]:
    """Return the key of each measure and quantile of a lane and route, by name."""
    currency = corridor.scenario.reporting_currency
    return {
        name: (lane, on, name, unit_of(measure.name, currency))
        for measure in MEASURES.values()
        for name in (measure.name, *measure.quantiles)
    }


@dataclass(frozen=True)
class _Found:
    """A measure of each of some cohorts.

    Attributes
    ----------
    values
        Values of the measure and of its quantiles, by name.
    over
        What means or shares are over; None for a count.
    known
        Whether the cohort has the measure.
    samples
        Values of its consignments, if they are kept.
    """

    values: list[tuple[str, list[float]]]
    over: list[float] | None
    known: list[bool]
    samples: list[Histogram] | None

    @classmethod
    def of(cls, each: MeasuredEach, *, samples: bool) -> _Found:
        """Return what is kept of a measure, with the values of single consignments if ``samples``."""
        histograms = None
        if samples and each.ordered is not None and each.first is not None:
            histograms = [*Histogram.of_groups(each.ordered, each.first)]
        over = None if np.isnan(each.over).all() else each.over.tolist()
        values = [(name, column.tolist()) for name, column in each.values.items()]
        return cls(values, over, each.known.tolist(), histograms)

    def keep(
        self,
        place: int,
        keys: Mapping[str, SummaryKey],
        table: dict[SummaryKey, float],
        tables: ReplicationTables,
    ) -> None:
        """Keep the measure of a cohort, by the keys of its lane and route, if it has the measure."""
        if not self.known[place]:
            return
        for name, column in self.values:
            table[keys[name]] = column[place]
        key = keys[self.values[0][0]]
        if self.over is not None:
            tables.over[key] = self.over[place]
        if self.samples is not None:
            tables.samples[key] = self.samples[place]


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
    for s, of_consignments, of_weight in _legs(run.corridor):
        at = run.trace.at(s)
        begin_us = at.begin_us
        mine = (begin_us >= plan.window_start_us) & (begin_us < plan.window_end_us)
        weight = float(world.size[at.ids[mine], 0].sum() / 1e6)
        found[of_consignments] = found.get(of_consignments, 0.0) + float(np.count_nonzero(mine))
        found[of_weight] = found.get(of_weight, 0.0) + weight
    return found


@once
def _legs(corridor: Corridor) -> list[tuple[int, LegKey, LegKey]]:
    """Return the steps that are transport, with the keys of their consignments and of the weight."""
    found = []
    for s, info in enumerate(corridor.steps):
        if info.mode:
            leg = (info.key.partition("#")[0], info.mode, info.place, info.destination, info.distance_km)
            found.append((s, (*leg, "consignments", "consignments"), (*leg, "weight", "t")))
    return found


def _lead_times(of_routes: MeasuredEach) -> list[list[float]]:
    """Return the times within which each share of the consignments of each group is delivered, h."""
    assert of_routes.ordered is not None
    assert of_routes.first is not None
    found: list[list[float]]
    found = quantiles_of_each(of_routes.ordered, of_routes.first, np.array(SHARES) / 100).tolist()
    return found


@cache
def unit_of(measure: str, currency: str) -> str:
    """Return the unit of a measure."""
    found = find(measure)
    assert found is not None, measure
    return found.unit.format(currency=currency)


def _costs(route: int, cohort: Cohort) -> list[float]:
    """Return the mean of each cost line per kg delivered; of at least one consignment."""
    of_route = cohort.replication.invoice.routes[route]
    amounts = np.ascontiguousarray(of_route.amounts[of_route.rows_of(cohort.delivered)])
    found: list[float] = (amounts.sum(axis=0) / cohort.kg).tolist()
    return found
