"""Compare policies or routes with a baseline, judging differences in families of tests.

A row is judged by three things: whether its difference is sure (:mod:`~fourport.study.comparison.paired`),
whether it is large enough to matter (:func:`~fourport.study.comparison.criteria.margin_of`), and whether it
is of the same consignments (:mod:`~fourport.study.comparison.delivered_by_both`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from fourport.measures import LOST, MEASURES, find, is_quantile, unit_of_difference
from fourport.plan.tables import Floats
from fourport.store.tables import TOGETHER
from fourport.study.comparison.criteria import CLEARING, compared, margin_of
from fourport.study.comparison.delivered_by_both import COMPARED, RESTRICTED, Column, DeliveredByBoth, Unit
from fourport.study.comparison.offices import Cleared
from fourport.study.comparison.paired import (
    FIXED,
    LEVEL,
    Difference,
    differences,
    judge,
    mean_difference,
)
from fourport.study.replication_measures import Series, thin_tails
from fourport.study.statistics import FEW, Estimate, count_estimate, estimate, estimates, rare
from fourport.study.tabulate import SummaryKey

Values = Mapping[str, Series]
"""The measures of each replication, by policy."""

Verdict = Literal["better", "worse", "differs", "small", "lost", "thin", "undecided", "same", "unknown"]
"""What is said of a difference.

