"""What one replication says: numbers by lane and route over the cohort measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from fourport.engine.causes import CAUSES
from fourport.ledger.emissions import legs_of
from fourport.plan.tables import HOUR, NEVER, Floats, Ints
from fourport.study.clearance_stages import StageKey, stages_of
from fourport.study.planning import Sheet, sheets_of
from fourport.study.replication import Replication
from fourport.study.staffing import staffed_hours
from fourport.study.stops import stops_of
from fourport.study.ways import WayKey, ways_of
from fourport.world.sizes import parcels

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

SHARES = np.arange(0, 101, dtype=np.float64)
"""Shares of consignments, %, for which a lead time is given."""

COUNTS = (
    "consignments",
    "stranded",
    "weight",
    "parcels",
    "officer_hours",
    "inspections",
    "offences",
    "missed_offences",
)
"""Measures of the summary that are zero, not unknown, where nothing moves."""

TOGETHER = "*"
"""Stands for all lanes, or all routes of a lane, together."""

PER_KG = "kg CO2e/kg"

CLEARANCE_TIME = "clearance_time_"
"""What the measures of clearance times begin with; the procedure follows."""

QUANTILES = {"p50": 0.50, "p90": 0.90, "p95": 0.95}


@dataclass(frozen=True)
class Tables:
    """The numbers of one replication, to be averaged over replications.

    Attributes
    ----------
    together
        What the summary says, over all routes of each lane and over all lanes.
    """

    summary: dict[SummaryKey, float] = field(default_factory=dict)
    costs: dict[CostKey, float] = field(default_factory=dict)
    stops: dict[StopKey, float] = field(default_factory=dict)
    lead_times: dict[LeadTimeKey, float] = field(default_factory=dict)
    ways: dict[WayKey, float] = field(default_factory=dict)
    emissions: dict[EmissionKey, float] = field(default_factory=dict)
    clearance_stages: dict[StageKey, float] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    together: dict[SummaryKey, float] = field(default_factory=dict)


def tabulate(replication: Replication) -> Tables:
    """Measure one replication."""
    tables = Tables(
        ways=ways_of(replication),
        clearance_stages=dict(stages_of(replication)),
        sheets=sheets_of(replication),
    )
    for lane, route, cohort in cohorts(replication):
        names = replication.corridor.lane_names[lane], replication.corridor.plan.route_names[route]
        for measure, unit, value in _summary(replication, cohort):
            tables.summary[(*names, measure, unit)] = value
        for cost, value in _costs(replication, route, cohort):
            tables.costs[(*names, *cost)] = value  # type: ignore[index]
        hours, delivered = _hours(replication, cohort)
        for stop, value in stops_of(replication, route, delivered, _per_kg(replication)):
            tables.stops[(*names, *stop)] = value
        for emission, value in _emissions(replication, route, delivered):
            tables.emissions[(*names, *emission)] = value
        for share, value in zip(SHARES, _quantiles(hours, SHARES / 100), strict=True):
            tables.lead_times[(*names, int(share), "h")] = value
    for name, cohort in _together(replication):
        for measure, unit, value in _summary(replication, cohort):
            tables.together[name, TOGETHER, measure, unit] = value
    if replication.corridor.has_customs:
        # Staff is there for all lanes: each has the same number.
        staffed = staffed_hours(replication.corridor)
        for name in dict.fromkeys(lane for lane, *_ in tables.together):
            tables.together[name, TOGETHER, "staffed_hours", "h"] = staffed
    return tables


def _together(replication: Replication) -> Iterator[tuple[str, Ints]]:
    """Give the consignments that entered in the window: of all lanes, then of each."""
    measured = np.flatnonzero(replication.in_window)
    if len(measured):
        yield TOGETHER, measured
    lanes = replication.world.lane[measured]
    for lane in np.unique(lanes).tolist():
        yield replication.corridor.lane_names[lane], measured[lanes == lane]


def cohorts(replication: Replication) -> Iterator[tuple[int, int, Ints]]:
    """Give lane, route and the consignments that entered in the window, where there are any."""
    world, n_routes = replication.world, replication.corridor.plan.n_routes
    measured = np.flatnonzero(replication.in_window)
    if not len(measured):
        return
    pair = world.lane[measured] * n_routes + world.route[measured]
    order = np.argsort(pair, kind="stable")
    values, first = np.unique(pair[order], return_index=True)
    for value, ids in zip(values.tolist(), np.split(measured[order], first[1:]), strict=True):
        yield value // n_routes, value % n_routes, ids


def measures_of(replication: Replication, cohort: Ints) -> dict[str, float]:
    """Give the measures of the summary for some consignments, (k,)."""
    return {name: value for name, _, value in _summary(replication, cohort)}


def _summary(replication: Replication, cohort: Ints) -> Iterator[tuple[str, str, float]]:
    """Give the measures of a cohort: times and costs of the delivered, quantiles of all.

    A stranded consignment takes longer than any that is delivered: a quantile that
    falls among them is infinite.
    """
    world, per_kg = replication.world, _per_kg(replication)
    hours, delivered = _hours(replication, cohort)
    yield "consignments", "consignments", float(len(cohort))
    yield "stranded", "consignments", float(len(cohort) - len(delivered))
    yield "weight", "t", float(world.size[cohort, 0].sum() / 1e6)
    held = _parcels(replication, cohort)
    if held is not None:
        yield "parcels", "parcels", float(held.sum())
    yield "door_to_door_time", "h", float(hours[np.isfinite(hours)].mean()) if len(delivered) else np.nan
    for suffix, q in QUANTILES.items():
        yield f"door_to_door_time_{suffix}", "h", _quantile(hours, q)
    yield from _promise(replication, cohort, hours)
    planned = replication.planned[cohort] >= 0
    if planned.any():
        for name, made in (
            ("departure_as_planned", replication.as_planned),
            ("departure_before_planned", replication.before_planned),
        ):
            yield name, "%", float(100 * made[cohort][planned].mean())
    kg = world.size[delivered, 0].sum() / 1e3
    for name in ("freight_cost", "logistics_cost"):
        total = getattr(replication.bill, name)[delivered].sum()
        yield name, per_kg, float(total / kg) if len(delivered) else np.nan
        arrived = _parcels(replication, delivered)
        if arrived is not None:
            unit = f"{replication.corridor.scenario.reporting_currency}/parcel"
            yield f"{name}_per_parcel", unit, float(total / arrived.sum()) if len(delivered) else np.nan
    yield from _customs(replication, cohort, delivered)
    for scope, emitted in replication.emissions.items():
        total = emitted[delivered].sum()
        if not np.isnan(emitted[cohort]).any():
            yield f"emissions_{scope}", PER_KG, float(total / kg) if len(delivered) else np.nan
    causes = replication.causes[delivered] / HOUR
    for k, cause in enumerate(CAUSES):
        yield f"time_{cause.replace('-', '_')}", "h", float(causes[:, k].mean()) if len(delivered) else np.nan


def _parcels(replication: Replication, cohort: Ints) -> Ints | None:
    """Give how many parcels each consignment of a cohort holds; None if some are of goods without parcels."""
    commodities = list(replication.corridor.scenario.commodities.values())
    found = replication.world.commodity[cohort]
    if any(commodities[k].parcel is None for k in np.unique(found)) or not any(c.parcel for c in commodities):
        return None
    return parcels(replication.world.size[cohort, 0], found, commodities)


def _promise(replication: Replication, cohort: Ints, hours: Floats) -> Iterator[tuple[str, str, float]]:
    """Give the share delivered within the time that their lane promises, of those to whom one does."""
    lanes = replication.corridor.scenario.lanes.values()
    promised = np.array([np.nan if lane.promise is None else lane.promise / HOUR for lane in lanes])
    mine = promised[replication.world.lane[cohort]]
    known = np.isfinite(mine)
    if known.any():
        yield "within_promise", "%", float(100 * (hours[known] <= mine[known]).mean())


def _customs(replication: Replication, cohort: Ints, delivered: Ints) -> Iterator[tuple[str, str, float]]:
    """Give what customs did to a cohort; nothing in a corridor without offices.

    A cohort that goes past all of them has no clearance times, but no inspection either, and no
    offence found: a route around customs must not look better for it.
    """
    clearance, corridor = replication.clearance, replication.corridor
    if not corridor.has_customs:
        return
    yield from clearance_times(clearance.hours, cohort)
    longest = clearance.longest_hours(cohort)
    cleared = longest[~np.isnan(longest)]
    if len(cleared):
        yield "cleared_within_24h", "%", float(100 * (cleared <= 24).mean())
    kg = replication.world.size[delivered, 0].sum() / 1e3
    cost = clearance.cost[delivered].sum()
    yield "customs_cost", _per_kg(replication), float(cost / kg) if len(delivered) else np.nan
    yield "officer_hours", "h", float(clearance.officer_hours[cohort].sum())
    yield "inspections", "inspections", float(clearance.inspections[cohort].sum())
    if any(tier.offences for tier in corridor.scenario.tiers.values()):
        offends = replication.world.offends[cohort]
        yield "offences", "consignments", float(offends.sum())
        yield "missed_offences", "consignments", float((offends & ~clearance.found[cohort]).sum())


def clearance_times(hours: Mapping[str, Floats], cohort: Ints) -> Iterator[tuple[str, str, float]]:
    """Give the clearance times of a cohort, (k,), from those of all consignments by procedure."""
    for procedure, every in hours.items():
        of_cohort = every[cohort][~np.isnan(every[cohort])]
        if not len(of_cohort):
            continue
        released = of_cohort[np.isfinite(of_cohort)]
        name = f"{CLEARANCE_TIME}{procedure}"
        yield name, "h", float(released.mean()) if len(released) else np.nan
        for suffix, q in QUANTILES.items():
            yield f"{name}_{suffix}", "h", _quantile(of_cohort, q)


def _per_kg(replication: Replication) -> str:
    return f"{replication.corridor.scenario.reporting_currency}/kg"


def _hours(replication: Replication, cohort: Ints) -> tuple[Floats, Ints]:
    """Give the door-to-door time of a cohort, infinite for the stranded, and who is delivered."""
    arrived = replication.delivered_us[cohort]
    hours = np.where(arrived != NEVER, (arrived - replication.world.entry_us[cohort]) / HOUR, np.inf)
    return hours, cohort[arrived != NEVER]


def _quantile(values: Floats, q: float) -> float:
    return _quantiles(values, np.array([q]))[0]


def _quantiles(values: Floats, q: Floats) -> list[float]:
    """Give quantiles, interpolated; infinite as soon as one of the two neighbours is."""
    places = q * (len(values) - 1)
    ordered = np.sort(values)
    low, high = ordered[np.floor(places).astype(np.int64)], ordered[np.ceil(places).astype(np.int64)]
    with np.errstate(invalid="ignore"):
        found = low + (high - low) * (places - np.floor(places))
    return [float(v) for v in np.where(np.isfinite(high), found, high)]


def _emissions(
    replication: Replication, route: int, delivered: Ints
) -> Iterator[tuple[tuple[int, str, str, float, str, str, str], float]]:
    """Give the emissions of each leg for each kg delivered, which went all of the way."""
    if not len(delivered):
        return
    for order, leg in enumerate(legs_of(replication.corridor, route)):
        for scope in leg.intensity:
            key = (order, leg.name, leg.mode, round(leg.km, 3), leg.factor, scope, PER_KG)
            yield key, leg.per_kg(scope)


def _costs(replication: Replication, route: int, cohort: Ints) -> Iterator[tuple[tuple[object, ...], float]]:
    """Give the mean of each cost line for each kg delivered."""
    billed, (_, delivered) = replication.bill.routes[route], _hours(replication, cohort)
    if not len(delivered):
        return
    kg = replication.world.size[delivered, 0].sum() / 1e3
    sums = billed.amounts[np.searchsorted(billed.consignments, delivered)].sum(axis=0)
    for order, (line, total) in enumerate(zip(billed.lines, sums, strict=True)):
        freight = "freight" if line.freight else "other"
        unit = _per_kg(replication)
        key = (order, line.leg, line.tariff, line.name, line.category, line.payer, freight, unit)
        yield key, float(total / kg)
