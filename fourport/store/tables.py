"""The schema of every table of a run: its columns with type, unit and meaning.

These schemas are used to write and read tables and to describe them in ``datapackage.json``. To add a column,
add it here and fill it where its table is made. A CSV table is the class of its rows, which
:meth:`~fourport.store.folder.Run.rows` reads; the tables of single consignments are too large to be read so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from fourport.causes import CAUSES
from fourport.store.schema import Column, Schema, TableRow, Type

FINE_DIGITS = 12
"""Digits of single replications: enough for small differences, too few to show the order of summation."""

TOGETHER = "*"
"""Name for all lanes, routes of a lane, offices or stages together."""

OFFICE_SEPARATOR = " + "
"""Separator between the names of offices of one procedure that goods pass in sequence."""

SCOPES = {"wtw": "well to wheel", "ttw": "tank to wheel"}
"""Scopes of emissions."""

_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"


def _maybe(description: str, unit: str = "", **more: Any) -> Column:
    """Return a column of numbers that may be missing."""
    return Column(description, unit, missing=True, **more)


def _clock(description: str) -> Column:
    return Column(description, pattern=(_CLOCK, "a time of day, as 08:30"))


SCENARIO = Annotated[str, Column("name of the scenario")]
POLICY = Annotated[str, Column("policy under which it was run")]
LANE = Annotated[str, Column("lane; * for all together")]
ROUTE = Annotated[str, Column("route; * for all of the lane together")]
PLACE = Annotated[str, Column("facility")]
SERVICE = Annotated[str, Column("scheduled service")]
MODE = Annotated[str, Column("mode of transport")]
ORIGIN = Annotated[str, Column("facility of departure", name="from")]
DESTINATION = Annotated[str, Column("facility of arrival", name="to")]
KM = Annotated[float, Column("distance", "km")]
MEASURE = Annotated[str, Column("what is measured")]
UNIT = Annotated[str, Column("unit of the values")]
MEAN = Annotated[
    float,
    _maybe("mean, share or quantile of all replications together; count: mean over replications", "{unit}"),
]
LOW = Annotated[float, _maybe("lower end of its 95 % interval", "{unit}")]
HIGH = Annotated[float, _maybe("upper end of its 95 % interval", "{unit}")]
PLAIN_LOW = Annotated[float, _maybe("lower end of its 95 % interval")]
PLAIN_HIGH = Annotated[float, _maybe("upper end of its 95 % interval")]
RATIO = Annotated[float, _maybe("ratio, mean over replications")]
ORDER = Annotated[int, Column("position along the route, from 0")]
N = Annotated[int, Column("replications that have the value", "replications")]
CLAIM = Annotated[str, Column("name of the claim")]
INPUT = Annotated[str, Column("title of the input")]
KEYS = Annotated[str, Column("keys of the scenario")]
VALUE = Annotated[str, Column("value of the input")]
DOMINATED_BY = Annotated[str, Column("alternatives that dominate it, separated by spaces")]
VERDICT = Annotated[str, Column("holds, fails or undecided")]
SCOPE = Annotated[str, Column("; ".join(map(": ".join, SCOPES.items())))]
WEEKDAY = Annotated[
    str, Column("local day of the week", among=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
]


class UnderPolicy(TableRow):
    """Columns at the start of tables of a scenario under policies."""

    scenario: SCENARIO
    policy: POLICY


class OfRoute(UnderPolicy):
    """Columns at the start of tables of routes."""

    lane: LANE
    route: ROUTE


class Means(TableRow):
    """Columns at the end of tables of means: unit, value with interval, and number of replications."""

    unit: UNIT
    mean: MEAN
    low: LOW
    high: HIGH
    n: N


class Sourced(TableRow):
    """Columns at the end of tables of sourced numbers."""

    grade: Annotated[str, Column("how well the number is known: seed, published, derived or estimate")]
    source: Annotated[str, Column("title of the source")]
    address: Annotated[str, Column("web address or place of the source")]
    note: Annotated[str, Column("our note")]


class SummaryRow(OfRoute, Means, table="summary"):
    """Measures by policy, lane and route: mean over replications with its 95 % interval."""

    measure: MEASURE


class TogetherRow(SummaryRow, table="together"):
    """The measures of the summary over all routes of each lane together, and over all lanes."""


class CostRow(OfRoute, Means, table="costs"):
    """Cost lines by policy, lane and route, per kg delivered."""

    order: ORDER
    leg: Annotated[str, Column("leg or facility at which the line is charged")]
    tariff: Annotated[str, Column("tariff of the line")]
    line: Annotated[str, Column("name of the line")]
    category: Annotated[str, Column("kind of charge")]
    payer: Annotated[str, Column("who pays it")]
    scope: Annotated[str, Column("freight or on value if it is part of these costs, else other")]


class StopRow(OfRoute, Means, table="stops"):
    """Hours since acceptance, and cost so far, at each stop of each route."""

    order: ORDER
    place: PLACE
    event: Annotated[str, Column("enter, leave, arrive or deliver")]
    km: Annotated[float, Column("distance from the origin", "km")]
    measure: MEASURE


class LeadTimeRow(OfRoute, Means, table="lead-times"):
    """Door-to-door time within which each share of a route's consignments is delivered."""

    share: Annotated[int, Column("share of the consignments", "%")]


