"""Estimates over the replications of a policy: of its tables, and of single consignments pooled."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from fourport.measures import absent, find, quantile_of
from fourport.plan.tables import Floats
from fourport.store.tables import TOGETHER
from fourport.study.columns import Columns, Spool
from fourport.study.counts import clusters_of, count_estimates, share_estimates
from fourport.study.groups import GroupKey
from fourport.study.histogram import Histogram
from fourport.study.planning import MeanSheet, Sheet
from fourport.study.quantiles import pooled_quantiles
from fourport.study.statistics import Estimate, estimates, rare
from fourport.study.tabulate import Key, LeadTimeKey, ReplicationTables, StopKey, SummaryKey

AT_ONCE = 4
"""Number of histograms that are merged at once, which is faster than one by one."""

WITHHELD = 0.05
"""Largest share of consignments without a value for which the mean of the others is told.

Those are the slowest and often the dearest. If 5 % of them are left out of an exponential time, its mean is
too low by 16 %, which is more than most policies change.
"""

K = TypeVar("K", bound=Key)

SampleOf = Callable[[K], "tuple[Histogram, float] | None"]
"""Returns the sample and probability of the quantile that has a key; None for other keys."""


@dataclass(frozen=True)
class Averages:
    """Estimates over replications by key, and the means of the planning tables."""

    summary: dict[SummaryKey, Estimate]
    together: dict[SummaryKey, Estimate]
    costs: dict[Key, Estimate]
    stops: dict[Key, Estimate]
    lead_times: dict[Key, Estimate]
    legs: dict[Key, Estimate]
    emissions: dict[Key, Estimate]
    clearance_stages: dict[Key, Estimate]
    groups: dict[Key, Estimate]
    sheets: dict[str, Sheet]


TABLES = ("summary", "together", "costs", "stops", "lead_times", "legs", "emissions", "clearance_stages")
"""Tables of a replication that are averaged."""


class Averaging:
    """Collects the replications of a policy, in order.

    Of each replication it keeps numbers, in a file once there are many. Samples of consignments are merged a
    few at a time and sheets are added up. So memory does not grow with the replications.
    """

    def __init__(self, spool: Spool | None = None) -> None:
        self._spool = spool or Spool()
        self._tables: dict[str, Columns[Any]] = {name: Columns(self._spool) for name in TABLES}
        self._over: Columns[Key] = Columns(self._spool)
        self._weeks: list[int] = []
        self._samples: dict[SummaryKey, list[Histogram]] = {}
        self._stop_samples: dict[StopKey, list[Histogram]] = {}
        self._sheets: dict[str, MeanSheet] = {}
        self._groups: dict[GroupKey, Averaging] = {}

    def add(self, tables: ReplicationTables) -> None:
        """Add a replication, and take its samples and sheets out of its tables."""
        for name, columns in self._tables.items():
            columns.add(getattr(tables, name))
        self._over.add(tables.over)
        self._weeks.append(tables.weeks)
        _collect(self._samples, tables.samples)
        _collect(self._stop_samples, tables.stop_samples)
        for name, sheet in tables.sheets.items():
            if name in self._sheets:
                self._sheets[name].add(sheet)
            else:
                self._sheets[name] = MeanSheet(sheet)
        tables.sheets.clear()
        for key, group in tables.groups.items():
            self._groups.setdefault(key, Averaging(self._spool)).add(group)

    def averages(self) -> Averages:
        """Return estimates over replications, of all their consignments together."""
        samples = _with_lanes(self._samples)
        at_stops = {key: Histogram.merged(parts) for key, parts in self._stop_samples.items()}
        return Averages(
            summary=self._summary("summary", samples),
            together=self._summary("together", samples),
            stops=self._average("stops", lambda key: _sample_of(key, at_stops)),
            lead_times=self._average("lead_times", lambda key: _lead_time(key, samples)),
            costs=_of_delivered(self._average("costs"), samples),
            legs=self._average("legs"),
            emissions=_of_delivered(self._average("emissions"), samples),
            clearance_stages=self._average("clearance_stages"),
            groups=dict(self._of_groups()),
            sheets={name: one.mean() for name, one in self._sheets.items()},
        )

    def by_replication(self) -> Iterator[Iterator[tuple[object, ...]]]:
        """Yield for each replication its rows of key, value, and what a mean or share is over."""
        tables = [self._tables[name] for name in ("together", "summary")]
        keys = [key for table in tables for key in table.keys]
        count, place = _counts(keys), {key: k for k, key in enumerate(self._over.keys)}
        at = [place.get(key, -1) for key in keys]
        for replication in range(len(self._weeks)):
            values = np.concatenate([table.row(replication) for table in tables])
            values[count] = np.nan_to_num(values[count], posinf=np.inf)
            over = np.append(self._over.row(replication), np.nan)[at]
            rows = zip(keys, values.tolist(), over.tolist(), strict=True)
            yield ((*key, *numbers) for key, *numbers in rows)

    def _values(self, name: str, keys: Sequence[Key]) -> Floats:
        """Return values of a table by key and replication: zero of a count that a replication lacks."""
        values, counts = self._tables[name].table(keys), _counts(keys)
        values[counts] = np.nan_to_num(values[counts], posinf=np.inf)
        return values

    def _average(self, name: str, sample_of: SampleOf[Any] = lambda _: None) -> dict[Key, Estimate]:
        """Return the estimate of each key: means and shares of all consignments, quantiles of samples."""
        found: dict[Key, Estimate] = {}
        for keys in self._tables[name].blocks():
            found |= self._average_of(name, keys, sample_of)
        return found

    def _average_of(self, name: str, keys: Sequence[Key], sample_of: SampleOf[Any]) -> dict[Key, Estimate]:
        """Return the estimates of some keys."""
        values, over = self._values(name, keys), self._over.table(keys)
        found = dict(zip(keys, estimates(values, over), strict=True))
        mean = np.isfinite(over).any(axis=1)
        share = mean & np.array([key[-1] == "%" for key in keys], dtype=np.bool_)
        for k in np.flatnonzero(mean & ~share & rare(values, over)).tolist():
            found[keys[k]] = replace(found[keys[k]], low=math.nan, high=math.nan)
        rows = np.flatnonzero(share)
        clusters = clusters_of(self._weeks)
        for k, one in zip(rows.tolist(), share_estimates(values[rows], over[rows], clusters), strict=True):
            found[keys[k]] = one
        pooled = [(k, *of) for k, key in enumerate(keys) if (of := sample_of(key)) is not None]
        if pooled:
            at, of_rows, q = zip(*pooled, strict=True)
            for k, one in zip(at, pooled_quantiles(of_rows, np.array(q), values[[*at]]), strict=True):
                found[keys[k]] = one
        return found

    def _summary(self, name: str, samples: Mapping[SummaryKey, Histogram]) -> dict[SummaryKey, Estimate]:
        """Return the estimates of measures, each by its kind."""
        found = self._average(name, lambda key: _sample_of(key, samples))
        for keys in self._tables[name].blocks():
            kinds = {key: kind for key in keys if (kind := find(key[2])) is not None}
            events = [key for key, kind in kinds.items() if kind.of_events]
            among = self._values(name, [(*key[:2], "consignments", "consignments") for key in events])
            counts, clusters = self._values(name, events), clusters_of(self._weeks)
            found.update(zip(events, count_estimates(counts, None, among, clusters), strict=True))
            for key, kind in kinds.items():
                if kind.kind == "mean" and not kind.of_events:
                    found[key] = _withheld(found[key], samples.get(key) or samples.get(_delivery(key)))
        return found

    def _of_groups(self) -> Iterator[tuple[Key, Estimate]]:
        """Yield the estimates of the measures of each group."""
        for group, averaging in self._groups.items():
            samples = _with_lanes(averaging._samples)
            for name in ("together", "summary"):
                for (lane, route, *measure), one in averaging._summary(name, samples).items():
                    yield (lane, route, *group, *measure), one


def _counts(keys: Sequence[Key]) -> list[bool]:
    """Return which keys are of counts."""
    return [absent(str(key[2])) == 0 for key in keys]


def _collect(found: dict[K, list[Histogram]], samples: dict[K, Histogram]) -> None:
    for key, sample in samples.items():
        parts = found.setdefault(key, [])
        parts.append(sample)
        if len(parts) == AT_ONCE:
            parts[:] = [Histogram.merged(parts)]
    samples.clear()


def _with_lanes(found: Mapping[SummaryKey, list[Histogram]]) -> dict[SummaryKey, Histogram]:
    """Return the samples of routes, of all routes of each lane, and of all lanes."""
    parts: dict[SummaryKey, list[Histogram]] = {}
    for (lane, route, measure, unit), mine in found.items():
        for place in ((lane, route), (lane, TOGETHER), (TOGETHER, TOGETHER)):
            parts.setdefault((*place, measure, unit), []).extend(mine)
    return {key: Histogram.merged(mine) for key, mine in parts.items()}


def _sample_of(key: Key, samples: Mapping[Any, Histogram]) -> tuple[Histogram, float] | None:
    """Return the sample of a quantile by its key, which ends with the measure and the unit."""
    *place, measure, unit = key
    found = quantile_of(measure)
    return (samples[(*place, found[0], unit)], found[1]) if found else None


def _lead_time(key: LeadTimeKey, samples: Mapping[SummaryKey, Histogram]) -> tuple[Histogram, float]:
    lane, route, share, unit = key
    return samples[lane, route, "door_to_door_time", unit], share / 100


def _of_delivered(found: dict[K, Estimate], samples: Mapping[SummaryKey, Histogram]) -> dict[K, Estimate]:
    """Return means over the delivered by lane and route, withheld where many are not."""
    return {key: _withheld(one, samples.get(_delivery(key))) for key, one in found.items()}


def _delivery(key: Key) -> SummaryKey:
    """Return the key of the time until delivery on a lane and route."""
    return key[0], key[1], "door_to_door_time", "h"


def _withheld(found: Estimate, sample: Histogram | None) -> Estimate:
    """Return a mean, unknown if it leaves out too many consignments: those whose time is infinite."""
    if sample is None or sample.count(math.inf) <= WITHHELD * sample.n:
        return found
    return Estimate(math.nan, math.nan, math.nan, found.n)
