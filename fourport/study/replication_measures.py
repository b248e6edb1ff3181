"""Measures of each replication, stored so that policies can be compared without simulating again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, compress, count, islice
from pathlib import Path
from typing import Any

import numpy as np

from fourport.errors import UserError
from fourport.measures import absent, is_quantile, quantile_of
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats, Ints
from fourport.scenario.suggestions import allowed
from fourport.store import Run
from fourport.store.content import Part
from fourport.store.tables import TABLES, TOGETHER, SummaryRow, TogetherRow
from fourport.study.averages import Averaging
from fourport.study.quantiles import thin_tail
from fourport.study.replication import replicate
from fourport.study.statistics import Estimate
from fourport.study.tabulate import SummaryKey, tabulate

TABLE = "replications"


_NONE: Mapping[SummaryKey, Floats] = {}


class Series(dict[SummaryKey, Floats]):
    """(replications,) values by lane, route, measure and unit; NaN unknown, infinite if undelivered.

    Attributes
    ----------
    over
        (replications,) number of kilograms, parcels or consignments that the values of a mean or share are
        over, by the same keys. Measures without it count every replication alike.
    """

    def __init__(
        self,
        values: Mapping[SummaryKey, Floats] | None = None,
        over: Mapping[SummaryKey, Floats] | None = None,
    ) -> None:
        super().__init__(values or {})
        self.over: dict[SummaryKey, Floats] = dict(over or {})


def write_replications(run: Run, found: Mapping[str, Averaging]) -> None:
    """Write the measures of each replication: all lanes together, each lane, then each route.

    Parameters
    ----------
    found
        All replications, by policy.
    """
    run.write_table(TABLE, _parts(found))


def _parts(found: Mapping[str, Averaging]) -> Iterator[Part]:
    for policy, averaging in found.items():
        for replication, columns in enumerate(averaging.by_replication()):
            n = len(columns[-1])
            yield Part([[policy] * n, [replication] * n, *columns] if n else [])


def read_replications(run: Run, replications: int | None = None) -> dict[str, Series]:
    """Read the measures of each replication, by policy.

    If nothing of a kind moved in a replication, counts are zero, other measures NaN. Runs of earlier versions
    do not say what means are over; their replications count alike.

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
    n = int(run.manifest()["replications"]) if replications is None else replications
    read: dict[str, _Read] = {}
    for columns in run.pieces(TABLE, *_WANTED, optional=["over"]):
        _add_rows(read, columns, n, file)
    if not read:
        raise UserError(f"{file}:1: has no rows, there is nothing to compare; run it again")
    found = {policy: its.series() for policy, its in read.items()}
    if replications is None and {*found} != (known := {*run.manifest()["policies"]}):
        what = f"has rows of {', '.join(sorted(found))}{allowed(sorted(known))}"
        raise UserError(f"{file}:1: {what}; run it again")
    return found


_WANTED = [name for name in TABLES[TABLE].header if name != "over"]
_KEYS = _WANTED[:-1]


def _add_rows(found: dict[str, _Read], columns: Sequence[Any], n: int, file: Path) -> None:
    """Add rows of the table to those of each policy that were read before, of ``n`` replications.

    The policies may come in any order.
    """
    policies, numbers, *keys = columns[: len(_KEYS)]
    if numbers.max(initial=0) >= n:
        raise UserError(f"{file}:1: replication {numbers.max()} is not one of the {n}; run it again")
    of_key = np.zeros(len(numbers), dtype=np.int64)
    for number, texts in keys:
        of_key = of_key * len(texts) + number
    for k, policy in enumerate(policies.texts):
        mine = np.flatnonzero(policies.number == k)
        # All replications have nearly the same keys, of which each is looked up once.
        _, first, which = np.unique(of_key[mine], return_index=True, return_inverse=True)
        order = np.argsort(first)
        places = np.empty(len(order), dtype=np.int64)
        places[order] = np.arange(len(order))
        rows = mine[first[order]]
        each = zip(*([texts[at] for at in number[rows].tolist()] for number, texts in keys), strict=True)
        if policy not in found:
            found[policy] = _Read(n)
        numbered = (column[mine] for column in (numbers, *columns[len(_KEYS) :]))
        found[policy].add([*each], places[which], *numbered)


class _Read:
    """The rows of a policy that were read, of ``n`` replications."""

    def __init__(self, n: int) -> None:
        self._rows: dict[SummaryKey, int] = defaultdict(count().__next__)
        self._values = self._over = np.empty((0, n))

    def add(
        self, keys: Sequence[SummaryKey], of: Ints, numbers: Ints, values: Floats, over: Floats | None = None
    ) -> None:
        """Add rows.

        Parameters
        ----------
        keys, of
            Keys, and (rows,) which of them each row has.
        numbers, values, over
            (rows,) number of the replication, value and, if known, what it is over.
        """
        known = len(self._rows)
        at = np.array([self._rows[key] for key in keys], dtype=np.int64)[of]
        if new := [*islice(self._rows, known, None)]:
            missing = np.tile(np.array([[absent(key[2])] for key in new]), self._values.shape[1])
            self._values = np.concatenate([self._values, missing])
            self._over = np.concatenate([self._over, np.full(missing.shape, np.nan)])
        self._values[at, numbers] = values
        if over is not None:
            self._over[at, numbers] = over

    def series(self) -> Series:
        """Return the measures of each replication."""
        given = ~np.isnan(self._over)
        self._over[~given] = 0.0
        over = {key: self._over[k] for key, k in self._rows.items() if given[k].any()}
        return Series({key: self._values[k] for key, k in self._rows.items()}, over)


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
        policies, *columns = run.columns(
            kind.table.name, "policy", "lane", "route", "measure", "unit", "mean", "low", "high", "n"
        )
        keys, ends = zip(*columns[:4], strict=True), map(Estimate, *columns[4:])
        for policy, key, estimate in zip(policies, keys, ends, strict=True):
            found.setdefault(policy, {})[key] = estimate
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
    asked = [
        (key, values, of)
        for key, values in series.items()
        if is_quantile(key[2]) and TOGETHER not in key[:2]
        if (of := series.get((*key[:2], "consignments", "consignments"))) is not None
    ]
    if not asked:
        return frozenset()
    of_routes = np.array([np.where(np.isnan(values), 0.0, of) for _, values, of in asked])
    places = [
        [(lane, route, measure), (lane, TOGETHER, measure), (TOGETHER, TOGETHER, measure)]
        for (lane, route, measure, _), *_ in asked
    ]
    number = {key: k for k, key in enumerate(dict.fromkeys(chain(*places)))}
    behind = np.zeros((len(number), of_routes.shape[1]))
    for of_place in zip(*places, strict=True):
        np.add.at(behind, [number[key] for key in of_place], of_routes)
    q = np.array([found[1] for key in number if (found := quantile_of(key[2])) is not None])
    thin = thin_tail(q, behind.sum(axis=1), (behind > 0).sum(axis=1))
    return frozenset(compress(number, thin.tolist()))


def measured_by(corridor: Corridor, seed: int) -> Collection[str]:
    """Return the measures of a scenario that has not been run, by simulating its first replication."""
    tables = tabulate(replicate(corridor, seed, 0))
    return dict.fromkeys(key[2] for key in (*tables.together, *tables.summary))
