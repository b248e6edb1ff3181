"""Tables of a replication as they are sent and kept: few texts and arrays, quick to write and to read.

The keys of a table are written apart from its numbers. They are the same in nearly all replications, and
whoever adds up the numbers reads only those keys that differ from the last ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.groups import GroupKey
from fourport.study.histogram import COARSE, FINE, Histograms
from fourport.study.keyed import Keys, ReadKeys, Table
from fourport.study.measured_cohorts import Sampled
from fourport.study.planning import Sheet
from fourport.study.tabulate import ReplicationTables

GROUPS = "groups"
TABLES = (
    *("together", "summary", "costs", "stops", "lead_times", "legs", "emissions", "clearance_stages"),
    GROUPS,
)
"""Tables that are averaged."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """A table of ``k`` keys.

    Attributes
    ----------
    keys
        Keys, written in parts.
    values
        (k,) values.
    over
        (k,) number of kilograms, parcels or consignments that each mean or share is over, NaN for others;
        None if the table has no means or shares.
    """

    keys: tuple[bytes, ...]
    values: Floats
    over: Floats | None = None

    @classmethod
    def of(cls, table: Table) -> Numbers:
        """Pack a table."""
        values, over = table.numbers
        return cls(_written(table.keys_of_parts), values, None if np.isnan(over).all() else over)


@dataclass(frozen=True, eq=False)
class PackedSamples:
    """Samples of ``k`` keys, which are written in parts."""

    keys: tuple[bytes, ...]
    histograms: Histograms

    @classmethod
    def of(cls, samples: Sequence[Sampled], bits: int) -> PackedSamples:
        """Pack samples of histograms of so many bits."""
        keys, histograms = [keys for of, _ in samples for keys in of], [its for _, its in samples]
        return cls(_written(keys), Histograms.joined([Histograms.of([], bits), *histograms]))


@dataclass(frozen=True, eq=False)
class PackedSheet:
    """A sheet whose keys are written."""

    keys: bytes
    values: Floats

    def sheet(self, read: ReadKeys) -> Sheet:
        """Return the sheet, whose keys are read by a function."""
        return Sheet(Keys(read(self.keys)), self.values)


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
        return cls(
            {name: Numbers.of(getattr(tables, name)) for name in TABLES},
            PackedSamples.of(tables.samples, FINE),
            PackedSamples.of(tables.stop_samples, COARSE),
            tables.weeks,
            {name: PackedSheet(its.keys.written, its.values) for name, its in tables.sheets.items()},
        )


def _written(parts: Sequence[Keys]) -> tuple[bytes, ...]:
    return tuple(keys.written for keys in parts)
