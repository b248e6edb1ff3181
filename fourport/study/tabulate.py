"""Measures of one replication: numbers by lane and route over the cohort."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from fourport.arguments import GROUPED_BY
from fourport.ledger.emissions import legs_of
from fourport.ledger.lines import lines_of
from fourport.measured import MeasuredEach, quantiles_of_each
from fourport.measures import MEASURES
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import WEEK, Floats, Ints
from fourport.store.tables import TOGETHER
from fourport.study.clearance_stages import stages_of
from fourport.study.cohort import Cohorts
from fourport.study.groups import ALWAYS, PROMISE, GroupKey, groupings_of
from fourport.study.keyed import Keys, Table
from fourport.study.measured_cohorts import Sampled, measure
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

SHARES = tuple(range(101))
"""Shares of consignments, %, for which a lead time is given."""


@dataclass(frozen=True)
class ReplicationTables:
    """The measures of one replication, to be averaged over replications.

    Attributes
    ----------
    summary, together
        Measures by :data:`SummaryKey`, of each route, and over all routes of each lane and over all lanes.
    costs, stops, lead_times, legs, emissions, clearance_stages
        Tables by :data:`CostKey` and so on.
    groups
        Measures of groups of consignments: by lane, route, what goods are grouped by, group, measure and
        unit.
    samples, stop_samples
        Values of single consignments by the key of their mean in ``summary`` or ``groups``, and in
        ``stops``. Their quantiles are taken of all replications together.
    weeks
        Number of weeks in which consignments of the cohort were accepted, by ``()``, and of each group.
    """

    summary: Table = field(default_factory=Table)
    together: Table = field(default_factory=Table)
    costs: Table = field(default_factory=Table)
    stops: Table = field(default_factory=Table)
    lead_times: Table = field(default_factory=Table)
    legs: Table = field(default_factory=Table)
    emissions: Table = field(default_factory=Table)
    clearance_stages: Table = field(default_factory=Table)
    groups: Table = field(default_factory=Table)
    samples: list[Sampled] = field(default_factory=list)
    stop_samples: list[Sampled] = field(default_factory=list)
    weeks: dict[GroupKey | tuple[()], int] = field(default_factory=lambda: {(): 1})
    sheets: dict[str, Sheet] = field(default_factory=dict)


def tabulate(replication: Replication, by: Collection[str] = ()) -> ReplicationTables:
    """Compute all measures of one replication.

    Parameters
    ----------
    by
        Some of ``GROUPED_BY``: groups of which all measures are computed.
    """
    corridor, within = replication.corridor, replication.in_window
    measured = replication.world.once("measured", None, lambda: np.flatnonzero(within), within)
    tables = ReplicationTables(
        legs=Table(traffic_of(replication)),
        clearance_stages=stages_of(replication),
        sheets=sheets_of(replication),
        weeks={(): replication.weeks(within)},
    )
    rows = measure(replication, measured, None, MEASURES)
    rows.add(range(rows.routes), tables.summary)
    rows.add(range(rows.routes, len(rows.places)), tables.together)
    tables.samples.append(rows.sampled(range(rows.routes)))
    for one, grouping in groupings_of(replication, [one for one in GROUPED_BY if one in by or one in ALWAYS]):
        weeks = _weeks_of_each(replication, measured, grouping.of[measured], len(grouping.names))
        tables.weeks.update(zip(((one, name) for name in grouping.names), weeks, strict=True))
        groups = measure(replication, measured, (one, grouping), MEASURES if one in by else PROMISE)
        # Group by group, of all routes together first.
        order = sorted(range(len(groups.places)), key=lambda k: (groups.places[k][0], k < groups.routes))
        groups.add(order, tables.groups)
        tables.samples.append(groups.sampled([k for k in order if k < groups.routes]))
    lead_times = _lead_times(rows.each["door_to_door_time"])
    keys = [_keys_of(corridor, *place[1:]) for place in rows.places[: rows.routes]]
    tables.lead_times.add([of.lead_times for of in keys], lead_times.ravel())
    _add_delivered(tables, rows.cohorts.delivered, keys)
    if corridor.has_customs:
        # All lanes share the staff, so each lane has the same number.
        lanes = [lane for _, lane, _ in rows.places[rows.routes :]]
        keys_of_lanes = Keys((lane, TOGETHER, "staffed_hours", "h") for lane in lanes)
        tables.together.add([keys_of_lanes], np.full(len(lanes), staffed_hours(corridor)))
    return tables


@dataclass(frozen=True)
class _OfRoute:
    """What the plan alone says of a lane and route.

    Attributes
    ----------
    route
        Route of the plan.
    lead_times, costs
        Keys of the lead time of each share, and of each line of the invoice.
    stops, means
        Keys of all values at the stops, and those of the means.
    emissions, per_kg
        Keys of the emissions of each leg, and (k,) emissions per kg carried.
    """

    route: int
    lead_times: Keys
    costs: Keys
    stops: Keys
    means: Keys
    emissions: Keys
    per_kg: Floats


@once
def _keys_of(corridor: Corridor, lane: str, on: str) -> _OfRoute:
    route = corridor.plan.names.routes.index(on)
    per_kg, of_carried = unit_per_kg(corridor), MEASURES["emissions_wtw"].unit
    every, means = stops(corridor, route)
    emissions = {
        (lane, on, k, leg.name, leg.mode, round(leg.km, 3), leg.factor, scope, of_carried): leg.per_kg(scope)
        for k, leg in enumerate(legs_of(corridor, route))
        for scope in leg.intensity
    }
    return _OfRoute(
        route=route,
        lead_times=Keys((lane, on, share, "h") for share in SHARES),
        costs=Keys(
            (lane, on, k, of.leg, of.tariff, of.name, of.category, of.payer, of.scope, per_kg)
            for k, of in enumerate(lines_of(corridor, route))
        ),
        stops=Keys((lane, on, *stop) for stop in every),
        means=Keys((lane, on, *stop) for stop in means),
        emissions=Keys(emissions),
        per_kg=np.array([*emissions.values()], dtype=np.float64),
    )


def _add_delivered(tables: ReplicationTables, delivered: Cohorts, of_routes: Sequence[_OfRoute]) -> None:
    """Add the costs, stops and emissions of the delivered consignments of lanes and routes.

    Parameters
    ----------
    delivered, of_routes
        The delivered consignments of each lane and route, and of others; and what the plan says of each.
    """
    of = [k for k, size in enumerate(delivered.sizes[: len(of_routes)].tolist()) if size]
    cohorts, keys = delivered.some(of), [of_routes[k] for k in of]
    found = measured_at_stops(cohorts, [its.route for its in keys])
    tables.stop_samples.append(([its.means for its in keys], found.samples))
    for k, (its, kg) in enumerate(zip(keys, cohorts.kg.tolist(), strict=True)):
        tables.costs.add([its.costs], found.costs[k], kg)
        tables.stops.add([its.stops], found.values[k], found.over[k])
        tables.emissions.add([its.emissions], its.per_kg, kg)  # delivered cargo went by every leg


def _weeks_of_each(replication: Replication, measured: Ints, group: Ints, groups: int) -> list[int]:
    """Return the number of weeks of the window in which any of each group was accepted."""
    week = (replication.world.entry_us[measured] - replication.corridor.plan.window_start_us) // WEEK
    weeks = int(week.max(initial=0)) + 1
    counts = np.bincount(group * weeks + week, minlength=groups * weeks)
    found: list[int] = np.count_nonzero(counts.reshape(groups, weeks), axis=1).tolist()
    return found


def traffic_of(run: Replication) -> dict[LegKey, float]:
    """Return the consignments and weight that depart on each leg in the window, all routes together."""
    plan = run.corridor.plan
    found: dict[LegKey, float] = {}
    for s, of_consignments, of_weight in _legs(run.corridor):
        at = run.trace.at(s)
        begin_us = at.begin_us
        mine = (begin_us >= plan.window_start_us) & (begin_us < plan.window_end_us)
        weight = float(run.weight[at.ids[mine]].sum() / 1e6)
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


def _lead_times(of_routes: MeasuredEach) -> Floats:
    """Return the times within which each share of the consignments of each route is delivered, h."""
    assert of_routes.ordered is not None
    assert of_routes.first is not None
    return quantiles_of_each(of_routes.ordered, of_routes.first, np.array(SHARES) / 100)
