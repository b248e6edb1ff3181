"""Means over the consignments that are delivered under both of two policies.

A mean over delivered consignments says nothing good of a policy under which many are not delivered: it is a
mean of other consignments. Under common random numbers a consignment has the same number under all policies,
so means can be taken over those that both deliver. Where both deliver the same consignments, that is what the
measures of each replication are already; rows of consignments are read only where they do not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourport.measures import MEASURES
from fourport.plan.tables import Floats, Ints
from fourport.store import Run
from fourport.store.tables import TOGETHER
from fourport.study.clearance import PROCEDURES
from fourport.study.consignment_rows import consignments_of
from fourport.study.replication import replicate
from fourport.study.replication_measures import Series
from fourport.study.stored import OtherVersion, said_of, scenarios_of
from fourport.study.variant import Variant
from fourport.world.tables import Flags

if TYPE_CHECKING:
    import pyarrow as pa

COMPARED = "delivered_by_both"
"""Number of consignments that two policies both deliver; a measure that exists only in a comparison."""

_ALWAYS = ("lane", "route", "entered", "delivered")
"""Columns that say which consignment a row is, and whether it was delivered."""


class _Column(NamedTuple):
    unit: str
    values: Floats
    over: Floats | None = None


class Column(_Column):
    """A measure in each replication.

    Attributes
    ----------
    unit
        Its unit.
    values
        (replications,) values.
    over
        (replications,) number of kilograms, parcels or consignments that a mean or share is over; None for
        other measures.
    """

    @cached_property
    def mean(self) -> float:
        """Its mean over all replications; NaN if it is unknown in each."""
        known = np.isfinite(self.values) if self.over is None else np.isfinite(self.values) & (self.over > 0)
        weights = None if self.over is None else self.over[known]
        return float(np.average(self.values[known], weights=weights)) if known.any() else math.nan


Unit = Mapping[str, Column]
"""Measures of one lane and route, by name."""

_ONE = "1"
"""Stands for a column of which every consignment has one."""

RESTRICTED = {
    "freight_cost": ("freight_cost", "weight_kg"),
    "logistics_cost": ("logistics_cost", "weight_kg"),
    "customs_cost": ("customs_cost", "weight_kg"),
    "charges_on_value": ("charges_on_value", "weight_kg"),
    "freight_cost_per_parcel": ("freight_cost", "parcels"),
    "logistics_cost_per_parcel": ("logistics_cost", "parcels"),
    "emissions_wtw": ("emissions_wtw_kg", "weight_kg"),
    "emissions_ttw": ("emissions_ttw_kg", "weight_kg"),
    "door_to_door_time": ("door_to_door_h", _ONE),
    **{f"clearance_time_{name}": (f"clearance_{name}_h", f"clearance_{name}_h?") for name in PROCEDURES},
    **{name: (f"{name}_h", _ONE) for name in MEASURES if name.startswith("time_")},
}
"""Columns of consignments of which a mean over delivered consignments is the ratio of the sums."""


@dataclass(frozen=True)
class _Fates:
    """The consignments of one policy in one replication, or some of them.

    Attributes
    ----------
    entered
        (n,) when each was accepted, by which it is recognised under another policy.
    places
        Lane and route by code.
    code
        (n,) code of each.
    delivered
        (n,) whether it was delivered.
    columns
        Names of the columns that are summed.
    amounts
        (columns, n) zero where unknown.
    totals
        (columns, places) sums over all delivered consignments.
    """

    entered: Ints
    places: Sequence[tuple[str, str]]
    code: Ints
    delivered: Flags
    columns: Sequence[str]
    amounts: Floats
    totals: Floats

    @classmethod
    def of(cls, rows: pa.Table) -> _Fates:
        """Read the rows of the consignments of one replication."""
        lanes, routes = (rows[name].combine_chunks().dictionary_encode() for name in ("lane", "route"))
        pair = np.asarray(lanes.indices) * len(routes.dictionary) + np.asarray(routes.indices)
        pairs, code = np.unique(pair, return_inverse=True)
        names = lanes.dictionary.to_pylist(), routes.dictionary.to_pylist()
        places = [(names[0][k // len(names[1])], names[1][k % len(names[1])]) for k in pairs.tolist()]
        columns = {_ONE: np.ones(len(rows))}
        for name in rows.column_names:
            if name not in _ALWAYS:
                found = rows[name].to_numpy().astype(np.float64)
                columns[name] = np.nan_to_num(found)
                if name.startswith("clearance_"):
                    columns[f"{name}?"] = np.isfinite(found).astype(np.float64)
        delivered = rows["delivered"].is_valid().to_numpy()
        entered = rows["entered"].to_numpy().astype(np.int64)
        amounts = np.array([*columns.values()])
        fates = cls(entered, places, code, delivered, [*columns], amounts, np.empty(0))
        return replace(fates, totals=fates.sums(delivered))

    def sums(self, of: Flags) -> Floats:
        """Return the sum of each column over some consignments, (columns, places)."""
        n = len(self.places)
        return np.array([np.bincount(self.code, column * of, n) for column in self.amounts])

    def where(self, of: Flags) -> _Fates:
        """Return some of the consignments, with the totals of all."""
        return replace(
            self,
            entered=self.entered[of],
            code=self.code[of],
            delivered=self.delivered[of],
            amounts=self.amounts[:, of],
        )


class DeliveredByBoth:
    """Restricts the measures of two policies to the consignments that both deliver.

    Parameters
    ----------
    run
        The run with the rows of consignments; a replication without stored rows is simulated again.
    values
        Measures of each replication, by policy.
    seed
        Seed of the run.
    """

    def __init__(self, run: Run, values: Mapping[str, Series], seed: int) -> None:
        undelivered = [series[_UNDELIVERED] for series in values.values() if _UNDELIVERED in series]
        lossy = np.any(np.array(undelivered) > 0, axis=0) if undelivered else np.empty(0)
        measured = {key[2] for series in values.values() for key in series}
        columns = {column.removesuffix("?") for name in measured for column in RESTRICTED.get(name, ())}
        wanted = [*_ALWAYS, *sorted(columns - {_ONE})]
        rows = _Rows(run, wanted, seed)
        self._kept = {k: _fates_of(rows, [*values], k) for k in np.flatnonzero(lossy).tolist()}

    def units(
        self, one: str, other: str, place: tuple[str, str], units: tuple[Unit, Unit]
    ) -> tuple[Unit, Unit]:
        """Return the measures of two policies at a lane and route, with :data:`COMPARED`.

        Means over delivered consignments become means over what both deliver. Shares, counts and quantiles
        stay, as undelivered consignments count in them. :data:`COMPARED` is NaN in a replication in which the
        two cannot be paired, because their demand differs; means then stay, too.
        """
        if not all({"consignments", "undelivered"} <= unit.keys() for unit in units):
            return units
        changed = []
        for unit, mine, its in ((units[0], one, other), (units[1], other, one)):
            lefts = {k: _left(fates, mine, its, place) for k, fates in self._kept.items()}
            differ = any(left is not None for left in lefts.values())
            found = {name: _copy(unit[name]) for name in RESTRICTED if name in unit} if differ else {}
            delivered = unit["consignments"].values - unit["undelivered"].values
            found[COMPARED] = Column("consignments", delivered)
            for replication, left in lefts.items():
                if left is not None:
                    delivered[replication] = left.get(_ONE, np.nan)
                    for name, (above, below) in RESTRICTED.items():
                        if name in found and left:
                            known = above in left and left[below] > 0
                            column = found[name]
                            column.values[replication] = left[above] / left[below] if known else np.nan
                            if column.over is not None:
                                column.over[replication] = left[below] if known else 0.0
            changed.append({**unit, **found})
        return changed[0], changed[1]


def _copy(column: Column) -> Column:
    over = column.over
    return Column(column.unit, column.values.copy(), None if over is None else over.copy())


_UNDELIVERED = (TOGETHER, TOGETHER, "undelivered", "consignments")


def _fates_of(rows: _Rows, policies: Sequence[str], replication: int) -> dict[str, _Fates]:
    """Return the fates under each policy of those consignments that some policy does not deliver.

    Policies that have not the consignments of the first are left out.
    """
    found: dict[str, _Fates] = {}
    for policy in policies:
        its = rows.of(policy, replication)
        fates = None if its is None else _Fates.of(its)
        first = next(iter(found.values()), fates)
        if fates is not None and first is not None and np.array_equal(fates.entered, first.entered):
            found[policy] = fates
    lost = ~np.all([fates.delivered for fates in found.values()], axis=0)
    return {policy: fates.where(lost) for policy, fates in found.items()}


class _Rows:
    """The rows of consignments of a run: as stored, or simulated again."""

    def __init__(self, run: Run, columns: Sequence[str], seed: int) -> None:
        self._run, self._columns, self._seed = run, columns, seed
        self._variants: dict[str, Variant | None] = {}

    def of(self, policy: str, replication: int) -> pa.Table | None:
        """Return those of a replication; None if they can neither be read nor made again."""
        rows = self._run.consignments(policy, replication, self._columns)
        if rows is None and (variant := self._variant(policy)) is not None:
            movement = replicate(variant.corridor, self._seed, replication)
            rows = consignments_of(policy, replication, movement)
            rows = rows.select([name for name in self._columns if name in rows.column_names])
        return rows

    def _variant(self, policy: str) -> Variant | None:
        """Return the stored scenario under a policy; None if this version cannot run it."""
        if policy not in self._variants:
            self._variants[policy] = None
            with suppress(OtherVersion, FileNotFoundError):
                scenario = scenarios_of(self._run, [policy])[policy]
                self._variants[policy] = Variant.of(said_of(self._run)[policy]["values"], scenario)
        return self._variants[policy]


def _left(
    fates: Mapping[str, _Fates], mine: str, its: str, place: tuple[str, str]
) -> Mapping[str, float] | None:
    """Return the sums of a policy at a place over what another delivers, too; None if both deliver the same.

    Empty if the two have not the same consignments.
    """
    if mine not in fates or its not in fates:
        return {}
    one, other = fates[mine], fates[its]
    if np.array_equal(one.delivered, other.delivered):
        return None
    lane, route = place
    here = [
        k
        for k, (its_lane, its_route) in enumerate(one.places)
        if lane in (its_lane, TOGETHER) and route in (its_route, TOGETHER)
    ]
    left = (one.totals - one.sums(one.delivered & ~other.delivered))[:, here].sum(axis=1)
    return dict(zip(one.columns, left.tolist(), strict=True))
