"""Compare policies or routes with a baseline, adjusting p values over families of tests.

Places that a policy does not touch are not tested. If no measure of a lane and route, including counts and
quantiles, differs in any replication in any digit, its rows are left out of the family. This convention keeps
the family from growing by lanes that a policy does not affect, and removes nothing else. If any measure
differs in any replication, all rows of that lane and route are tested; rows without a difference get p = 1,
because they may agree by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fourport.measures import MEASURES
from fourport.plan.tables import Floats
from fourport.store.tables import TOGETHER
from fourport.study.comparison.criteria import compared
from fourport.study.comparison.paired import FIXED, Difference, all_paired, holm
from fourport.study.replication_measures import Series
from fourport.study.tabulate import SummaryKey

Values = Mapping[str, Series]
"""The measures of each replication, by policy."""

Unit = Mapping[str, tuple[str, Floats]]
"""Unit and values by measure, of one lane and route."""


@dataclass(frozen=True)
class Question:
    """What to compare, and with which baseline.

    Attributes
    ----------
    baseline
        The policy (or route, when routes are compared) that the others are compared with.
    routes
        Routes to compare on each lane, including the baseline; empty to compare policies.
    lane
        The only lane to compare; None for all.
    measures
        Measures to compare in addition to those that are always compared; empty for the usual ones.
    """

    baseline: str
    routes: tuple[str, ...] = ()
    lane: str | None = None
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComparisonRow:
    """A row of ``comparison.csv``: a measure, its difference from the baseline, and the p value.

    Attributes
    ----------
    lane, route
        ``*`` for all together.
    p_holm
        p value adjusted over its family: all tested rows of all routes together, or all tested rows of single
        routes; NaN if the row is not tested.
    untouched
        Whether no measure of the lane and route differs at all (:func:`untouched`), so that it is not tested.
    """

    baseline: str
    policy: str
    lane: str
    route: str
    measure: str
    unit: str
    difference: Difference
    p_holm: float
    untouched: bool

    @property
    def together(self) -> bool:
        """Whether the row is about all routes together; these rows are printed and form a family."""
        return self.route == TOGETHER


@dataclass(frozen=True)
class _Pair:
    policy: str
    lane: str
    route: str
    other: Unit
    baseline: Unit


COUNTED = tuple(
    name
    for name, one in MEASURES.items()
    if one.kind == "count" and one.number is not None and name not in ("consignments", "weight")
)
"""Counts that grow with the size of the cohort, other than the size itself."""


def comparable(values: Values, question: Question) -> Values:
    """Return values for comparing routes: counts per 100 consignments, as routes carry different numbers.

    Policies and scenarios are compared by their total counts.
    """
    if not question.routes:
        return values
    return {policy: dict(_for_100(series)) for policy, series in values.items()}


def _for_100(series: Series) -> Iterator[tuple[SummaryKey, Floats]]:
    for (lane, route, measure, unit), found in series.items():
        if measure not in COUNTED:
            yield (lane, route, measure, unit), found
            continue
        consignments = series[lane, route, "consignments", "consignments"]
        share = np.full(len(found), np.nan)
        np.divide(100 * found, consignments, out=share, where=consignments > 0)
        yield (lane, route, measure, f"{unit}/100 consignments"), share


def compare(values: Values, question: Question) -> list[ComparisonRow]:
    """Return all paired differences from the baseline, with Holm's p values over the tested ones.

    Rows of all routes together, which show whether a policy has an effect, are one family; rows of single
    routes, which show where, are another. Places or measures that only one of the two has (a route that a
    policy closes) are not compared.
    """
    pairs = list(_routes(values, question) if question.routes else _policies(values, question))
    rows = [
        (pair, measure, unit, alone)
        for pair in pairs
        for alone in [untouched(pair.other, pair.baseline)]
        for measure in compared(question.measures, list(pair.other))
        for unit, _ in [pair.other[measure]]
        if measure in pair.baseline and pair.baseline[measure][0] == unit
    ]
    tests = all_paired(
        [(pair.other[name][1], pair.baseline[name][1], name in FIXED) for pair, name, _, _ in rows]
    )
    found = [
        ComparisonRow(
            question.baseline,
            pair.policy,
            pair.lane,
            pair.route,
            measure,
            unit,
            replace(one, p=math.nan) if alone else one,
            math.nan,
            alone,
        )
        for (pair, measure, unit, alone), one in zip(rows, tests, strict=True)
    ]
    adjusted = {
        together: iter(holm([row.difference.p for row in found if row.together == together]))
        for together in (True, False)
    }
    return [replace(row, p_holm=next(adjusted[row.together])) for row in found]


def untouched(one: Unit, other: Unit) -> bool:
    """Return whether all measures of two policies are identical in every replication, bit by bit."""
    return one.keys() == other.keys() and all(
        other[name][0] == unit and np.array_equal(found, other[name][1], equal_nan=True)
        for name, (unit, found) in one.items()
    )


def _policies(values: Values, question: Question) -> Iterator[_Pair]:
    for policy, series in values.items():
        if policy == question.baseline:
            continue
        for lane, route in places(series, question.lane):
            if route == TOGETHER and lane != (question.lane or TOGETHER):
                continue  # the sum of a lane would only add tests to those of its routes
            baseline = unit_of(values[question.baseline], lane, route)
            yield _Pair(policy, lane, route, unit_of(series, lane, route), baseline)


def _routes(values: Values, question: Question) -> Iterator[_Pair]:
    for policy, series in values.items():
        for lane in dict.fromkeys(lane for lane, _ in places(series, question.lane)):
            baseline = unit_of(series, lane, question.baseline)
            for route in question.routes:
                if route != question.baseline and baseline:
                    yield _Pair(policy, lane, route, unit_of(series, lane, route), baseline)


def places(series: Series, lane: str | None = None) -> Sequence[tuple[str, str]]:
    """Return the lanes and routes as named in the tables, of one lane if given."""
    return [
        place
        for place in dict.fromkeys((key[0], key[1]) for key in series)
        if lane is None or place[0] == lane
    ]


def unit_of(series: Series, lane: str, route: str) -> Unit:
    """Return the measures of a lane and route; empty if nothing moved there."""
    return {key[2]: (key[3], found) for key, found in series.items() if key[:2] == (lane, route)}
