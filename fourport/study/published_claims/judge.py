"""Judge published claims: value with interval, verdict, and the range of a rate where the claim holds.

The expected value of a claim is used only after the model's value is computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from fourport.errors import UserError
from fourport.measures import find, is_quantile
from fourport.plan.tables import HOUR, Floats
from fourport.scenario.models.claims import (
    Claim,
    DifferenceClaim,
    Group,
    RatioClaim,
    Sweep,
    ThresholdClaim,
)
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.units import Price
from fourport.study.averages import WITHHELD
from fourport.study.curves.axes import spaced
from fourport.study.curves.bounds import Band
from fourport.study.curves.breakeven import CurveComparison, band, compare, roots
from fourport.study.curves.rates import Ranges, Rate, find_rate
from fourport.study.curves.variations import MEASURES
from fourport.study.experiment import experiment
from fourport.study.published_claims.groups import (
    Moves,
    PricedGroup,
    Weighed,
    pairs_of,
    price_group,
    rows_of,
    summary_group,
    undelivered_share,
)
from fourport.study.replication_measures import read_pooled, thin_tails
from fourport.study.sample import Sample
from fourport.study.statistics import (
    FEW,
    Estimate,
    estimate,
    half_width,
    jackknife,
    rare,
    ratio_of_counts,
    ratio_values,
)

POINTS = 25
"""Number of points of a sweep."""

SPAN = 2.0
"""Factor below and above a rate without a range in the scenario."""


Verdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Region:
    """A range of the rate with one verdict."""

    verdict: Verdict
    low: float
    high: float


@dataclass(frozen=True)
class SweptRate:
    """The rate over which a claim is judged."""

    rate: Rate
    unit: str
    xs: tuple[float, ...]


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


def policies_of(claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """Return the policies that claims refer to, "base" first."""
    found = {group.policy: None for claim in claims.values() for group in groups_of(claim).values()}
    return tuple(sorted(found, key=lambda name: name != "base"))


def groups_of(claim: Claim) -> dict[str, Group]:
    """Return the groups of a claim by their keys."""
    if isinstance(claim, RatioClaim):
        return {"numerator": claim.numerator, "denominator": claim.denominator}
    return {"first": claim.first} | ({"second": claim.second} if claim.second is not None else {})


def renamed(claim: Claim, name_of: Callable[[str], str]) -> Claim:
    """Return a claim that refers to the same policies by their names in a run."""
    groups = groups_of(claim).items()
    return claim.model_copy(
        update={key: group.model_copy(update={"policy": name_of(group.policy)}) for key, group in groups}
    )


@dataclass(frozen=True)
class Model:
    """The sample with which claims are compared, and the data for its measures."""

    sample: Sample
    executor: Executor | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario under the first policy."""
        return self.sample.variants[self.sample.first_policy].corridor.scenario

    def values(self, group: Group, measure: str, points: Sequence[Moves]) -> Weighed:
        """Return a measure of a group, (replications, points)."""
        sample, policy = self.sample, group.policy
        corridor = sample.variants[policy].corridor
        if measure not in MEASURES:
            rows = rows_of(corridor, group.lanes, group.routes)
            of = summary_group(sample.series(policy, self.executor), rows, measure)
            return Weighed(*(column[: sample.replications, None] for column in of))
        pairs = pairs_of(corridor, group.lanes, group.routes)
        lanes = tuple(dict.fromkeys(lane for lane, _ in pairs))
        routes = tuple(dict.fromkeys(route for _, route in pairs))
        asked = PricedGroup(lanes, routes, measure, tuple(points))
        kept = sample.journeys(policy, executor=self.executor)
        (found,) = experiment(price_group, [asked], kept, self.executor)
        return Weighed(found[:, 0], found[:, 1])

    def pooled(self, group: Group, measure: str) -> float:
        """Return a quantile of all consignments of a group in all replications together."""
        run = self.sample.run(self.executor)
        rows = rows_of(self.sample.variants[group.policy].corridor, group.lanes, group.routes)
        found = read_pooled(run)[group.policy]
        return next(
            (
                value
                for (lane, route, name, _), value in found.items()
                if [(lane, route)] == rows and name == measure
            ),
            math.nan,
        )

    def unjudged(self, claim: Claim) -> str:
        """Explain why a claim has no interval: a thin tail of a quantile; "" if it has one."""
        for group in groups_of(claim).values():
            rows = rows_of(self.sample.variants[group.policy].corridor, group.lanes, group.routes)
            thin = thin_tails(self.sample.series(group.policy, self.executor))
            if {(*row, claim.measure) for row in rows} & thin:
                return f"thin tail: fewer than {FEW:g} consignments of a replication lie beyond the quantile"
        return ""

    def withheld(self, claim: Claim) -> str:
        """Explain why a claim has no value: a mean leaves out too many undelivered; "" if it has one."""
        about = find(claim.measure)
        if about is None or about.kind != "mean":
            return ""
        shares = [
            undelivered_share(
                self.sample.series(group.policy, self.executor),
                rows_of(self.sample.variants[group.policy].corridor, group.lanes, group.routes),
            )
            for group in groups_of(claim).values()
        ]
        worst = max(shares)
        return f"withheld: {100 * worst:.3g} % undelivered" if worst > WITHHELD else ""

    def swept(self, sweep: Sweep) -> SweptRate:
        """Return the points of a sweep."""
        return swept_over(sweep, self.scenario, self.sample.ranges[self.sample.first_policy])

    def moves(self, claim: Claim) -> Moves:
        """Return the rates that a claim assumes."""
        found = []
        for name, price in claim.rates.items():
            rate = find_rate(self.scenario, name)
            found.append((rate, amount_in(price, rate.unit(self.scenario))))
        return tuple(found)