``differs`` is sure, of a measure of which neither side is better; ``small`` is sure, and below the margin;
``lost`` would be better, if it were not that fewer consignments are delivered and that it depends on them;
``thin`` is of a quantile with too few consignments beyond it to be judged; ``same`` differs in no
replication; ``unknown`` is not defined.
"""


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
class Measured:
    """The measures that are compared.

    Attributes
    ----------
    values
        Measures of each replication, by policy.
    levels
        Estimate of each measure over all replications, by policy; quantiles are of all consignments.
    both
        Restricts the measures of two policies to consignments that both deliver; None if all are delivered.
    touched
        Lanes and procedures whose clearance each policy changes; None if unknown.
    """

    values: Values
    levels: Mapping[str, Mapping[SummaryKey, Estimate]] = field(default_factory=dict)
    both: DeliveredByBoth | None = None
    touched: Mapping[str, Cleared] | None = None

    def units(self, one: str, other: str, place: tuple[str, str]) -> tuple[Unit, Unit]:
        """Return the measures of two policies at a lane and route, over what both deliver."""
        found = self.unit(one, place), self.unit(other, place)
        return self.both.units(one, other, place, found) if self.both is not None and all(found) else found

    def unit(self, policy: str, place: tuple[str, str]) -> Unit:
        """Return the measures of a policy at a lane and route; empty if nothing moved there."""
        return self._units[policy].get(place, {})

    def level(self, policy: str, place: tuple[str, str], measure: str) -> Estimate:
        """Return the estimate of a measure at a lane and route; of nothing if it is not measured there."""
        units = self.unit(policy, place)
        if measure not in units:
            return estimate([])
        unit, values, over = units[measure]
        stored = self.levels.get(policy, {}).get((*place, measure, unit))
        if stored is not None:
            return stored
        if unit.endswith(PER_100):
            among = units["consignments"].values
            return count_estimate(counted(units, measure).tolist(), (among / 100).tolist(), among.tolist())
        return estimates(values[None], None if over is None else over[None])[0]

    def pooled(
        self, one: str, other: str, places: tuple[tuple[str, str], tuple[str, str]]
    ) -> dict[str, float]:
        """Return the differences of quantiles of all consignments of two policies, each at a place."""
        found = {}
        for measure, (unit, *_) in self.unit(one, places[0]).items():
            if is_quantile(measure):
                ends = ((one, places[0]), (other, places[1]))
                levels = [self.levels.get(name, {}).get((*place, measure, unit)) for name, place in ends]
                if levels[0] is not None and levels[1] is not None:
                    found[measure] = levels[0].mean - levels[1].mean
        return found

    def thin(self, *ends: tuple[str, tuple[str, str]]) -> frozenset[str]:
        """Return the quantiles with few consignments beyond them under any of some policies, each at a place.

        Their differences have neither interval nor verdict (:func:`~.replication_measures.thin_tails`).
        """
        return frozenset(
            measure
            for policy, at in ends
            for lane, route, measure in self._thin[policy]
            if (lane, route) == at
        )

    @cached_property
    def _thin(self) -> dict[str, frozenset[tuple[str, str, str]]]:
        return {policy: thin_tails(series) for policy, series in self.values.items()}

    @cached_property
    def _units(self) -> dict[str, dict[tuple[str, str], Unit]]:
        found: dict[str, dict[tuple[str, str], dict[str, Column]]] = {}
        for policy, series in self.values.items():
            units = found.setdefault(policy, {})
            for (lane, route, measure, unit), values in series.items():
                over = series.over.get((lane, route, measure, unit))
                units.setdefault((lane, route), {})[measure] = Column(unit, values, over)
        return found  # type: ignore[return-value]  # a dict of dicts is a dict of mappings

    def clears(self, policy: str, lane: str, measure: str) -> bool:
        """Return whether a policy may change a measure of clearance on a lane."""
        if self.touched is None:
            return True
        mine = {procedure for its_lane, procedure in self.touched.get(policy, ()) if its_lane == lane}
        return bool(mine) if measure not in TIMED else any(TIMED[measure] == procedure for procedure in mine)


TIMED = {name: name.split("_")[2] for name in CLEARING if name.startswith("clearance_time_")}
"""Procedure of each clearance time."""


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

    def is_thin(self, measure: str, d: Floats) -> bool:
        """Return whether a difference cannot be judged, as few consignments are beyond a quantile."""
        return measure in self.thin and bool(np.nansum(d * d))

    def is_rare(self, measure: str, d: Floats) -> bool:
        """Return whether a difference has no interval: few replications show it, or what it is of at all.

        What is not zero, and the same under both policies in each replication, is not rare.
        """
        seen = d if np.any(d) else self.other[measure].values
        return measure not in FIXED and bool(rare(d[None])[0] and rare(seen[None])[0])


COUNTED = tuple(
    name
    for name, one in MEASURES.items()
    if one.kind == "count" and one.number is not None and name not in ("consignments", "weight")
)
"""Counts that grow with the size of the cohort, other than the size itself."""


PER_100 = "/100 consignments"
"""End of the unit of counts of routes."""


def comparable(values: Values, question: Question) -> Values:
    """Return values for comparing routes: counts per 100 consignments, as routes carry different numbers.

    Policies and scenarios are compared by their total counts.
    """
    if not question.routes:
        return values
    return {policy: _for_100(series) for policy, series in values.items()}


def _for_100(series: Series) -> Series:
    found = Series(over=series.over)
    for (lane, route, measure, unit), values in series.items():
        if measure not in COUNTED:
            found[lane, route, measure, unit] = values
            continue
        consignments = series[lane, route, "consignments", "consignments"]
        share, key = np.full(len(values), np.nan), (lane, route, measure, f"{unit}{PER_100}")
        np.divide(100 * values, consignments, out=share, where=consignments > 0)
        found[key], found.over[key] = share, consignments
    return found


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
    rows = [
        (pair, name, between(pair.other[name], pair.baseline[name]))
        for pair in pairs
        for name in pair.measures
        if name in pair.baseline and pair.baseline[name].unit == pair.other[name].unit
    ]
    p, families = np.full(len(rows), np.nan), {}
    for together in (True, False):
        mine = [k for k, (pair, _, _) in enumerate(rows) if (pair.route == TOGETHER) == together]
        mine = [k for k in mine if not rows[k][0].is_thin(*rows[k][1:])]
        chance = [k for k in mine if rows[k][1] not in FIXED]
        judged = judge(np.array([rows[k][2] for k in chance])) if chance else None
        if judged is not None:
            p[chance] = judged.p
        families[together] = Family(
            judged.critical if judged else math.inf, sum(bool(np.nansum(rows[k][2] ** 2)) for k in chance)
        )
        for k in set(mine) - set(chance):
            p[k] = 0.0 if np.nansum(rows[k][2] ** 2) else 1.0
    found = [_row(question.baseline, *row, value) for row, value in zip(rows, p.tolist(), strict=True)]
    return found, families


def between(one: Column, other: Column) -> Floats:
    """Return the paired differences of a measure from another, (replications,)."""
    return differences(one.values, other.values, one.over, other.over)


def _row(baseline: str, pair: _Pair, measure: str, d: Floats, p: float) -> ComparisonRow:
    unit = pair.other[measure].unit
    difference = mean_difference(d, pair.pooled.get(measure))
    margin, about = margin_of(measure, pair.baseline), find(measure)
    restricted = COMPARED in pair.other and measure in RESTRICTED
    consignments = float(np.mean(pair.other[COMPARED].values)) if restricted else math.nan
    lost = undelivered_share(pair.other) - undelivered_share(pair.baseline)
    if consignments < FEW and abs(lost) > LOST:  # next to nothing of a route is delivered under both
        difference = replace(difference, mean=math.nan, low=math.nan, high=math.nan)
    if pair.is_thin(measure, d) or pair.is_rare(measure, d):
        difference = replace(difference, low=math.nan, high=math.nan)
    depends = measure != "undelivered" and about is not None and about.kind in ("mean", "count")
    verdict: Verdict
    if math.isnan(difference.mean):
        verdict = "unknown"
    elif not np.nansum(d * d):
        verdict = "same"
    elif pair.is_thin(measure, d):
        verdict = "thin"
    elif not _sure(difference, p):
        verdict = "undecided"
    elif abs(difference.mean) < margin:
        verdict = "small"
    elif about is None or not about.better:
        verdict = "differs"
    elif (difference.mean < 0) != (about.better == "less"):
        verdict = "worse"
    else:
        verdict = "lost" if depends and lost > LOST and not consignments >= 0 else "better"
    names = (baseline, pair.policy, pair.lane, pair.route, measure, unit_of_difference(unit))
    return ComparisonRow(*names, difference, p, margin, consignments, lost, verdict)


def _sure(difference: Difference, p: float) -> bool:
    return p < LEVEL and not difference.low <= 0 <= difference.high


def undelivered_share(unit: Unit) -> float:
    """Return the undelivered share of the consignments of all replications, %; 0 if it is not measured."""
    if not {"consignments", "undelivered"} <= unit.keys():
        return 0.0
    sent = max(float(unit["consignments"].values.sum()), 1.0)
    return 100 * float(np.nansum(counted(unit, "undelivered"))) / sent


def counted(unit: Unit, measure: str) -> Floats:
    """Return a count of each replication, whether it is given for 100 consignments or not."""
    of, values, _ = unit[measure]
    return values * unit["consignments"].values / 100 if of.endswith(PER_100) else values


def untouched(one: Unit, other: Unit) -> bool:
    """Return whether all measures of two policies are identical in every replication, bit by bit."""
    return one.keys() == other.keys() and all(
        other[name].unit == unit and np.array_equal(found, other[name].values, equal_nan=True)
        for name, (unit, found, _) in one.items()
    )


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


def places(series: Series, lane: str | None = None) -> Sequence[tuple[str, str]]:
    """Return the lanes and routes as named in the tables, of one lane if given."""
    return [
        place
        for place in dict.fromkeys((key[0], key[1]) for key in series)
        if lane is None or place[0] == lane
    ]
