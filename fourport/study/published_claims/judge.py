"""Judge published claims: value with interval, verdict, and the range of a rate where the claim holds.

The expected value of a claim is used only after the model's value is computed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from fourport.plan.tables import HOUR, Floats
from fourport.scenario.models.claims import (
    Claim,
    DifferenceClaim,
    RatioClaim,
    ThresholdClaim,
)
from fourport.study.curves.bounds import Band
from fourport.study.curves.breakeven import CurveComparison, band, compare, roots
from fourport.study.published_claims.groups import groups_of
from fourport.study.published_claims.model import Model, SweptRate, amount_in
from fourport.study.published_claims.ratios import (
    difference_estimate,
    difference_of_means,
    ratio_estimate,
    ratio_of_means,
)
from fourport.study.statistics import Estimate

Verdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Region:
    """A range of the rate with one verdict."""

    verdict: Verdict
    low: float
    high: float


@dataclass(frozen=True)
class JudgedClaim:
    """A claim with the result of the model.

    Attributes
    ----------
    value, low, high
        The claimed quantity, with its 95 % interval; NaN if there is none.
    unit
        Unit of the value; "" for a ratio, "h" for a difference.
    accepted
        Bounds of the values that agree with the claim.
    said
        Explanation if there is no value, or none of its interval.
    swept, regions
        The rate that is varied, and the verdicts along it.
    n
        Number of replications.
    """

    name: str
    claim: Claim
    value: float
    low: float
    high: float
    unit: str
    accepted: tuple[float, float]
    verdict: Verdict
    said: str
    swept: SweptRate | None
    regions: tuple[Region, ...]
    n: int


def judge(name: str, claim: Claim, model: Model) -> JudgedClaim:
    """Judge a claim; one about a mean that leaves out too many undelivered consignments has no value."""
    withheld = model.withheld(claim)
    if withheld:
        return _withheld(name, claim, model, withheld)
    if isinstance(claim, RatioClaim):
        return _ratio(name, claim, model)
    if isinstance(claim, DifferenceClaim):
        return _difference(name, claim, model)
    return _threshold(name, claim, model)


def _withheld(name: str, claim: Claim, model: Model, said: str) -> JudgedClaim:
    if isinstance(claim, ThresholdClaim):
        swept = model.swept(claim.sweep)
        unit, accepted = swept.unit, threshold_accepted(claim, swept)
    else:
        swept, unit = None, "h" if isinstance(claim, DifferenceClaim) else ""
        accepted = accepted_by(claim)
    nothing = (math.nan, math.nan, math.nan)
    return JudgedClaim(
        name, claim, *nothing, unit, accepted, "undecided", said, swept, (), model.sample.replications
    )


def _ratio(name: str, claim: RatioClaim, model: Model) -> JudgedClaim:
    given = model.moves(claim)
    swept = model.swept(claim.sweep) if claim.sweep else None
    points = [given, *(((*given, (swept.rate, x)) for x in swept.xs) if swept else ())]
    above = model.values(claim.numerator, claim.measure, points)
    below = model.values(claim.denominator, claim.measure, points)
    found, said = ratio_estimate(claim.measure, above.first, below.first)
    if swept is None or said:
        return _judged(name, claim, found, said, "")
    ratios = ratio_of_means(above, below)
    ratios = ratios[np.isfinite(ratios).all(axis=1)]
    along = regions(swept.xs, band(ratios[:, 1:]), accepted_by(claim)) if len(ratios) > 1 else []
    return _judged(name, claim, found, said, "", swept, tuple(along))


def _difference(name: str, claim: DifferenceClaim, model: Model) -> JudgedClaim:
    groups = groups_of(claim).values()
    found = (model.values(group, claim.measure, [()]).first for group in groups)
    return _judged(name, claim, *difference_estimate(claim.measure, *found), "h")


def _judged(
    name: str,
    claim: RatioClaim | DifferenceClaim,
    found: Estimate,
    said: str,
    unit: str,
    swept: SweptRate | None = None,
    along: tuple[Region, ...] = (),
) -> JudgedClaim:
    accepted = accepted_by(claim)
    judged = verdict(found.low, found.high, accepted) if found.n > 1 else "undecided"
    interval = (found.mean, found.low, found.high)
    return JudgedClaim(name, claim, *interval, unit, accepted, judged, said, swept, along, found.n)


def _without(found: Sequence[CurveComparison], swept: SweptRate) -> str:
    """Explain why there is no threshold if nothing is decided."""
    if any(not math.isnan(one.x) for one in found):
        return "no single threshold"
    return f"no threshold from {swept.xs[0]:.4g} to {swept.xs[-1]:.4g} {swept.unit}"


def accepted_by(claim: RatioClaim | DifferenceClaim) -> tuple[float, float]:
    """Return the lowest and highest ratio, or difference in hours, that agree with a claim."""
    unit = HOUR if isinstance(claim, DifferenceClaim) else 1
    if claim.expected is not None and claim.tolerance is not None:
        return (claim.expected - claim.tolerance) / unit, (claim.expected + claim.tolerance) / unit
    low = -math.inf if claim.at_least is None else claim.at_least / unit
    return low, math.inf if claim.at_most is None else claim.at_most / unit


def _threshold(name: str, claim: ThresholdClaim, model: Model) -> JudgedClaim:
    given, swept = model.moves(claim), model.swept(claim.sweep)
    points = [(*given, (swept.rate, x)) for x in swept.xs]
    first = model.values(claim.first, claim.measure, points)
    second = model.values(claim.second, claim.measure, points)
    differences = difference_of_means(first, second)
    differences = differences[np.isfinite(differences).all(axis=1)]
    accepted = threshold_accepted(claim, swept)
    found = compare(swept.xs, differences)
    rising = [one for one in found if not math.isnan(one.x) and one.below == 0]
    n = len(differences)
    if len(rising) == 1:
        # If the range ends before the difference is decided, the threshold may lie beyond it; a single
        # replication decides nothing.
        low = -math.inf if math.isnan(rising[0].low) else rising[0].low
        high = math.inf if math.isnan(rising[0].high) else rising[0].high
        said, about = verdict(low, high, accepted), ""
        interval = (rising[0].x, rising[0].low, rising[0].high)
    else:
        interval = (math.nan, math.nan, math.nan)
        within = swept.xs[0] <= accepted[0] and accepted[1] <= swept.xs[-1]
        beyond = len(found) == 1 and found[0].verdict == "throughout"
        said = "fails" if beyond and within else "undecided"
        which = "first" if found[0].below == 0 else "second"
        about = f"no threshold: the {which} is cheaper throughout" if beyond else _without(found, swept)
    return JudgedClaim(name, claim, *interval, swept.unit, accepted, said, about, swept, (), n)


def threshold_accepted(claim: ThresholdClaim, swept: SweptRate) -> tuple[float, float]:
    """Return the lowest and highest threshold that agree with a claim."""
    expected, tolerance = amount_in(claim.expected, swept.unit), amount_in(claim.tolerance, swept.unit)
    return expected - tolerance, expected + tolerance


def verdict(low: float, high: float, accepted: tuple[float, float]) -> Verdict:
    """Judge an interval: holds within the accepted bounds, fails outside, undecided if it crosses them."""
    if accepted[0] <= low and high <= accepted[1]:
        return "holds"
    if high < accepted[0] or low > accepted[1]:
        return "fails"
    return "undecided"


def regions(xs: Sequence[float], found: Band, accepted: tuple[float, float]) -> list[Region]:
    """Divide a range where the verdict changes; the interval is interpolated linearly between points."""
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
