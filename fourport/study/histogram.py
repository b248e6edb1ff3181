"""Histograms fine enough for quantiles: what replications send instead of all their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fourport.plan.tables import FewInts, Floats, Ints
from fourport.study.bins import BIN, Bins, merged
from fourport.study.compiled.tables import MANTISSA

FINE, COARSE = 12, 6
"""Bits of the mantissa that make a bin: values of one bin differ by at most one part in 4,096, or in 64."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """The number of values in each of ``b`` bins, and the smallest and largest of them.

    A bin holds the values whose sign, exponent and first bits of the mantissa agree; they count as spread
    evenly from its smallest to its largest. So a histogram of few or of equal values is exact, and no
    quantile is wrong by more than a bin. Infinity has a bin of its own.

    Attributes
    ----------
    bits
        Bits of the mantissa that make a bin. Only histograms of the same bits can be merged.
    counts
        (b,) number of values.
    low, high
        (b,) smallest and largest value; bins are in the order of their values.
    """

    bits: int
    counts: FewInts | Ints
    low: Floats
    high: Floats

    @classmethod
    def of(cls, values: Floats, bits: int = FINE) -> Histogram:
        """Return the histogram of some values, none of them NaN."""
        return cls.of_ordered(np.sort(values), bits)

    @classmethod
    def of_ordered(cls, ordered: Floats, bits: int = FINE) -> Histogram:
        """Return the histogram of increasing values, none of them NaN."""
        return next(iter(Histograms.of_groups(ordered, np.array([0, len(ordered)]), bits)))

    @classmethod
    def merged(cls, parts: Sequence[Histogram]) -> Histogram:
        """Return the histogram of the values of several histograms together."""
        each = Histograms.of(parts)
        (found,) = each.merged(np.zeros(len(parts), dtype=np.int64), 1)
        return found

    @property
    def n(self) -> int:
        """Number of values."""
        return int(self.counts.sum())

    def quantiles(self, q: Floats) -> Floats:
        """Return quantiles, interpolated between ranks; infinite if one of the two values is infinite."""
        return Histograms.of([self]).quantiles(np.zeros(len(q), dtype=np.int64), q)


@dataclass(frozen=True, eq=False)
class Histograms:
    """``h`` histograms in few arrays, so that all are sent, merged and asked for quantiles at once.

    Attributes
    ----------
    bits
        As in :class:`Histogram`.
    begins, ends
        (h,) first bin of each histogram, and the one after its last. Equal ones may share their bins.
    counts, low, high
        (b,) as in :class:`Histogram`, of all histograms.
    """

    bits: int
    begins: Ints
    ends: Ints
    counts: FewInts | Ints
    low: Floats
    high: Floats

    @classmethod
    def of(cls, each: Sequence[Histogram], bits: int = FINE) -> Histograms:
        """Return some histograms of the same bits together; ``bits`` are those of none."""
        distinct = {id(one): one for one in each}
        sizes = [len(one.counts) for one in distinct.values()]
        place = {key: k for k, key in enumerate(distinct)}
        at = np.array([place[id(one)] for one in each], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        none = Histogram(bits, np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0))
        parts = [*distinct.values()] or [none]
        columns = zip(*((one.counts, one.low, one.high) for one in parts), strict=True)
        return cls(parts[0].bits, starts[at], starts[at + 1], *map(np.concatenate, columns))

    @classmethod
    def of_groups(cls, values: Floats, starts: Ints, bits: int = FINE) -> Histograms:
        """Return the histogram of each of ``g`` groups of values.

        Parameters
        ----------
        values, starts
            Values of one group after the other, in increasing order, none of them NaN; and (g + 1,) where
            each group begins.
        """
        bins = values.view(np.int64) >> (MANTISSA - bits)
        new = np.empty(len(bins), dtype=np.bool_)
        np.not_equal(bins[1:], bins[:-1], out=new[1:])
        new[starts[starts < len(bins)]] = True
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(bins))[: len(first)]
        begins = np.searchsorted(first, starts)
        counts = (last - first).astype(np.int32)
        return cls(bits, begins[:-1], begins[1:], counts, values[first], values[last - 1])

    @classmethod
    def of_bins(cls, bins: Bins, sizes: Ints, bits: int) -> Histograms:
        """Return the histograms of bins, of one after the other, with (h,) so many of each."""
        ends = np.cumsum(sizes)
        return cls(bits, ends - sizes, ends, bins["counts"], bins["low"], bins["high"])

    @property
    def bins(self) -> Bins:
        """Copies of the bins, of one histogram after the other."""
        some = self.sizes > 0
        begins, ends = self.begins[some], self.ends[some]
        follow = np.array_equal(begins[1:], ends[:-1])  # as they do in what a replication sends
        its = slice(begins[0], ends[-1]) if follow and len(begins) else ranges(begins, ends)
        bins = np.empty((ends - begins).sum(), dtype=BIN)
        bins["low"], bins["high"], bins["counts"] = self.low[its], self.high[its], self.counts[its]
        return bins

    def some(self, which: Ints) -> Histograms:
        """Return some of the histograms; those that are asked for twice share their bins."""
        return Histograms(self.bits, self.begins[which], self.ends[which], self.counts, self.low, self.high)

    def placed(self, at: Ints, size: int) -> Histograms:
        """Return ``size`` histograms: these at some places, and others without values."""
        begins, ends = np.zeros((2, size), dtype=np.int64)
        begins[at], ends[at] = self.begins, self.ends
        return Histograms(self.bits, begins, ends, self.counts, self.low, self.high)

    def __len__(self) -> int:
        return len(self.begins)

    def __iter__(self) -> Iterator[Histogram]:
        for begin, end in zip(self.begins.tolist(), self.ends.tolist(), strict=True):
            mine = slice(begin, end)
            yield Histogram(self.bits, self.counts[mine], self.low[mine], self.high[mine])

    @property
    def sizes(self) -> Ints:
        """(h,) number of bins of each."""
        return self.ends - self.begins

    @classmethod
    def joined(cls, parts: Sequence[Histograms]) -> Histograms:
        """Return the histograms of several, one after the other; all of the same bits."""
        ends = np.cumsum([len(part.counts) for part in parts])
        before = [0, *ends[:-1].tolist()]
        begins, ends = (
            np.concatenate([column + first for column, first in zip(columns, before, strict=True)])
            for columns in zip(*((part.begins, part.ends) for part in parts), strict=True)
        )
        columns = zip(*((part.counts, part.low, part.high) for part in parts), strict=True)
        return cls(parts[0].bits, begins, ends, *map(np.concatenate, columns))

    def merged(self, into: Ints, size: int) -> Histograms:
        """Return ``size`` histograms, each of the values of those of ours that go into it.

        Parameters
        ----------
        into
            (h,) index of the histogram into which each of ours goes.
        """
        bins, sizes = merged(self.bins, self.sizes, into, size, self.bits)
        return Histograms.of_bins(bins, sizes, self.bits)

    @cached_property
    def _up_to(self) -> Ints:
        """(b + 1,) number of values in all bins before each, and in all."""
        return np.concatenate([[0], np.cumsum(self.counts, dtype=np.int64)])

    @property
    def n(self) -> Ints:
        """(h,) number of values of each."""
        return self._up_to[self.ends] - self._up_to[self.begins]

    def endless(self) -> Ints:
        """Return the number of infinite values of each, (h,): those of the last bin."""
        found = np.zeros(len(self), dtype=np.int64)
        some = self.sizes > 0
        last = self.ends[some] - 1
        found[some] = np.where(np.isinf(self.low[last]), self.counts[last], 0)
        return found

    def at(self, of: Ints, ranks: Ints) -> Floats:
        """Return the value of a rank, from 0, in each of some histograms.

        Parameters
        ----------
        of, ranks
            (..., k) which histogram, and the rank.
        """
        places = ranks + self._up_to[self.begins[of]]
        bins = np.searchsorted(self._up_to, places, side="right") - 1
        low, high = self.low[bins], self.high[bins]
        among = (places - self._up_to[bins]) / np.maximum(self.counts[bins] - 1, 1)
        with np.errstate(invalid="ignore"):
            found: Floats = np.where(low == high, low, low + (high - low) * among)
        return found

    def quantiles(self, of: Ints, q: Floats) -> Floats:
        """Return quantiles, interpolated between ranks; infinite if one of the two values is infinite.

        Parameters
        ----------
        of, q
            (k,) which histogram, and the probability.
        """
        places = q * (self.n[of] - 1)
        below = np.floor(places).astype(np.int64)
        low, high = (self.at(of, rank) for rank in (below, np.ceil(places).astype(np.int64)))
        with np.errstate(invalid="ignore"):
            found: Floats = low + (high - low) * (places - below)
        return np.where(np.isfinite(high), found, high)


def ranges(begins: Ints, ends: Ints) -> Ints:
    """Return the whole numbers from each begin to before its end, one range after the other."""
    sizes = ends - begins
    before = np.cumsum(sizes) - sizes
    return np.repeat(begins - before, sizes) + np.arange(sizes.sum())
