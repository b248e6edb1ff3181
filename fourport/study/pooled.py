"""Samples of the consignments of all replications together, which are in a file but for a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from fourport.plan.tables import Ints
from fourport.study.bins import BIN, Bins, merged
from fourport.study.columns import Spool
from fourport.study.histogram import Histograms, ranges
from fourport.study.keyed import Key, Places, ReadKeys, keys_of
from fourport.study.packed import PackedSamples

TOGETHER = 15
"""Least number of replications that wait in the file until they are merged: more take more of the disk."""
AT_ONCE = 40_000
"""Bins that are merged at once, unless a sample alone has more; they need 2 MB, and more are not faster."""


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
        self.bits, self._spool = bits, Spool()
        self._places = Places(read)
        self._parts: list[_Stored] = []
        self._merged_bins = self._waiting_bins = 0

    @property
    def keys(self) -> Sequence[Key]:
        """Keys in the order in which replications first had them."""
        return [*self._places]

    def add(self, samples: PackedSamples) -> None:
        """Add the consignments of a replication."""
        at = self._places.of_parts(samples.keys)
        placed = samples.histograms.placed(at, len(self._places))
        bins = placed.bins
        self._parts.append(_Stored.written(self._spool, [(bins, placed.sizes)]))
        self._waiting_bins += len(bins)
        # As much must wait as is merged already, so that a bin is merged again only when all have doubled.
        if len(self._parts) > TOGETHER and self._waiting_bins >= self._merged_bins:
            self._merge()

    def _merge(self) -> None:
        """Make one of all parts, in a new file."""
        spool, n = Spool(), len(self._places)
        self._parts = [_Stored.written(spool, self._merged([part.padded(n) for part in self._parts]))]
        self._spool, self._merged_bins, self._waiting_bins = spool, int(self._parts[0].sizes.sum()), 0

    def _merged(self, parts: Sequence[_Stored]) -> Iterator[tuple[Bins, Ints]]:
        """Yield what parts give together, some histograms at a time: their bins, and how many each has."""
        sizes, ends = np.array([part.sizes for part in parts]), np.array([part.ends for part in parts])
        begins = ends - sizes
        for share in shares(sizes.sum(axis=0)):
            bins = _read(self._spool, begins[:, share.start], ends[:, share.stop - 1])
            n = share.stop - share.start
            yield merged(bins, sizes[:, share].ravel(), np.tile(np.arange(n), len(parts)), n, self.bits)

    def all(self) -> _Stored:
        """Return all samples by the order of their keys."""
        if len(self._parts) != 1:
            self._merge()
        return self._parts[0]


class _Stored:
    """Histograms in a file, one after the other, of which some are read when they are asked for.

    Parameters
    ----------
    begin
        First bin in the file.
    sizes
        (h,) number of bins of each.

    Attributes
    ----------
    ends
        (h,) the bin after the last one of each in the file.
    """

    def __init__(self, spool: Spool, begin: int, sizes: Ints) -> None:
        self._spool, self._begin, self.sizes = spool, begin, sizes
        self.ends = begin + np.cumsum(sizes)

    @classmethod
    def written(cls, spool: Spool, parts: Iterable[tuple[Bins, Ints]]) -> _Stored:
        """Write bins of one histogram after the other, each part with the number of bins of each."""
        written = [(spool.add(bins) // BIN.itemsize, sizes) for bins, sizes in parts]
        none = np.zeros(0, dtype=np.int64)
        return cls(spool, written[0][0] if written else 0, np.concatenate([none, *(of for _, of in written)]))

    def padded(self, n: int) -> _Stored:
        """Return ``n`` histograms: these, and others without values."""
        none = np.zeros(n - len(self.sizes), dtype=np.int64)
        return _Stored(self._spool, self._begin, np.append(self.sizes, none))

    def some(self, which: Ints) -> tuple[Bins, Ints]:
        """Read some of the histograms: their bins, and how many each has."""
        # Neighbours are read together.
        first = np.flatnonzero(np.append(True, np.diff(which) != 1)[: len(which)])
        last = np.append(first[1:], len(which))[: len(first)] - 1
        begins = (self.ends - self.sizes)[which[first]]
        return _read(self._spool, begins, self.ends[which[last]]), self.sizes[which]


def _read(spool: Spool, begins: Ints, ends: Ints) -> Bins:
    """Read bins from each begin to before each end, one range after the other."""
    at = np.append(0, np.cumsum(ends - begins)).tolist()
    bins = np.empty(at[-1], dtype=BIN)
    for begin, first, last in zip((begins * BIN.itemsize).tolist(), at[:-1], at[1:], strict=True):
        spool.read_into(bins[first:last], begin)
    return bins


class Samples:
    """Samples by key, each of the consignments of some keys of a pool.

    Parameters
    ----------
    parts
        Indices in the order of the keys of ``pooled``, by key.
    """

    def __init__(self, pooled: Pooled, parts: Mapping[Key, Sequence[int]]) -> None:
        self._all, self._bits = pooled.all(), pooled.bits
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
            bins, sizes = self._all.some(self._parts[ranges(begins, ends)])
            n = share.stop - share.start
            if len(sizes) > n:
                bins, sizes = merged(bins, sizes, np.repeat(np.arange(n), ends - begins), n, self._bits)
            yield share.start, Histograms.of_bins(bins, sizes, self._bits)

    def leaving_out(self, share: float) -> frozenset[Key]:
        """Return the keys of which more than this share of the values is infinite."""
        endless, n = np.zeros((2, len(self._all.sizes)), dtype=np.int64)
        for its in shares(self._all.sizes):
            some = Histograms.of_bins(*self._all.some(np.arange(its.start, its.stop)), self._bits)
            endless[its], n[its] = some.endless(), some.n
        late = self._sums(endless) > share * self._sums(n)
        return frozenset(key for key, one in zip(self._place, late.tolist(), strict=True) if one)

    def _sums(self, numbers: Ints) -> Ints:
        """Return the sum of the numbers of the parts of each sample."""
        up_to = np.append(0, np.cumsum(numbers[self._parts]))
        found: Ints = up_to[self._ends] - up_to[self._begins]
        return found


def shares(sizes: Ints) -> Iterator[slice]:
    """Yield which samples of so many bins are read or merged at once."""
    first, ends = 0, np.cumsum(sizes)
    while first < len(sizes):
        before = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, before + AT_ONCE, side="right")), first + 1)
        yield slice(first, last)
        first = last
