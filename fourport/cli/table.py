"""The table that a run prints: a row for each lane and route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

from fourport.store import Run

Columns = Sequence[tuple[str, str, int]]

COLUMNS: Columns = (
    ("door_to_door_time", "mean", 1),
    ("door_to_door_time_p50", "P50", 1),
    ("door_to_door_time_p90", "P90", 1),
    ("door_to_door_time_p95", "P95", 1),
    ("within_promise", "in promise", 1),
    ("departure_as_planned", "as planned", 1),
    ("freight_cost", "freight", 3),
    ("logistics_cost", "logistics", 3),
    ("logistics_cost_per_parcel", "logistics", 2),
    ("consignments", "consignments", 0),
    ("undelivered", "undelivered", 1),
)
"""Measure, heading, decimals."""

OPTIONAL = ("within_promise", "logistics_cost_per_parcel")
"""Measures without a column where no route has them."""

UNDELIVERED = (
    "Undelivered consignments had not arrived by the end of the run: mean time and costs are of the others; "
    'they count as slower than any of these in P50, P90 and P95 ("-": not reached).'
)
"""Said where there are any."""

DAYS_FROM_H = 240
"""Mean time from which times are written in days."""

Row = Mapping[str, Mapping[str, str]]
"""A row of ``summary.csv`` for each measure."""


def summary_table(run: Run) -> str:
    """Give the table as plain text, a block for each policy and lane.

    A value stands with the half-width of its 95 % interval over replications, or with the whole
    interval where that is cut on both sides.
    """
    titles = run.manifest()["titles"]["lanes"]
    groups: dict[tuple[str, str], dict[str, dict[str, Mapping[str, str]]]] = {}
    for row in run.read_table("summary.csv"):
        routes = groups.setdefault((row["policy"], row["lane"]), {})
        routes.setdefault(row["route"], {})[row["measure"]] = row
    several = len({policy for policy, _ in groups}) > 1
    if _longest(groups) > DAYS_FROM_H:
        groups = {
            key: {route: _in_days(cells) for route, cells in rows.items()} for key, rows in groups.items()
        }
    measured = {name for routes in groups.values() for cells in routes.values() for name in cells}
    columns = [column for column in COLUMNS if column[0] not in OPTIONAL or column[0] in measured]
    head = [["", *(heading for _, heading, _ in columns)], ["", *_units(groups, columns)]]
    blocks: list[tuple[str, list[list[str]]]] = []
    for (policy, lane), routes in groups.items():
        title = titles.get(lane, lane) + (f"  (policy {policy})" if several else "")
        blocks.append((title, [_row(route, cells, columns) for route, cells in routes.items()]))
    every = [*head, *(row for _, rows in blocks for row in rows)]
    widths = [max(len(row[k]) for row in every) for k in range(len(columns) + 1)]
    text = [_line(row, widths) for row in head]
    text.append("-" * len(text[0]))
    for title, rows in blocks:
        text += [title, *(_line(row, widths) for row in rows)]
    return "\n".join([*text, _legend(run)])


def _longest(groups: Mapping[tuple[str, str], Mapping[str, Row]]) -> float:
    """Give the longest mean door-to-door time, h."""
    cells = (row.get("door_to_door_time") for routes in groups.values() for row in routes.values())
    return max((float(cell["mean"]) for cell in cells if cell and cell["mean"]), default=0.0)


def _in_days(cells: Row) -> dict[str, Mapping[str, str]]:
    """Give a row with its times in days."""
    return {
        name: {**cell, "unit": "d"} | {key: _day(cell[key]) for key in ("mean", "low", "high")}
        if cell["unit"] == "h"
        else cell
        for name, cell in cells.items()
    }


def _day(hours: str) -> str:
    return str(float(hours) / 24) if hours else hours


def _row(route: str, cells: Row, columns: Columns) -> list[str]:
    return ["  " + route, *(_cell(cells.get(name), digits) for name, _, digits in columns)]


def _units(groups: Mapping[tuple[str, str], Mapping[str, Row]], columns: Columns) -> list[str]:
    known = {
        measure: row["unit"]
        for routes in groups.values()
        for cells in routes.values()
        for measure, row in cells.items()
    }
    return [
        "" if name == "consignments" else known.get(name, "").replace("consignments", "")
        for name, _, _ in columns
    ]


def _cell(row: Mapping[str, str] | None, digits: int) -> str:
    if row is None or not row["mean"]:
        return "-"
    mean = f"{float(row['mean']):,.{digits}f}"
    if not row["high"]:
        return mean
    low, high = float(row["low"]), float(row["high"])
    # A share's interval is cut at 0 and 100 %: on both sides nothing is left to tell its half-width by,
    # on one side the other tells it.
    if row["unit"] == "%" and (low, high) == (0, 100):
        return f"{mean} (0 to 100)"
    half = max(high - float(row["mean"]), float(row["mean"]) - low)
    return f"{mean} ±{half:,.{digits}f}"


def _line(cells: list[str], widths: list[int]) -> str:
    first = cells[0].ljust(widths[0])
    return "  ".join([first, *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])


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
    """Say what undelivered consignments mean for the other columns, if there are any."""
    if not any(
        row["measure"] == "undelivered" and float(row["mean"]) > 0 for row in run.read_table("summary.csv")
    ):
        return ""
    return "\n" + fill(UNDELIVERED, 97)
