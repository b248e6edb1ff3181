"""Estimates over the replications of a policy: of its tables, and of single consignments pooled."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
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
from fourport.study.pooled import Pooled, Samples
from fourport.study.quantiles import pooled_quantiles
from fourport.study.statistics import Estimate, estimates, rare
from fourport.study.tabulate import Key, LeadTimeKey, ReplicationTables, StopKey, SummaryKey

WITHHELD = 0.05
"""Largest share of consignments without a value for which the mean of the others is told.

Those are the slowest and often the dearest. If 5 % of them are left out of an exponential time, its mean is
too low by 16 %, which is more than most policies change.
"""

K = TypeVar("K", bound=Key)

SampleOf = Callable[[K], "tuple[Key, float] | None"]
"""Returns the key of the sample and the probability of the quantile that has a key; None for other keys."""


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
    few at a time, and are in a file between replications if they are large; sheets are added up. So memory
    does not grow with the replications.
    """

    def __init__(self, pooled: Pooled | None = None, *group: object) -> None:
        self._pooled, self._group = pooled or Pooled(Spool()), group
        spool = self._pooled.spool
        self._tables: dict[str, Columns[Any]] = {name: Columns(spool) for name in TABLES}
        self._over: Columns[Key] = Columns(spool)
        self._weeks: list[int] = []
        self._samples: dict[SummaryKey, None] = {}
        self._stop_samples: dict[StopKey, None] = {}
        self._sheets: dict[str, MeanSheet] = {}
        self._groups: dict[GroupKey, Averaging] = {}

    def add(self, tables: ReplicationTables) -> None:
        """Add a replication, and take its samples and sheets out of its tables."""
        for name, columns in self._tables.items():
            columns.add(getattr(tables, name))
        self._over.add(tables.over)
        self._weeks.append(tables.weeks)
        self._pool(self._samples, tables.samples)
        self._pool(self._stop_samples, tables.stop_samples)
        for name, sheet in tables.sheets.items():
            if name in self._sheets:
                self._sheets[name].add(sheet)
            else:
                self._sheets[name] = MeanSheet(sheet)
        tables.sheets.clear()
        for key, group in tables.groups.items():
            if key not in self._groups:
                self._groups[key] = Averaging(self._pooled, key)
            self._groups[key].add(group)
        if not self._group:
            self._pooled.ease()

    def _pool(self, keys: dict[K, None], samples: dict[K, Histogram]) -> None:
        """Add the samples of a replication to those of the others, and take them out of its tables."""
        for key, sample in samples.items():
            keys[key] = None
            self._pooled.add((*self._group, *key), sample)
        samples.clear()

    def averages(self) -> Averages:
        """Return estimates over replications, of all their consignments together."""
        samples = self._with_lanes()
        at_stops = self._pooled.of({key: [(*self._group, *key)] for key in self._stop_samples})
        return Averages(
            summary=self._summary("summary", samples),
            together=self._summary("together", samples),
            stops=self._average("stops", at_stops, _sample_of),
            lead_times=self._average("lead_times", samples, _lead_time),
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

    def _average(
        self, name: str, samples: Samples | None = None, sample_of: SampleOf[Any] = lambda _: None
    ) -> dict[Key, Estimate]:
        """Return the estimate of each key: means and shares of all consignments, quantiles of samples."""
        found: dict[Key, Estimate] = {}
        for keys in self._tables[name].blocks():
            found |= self._average_of(name, keys, samples, sample_of)
        return found

    def _average_of(
        self, name: str, keys: Sequence[Key], samples: Samples | None, sample_of: SampleOf[Any]
    ) -> dict[Key, Estimate]:
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
        asked = [(k, *of) for k, key in enumerate(keys) if (of := sample_of(key)) is not None]
        if asked and samples is not None:
            at, places, q = zip(*asked, strict=True)
            each = {place: samples[place] for place in dict.fromkeys(places)}
            pooled = pooled_quantiles([each[place] for place in places], np.array(q), values[[*at]])
            for k, one in zip(at, pooled, strict=True):
                found[keys[k]] = one
        return found

    def _summary(self, name: str, samples: Samples) -> dict[SummaryKey, Estimate]:
        """Return the estimates of measures, each by its kind."""
        found = self._average(name, samples, _sample_of)
        for keys in self._tables[name].blocks():
            kinds = {key: kind for key in keys if (kind := find(key[2])) is not None}
            events = [key for key, kind in kinds.items() if kind.of_events]
            among = self._values(name, [(*key[:2], "consignments", "consignments") for key in events])
            counts, clusters = self._values(name, events), clusters_of(self._weeks)
            found.update(zip(events, count_estimates(counts, None, among, clusters), strict=True))
            for key, kind in kinds.items():
                if kind.kind == "mean" and not kind.of_events:
                    found[key] = _withheld(found[key], samples, key if key in samples else _delivery(key))
        return found

    def _with_lanes(self) -> Samples:
        """Return the samples of routes, of all routes of each lane, and of all lanes."""
        parts: dict[Key, list[Key]] = {}
        for lane, route, measure, unit in self._samples:
            for place in ((lane, route), (lane, TOGETHER), (TOGETHER, TOGETHER)):
                mine = (*self._group, lane, route, measure, unit)
                parts.setdefault((*place, measure, unit), []).append(mine)
        return self._pooled.of(parts)

    def _of_groups(self) -> Iterator[tuple[Key, Estimate]]:
        """Yield the estimates of the measures of each group."""
        for group, averaging in self._groups.items():
            samples = averaging._with_lanes()
            for name in ("together", "summary"):
                for (lane, route, *measure), one in averaging._summary(name, samples).items():
                    yield (lane, route, *group, *measure), one


def _counts(keys: Sequence[Key]) -> list[bool]:
    """Return which keys are of counts."""
    return [absent(str(key[2])) == 0 for key in keys]


def _sample_of(key: Key) -> tuple[Key, float] | None:
    """Return the sample of a quantile by its key, which ends with the measure and the unit."""
    *place, measure, unit = key
    found = quantile_of(measure)
    return ((*place, found[0], unit), found[1]) if found else None


def _lead_time(key: LeadTimeKey) -> tuple[SummaryKey, float]:
    lane, route, share, unit = key
    return (lane, route, "door_to_door_time", unit), share / 100


def _of_delivered(found: dict[K, Estimate], samples: Samples) -> dict[K, Estimate]:
    """Return means over the delivered by lane and route, withheld where many are not."""
    return {key: _withheld(one, samples, _delivery(key)) for key, one in found.items()}


def _delivery(key: Key) -> SummaryKey:
    """Return the key of the time until delivery on a lane and route."""
    return key[0], key[1], "door_to_door_time", "h"


def _withheld(found: Estimate, samples: Samples, key: Key) -> Estimate:
    """Return a mean, unknown if it leaves out too many consignments: those whose time is infinite."""
    if key not in samples:
        return found
    endless, n = samples.endless(key)
    if endless <= WITHHELD * n:
        return found
    return Estimate(math.nan, math.nan, math.nan, found.n)
