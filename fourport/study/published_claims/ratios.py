"""Ratios and differences of a measure of two groups, of all replications together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fourport.measures import find, is_quantile
from fourport.plan.tables import Floats
from fourport.study.counts import ratio_of_counts
from fourport.study.published_claims.groups import Weighed
from fourport.study.statistics import FEW, Estimate, half_width, jackknife, rare

RARE = f"fewer than {FEW:g} replications have any of it"
"""Why a mean has no interval."""
THIN = f"thin tail: fewer than {FEW:g} consignments of a replication lie beyond the quantile"
"""Why a quantile has no interval."""


@dataclass(frozen=True)
class Sectioned:
    """A quantity of all replications together, and what each of them says of it.

    Attributes
    ----------
    whole
        Its value; NaN if it has none.
    sections
        (replications,) by each replication: of means the jackknife value, of quantiles the quantity within
        it; NaN or infinite where it has none.
    """

    whole: float
    sections: Floats

    @classmethod
    def of_means(cls, sections: Floats) -> Sectioned:
        """Return a quantity by its jackknife values, whose mean it is."""
        known = sections[np.isfinite(sections)]
        return cls(float(known.mean()) if len(known) else math.nan, sections)

    @property
    def joined(self) -> Floats:
        """(1 + replications,) the whole and the sections, for sums and differences of such quantities."""
        return np.append(self.whole, self.sections)

    @classmethod
    def of_joined(cls, joined: Floats) -> Sectioned:
        """Return the quantity of :attr:`joined`."""
        return cls(float(joined[0]), joined[1:])

    def estimate(self) -> Estimate:
        """Return it with Student's t interval of the sections about the whole."""
        sections = self.sections[np.isfinite(self.sections)]
        if not math.isfinite(self.whole):
            return Estimate(self.whole, math.nan, math.nan, len(sections))
        half = float(half_width(sections - self.whole))
        return Estimate(self.whole, self.whole - half, self.whole + half, len(sections))


def ratio_of(measure: str, above: Weighed, below: Weighed) -> Sectioned:
    """Return the ratio of a measure of two groups, (replications,) each."""
    if not is_quantile(measure):
        return Sectioned.of_means(ratio_of_means(above, below))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Sectioned(float(np.divide(above.pooled, below.pooled)), np.divide(above.values, below.values))


def ratio_estimate(measure: str, above: Weighed, below: Weighed) -> tuple[Estimate, str]:
    """Return the ratio of a measure of two groups with its interval, and why there is none, or "".

    Of two counts of events the interval suits rare ones. Means of rare things have no interval, nor have
    quantiles with few consignments beyond them.
    """
    about = find(measure)
    if about is not None and about.of_events:
        return ratio_of_counts(above.values, below.values), ""
    return _estimate(measure, ratio_of(measure, above, below), above, below)


def difference_estimate(measure: str, first: Weighed, second: Weighed | None = None) -> tuple[Estimate, str]:
    """Return a measure of a group less that of another, if any, and as :func:`ratio_estimate`."""
    groups = (first,) if second is None else (first, second)
    if is_quantile(measure):
        less = Weighed(np.zeros_like(first.values), first.over, 0.0) if second is None else second
        found = Sectioned(first.pooled - less.pooled, first.values - less.values)
    elif second is None:
        found = Sectioned.of_means(jackknife(np.divide, *first.sums))
    else:
        found = Sectioned.of_means(difference_of_means(first, second))
    return _estimate(measure, found, *groups)


def unjudged(measure: str, *groups: Weighed) -> str:
    """Explain why nothing that is made of a measure of some groups has an interval; "" if it has one."""
    if is_quantile(measure):
        return THIN if any(one.thin for one in groups) else ""
    return RARE if any(rare(one.values[None], one.over[None])[0] for one in groups) else ""


def _estimate(measure: str, of: Sectioned, *groups: Weighed) -> tuple[Estimate, str]:
    found, said = of.estimate(), unjudged(measure, *groups)
    if said and found.n > 1:
        return Estimate(found.mean, math.nan, math.nan, found.n), said
    return found, ""


def ratio_of_means(above: Weighed, below: Weighed) -> Floats:
    """Return jackknife values of the ratio of two means, each a sum over a weight, (replications, ...)."""
    return jackknife(lambda a, of, b, its: np.asarray(a / of / (b / its)), *above.sums, *below.sums)


def difference_of_means(first: Weighed, second: Weighed) -> Floats:
    """Return jackknife values of the difference of two means, each a sum over a weight."""
    return jackknife(lambda a, of, b, its: np.asarray(a / of - b / its), *first.sums, *second.sums)