class ReplicationRow(TableRow, table="replications"):
    """The summary's measures of each replication, all lanes and routes together among them."""

    policy: POLICY
    replication: Annotated[int, Column("number of the replication, from 0")]
    lane: LANE
    route: ROUTE
    measure: MEASURE
    unit: UNIT
    value: Annotated[float, _maybe("value in the replication", "{unit}", digits=FINE_DIGITS, infinite=True)]
    over: Annotated[
        float,
        _maybe(
            "what a mean or share is over: delivered kg or parcels for a value per kg or parcel, otherwise "
            "consignments; empty for counts and quantiles",
            digits=FINE_DIGITS,
        ),
    ] = math.nan


class GroupRow(OfRoute, Means, table="groups"):
    """Measures of groups of consignments, by what tells them apart."""

    by: Annotated[str, Column("what the groups differ in, such as trader-class or weekday of acceptance")]
    group: Annotated[str, Column("name of the group")]
    measure: MEASURE


class DepartureRow(UnderPolicy, table="departures"):
    """Each scheduled departure of the window: capacity, load, and cargo that it left behind."""

    service: SERVICE
    mode: MODE
    origin: ORIGIN
    destination: DESTINATION
    day: Annotated[date, Column("planned day of departure, local", name="date")]
    weekday: WEEKDAY
    departs: Annotated[str, _clock("planned time of departure, local")]
    number: Annotated[str, Column("number of the flight, voyage or train; empty if it has none")] = ""
    cut_off_h: Annotated[float, Column("time from cut-off to departure", "h")]
    dimension: Annotated[
        str, Column("dimension that is filled most: weight, volume or containers; empty without limit")
    ]
    unit: UNIT
    capacity: Annotated[float, _maybe("capacity", "{unit}")]
    block: Annotated[float, _maybe("block space", "{unit}")]
    background: Annotated[float, _maybe("capacity taken by background cargo", "{unit}")]
    load: Annotated[float, _maybe("capacity taken by the modelled cargo", "{unit}")]
    load_t: Annotated[float, _maybe("weight carried", "t")]
    consignments: Annotated[float, _maybe("consignments carried", "consignments")]
    rolled_over: Annotated[
        float, _maybe("consignments rolled over: left behind for lack of capacity", "consignments")
    ]
    rolled_over_t: Annotated[float, _maybe("weight rolled over", "t")]
    held_back: Annotated[float, _maybe("consignments left behind by a cancelled departure", "consignments")]
    cancelled: Annotated[float, _maybe("share of replications in which it was cancelled", "%")]


class ArrivalRow(UnderPolicy, table="arrivals"):
    """When in the week consignments are ready for each scheduled service, by half hour."""

    service: SERVICE
    place: Annotated[str, Column("facility of departure")]
    weekday: WEEKDAY
    clock: Annotated[str, _clock("start of the half hour, local")]
    consignments: Annotated[
        float, _maybe("consignments ready in this half hour, over the whole window", "consignments")
    ]
    weight_t: Annotated[float, _maybe("weight of these consignments", "t")]
    taken: Annotated[float, Column("number of them taken by a departure", "consignments")]
    wait_h: Annotated[float, _maybe("mean time from readiness to that departure, as scheduled", "h")]


