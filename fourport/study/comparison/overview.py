"""Each policy with all that it is judged by, and whether another is better without being worse."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from fourport.plan.tables import Floats
from fourport.study.comparison.compare import COUNTED, Question, Unit, Values, left_alone, places, unit_of
from fourport.study.comparison.criteria import CRITERIA
from fourport.study.comparison.paired import LEVEL, Difference, holm, paired
from fourport.study.measures import TOGETHER

SHARE_MISSED = "missed_offence_share"
"""Offences missed of those there are, %: worked out here, of each replication."""


@dataclass(frozen=True)
class Block:
    """Alternatives that are judged against each other: policies of a lane, or routes of it.

    Attributes
    ----------
    policy
        Of routes, the policy under which they are compared; "" of policies.
    lane
        ``*`` for all lanes together.
    alternatives
        Measures by the name of the alternative.
    dominated_by
        Of each alternative, those that dominate it.
    tests
        Number of comparisons that the judgement rests on.
    """

    policy: str
    lane: str
    alternatives: Mapping[str, Unit]
    dominated_by: Mapping[str, tuple[str, ...]]
    tests: int


def overview(values: Values, question: Question) -> list[Block]:
    """Give the blocks: of policies one for all lanes and one a lane, of routes one a policy and lane."""
    return [
        _block(policy, lane, alternatives)
        for policy, lane, alternatives in (
            _of_routes(values, question) if question.routes else _of_policies(values, question)
        )
        if len(alternatives) > 1
    ]


def _of_policies(values: Values, question: Question) -> Iterator[tuple[str, str, dict[str, Unit]]]:
    lanes = dict.fromkeys(lane for series in values.values() for lane, _ in places(series, question.lane))
    for lane in lanes:
        found = {policy: unit_of(series, lane, TOGETHER) for policy, series in values.items()}
        yield "", lane, {policy: unit for policy, unit in found.items() if unit}


def _of_routes(values: Values, question: Question) -> Iterator[tuple[str, str, dict[str, Unit]]]:
    for policy, series in values.items():
        for lane in dict.fromkeys(lane for lane, _ in places(series, question.lane) if lane != TOGETHER):
            found = {route: unit_of(series, lane, route) for route in question.routes}
            yield policy, lane, {route: unit for route, unit in found.items() if unit}


def _block(policy: str, lane: str, alternatives: dict[str, Unit]) -> Block:
    with_shares = {name: _with_share(unit) for name, unit in alternatives.items()}
    dominated, tests = dominance(with_shares)
    return Block(policy, lane, with_shares, dominated, tests)


def _with_share(unit: Unit) -> Unit:
    """Add the share of offences that is missed, of each replication."""
    if not {"offences", "missed_offences"} <= set(unit) or SHARE_MISSED in unit:
        return unit
    offences: Floats = unit["offences"][1].copy()
    offences[offences == 0] = math.nan
    return {**unit, SHARE_MISSED: ("%", 100 * unit["missed_offences"][1] / offences)}


def dominance(alternatives: Mapping[str, Unit]) -> tuple[dict[str, tuple[str, ...]], int]:
    """Tell which alternatives dominate each, and on how many tests that rests.

    B dominates A if at least one criterion is significantly better under B and none under A: paired
    t tests of all criteria of all pairs of alternatives, Holm-adjusted together, at :data:`LEVEL`.
    A pair of which a criterion cannot be compared is not judged. A criterion that one leaves as the
    other does is no test of the pair (:mod:`fourport.study.comparison.compare` says why): neither is
    better.
    """
    pairs = list(combinations(alternatives, 2))
    found = {pair: list(_against(alternatives[pair[0]], alternatives[pair[1]])) for pair in pairs}
    every = [(pair, gain) for pair in pairs for gain in found[pair]]
    adjusted = holm([gain.p for _, gain in every])
    better: dict[tuple[str, str], set[str]] = {pair: set() for pair in pairs}
    for (pair, gain), p in zip(every, adjusted, strict=True):
        if math.isnan(gain.p):
            better[pair] |= {*pair}  # either may be better: neither is dominated
        elif p < LEVEL:
            better[pair].add(pair[0] if gain.mean > 0 else pair[1])
    dominated = {
        name: tuple(
            winner
            for pair, winners in better.items()
            for winner in winners
            if name in pair and winner != name and len(winners) == 1
        )
        for name in alternatives
    }
    return dominated, sum(not math.isnan(p) for p in adjusted)


def _against(one: Unit, other: Unit) -> Iterator[Difference]:
    """Give by how much one is better than the other in each criterion that either has and is a test."""
    unknown = Difference(math.nan, math.nan, math.nan, math.nan, 0)
    alone = left_alone(one, other)
    for criterion in CRITERIA:
        name = criterion.measure
        if name in alone or (name not in one and name not in other):
            continue
        if name not in one or name not in other or one[name][0] != other[name][0]:
            yield unknown
            continue
        a, b = one[name][1], other[name][1]
        first, second = (a, b) if criterion.higher_is_better else (b, a)
        yield paired(first, second, counted=name in COUNTED)
