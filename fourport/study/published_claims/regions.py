"""Where along an input a claim holds, fails or is undecided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.curves.breakeven import Band, roots

Verdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Region:
    """A stretch of an input with one verdict."""

    verdict: Verdict
    low: float
    high: float


def verdict(low: float, high: float, accepted: tuple[float, float]) -> Verdict:
    """Judge an interval: it holds within what is accepted, fails outside, and else decides nothing."""
    if accepted[0] <= low and high <= accepted[1]:
        return "holds"
    if high < accepted[0] or low > accepted[1]:
        return "fails"
    return "undecided"


def regions(xs: Sequence[float], found: Band, accepted: tuple[float, float]) -> list[Region]:
    """Cut a range where the verdict changes; between points the interval is taken as straight."""
    x = np.asarray(xs, dtype=np.float64)
    cuts = {float(x[0]), float(x[-1])}
    for end in accepted:
        if np.isfinite(end):
            cuts.update(roots(x, found.low - end))
            cuts.update(roots(x, found.high - end))
    pieces: list[Region] = []
    for low, high in pairwise(sorted(cuts)):
        middle = (low + high) / 2
        said = verdict(_at(middle, x, found.low), _at(middle, x, found.high), accepted)
        if pieces and pieces[-1].verdict == said:
            pieces[-1] = Region(said, pieces[-1].low, high)
        else:
            pieces.append(Region(said, low, high))
    return pieces


def _at(where: float, x: Floats, y: Floats) -> float:
    return float(np.interp(where, x, y))
