"""Numbers of each replication by key, of which many are in a file and not in memory."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile, gettempdir
from typing import Any, Generic, TypeVar
from weakref import finalize

import numpy as np

from fourport.plan.tables import Floats

K = TypeVar("K", bound=tuple[Any, ...])

IN_MEMORY_BYTES = 2_000_000
"""Largest size of the numbers of a policy that are kept in memory: those of some twenty replications."""
AT_ONCE = 25_000
"""Numbers that are read together; estimates need some ten times as much memory for a moment."""


class Spool:
    """Rows of numbers, which go to a temporary file once there are many; it vanishes with the program.

    Raises
    ------
    OSError
        If they cannot be written, with the folder of temporary files.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
        finalize(self, self._file.close)

    def add(self, row: Floats) -> int:
        """Add a row, and return where it begins."""
        begin = self._file.seek(0, os.SEEK_END)
        self.write(begin, row.tobytes())
        return begin

    def reserve(self, size: int) -> int:
        """Reserve so many bytes, and return where they begin."""
        begin = self._file.seek(0, os.SEEK_END)
        self.write(begin + size - 1, b"\0")
        return begin

    def write(self, begin: int, content: bytes) -> None:
        """Write bytes to where they were reserved."""
        self._file.seek(begin)
        try:
            self._file.write(content)
        except OSError as error:  # such as a full disk; the file has no name
            error.filename = gettempdir()
            raise

    def content(self, begin: int, size: int) -> bytes:
        """Return bytes that were written."""
        self._file.seek(begin)
        return self._file.read(size)

    def read(self, begin: int, first: int, last: int) -> Floats:
        """Return the numbers of a row from ``first`` to before ``last``."""
        return np.frombuffer(self.content(begin + 8 * first, 8 * (last - first)))


class Columns(Generic[K]):
    """Numbers of each replication by key.

    Parameters
    ----------
    spool
        Holds the numbers, one row for each replication.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._keys: list[K] = []
        self._index: dict[K, int] = {}
        self._begins = array("q")
        self._lengths = array("q")

    def add(self, column: Mapping[K, float]) -> None:
        """Add a replication."""
        keys = list(column)
        if keys == self._keys:  # as in nearly all replications
            row = np.fromiter(column.values(), np.float64, len(keys))
        else:
            at = [self._index.setdefault(key, len(self._index)) for key in keys]
            self._keys = list(self._index)
            row = np.full(len(self._keys), np.nan)
            row[at] = [*column.values()]
        self._begins.append(self._spool.add(row) if len(row) else 0)
        self._lengths.append(len(row))

    @property
    def keys(self) -> Sequence[K]:
        """Keys in the order in which replications first had them."""
        return self._keys

    def blocks(self) -> Iterator[Sequence[K]]:
        """Yield the keys, as many at a time as are to be read together."""
        size = max(AT_ONCE // max(len(self._begins), 1), 1)
        for begin in range(0, len(self._keys), size):
            yield self._keys[begin : begin + size]

    def table(self, keys: Iterable[K]) -> Floats:
        """Return the numbers of some keys by key and replication, NaN where a replication lacks the key."""
        at = np.array([self._index.get(key, -1) for key in keys], dtype=np.int64)
        found = np.full((len(at), len(self._begins)), np.nan)
        if not (at >= 0).any():
            return found
        # Keys that are asked for together lie together.
        first, end = int(at[at >= 0].min()), int(at.max()) + 1
        read = np.empty((len(self._begins), end - first))
        for replication, (begin, length) in enumerate(zip(self._begins, self._lengths, strict=True)):
            last = min(end, length)
            if first < last:
                read[replication, : last - first] = self._spool.read(begin, first, last)
            read[replication, max(last - first, 0) :] = np.nan
        mine = at >= 0
        found[mine] = read.T[at[mine] - first]
        return found

    def row(self, replication: int) -> Floats:
        """Return the numbers of a replication in the order of the keys."""
        found = np.full(len(self._keys), np.nan)
        begin, length = self._begins[replication], self._lengths[replication]
        if length:
            found[:length] = self._spool.read(begin, 0, length)
        return found