def swept_over(sweep: Sweep, scenario: Scenario, ranges: Ranges) -> SweptRate:
    """Return the points of a sweep: over its own range, the scenario's, or half to twice the rate.

    Raises
    ------
    UserError
        If the rate does not exist, has another unit, or the range is empty.
    """
    rate = find_rate(scenario, sweep.rate)
    unit = rate.unit(scenario)
    ends = (sweep.low, sweep.high)
    try:
        known = (0.0, 0.0) if all(ends) else rate.range(scenario, ranges)
    except UserError:
        amount = rate.price(scenario).amount
        known = (amount / SPAN, amount * SPAN)
    low, high = (amount_in(end, unit) if end else other for end, other in zip(ends, known, strict=True))
    if not low < high:
        raise UserError(
            f"{sweep.rate}: the range {low:g} to {high:g} {unit} is empty; allowed: low below high"
        )
    return SweptRate(rate, unit, tuple(spaced(low, high, POINTS, log=False)))


def amount_in(price: Price, unit: str) -> float:
    """Return the amount of a price.

    Raises
    ------
    UserError
        If it has another unit.
    """
    if f"{price.currency}/{price.per}" != unit:
        raise UserError(f"a claim gives {price.currency}/{price.per} for a rate in {unit}; allowed: {unit}")
    return price.amount


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
    if _of_events(claim.measure):
        counts = above.values[:, 0], below.values[:, 0]
        return _judged(name, claim, ratio_estimate(claim.measure, *counts), "")
    if is_quantile(claim.measure):
        with np.errstate(divide="ignore", invalid="ignore"):
            sections = above.values[:, 0] / below.values[:, 0]
            whole = model.pooled(claim.numerator, claim.measure) / model.pooled(
                claim.denominator, claim.measure
            )
        return _sectioned(name, claim, sections, whole, "", model.unjudged(claim))
    ratios = jackknife(_over_each_other, *above.sums, *below.sums)
    ratios = ratios[np.isfinite(ratios).all(axis=1)]
    along = regions(swept.xs, band(ratios[:, 1:]), accepted_by(claim)) if swept and len(ratios) > 1 else []
    return _mean(name, claim, ratios[:, 0], "", (above, below), swept, tuple(along))


