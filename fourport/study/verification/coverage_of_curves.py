"""Studies of break-evens and route-choice maps with known distributions, for the table of coverage."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.curves.breakeven import compare
from fourport.study.curves.cheapest import map_lane
from fourport.study.verification.promise import NAN, Generator, Promise

STUDIES = 300
"""Studies of each promise; a map takes long."""

_NOISE: dict[str, Callable[[Generator, tuple[int, ...]], Floats]] = {
    "normal": lambda rng, shape: rng.normal(0, 1, shape),
    "exponential less its mean": lambda rng, shape: rng.exponential(1, shape) - 1,
    "lognormal less its mean, cv 1.3": lambda rng, shape: rng.lognormal(0, 1, shape) - math.exp(0.5),
}
"""Draws differences of two routes, with the mean 0."""

_XS, _ROOT = np.linspace(0, 40, 9), 18.0
_VALUES = tuple(range(1, 21))
_FEW = _VALUES[:2]
"""Values of a map whose cells all have the same noise: more of them would be the same tests again."""


def _break_even(rng: Generator, noise: str, n: int) -> bool:
    """Find the break-even of curves whose difference is a line through the root, and noise."""
    differences = _XS - _ROOT + _NOISE[noise](rng, (n, 1))
    found = compare(_XS.tolist(), differences)
    # An end that is not known excludes nothing.
    return any(not (one.low > _ROOT or one.high < _ROOT or math.isnan(one.x)) for one in found)


def _not_throughout(rng: Generator, noise: str, n: int) -> bool:
    """Compare two curves of which one is cheaper, but costs the same at one end of the range, on average."""
    differences = -_XS + _NOISE[noise](rng, (n, 1))
    return all(one.verdict != "throughout" for one in compare(_XS.tolist(), differences))


def _map(rng: Generator, noise: str, n: int, *, common: bool) -> bool:
    """Map two routes that cost the same in every cell on average, with a second look: nothing is certain."""
    values = _FEW if common else _VALUES
    differences = _NOISE[noise](rng, (2 * n, 1, 1 if common else len(values)))
    cost = np.stack([differences + np.zeros(len(values)), np.zeros((2 * n, 1, len(values)))], axis=3)
    sums = np.stack([cost, np.ones(cost.shape)], axis=1)

    def price(replications: range, rows: Sequence[int]) -> Floats:
        found: Floats = sums[replications.start : replications.stop, :, rows]
        return found

    found = map_lane("lane", ("a", "b"), ("air", "air"), values, (1,), (n, 2 * n), price)
    return not found.ruled_out.any()


def promises_of_curves() -> Iterator[Promise]:
    """Yield the promises of break-evens and maps."""
    normal, exponential, lognormal = _NOISE
    for noise, of_ten, of_twenty, of_fifty in (
        (normal, NAN, NAN, NAN),
        (exponential, 0.93, NAN, NAN),
        (lognormal, 0.89, 0.90, 0.92),
    ):
        for n, least in ((10, of_ten), (20, of_twenty), (50, of_fifty)):
            study = partial(_break_even, noise=noise, n=n)
            yield Promise(f"break-even of {n} replications", noise, study, least=least, studies=STUDIES)
    for noise, least in ((normal, NAN), (exponential, 0.93), (lognormal, 0.89)):
        study = partial(_not_throughout, noise=noise, n=10)
        what = 'no wrong "cheaper throughout" of 10 replications'
        yield Promise(what, noise, study, least=least, studies=STUDIES)
    for noise, common, of_ten, of_twenty, of_fifty in (
        (normal, True, NAN, NAN, NAN),
        (exponential, True, 0.92, NAN, NAN),
        (lognormal, True, 0.88, 0.90, 0.92),
        *((noise, False, NAN, NAN, NAN) for noise in _NOISE),
    ):
        which = f"{len(_FEW)} with the same noise" if common else f"{len(_VALUES)} with noise of their own"
        for n, least in ((10, of_ten), (20, of_twenty), (50, of_fifty)):
            what = f"no wrong cell of {which} in a map, looks at {n} and {2 * n} replications"
            study = partial(_map, noise=noise, n=n, common=common)
            yield Promise(what, noise, study, least=least, studies=STUDIES)
