"""Compare policies or routes with a baseline, judging differences in families of tests.

A row is judged by three things: whether its difference is sure (:mod:`~fourport.study.comparison.paired`),
whether it is large enough to matter (:func:`~fourport.study.comparison.criteria.margin_of`), and whether it
is of the same consignments (:mod:`~fourport.study.comparison.delivered_by_both`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from fourport.measures import LOST, find, unit_of_difference
from fourport.plan.tables import Floats
from fourport.store.tables import TOGETHER
from fourport.study.comparison.criteria import CLEARING, compared, margin_of
from fourport.study.comparison.delivered_by_both import COMPARED, RESTRICTED, Unit
from fourport.study.comparison.measured import Measured, Question, between, places, undelivered_share
from fourport.study.comparison.paired import FIXED, LEVEL, Difference, judge, mean_differences
from fourport.study.statistics import FEW, rare
from fourport.world.tables import Flags

Verdict = Literal["better", "worse", "differs", "small", "lost", "thin", "undecided", "same", "unknown"]
"""What is said of a difference.

``differs`` is sure, of a measure of which neither side is better; ``small`` is sure, and below the margin;
``lost`` would be better, if it were not that fewer consignments are delivered and that it depends on them;
``thin`` is of a quantile with too few consignments beyond it to be judged; ``same`` differs in no
replication; ``unknown`` is not defined.
"""


@dataclass(frozen=True)
class ComparisonRow:
    """A row of ``comparison.csv``: a measure, its difference from the baseline, and what is said of it.

    Attributes
    ----------
    lane, route
        ``*`` for all together.
    unit
        Unit of the difference and its margin; of a share it is "points".
    p
        p value adjusted over its family: all rows of all routes together, or all rows of single routes; NaN
        if the difference is not defined.
    margin
        Difference below which it does not matter.
    consignments
        Mean number of consignments of a replication that a mean over delivered consignments is of; NaN for
        other measures.
    lost
        Undelivered share, in points more than the baseline's.
    """

    baseline: str
    policy: str
    lane: str
    route: str
    measure: str
    unit: str
    difference: Difference
    p: float
    margin: float
    consignments: float
    lost: float
    verdict: Verdict

    @property
    def together(self) -> bool:
        """Whether the row is about all routes together; these rows are printed and form a family."""
        return self.route == TOGETHER

    @property
    def sure(self) -> bool:
        """Whether the difference is not due to chance: significant, and its own interval leaves out zero.

        The interval of a quantile is about its value for all replications, which may be off the mean of the
        differences that are tested.
        """
        return _sure(self.difference, self.p)

    @property
    def tested(self) -> bool:
        """Whether there is a difference in any replication."""
        return self.verdict not in ("same", "thin", "unknown")


@dataclass(frozen=True)
class _Pair:
    policy: str
    lane: str
    route: str
    other: Unit
    baseline: Unit
    measures: Sequence[str]
    pooled: Mapping[str, float]
    thin: frozenset[str]

    @cached_property
    def delivered_by_both(self) -> float:
        """Mean number of consignments of a replication that both deliver; NaN if that is not known."""
        return float(np.mean(self.other[COMPARED].values)) if COMPARED in self.other else math.nan

    @cached_property
    def lost(self) -> float:
        """Undelivered share, in points more than the baseline's."""
        return undelivered_share(self.other) - undelivered_share(self.baseline)


@dataclass(frozen=True)
class _Asked:
    """A measure of a pair that is compared.

    Attributes
    ----------
    differs
        Whether there is a difference in any replication.
    rare
        Whether the difference has no interval: few replications show it, or what it is of at all.
    """

    pair: _Pair
    measure: str
    difference: Difference
    differs: bool
    rare: bool

    @property
    def thin(self) -> bool:
        """Whether the difference cannot be judged, as few consignments are beyond a quantile."""
        return self.differs and self.measure in self.pair.thin


@dataclass(frozen=True)
class Family:
    """Tests that are judged together.

    Attributes
    ----------
    critical
        Critical value of the statistic (:class:`~fourport.study.comparison.paired.Judged`).
    tests
        Number of tests that differ in any replication and are not free of chance.
    """

    critical: float
    tests: int


def compare(measured: Measured, question: Question) -> tuple[list[ComparisonRow], dict[bool, Family]]:
    """Return all paired differences from the baseline, and the families in which they are judged.

    Rows of all routes together, which show whether a policy has an effect, are one family; rows of single
    routes, which show where, are another. Places or measures that only one of the two has (a route that a
    policy closes) are not compared.

    Returns
    -------
    dict
        The family of the rows of all routes together (True), and that of single routes (False).
    """
    pairs = list(_routes(measured, question) if question.routes else _policies(measured, question))
    asked = [
        (pair, name)
        for pair in pairs
        for name in pair.measures
        if name in pair.baseline and pair.baseline[name].unit == pair.other[name].unit
    ]
    if not asked:
        return [], {together: Family(math.inf, 0) for together in (True, False)}
    d = between([(pair.other[name], pair.baseline[name]) for pair, name in asked])
    means = mean_differences(d, [pair.pooled.get(name) for pair, name in asked])
    found = list(map(_Asked, *zip(*asked, strict=True), means, _differ(d).tolist(), _rare(asked, d).tolist()))
    p, families = np.full(len(found), np.nan), {}
    for together in (True, False):
        mine = [k for k, one in enumerate(found) if (one.pair.route == TOGETHER) == together and not one.thin]
        chance = [k for k in mine if found[k].measure not in FIXED]
        judged = judge(d[chance]) if chance else None
        if judged is not None:
            p[chance] = judged.p
        families[together] = Family(
            judged.critical if judged else math.inf, sum(found[k].differs for k in chance)
        )
        for k in set(mine) - set(chance):
            p[k] = 0.0 if found[k].differs else 1.0
    return [_row(question.baseline, one, of) for one, of in zip(found, p.tolist(), strict=True)], families


