"""Bins of histograms as records, one after the other: so they are in a file, and so they are merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from fourport.machine import run
from fourport.plan.tables import Ints
from fourport.study.compiled.merging_tables import MERGING, Left, Records, Runs
from fourport.study.compiled.tables import MANTISSA

if TYPE_CHECKING:
    from numpy.typing import NDArray

BIN = np.dtype([("low", np.float64), ("high", np.float64), ("counts", np.int64)])
"""A bin: smallest and largest value, and number of values (:class:`~fourport.study.histogram.Histogram`)."""

Bins: TypeAlias = "NDArray[np.void]"
"""(b,) records of the type :data:`BIN`."""


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
