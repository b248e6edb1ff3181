"""Clearance times by stage, as ``clearance-stages.csv`` holds them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from fourport.charts.results import Results, Row, Value


@dataclass
class Cleared:
    """Clearance by an office, or by all of a procedure that are on the way, under one policy.

    Attributes
    ----------
    total
        Clearance time, h.
    work, waiting
        Hours of it by stage.
    """

    total: Value
    work: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)


Found = dict[tuple[str, str, str, str], dict[str, Cleared]]
"""By lane, route, procedure and office (each may be ``*``, but for the procedure), then by policy."""


def read_cleared(results: Results) -> Found:
    """Read the stages up to the release; a run that is older than the column of routes has none by route."""
    found: Found = {}
    for row in results.table("clearance-stages", empty=True):
        if row["stage"] == "removal":
            continue
        place = row["lane"], row.get("route", "*"), row["procedure"], row["office"]
        policies = found.setdefault(place, {})
        if row["measure"] == "time" and not math.isnan(row["mean"]):  # it comes first
            policies[row["policy"]] = Cleared(Value.of(row))
        elif row["measure"] in ("work", "waiting") and row["policy"] in policies:
            _hours(policies[row["policy"]], row)
    return found


def _hours(cleared: Cleared, row: Row) -> None:
    hours = cleared.work if row["measure"] == "work" else cleared.waiting
    hours[row["stage"]] = 0.0 if math.isnan(row["mean"]) else row["mean"]