class HubArrivalRow(UnderPolicy, table="hub-arrivals"):
    """How long goods stay at the hub of each route, by the hour of the day at which they arrive there."""

    route: ROUTE
    place: Annotated[str, Column("facility where the last scheduled service of the route departs")]
    hour: Annotated[int, Column("hour of arrival, local", maximum=23)]
    consignments: Annotated[float, Column("consignments arriving in this hour of the window", "consignments")]
    left_within_target: Annotated[
        float, _maybe("share of them that left within the hub target of the scenario", "%")
    ]
    stay_h: Annotated[float, _maybe("mean time from arrival to departure of those that left", "h")]


class ResourceRow(UnderPolicy, table="resources"):
    """Utilisation of each resource by weekday and hour, in a mean week."""

    place: PLACE
    resource: Annotated[str, Column("resource of the facility")]
    weekday: WEEKDAY
    hour: Annotated[int, Column("hour of the day, local", maximum=23)]
    open_h: Annotated[float, Column("server-hours open", "h")]
    busy_h: Annotated[float, Column("server-hours busy", "h")]
    utilisation: Annotated[float, _maybe("busy as a share of open", "%")]


class LegRow(UnderPolicy, Means, table="legs"):
    """Consignments and weight that depart on each leg in the window."""

    leg: Annotated[str, Column("leg")]
    mode: MODE
    origin: ORIGIN
    destination: DESTINATION
    km: KM
    measure: MEASURE


class EmissionRow(OfRoute, Means, table="emissions"):
    """Greenhouse gas emissions of each leg, per kg delivered."""

    order: ORDER
    leg: Annotated[str, Column("leg")]
    mode: MODE
    km: KM
    factor: Annotated[str, Column("emission factor")]
    scope: SCOPE


class ClearanceStageRow(UnderPolicy, Means, table="clearance-stages"):
    """Clearance time by stage, for each lane, route, procedure and customs office."""

    lane: LANE
    route: ROUTE = TOGETHER
    procedure: Annotated[str, Column("import, export or transit")]
    office: Annotated[str, Column(f"customs office, several joined by {OFFICE_SEPARATOR!r}; * for all")]
    order: Annotated[int, Column("position of the stage, from 1; 0 for all")]
    stage: Annotated[str, Column("stage of the clearance; * for all")]
    measure: MEASURE


class PriceRow(UnderPolicy, Sourced, table="prices"):
    """Prices: every line of every tariff, and the rates of the cost of time."""

    tariff: Annotated[str, Column("tariff")]
    title: Annotated[str, Column("title of the tariff")]
    line: Annotated[str, Column("name of the line")]
    kind: Annotated[str, Column("rule by which it is charged")]
    category: Annotated[str, Column("kind of charge")]
    payer: Annotated[str, Column("who pays it")]
    currency: Annotated[str, Column("currency")]
    unit: Annotated[str, Column("unit of the prices")]
    prices: Annotated[str, Column("amounts, separated by semicolons")]
    valid_from: Annotated[str, Column("first day on which it is charged; empty if always")]
    valid_to: Annotated[str, Column("last day on which it is charged; empty if always")]
    otherwise: Annotated[str, Column("what applies on other days")]


class EmissionFactorRow(UnderPolicy, Sourced, table="emission-factors"):
    """The factors of emissions, with their sources."""

    factor: Annotated[str, Column("emission factor")]
    title: Annotated[str, Column("title of the factor")]
    scope: SCOPE
    value: Annotated[float, _maybe("value", "{unit}")]
    unit: UNIT


class PlaceRow(UnderPolicy, table="places"):
    """Title, kind, UN/LOCODE and position of each facility."""

    place: PLACE
    title: Annotated[str, Column("title")]
    kind: Annotated[str, Column("kind of facility")]
    unlocode: Annotated[str, Column("UN/LOCODE")]
    latitude: Annotated[float, Column("north of the equator", "degrees")]
    longitude: Annotated[float, Column("east of Greenwich", "degrees")]


