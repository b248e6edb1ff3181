"""What is measured of groups of values, one group after the other: sums, means, shares and quantiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:  # Only for type checking, as in the registry of measures.
    from fourport.plan.tables import Floats, Ints
    from fourport.world.tables import Flags

MANY = 2000
"""Number of values from which on some of them are found sooner than all are put in order."""

Values: TypeAlias = "Floats | Ints | Flags"


@dataclass(frozen=True)
class Measured:
    """A measure of one cohort.

    Attributes
    ----------
    values
        Its value, and those of its quantiles, by name.
    over
        Number of kilograms, parcels or consignments that a mean or share is over; NaN for a count.
    ordered
        Values of the consignments in order, if the measure has them.
    """

    values: Mapping[str, float]
    over: float
    ordered: Floats | None = None


@dataclass(frozen=True)
class MeasuredEach:
    """A measure of ``g`` cohorts.

    Attributes
    ----------
    values
        (g,) its value, and those of its quantiles, by name.
    over
        (g,) number of kilograms, parcels or consignments that a mean or share is over; NaN for a count.
    known
        (g,) whether the cohort has the measure.
    ordered, first
        Values of the consignments of one cohort after the other, each in order, and where each begins, of
        those cohorts of which they are wanted; None if the measure has none.
    """

    values: Mapping[str, Floats]
    over: Floats
    known: Flags
    ordered: Floats | None = None
    first: Ints | None = None

    @classmethod
    def of_sums(cls, name: str, sums: Floats) -> MeasuredEach:
        """Return a count, the sum of amounts of each cohort; NaN where an amount is unknown."""
        return cls({name: sums}, np.full(len(sums), np.nan), ~np.isnan(sums))

    @classmethod
    def of_means(cls, name: str, sums: Floats, over: Floats, known: Flags) -> MeasuredEach:
        """Return the mean that is the sum of each cohort over something; NaN over nothing."""
        with np.errstate(invalid="ignore"):
            return cls({name: sums / over}, over, known)

    @classmethod
    def of_times(
        cls, name: str, sample: Values, first: Ints, quantiles: Mapping[str, float], wanted: int
    ) -> MeasuredEach:
        """Return mean and quantiles of each sample, infinite where a consignment has not got so far.

        Parameters
        ----------
        sample, first
            Values of one cohort after the other, none NaN, and (g + 1,) where each begins.
        quantiles
            Suffixes of the names of quantiles, and their probabilities.
        wanted
            Number of the cohorts, which stand first, of which the values are wanted in order.
        """
        probabilities = np.array([*quantiles.values()])
        ordered, ranks = sample.astype(np.float64), np.concatenate(_ranks(first, probabilities), axis=1)
        for k, (begin, end) in enumerate(pairwise(first.tolist())):
            if k < wanted or end - begin < MANY:
                ordered[begin:end].sort()
            else:
                ordered[begin:end].partition(ranks[k])
        finite, begins = _left(sample, first, np.isfinite(sample))
        with np.errstate(invalid="ignore"):
            mean = sums_of_each(finite, begins) / np.diff(begins)
        q = quantiles_of_each(ordered, first, probabilities)
        values = {name: mean} | {f"{name}_{of}": q[:, k] for k, of in enumerate(quantiles)}
        over = np.diff(begins).astype(np.float64)
        return cls(values, over, np.diff(first) > 0, ordered[: first[wanted]], first[: wanted + 1])

    @classmethod
    def of_shares(cls, name: str, counts: Values, first: Ints, wanted: int) -> MeasuredEach:
        """Return the share of those that count, %, with 0 and 100 % as the values of single ones.

        Parameters
        ----------
        wanted
            Number of the cohorts, which stand first, of which the values of single ones are wanted.
        """
        n, hits = np.diff(first), sums_of_each(counts, first).astype(np.int64)
        each = np.stack([n - hits, hits], axis=1)[:wanted].ravel()
        ordered = np.repeat(np.tile([0.0, 100.0], wanted), each)
        with np.errstate(invalid="ignore"):
            share = {name: 100.0 * hits / n}
        return cls(share, n.astype(np.float64), n > 0, ordered, first[: wanted + 1])

    def of(self, k: int) -> Measured | None:
        """Return the measure of one of the cohorts; None if it lacks the measure."""
        if not self.known[k]:
            return None
        values = {name: float(column[k]) for name, column in self.values.items()}
        mine = None if self.ordered is None or self.first is None else slice(*self.first[k : k + 2].tolist())
        ordered = None if self.ordered is None or mine is None else self.ordered[mine]
        return Measured(values, float(self.over[k]), ordered)


def sums_of_each(values: Values, first: Ints) -> Floats:
    """Return the sum of each group of values, (g,).

    Parameters
    ----------
    values, first
        Values of one group after the other, and (g + 1,) where each begins.
    """
    # Floats group by group, since a sum over many groups at once would be rounded in another way.
    if values.dtype.kind == "f":
        sums = [np.add.reduce(values[begin:end]) for begin, end in pairwise(first.tolist())]
        return np.array(sums, dtype=np.float64)
    before = np.append(0, np.cumsum(values))
    found: Floats = (before[first[1:]] - before[first[:-1]]).astype(np.float64)
    return found


def quantiles_of_each(ordered: Floats, first: Ints, q: Floats) -> Floats:
    """Return interpolated quantiles of each group of values, (g, quantiles).

    They are infinite if a neighbouring value is infinite, and NaN for a group without values.

    Parameters
    ----------
    ordered, first
        Values of one group after the other, each in order, or at least those beside the quantiles in their
        places; and (g + 1,) where each begins.
    q
        Probabilities.
    """
    if not len(ordered):
        return np.full((len(first) - 1, len(q)), np.nan)
    sizes, places = np.diff(first)[:, np.newaxis], _places(first, q)
    below, above = _ranks(first, q)
    begin = np.minimum(first[:-1], len(ordered) - 1)[:, np.newaxis]
    low, high = ordered[begin + below], ordered[begin + above]
    with np.errstate(invalid="ignore"):
        found = np.where(np.isfinite(high), low + (high - low) * (places - below), high)
    return np.where(sizes > 0, found, np.nan)


def _places(first: Ints, q: Floats) -> Floats:
    """Return where quantiles are among the values of each group, (g, quantiles)."""
    found: Floats = q * np.maximum(np.diff(first)[:, np.newaxis] - 1, 0)
    return found


def _ranks(first: Ints, q: Floats) -> tuple[Ints, Ints]:
    """Return the ranks below and above quantiles among the values of each group, (g, quantiles)."""
    places = _places(first, q)
    return np.floor(places).astype(np.int64), np.ceil(places).astype(np.int64)


def known(values: Values, first: Ints) -> tuple[Values, Ints]:
    """Return the values of each group that are not NaN, and where each group begins then."""
    return _left(values, first, ~np.isnan(values))


def _left(values: Values, first: Ints, mine: Flags) -> tuple[Values, Ints]:
    """Return some of the values of each group, and where each group begins then."""
    if mine.all():
        return values, first
    return values[mine], np.concatenate([[0], np.cumsum(mine)])[first]
