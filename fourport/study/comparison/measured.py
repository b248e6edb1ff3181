"""What is compared: the question, and the measures of each replication under policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from fourport.measures import MEASURES, is_quantile
from fourport.plan.tables import Floats
from fourport.study.comparison.criteria import CLEARING
from fourport.study.comparison.delivered_by_both import Column, DeliveredByBoth, Unit
from fourport.study.comparison.offices import Cleared
from fourport.study.comparison.paired import differences
from fourport.study.counts import count_estimate
from fourport.study.replication_measures import Series, thin_tails
from fourport.study.statistics import Estimate, estimate, estimates
from fourport.study.tabulate import SummaryKey

Values = Mapping[str, Series]
"""The measures of each replication, by policy."""


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
        return frozenset(measure for policy, at in ends for measure in self._thin[policy].get(at, ()))

    @cached_property
    def _thin(self) -> dict[str, dict[tuple[str, str], list[str]]]:
        """Quantiles with few consignments beyond them, by policy and place."""
        found: dict[str, dict[tuple[str, str], list[str]]] = {policy: {} for policy in self.values}
        for policy, series in self.values.items():
            for lane, route, measure in thin_tails(series):
                found[policy].setdefault((lane, route), []).append(measure)
        return found

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


COUNTED = tuple(
    name
    for name, one in MEASURES.items()
    if one.kind == "count" and one.column is not None and name not in ("consignments", "weight")
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


def between(pairs: Sequence[tuple[Column, Column]]) -> Floats:
    """Return the paired differences of the first measure of each pair from the other, (pairs, replications).

    All at once, since a comparison has ten thousands of them.
    """
    found = np.empty((len(pairs), len(pairs[0][0].values) if pairs else 1))
    of_means = [one.over is not None and other.over is not None for one, other in pairs]
    for weighted in (False, True):
        mine = [k for k, its in enumerate(of_means) if its == weighted]
        if mine:
            sides = list(zip(*(pairs[k] for k in mine), strict=True))
            columns = [np.array([column.values for column in side]) for side in sides]
            if weighted:
                columns += [np.array([column.over for column in side]) for side in sides]
            found[mine] = differences(*columns)
    return found


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


def places(series: Series, lane: str | None = None) -> Sequence[tuple[str, str]]:
    """Return the lanes and routes as named in the tables, of one lane if given."""
    return [
        place
        for place in dict.fromkeys((key[0], key[1]) for key in series)
        if lane is None or place[0] == lane
    ]
