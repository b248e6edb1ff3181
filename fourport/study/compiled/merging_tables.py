"""The arrays with which histograms are merged (see :mod:`fourport.study.bins`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np

from fourport.machine import Routine
from fourport.plan.tables import Floats, Ints

if TYPE_CHECKING:
    from fourport.study.bins import Bins


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


MERGING = Routine("merging", "fourport.study.compiled.merging", (Records, Records, Runs, Left, int, int))
