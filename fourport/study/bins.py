"""Bins of histograms as records, one after the other: so they are in a file, and so they are merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeAlias

import numpy as np

from fourport.machine import Routine, run
from fourport.plan.tables import Floats, Ints

if TYPE_CHECKING:
    from numpy.typing import NDArray

BIN = np.dtype([("low", np.float64), ("high", np.float64), ("counts", np.int64)])
"""A bin: smallest and largest value, and number of values (:class:`~fourport.study.histogram.Histogram`)."""

Bins: TypeAlias = "NDArray[np.void]"
"""(b,) records of the type :data:`BIN`."""

MANTISSA = 52
"""Bits of a float behind its sign and exponent."""


class Records(NamedTuple):
    """Bins as compiled code reads and writes them: two views of one memory, a row for each bin.

    Attributes
    ----------
    value
        (b, 3) smallest and largest value; the last column is no float.
    word
        (b, 3) the bits of these, and the number of values.
    """

    value: Annotated[Floats, 2]
    word: Annotated[Ints, 2]

    @classmethod
    def of(cls, bins: Bins) -> Records:
        """Return the views of some bins."""
        return cls(bins.view(np.float64).reshape(-1, 3), bins.view(np.int64).reshape(-1, 3))


class Runs(NamedTuple):
    """Histograms of which neighbours are merged, (h,) each.

    Attributes
    ----------
    begin, end
        First bin of each, and the one after its last.
    into
        The histogram into which it goes, in increasing order.
    """

    begin: Ints
    end: Ints
    into: Ints


class Left(NamedTuple):
    """What is left when all is merged.

    Attributes
    ----------
    in_spare
        (1,) 1 if the bins were written to the second memory, otherwise 0.
    """

    in_spare: Ints


MERGING = Routine("merging", "fourport.study.merging", (Records, Records, Runs, Left, int, int))


def merged(bins: Bins, sizes: Ints, into: Ints, size: int, bits: int) -> tuple[Bins, Ints]:
    """Merge histograms, each of which goes into one of ``size`` others.

    Parameters
    ----------
    bins, sizes
        Bins of one histogram after the other, which are written over; and (h,) number of bins of each.
    into
        (h,) index of the histogram into which each goes.
    bits
        As in :class:`~fourport.study.histogram.Histogram`.

    Returns
    -------
    tuple
        The bins of one histogram after the other, and (size,) the number of bins of each.
    """
    found = np.zeros(size, dtype=np.int64)
    if not len(into):
        return bins[:0], found
    order = np.argsort(into, kind="stable")
    ends = np.cumsum(sizes)
    runs = Runs((ends - sizes)[order], ends[order], into[order])
    spare, left = np.empty_like(bins), Left(np.zeros(1, dtype=np.int64))
    n = 1 + int(np.count_nonzero(np.diff(runs.into)))
    run(MERGING, Records.of(bins), Records.of(spare), runs, left, n, MANTISSA - bits)
    found[runs.into[:n]] = runs.end[:n] - runs.begin[:n]
    return (spare if left.in_spare[0] else bins)[: runs.end[n - 1]], found
