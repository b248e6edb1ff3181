"""Overview of alternatives: all criteria of each, and which alternatives dominate it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations
from typing import NamedTuple

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.store.tables import TOGETHER
from fourport.study.comparison.compare import Family
from fourport.study.comparison.criteria import CLEARING, CRITERIA, TIMES, Criterion, margin_of
from fourport.study.comparison.delivered_by_both import Column, Unit
from fourport.study.comparison.measured import TIMED, Measured, Question, between, places
from fourport.study.comparison.paired import FIXED, LEVEL, judge
from fourport.world.tables import Flags

SHARE_UNDETECTED = "undetected_share"
"""Undetected share of non-compliant consignments, %; computed here for each replication."""


PairOf = Callable[[str, str], tuple[Unit, Unit]]
"""Returns the measures of two alternatives, by their names."""

FLIPS = 1_999
"""Number of random flips for dominance, which needs no exact p values."""


@dataclass(frozen=True)
class Block:
    """Alternatives that are judged together: policies on a lane, or routes of a lane.

    Attributes
    ----------
    policy
        When routes are compared, the policy they are compared under; "" when policies are compared.
    lane
        ``*`` for all lanes together.
    alternatives
        Measures by name of the alternative.
    dominated_by
        For each alternative, the alternatives that dominate it.
    not_judged
        Alternatives that cannot be judged against any other: a criterion is unknown, as times are where much
        is not delivered.
    family
        Tests on which dominance is based.
    """

    policy: str
    lane: str
    alternatives: Mapping[str, Unit]
    dominated_by: Mapping[str, tuple[str, ...]]
    not_judged: tuple[str, ...]
    family: Family

    def place(self, name: str) -> tuple[str, str]:
        """Return the policy and the route of an alternative."""
        return (self.policy, name) if self.policy else (name, TOGETHER)


def overview(measured: Measured, question: Question) -> list[Block]:
    """Return the blocks: of policies, for all lanes and each lane; of routes, for each policy and lane."""
    values = measured.values
    lanes = dict.fromkeys(lane for series in values.values() for lane, _ in places(series, question.lane))
    found = []
    if question.routes:
        for policy, series in values.items():
            for lane in dict.fromkeys(lane for lane, _ in places(series, question.lane) if lane != TOGETHER):
                routes = {route: measured.unit(policy, (lane, route)) for route in question.routes}
                found.append(_block(policy, lane, routes, partial(_of_routes, measured, policy, lane)))
    else:
        for lane in lanes:
            of_lanes = [one for one in lanes if one != TOGETHER] if lane == TOGETHER else []
            policies = {policy: measured.unit(policy, (lane, TOGETHER)) for policy in values}
            found.append(_block("", lane, policies, partial(_judged, measured, lane, of_lanes)))
    return [block for block in found if len(block.alternatives) > 1]


def _block(policy: str, lane: str, found: Mapping[str, Unit], pair_of: PairOf) -> Block:
    alternatives = {name: _with_share(unit) for name, unit in found.items() if unit}
    dominated = dominance(alternatives, pair_of)
    return Block(policy, lane, alternatives, dominated.by, dominated.not_judged, dominated.family)


def _of_routes(measured: Measured, policy: str, lane: str, one: str, other: str) -> tuple[Unit, Unit]:
    """Return the measures by which two routes of a lane are judged."""
    ends = (policy, (lane, one)), (policy, (lane, other))
    return _without_thin((measured.unit(*ends[0]), measured.unit(*ends[1])), measured.thin(*ends))


def _without_thin(units: tuple[Unit, Unit], thin: frozenset[str]) -> tuple[Unit, Unit]:
    """Return the measures of two alternatives, unknown where few consignments are beyond a quantile.

    What is the same in each replication stays. What differs cannot be shown to be no worse, so that neither
    dominates the other.
    """
    one, other = units
    differ = [
        name
        for name in thin & one.keys() & other.keys()
        if not np.array_equal(one[name].values, other[name].values, equal_nan=True)
    ]
    unknown = [
        {name: Column(unit[name].unit, np.full(len(unit[name].values), np.nan)) for name in differ}
        for unit in units
    ]
    return {**one, **unknown[0]}, {**other, **unknown[1]}


def _judged(
    measured: Measured, lane: str, of_lanes: Sequence[str], one: str, other: str
) -> tuple[Unit, Unit]:
    """Return the measures by which two policies are judged on a lane, or on all lanes together.

    Over all lanes, clearance is judged lane by lane where one of the two changes it, by mean and P95.
    """

    def at(its: str) -> tuple[Unit, Unit]:
        place = (its, TOGETHER)
        return _without_thin(measured.units(one, other, place), measured.thin((one, place), (other, place)))

    units = at(lane)
    if len(of_lanes) < 2:
        return units
    found = [{name: of for name, of in unit.items() if name not in CLEARING} for unit in units]
    for its in of_lanes:
        names = {
            name
            for name in CLEARING
            if name in TIMED and name.endswith(("_p95", *TIMES))
            if measured.clears(one, its, name) or measured.clears(other, its, name)
        }
        for mine, unit in zip(found, at(its), strict=True):
            mine.update({f"{its}:{name}": unit[name] for name in sorted(names & unit.keys())})
    return found[0], found[1]


def _with_share(unit: Unit) -> Unit:
    """Add the undetected share of non-compliant consignments in each replication."""
    if not {"non_compliant", "undetected"} <= set(unit) or SHARE_UNDETECTED in unit:
        return unit
    non_compliant = unit["non_compliant"].values
    share = np.full(len(non_compliant), np.nan)
    np.divide(100 * unit["undetected"].values, non_compliant, out=share, where=non_compliant > 0)
    return {**unit, SHARE_UNDETECTED: Column("%", share, non_compliant)}


def dominance(alternatives: Mapping[str, Unit], pair_of: PairOf | None = None) -> Dominance:
    """Return the alternatives that dominate each alternative.

    B dominates A if B is sure to be better in at least one criterion, by a mean gain that matters, and sure
    to be worse by less than the margin (:func:`~fourport.study.comparison.criteria.margin_of`) in all others.
    Both are shown by flipping the signs of gains (:func:`~fourport.study.comparison.paired.judge`): of the
    gain, and of the gain plus the margin. All criteria of all pairs are one family, so the chance that any of
    the named dominations is false is at most :data:`LEVEL`. "Not significantly worse" would be too weak a
    condition: with few replications no difference is significant. A criterion that is the same in every
    replication is not worse.

    If only one alternative of a pair has a kind of clearance, its clearance times are left out, provided that
    both measure undetected non-compliance: to need no such clearance is an advantage. Pairs that lack any
    other criterion are not judged, nor are those that differ in a quantile with few consignments beyond it.

    Parameters
    ----------
    pair_of
        Returns the measures of two alternatives over the consignments that both deliver.
    """
    pairs = list(combinations(alternatives, 2))
    units = [pair_of(*pair) if pair_of else (alternatives[pair[0]], alternatives[pair[1]]) for pair in pairs]
    gains = _Gains.of(units)
    p, family = gains.judge()
    dominated: dict[str, list[str]] = {name: [] for name in alternatives}
    by_first, by_second = (gains.dominates(p, side).tolist() for side in (0, 1))
    for (one, other), *by in zip(pairs, by_first, by_second, strict=True):
        for wins, winner, loser in zip(by, (one, other), (other, one), strict=True):
            if wins:
                dominated[loser].append(winner)
    known = {name for k in {*gains.pair.tolist()} for name in pairs[k]}
    return Dominance(
        {name: tuple(winners) for name, winners in dominated.items()},
        tuple(name for name in alternatives if name not in known),
        family,
    )


@dataclass(frozen=True)
class Dominance:
    """Who dominates whom.

    Attributes
    ----------
    by
        For each alternative, the alternatives that dominate it.
    not_judged
        Alternatives of which no pair is judged.
    family
        Its tests: a criterion of a pair is one.
    """

    by: Mapping[str, tuple[str, ...]]
    not_judged: tuple[str, ...]
    family: Family


@dataclass(frozen=True)
class _Gains:
    """What the first alternative of each pair gains over the second in each criterion: g gains of all pairs.

    Attributes
    ----------
    pairs
        Number of pairs.
    pair
        (g,) pair of each gain; pairs that are not judged have none.
    d
        (g, replications) differences; positive is better.
    margin
        (g,) loss below which it does not matter.
    fixed
        (g,) whether the differences are free of chance.
    """

    pairs: int
    pair: Ints
    d: Floats
    margin: Floats
    fixed: Flags

    @classmethod
    def of(cls, pairs: Sequence[tuple[Unit, Unit]]) -> _Gains:
        """Compare the alternatives of each pair."""
        margins = _Margins()
        found = [(k, one) for k, pair in enumerate(pairs) for one in _against(*pair, margins)]
        pair = np.array([k for k, _ in found], dtype=np.int64)
        d = between([one.columns for _, one in found])
        margin = np.array([one.margin for _, one in found])
        fixed = np.array([one.fixed for _, one in found], dtype=np.bool_)
        unknown = pair[np.isnan(d).all(axis=-1)]
        known = ~np.isin(pair, unknown)
        return cls(len(pairs), pair[known], d[known], margin[known], fixed[known])

    def judge(self) -> tuple[Floats, Family]:
        """Return (g, 4) p values: of a gain of the first and of the second, and of no loss of either.

        They are judged together, but for those without chance, whose p values are 0 or 1.
        """
        margin = self.margin[:, np.newaxis]
        tests = np.stack([self.d, -self.d, self.d + margin, margin - self.d], axis=1)
        by_chance = (self.d != 0).any(axis=-1) & ~self.fixed
        some = int(by_chance.sum())
        rows = np.concatenate(tests[by_chance]) if some else None
        judged = None if rows is None else judge(rows, greater=True, sampled=FLIPS)
        p = 1.0 - np.concatenate([tests[:, :2, 0] > 0, tests[:, 2:, 0] >= 0], axis=1)
        if judged is not None:
            p[by_chance] = judged.p.reshape(-1, 4)
        return p, Family(judged.critical if judged else math.inf, some)

    def dominates(self, p: Floats, side: int) -> Flags:
        """Return in which pairs the first alternative (0) or the second (1) dominates the other, (pairs,)."""
        gain = np.nanmean(self.d, axis=1) * (-1) ** side
        better = (p[:, side] < LEVEL) & (gain >= self.margin)
        may_lose = ~(p[:, 2 + side] < LEVEL)
        n_better, n_may_lose = (np.bincount(self.pair[of], minlength=self.pairs) for of in (better, may_lose))
        return np.asarray((n_better > 0) & (n_may_lose == 0))


class _Asked(NamedTuple):
    """A criterion in which two alternatives are compared: the first is better where its column is larger."""

    columns: tuple[Column, Column]
    margin: float
    fixed: bool


class _Margins:
    """The margin of each column, which is in many pairs, worked out once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Column, float]] = {}

    def of(self, measure: str, column: Column, unit: Unit) -> float:
        """Return the margin of a measure in a column of an alternative; no two measures share a column."""
        _, margin = self._known.get(id(column)) or (column, margin_of(measure, column, unit))
        self._known[id(column)] = column, margin  # which is kept, so that no other has its id
        return margin


def _against(one: Unit, other: Unit, margins: _Margins) -> list[_Asked]:
    """Return the criteria in which two alternatives are compared; none if one of them lacks a criterion."""
    found = []
    for name in dict.fromkeys([*one, *other]):
        criterion = _criterion(name)
        if criterion is None:
            continue
        a, b = one.get(name), other.get(name)
        clearing = criterion.measure in CLEARING
        if clearing and (a is None) != (b is None) and _undetected_measured(one, other):
            continue
        if a is None or b is None or a.unit != b.unit:
            return []
        margin = min(margins.of(criterion.measure, a, one), margins.of(criterion.measure, b, other))
        found.append(_Asked((a, b) if criterion.higher_is_better else (b, a), margin, name in FIXED))
    return found


@cache
def _criterion(name: str) -> Criterion | None:
    """Return the criterion that a measure is, also one of a lane ("lane:measure"); None if it is none."""
    measure = name.rpartition(":")[2]
    return next((criterion for criterion in CRITERIA if criterion.measure == measure), None)


def _undetected_measured(*units: Unit) -> bool:
    """Return whether all measure what stays undetected; otherwise no inspection would only look better."""
    return all("undetected" in unit for unit in units)
