"""Format what a run prints of groups of consignments: promises by acceptance, and the groups asked for."""

from __future__ import annotations

import math

from fourport.cli.columns import TextColumn, said, tables
from fourport.cli.table import Place, under_lanes, unit_of_times
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.store import Run
from fourport.store.tables import TOGETHER, GroupRow, SummaryRow

P95 = "door_to_door_time_p95"
ALL = ("", "")
"""Key of all goods, beside groups."""

COLUMNS = (
    ("consignments", "number", 0),
    ("undelivered", "undelivered", 1),
    ("door_to_door_time", "mean", 1),
    (P95, "P95", 1),
    ("within_promise", "in promise", 1),
    ("departure_as_planned", "as planned", 1),
    ("left_hub_within_target", "left hub", 1),
    ("logistics_cost", "cost", 3),
)
"""Measure, heading and decimals of the columns of groups."""

WIDTH = 80
"""Width of a line of the tables of groups, characters."""

MOST_ROWS = 60
"""Number of rows of a table of groups above which only all lanes together are printed."""


def promise_table(run: Run) -> str:
    """Format the P95 of each route: of all goods, outside holiday weeks, and by weekday of acceptance."""
    summary = run.rows(SummaryRow)
    unit, hours = unit_of_times(summary)
    found: dict[tuple[str, str], dict[Place, float]] = {
        ALL: {(row.policy, row.lane, row.route): row.mean for row in summary if row.measure == P95}
    }
    for one in run.rows(GroupRow):
        if one.measure == P95 and one.route != TOGETHER:
            found.setdefault((one.by, one.group), {})[one.policy, one.lane, one.route] = one.mean
    names, places = under_lanes(run, found[ALL])

    def column(group: str, heading: str, key: tuple[str, str]) -> TextColumn:
        of = found.get(key, {})
        cells = [_number(of.get(place, math.nan) / hours, 1) if place else "" for place in places]
        return TextColumn(group, heading, unit, cells)

    columns = [column("P95", "all", ALL)]
    note = "P95: time from acceptance within which 95 % are delivered, a promise that is kept 19 times of 20."
    if ("holiday-week", "within") in found:
        columns.append(column("P95", "outside", ("holiday-week", "outside")))
        note += (
            " Outside: goods accepted outside holiday weeks, which are weeks with three holidays or more from"
            " Monday to Friday, and the week before each."
        )
    columns += [column("P95 by day of acceptance", day, ("weekday", day)) for day in WEEKDAYS]
    return f"{tables(names, columns)}\n\n{said(note + ' Intervals are in groups.csv.')}"


def group_table(run: Run, by: str) -> str:
    """Format the measures of groups: for all lanes together, and for each lane if there is space."""
    rows = [row for row in run.rows(GroupRow) if row.by == by and row.route == TOGETHER]
    found = {(row.policy, row.lane, row.group, row.measure): row.mean for row in rows}
    keys = list(dict.fromkeys((row.policy, row.lane, row.group) for row in rows))
    if len({lane for _, lane, _ in keys}) == 2:  # a single lane equals all lanes
        keys = [key for key in keys if key[1] != TOGETHER]
    note = (
        "Means over replications; P95 of all consignments. groups.csv has all measures, routes and intervals."
    )
    if len(keys) > MOST_ROWS:
        keys = [key for key in keys if key[1] == TOGETHER] or keys
        note += " Single lanes are left out here."
    names, places = under_lanes(run, keys)
    time_unit, hours = unit_of_times(run.rows(SummaryRow))
    units = {row.measure: row.unit for row in rows if row.mean or row.measure != "undelivered"}
    columns = []
    for measure, heading, digits in COLUMNS:
        if measure not in units:
            continue
        unit, scale = (time_unit, hours) if units[measure] == "h" else (units[measure], 1.0)
        cells = [
            _number(found.get((*place, measure), math.nan) / scale, digits) if place else ""
            for place in places
        ]
        columns.append(TextColumn("", heading, "" if unit == "consignments" else unit, cells))
    return f"{tables(names, columns, WIDTH, corner=f'by {by}')}\n\n{said(note)}"


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}" if math.isfinite(value) else "-"
