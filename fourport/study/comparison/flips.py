"""Statistics of flipped differences, compared with those of the differences as they are, in compiled code."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fourport.machine import Routine, run
from fourport.plan.tables import Floats, Ints


class Flipped(NamedTuple):
    """Statistics of some tests under some flips.

    Attributes
    ----------
    statistics
        (tests, flips) of the least significant test first.
    largest
        (flips,) the largest under each flip, of those that were counted before; written over.
    """

    statistics: Annotated[Floats, 2]
    largest: Floats


class Tests(NamedTuple):
    """The same tests without a flip.

    Attributes
    ----------
    least
        (tests,) statistic that flips must reach.
    reached
        (tests,) number of flips under which it is reached, to which is added.
    """

    least: Floats
    reached: Ints


REACHING = Routine("reaching", "fourport.study.comparison.reaching", (Flipped, Tests))


def count(statistics: Floats, largest: Floats, least: Floats) -> Ints:
    """Return (tests,) under how many flips the statistic of each test is reached.

    A test is compared with the largest statistic among itself and those counted before it, this time or
    earlier.

    Parameters
    ----------
    statistics, largest, least
        As in :class:`Flipped` and :class:`Tests`; ``largest`` is written over.
    """
    reached = np.zeros(len(least), dtype=np.int64)
    run(REACHING, Flipped(statistics, largest), Tests(least, reached))
    return reached
