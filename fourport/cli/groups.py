"""Format what a run prints of groups of consignments: promises by acceptance, and the groups asked for."""

from __future__ import annotations

import math

from fourport.cli.columns import MARK, TextColumn, tables
from fourport.cli.lines import line_width, said
from fourport.cli.table import THIN, Cells, Place, is_thin, under_lanes, unit_below, unit_of_times
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.store import Run
from fourport.store.tables import TOGETHER, GroupRow, SummaryRow

P95 = "door_to_door_time_p95"
ALL = ("", "")
"""Key of all goods, beside groups."""

COLUMNS = (
    ("consignments", "consignments", 0),
    ("undelivered", "undelivered", 1),
    ("door_to_door_time", "mean", 1),
    (P95, "P95", 1),
    ("within_promise", "in promise", 1),
    ("departure_as_planned", "as planned", 1),
    ("left_hub_within_target", "left hub", 1),
    ("logistics_cost", "logistics cost", 3),
)
"""Measure, heading and decimals of the columns of groups."""

TITLED = {"trader-class": "trader_classes", "commodity": "commodities"}
"""Section of the titles of groups, by what they differ in; others have none."""

WIDTH = 90
"""Largest width of the tables of groups, which one reads down rather than across."""

MOST_ROWS = 60
"""Number of rows of a table of groups above which only all lanes together are printed."""


def promise_table(run: Run) -> str:
    """Format the P95 of each route: of all goods, outside holiday weeks, and by weekday of acceptance."""
    summary = run.rows(SummaryRow)
    unit, hours = unit_of_times(summary)
    found: dict[tuple[str, str], dict[Place, dict[str, SummaryRow | GroupRow]]] = {}
    rows: list[SummaryRow | GroupRow] = [*summary, *run.rows(GroupRow)]
    for row in rows:
        if row.route != TOGETHER:
            group = (row.by, row.group) if isinstance(row, GroupRow) else ALL
            place = row.policy, row.lane, row.route
            found.setdefault(group, {}).setdefault(place, {})[row.measure] = row
    names, places = under_lanes(run, found.get(ALL, {}))

    def column(group: str, heading: str, key: tuple[str, str]) -> TextColumn:
        of = found.get(key, {})
        cells = [_cell(of.get(place, {}), P95, hours, 1) if place else "" for place in places]
        return TextColumn(group, heading, unit, cells)

    columns = [column("P95", "all", ALL)]
    note = "P95: time from acceptance within which 95 % are delivered: a promise kept 19 times out of 20."
    if ("holiday-week", "within") in found:
        columns.append(column("P95", "outside", ("holiday-week", "outside")))
        note += (
            " Outside: of goods accepted outside holiday weeks, which are weeks with two or more holidays"
            " from Monday to Friday, and the week before each. The columns by day are outside them, too."
        )
    columns += [column("P95 by day of acceptance", day, ("weekday", day)) for day in WEEKDAYS]
    text, notes = tables(names, columns), [note + " Intervals are in groups.csv."]
    if MARK in text:
        notes.append(THIN)
    return "\n".join([text, "", *map(said, notes)])


def group_table(run: Run, by: str) -> str:
    """Format the measures of groups: for all lanes together, and for each lane if there is space."""
    found: dict[Place, dict[str, GroupRow]] = {}
    for row in run.rows(GroupRow):
        if row.by == by and row.route == TOGETHER:
            found.setdefault((row.policy, row.lane, row.group), {})[row.measure] = row
    keys = list(found)
    if len({lane for _, lane, _ in keys}) == 2:  # a single lane equals all lanes
        keys = [key for key in keys if key[1] != TOGETHER]
    note = (
        "Consignments are the mean number of a replication, times and costs means of all replications. "
        "All measures, with intervals: groups.csv."
    )
    if len(keys) > MOST_ROWS:
        keys = [key for key in keys if key[1] == TOGETHER] or keys
        note += " It also has the single lanes."
    names, places = under_lanes(run, keys, TITLED.get(by, ""))
    time_unit, hours = unit_of_times(run.rows(SummaryRow))
    columns = []
    for measure, heading, digits in COLUMNS:
        rows = [cells[measure] for cells in found.values() if measure in cells]
        if not rows or (measure == "undelivered" and not any(row.mean for row in rows)):
            continue
        unit, scale = (time_unit, hours) if rows[0].unit == "h" else (rows[0].unit, 1.0)
        cells = [_cell(found[place], measure, scale, digits) if place else "" for place in places]
        columns.append(TextColumn("", heading, unit_below(unit, measure), cells))
    text = tables(names, columns, min(line_width(), WIDTH), corner=f"by {by.replace('-', ' ')}")
    return "\n".join([text, "", said(note), *([said(THIN)] if MARK in text else [])])


def _cell(cells: Cells, measure: str, scale: float, digits: int) -> str:
    row = cells.get(measure)
    if row is None or not math.isfinite(row.mean):
        return "-"
    return f"{row.mean / scale:,.{digits}f}" + MARK * is_thin(cells, row)
