"""Cohorts: groups of consignments of a replication over which measures are taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from fourport.measured import sums_of_each
from fourport.plan.tables import Floats, Ints
from fourport.store.tables import TOGETHER
from fourport.study.replication import Replication
from fourport.world.tables import Flags


@dataclass(frozen=True)
class Cohorts:
    """Groups of consignments of a replication, ``g`` of them, measured together.

    Attributes
    ----------
    replication
        The replication.
    ids
        (k,) indices of the consignments, one group after the other.
    first
        (g + 1,) place in ``ids`` of the first consignment of each group; the last is ``k``.
    wanted
        Number of the groups, which stand first, of which the values of single consignments are wanted.
    """

    replication: Replication
    ids: Ints
    first: Ints
    wanted: int

    @classmethod
    def of(cls, replication: Replication, ids: Ints) -> Cohorts:
        """Return one group."""
        return cls(replication, ids, np.array([0, len(ids)]), 1)

    @classmethod
    def by(cls, replication: Replication, ids: Ints, key: Ints) -> tuple[Ints, Cohorts]:
        """Group consignments.

        Parameters
        ----------
        ids, key
            (k,) consignments, ascending, and the group of each, from 0.

        Returns
        -------
        The groups that occur, ascending, and their consignments, ascending.
        """
        counts = np.bincount(key)
        found = np.flatnonzero(counts)
        first = np.concatenate([[0], np.cumsum(counts[found])])
        if len(found) > 1:
            # Few groups are sorted by counting, which takes a tenth of the time.
            few = key.astype(np.int16) if len(counts) <= np.iinfo(np.int16).max else key
            ids = ids[np.argsort(few, kind="stable")]
        return found, cls(replication, ids, first, len(found))

    @classmethod
    def joined(cls, replication: Replication, parts: list[Cohorts]) -> Cohorts:
        """Return the groups of several, one after the other; single values are wanted of the first."""
        sizes = np.concatenate([part.sizes for part in parts])
        ids = np.concatenate([part.ids for part in parts])
        return cls(replication, ids, np.concatenate([[0], np.cumsum(sizes)]), parts[0].wanted)

    @property
    def sizes(self) -> Ints:
        """(g,) number of consignments of each group."""
        return np.diff(self.first)

    @property
    def each(self) -> list[Cohort]:
        """The groups one by one."""
        bounds = pairwise(self.first.tolist())
        return [Cohort(self.replication, self.ids[begin:end]) for begin, end in bounds]

    def some(self, which: list[int]) -> Cohorts:
        """Return some of the groups."""
        bounds = zip(self.first[which].tolist(), self.first[[k + 1 for k in which]].tolist(), strict=True)
        none = np.zeros(0, dtype=np.int64)
        ids = np.concatenate([none, *(self.ids[begin:end] for begin, end in bounds)])
        return Cohorts(self.replication, ids, np.append(0, np.cumsum(self.sizes[which])), len(which))

    def where(self, mine: Flags) -> Cohorts:
        """Return the same groups, of which only some consignments are left.

        Parameters
        ----------
        mine
            (k,) which of ``ids``.
        """
        if mine.all():
            return replace(self)  # if it were its own ``delivered``, it would keep the replication for ever
        left = np.concatenate([[0], np.cumsum(mine)])
        return replace(self, ids=self.ids[mine], first=left[self.first])

    @cached_property
    def delivered(self) -> Cohorts:
        """The delivered consignments of each group."""
        return self.where(np.isfinite(self.replication.hours[self.ids]))

    @cached_property
    def kg(self) -> Floats:
        """(g,) gross weight of the delivered consignments, kg."""
        return self.delivered.sums(self.replication.weight) / 1e3

    def sums(self, amounts: Floats | Ints | Flags) -> Floats:
        """Return the sum of (n,) amounts of all consignments over each group, (g,)."""
        return sums_of_each(amounts[self.ids], self.first)


@dataclass(frozen=True)
class Cohort:
    """A group of ``k`` consignments of a replication.

    Attributes
    ----------
    replication
        The replication.
    ids
        (k,) indices of the consignments.
    """

    replication: Replication
    ids: Ints

    @cached_property
    def delivered(self) -> Ints:
        """Indices of the delivered consignments."""
        arrived = np.isfinite(self.replication.hours[self.ids])
        found: Ints = self.ids if arrived.all() else self.ids[arrived]
        return found

    @cached_property
    def kg(self) -> float:
        """Gross weight of the delivered consignments, kg."""
        return float(self.replication.weight[self.delivered].sum() / 1e3)


Place = tuple[int, str, str]
"""Group, lane and route."""


def cohorts(replication: Replication, measured: Ints, group: Ints) -> tuple[list[Place], Cohorts]:
    """Return the cohorts of each group: by lane and route, then of all lanes together, then by lane.

    Parameters
    ----------
    measured, group
        (k,) consignments accepted in the window, and the group of each.
    """
    names, lanes = replication.corridor.plan.names.routes, replication.corridor.lane_names
    lane, route = replication.world.lane[measured].astype(np.int64), replication.world.route[measured]
    of_lane = group * len(lanes) + lane
    found, of_routes = Cohorts.by(replication, measured, of_lane * len(names) + route)
    pairs, routes = (part.tolist() for part in np.divmod(found, len(names)))
    by_route = [(*divmod(pair, len(lanes)), one) for pair, one in zip(pairs, routes, strict=True)]
    places = [(k, lanes[one], names[of]) for k, one, of in by_route]
    found, of_groups = Cohorts.by(replication, measured, group)
    places += [(k, TOGETHER, TOGETHER) for k in found.tolist()]
    found, of_lanes = Cohorts.by(replication, measured, of_lane)
    places += [(k, lanes[one], TOGETHER) for k, one in (divmod(one, len(lanes)) for one in found.tolist())]
    return places, Cohorts.joined(replication, [of_routes, of_groups, of_lanes])
