"""Estimates over the replications of a policy: of its tables, and of single consignments pooled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fourport.measures import absent, find, quantile_of
from fourport.plan.tables import Floats
from fourport.store.tables import TOGETHER
from fourport.study.block import Block
from fourport.study.columns import Columns, Spool
from fourport.study.counts import clusters_of
from fourport.study.groups import GroupKey
from fourport.study.histogram import COARSE, FINE
from fourport.study.keyed import Key, ReadKeys, keys_of
from fourport.study.packed import GROUPS, TABLES, Packed
from fourport.study.planning import MeanSheet, Sheet
from fourport.study.pooled import Pooled, Samples
from fourport.study.statistics import Estimates

WITHHELD = 0.05
"""Largest share of consignments without a value for which the mean of the others is told.

Those are the slowest and often the dearest. If 5 % of them are left out of an exponential time, its mean is
too low by 16 %, which is more than most policies change.
"""

MEASURED = ("summary", "together", GROUPS)
"""Tables of measures by lane, route, group if there are any, measure and unit."""

Finish = Callable[[Block, Estimates], None]
"""Puts to the means of a block the estimates that are none."""


@dataclass(frozen=True, eq=False)
class Averaged:
    """Estimates over replications by key.

    Attributes
    ----------
    keys, estimates
        (k,) keys, and the estimate of each.
    """

    keys: Sequence[Key]
    estimates: Estimates


@dataclass(frozen=True)
class Averages:
    """Estimates over replications by key, and the means of the planning tables."""

    summary: Averaged
    together: Averaged
    costs: Averaged
    stops: Averaged
    lead_times: Averaged
    legs: Averaged
    emissions: Averaged
    clearance_stages: Averaged
    groups: Averaged
    sheets: dict[str, Sheet]


class Averaging:
    """Collects the replications of a policy, in order.

    Of each replication it keeps numbers, in a file once there are many. Samples of consignments are in a
    file, too, and merged a few at a time; sheets are added up. So memory does not grow with the replications.

    Parameters
    ----------
    read
        Reads the keys of tables.
    """

    def __init__(self, read: ReadKeys = keys_of) -> None:
        self._read, spool = read, Spool()
        self._tables = {name: Columns(spool, read=read) for name in TABLES}
        self._tables |= {name: Columns(spool, lambda key: absent(key[-2]), read) for name in MEASURED}
        self._weeks: dict[GroupKey | tuple[()], list[int]] = {}
        self._samples, self._stop_samples = Pooled(FINE, read), Pooled(COARSE, read)
        self._sheets: dict[str, MeanSheet] = {}

    def add(self, tables: Packed) -> None:
        """Add a replication."""
        for name, columns in self._tables.items():
            columns.add(tables.tables[name])
        for group, weeks in tables.weeks.items():
            self._weeks.setdefault(group, []).append(weeks)
        self._samples.add(tables.samples)
        self._stop_samples.add(tables.stop_samples)
        for name, sheet in tables.sheets.items():
            if name in self._sheets:
                self._sheets[name].add(sheet.values)
            else:
                self._sheets[name] = MeanSheet(sheet.sheet(self._read))

    def averages(self) -> Averages:
        """Return estimates over replications, of all their consignments together."""
        samples, at_stops = _with_lanes(self._samples), Samples.each(self._stop_samples)
        late = samples.leaving_out(WITHHELD)

        def is_late(key: Key) -> bool:
            """Return whether a mean leaves out many: of those it is of, or of the deliveries."""
            return bool(late) and _is_mean(key) and (key if key in samples else _delivery(key[:-2])) in late

        def measures(block: Block, found: Estimates) -> None:
            block.put_quantiles(found, samples, _sample_of)
            block.put_counts(found)
            block.withhold(found, is_late)

        def of_delivered(block: Block, found: Estimates) -> None:
            block.withhold(found, lambda key: _delivery(key[:2]) in late)

        return Averages(
            summary=self._average("summary", measures),
            together=self._average("together", measures),
            costs=self._average("costs", of_delivered),
            stops=self._average(
                "stops", lambda block, found: block.put_quantiles(found, at_stops, _sample_of)
            ),
            lead_times=self._average(
                "lead_times", lambda block, found: block.put_quantiles(found, samples, _lead_time)
            ),
            legs=self._average("legs"),
            emissions=self._average("emissions", of_delivered),
            clearance_stages=self._average("clearance_stages"),
            groups=self._by_group(self._average(GROUPS, measures)),
            sheets={name: one.mean() for name, one in self._sheets.items()},
        )

    def by_replication(self) -> Iterator[list[Sequence[Any] | Floats]]:
        """Yield for each replication columns of its rows: keys, value, and what a mean or share is over.

        The columns of the keys are the same ones each time.
        """
        tables = [self._tables[name] for name in ("together", "summary")]
        keys = [*zip(*(key for table in tables for key in table.keys), strict=True)]
        for replication in range(len(self._weeks[()])):
            yield [*keys, *np.concatenate([table.row(replication) for table in tables], axis=1)]

    def _average(self, name: str, finish: Finish = lambda *_: None) -> Averaged:
        """Return the estimate of each key of a table."""
        found: list[Estimates] = []
        weeks = {group: clusters_of(weeks) for group, weeks in self._weeks.items()}
        table = self._tables[name]
        for at, keys in table.blocks():
            clusters = np.array([weeks[_group(key) if name == GROUPS else ()] for key in keys])
            block = Block(table, keys, table.values(at), table.over(at), clusters)
            found.append(block.means())
            finish(block, found[-1])
        return Averaged(table.keys, Estimates.joined(found))

    def _by_group(self, found: Averaged) -> Averaged:
        """Return estimates in the order of the groups, of each of all routes together first."""
        order = {group: k for k, group in enumerate(self._weeks)}
        places = [(order[_group(key)], key[1] != TOGETHER) for key in found.keys]
        ordered = sorted(range(len(places)), key=places.__getitem__)
        at = np.array(ordered, dtype=np.int64)
        return Averaged([found.keys[k] for k in ordered], found.estimates.some(at))


def _with_lanes(pooled: Pooled) -> Samples:
    """Return the samples of routes, of all routes of each lane, and of all lanes."""
    parts: dict[Key, list[int]] = {}
    for k, (lane, route, *what) in enumerate(pooled.keys):
        for place in ((lane, route), (lane, TOGETHER), (TOGETHER, TOGETHER)):
            parts.setdefault((*place, *what), []).append(k)
    return Samples(pooled, parts)


def _group(key: Key) -> GroupKey:
    """Return the group of a key of the table of groups."""
    return key[2], key[3]


def _is_mean(key: Key) -> bool:
    """Return whether a key is that of a mean of a measure."""
    kind = find(key[-2])
    return kind is not None and kind.kind == "mean"


def _sample_of(key: Key) -> tuple[Key, float] | None:
    """Return the sample of a quantile by its key, which ends with the measure and the unit."""
    *place, measure, unit = key
    found = quantile_of(measure)
    return ((*place, found[0], unit), found[1]) if found else None


def _lead_time(key: Key) -> tuple[Key, float]:
    """Return the sample of a lead time by lane, route, share in % and unit, and the probability."""
    return _delivery(key[:-2]), key[-2] / 100


def _delivery(place: Key) -> Key:
    """Return the key of the time until delivery on a lane and route, of a group if one is named."""
    return (*place, "door_to_door_time", "h")
