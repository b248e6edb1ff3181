"""Samples of the consignments of all replications together, which are in a file but for a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np

from fourport.plan.tables import Ints
from fourport.study.columns import Spool
from fourport.study.histogram import Histograms, ranges
from fourport.study.keyed import Key, Places, ReadKeys, keys_of
from fourport.study.packed import PackedSamples

TOGETHER = 8
"""Replications that wait in the file until they are merged with those before: more take more of the disk."""
AT_ONCE = 20_000
"""Bins that are merged at once, unless a sample alone has more; they need 2 MB, and more take longer."""


class Pooled:
    """Samples by key, to each of which every replication adds its consignments.

    A sample grows until all its bins are filled; those of many routes then take tens of megabytes. So all of
    them are in a file. Merging is exact and its order has no influence.

    Parameters
    ----------
    bits
        Bits of the histograms.
    read
        Reads keys.
    """

    def __init__(self, bits: int, read: ReadKeys = keys_of) -> None:
        self._bits, self._spool = bits, Spool()
        self._places = Places(read)
        self._parts: list[_Stored] = []

    @property
    def keys(self) -> Sequence[Key]:
        """Keys in the order in which replications first had them."""
        return [*self._places]

    def add(self, samples: PackedSamples) -> None:
        """Add the consignments of a replication."""
        at = self._places.of_parts(samples.keys)
        part = _Stored(self._spool, self._bits)
        part.add(samples.histograms.placed(at, len(self._places)))
        self._parts.append(part)
        if len(self._parts) > TOGETHER:
            self._merge()

    def _merge(self) -> None:
        """Make one of all parts, in a new file."""
        for part in self._parts:
            part.add_empty(len(self._places) - len(part))
        self._spool = Spool()
        merged = _Stored(self._spool, self._bits)
        for share in shares(np.sum([part.sizes for part in self._parts], axis=0)):
            some = Histograms.joined([part.some(share) for part in self._parts])
            merged.add(some.merged(np.tile(np.arange(len(share)), len(self._parts)), len(share)))
        self._parts = [merged]

    def all(self) -> _Stored:
        """Return all samples by the order of their keys."""
        if len(self._parts) != 1:
            self._merge()
        return self._parts[0]


class _Stored:
    """Histograms in a file, one after the other, of which some are read when they are asked for."""

    BIN: ClassVar = np.dtype([("low", np.float64), ("high", np.float64), ("counts", np.int64)])

    def __init__(self, spool: Spool, bits: int) -> None:
        self._spool, self._bits = spool, bits
        self._begins, self._ends = np.zeros((2, 0), dtype=np.int64)

    def __len__(self) -> int:
        return len(self._begins)

    @property
    def sizes(self) -> Ints:
        """(h,) number of bins of each."""
        return self._ends - self._begins

    def add(self, more: Histograms) -> None:
        """Write more histograms."""
        its = ranges(more.begins, more.ends)
        bins = np.empty(len(its), dtype=self.BIN)
        bins["low"], bins["high"], bins["counts"] = more.low[its], more.high[its], more.counts[its]
        ends = self._spool.add(bins) // self.BIN.itemsize + np.cumsum(more.sizes)
        self._begins = np.append(self._begins, ends - more.sizes)
        self._ends = np.append(self._ends, ends)

    def add_empty(self, n: int) -> None:
        """Add histograms without values."""
        # They begin where the last bins end (0 if there are none), so that all are read together.
        at = np.full(n, self._ends.max(initial=0))
        self._begins, self._ends = np.append(self._begins, at), np.append(self._ends, at)

    def some(self, which: Ints) -> Histograms:
        """Read some of the histograms."""
        begins, sizes = self._begins[which], self.sizes[which]
        # Neighbours are read together.
        first = np.flatnonzero(np.append(True, begins[1:] != self._ends[which][:-1])[: len(which)])
        lengths, size = np.add.reduceat(sizes, first), self.BIN.itemsize
        read = zip((size * begins[first]).tolist(), (size * lengths).tolist(), strict=True)
        bins = np.frombuffer(b"".join(self._spool.content(*place) for place in read), dtype=self.BIN)
        ends = np.cumsum(sizes)
        return Histograms(self._bits, ends - sizes, ends, bins["counts"], bins["low"], bins["high"])


class Samples:
    """Samples by key, each of the consignments of some keys of a pool.

    Parameters
    ----------
    parts
        Indices in the order of the keys of ``pooled``, by key.
    """

    def __init__(self, pooled: Pooled, parts: Mapping[Key, Sequence[int]]) -> None:
        self._all = pooled.all()
        self._place = {key: k for k, key in enumerate(parts)}
        self._parts = np.array([k for part in parts.values() for k in part], dtype=np.int64)
        self._ends = np.cumsum([len(part) for part in parts.values()], dtype=np.int64)
        self._begins = np.append(0, self._ends)[:-1]

    @classmethod
    def each(cls, pooled: Pooled) -> Samples:
        """Return the samples of a pool themselves."""
        return cls(pooled, {key: [k] for k, key in enumerate(pooled.keys)})

    def __contains__(self, key: Key) -> bool:
        """Return whether there is a sample of a key."""
        return key in self._place

    def of(self, keys: Sequence[Key]) -> Iterator[tuple[int, Histograms]]:
        """Yield samples, as many at a time as fit into memory, and the place of the first among the keys."""
        places = np.array([self._place[key] for key in keys], dtype=np.int64)
        for share in shares(self._sums(self._all.sizes)[places]):
            begins, ends = self._begins[places[share]], self._ends[places[share]]
            some = self._all.some(self._parts[ranges(begins, ends)])
            alone = len(some) == len(share)
            into = np.repeat(np.arange(len(share)), ends - begins)
            yield int(share[0]), some if alone else some.merged(into, len(share))

    def leaving_out(self, share: float) -> frozenset[Key]:
        """Return the keys of which more than this share of the values is infinite."""
        endless, n = np.zeros((2, len(self._all)), dtype=np.int64)
        for its in shares(self._all.sizes):
            some = self._all.some(its)
            endless[its], n[its] = some.endless(), some.n
        late = self._sums(endless) > share * self._sums(n)
        return frozenset(key for key, one in zip(self._place, late.tolist(), strict=True) if one)

    def _sums(self, numbers: Ints) -> Ints:
        """Return the sum of the numbers of the parts of each sample."""
        up_to = np.append(0, np.cumsum(numbers[self._parts]))
        found: Ints = up_to[self._ends] - up_to[self._begins]
        return found


def shares(sizes: Ints) -> Iterator[Ints]:
    """Yield the indices of samples of so many bins, those that are merged at once."""
    first, ends = 0, np.cumsum(sizes)
    while first < len(sizes):
        before = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, before + AT_ONCE, side="right")), first + 1)
        yield np.arange(first, last)
        first = last
