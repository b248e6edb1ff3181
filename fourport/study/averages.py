"""Estimates over the replications of a policy: of its tables, and of single consignments pooled."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from fourport.measures import absent, find, quantile_of
from fourport.store.tables import TOGETHER
from fourport.study.groups import GroupKey
from fourport.study.histogram import Histogram
from fourport.study.planning import MeanSheet, Sheet
from fourport.study.statistics import (
    Estimate,
    count_estimate,
    estimates,
    pooled_quantiles,
    share_estimate,
)
from fourport.study.tabulate import LeadTimeKey, ReplicationTables, StopKey, SummaryKey

AT_ONCE = 4
"""Number of histograms that are merged at once, which is faster than one by one."""

WITHHELD = 0.05
"""Largest share of consignments without a value for which the mean of the others is told.

Those are the slowest and often the dearest. If 5 % of them are left out of an exponential time, its mean is
too low by 16 %, which is more than most policies change.
"""

Key = tuple[Any, ...]
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


class Averaging:
    """Collects the replications of a policy, in order.

    Samples of consignments are merged a few at a time and sheets are added up, so their memory does not grow
    with the replications.
    """

    def __init__(self) -> None:
        self._tables: list[ReplicationTables] = []
        self._samples: dict[SummaryKey, list[Histogram]] = {}
        self._stop_samples: dict[StopKey, list[Histogram]] = {}
        self._sheets: dict[str, MeanSheet] = {}
        self._groups: dict[GroupKey, Averaging] = {}

    def add(self, tables: ReplicationTables) -> None:
        """Add a replication, and take its samples and sheets out of its tables."""
        self._tables.append(tables)
        _collect(self._samples, tables.samples)
        _collect(self._stop_samples, tables.stop_samples)
        for name, sheet in tables.sheets.items():
            if name in self._sheets:
                self._sheets[name].add(sheet)
            else:
                self._sheets[name] = MeanSheet(sheet)
        tables.sheets.clear()
        for key, group in tables.groups.items():
            self._groups.setdefault(key, Averaging()).add(group)

    def averages(self) -> Averages:
        """Return means over replications, and quantiles and shares of all their consignments."""
        tables = self._tables
        samples = _with_lanes(self._samples)
        at_stops = {key: Histogram.merged(parts) for key, parts in self._stop_samples.items()}
        return Averages(
            summary=_summary([one.summary for one in tables], samples),
            together=_summary([one.together for one in tables], samples),
            stops=_average([one.stops for one in tables], lambda key: _sample_of(key, at_stops)),
            lead_times=_average([one.lead_times for one in tables], lambda key: _lead_time(key, samples)),
            costs=_of_delivered(_average([one.costs for one in tables]), samples),
            legs=_average([one.legs for one in tables]),
            emissions=_of_delivered(_average([one.emissions for one in tables]), samples),
            clearance_stages=_average([one.clearance_stages for one in tables]),
            groups=dict(self._of_groups()),
            sheets={name: one.mean() for name, one in self._sheets.items()},
        )

    def _of_groups(self) -> Iterator[tuple[Key, Estimate]]:
        """Yield the estimates of the measures of each group."""
        for group, averaging in self._groups.items():
            samples = _with_lanes(averaging._samples)
            for name in ("together", "summary"):
                found = _summary([getattr(one, name) for one in averaging._tables], samples)
                for (lane, route, *measure), one in found.items():
                    yield (lane, route, *group, *measure), one


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


def _average(
    columns: Sequence[Mapping[K, float]], sample_of: SampleOf[K] = lambda _: None
) -> dict[K, Estimate]:
    """Return the estimate of each key: means over replications, and quantiles of samples."""
    keys = list(dict.fromkeys(key for column in columns for key in column))
    values = np.array([[column.get(key, absent(key[2])) for column in columns] for key in keys])
    values = values.reshape(len(keys), len(columns))
    found = dict(zip(keys, estimates(values), strict=True))
    pooled: dict[int, tuple[Histogram, list[tuple[int, float]]]] = {}
    for k, key in enumerate(keys):
        of = sample_of(key)
        if of is not None:
            pooled.setdefault(id(of[0]), (of[0], []))[1].append((k, of[1]))
    for sample, quantiles in pooled.values():
        rows, q = map(np.array, zip(*quantiles, strict=True))
        for k, one in zip(rows.tolist(), pooled_quantiles(sample, q, values[rows]), strict=True):
            found[keys[k]] = one
    return found


def _summary(
    columns: Sequence[Mapping[SummaryKey, float]], samples: Mapping[SummaryKey, Histogram]
) -> dict[SummaryKey, Estimate]:
    """Return the estimates of measures, each by its kind."""
    found = _average(columns, lambda key: _sample_of(key, samples))
    for key, one in found.items():
        measure = find(key[2])
        if measure is None:
            continue
        if measure.kind == "share":
            shares = [column.get(key, math.nan) for column in columns]
            found[key] = share_estimate(shares, samples[key].count(100.0), samples[key].n)
        elif measure.of_events:
            found[key] = count_estimate([column.get(key, 0.0) for column in columns])
        elif measure.kind == "mean":
            found[key] = _withheld(one, samples.get(key) or samples.get(_delivery(key)))
    return found


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
