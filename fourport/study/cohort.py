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


def cohorts(
    replication: Replication, measured: Ints, group: Ints | None = None, by: str = ""
) -> tuple[list[Place], Cohorts]:
    """Return the cohorts of each group: by lane and route, then of all lanes together, then by lane.

    Who belongs together is worked out once for all worlds of the replication that have the same ``measured``
    and ``group``.

    Parameters
    ----------
    measured
        (k,) consignments accepted in the window, ascending.
    group, by
        (n,) group of every consignment, and what they are grouped by; all are in one group by default.
    """
    world, corridor = replication.world, replication.corridor
    names, lanes = corridor.plan.names.routes, corridor.lane_names

    def put() -> _Together:
        of = np.zeros(len(measured), dtype=np.int64) if group is None else group[measured]
        return _Together.of(measured, of, world.lane[measured], world.route[measured], shape)

    shape, made_of = (len(lanes), len(names)), [measured, world.lane, world.route]
    found = world.once(("cohorts", by), shape, put, *made_of, *([] if group is None else [group]))
    pairs, routes = (part.tolist() for part in np.divmod(found.routes, len(names)))
    by_route = [(*divmod(pair, len(lanes)), one) for pair, one in zip(pairs, routes, strict=True)]
    places = [(k, lanes[one], names[of]) for k, one, of in by_route]
    places += [(k, TOGETHER, TOGETHER) for k in found.groups.tolist()]
    by_lane = (divmod(one, len(lanes)) for one in found.lanes.tolist())
    places += [(k, lanes[one], TOGETHER) for k, one in by_lane]
    return places, Cohorts(replication, found.ids, found.first, len(by_route))


@dataclass(frozen=True)
class _Together:
    """Which consignments are together in a cohort.

    Attributes
    ----------
    routes, groups, lanes
        The cohorts: group, lane and route as one number; group; and group and lane as one number.
    ids, first
        As in :class:`Cohorts`: those of routes, then of groups, then of lanes.
    """

    routes: Ints
    groups: Ints
    lanes: Ints
    ids: Ints
    first: Ints

    @classmethod
    def of(cls, measured: Ints, group: Ints, lane: Ints, route: Ints, shape: tuple[int, int]) -> _Together:
        """Put (k,) consignments together; ``shape`` is the number of lanes and of routes."""
        of_lane = group.astype(np.int64, copy=False) * shape[0] + lane
        each = [_by(measured, key) for key in (of_lane * shape[1] + route, group, of_lane)]
        (routes, groups, lanes), ids, counts = zip(*each, strict=True)
        return cls(
            routes, groups, lanes, np.concatenate(ids), np.append(0, np.cumsum(np.concatenate(counts)))
        )


def _by(ids: Ints, key: Ints) -> tuple[Ints, Ints, Ints]:
    """Group consignments.

    Parameters
    ----------
    ids, key
        (k,) consignments, ascending, and the group of each, from 0.

    Returns
    -------
    The groups that occur, ascending; the consignments of one after the other, ascending; and their number in
    each.
    """
    counts = np.bincount(key)
    found = np.flatnonzero(counts)
    if len(found) > 1:
        # Few groups are sorted by counting, which takes a tenth of the time.
        few = key.astype(np.int16) if len(counts) <= np.iinfo(np.int16).max else key
        ids = ids[np.argsort(few, kind="stable")]
    return found, ids, counts[found]
