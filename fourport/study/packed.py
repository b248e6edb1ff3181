"""Tables of a replication as they are sent and kept: few texts and arrays, quick to write and to read.

The keys of a table are written apart from its numbers. They are the same in nearly all replications, and
whoever adds up the numbers reads only those keys that differ from the last ones.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.groups import GroupKey
from fourport.study.histogram import COARSE, FINE, Histogram, Histograms
from fourport.study.planning import Sheet
from fourport.study.tabulate import Key, ReplicationTables

_NAMES = ("together", "summary", "costs", "stops", "lead_times", "legs", "emissions", "clearance_stages")
GROUPS = "groups"
TABLES = (*_NAMES, GROUPS)
"""Tables that are averaged.

The last has the measures of groups by lane, route, what goods are grouped by, group, measure and unit.
"""


@dataclass(frozen=True, eq=False)
class Numbers:
    """A table of ``k`` keys.

    Attributes
    ----------
    keys
        Written keys.
    values
        (k,) values.
    over
        (k,) number of kilograms, parcels or consignments that each mean or share is over, NaN for others;
        None if the table has no means or shares.
    """

    keys: bytes
    values: Floats
    over: Floats | None = None

    @classmethod
    def of(cls, table: Mapping[Key, float], over: Mapping[Key, float]) -> Numbers:
        """Pack a table, with what some of its values are over."""
        values, its = np.array([*table.values()], dtype=np.float64), [over.get(key, np.nan) for key in table]
        weights = np.array(its, dtype=np.float64)
        return cls(written_keys(table), values, None if np.isnan(weights).all() else weights)


@dataclass(frozen=True, eq=False)
class PackedSamples:
    """Samples of ``k`` keys, which are written."""

    keys: bytes
    histograms: Histograms

    @classmethod
    def of(cls, samples: Mapping[Key, Histogram], bits: int) -> PackedSamples:
        """Pack samples of histograms of so many bits."""
        return cls(written_keys(samples), Histograms.of([*samples.values()], bits))


@dataclass(frozen=True, eq=False)
class PackedSheet:
    """A sheet whose keys are written."""

    keys: bytes
    values: Floats

    @property
    def sheet(self) -> Sheet:
        """The sheet."""
        return Sheet(keys_of(self.keys), self.values)


@dataclass(frozen=True, eq=False)
class Packed:
    """The tables of a replication.

    Attributes
    ----------
    tables
        :data:`TABLES` by name.
    samples, stop_samples
        Samples by the keys of their means.
    weeks
        Number of weeks in which consignments of the cohort, and of each group, were accepted.
    sheets
        Planning tables by name.
    """

    tables: dict[str, Numbers]
    samples: PackedSamples
    stop_samples: PackedSamples
    weeks: dict[GroupKey | tuple[()], int]
    sheets: dict[str, PackedSheet]

    @classmethod
    def of(cls, tables: ReplicationTables) -> Packed:
        """Pack the tables of a replication."""
        groups = tables.groups
        numbers = {name: Numbers.of(getattr(tables, name), tables.over) for name in _NAMES}
        numbers[GROUPS] = Numbers.of(
            dict(_of_groups(groups, "together", "summary")), dict(_of_groups(groups, "over"))
        )
        samples = {**tables.samples, **dict(_of_groups(groups, "samples"))}
        return cls(
            numbers,
            PackedSamples.of(samples, FINE),
            PackedSamples.of(tables.stop_samples, COARSE),
            {(): tables.weeks, **{key: group.weeks for key, group in groups.items()}},
            {name: PackedSheet(written_keys(its.keys), its.values) for name, its in tables.sheets.items()},
        )


def _of_groups(groups: Mapping[GroupKey, ReplicationTables], *names: str) -> Iterator[tuple[Key, Any]]:
    """Yield the entries of some tables of groups, with the group after lane and route."""
    for group, tables in groups.items():
        for name in names:
            for (lane, route, *what), value in getattr(tables, name).items():
                yield (lane, route, *group, *what), value


def written_keys(keys: Iterable[Key]) -> bytes:
    """Write keys of texts and numbers; those that are equal are nearly always written alike."""
    return pickle.dumps([*keys], protocol=5)


def keys_of(content: bytes) -> list[Key]:
    """Read keys.

    Raises
    ------
    pickle.UnpicklingError
        If there is anything but texts and numbers: what was kept must not be able to run anything.
    """
    found: list[Key] = _Plain(io.BytesIO(content)).load()
    return found


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a key")
