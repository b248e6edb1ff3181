"""What the program promises of its intervals and verdicts, each with a study that asks whether it is true."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fourport.study.statistics import Estimate

STUDIES = 2000
"""Studies of each promise."""

NAN = math.nan

Generator = np.random.Generator
Study = Callable[[Generator], bool]
"""Draws a study; returns whether what the program says of it is true."""


@dataclass(frozen=True)
class Promise:
    """What the program says of a study, and how often it is true.

    Attributes
    ----------
    what, noise
        The interval or verdict, and the distribution behind it.
    study
        Draws a study and judges it.
    nominal
        Share of studies in which it should be true.
    least
        Share that it has at least where the method is known to fall short; else ``nominal``.
    studies
        Number of studies.
    """

    what: str
    noise: str
    study: Study
    nominal: float = 0.95
    least: float = NAN
    studies: int = STUDIES

    @property
    def floor(self) -> float:
        """Share of studies below which the promise is broken."""
        return self.nominal if math.isnan(self.least) else self.least


def holds(found: Estimate, truth: float) -> bool:
    """Return whether an interval holds the true value."""
    return found.low <= truth <= found.high
