"""Measures of cohorts of a replication: of each lane and route, of all routes together, and of groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress

import numpy as np

from fourport.measured import MeasuredEach
from fourport.measures import MEASURES, find
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints
from fourport.study.cohort import Cohorts, Place, cohorts
from fourport.study.groups import Grouping, GroupKey
from fourport.study.histogram import Histograms
from fourport.study.keyed import Keys, Table
from fourport.study.replication import Replication
from fourport.world.tables import Flags

Sampled = tuple[Sequence[Keys], Histograms]
"""Values of single consignments by key; of shares 0 or 100 %."""


@dataclass(frozen=True)
class MeasuredCohorts:
    """Measures of ``p`` cohorts, in ``c`` columns.

    Attributes
    ----------
    corridor
        The corridor.
    cohorts, places
        The cohorts, and the group, lane and route of each.
    routes
        Number of cohorts of routes, which stand first.
    groups
        What goods are grouped by and name of each group; an empty one if they are not.
    names
        Names of measures and quantiles, by column.
    values, over, known
        (p, c) values; what means and shares are over, NaN for counts and quantiles; and whether the cohort
        has the measure.
    each
        The measures by name.
    """

    corridor: Corridor
    cohorts: Cohorts
    places: list[Place]
    routes: int
    groups: list[tuple[()] | GroupKey]
    names: tuple[str, ...]
    values: Floats
    over: Floats
    known: Flags
    each: dict[str, MeasuredEach]

    def add(self, order: Sequence[int], table: Table) -> None:
        """Add the measures that some cohorts have, in this order, to a table."""
        known = self.known[order]
        keys = [self._keys(k, self.names, mine) for k, mine in zip(order, known, strict=True)]
        table.add(keys, self.values[order][known], self.over[order][known])

    def sampled(self, order: Sequence[int]) -> Sampled:
        """Return the values of single consignments of cohorts of routes, in some order."""
        each = {name: one for name, one in self.each.items() if one.ordered is not None}
        known = np.stack([one.known for one in each.values()], axis=1)
        samples = Histograms.joined([_histograms(one) for one in each.values()])
        which = np.arange(len(samples)).reshape(len(each), -1).T
        none = np.zeros(0, dtype=np.int64)
        keys = [self._keys(k, tuple(each), known[k]) for k in order]
        return keys, samples.some(np.concatenate([none, *(which[k][known[k]] for k in order)]))

    def _keys(self, k: int, names: tuple[str, ...], known: Flags) -> Keys:
        group, lane, on = self.places[k]
        return _summary_keys(self.corridor, lane, on, self.groups[group], names, known.tobytes())


def measure(
    replication: Replication,
    measured: Ints,
    by: tuple[str, Grouping] | None,
    measures: Collection[str],
) -> MeasuredCohorts:
    """Compute measures by lane and route and of all routes together, of groups of consignments if any.

    Parameters
    ----------
    measured
        The consignments.
    by
        What they are grouped by, and their groups.
    """
    groups: list[tuple[()] | GroupKey] = [()] if by is None else [(by[0], name) for name in by[1].names]
    group, what = (None, "") if by is None else (by[1].of, by[0])
    places, of_places = cohorts(replication, measured, group, what)
    found = ((name, MEASURES[name].of_each(of_places)) for name in measures)
    each = {name: one for name, one in found if one is not None}
    names = tuple(name for one in each.values() for name in one.values)
    values, over = np.full((2, len(places), len(names)), np.nan)
    known = np.empty(values.shape, dtype=np.bool_)
    column = 0
    for one in each.values():
        over[:, column] = one.over
        for values[:, column] in one.values.values():
            known[:, column] = one.known
            column += 1
    return MeasuredCohorts(
        replication.corridor, of_places, places, of_places.wanted, groups, names, values, over, known, each
    )


def _histograms(of: MeasuredEach) -> Histograms:
    """Return the values of single consignments of a measure that has them."""
    assert of.ordered is not None
    assert of.first is not None
    return Histograms.of_groups(of.ordered, of.first)


@once
def _summary_keys(
    corridor: Corridor, lane: str, on: str, group: tuple[str, ...], names: tuple[str, ...], known: bytes
) -> Keys:
    """Return the keys of the known ones of some measures and quantiles."""
    currency = corridor.scenario.reporting_currency
    mine = compress(names, np.frombuffer(known, dtype=np.bool_).tolist())
    return Keys((lane, on, *group, name, unit_of(name, currency)) for name in mine)


@cache
def unit_of(measure: str, currency: str) -> str:
    """Return the unit of a measure."""
    found = find(measure)
    assert found is not None, measure
    return found.unit.format(currency=currency)
