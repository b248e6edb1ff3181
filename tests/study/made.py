"""What the tests of studies share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourport.study.averages import Averaged, Averages, Averaging
from fourport.study.keyed import Key, Table
from fourport.study.packed import Packed
from fourport.study.statistics import Estimate
from fourport.study.tabulate import ReplicationTables
from fourport.study.variant import Variant
from tests.tiny import Values, values

RANDOM: dict[str, Any] = {
    "planning": {"allowance": "1 h"},
    "value_of_time": {"capital_rate": "36.5 %/year"},
    "commodities.parts.weight": {
        "distribution": "lognormal",
        "mean": "600 kg",
        "sd": "600 kg",
        "high": "4 t",
    },
    "facilities.a.activities.export.preparation": {"distribution": "exponential", "mean": "3 h"},
    "services.ferry.cancellation": {"share": "10 %"},
    "services.ferry.background": {"distribution": "uniform", "low": "10 %", "high": "60 %"},
    "fleets.truck.drive": {"distribution": "exponential", "mean": "2 h"},
}
"""The tiny corridor with some chance in it."""


def tables(summary: Mapping[str, float]) -> ReplicationTables:
    """Give the tables of a replication by measure."""
    return ReplicationTables(Table({("l", "r", name, "h"): value for name, value in summary.items()}))


def documents() -> dict[str, Values]:
    """Give the values under two policies."""
    return {"base": values(RANDOM), "bays": values(RANDOM | {"facilities.b.resources.bays.servers": 5})}


def variants(of: Mapping[str, Values] | None = None) -> dict[str, Variant]:
    """Give variants of these values, by default of those under two policies."""
    return {name: Variant.of(one) for name, one in (of or documents()).items()}


def averaging(*tables: ReplicationTables) -> Averaging:
    """Collect some replications."""
    found = Averaging()
    for one in tables:
        found.add(Packed.of(one))
    return found


def average(*tables: ReplicationTables) -> Averages:
    """Give the estimates over some replications."""
    return averaging(*tables).averages()


def by_key(of: Averaged) -> dict[Key, Estimate]:
    """Give estimates over replications by key."""
    return dict(zip(of.keys, of.estimates, strict=True))


D = [1.2, 0.8, 1.5, 0.9, 1.1, 1.4, 0.7, 1.0, 1.3, 1.1]
"""Ten differences: mean 1.1, standard deviation 0.25820, t(9) 2.262157: half-width 0.1847."""

STEADY = [5.0] * 10
FASTER = [10 - d for d in D]
"""What is the same in ten replications, and what differs from 10 by these."""
