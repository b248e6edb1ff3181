"""Numbers of each replication by key, of which many are in a file and not in memory."""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile, gettempdir
from typing import TYPE_CHECKING, Any
from weakref import finalize

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.study.keyed import Key, Places, ReadKeys, keys_of
from fourport.study.packed import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

IN_MEMORY_BYTES = 250_000
"""Largest size of numbers that are kept in memory: those of one or two replications of a small scenario."""
AT_ONCE = 25_000
"""Numbers that are read together; estimates need some ten times as much memory for a moment."""
NEAR = 50
"""Numbers between two that are read together, too: reading apart takes longer."""


class Spool:
    """Numbers, which go to a temporary file once there are many; it vanishes with the program.

    Raises
    ------
    OSError
        If they cannot be written, with the folder of temporary files.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
        finalize(self, self._file.close)

    def add(self, row: NDArray[Any]) -> int:
        """Add a row, and return where it begins."""
        begin = self._file.seek(0, os.SEEK_END)
        try:
            self._file.write(row.data)
        except OSError as error:  # such as a full disk; the file has no name
            error.filename = gettempdir()
            raise
        return begin

    def read_into(self, row: NDArray[Any], begin: int) -> None:
        """Read a row, or a part of it, that was written at a place."""
        self._file.seek(begin)
        if self._file.readinto(row.data) != row.nbytes:
            raise OSError("a temporary file is shorter than what was written to it")

    def read(self, begin: int, first: int, last: int) -> Floats:
        """Return the numbers of a row from ``first`` to before ``last``."""
        found = np.empty(last - first)
        self.read_into(found, begin + 8 * first)
        return found


def _neighbours(at: Ints) -> Iterator[tuple[Ints, int, int]]:
    """Yield which of some places are near each other, and from where to where they lie; none below zero."""
    order = np.argsort(at, kind="stable")
    order = order[np.searchsorted(at[order], 0) :]
    if len(order):
        for mine in np.split(order, np.flatnonzero(np.diff(at[order]) > NEAR) + 1):
            yield mine, int(at[mine[0]]), int(at[mine[-1]]) + 1


class Columns:
    """A table of each replication: values, and what they are over, by key.

    Parameters
    ----------
    spool
        Holds the numbers: of each replication a row of values, and one of what they are over.
    absent
        Returns the value for a replication that lacks a key.
    read
        Reads keys.
    """

    def __init__(
        self, spool: Spool, absent: Callable[[Key], float] = lambda _: math.nan, read: ReadKeys = keys_of
    ) -> None:
        self._spool, self._absent_of = spool, absent
        self._places = Places(read)
        self._absent = array("d")
        self._begins = array("q")
        self._lengths = array("q")
        self._overs = array("b")

    def add(self, table: Numbers) -> None:
        """Add a replication."""
        at = self._places.of_parts(table.keys)
        if len(self._absent) < len(self._places):  # few replications have new keys
            self._absent.extend(map(self._absent_of, self.keys[len(self._absent) :]))
        rows = [table.values] if table.over is None else [table.values, table.over]
        if not np.array_equal(at, np.arange(len(self._places))):
            rows, given = [np.full(len(self._places), np.nan) for _ in rows], rows
            for row, values in zip(rows, given, strict=True):
                row[at] = values
        self._begins.append(self._spool.add(np.concatenate(rows)))
        self._lengths.append(len(rows[0]))
        self._overs.append(len(rows) > 1)

    @property
    def keys(self) -> Sequence[Key]:
        """Keys in the order in which replications first had them."""
        return [*self._places]

    def at(self, keys: Iterable[Key]) -> Ints:
        """Return the places of keys; -1 for those that are not there."""
        return self._places.of(keys)

    def blocks(self) -> Iterator[tuple[Ints, Sequence[Key]]]:
        """Yield the places and keys, as many at a time as are to be read together."""
        keys, size = self.keys, max(AT_ONCE // max(len(self._begins), 1), 1)
        for begin in range(0, len(keys), size):
            some = keys[begin : begin + size]
            yield np.arange(begin, begin + len(some)), some

    def values(self, at: Ints) -> Floats:
        """Return the values at some places by place and replication."""
        values, absent = self._table(at, over=False), np.append(self._absent, np.nan)[at]
        found: Floats = np.where(np.isnan(values), absent[:, np.newaxis], values)
        return found

    def over(self, at: Ints) -> Floats:
        """Return what the values at some places are over, by place and replication; NaN for nothing."""
        return self._table(at, over=True)

    def _table(self, at: Ints, *, over: bool) -> Floats:
        found = np.full((len(at), len(self._begins)), np.nan)
        for mine, first, end in _neighbours(at):
            read = np.full((len(self._begins), end - first), np.nan)
            rows = zip(self._begins, self._lengths, self._overs, strict=True)
            for replication, (begin, length, overs) in enumerate(rows):
                last = min(end, length)
                if first < last and (overs or not over):
                    start = length if over else 0
                    read[replication, : last - first] = self._spool.read(begin, start + first, start + last)
            found[mine] = read.T[at[mine] - first]
        return found

    def row(self, replication: int) -> tuple[Floats, Floats]:
        """Return the values of a replication in the order of the keys, and what they are over."""
        values, over = np.full((2, len(self._places)), np.nan)
        begin, length, overs = self._begins[replication], self._lengths[replication], self._overs[replication]
        values[:length] = self._spool.read(begin, 0, length)
        if overs:
            over[:length] = self._spool.read(begin, length, 2 * length)
        return np.where(np.isnan(values), self._absent, values), over
