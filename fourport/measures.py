"""The registry of measures: one entry for each, with everything that other packages need to know about it.

A measure is one number about a cohort of consignments. Its entry holds its name, unit, title, kind, which
side is better, its definition, and the function that says what each consignment adds to it. Tables,
comparisons, published claims, charts and ``docs/measures.md`` read the registry. To add a measure, add an
entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import numpy as np

from fourport.causes import CAUSES
from fourport.measured import Measured, MeasuredEach, Values, known

if TYPE_CHECKING:  # Only for type checking: charts read titles from here and must not load a simulation.
    from fourport.plan.tables import Floats, Ints
    from fourport.study.cohort import Cohorts
    from fourport.study.replication import Replication
    from fourport.world.tables import Flags

Kind = Literal["mean", "share", "count", "quantile"]
Better = Literal["less", "more", ""]
Column: TypeAlias = "Callable[[Replication], Values | None]"

Function = TypeVar("Function", bound="Column")

QUANTILES: Mapping[str, float] = {"p50": 0.50, "p90": 0.90, "p95": 0.95}
"""Suffixes of the names of quantiles, and their probabilities."""

LOST = 0.1
"""Points more of undelivered consignments from which a policy or route dominates nothing."""

SOURCES: Mapping[str, str] = {
    "wco-trs": "WCO, Guide to Measure the Time Required for the Release of Goods, version 3 (2018)",
    "cargo-iq": "Cargo iQ: flown as planned",
    "glec": "GLEC Framework, version 3: scopes of greenhouse gases",
}
"""Texts that define measures."""


AT_RESOURCE: Mapping[str, str] = {
    "clearance": "clearance at the office of the {resource}",
    "visits": "waiting plus service at the {resource}",
    "wait": "waiting at the {resource}",
}
"""Times that only a capacity study measures, and how they are named."""


@dataclass(frozen=True)
class Measure:
    """A measure of a cohort of consignments.

    Attributes
    ----------
    name
        Name in the tables.
    unit
        Unit; ``{currency}`` stands for the reporting currency.
    title
        English title in charts and pages; charts translate it.
    kind
        Mean over consignments, their kilograms or parcels, share of consignments, count, or quantile. Over
        several replications a mean or share is that of all their kilograms, parcels or consignments.
    better
        Which side is better; "" if neither is.
    meaning
        Definition, in a sentence or two.
    first, last
        First and last milestone of a time; "" if the measure is not a time between milestones.
    source
        Key in :data:`SOURCES` of the text that defines it; "" if it is our own.
    column
        Function that returns the amount of each of the (n,) consignments of a replication; None if its
        scenario lacks the measure. The amounts of a cohort are added up for a count, and for a mean those of
        the delivered; the cohort lacks the measure if any amount is NaN.
        Of a time between milestones it is the time, infinite if the last milestone is not reached: the
        measure is the mean of the finite values, and its quantiles are those of all. Of a share it is whether
        the consignment counts. From both NaN leaves a consignment out.
    amounts_a_unit
        How many units of the column, such as grams, are one of the measure.
    """

    name: str
    unit: str
    title: str
    kind: Kind
    better: Better
    meaning: str
    first: str = ""
    last: str = ""
    source: str = ""
    column: Column | None = None
    amounts_a_unit: float = 1.0

    @property
    def has_quantiles(self) -> bool:
        """Whether it has quantiles."""
        return self.kind == "mean" and bool(self.first)

    @property
    def quantiles(self) -> Mapping[str, float]:
        """Names and probabilities of its quantiles; none if it has none."""
        return {f"{self.name}_{of}": q for of, q in QUANTILES.items()} if self.has_quantiles else {}

    @property
    def of_events(self) -> bool:
        """Whether it counts events, such as inspections, and not hours or tonnes."""
        return self.kind == "count" and self.unit in ("consignments", "inspections")

    @property
    def is_time(self) -> bool:
        """Whether it is a time of the goods."""
        return self.unit == "h" and self.kind in ("mean", "quantile")

    def sample_of(self, cohort: Cohorts) -> Floats | None:
        """Return the values of the consignments of one cohort, of a share 0 or 100 %; None without any."""
        column = None if self.column is None else self.column(cohort.replication)
        if column is None:
            return None
        values, _ = known(column[cohort.ids], cohort.first)
        if not len(values):
            return None
        return np.where(values, 100.0, 0.0) if self.kind == "share" else values.astype(np.float64, copy=False)

    def of(self, cohort: Cohorts) -> Measured | None:
        """Return the measure and its quantiles of one cohort; None if the cohort lacks this measure."""
        found = self.of_each(cohort)
        return found.of(0) if found else None

    def of_each(self, part: Cohorts) -> MeasuredEach | None:
        """Return the measure of some cohorts of a replication; None if its scenario lacks the measure."""
        column = None if self.column is None else self.column(part.replication)
        if column is None:
            return None
        if self.kind == "count":
            return MeasuredEach.of_sums(self.name, part.sums(column) / self.amounts_a_unit)
        if self.kind == "share" or self.has_quantiles:
            values, first = known(column[part.ids], part.first)
            if self.kind == "share":
                return MeasuredEach.of_shares(self.name, values, first, part.wanted)
            return MeasuredEach.of_times(self.name, values, first, QUANTILES, part.wanted)
        has_all = np.ones(len(part.sizes), dtype=np.bool_)
        if np.isnan(column).any():
            has_all = ~np.isnan(part.sums(column))
        return MeasuredEach.of_means(self.name, part.delivered.sums(column), self._over(part), has_all)

    def _over(self, part: Cohorts) -> Floats:
        """Return what means are over: delivered kilograms, parcels or consignments of each cohort."""
        if self.unit.endswith("/kg"):
            return part.kg
        if self.unit.endswith("/parcel"):
            held = part.replication.parcels
            assert held is not None, self.name
            return part.delivered.sums(held)
        return part.delivered.sizes.astype(np.float64)


MEASURES: dict[str, Measure] = {}
"""All measures by name, without quantiles, in the order of the tables."""


def add(measure: Measure) -> None:
    """Register a measure.

    Raises
    ------
    ValueError
        If a measure of this name exists, or if the source is unknown.
    """
    if measure.name in MEASURES:
        raise ValueError(f"there are two measures {measure.name!r}")
    if measure.source and measure.source not in SOURCES:
        raise ValueError(f"{measure.name}: {measure.source!r} is no source; allowed: {', '.join(SOURCES)}")
    MEASURES[measure.name] = measure


_QUANTILE = re.compile(r"(?:(.+)_)?p(\d\d)")


@cache
def quantile_of(name: str) -> tuple[str, float] | None:
    """Return the name of the mean that a quantile belongs to, and its probability; None for other names.

    ``door_to_door_time_p95`` belongs to ``door_to_door_time``, and ``p95`` alone to ``mean``.
    """
    found = _QUANTILE.fullmatch(name)
    return (found[1] or "mean", int(found[2]) / 100) if found else None


def find(name: str) -> Measure | None:
    """Return a measure, or a quantile of one, by name; None if there is no such measure."""
    if name in MEASURES:
        return MEASURES[name]
    base, q = quantile_of(name) or ("", 0.0)
    if q not in QUANTILES.values() or base not in MEASURES or not MEASURES[base].has_quantiles:
        return None
    return _quantile(MEASURES[base], name)


@cache
def _quantile(measure: Measure, name: str) -> Measure:
    return replace(measure, name=name, kind="quantile", column=None)


def title_of(name: str) -> str:
    """Return the English title of a measure or of one of its quantiles; its name if it has none."""
    found = find(name)
    if found is None:
        return name
    return f"{found.title} {name.rpartition('_')[2].upper()}" if found.kind == "quantile" else found.title


def title_of_measure(name: str) -> str:
    """Return the title of a measure or quantile as it stands within a sentence; the name if it has none."""
    return name if find(name) is None else uncapitalised(title_of(name))


def uncapitalised(title: str) -> str:
    """Return a title as it stands within a sentence: an abbreviation at its begin keeps its capitals."""
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def unit_of_difference(unit: str) -> str:
    """Return the unit of a difference of two values of a unit: that of two shares is in percentage points."""
    return "points" if unit == "%" else unit


def is_quantile(name: str) -> bool:
    """Return whether a name is that of a quantile; quantiles must not be averaged."""
    return quantile_of(name) is not None


def absent(name: str) -> float:
    """Return the value for a replication that lacks a measure: 0 for a count, otherwise NaN."""
    return 0.0 if name in MEASURES and MEASURES[name].kind == "count" else float("nan")


US_AN_HOUR = 3_600_000_000


def measured(
    name: str, unit: str, title: str, kind: Kind, better: Better, meaning: str, **more: Any
) -> Callable[[Function], Function]:
    """Register the decorated function as the one that gives the amount of each consignment."""

    def register(function: Function) -> Function:
        add(Measure(name, unit, title, kind, better, meaning, column=function, **more))
        return function

    return register


def measures_of(cohort: Cohorts, names: Iterable[str] = MEASURES) -> dict[str, float]:
    """Return measures of one cohort by name, by default all, including quantiles."""
    found = (MEASURES[name].of(cohort) for name in names)
    return {name: value for one in found if one is not None for name, value in one.values.items()}


# --------------------------------------------------------------------------------------- how many, how much


@measured(
    *("consignments", "consignments", "Consignments", "count", ""),
    "Consignments accepted within the window. They are the measured cohort.",
)
def _consignments(run: Replication) -> Flags:
    return np.ones(run.world.n, dtype=np.bool_)


@measured(
    *("undelivered", "consignments", "Undelivered consignments", "count", "less"),
    "Consignments of the cohort that are undelivered at the end of the run.",
)
def _undelivered(run: Replication) -> Flags:
    return np.isinf(run.hours)


@measured("weight", "t", "Weight", "count", "", "Gross weight of the cohort.", amounts_a_unit=1e6)
def _weight(run: Replication) -> Ints:
    return run.weight


@measured(
    *("parcels", "parcels", "Parcels", "count", ""),
    "Parcels of the cohort. Measured only if all its goods are manifests or bags of parcels.",
)
def _parcels(run: Replication) -> Floats | None:
    return run.parcels


# --------------------------------------------------------------------------------------- times and promises

add(
    Measure(
        *("door_to_door_time", "h", "Door-to-door time", "mean", "less"),
        "Time from acceptance to delivery. The mean is over delivered consignments; quantiles rank"
        " undelivered ones as slower than any delivered one.",
        first="acceptance",
        last="delivery",
        column=lambda run: run.hours,
    )
)


@measured(
    *("within_promise", "%", "Within the promised time", "share", "more"),
    "Share delivered within the promised time of their lane, among the consignments of lanes with a promised"
    " time. Undelivered consignments count as late.",
)
def _within_promise(run: Replication) -> Floats | None:
    lanes = run.corridor.scenario.lanes.values()
    if all(lane.promise is None for lane in lanes):
        return None
    promised = np.array([np.nan if lane.promise is None else lane.promise / US_AN_HOUR for lane in lanes])
    mine = promised[run.world.lane]
    return np.where(np.isnan(mine), np.nan, run.hours <= mine)


@measured(
    *("departure_as_planned", "%", "Caught the planned departure", "share", "more"),
    "Share that left on the departure planned at acceptance or on an earlier one. It is a departure of the"
    " last scheduled service on the route, or of the service that the route names.",
    source="cargo-iq",
)
def _as_planned(run: Replication) -> Floats:
    return np.where(run.planned >= 0, run.as_planned, np.nan)


@measured(
    *("departure_before_planned", "%", "Caught an earlier departure", "share", "more"),
    "Share that left on a departure earlier than the one planned at acceptance.",
)
def _before_planned(run: Replication) -> Floats:
    return np.where(run.planned >= 0, run.before_planned, np.nan)


# The plan moves with the policy; the stay at the hub is measured by the same clock under all.

add(
    Measure(
        *("hub_dwell_time", "h", "Time at the hub", "mean", "less"),
        "Time from arrival at the hub to departure from it. The hub is where the last scheduled service of"
        " the route departs, or the service that the route names. The mean is over consignments that left;"
        " quantiles rank those that did not as slower than any other.",
        first="arrival at the hub by the last leg before it, or acceptance there",
        last="departure from the hub",
        column=lambda run: run.hub.hours,
    )
)


@measured(
    *("left_hub_within_target", "%", "Left the hub within the target time", "share", "more"),
    "Share that left the hub within `hub_target` of the section `[planning]` (24 h if not given) after"
    " arrival there: the same yardstick under every policy. Consignments that did not come so far count as"
    " late. Measured only if the scenario has the section.",
)
def _left_hub_within_target(run: Replication) -> Floats | None:
    planning, hours = run.corridor.scenario.planning, run.hub.hours
    if planning is None:
        return None
    return np.where(np.isnan(hours), np.nan, hours <= planning.hub_target / US_AN_HOUR)


# ---------------------------------------------------------------------------------------------------- costs


@measured(
    *("freight_cost", "{currency}/kg", "Freight cost", "mean", "less"),
    "Transport and handling between the origin hub and the destination hub, per kg delivered.",
)
def _freight_cost(run: Replication) -> Floats:
    return run.invoice.freight_cost


@measured(
    *("freight_cost_per_parcel", "{currency}/parcel", "Freight cost of a parcel", "mean", "less"),
    "Freight cost per parcel delivered.",
)
def _freight_cost_per_parcel(run: Replication) -> Floats | None:
    return _of_parcels(run, run.invoice.freight_cost)


@measured(
    *("logistics_cost", "{currency}/kg", "Logistics cost", "mean", "less"),
    "All lines of the invoice from door to door, including the cost of time, per kg delivered. Insurance and"
    " duties are told beside, as charges on value.",
)
def _logistics_cost(run: Replication) -> Floats:
    return run.invoice.logistics_cost


@measured(
    *("logistics_cost_per_parcel", "{currency}/parcel", "Logistics cost of a parcel", "mean", "less"),
    "Logistics cost per parcel delivered.",
)
def _logistics_cost_per_parcel(run: Replication) -> Floats | None:
    return _of_parcels(run, run.invoice.logistics_cost)


@measured(
    *("charges_on_value", "{currency}/kg", "Charges on value", "mean", "less"),
    "Insurance, duties, taxes and fees (lines of the categories insurance and duty), per kg delivered. They"
    " are no part of the logistics cost. Measured only if a tariff has such a line.",
)
def _charges_on_value(run: Replication) -> Floats | None:
    return run.invoice.charges_on_value if run.corridor.scenario.has_charges_on_value else None


def _of_parcels(run: Replication, amounts: Floats) -> Floats | None:
    """Return amounts of the consignments of parcels; NaN of others."""
    return None if run.parcels is None else np.where(np.isnan(run.parcels), np.nan, amounts)


# -------------------------------------------------------------------------------------------------- customs
# A cohort that avoids all offices has no clearance times, and its inspections and what they find count as 0,
# so that a route around customs does not look better.

_ARRIVAL = "ARRI, ARR or GTIN at the office's facility, or CUSR of an earlier office there"
_FIRST = {
    "import": _ARRIVAL,
    "transit": _ARRIVAL,
    "export": "entry into the supervised area: GTIN or RCS at the end of a handling there; otherwise"
    f" {_ARRIVAL}, or acceptance",
}


def _clearance(procedure: str) -> Measure:
    return Measure(
        *(f"clearance_time_{procedure}", "h", f"{procedure.capitalize()} clearance", "mean", "less"),
        f"Time until customs releases the goods, summed over the {procedure} offices on the route. The mean"
        " is over released consignments; quantiles rank unreleased ones as slower than any released one.",
        first=_FIRST[procedure],
        last="CUSR",
        source="wco-trs",
        column=lambda run: run.clearance.hours[procedure] if run.corridor.has_customs else None,
    )


for _procedure in _FIRST:
    add(_clearance(_procedure))


@measured(
    *("cleared_within_24h", "%", "Cleared within 24 h", "share", "more"),
    "Share whose import and export clearance each took at most 24 h, among the consignments that pass an"
    " import or export office.",
    source="wco-trs",
)
def _cleared_within_24h(run: Replication) -> Floats | None:
    if not run.corridor.has_customs:
        return None
    longest = run.clearance.longest_hours
    return np.where(np.isnan(longest), np.nan, longest <= 24)


@measured(
    *("customs_cost", "{currency}/kg", "Customs cost", "mean", "less"),
    "Lines of the invoice in the category customs, per kg delivered.",
)
def _customs_cost(run: Replication) -> Floats | None:
    return run.clearance.cost if run.corridor.has_customs else None


@measured(
    *("officer_hours", "h", "Officers' hours of work", "count", "less"),
    "Hours of work that officers, scanners and bays spent on the cohort.",
)
def _officer_hours(run: Replication) -> Floats | None:
    return run.clearance.officer_hours if run.corridor.has_customs else None


@measured(
    *("inspections", "inspections", "Inspections", "count", "less"),
    "Inspections of the cohort at all offices, by scan or by opening; those of other agencies there, too.",
)
def _inspections(run: Replication) -> Ints | None:
    return run.clearance.inspections if run.corridor.has_customs else None


@measured(
    *("non_compliant", "consignments", "Non-compliant consignments", "count", ""),
    "Non-compliant consignments of the cohort. Measured only if a trader class has any.",
)
def _non_compliant(run: Replication) -> Flags | None:
    return run.world.non_compliant if _any_non_compliant(run) else None


@measured(
    *("undetected", "consignments", "Undetected non-compliance", "count", "less"),
    "Non-compliant consignments of the cohort that no office found, before their release or after.",
)
def _undetected(run: Replication) -> Flags | None:
    if not _any_non_compliant(run):
        return None
    return run.world.non_compliant & ~(run.clearance.found | run.clearance.found_late)


@measured(
    *("found_late", "consignments", "Non-compliance found after release", "count", "less"),
    "Non-compliant consignments of the cohort that an office found only after it had released them, by a late"
    " inspection or report. Measured only where an office, or a lever of the file, releases goods first.",
)
def _found_late(run: Replication) -> Flags | None:
    if not (run.corridor.releases_first and _any_non_compliant(run)):
        return None
    return run.world.non_compliant & run.clearance.found_late & ~run.clearance.found


def _any_non_compliant(run: Replication) -> bool:
    trader_classes = run.corridor.scenario.trader_classes.values()
    return run.corridor.has_customs and any(one.non_compliant for one in trader_classes)


# --------------------------------------------------------------------------- emissions, and where time goes


add(
    Measure(
        *("emissions_wtw", "kg CO2e/kg", "Emissions, well to wheel", "mean", "less"),
        "Greenhouse gases of transport per kg delivered, including the production of the fuel.",
        source="glec",
        column=lambda run: run.emissions.get("wtw"),
    )
)
add(
    Measure(
        *("emissions_ttw", "kg CO2e/kg", "Emissions, tank to wheel", "mean", "less"),
        "Greenhouse gases of transport per kg delivered, from burning the fuel alone.",
        source="glec",
        column=lambda run: run.emissions.get("ttw"),
    )
)


def _part(cause: int) -> Column:
    return lambda run: run.hours_by_cause[:, cause]


for _number, (_cause, (_title, _meaning)) in enumerate(CAUSES.items()):
    add(
        Measure(
            *(f"time_{_cause.replace('-', '_')}", "h", _title, "mean", "less"),
            f"Part of the door-to-door time of delivered consignments: {_meaning}.",
            column=_part(_number),
        )
    )

PARTS_OF_TIME = tuple(name for name in MEASURES if name.startswith("time_"))
"""Measures that add up to the mean door-to-door time."""

# A measure of the whole run, not of a cohort; it is added to the rows of all routes together.

add(
    Measure(
        *("staffed_hours", "h", "Staffed hours", "count", "less"),
        "Hours in the window during which people are on duty, with or without work, at the resources of all"
        " offices on routes. All lanes share them, so every lane shows the same total.",
    )
)