class DifferenceRow(TableRow, table="comparison"):
    """Paired differences from the baseline, with 95 % intervals, adjusted p values and verdicts."""

    baseline: Annotated[str, Column("policy or route that the others are compared with")]
    policy: POLICY
    lane: LANE
    route: ROUTE
    measure: MEASURE
    unit: Annotated[str, Column("unit of the difference; that of two shares is in percentage points")]
    difference: Annotated[float, _maybe("mean paired difference over replications", "{unit}")]
    low: LOW
    high: HIGH
    p_adjusted: Annotated[float, _maybe("p value by sign flips, adjusted over its family by max-T")]
    margin: Annotated[float, _maybe("difference below which it does not matter", "{unit}")]
    verdict: Annotated[str, Column("better, worse, differs, small, lost, thin, undecided, same or unknown")]
    consignments: Annotated[
        float, _maybe("consignments delivered under both, of which a mean is; none for other measures")
    ]
    lost: Annotated[float, _maybe("undelivered share less that of the baseline", "points")]
    n: N


class PolicyRow(TableRow, table="policies"):
    """Every measure of each alternative, and the alternatives that dominate it."""

    policy: POLICY
    lane: LANE
    route: ROUTE
    measure: MEASURE
    unit: UNIT
    mean: MEAN
    low: LOW
    high: HIGH
    n: N
    dominated_by: DOMINATED_BY


class DetectionRow(TableRow, table="detection"):
    """Undetected share of non-compliant consignments, and clearance times, by policy and lane."""

    policy: POLICY
    lane: LANE
    measure: MEASURE
    time: Annotated[float, _maybe("clearance time, mean over replications", "{time_unit}")]
    time_low: Annotated[float, _maybe("lower end of its 95 % interval", "{time_unit}")]
    time_high: Annotated[float, _maybe("upper end of its 95 % interval", "{time_unit}")]
    time_unit: Annotated[str, Column("unit of the times")]
    undetected: Annotated[
        float, _maybe("undetected share of non-compliant consignments, mean over replications", "%")
    ]
    undetected_low: Annotated[float, _maybe("lower end of its 95 % interval", "%")]
    undetected_high: Annotated[float, _maybe("upper end of its 95 % interval", "%")]
    n: N
    dominated_by: DOMINATED_BY


class CapacityRow(TableRow, table="capacity"):
    """What is measured for a target, by number of servers of a resource."""

    servers: Annotated[int, Column("servers", "servers")]
    measure: MEASURE
    unit: UNIT
    value: Annotated[float, _maybe("measured value: over all replications together", "{unit}")]
    low: LOW
    high: HIGH
    n: N
    verdict: Annotated[str, Column("meets, misses or undecided")]
    counted: Annotated[float, _maybe("visits or consignments measured, mean over replications")]
    unfinished: Annotated[float, _maybe("of these not over at the end of the run, mean over replications")]


class CurveRow(TableRow, table="curves"):
    """Cost and time of each route along the axis of the curves."""

    lane: LANE
    route: ROUTE
    x: Annotated[float, _maybe("point on the axis", "{x_unit}")]
    x_unit: Annotated[str, Column("unit of the axis")]
    measure: MEASURE
    unit: UNIT
    mean: MEAN
    low: LOW
    high: HIGH


class BreakevenRow(TableRow, table="breakeven"):
    """Break-evens: points at which two routes cost the same."""

    lane: LANE
    over: Annotated[str, Column("axis of the curves")]
    measure: MEASURE
    route_a: Annotated[str, Column("one route")]
    route_b: Annotated[str, Column("the other route")]
    verdict: Annotated[str, Column("break-even, throughout, same, undecided or withheld")]
    x: Annotated[float, _maybe("break-even, mean over replications", "{x_unit}")]
    low: Annotated[float, _maybe("lower end of its 95 % interval", "{x_unit}")]
    high: Annotated[float, _maybe("upper end of its 95 % interval", "{x_unit}")]
    x_unit: Annotated[str, Column("unit of the axis")]
    range_low: Annotated[float, _maybe("low end of the axis", "{x_unit}")]
    range_high: Annotated[float, _maybe("high end of the axis", "{x_unit}")]
    cheaper_below: Annotated[str, Column("cheaper route below the break-even")]
    cheaper_above: Annotated[str, Column("cheaper route above the break-even")]
    n: N
    cost: Annotated[float, _maybe("cost at the break-even, in the reporting currency for each kg")] = math.nan


