"""Samples of the consignments of all replications together, of which large ones are in a file."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fourport.study.columns import Spool
from fourport.study.histogram import Histogram

Key = tuple[Any, ...]
"""Key of a sample."""

TOGETHER = 4
"""Number of histograms that are merged at once, which is faster than one by one."""
IN_MEMORY_BYTES = 8_000_000
"""Largest size of the samples of a policy that are kept in memory between replications.

A sample grows until all its bins are filled; the samples of many routes then take tens of megabytes. Moving
them takes a quarter of the time of a replication, and is to be rare.
"""
LAST_USED = 4
"""Number of merged samples that are kept for the next question."""


class _Place(NamedTuple):
    """Where a histogram is in a file, and how many bytes it may take there."""

    begin: int
    room: int
    bits: int
    bins: int


class Pooled:
    """Samples of a policy by key, to each of which every replication adds its consignments.

    Merging is exact and its order has no influence, so it does not matter what was in a file when.

    Parameters
    ----------
    spool
        Holds what does not fit into memory.
    """

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self._parts: dict[Key, list[Histogram]] = {}
        self._places: dict[Key, _Place] = {}
        self._bytes = 0

    def add(self, key: Key, sample: Histogram) -> None:
        """Add consignments to a sample."""
        parts = self._parts.setdefault(key, [])
        parts.append(sample)
        self._bytes += sample.nbytes
        if len(parts) == TOGETHER:
            self._bytes -= sum(one.nbytes for one in parts)
            parts[:] = [Histogram.merged(parts)]
            self._bytes += parts[0].nbytes

    def ease(self) -> None:
        """Move all samples into the file if they are too large for memory."""
        if self._bytes <= IN_MEMORY_BYTES:
            return
        for key in self._parts:
            self._write(key, self.merged([key]))
        self._parts.clear()
        self._bytes = 0

    def _write(self, key: Key, sample: Histogram) -> None:
        content, place = sample.tobytes(), self._places.get(key)
        if place is None or len(content) > place.room:
            # With room to grow: what has become too large for its place leaves a gap.
            room = 2 * len(content)
            place = _Place(self.spool.reserve(room), room, sample.bits, 0)
        self.spool.write(place.begin, content)
        self._places[key] = place._replace(bins=len(sample.counts))

    def merged(self, keys: Iterable[Key]) -> Histogram:
        """Return the sample of all consignments of some keys."""
        parts = [*self.parts(keys)]
        return parts[0] if len(parts) == 1 else Histogram.merged(parts)

    def parts(self, keys: Iterable[Key]) -> Iterator[Histogram]:
        """Yield the histograms of which the sample of some keys is made."""
        for key in keys:
            yield from self._parts.get(key, [])
            if (place := self._places.get(key)) is not None:
                content = self.spool.content(place.begin, Histogram.BYTES * place.bins)
                yield Histogram.frombytes(place.bits, content)

    def of(self, keys: Mapping[Key, list[Key]]) -> Samples:
        """Return samples that are each of the consignments of several keys."""
        return Samples(self, keys)


class Samples:
    """Samples by key, each merged when it is asked for, so that few are in memory.

    Parameters
    ----------
    keys
        Keys in ``pooled`` of which each sample is made.
    """

    def __init__(self, pooled: Pooled, keys: Mapping[Key, list[Key]]) -> None:
        self._pooled = pooled
        self._keys = keys
        self._last: OrderedDict[Key, Histogram] = OrderedDict()
        self._endless: dict[Key, tuple[int, int]] = {}

    def __contains__(self, key: Key) -> bool:
        """Return whether there is a sample of a key."""
        return key in self._keys

    def __getitem__(self, key: Key) -> Histogram:
        """Return a sample.

        Raises
        ------
        KeyError
            If there is none of the key.
        """
        if key not in self._last:
            self._last[key] = self._pooled.merged(self._keys[key])
            if len(self._last) > LAST_USED:
                self._last.popitem(last=False)
        self._last.move_to_end(key)
        return self._last[key]

    def endless(self, key: Key) -> tuple[int, int]:
        """Return the number of infinite values in a sample, and of all."""
        if key not in self._endless:
            of = [(part.count(math.inf), part.n) for part in self._pooled.parts(self._keys[key])]
            self._endless[key] = sum(endless for endless, _ in of), sum(n for _, n in of)
        return self._endless[key]
