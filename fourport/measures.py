"""The registry of measures: one entry for each, with everything that other packages need to know about it.

A measure is one number about a cohort of consignments. Its entry holds its name, unit, title, kind, which
side is better, its definition, and the function that computes it. Tables, comparisons, published claims,
charts and ``docs/measures.md`` read the registry. To add a measure, add an entry.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import numpy as np

from fourport.causes import CAUSES

if TYPE_CHECKING:  # Only for type checking: charts read titles from here and must not load a simulation.
    from fourport.plan.tables import Floats
    from fourport.study.cohort import Cohort
    from fourport.world.tables import Flags

Kind = Literal["mean", "share", "count", "quantile"]
Better = Literal["less", "more", ""]
Number: TypeAlias = "Callable[[Cohort], float | None]"
Sample: TypeAlias = "Callable[[Cohort], Floats | Flags | None]"

Function = TypeVar("Function", bound="Callable[..., object]")

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
    number
        Function that computes the measure; it returns None for a cohort without this measure.
    sample
        Used instead of ``number``. Of a time it returns the value of each consignment, infinite if its last
        milestone is not reached; the measure is the mean of the finite values, and its quantiles are those of
        all values. Of a share it returns whether each consignment counts.
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
    number: Number | None = None
    sample: Sample | None = None

    @property
    def has_quantiles(self) -> bool:
        """Whether it has quantiles."""
        return self.sample is not None and self.kind == "mean"

    @property
    def of_events(self) -> bool:
        """Whether it counts events, such as inspections, and not hours or tonnes."""
        return self.kind == "count" and self.unit in ("consignments", "inspections")

    @property
    def is_time(self) -> bool:
        """Whether it is a time of the goods."""
        return self.unit == "h" and self.kind in ("mean", "quantile")

    def sample_of(self, cohort: Cohort) -> Floats | None:
        """Return the values of the consignments, of a share 0 or 100 %; None if the cohort has none."""
        found = None if self.sample is None else self.sample(cohort)
        if found is None:
            return None
        return np.where(found, 100.0, 0.0) if self.kind == "share" else found.astype(np.float64, copy=False)

    def of(self, cohort: Cohort) -> Measured | None:
        """Return the measure and its quantiles of a cohort; None if the cohort lacks this measure."""
        sample = None if self.sample is None else self.sample(cohort)
        if sample is None:
            number = None if self.number is None else self.number(cohort)
            over = self._over(cohort) if self.kind == "mean" else NAN
            return None if number is None else Measured({self.name: number}, over)
        if self.has_quantiles:
            return Measured.of_times(self.name, sample.astype(np.float64, copy=False))
        return Measured.of_share(self.name, sample)

    def values(self, cohort: Cohort) -> Iterator[tuple[str, float]]:
        """Yield name and value of the measure and its quantiles; nothing if the cohort lacks this measure."""
        found = self.of(cohort)
        if found is not None:
            yield from found.values.items()

    def _over(self, cohort: Cohort) -> float:
        """Return what a mean without a sample is over: delivered kilograms, parcels or consignments."""
        if self.unit.endswith("/kg"):
            return cohort.kg
        if self.unit.endswith("/parcel"):
            held = cohort.parcels_of(cohort.delivered)
            return 0.0 if held is None else float(held.sum())
        return float(len(cohort.delivered))


@dataclass(frozen=True)
class Measured:
    """A measure of one cohort.

    Attributes
    ----------
    values
        Its value, and those of its quantiles, by name.
    over
        Number of kilograms, parcels or consignments that a mean or share is over; NaN for a count.
    ordered
        Values of the consignments in order, if the measure has them.
    """

    values: Mapping[str, float]
    over: float
    ordered: Floats | None = None

    @classmethod
    def of_times(cls, name: str, sample: Floats) -> Measured:
        """Return mean and quantiles of a sample, infinite where a consignment has not got so far."""
        ordered = np.sort(sample)
        return cls(dict(spread(name, sample, ordered)), float(finite(ordered)), ordered)

    @classmethod
    def of_share(cls, name: str, counts: Floats | Flags) -> Measured:
        """Return the share of those that count, %, with 0 and 100 % as the values of single ones."""
        n, hits = len(counts), int(np.count_nonzero(counts))
        return cls({name: 100.0 * hits / n}, float(n), np.repeat([0.0, 100.0], [n - hits, hits]))


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
    return replace(measure, name=name, kind="quantile", sample=None)


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


def spread(name: str, sample: Floats, ordered: Floats) -> Iterator[tuple[str, float]]:
    """Yield the mean of the finite values of a sample and the quantiles of all values, by name.

    Parameters
    ----------
    ordered
        The sample in order.
    """
    n = finite(ordered)
    known = sample if n == len(sample) else sample[np.isfinite(sample)]
    yield name, float(known.mean()) if n else float("nan")
    for suffix, value in zip(QUANTILES, quantiles(ordered, QUANTILES.values()), strict=True):
        yield f"{name}_{suffix}", value


def finite(ordered: Floats) -> int:
    """Return how many of some values in order, none of them NaN, are not infinite."""
    return int(np.searchsorted(ordered, np.inf))


def quantiles(ordered: Floats, q: Iterable[float]) -> list[float]:
    """Return interpolated quantiles of values in order; infinite if a neighbouring value is infinite."""
    found = []
    for one in q:
        place = one * (len(ordered) - 1)
        below = math.floor(place)
        low, high = float(ordered[below]), float(ordered[math.ceil(place)])
        found.append(low + (high - low) * (place - below) if math.isfinite(high) else high)
    return found


NAN = float("nan")
US_AN_HOUR = 3_600_000_000


def measured(
    name: str, unit: str, title: str, kind: Kind, better: Better, meaning: str, **more: Any
) -> Callable[[Function], Function]:
    """Register the decorated function as the one that computes a measure.

    It returns the number, or of a share whether each consignment counts.
    """

    def register(function: Function) -> Function:
        computes: dict[str, Any] = {"sample" if kind == "share" else "number": function}
        add(Measure(name, unit, title, kind, better, meaning, **computes, **more))
        return function

    return register


def measures_of(cohort: Cohort, names: Iterable[str] = MEASURES) -> dict[str, float]:
    """Return measures of a cohort by name, by default all, including quantiles."""
    return {name: value for one in names for name, value in MEASURES[one].values(cohort)}


# --------------------------------------------------------------------------------------- how many, how much


@measured(
    *("consignments", "consignments", "Consignments", "count", ""),
    "Consignments accepted within the window. They are the measured cohort.",
)
def _consignments(cohort: Cohort) -> float:
    return float(len(cohort.ids))


@measured(
    *("undelivered", "consignments", "Undelivered consignments", "count", "less"),
    "Consignments of the cohort that are undelivered at the end of the run.",
)
def _undelivered(cohort: Cohort) -> float:
    return float(len(cohort.ids) - len(cohort.delivered))


@measured("weight", "t", "Weight", "count", "", "Gross weight of the cohort.")
def _weight(cohort: Cohort) -> float:
    return float(cohort.replication.weight[cohort.ids].sum() / 1e6)


@measured(
    *("parcels", "parcels", "Parcels", "count", ""),
    "Parcels of the cohort. Measured only if all its goods are manifests or bags of parcels.",
)
def _parcels(cohort: Cohort) -> float | None:
    held = cohort.parcels_of(cohort.ids)
    return None if held is None else float(held.sum())


# --------------------------------------------------------------------------------------- times and promises

add(
    Measure(
        *("door_to_door_time", "h", "Door-to-door time", "mean", "less"),
        "Time from acceptance to delivery. The mean is over delivered consignments; quantiles rank"
        " undelivered ones as slower than any delivered one.",
        first="acceptance",
        last="delivery",
        sample=lambda cohort: cohort.hours,
    )
)


@measured(
    *("within_promise", "%", "Within the promised time", "share", "more"),
    "Share delivered within the promised time of their lane, among the consignments of lanes with a promised"
    " time. Undelivered consignments count as late.",
)
def _within_promise(cohort: Cohort) -> Flags | None:
    lanes = cohort.replication.corridor.scenario.lanes.values()
    promised = np.array([np.nan if lane.promise is None else lane.promise / US_AN_HOUR for lane in lanes])
    mine = promised[cohort.replication.world.lane[cohort.ids]]
    known = np.isfinite(mine)
    return cohort.hours[known] <= mine[known] if known.any() else None


@measured(
    *("departure_as_planned", "%", "Caught the planned departure", "share", "more"),
    "Share that left on the departure planned at acceptance or on an earlier one. It is a departure of the"
    " last scheduled service on the route, or of the service that the route names.",
    source="cargo-iq",
)
def _as_planned(cohort: Cohort) -> Flags | None:
    return _of_the_planned(cohort, cohort.replication.as_planned)


@measured(
    *("departure_before_planned", "%", "Caught an earlier departure", "share", "more"),
    "Share that left on a departure earlier than the one planned at acceptance.",
)
def _before_planned(cohort: Cohort) -> Flags | None:
    return _of_the_planned(cohort, cohort.replication.before_planned)


# The plan moves with the policy; the stay at the hub is measured by the same clock under all.

add(
    Measure(
        *("hub_dwell_time", "h", "Time at the hub", "mean", "less"),
        "Time from arrival at the hub to departure from it. The hub is where the last scheduled service of"
        " the route departs, or the service that the route names. The mean is over consignments that left;"
        " quantiles rank those that did not as slower than any other.",
        first="arrival at the hub by the last leg before it, or acceptance there",
        last="departure from the hub",
        sample=lambda cohort: cohort.hub_hours,
    )
)


@measured(
    *("left_hub_within_target", "%", "Left the hub within the target time", "share", "more"),
    "Share that left the hub within `hub_target` of the section `[planning]` (24 h if not given) after"
    " arrival there: the same yardstick under every policy. Consignments that did not come so far count as"
    " late. Measured only if the scenario has the section.",
)
def _left_hub_within_target(cohort: Cohort) -> Flags | None:
    planning, hours = cohort.replication.corridor.scenario.planning, cohort.hub_hours
    return None if planning is None or hours is None else hours <= planning.hub_target / US_AN_HOUR


def _of_the_planned(cohort: Cohort, made: Flags) -> Flags | None:
    planned = cohort.replication.planned[cohort.ids] >= 0
    return made[cohort.ids][planned] if planned.any() else None


# ---------------------------------------------------------------------------------------------------- costs


@measured(
    *("freight_cost", "{currency}/kg", "Freight cost", "mean", "less"),
    "Transport and handling between the origin hub and the destination hub, per kg delivered.",
)
def _freight_cost(cohort: Cohort) -> float:
    return cohort.per_kg_delivered(cohort.replication.invoice.freight_cost)


@measured(
    *("freight_cost_per_parcel", "{currency}/parcel", "Freight cost of a parcel", "mean", "less"),
    "Freight cost per parcel delivered.",
)
def _freight_cost_per_parcel(cohort: Cohort) -> float | None:
    return _a_parcel(cohort, cohort.replication.invoice.freight_cost)


@measured(
    *("logistics_cost", "{currency}/kg", "Logistics cost", "mean", "less"),
    "All lines of the invoice from door to door, including the cost of time, per kg delivered. Insurance and"
    " duties are told beside, as charges on value.",
)
def _logistics_cost(cohort: Cohort) -> float:
    return cohort.per_kg_delivered(cohort.replication.invoice.logistics_cost)


@measured(
    *("logistics_cost_per_parcel", "{currency}/parcel", "Logistics cost of a parcel", "mean", "less"),
    "Logistics cost per parcel delivered.",
)
def _logistics_cost_per_parcel(cohort: Cohort) -> float | None:
    return _a_parcel(cohort, cohort.replication.invoice.logistics_cost)


@measured(
    *("charges_on_value", "{currency}/kg", "Charges on value", "mean", "less"),
    "Insurance, duties, taxes and fees (lines of the categories insurance and duty), per kg delivered. They"
    " are no part of the logistics cost. Measured only if a tariff has such a line.",
)
def _charges_on_value(cohort: Cohort) -> float | None:
    replication = cohort.replication
    if not replication.corridor.scenario.has_charges_on_value:
        return None
    return cohort.per_kg_delivered(replication.invoice.charges_on_value)


def _a_parcel(cohort: Cohort, amounts: Floats) -> float | None:
    held = cohort.parcels_of(cohort.delivered)
    if held is None:
        return None
    return float(amounts[cohort.delivered].sum() / held.sum()) if len(held) else NAN


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
    def sample(cohort: Cohort) -> Floats | None:
        return (
            cleared(cohort.replication.clearance.hours[procedure][cohort.ids]) if _customs(cohort) else None
        )

    return Measure(
        *(f"clearance_time_{procedure}", "h", f"{procedure.capitalize()} clearance", "mean", "less"),
        f"Time until customs releases the goods, summed over the {procedure} offices on the route. The mean"
        " is over released consignments; quantiles rank unreleased ones as slower than any released one.",
        first=_FIRST[procedure],
        last="CUSR",
        source="wco-trs",
        sample=sample,
    )


def _customs(cohort: Cohort) -> bool:
    return cohort.replication.corridor.has_customs


def cleared(hours: Floats) -> Floats | None:
    """Return the clearance times of consignments that pass an office of a procedure; None if none does."""
    found = hours[~np.isnan(hours)]
    return found if len(found) else None


for _procedure in _FIRST:
    add(_clearance(_procedure))


@measured(
    *("cleared_within_24h", "%", "Cleared within 24 h", "share", "more"),
    "Share whose import and export clearance each took at most 24 h, among the consignments that pass an"
    " import or export office.",
    source="wco-trs",
)
def _cleared_within_24h(cohort: Cohort) -> Flags | None:
    longest = cleared(cohort.replication.clearance.longest_hours(cohort.ids)) if _customs(cohort) else None
    return None if longest is None else longest <= 24


@measured(
    *("customs_cost", "{currency}/kg", "Customs cost", "mean", "less"),
    "Lines of the invoice in the category customs, per kg delivered.",
)
def _customs_cost(cohort: Cohort) -> float | None:
    return cohort.per_kg_delivered(cohort.replication.clearance.cost) if _customs(cohort) else None


@measured(
    *("officer_hours", "h", "Officers' hours of work", "count", "less"),
    "Hours of work that officers, scanners and bays spent on the cohort.",
)
def _officer_hours(cohort: Cohort) -> float | None:
    return float(cohort.replication.clearance.officer_hours[cohort.ids].sum()) if _customs(cohort) else None


@measured(
    *("inspections", "inspections", "Inspections", "count", "less"),
    "Inspections of the cohort at all offices, by scan or by opening; those of other agencies there, too.",
)
def _inspections(cohort: Cohort) -> float | None:
    return float(cohort.replication.clearance.inspections[cohort.ids].sum()) if _customs(cohort) else None


@measured(
    *("non_compliant", "consignments", "Non-compliant consignments", "count", ""),
    "Non-compliant consignments of the cohort. Measured only if a trader class has any.",
)
def _non_compliant(cohort: Cohort) -> float | None:
    return (
        float(cohort.replication.world.non_compliant[cohort.ids].sum())
        if _any_non_compliant(cohort)
        else None
    )


@measured(
    *("undetected", "consignments", "Undetected non-compliance", "count", "less"),
    "Non-compliant consignments of the cohort that no office found, before their release or after.",
)
def _undetected(cohort: Cohort) -> float | None:
    if not _any_non_compliant(cohort):
        return None
    run = cohort.replication
    found = run.clearance.found[cohort.ids] | run.clearance.found_late[cohort.ids]
    return float((run.world.non_compliant[cohort.ids] & ~found).sum())


@measured(
    *("found_late", "consignments", "Non-compliance found after release", "count", "less"),
    "Non-compliant consignments of the cohort that an office found only after it had released them, by a late"
    " inspection or report. Measured only where an office, or a lever of the file, releases goods first.",
)
def _found_late(cohort: Cohort) -> float | None:
    run = cohort.replication
    if not (run.corridor.releases_first and _any_non_compliant(cohort)):
        return None
    late = run.clearance.found_late[cohort.ids] & ~run.clearance.found[cohort.ids]
    return float((run.world.non_compliant[cohort.ids] & late).sum())


def _any_non_compliant(cohort: Cohort) -> bool:
    trader_classes = cohort.replication.corridor.scenario.trader_classes.values()
    return _customs(cohort) and any(trader_class.non_compliant for trader_class in trader_classes)


# --------------------------------------------------------------------------- emissions, and where time goes


def _emissions(scope: Literal["wtw", "ttw"]) -> Number:
    def number(cohort: Cohort) -> float | None:
        emitted = cohort.replication.emissions.get(scope)
        if emitted is None or np.isnan(emitted[cohort.ids]).any():
            return None
        return cohort.per_kg_delivered(emitted)

    return number


add(
    Measure(
        *("emissions_wtw", "kg CO2e/kg", "Emissions, well to wheel", "mean", "less"),
        "Greenhouse gases of transport per kg delivered, including the production of the fuel.",
        source="glec",
        number=_emissions("wtw"),
    )
)
add(
    Measure(
        *("emissions_ttw", "kg CO2e/kg", "Emissions, tank to wheel", "mean", "less"),
        "Greenhouse gases of transport per kg delivered, from burning the fuel alone.",
        source="glec",
        number=_emissions("ttw"),
    )
)


def _part(cause: str) -> Number:
    return lambda cohort: cohort.mean_hours(cause)


for _cause, (_title, _meaning) in CAUSES.items():
    add(
        Measure(
            *(f"time_{_cause.replace('-', '_')}", "h", _title, "mean", "less"),
            f"Part of the door-to-door time of delivered consignments: {_meaning}.",
            number=_part(_cause),
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