class RouteChoiceRow(TableRow, table="route-choice"):
    """The cheapest route by value and chargeable weight of the goods."""

    lane: LANE
    cell: Annotated[int, Column("number of the cell, from 0")]
    value_density: Annotated[float, Column("value of the goods", "{value_density_unit}")]
    value_density_unit: Annotated[str, Column("unit of the value")]
    weight: Annotated[float, Column("chargeable weight", "{weight_unit}")]
    weight_unit: Annotated[str, Column("unit of the weight")]
    cheapest: Annotated[str, Column("cheapest route")]
    runner_up: Annotated[str, Column("second cheapest route")]
    difference: Annotated[float, _maybe("cost of the second cheapest minus that of the cheapest", "{unit}")]
    low: LOW
    high: HIGH
    unit: UNIT
    decided: Annotated[str, Column("whether the cheapest is certain at 95 %: yes or no")]
    replications: Annotated[int, Column("replications on which it is judged", "replications")]
    not_ruled_out: Annotated[
        str, Column("routes than which no other is certain to be cheaper, separated by spaces")
    ] = ""
    modes: Annotated[str, Column("modes of transport of all of these, if they are the same")] = ""
    at_most: Annotated[float, _maybe("most of its cost that another route could save", "%")] = math.nan


class ClaimRow(TableRow, table="claims"):
    """Published claims, and the result of the model for each."""

    claim: CLAIM
    statement: Annotated[str, Column("what is claimed")]
    source: Annotated[str, Column("source of the claim")]
    kind: Annotated[str, Column("kind of claim")]
    measure: MEASURE
    value: Annotated[float, _maybe("value in the model", "{unit}")]
    low: LOW
    high: HIGH
    unit: UNIT
    accepted_low: Annotated[float, _maybe("lowest value that agrees with the claim", "{unit}")]
    accepted_high: Annotated[float, _maybe("highest value that agrees with the claim", "{unit}")]
    verdict: VERDICT
    n: N
    reason: Annotated[str, Column("why there is no value, or no interval; empty if there is one")] = ""


class ClaimRegionRow(TableRow, table="claim-regions"):
    """Ranges of a rate in which a claim holds, fails or is undecided."""

    claim: CLAIM
    rate: Annotated[str, Column("rate that is varied")]
    unit: UNIT
    verdict: VERDICT
    low: Annotated[float, _maybe("low end of the region", "{unit}")]
    high: Annotated[float, _maybe("high end of the region", "{unit}")]


class AttributionRow(TableRow, table="attribution"):
    """Contribution of each lever to the change of the claimed ratio (Shapley value)."""

    claim: CLAIM
    lever: Annotated[str, Column("lever; * for the whole")]
    change: Annotated[float, _maybe("change of the ratio")]
    low: PLAIN_LOW
    high: PLAIN_HIGH
    n: N


class ClaimInputRow(TableRow, table="claim-inputs"):
    """The claimed ratio with each unsourced input moved over its range."""

    claim: CLAIM
    input: INPUT
    keys: KEYS
    at: Annotated[str, Column("low, scenario or high")]
    value: VALUE
    ratio: RATIO
    low: PLAIN_LOW
    high: PLAIN_HIGH
    needed: Annotated[str, Column("value of the input that would give the claimed ratio")]
    n: N


class ClaimTogetherRow(TableRow, table="claim-together"):
    """The claimed ratio with several inputs moved in one run."""

    claim: CLAIM
    run: Annotated[int, Column("number of the run, from 1")]
    input: INPUT
    keys: KEYS
    value: VALUE
    ratio: RATIO
    low: PLAIN_LOW
    high: PLAIN_HIGH
    enough: Annotated[str, Column("whether the run reaches the claimed ratio: yes or no")]
    n: N


def _column(name: str, kind: Type, description: str, unit: str = "", **more: Any) -> Column:
    return Column(description, unit, name, kind, **more)


def _category(name: str, description: str) -> Column:
    return _column(name, "category", description)


_OPTIONAL: Mapping[str, Any] = {"missing": True, "optional": True}

_OF_A_REPLICATION = (
    _category("policy", UnderPolicy.columns["policy"].description),
    _column("replication", "int32", "number of the replication, from 0"),
    _column("consignment", "integer", "number of the consignment, from 0"),
)