def _over_each_other(above: Floats, of: Floats, below: Floats, its: Floats) -> Floats:
    """Return the ratio of two means, each a sum over a weight."""
    return np.asarray(above / of / (below / its))


def _apart(above: Floats, of: Floats, below: Floats, its: Floats) -> Floats:
    """Return the difference of two means, each a sum over a weight."""
    return np.asarray(above / of - below / its)


def ratio_estimate(measure: str, above: Floats, below: Floats) -> Estimate:
    """Return the ratio of a measure, other than a quantile, of two groups, (replications,) each."""
    if _of_events(measure):
        return ratio_of_counts(above, below)
    return estimate(ratio_values(above, below).tolist())


def _of_events(measure: str) -> bool:
    found = find(measure)
    return found is not None and found.of_events


def _difference(name: str, claim: DifferenceClaim, model: Model) -> JudgedClaim:
    groups = groups_of(claim).values()
    found = tuple(model.values(group, claim.measure, [()]) for group in groups)
    if is_quantile(claim.measure):
        first, *second = (one.values[:, 0] for one in found)
        whole, *less = (model.pooled(group, claim.measure) for group in groups)
        return _sectioned(name, claim, first - sum(second), whole - sum(less), "h", model.unjudged(claim))
    parts = [part for one in found for part in one.sums]
    hours = jackknife(_apart if len(found) == 2 else np.divide, *parts)[:, 0]
    return _mean(name, claim, hours[np.isfinite(hours)], "h", found)


RARE = f"fewer than {FEW:g} replications have any of it"
"""Why a claim about a mean has no interval."""


def _mean(
    name: str,
    claim: RatioClaim | DifferenceClaim,
    values: Floats,
    unit: str,
    of: Sequence[Weighed],
    swept: SweptRate | None = None,
    along: tuple[Region, ...] = (),
) -> JudgedClaim:
    """Judge a ratio or difference of means, by its jackknife values; of rare things it has no interval.

    Parameters
    ----------
    of
        The means.
    """
    found = estimate(values.tolist())
    if found.n > 1 and any(rare(one.values[:, :1].T, one.over[:, :1].T)[0] for one in of):
        unknown = Estimate(found.mean, math.nan, math.nan, found.n)
        return replace(_judged(name, claim, unknown, unit), said=RARE)
    return _judged(name, claim, found, unit, swept, along)


def _sectioned(
    name: str, claim: RatioClaim | DifferenceClaim, sections: Floats, whole: float, unit: str, unjudged: str
) -> JudgedClaim:
    """Judge a ratio or difference of pooled quantiles, by that of the replications about it (sectioning).

    Parameters
    ----------
    unjudged
        Why it has no interval; "" if it has one.
    """
    sections = sections[np.isfinite(sections)]
    n = len(sections)
    if unjudged and n > 1:
        found = _judged(name, claim, Estimate(whole, math.nan, math.nan, n), unit)
        return replace(found, said=unjudged)
    if n < 2 or not math.isfinite(whole):
        return _judged(name, claim, Estimate(whole, math.nan, math.nan, n), unit)
    half = float(half_width(sections - whole))
    return _judged(name, claim, Estimate(whole, whole - half, whole + half, n), unit)


def _judged(
    name: str,
    claim: RatioClaim | DifferenceClaim,
    found: Estimate,
    unit: str,
    swept: SweptRate | None = None,
    along: tuple[Region, ...] = (),
) -> JudgedClaim:
    accepted = accepted_by(claim)
    said = verdict(found.low, found.high, accepted) if found.n > 1 else "undecided"
    interval = (found.mean, found.low, found.high)
    return JudgedClaim(name, claim, *interval, unit, accepted, said, "", swept, along, found.n)


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
    differences = jackknife(_apart, *first.sums, *second.sums)
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
