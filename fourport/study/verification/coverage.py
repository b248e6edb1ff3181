"""Coverage: how often intervals hold the true value, in studies repeated with known distributions.

A study draws what replications would give, without simulating, and asks whether the interval that the program
makes of it holds the truth. To add an interval, or another promise, add a row to the module of its kind.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from fourport.study.counts import binomial_bounds
from fourport.study.parallel import Progress, in_order
from fourport.study.verification.coverage_of_comparisons import promises_of_comparisons
from fourport.study.verification.coverage_of_curves import promises_of_curves
from fourport.study.verification.coverage_of_estimates import promises_of_estimates
from fourport.study.verification.promise import Promise

SEED = 1
CHANCE = 1e-3
"""Chance that a promise which is kept is called broken."""


@dataclass(frozen=True)
class Kept:
    """A promise, and the number of studies in which it was true."""

    promise: Promise
    held: int

    @property
    def share(self) -> float:
        """Share of studies in which it was true."""
        return self.held / self.promise.studies

    @property
    def passed(self) -> bool:
        """Whether the number of studies is not too low by more than chance."""
        return binomial_bounds(self.held, self.promise.studies, 1 - CHANCE)[1] >= self.promise.floor


def measure_all(executor: Executor | None = None, progress: Progress | None = None) -> list[Kept]:
    """Repeat the studies of all promises; a row's random numbers do not depend on the other rows."""
    counts = in_order(_count, [*range(len(PROMISES))], executor, progress)
    return [Kept(promise, held) for promise, held in zip(PROMISES, counts, strict=True)]


def _count(number: int) -> int:
    promise = PROMISES[number]
    rng = np.random.default_rng([SEED, zlib.crc32(f"{promise.what}, {promise.noise}".encode())])
    return sum(promise.study(rng) for _ in range(promise.studies))


PROMISES: Sequence[Promise] = (
    *promises_of_estimates(),
    *promises_of_comparisons(),
    *promises_of_curves(),
)
"""All promises, in the order in which they are reported."""
