"""Judge whether numbers of servers meet a target, so that "meets" is seldom said of one that does not.

In most replications of a busy resource nearly all are in time, and in a few hardly any. Student's t of a few
replications that hold no bad one is then too sure: with ten weeks of M/M/13 at 92 % load it calls a share of
93 % more than 95 % in 15 % of studies. Three rules keep false "meets" below 2.5 %, as
``tests/study/test_capacity_errors.py`` measures:

- The interval is Student's t of the replications and an **unseen** one, which lies twice as far from the
  value as the farthest of them.
- At least :data:`FEWEST` replications, and windows that add up to :data:`PERIODS` times the time that the
  queue remembers.
- All larger numbers that were tried meet the target, too. Numbers are so judged in a fixed order, until the
  first that does not, and the error holds for all of them together (Maurer, Hothorn and Lehmacher 1995).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.statistics import Estimate, binomial_bounds, half_width, share_estimate

Verdict = Literal["meets", "misses", "undecided"]

FEWEST = 10
"""Fewest replications for "meets"."""
PERIODS = 100
"""Number of times that the windows of all replications together must exceed the memory of the queue."""
UNFINISHED = 5.0
"""Largest share of unfinished consignments, %, at which a mean of the others may meet a target."""


def guarded(values: Floats, weights: Floats, confidence: float, clusters: float | None = None) -> Estimate:
    """Return the sum of values by that of weights, with an interval that allows for what was not seen.

    Parameters
    ----------
    values, weights
        (replications,) sums of each replication; those without weight are left out.
    confidence
        Each end is exceeded with half of what is missing to 1.
    clusters
        Of values that are 100 times a number of hits among the weights, the number of groups of a replication
        that do not fail together. The interval is then no narrower than that of such a share in the summary
        (:func:`~fourport.study.statistics.share_estimate`), nor than the exact one of independent trials.
    """
    known = weights > 0
    values, weights = values[known], weights[known]
    n = len(values)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    mean = float(values.sum() / weights.sum())
    if n < 2:
        return Estimate(mean, math.nan, math.nan, n)
    away = (values - mean * weights) / weights.mean()
    low, high = (mean + _reach(side * away, confidence) * side for side in (-1, 1))
    if clusters is not None:
        alone = binomial_bounds(round(values.sum() / 100), round(weights.sum()), 0.5 + confidence / 2)
        rare = share_estimate((values / weights).tolist(), weights.tolist(), clusters, confidence)
        low = max(min(low, 100 * alone[0], rare.low), 0.0)
        high = min(max(high, 100 * alone[1], rare.high), 100.0)
    return Estimate(mean, low, high, n)


def _reach(away: Floats, confidence: float) -> float:
    """Return how far the interval reaches to the side on which deviations are positive."""
    unseen = np.append(away, 2 * away.max())
    return float(unseen.mean() + half_width(unseen - unseen.mean(), confidence))


@dataclass(frozen=True)
class Load:
    """Load of the resource in all windows together.

    Attributes
    ----------
    services
        Services that began.
    work, squares
        Sum of their hours, and of the squares.
    offered
        Server hours on duty.
    window
        Hours of a window.
    """

    services: float
    work: float
    squares: float
    offered: float
    window: float
    replications: int

    @property
    def memory(self) -> float:
        """Hours that the queue remembers: the relaxation time of M/M/c, and longer if services vary more.

        S/c (1 + v) / 2 / (1 - sqrt(load))^2 for c servers on duty on average and services of mean S and
        squared coefficient of variation v; not less than S. Infinite without capacity to spare.

        References
        ----------
        Abate and Whitt (1987), Transient behavior of the M/M/1 queue, Advances in Applied Probability 19,
        145-178.
        """
        if not self.services:
            return 0.0
        load, mean = self.work / self.offered if self.offered else math.inf, self.work / self.services
        if load >= 1:
            return math.inf
        servers = self.offered / (self.replications * self.window)
        varied = self.squares / self.services / mean**2  # 1 + v
        return max(mean / servers * varied / 2 / (1 - math.sqrt(load)) ** 2, mean)

    @property
    def replications_needed(self) -> float:
        """Number of replications that make "meets" possible."""
        return max(FEWEST, PERIODS * self.memory / self.window)


def verdicts(
    values: Sequence[Estimate],
    loads: Sequence[Load],
    unfinished: Sequence[float],
    bound: float,
    *,
    at_most: bool,
) -> list[Verdict]:
    """Judge numbers of servers in ascending order.

    Parameters
    ----------
    unfinished
        Share of the consignments that are left out of each value, %.
    bound, at_most
        The target: at least, or at most, this value.
    """
    said: list[Verdict] = ["undecided"] * len(values)
    for k in range(len(values)):
        one = values[k]
        if not (one.low > bound if at_most else one.high < bound):
            break
        said[k] = "misses"
    for k in reversed(range(len(values))):
        one, enough = values[k], loads[k].replications >= loads[k].replications_needed
        if not (
            enough and unfinished[k] <= UNFINISHED and (one.high <= bound if at_most else one.low >= bound)
        ):
            break
        said[k] = "meets"
    return said