_PARQUET = (
    Schema(
        "consignments",
        "Each consignment that was accepted within the window.",
        (
            *_OF_A_REPLICATION,
            _category("lane", "lane"),
            _category("route", "route"),
            _category("trader_class", "trader class"),
            _category("commodity", "commodity"),
            _column("entered", "datetime", "acceptance"),
            _column("delivered", "datetime", "delivery; none if undelivered", missing=True),
            _column("door_to_door_h", "number", "time from acceptance to delivery", "h", missing=True),
            _column("as_planned", "boolean", "whether it caught its planned departure", missing=True),
            _column("weight_kg", "number", "gross weight", "kg"),
            _column("volume_m3", "number", "volume", "m3"),
            _column("containers_teu", "number", "container space", "TEU"),
            _column("value", "number", "value of the goods, in the reporting currency"),
            _column("freight_cost", "number", "freight cost, in the reporting currency"),
            _column("logistics_cost", "number", "logistics cost, in the reporting currency"),
            _column("cost_lines", "numbers", "amounts of its cost lines, in the order of costs"),
            _column("parcels", "integer", "parcels; 1 for goods without parcels", optional=True),
            _column("customs_cost", "number", "customs cost, in the reporting currency", optional=True),
            _column("charges_on_value", "number", "in the reporting currency", optional=True),
            *(
                _column(
                    f"clearance_{name}_h",
                    "number",
                    f"{name} clearance; none if not released",
                    "h",
                    **_OPTIONAL,
                )
                for name in ("import", "transit", "export")
            ),
            _column("credit_grade", "string", "credit grade of the shipper", **_OPTIONAL),
            *(
                _column(f"emissions_{scope}_kg", "number", f"emissions, {what}", "kg CO2e", **_OPTIONAL)
                for scope, what in SCOPES.items()
            ),
            *(
                _column(f"time_{cause.replace('-', '_')}_h", "number", f"time: {meaning}", "h")
                for cause, (_, meaning) in CAUSES.items()
            ),
        ),
        parquet=True,
    ),
    Schema(
        "journeys",
        "Times of the steps of each consignment, from which curves and route-choice maps are priced.",
        (
            _column("entry_us", "integer", "acceptance", "us UTC"),
            _column("value", "number", "value of the goods, in the reporting currency"),
            *(
                _column(name, "int32", f"number of the {name} in the scenario, from 0")
                for name in ("lane", "route", "trader_class", "commodity")
            ),
            _column("credit", "int32", "number of the credit grade, -1 for none"),
            _column("weight_g", "integer", "gross weight", "g"),
            _column("volume_cm3", "integer", "volume", "cm3"),
            _column("containers_uteu", "integer", "container space", "millionth of a TEU"),
            _column("begin_us", "integers", "when each step begins", "us UTC"),
            _column("end_us", "integers", "when each step ends", "us UTC"),
            _column("departure_index", "int32s", "number of the departure of each step, -1 for none"),
            _column("part_step", "int32s", "step of each part of what went in parts, from 0; else empty"),
            _column("part_departure", "int32s", "number of the departure of each part"),
            _column("part_thousandths", "int32s", "each part, in thousandths of the consignment"),
        ),
        parquet=True,
    ),
    Schema(
        "milestones",
        "Every milestone of every consignment, with the cause of the time before it.",
        (
            *_OF_A_REPLICATION,
            _category("track", "goods or declaration"),
            _category("step", "step of the route"),
            _category("place", "facility"),
            _category("milestone", "code of the milestone"),
            _category("standard", "standard that defines the code"),
            _column("time", "datetime", "when it is reached"),
            _category("cause", "cause of the time since the milestone before"),
            _column("hours", "number", "time since the milestone before", "h"),
        ),
        parquet=True,
    ),
)

TABLES: Mapping[str, Schema] = {schema.name: schema for schema in (*TableRow.tables, *_PARQUET)}
"""All tables by name."""


def columns_of(file: str, header: Iterable[str]) -> list[Column]:
    """Return the columns of a CSV file by its name and header; unknown columns are text."""
    name, dot, kind = file.rpartition(".")
    schema = TABLES.get(name) if dot and kind == "csv" else None
    known = {} if schema is None or schema.parquet else schema.by_name
    return [known.get(column) or Column("", name=column) for column in header]
