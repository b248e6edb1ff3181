"""Measures of each replication, stored so that policies can be compared without simulating again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from fourport.errors import UserError
from fourport.measures import absent, is_quantile, quantile_of
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats
from fourport.store import Run
from fourport.store.tables import TABLES, TOGETHER, SummaryRow, TogetherRow
from fourport.study.replication import replicate
from fourport.study.statistics import Estimate, thin_tail
from fourport.study.tabulate import ReplicationTables, SummaryKey, tabulate

TABLE = "replications"

Series = dict[SummaryKey, Floats]
"""(replications,) values by lane, route, measure and unit; NaN unknown, infinite if undelivered."""


def write_replications(run: Run, found: Mapping[tuple[str, int], ReplicationTables]) -> None:
    """Write the measures of each replication: all lanes together, each lane, then each route.

    Parameters
    ----------
    found
        Tables by policy and number of the replication.
    """
    run.write_table(TABLE, _rows(found))


def _rows(found: Mapping[tuple[str, int], ReplicationTables]) -> Iterator[tuple[object, ...]]:
    for (policy, replication), tables in found.items():
        for key, value in (*tables.together.items(), *tables.summary.items()):
            yield policy, replication, *key, value


def read_replications(run: Run, replications: int | None = None) -> dict[str, Series]:
    """Read the measures of each replication, by policy.

    If nothing of a kind moved in a replication, it has no row: counts are then zero, other measures NaN.

    Parameters
    ----------
    replications
        Their number; None for that of the manifest, which a run has once it is complete.

    Raises
    ------
    UserError
        If the run has none, or they are damaged.
    """
    file = run.file(TABLE)
    if not run.has(TABLE):
        raise UserError(
            f"{run.folder}: holds no {file.name}, without which it cannot be compared; run it again"
        )
    header = TABLES[TABLE].header
    policies, numbers, lanes, routes, measures, units, values = run.columns(TABLE, *header)
    if not numbers:
        raise UserError(f"{file}:1: has no rows, there is nothing to compare; run it again")
    n = int(run.manifest()["replications"]) if replications is None else replications
    if max(numbers) >= n:
        raise UserError(f"{file}:1: replication {max(numbers)} is not one of the {n}; run it again")
    found: dict[str, Series] = {}
    keys = zip(lanes, routes, measures, units, strict=True)
    for policy, number, key, value in zip(policies, numbers, keys, values, strict=True):
        series = found.setdefault(policy, {})
        if key not in series:
            series[key] = np.full(n, absent(key[2]))
        series[key][number] = value
    return found


def read_levels(run: Run) -> dict[str, dict[SummaryKey, Estimate]]:
    """Read the estimate of each measure over all replications, by policy: of all together, lanes and routes.

    Raises
    ------
    UserError
        If the run lacks them, or they are damaged.
    """
    found: dict[str, dict[SummaryKey, Estimate]] = {}
    for kind in (TogetherRow, SummaryRow):
        file = run.file(kind.table.name)
        if not run.has(kind.table.name):
            raise UserError(f"{run.folder}: holds no {file.name}; run it again")
        for row in run.rows(kind):
            key = row.lane, row.route, row.measure, row.unit
            found.setdefault(row.policy, {})[key] = Estimate(row.mean, row.low, row.high, row.n)
    return found


def read_pooled(run: Run) -> dict[str, dict[SummaryKey, float]]:
    """Read the quantiles of the consignments of all replications together, by policy; errors as above."""
    return {
        policy: {key: one.mean for key, one in levels.items() if is_quantile(key[2])}
        for policy, levels in read_levels(run).items()
    }


def thin_tails(series: Series) -> frozenset[tuple[str, str, str]]:
    """Return the lane, route and measure of each quantile with few consignments beyond it.

    The spread of such quantiles among replications says little of the pooled quantile, and nothing of a
    difference: quantiles within small replications are biased, by more the fewer consignments there are. A
    quantile is of the consignments of those routes that have it.
    """
    behind: dict[tuple[str, str, str], Floats] = {}
    for (lane, route, measure, _), values in series.items():
        of = series.get((lane, route, "consignments", "consignments"))
        if of is not None and TOGETHER not in (lane, route) and is_quantile(measure):
            mine = np.where(np.isnan(values), 0.0, of)
            for place in ((lane, route), (lane, TOGETHER), (TOGETHER, TOGETHER)):
                behind[(*place, measure)] = behind.get((*place, measure), np.zeros(len(mine))) + mine
    return frozenset(
        key
        for key, found in behind.items()
        for _, q in filter(None, [quantile_of(key[2])])
        if thin_tail(q, float(found.sum()), int((found > 0).sum()))
    )


def measured_by(corridor: Corridor, seed: int) -> Collection[str]:
    """Return the measures of a scenario that has not been run, by simulating its first replication."""
    tables = tabulate(replicate(corridor, seed, 0))
    return dict.fromkeys(key[2] for key in (*tables.together, *tables.summary))
