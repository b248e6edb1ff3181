"""The measures of each replication, stored so that policies can be compared without running them again."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from fourport.errors import UserError
from fourport.measures import absent
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats
from fourport.store import Run
from fourport.store.headers import REPLICATIONS_HEADER
from fourport.study.replication import replicate
from fourport.study.tabulate import SummaryKey, Tables, tabulate

FILE = "replications.csv"
DIGITS = 12
"""Significant digits: enough to tell small differences, too few to show the order of a summation."""

Series = dict[SummaryKey, Floats]
"""By lane, route, measure and unit: (replications,) values; NaN unknown, infinite among the undelivered."""


def write_replications(run: Run, found: Mapping[tuple[str, int], Tables]) -> None:
    """Write the summary's measures of each replication: all lanes together, lanes, then routes.

    Parameters
    ----------
    found
        Tables by policy and number of the replication.
    """
    run.write_table(FILE, REPLICATIONS_HEADER, _rows(found))


def _rows(found: Mapping[tuple[str, int], Tables]) -> Iterator[tuple[object, ...]]:
    for (policy, replication), tables in found.items():
        for key, value in (*tables.together.items(), *tables.summary.items()):
            yield policy, replication, *key, "" if math.isnan(value) else f"{value:.{DIGITS}g}"


def read_replications(run: Run) -> dict[str, Series]:
    """Read the measures of each replication, by policy.

    A replication in which nothing of a kind moved has no row: a count is zero there, all else unknown.

    Raises
    ------
    UserError
        If the run holds none, or what it holds is damaged.
    """
    if not (run.folder / FILE).is_file():
        raise UserError(f"{run.folder}: holds no {FILE}, without which it cannot be compared; run it again")
    policies, written, lanes, routes, measures, units, values = run.table(FILE).columns(*REPLICATIONS_HEADER)
    numbers = [int(number) for number in written]
    if not numbers:
        raise UserError(f"{run.folder / FILE}:1: has no rows, there is nothing to compare; run it again")
    n = 1 + max(numbers)
    if n > len(numbers):
        raise UserError(f"{run.folder / FILE}:1: replication {n - 1} is more than the rows; run it again")
    found: dict[str, Series] = {}
    keys = zip(lanes, routes, measures, units, strict=True)
    for policy, number, key, value in zip(policies, numbers, keys, values, strict=True):
        series = found.setdefault(policy, {})
        if key not in series:
            series[key] = np.full(n, absent(key[2]))
        series[key][number] = float(value or "nan")
    return found


def measured_by(corridor: Corridor, seed: int) -> Collection[str]:
    """Give the measures of a scenario that is yet to be run: simulate its first replication."""
    tables = tabulate(replicate(corridor, seed, 0))
    return dict.fromkeys(key[2] for key in (*tables.together, *tables.summary))
