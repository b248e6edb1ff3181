"""Format the table that a run prints: a row for each lane and route."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

from fourport.cli.columns import TextColumn, tables
from fourport.store import Run

TIME, COST = "Door to door", "Cost"

COLUMNS: Sequence[tuple[str, str, str, int]] = (
    ("door_to_door_time", TIME, "mean", 1),
    ("door_to_door_time_p50", TIME, "P50", 1),
    ("door_to_door_time_p90", TIME, "P90", 1),
    ("door_to_door_time_p95", TIME, "P95", 1),
    ("within_promise", "", "in promise", 1),
    ("departure_as_planned", "", "as planned", 1),
    ("freight_cost", COST, "freight", 3),
    ("logistics_cost", COST, "logistics", 3),
    ("logistics_cost_per_parcel", COST, "logistics", 2),
    ("consignments", "", "consignments", 0),
    ("undelivered", "", "undelivered", 1),
)
"""Measure, group, heading and decimals of each column."""

OPTIONAL = ("within_promise", "logistics_cost_per_parcel")
"""Measures that have no column if no route has them."""

UNDELIVERED = (
    "Undelivered consignments had not arrived by the end of the run. Mean time and costs leave them out; "
    'in P50, P90 and P95 they count as slower than all others ("-": not reached).'
)
"""Note below a table with undelivered consignments."""

DAYS_FROM_H = 240
"""Mean time, h, from which times are shown in days."""

Row = Mapping[str, Mapping[str, Any]]
"""Row of ``summary.csv`` by measure."""


def summary_table(run: Run) -> str:
    """Format the table as plain text, with a block for each policy and lane.

    Each value has the half-width of its 95 % interval over replications, or the whole interval if it is
    cut on both sides.
    """
    titles = run.manifest()["titles"]["lanes"]
    groups: dict[tuple[str, str], dict[str, dict[str, Mapping[str, Any]]]] = {}
    for row in run.rows("summary"):
        routes = groups.setdefault((row["policy"], row["lane"]), {})
        routes.setdefault(row["route"], {})[row["measure"]] = row
    several = len({policy for policy, _ in groups}) > 1
    if _longest(groups) > DAYS_FROM_H:
        groups = {
            key: {route: _in_days(cells) for route, cells in rows.items()} for key, rows in groups.items()
        }
    units = {
        measure: row["unit"]
        for routes in groups.values()
        for cells in routes.values()
        for measure, row in cells.items()
    }
    names: list[str] = []
    every: list[Row] = []
    for (policy, lane), routes in groups.items():
        names.append(titles.get(lane, lane) + (f"  (policy {policy})" if several else ""))
        names += [f"  {route}" for route in routes]
        every += [{}, *routes.values()]
    columns = [
        TextColumn(
            group, heading, _unit(units.get(measure, "")), [_cell(row, measure, digits) for row in every]
        )
        for measure, group, heading, digits in COLUMNS
        if measure not in OPTIONAL or measure in units
    ]
    return "\n".join([tables(names, columns), _legend(run)])


def _longest(groups: Mapping[tuple[str, str], Mapping[str, Row]]) -> float:
    """Return the longest mean door-to-door time, h; 0 if nothing is delivered."""
    cells = (row.get("door_to_door_time") for routes in groups.values() for row in routes.values())
    return max((cell["mean"] for cell in cells if cell and not math.isnan(cell["mean"])), default=0.0)


def _in_days(cells: Row) -> dict[str, Mapping[str, Any]]:
    """Return a row with its times in days."""
    return {
        name: {**cell, "unit": "d"} | {key: cell[key] / 24 for key in ("mean", "low", "high")}
        if cell["unit"] == "h"
        else cell
        for name, cell in cells.items()
    }


def _unit(unit: str) -> str:
    """Return a unit, "" if the heading says it."""
    return "" if unit == "consignments" else unit


def _cell(cells: Row, measure: str, digits: int) -> str:
    if not cells:  # the title of a lane
        return ""
    row = cells.get(measure)
    if row is None or math.isnan(row["mean"]):
        return "-"
    low, mean, high = row["low"], row["mean"], row["high"]
    told = f"{mean:,.{digits}f}"
    if math.isnan(high):
        return told
    # The interval of a share is cut at 0 and 100 %. If only one side is cut, the other gives the
    # half-width; if both are, nothing does.
    if row["unit"] == "%" and (low, high) == (0, 100):
        return f"{told} (0 to 100)"
    return f"{told} ±{max(high - mean, mean - low):,.{digits}f}"


def _legend(run: Run) -> str:
    manifest = run.manifest()
    return (
        "\nTime from acceptance to delivery. As planned: share that left on the scheduled departure\n"
        "planned for it, or on an earlier one. Freight: from the origin hub to the destination\n"
        "hub. Logistics: door to door, time included. "
        + _on_intervals(manifest["replications"], manifest["seed"])
        + _on_undelivered(run)
    )


def _on_intervals(replications: int, seed: int) -> str:
    if replications == 1:
        return f"1 replication: no intervals\n(seed {seed})."
    return f"± is the half-width of the 95 % interval\nover {replications} replications (seed {seed})."


def _on_undelivered(run: Run) -> str:
    """Return the note on undelivered consignments, "" if there are none."""
    if not any(row["measure"] == "undelivered" and row["mean"] > 0 for row in run.rows("summary")):
        return ""
    return "\n" + fill(UNDELIVERED, 97)
