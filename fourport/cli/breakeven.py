"""The break-evens that ``fourport curves`` prints."""

from __future__ import annotations

from collections.abc import Mapping

from fourport.store import Run

Row = Mapping[str, str]

NAMES = {"logistics_cost": "logistics cost", "freight_cost": "freight cost"}


def breakeven_table(run: Run, measure: str = "logistics_cost") -> str:
    """Give a line for each pair of routes, by lane, as plain text."""
    manifest = run.manifest()
    titles, about = manifest["titles"]["lanes"], manifest["curves"]
    rows = [row for row in run.read_table("breakeven.csv") if row["measure"] == measure]
    width = max((len(_pair(row)) for row in rows), default=0)
    text = [f"Where two routes have the same {NAMES[measure]}, by: {about['x']}"]
    lane = ""
    for row in rows:
        if row["lane"] != lane:
            lane = row["lane"]
            road = about.get("roads", {}).get(lane)
            along = f", along: {road}" if road else ""
            ends = f"{_number(row, 'range_low')} to {_number(row, 'range_high')} {row['x_unit']}"
            text += ["", f"{titles.get(lane) or lane}, {ends}{along}"]
        text.append(f"  {_pair(row).ljust(width)}  {_finding(row)}")
    return "\n".join([*text, *_legend(about)])


def _pair(row: Row) -> str:
    return f"{row['route_a']} | {row['route_b']}"


def _finding(row: Row) -> str:
    if row["verdict"] == "throughout":
        return f"none: {row['cheaper_below']} is cheaper throughout"
    if row["verdict"] == "undecided":
        known = row["cheaper_below"]
        return "undecided" + (f"; on average {known} is cheaper" if known else ": they cost the same")
    unit = row["x_unit"]
    if int(row["n"]) < 2:
        at = f"{_number(row, 'x')} {unit}"
    else:
        low = _number(row, "low") or f"below {_number(row, 'range_low')}"
        high = _number(row, "high") or f"above {_number(row, 'range_high')}"
        at = f"{_number(row, 'x')} {unit} ({low} to {high})"
    return f"{at}: below it {row['cheaper_below']} is cheaper, above it {row['cheaper_above']}"


def _number(row: Row, name: str) -> str:
    return f"{float(row[name]):.4g}" if row[name] else ""


def _legend(about: Mapping[str, object]) -> list[str]:
    count = about["replications"]
    if count == 1:
        return ["", "One replication: no intervals, nothing can be decided."]
    return [
        "",
        f"In brackets the 95 % interval of the break-even over {count} replications, routes compared within",
        "each. Throughout: at all points at once, at 95 %. All pairs and the freight cost: breakeven.csv.",
    ]
