"""Overview of alternatives: all criteria of each, and which alternatives dominate it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from fourport.plan.tables import Floats
from fourport.store.tables import TOGETHER
from fourport.study.comparison.compare import Question, Unit, Values, places, unit_of, untouched
from fourport.study.comparison.criteria import CLEARING, CRITERIA
from fourport.study.comparison.paired import FIXED, LEVEL, all_paired, holm

SHARE_UNDETECTED = "undetected_share"
"""Undetected share of non-compliant consignments, %; computed here for each replication."""


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
    tests
        Number of tests on which dominance is based.
    """

    policy: str
    lane: str
    alternatives: Mapping[str, Unit]
    dominated_by: Mapping[str, tuple[str, ...]]
    tests: int


def overview(values: Values, question: Question) -> list[Block]:
    """Return the blocks: of policies, for all lanes and each lane; of routes, for each policy and lane."""
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
    """Add the undetected share of non-compliant consignments in each replication."""
    if not {"non_compliant", "undetected"} <= set(unit) or SHARE_UNDETECTED in unit:
        return unit
    non_compliant: Floats = unit["non_compliant"][1].copy()
    non_compliant[non_compliant == 0] = math.nan
    return {**unit, SHARE_UNDETECTED: ("%", 100 * unit["undetected"][1] / non_compliant)}


def dominance(alternatives: Mapping[str, Unit]) -> tuple[dict[str, tuple[str, ...]], int]:
    """Return the alternatives that dominate each alternative, and the number of tests.

    B dominates A if B is significantly better in at least one criterion and its mean is not worse in any.
    Significance is by paired t tests of all criteria of all pairs of alternatives, Holm-adjusted together, at
    :data:`LEVEL`. The mean paired difference of a criterion may be exactly zero: with common random numbers,
    a measure that neither policy changes is identical to the last digit. "Not significantly worse" would be
    too weak a condition: with few replications no difference is significant.

    If only one alternative of a pair has a kind of clearance, its clearance times are left out, provided that
    both measure undetected non-compliance: to need no such clearance is an advantage. Pairs that lack any
    other criterion are not judged, and pairs that are identical in all criteria are not tested
    (:func:`~fourport.study.comparison.compare.untouched`).
    """
    pairs = list(combinations(alternatives, 2))
    asked = {pair: list(_against(alternatives[pair[0]], alternatives[pair[1]])) for pair in pairs}
    gained = all_paired([test for tests in asked.values() for test in tests])
    adjusted, gains_left = iter(holm([gain.p for gain in gained])), iter(gained)
    found = {pair: [next(gains_left) for _ in tests] for pair, tests in asked.items()}
    dominated: dict[str, list[str]] = {name: [] for name in alternatives}
    tests = 0
    for (one, other), gains in found.items():
        judged = [(gain.mean, next(adjusted)) for gain in gains]
        tests += sum(not math.isnan(p) for _, p in judged)
        if any(math.isnan(p) for _, p in judged):
            continue
        for winner, loser, sign in ((one, other, 1), (other, one, -1)):
            sure = any(sign * mean > 0 and p < LEVEL for mean, p in judged)
            if sure and all(sign * mean >= 0 for mean, _ in judged):
                dominated[loser].append(winner)
    return {name: tuple(winners) for name, winners in dominated.items()}, tests


def _against(one: Unit, other: Unit) -> Iterator[tuple[Floats, Floats, bool]]:
    """Yield what to test for an advantage of one alternative in each criterion; nothing if identical.

    What cannot be compared is without values.
    """
    if untouched(one, other):
        return
    unknown = np.empty(0), np.empty(0), False
    for criterion in CRITERIA:
        name = criterion.measure
        if name not in one and name not in other:
            continue
        if name in CLEARING and (name in one) != (name in other) and _undetected_measured(one, other):
            continue
        if name not in one or name not in other or one[name][0] != other[name][0]:
            yield unknown
            continue
        a, b = one[name][1], other[name][1]
        first, second = (a, b) if criterion.higher_is_better else (b, a)
        yield first, second, name in FIXED


def _undetected_measured(*units: Unit) -> bool:
    """Return whether all measure what stays undetected; otherwise no inspection would only look better."""
    return all("undetected" in unit for unit in units)
