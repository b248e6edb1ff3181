"""The break-evens that ``fourport curves`` prints."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fourport.store import Run

Row = Mapping[str, Any]

NAMES = {"logistics_cost": "logistics cost", "freight_cost": "freight cost"}


def breakeven_table(run: Run) -> str:
    """Give a line for each pair of routes, by cost and lane, as plain text."""
    about = run.manifest()["curves"]
    rows = run.rows("breakeven")
    text: list[str] = []
    for measure, name in NAMES.items():
        mine = [row for row in rows if row["measure"] == measure]
        if mine:
            text += ["", f"Where two routes have the same {name}, by: {about['x']}", *_lanes(run, mine)]
    text += _alone(run)
    return "\n".join([*text[1:], *(_legend(about) if rows else [])])


def _lanes(run: Run, rows: Sequence[Row]) -> Iterator[str]:
    """Give the pairs of each lane below its name."""
    manifest = run.manifest()
    width = max(len(_pair(row)) for row in rows)
    lane = ""
    for row in rows:
        if row["lane"] != lane:
            lane = row["lane"]
            road = manifest["curves"].get("roads", {}).get(lane)
            start = manifest["curves"].get("starts", {}).get(lane)
            along = f", distance from {start} along {road}" if road and start else ""
            ends = f"{_number(row, 'range_low')} to {_number(row, 'range_high')} {row['x_unit']}"
            yield ""
            yield f"{manifest['titles']['lanes'].get(lane) or lane}, {ends}{along}"
        yield f"  {_pair(row).ljust(width)}  {_finding(row)}"


def _alone(run: Run) -> Iterator[str]:
    """Name the lanes of one route."""
    manifest = run.manifest()
    for lane, routes in manifest["curves"].get("routes", {}).items():
        if len(routes) == 1:
            yield ""
            yield f"{manifest['titles']['lanes'].get(lane) or lane}, {routes[0]}"
            yield "  one route: nothing to compare"


def _pair(row: Row) -> str:
    return f"{row['route_a']} | {row['route_b']}"


def _finding(row: Row) -> str:
    if row["verdict"] == "throughout":
        return f"none: {row['cheaper_below']} is cheaper throughout"
    if row["verdict"] == "same":
        return "none: they cost the same throughout"
    unit = row["x_unit"]
    sides = f"below it {row['cheaper_below']} is cheaper, above it {row['cheaper_above']}"
    if row["verdict"] == "undecided":
        if not math.isnan(row["x"]):
            return f"undecided; on average {_number(row, 'x')} {unit}: {sides}"
        return "undecided" + (
            f"; on average {row['cheaper_below']} is cheaper" if row["cheaper_below"] else ""
        )
    if row["n"] < 2:
        return f"{_number(row, 'x')} {unit}: {sides}"
    low = _number(row, "low") or f"below {_number(row, 'range_low')}"
    high = _number(row, "high") or f"above {_number(row, 'range_high')}"
    return f"{_number(row, 'x')} {unit} ({low} to {high}): {sides}"


def _number(row: Row, name: str) -> str:
    return "" if math.isnan(row[name]) else f"{row[name]:.4g}"


def _legend(about: Mapping[str, object]) -> list[str]:
    count = about["replications"]
    if count == 1:
        return ["", "One replication: no intervals, nothing can be decided."]
    return [
        "",
        f"In brackets the 95 % interval of the break-even over {count} replications, routes compared within",
        "each. Throughout: at all points at once, at 95 %. Undecided: more replications may decide it.",
        "All of it is in breakeven.csv.",
    ]
