"""Format the table that a run prints: a row for each lane and route."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap

from fourport.cli.columns import MARK, TextColumn, tables, with_interval
from fourport.cli.lines import said
from fourport.measures import quantile_of
from fourport.scenario.names import BASE
from fourport.store import Run, titles_of
from fourport.store.tables import TOGETHER, GroupRow, SummaryRow
from fourport.study.averages import WITHHELD
from fourport.study.statistics import FEW

TIME, COST = "Door to door", "Cost"

COLUMNS: Sequence[tuple[str, str, str, int]] = (
    ("door_to_door_time", TIME, "mean", 1),
    ("door_to_door_time_p50", TIME, "P50", 1),
    ("door_to_door_time_p90", TIME, "P90", 1),
    ("door_to_door_time_p95", TIME, "P95", 1),
    ("within_promise", "", "in promise", 1),
    ("departure_as_planned", "", "as planned", 1),
    ("left_hub_within_target", "", "left hub", 1),
    ("freight_cost", COST, "freight", 3),
    ("logistics_cost", COST, "logistics", 3),
    ("logistics_cost_per_parcel", COST, "logistics", 2),
    ("charges_on_value", COST, "on value", 3),
    ("consignments", "", "consignments", 0),
    ("undelivered", "", "undelivered", 1),
)
"""Measure, group, heading and decimals of each column."""

OPTIONAL = ("within_promise", "left_hub_within_target", "logistics_cost_per_parcel", "charges_on_value")
"""Measures that have no column if no route has them."""

UNDELIVERED = (
    "Undelivered consignments had not arrived by the end of the run. Mean times and costs leave them out, "
    f'and are not shown ("-") where more than {100 * WITHHELD:.0f} % are undelivered. In P50, P90 and P95 '
    'they count as slower than all others ("-": the quantile lies among them).'
)
"""Note below a table with undelivered consignments."""

THIN = (
    f"*: fewer than {FEW:.0f} consignments of a replication are slower than this. The interval can be relied "
    "on only if these are late for reasons of their own, not by the same missed departure."
)
"""Note below a table with thin tails."""

BOUNDS = {
    "(<": "(<x) at 0.0: there was none in these replications, but up to x cannot be ruled out (95 %).",
    "(>": "(>x): at least x (95 %).",
}
"""Notes below a table in which an interval has one end alone, by its sign."""

DAYS_FROM_H = 240
"""Mean time, h, from which times are shown in days."""

Place = tuple[str, str, str]
"""Policy, lane, route."""

Cells = Mapping[str, SummaryRow | GroupRow]
"""Rows of ``summary.csv`` of a route, or of ``groups.csv`` of a route and group, by measure."""


def summary_table(run: Run) -> str:
    """Format the table as plain text, with a block for each policy and lane.

    Each value has the half-width of its 95 % interval, or the whole interval if the ends are not equally far.
    """
    rows = run.rows(SummaryRow)
    units = {row.measure: row.unit for row in rows}
    time_unit, hours = unit_of_times(rows)
    found: dict[Place, dict[str, SummaryRow]] = {}
    for row in rows:
        found.setdefault((row.policy, row.lane, row.route), {})[row.measure] = row
    names, places = under_lanes(run, found)
    every: list[Cells] = [{} if place is None else found[place] for place in places]
    columns = []
    for measure, group, heading, digits in COLUMNS:
        if measure not in OPTIONAL or measure in units:
            unit, scale = units.get(measure, ""), 1.0
            if unit == "h":
                unit, scale = time_unit, hours
            cells = [_cell(row, measure, digits, scale) for row in every]
            columns.append(TextColumn(group, heading, unit_below(unit, measure), cells))
    text = tables(names, columns)
    return "\n\n".join([text, _legend(run, every, text)])


def unit_of_times(rows: Iterable[SummaryRow]) -> tuple[str, float]:
    """Return the unit in which times are shown, h or d, and its hours."""
    hours = (row.mean for row in rows if row.measure == "door_to_door_time" and not math.isnan(row.mean))
    return ("d", 24.0) if max(hours, default=0.0) > DAYS_FROM_H else ("h", 1.0)


def unit_below(unit: str, measure: str) -> str:
    """Return the unit below the heading of a measure, "" if the heading says it."""
    return "" if unit == measure else unit


def under_lanes(run: Run, places: Iterable[Place], titled: str = "") -> tuple[list[str], list[Place | None]]:
    """Return the names of the rows of a table, and the place of each: a heading, None, then its routes.

    Parameters
    ----------
    places
        Policy, lane, and route or group.
    titled
        Section of the manifest with the titles of groups; "" for none.
    """
    manifest = run.manifest()
    lanes: dict[tuple[str, str], list[Place]] = {}
    for policy, lane, route in places:
        lanes.setdefault((policy, lane), []).append((policy, lane, route))
    several = len({policy for policy, _ in lanes}) > 1
    names: list[str] = []
    every: list[Place | None] = []
    for (policy, lane), routes in lanes.items():
        titles = {**titles_of(manifest, "lanes", policy), TOGETHER: "All lanes together"}
        title = titles.get(lane, lane)
        names.append(title + (f"  (policy {policy})" if several else ""))
        own = titles_of(manifest, titled, policy) if titled else {}
        names += [f"  {own.get(route) or route}" for _, _, route in routes]
        every += [None, *routes]
    return names, every


def _cell(cells: Cells, measure: str, digits: int, scale: float) -> str:
    if not cells:  # the title of a lane
        return ""
    row = cells.get(measure)
    if row is None or math.isnan(row.mean):
        return "-"
    most = 100.0 if row.unit == "%" else math.inf
    told = with_interval(row.mean / scale, row.low / scale, row.high / scale, digits, most)
    return f"{told}{MARK}" if is_thin(cells, row) else told


def is_thin(cells: Cells, row: SummaryRow | GroupRow) -> bool:
    """Return whether few consignments of a replication lie beyond a quantile."""
    found = quantile_of(row.measure)
    return found is not None and "consignments" in cells and (1 - found[1]) * cells["consignments"].mean < FEW


def _legend(run: Run, every: Sequence[Cells], text: str) -> str:
    """Return the notes below the text of a table."""
    manifest = run.manifest()
    n = manifest["replications"]
    ends = (
        ", brackets hold its ends where they are not equally far" if re.search(r"\([\d.,]+ to ", text) else ""
    )
    intervals = f"± is the half-width of the 95 % interval over {n} replications{ends}"
    hub = (
        "Left hub: share that departed from the hub within the target time of its arrival there. "
        if any("left_hub_within_target" in cells for cells in every)
        else ""
    )
    told = [
        "Time from acceptance to delivery; P50, P90 and P95 are of the consignments of all replications "
        "together. As planned: share that left on the scheduled departure planned for it, or on an earlier "
        f"one. {hub}Freight: from the origin hub to the destination hub. Logistics: door to door, time "
        f"included. {intervals if n > 1 else '1 replication: no intervals'} (seed {manifest['seed']})."
    ]
    undelivered = [(share, cells) for cells in every if (share := _undelivered(cells)) > 0]
    if undelivered:
        told.append(UNDELIVERED)
    if withheld := [(share, cells) for share, cells in undelivered if share > WITHHELD]:
        told.append(f"Undelivered: {', '.join(starmap(_named, withheld))}.")
    told += [note for sign, note in (*BOUNDS.items(), (MARK, THIN)) if sign in text]
    return "\n".join(map(said, told))


def _named(share: float, cells: Cells) -> str:
    row = cells["undelivered"]
    return f"{row.route}{'' if row.policy == BASE else f' ({row.policy})'} {100 * share:.0f} %"


def _undelivered(cells: Cells) -> float:
    """Return the undelivered share of the consignments of a route."""
    if not {"consignments", "undelivered"} <= cells.keys() or not cells["consignments"].mean:
        return 0.0
    return cells["undelivered"].mean / cells["consignments"].mean
