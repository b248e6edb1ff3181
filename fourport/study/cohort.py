"""Cohorts: groups of consignments of a replication over which measures are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.store.tables import TOGETHER
from fourport.study.replication import Replication
from fourport.trace.intervals import CAUSE
from fourport.world.sizes import parcels
from fourport.world.tables import Flags


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

    @property
    def per_kg(self) -> str:
        """Unit of costs per kg."""
        return f"{self.replication.corridor.scenario.reporting_currency}/kg"

    @cached_property
    def hours(self) -> Floats:
        """(k,) door-to-door time, h; infinite for undelivered consignments."""
        found: Floats = self.replication.hours[self.ids]
        return found

    @cached_property
    def hub_hours(self) -> Floats | None:
        """Time at the hub, h; infinite for those that did not leave; None if no route has a hub.

        Consignments on routes without a hub are left out.
        """
        hours = self.replication.hub.hours[self.ids]
        found = hours[~np.isnan(hours)]
        return found if len(found) else None

    @cached_property
    def delivered(self) -> Ints:
        """Indices of the delivered consignments."""
        arrived = np.isfinite(self.hours)
        found: Ints = self.ids if arrived.all() else self.ids[arrived]
        return found

    @cached_property
    def kg(self) -> float:
        """Gross weight of the delivered consignments, kg."""
        return float(self.replication.weight[self.delivered].sum() / 1e3)

    def per_kg_delivered(self, amounts: Floats) -> float:
        """Return the sum of (n,) amounts of all consignments per kg delivered; NaN if none is delivered."""
        return float(amounts[self.delivered].sum() / self.kg) if len(self.delivered) else float("nan")

    def mean_hours(self, cause: str) -> float:
        """Return the mean time that a cause took of the delivered consignments, h; NaN if there are none."""
        hours = self.replication.hours_by_cause[:, CAUSE[cause]].take(self.delivered)
        return float(hours.mean()) if len(hours) else float("nan")

    def parcels_of(self, ids: Ints) -> Ints | None:
        """Return the number of parcels in each consignment; None if any has goods without parcels."""
        commodities = list(self.replication.corridor.scenario.commodities.values())
        found = self.replication.world.commodity[ids]
        if not any(one.parcel for one in commodities):
            return None
        if any(commodities[k].parcel is None for k in np.unique(found)):
            return None
        return parcels(self.replication.world.size[ids, 0], found, commodities)


def cohorts(replication: Replication, among: Flags | None = None) -> Iterator[tuple[int, int, Cohort]]:
    """Yield lane, route and cohort of each lane and route with consignments accepted in the window.

    Parameters
    ----------
    among
        (n,) which of these consignments to take; None for all.
    """
    n_routes, (pair, measured) = replication.corridor.plan.n_routes, replication.measured_by_route
    if among is not None:
        mine = among[measured]
        pair, measured = pair[mine], measured[mine]
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    for value, (begin, end) in zip(pair[first].tolist(), pairwise([*first.tolist(), len(pair)]), strict=True):
        yield value // n_routes, value % n_routes, Cohort(replication, measured[begin:end])


def together(replication: Replication, among: Flags | None = None) -> Iterator[tuple[str, Cohort]]:
    """Yield the cohort of all lanes together, then of each lane; parameters as of :func:`cohorts`."""
    measured = np.flatnonzero(replication.in_window if among is None else replication.in_window & among)
    if len(measured):
        yield TOGETHER, Cohort(replication, measured)
    lanes = replication.world.lane[measured]
    for lane in np.flatnonzero(np.bincount(lanes)).tolist():
        yield replication.corridor.lane_names[lane], Cohort(replication, measured[lanes == lane])
