"""Under how many flips a statistic is reached, counted in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand

if TYPE_CHECKING:
    from fourport.study.comparison.flips import Flipped, Tests


def run(flipped: Flipped, tests: Tests) -> None:
    """Count them, test by test."""
    flipped, tests = at_hand(flipped), at_hand(tests)
    largest = flipped.largest
    for k in range(len(tests.least)):
        least, reached = tests.least[k], 0
        for flip in range(len(largest)):
            found = max(largest[flip], flipped.statistics[k, flip])
            largest[flip] = found
            reached += found >= least
        tests.reached[k] += reached
