"""The schema of every table of a run: its columns with type, unit and meaning.

These schemas are used to write and read tables and to describe them in ``datapackage.json``. To add a column,
add it here and fill it where its table is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fourport.causes import CAUSES
from fourport.store.schema import Column, Schema

FINE_DIGITS = 12
"""Digits of single replications: enough for small differences, too few to show the order of summation."""

OFFICE_SEPARATOR = " + "
"""Separator between the names of offices of one procedure that goods pass in sequence."""

_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"


def _text(name: str, description: str, **more: Any) -> Column:
    return Column(name, "string", description, **more)


def _count(name: str, description: str, unit: str = "", **more: Any) -> Column:
    return Column(name, "integer", description, unit, **more)


def _number(name: str, description: str, unit: str = "", **more: Any) -> Column:
    """Return a column of numbers that may be missing."""
    return Column(name, "number", description, unit, missing=True, **more)


def _measured(name: str, description: str, unit: str = "") -> Column:
    """Return a column of numbers that are never missing."""
    return Column(name, "number", description, unit)


SCOPES = {"wtw": "well to wheel", "ttw": "tank to wheel"}
"""Scopes of emissions."""

SCENARIO = _text("scenario", "name of the scenario")
POLICY = _text("policy", "policy under which it was run")
LANE = _text("lane", "lane; * for all together")
ROUTE = _text("route", "route; * for all of the lane together")
PLACE = _text("place", "facility")
SERVICE = _text("service", "scheduled service")
MODE = _text("mode", "mode of transport")
ORIGIN = _text("from", "facility of departure")
DESTINATION = _text("to", "facility of arrival")
KM = _measured("km", "distance", "km")
MEASURE = _text("measure", "what is measured")
UNIT = _text("unit", "unit of the values")
ORDER = _count("order", "position along the route, from 0")
N = _count("n", "replications that have the value", "replications")
GRADE = _text("grade", "how well the number is known: seed, published, derived or estimate")
SOURCE = _text("source", "title of the source")
ADDRESS = _text("address", "web address or place of the source")
NOTE = _text("note", "our note")
CLAIM = _text("claim", "name of the claim")
DOMINATED_BY = _text("dominated_by", "alternatives that dominate it, separated by spaces")
VERDICT = _text("verdict", "holds, fails or undecided")
WEEKDAY = _text("weekday", "local day of the week", among=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))

WHERE = (SCENARIO, POLICY, LANE, ROUTE)


def _interval(
    unit: str = "{unit}", mean: str = "mean", what: str = "mean over replications"
) -> tuple[Column, ...]:
    """Return the columns of a value with its 95 % interval."""
    low = _number("low", "lower end of its 95 % interval", unit)
    return (
        _number(mean, what, unit),
        low,
        replace(low, name="high", description="upper end of its 95 % interval"),
    )


MEANS = (UNIT, *_interval(), N)
"""Unit, value with interval, and number of replications."""


def _clock(name: str, description: str) -> Column:
    return _text(name, description, pattern=(_CLOCK, "a time of day, as 08:30"))


_CSV = (
    Schema(
        "summary",
        "Measures by policy, lane and route: mean over replications with its 95 % interval.",
        (*WHERE, MEASURE, *MEANS),
    ),
    Schema(
        "costs",
        "Cost lines by policy, lane and route, per kg delivered.",
        (
            *(*WHERE, ORDER),
            _text("leg", "leg or facility at which the line is charged"),
            _text("tariff", "tariff of the line"),
            _text("line", "name of the line"),
            _text("category", "kind of charge"),
            _text("payer", "who pays it"),
            _text("scope", "freight if it is part of the freight cost, else other"),
            *MEANS,
        ),
    ),
    Schema(
        "stops",
        "Hours since acceptance, and cost so far, at each stop of each route.",
        (
            *(*WHERE, ORDER, PLACE),
            _text("event", "enter, leave, arrive or deliver"),
            replace(KM, description="distance from the origin"),
            *(MEASURE, *MEANS),
        ),
    ),
    Schema(
        "lead-times",
        "Door-to-door time within which each share of a route's consignments is delivered.",
        (*WHERE, _count("share", "share of the consignments", "%"), *MEANS),
    ),
    Schema(
        "replications",
        "The summary's measures of each replication, all lanes and routes together among them.",
        (
            *(POLICY, _count("replication", "number of the replication, from 0"), LANE, ROUTE, MEASURE, UNIT),
            _number("value", "value in the replication", "{unit}", digits=FINE_DIGITS, infinite=True),
        ),
    ),
    Schema(
        "departures",
        "Each scheduled departure of the window: capacity, load, and cargo that it left behind.",
        (
            *(SCENARIO, POLICY, SERVICE, MODE, ORIGIN, DESTINATION),
            Column("date", "date", "planned day of departure, local"),
            WEEKDAY,
            _clock("departs", "planned time of departure, local"),
            _measured("cut_off_h", "time from cut-off to departure", "h"),
            _text(
                "dimension",
                "dimension that is filled most: weight, volume or containers; empty without limit",
            ),
            UNIT,
            _number("capacity", "capacity", "{unit}"),
            _number("block", "block space", "{unit}"),
            _number("background", "capacity taken by background cargo", "{unit}"),
            _number("load", "capacity taken by the modelled cargo", "{unit}"),
            _number("load_t", "weight carried", "t"),
            _number("consignments", "consignments carried", "consignments"),
            _number(
                "rolled_over", "consignments rolled over: left behind for lack of capacity", "consignments"
            ),
            _number("rolled_over_t", "weight rolled over", "t"),
            _number("held_back", "consignments left behind by a cancelled departure", "consignments"),
            _number("cancelled", "share of replications in which it was cancelled", "%"),
        ),
    ),
    Schema(
        "arrivals",
        "When in the week consignments are ready for each scheduled service, by half hour.",
        (
            *(SCENARIO, POLICY, SERVICE, replace(PLACE, description="facility of departure"), WEEKDAY),
            _clock("clock", "start of the half hour, local"),
            _number(
                "consignments", "consignments ready in this half hour, over the whole window", "consignments"
            ),
            _number("weight_t", "weight of these consignments", "t"),
            _measured("taken", "number of them taken by a departure", "consignments"),
            _number("wait_h", "mean time from readiness to that departure, as scheduled", "h"),
        ),
    ),
    Schema(
        "resources",
        "Utilisation of each resource by weekday and hour, in a mean week.",
        (
            *(SCENARIO, POLICY, PLACE, _text("resource", "resource of the facility"), WEEKDAY),
            _count("hour", "hour of the day, local", maximum=23),
            _measured("open_h", "server-hours open", "h"),
            _measured("busy_h", "server-hours busy", "h"),
            _number("utilisation", "busy as a share of open", "%"),
        ),
    ),
    Schema(
        "legs",
        "Consignments and weight that depart on each leg in the window.",
        (
            *(SCENARIO, POLICY, _text("leg", "leg"), MODE, ORIGIN, DESTINATION, KM),
            *(MEASURE, *MEANS),
        ),
    ),
    Schema(
        "emissions",
        "Greenhouse gas emissions of each leg, per kg delivered.",
        (
            *(*WHERE, ORDER, _text("leg", "leg"), MODE, KM),
            _text("factor", "emission factor"),
            _text("scope", "; ".join(map(": ".join, SCOPES.items()))),
            *MEANS,
        ),
    ),
    Schema(
        "clearance-stages",
        "Clearance time by stage, for each lane, route, procedure and customs office.",
        (
            *(*WHERE, _text("procedure", "import, export or transit")),
            _text("office", f"customs office, several joined by {OFFICE_SEPARATOR!r}; * for all"),
            replace(ORDER, description="position of the stage, from 1; 0 for all"),
            _text("stage", "stage of the clearance; * for all"),
            MEASURE,
            *MEANS,
        ),
    ),
    Schema(
        "prices",
        "Prices: every line of every tariff, and the rates of the cost of time.",
        (
            *(SCENARIO, POLICY, _text("tariff", "tariff"), _text("title", "title of the tariff")),
            _text("line", "name of the line"),
            _text("kind", "rule by which it is charged"),
            _text("category", "kind of charge"),
            _text("payer", "who pays it"),
            _text("currency", "currency"),
            _text("unit", "unit of the prices"),
            _text("prices", "amounts, separated by semicolons"),
            _text("valid_from", "first day on which it is charged; empty if always"),
            _text("valid_to", "last day on which it is charged; empty if always"),
            _text("otherwise", "what applies on other days"),
            *(GRADE, SOURCE, ADDRESS, NOTE),
        ),
    ),
    Schema(
        "emission-factors",
        "The factors of emissions, with their sources.",
        (
            *(SCENARIO, POLICY, _text("factor", "emission factor"), _text("title", "title of the factor")),
            _text("scope", "; ".join(map(": ".join, SCOPES.items()))),
            *(_number("value", "value", "{unit}"), UNIT, GRADE, SOURCE, ADDRESS, NOTE),
        ),
    ),
    Schema(
        "places",
        "Title, kind, UN/LOCODE and position of each facility.",
        (
            *(SCENARIO, PLACE, _text("title", "title"), _text("kind", "kind of facility")),
            _text("unlocode", "UN/LOCODE"),
            _measured("latitude", "north of the equator", "degrees"),
            _measured("longitude", "east of Greenwich", "degrees"),
        ),
    ),
    Schema(
        "comparison",
        "Paired differences from the baseline, with 95 % intervals and adjusted p values.",
        (
            *(
                _text("baseline", "policy or route that the others are compared with"),
                POLICY,
                LANE,
                ROUTE,
                MEASURE,
                UNIT,
            ),
            *_interval(mean="difference", what="mean paired difference over replications"),
            _number("p_holm", "p value adjusted by Holm's method; none if not tested"),
            N,
        ),
    ),
    Schema(
        "policies",
        "Every measure of each alternative, and the alternatives that dominate it.",
        (POLICY, LANE, ROUTE, MEASURE, *MEANS, DOMINATED_BY),
    ),
    Schema(
        "detection",
        "Undetected share of non-compliant consignments, and clearance times, by policy and lane.",
        (
            *(POLICY, LANE, MEASURE),
            _number("time", "clearance time, mean over replications", "{time_unit}"),
            _number("time_low", "lower end of its 95 % interval", "{time_unit}"),
            _number("time_high", "upper end of its 95 % interval", "{time_unit}"),
            _text("time_unit", "unit of the times"),
            _number(
                "undetected", "undetected share of non-compliant consignments, mean over replications", "%"
            ),
            _number("undetected_low", "lower end of its 95 % interval", "%"),
            _number("undetected_high", "upper end of its 95 % interval", "%"),
            *(N, DOMINATED_BY),
        ),
    ),
    Schema(
        "capacity",
        "Share within the target by number of servers of a resource.",
        (
            *(_count("servers", "servers", "servers"), MEASURE, UNIT),
            *_interval(mean="share", what="share within the target, mean over replications"),
            *(N, replace(VERDICT, description="meets, misses or undecided")),
            _number("visits", "visits, mean over replications", "visits"),
            _number("unfinished", "visits not over at the end of the run, mean over replications", "visits"),
        ),
    ),
    Schema(
        "curves",
        "Cost and time of each route along the axis of the curves.",
        (
            *(
                LANE,
                ROUTE,
                _number("x", "point on the axis", "{x_unit}"),
                _text("x_unit", "unit of the axis"),
            ),
            *(MEASURE, UNIT, *_interval()),
        ),
    ),
    Schema(
        "breakeven",
        "Break-evens: points at which two routes cost the same.",
        (
            *(LANE, _text("over", "axis of the curves"), MEASURE),
            _text("route_a", "one route"),
            _text("route_b", "the other route"),
            replace(VERDICT, description="break-even, throughout, same or undecided"),
            *_interval("{x_unit}", mean="x", what="break-even, mean over replications"),
            _text("x_unit", "unit of the axis"),
            _number("range_low", "low end of the axis", "{x_unit}"),
            _number("range_high", "high end of the axis", "{x_unit}"),
            _text("cheaper_below", "cheaper route below the break-even"),
            _text("cheaper_above", "cheaper route above the break-even"),
            N,
            _number("cost", "cost at the break-even, in the reporting currency for each kg"),
        ),
    ),
    Schema(
        "route-choice",
        "The cheapest route by value and chargeable weight of the goods.",
        (
            *(LANE, _count("cell", "number of the cell, from 0")),
            _measured("value_density", "value of the goods", "{value_density_unit}"),
            _text("value_density_unit", "unit of the value"),
            _measured("weight", "chargeable weight", "{weight_unit}"),
            _text("weight_unit", "unit of the weight"),
            _text("cheapest", "cheapest route"),
            _text("runner_up", "second cheapest route"),
            *_interval(mean="difference", what="cost of the second cheapest minus that of the cheapest"),
            UNIT,
            _text("decided", "whether the cheapest is certain at 95 %: yes or no"),
            _count("replications", "replications on which it is judged", "replications"),
        ),
    ),
    Schema(
        "claims",
        "Published claims, and the result of the model for each.",
        (
            *(CLAIM, _text("statement", "what is claimed"), _text("source", "source of the claim")),
            *(
                _text("kind", "kind of claim"),
                MEASURE,
                *_interval(mean="value", what="value in the model"),
                UNIT,
            ),
            _number("accepted_low", "lowest value that agrees with the claim", "{unit}"),
            _number("accepted_high", "highest value that agrees with the claim", "{unit}"),
            VERDICT,
            N,
        ),
    ),
    Schema(
        "claim-regions",
        "Ranges of a rate in which a claim holds, fails or is undecided.",
        (
            *(CLAIM, _text("rate", "rate that is varied"), UNIT, VERDICT),
            _number("low", "low end of the region", "{unit}"),
            _number("high", "high end of the region", "{unit}"),
        ),
    ),
    Schema(
        "attribution",
        "Contribution of each lever to the change of the claimed ratio (Shapley value).",
        (
            *(CLAIM, _text("lever", "lever; * for the whole")),
            *(*_interval("", mean="change", what="change of the ratio"), N),
        ),
    ),
    Schema(
        "claim-inputs",
        "The claimed ratio with each unsourced input moved over its range.",
        (
            *(CLAIM, _text("input", "title of the input"), _text("keys", "keys of the scenario")),
            _text("at", "low, scenario or high"),
            _text("value", "value of the input"),
            *_interval("", mean="ratio", what="ratio, mean over replications"),
            _text("needed", "value of the input that would give the claimed ratio"),
            N,
        ),
    ),
    Schema(
        "claim-together",
        "The claimed ratio with several inputs moved in one run.",
        (
            *(CLAIM, _count("run", "number of the run, from 1"), _text("input", "title of the input")),
            *(_text("keys", "keys of the scenario"), _text("value", "value of the input")),
            *_interval("", mean="ratio", what="ratio, mean over replications"),
            _text("enough", "whether the run reaches the claimed ratio: yes or no"),
            N,
        ),
    ),
)


def _category(name: str, description: str) -> Column:
    return Column(name, "category", description)


_OF_A_REPLICATION = (
    _category("policy", POLICY.description),
    Column("replication", "int32", "number of the replication, from 0"),
    Column("consignment", "integer", "number of the consignment, from 0"),
)

_PARQUET = (
    Schema(
        "consignments",
        "Each consignment that was accepted within the window.",
        (
            *_OF_A_REPLICATION,
            *(
                _category("lane", "lane"),
                _category("route", "route"),
                _category("trader_class", "trader class"),
            ),
            _category("commodity", "commodity"),
            Column("entered", "datetime", "acceptance"),
            Column("delivered", "datetime", "delivery; none if undelivered", missing=True),
            Column("door_to_door_h", "number", "time from acceptance to delivery", "h", missing=True),
            Column("as_planned", "boolean", "whether it caught its planned departure", missing=True),
            Column("weight_kg", "number", "gross weight", "kg"),
            Column("volume_m3", "number", "volume", "m3"),
            Column("containers_teu", "number", "container space", "TEU"),
            Column("value", "number", "value of the goods, in the reporting currency"),
            Column("freight_cost", "number", "freight cost, in the reporting currency"),
            Column("logistics_cost", "number", "logistics cost, in the reporting currency"),
            Column("cost_lines", "numbers", "amounts of its cost lines, in the order of costs"),
            Column("credit_grade", "string", "credit grade of the shipper", missing=True, optional=True),
            *(
                Column(
                    f"emissions_{scope}_kg",
                    "number",
                    f"emissions, {what}",
                    "kg CO2e",
                    missing=True,
                    optional=True,
                )
                for scope, what in SCOPES.items()
            ),
            *(
                Column(f"time_{cause.replace('-', '_')}_h", "number", f"time: {meaning}", "h")
                for cause, (_, meaning) in CAUSES.items()
            ),
        ),
        parquet=True,
    ),
    Schema(
        "journeys",
        "Times of the steps of each consignment, from which curves and route-choice maps are priced.",
        (
            Column("entry_us", "integer", "acceptance", "us UTC"),
            Column("value", "number", "value of the goods, in the reporting currency"),
            *(
                Column(name, "int32", f"number of the {name} in the scenario, from 0")
                for name in ("lane", "route", "trader_class", "commodity")
            ),
            Column("credit", "int32", "number of the credit grade, -1 for none"),
            Column("weight_g", "integer", "gross weight", "g"),
            Column("volume_l", "integer", "volume", "l"),
            Column("containers_uteu", "integer", "container space", "millionth of a TEU"),
            Column("begin_us", "integers", "when each step begins", "us UTC"),
            Column("end_us", "integers", "when each step ends", "us UTC"),
            Column("departure_index", "int32s", "number of the departure of each step, -1 for none"),
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
            Column("time", "datetime", "when it is reached"),
            _category("cause", "cause of the time since the milestone before"),
            Column("hours", "number", "time since the milestone before", "h"),
        ),
        parquet=True,
    ),
)

TABLES: Mapping[str, Schema] = {schema.name: schema for schema in (*_CSV, *_PARQUET)}
"""All tables by name."""


def columns_of(file: str, header: Iterable[str]) -> list[Column]:
    """Return the columns of a CSV file by its name and header; unknown columns are text."""
    name, dot, kind = file.rpartition(".")
    schema = TABLES.get(name) if dot and kind == "csv" else None
    known = {} if schema is None or schema.parquet else schema.by_name
    return [known.get(column) or _text(column, "") for column in header]