def _differ(d: Floats) -> Flags:
    """Return which of (k, replications) differences there are in any replication."""
    return np.asarray(np.nansum(d * d, axis=1) > 0)


def _rare(asked: Sequence[tuple[_Pair, str]], d: Floats) -> Flags:
    """Return which of (k, replications) differences have no interval (:class:`_Asked`).

    What is not zero, and the same under both policies in each replication, is not rare.
    """
    of = np.array([pair.other[name].values for pair, name in asked])
    seen = np.where(d.any(axis=1, keepdims=True), d, of)
    by_chance = [name not in FIXED for _, name in asked]
    return np.array(by_chance) & rare(d) & rare(seen)


def _row(baseline: str, asked: _Asked, p: float) -> ComparisonRow:
    pair, measure, difference, lost = asked.pair, asked.measure, asked.difference, asked.pair.lost
    unit = pair.other[measure].unit
    margin = margin_of(measure, pair.baseline[measure], pair.baseline)
    consignments = pair.delivered_by_both if measure in RESTRICTED else math.nan
    if consignments < FEW and abs(lost) > LOST:  # next to nothing of a route is delivered under both
        difference = replace(difference, mean=math.nan, low=math.nan, high=math.nan)
    if asked.thin or asked.rare:
        difference = replace(difference, low=math.nan, high=math.nan)
    fewer = lost > LOST and not consignments >= 0
    verdict = _verdict(asked, difference, p, margin, fewer=fewer)
    names = (baseline, pair.policy, pair.lane, pair.route, measure, unit_of_difference(unit))
    return ComparisonRow(*names, difference, p, margin, consignments, lost, verdict)


def _verdict(asked: _Asked, difference: Difference, p: float, margin: float, *, fewer: bool) -> Verdict:
    """Return what is said of a difference.

    Parameters
    ----------
    fewer
        Whether it is of fewer consignments than the baseline's, not of those that both deliver.
    """
    if math.isnan(difference.mean):
        return "unknown"
    if not asked.differs:
        return "same"
    if asked.thin:
        return "thin"
    if not _sure(difference, p):
        return "undecided"
    if abs(difference.mean) < margin:
        return "small"
    about = find(asked.measure)
    if about is None or not about.better:
        return "differs"
    if (difference.mean < 0) != (about.better == "less"):
        return "worse"
    depends = asked.measure != "undelivered" and about.kind in ("mean", "count")
    return "lost" if depends and fewer else "better"


def _sure(difference: Difference, p: float) -> bool:
    return p < LEVEL and not difference.low <= 0 <= difference.high


def _policies(measured: Measured, question: Question) -> Iterator[_Pair]:
    """Yield what is compared of policies.

    The clearance of all lanes together would be a mean over several countries; of all routes together it is
    compared lane by lane, where a policy changes it.
    """
    first = question.baseline
    for policy, series in measured.values.items():
        if policy == first:
            continue
        several = len({lane for lane, _ in places(series, question.lane)} - {TOGETHER}) > 1
        for lane, route in places(series, question.lane):
            other, baseline = measured.units(policy, first, (lane, route))
            names = compared(question.measures, list(other))
            if several and route == TOGETHER and lane == TOGETHER:
                names = [name for name in names if name not in CLEARING]
            elif several and route == TOGETHER:
                names = [name for name in names if name in CLEARING and measured.clears(policy, lane, name)]
            elif route == TOGETHER and lane != (question.lane or TOGETHER):
                continue
            apart = measured.pooled(policy, first, ((lane, route), (lane, route)))
            thin = measured.thin((policy, (lane, route)), (first, (lane, route)))
            yield _Pair(policy, lane, route, other, baseline, names, apart, thin)


def _routes(measured: Measured, question: Question) -> Iterator[_Pair]:
    for policy, series in measured.values.items():
        for lane in dict.fromkeys(lane for lane, _ in places(series, question.lane)):
            baseline = measured.unit(policy, (lane, question.baseline))
            for route in question.routes:
                if route != question.baseline and baseline:
                    other = measured.unit(policy, (lane, route))
                    names = compared(question.measures, list(other))
                    ends = ((lane, route), (lane, question.baseline))
                    apart = measured.pooled(policy, policy, ends)
                    thin = measured.thin(*((policy, end) for end in ends))
                    yield _Pair(policy, lane, route, other, baseline, names, apart, thin)
