"""An experiment: points of a study, each measured in every replication.

A point says what to run and what to measure; a replication is a number, or journeys simulated before. All
points draw the same random numbers in a replication (common random numbers), so that they can be compared
within it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TypeVar

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.parallel import Progress, in_order

P = TypeVar("P")
Q = TypeVar("Q")
R = TypeVar("R")

PRICINGS = "pricings of a lane"
"""What progress counts while journeys are priced: each lane in each replication."""


def experiment(
    measure: Callable[[P, Q], Floats],
    points: Sequence[P],
    replications: Sequence[Q],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Floats]:
    """Measure numbers of every point in every replication, as :func:`measured`.

    Returns
    -------
    list of ndarray
        One for each point, (replications, ...); points may differ in the shape of their measurements.
    """
    return [np.stack(found) for found in measured(measure, points, replications, executor, progress)]


def measured(
    measure: Callable[[P, Q], R],
    points: Sequence[P],
    replications: Sequence[Q],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[list[R]]:
    """Measure every point in every replication.

    Parameters
    ----------
    measure
        A module-level function, so that it can be pickled.
    progress
        Called after each measurement of a point in a replication.

    Returns
    -------
    list of list
        One for each point, of all replications.
    """
    # All points of one replication follow each other: they use the same random numbers, or journeys.
    tasks = [(measure, point, replication) for replication in replications for point in points]
    found = list(in_order(_measure, tasks, executor, progress))
    return [found[k :: len(points)] for k in range(len(points))]


def _measure(task: tuple[Callable[[P, Q], R], P, Q]) -> R:
    measure, point, replication = task
    return measure(point, replication)
