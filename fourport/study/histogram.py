"""Histograms fine enough for quantiles: what replications send instead of all their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import ClassVar

import numpy as np

from fourport.plan.tables import FewInts, Floats, Ints

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
    counts: FewInts
    low: Floats
    high: Floats

    BYTES: ClassVar[int] = 8 + 8 + 8
    """Size of a bin that was made bytes."""

    @classmethod
    def of(cls, values: Floats, bits: int = FINE) -> Histogram:
        """Return the histogram of some values, none of them NaN."""
        return cls.of_ordered(np.sort(values), bits)

    @classmethod
    def of_ordered(cls, ordered: Floats, bits: int = FINE) -> Histogram:
        """Return the histogram of increasing values, none of them NaN."""
        return next(cls.of_groups(ordered, np.array([0, len(ordered)]), bits))

    @classmethod
    def of_each(cls, samples: Floats, bits: int = FINE) -> Iterator[Histogram]:
        """Yield the histogram of each row of some samples, all in increasing order, none of them NaN."""
        first = np.arange(len(samples) + 1) * samples.shape[1]
        return cls.of_groups(samples.ravel(), first, bits)

    @classmethod
    def of_groups(cls, values: Floats, starts: Ints, bits: int = FINE) -> Iterator[Histogram]:
        """Yield the histogram of each of ``g`` groups of values.

        All are found at once, since a replication has a thousand of them.

        Parameters
        ----------
        values, starts
            Values of one group after the other, in increasing order, none of them NaN; and (g + 1,) where
            each group begins.
        """
        bins = values.view(np.int64) >> (52 - bits)
        begins = np.empty(len(bins), dtype=np.bool_)
        np.not_equal(bins[1:], bins[:-1], out=begins[1:])
        begins[starts[starts < len(bins)]] = True
        first = np.flatnonzero(begins)
        last = np.append(first[1:], len(bins))[: len(first)]
        counts, low, high = (last - first).astype(np.int32), values[first], values[last - 1]
        for begin, end in pairwise(np.searchsorted(first, starts).tolist()):
            yield cls(bits, counts[begin:end], low[begin:end], high[begin:end])

    @classmethod
    def merged(cls, parts: Sequence[Histogram]) -> Histogram:
        """Return the histogram of the values of several histograms together."""
        if len(parts) == 1:
            return parts[0]
        bits = parts[0].bits
        counts, low, high = (
            np.concatenate(columns)
            for columns in zip(*((p.counts, p.low, p.high) for p in parts), strict=True)
        )
        order = np.argsort(low, kind="stable")
        low = low[order]
        bins = low.view(np.int64) >> (52 - bits)
        first = np.flatnonzero(np.append(True, bins[1:] != bins[:-1]))
        merged = np.add.reduceat(counts[order], first), low[first], np.maximum.reduceat(high[order], first)
        return cls(bits, *merged)

    @property
    def nbytes(self) -> int:
        """Size of the bins in memory, bytes."""
        return self.low.nbytes + self.high.nbytes + self.counts.nbytes

    def tobytes(self) -> bytes:
        """Return the bins as bytes."""
        columns = (self.low, self.high, self.counts.astype(np.int64))
        return b"".join(column.tobytes() for column in columns)

    @classmethod
    def frombytes(cls, bits: int, content: bytes) -> Histogram:
        """Return the histogram whose bins were made bytes."""
        b = len(content) // cls.BYTES
        low, high = (np.frombuffer(content, np.float64, b, begin) for begin in (0, 8 * b))
        return cls(bits, np.frombuffer(content, np.int64, b, 16 * b), low, high)

    @cached_property
    def n(self) -> int:
        """Number of values."""
        return int(self.counts.sum())

    def count(self, least: float) -> int:
        """Return the number of values of at least the first value of a bin."""
        return int(self.counts[self.low >= least].sum())

    @cached_property
    def _up_to(self) -> Ints:
        """(b,) number of values in a bin and all before it."""
        return np.cumsum(self.counts, dtype=np.int64)

    def at(self, ranks: Ints) -> Floats:
        """Return the values of some ranks, from 0."""
        bins = np.searchsorted(self._up_to, ranks, side="right")
        counts, low, high = self.counts[bins], self.low[bins], self.high[bins]
        among = (ranks - (self._up_to[bins] - counts)) / np.maximum(counts - 1, 1)
        with np.errstate(invalid="ignore"):
            found: Floats = np.where(low == high, low, low + (high - low) * among)
        return found

    def quantiles(self, q: Floats) -> Floats:
        """Return quantiles, interpolated between ranks; infinite if one of the two values is infinite."""
        places = q * (self.n - 1)
        below = np.floor(places).astype(np.int64)
        low, high = self.at(np.stack([below, np.ceil(places).astype(np.int64)]))
        with np.errstate(invalid="ignore"):
            found: Floats = low + (high - low) * (places - below)
        found = np.where(np.isfinite(high), found, high)
        return found
