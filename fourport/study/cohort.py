"""Cohorts: the consignments of a replication that a measure is taken of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fourport.plan.tables import HOUR, NEVER, Floats, Ints
from fourport.study.replication import Replication
from fourport.trace.causes import CAUSE
from fourport.world.sizes import parcels

TOGETHER = "*"
"""Stands for all lanes, or all routes of a lane, together."""


@dataclass(frozen=True)
class Cohort:
    """Some consignments of a replication, ``k`` of them.

    Attributes
    ----------
    replication
        What happened.
    ids
        (k,) the consignments.
    """

    replication: Replication
    ids: Ints

    @property
    def per_kg(self) -> str:
        """Unit of money for each kg."""
        return f"{self.replication.corridor.scenario.reporting_currency}/kg"

    @cached_property
    def hours(self) -> Floats:
        """(k,) door-to-door time, h; infinite for those not delivered."""
        arrived = self.replication.delivered_us[self.ids]
        entered = self.replication.world.entry_us[self.ids]
        return np.where(arrived != NEVER, (arrived - entered) / HOUR, np.inf)

    @cached_property
    def delivered(self) -> Ints:
        """Those that were delivered."""
        found: Ints = self.ids[self.replication.delivered_us[self.ids] != NEVER]
        return found

    @cached_property
    def kg(self) -> float:
        """Gross weight of the delivered, kg."""
        return float(self.replication.world.size[self.delivered, 0].sum() / 1e3)

    def per_kg_delivered(self, amounts: Floats) -> float:
        """Give an amount (n,) of all consignments for each kg of the delivered; NaN if there are none."""
        return float(amounts[self.delivered].sum() / self.kg) if len(self.delivered) else float("nan")

    @cached_property
    def _hours_by_cause(self) -> Floats:
        found: Floats = self.replication.causes[self.delivered] / HOUR
        return found

    def mean_hours(self, cause: str) -> float:
        """Give the mean time of the delivered that a cause took, h; NaN if there are none."""
        return float(self._hours_by_cause[:, CAUSE[cause]].mean()) if len(self.delivered) else float("nan")

    def parcels_of(self, ids: Ints) -> Ints | None:
        """Give how many parcels consignments hold; None if some are of goods without parcels."""
        commodities = list(self.replication.corridor.scenario.commodities.values())
        found = self.replication.world.commodity[ids]
        if not any(one.parcel for one in commodities):
            return None
        if any(commodities[k].parcel is None for k in np.unique(found)):
            return None
        return parcels(self.replication.world.size[ids, 0], found, commodities)


def cohorts(replication: Replication) -> Iterator[tuple[int, int, Cohort]]:
    """Give lane, route and the consignments that entered in the window, where there are any."""
    world, n_routes = replication.world, replication.corridor.plan.n_routes
    measured = np.flatnonzero(replication.in_window)
    if not len(measured):
        return
    pair = world.lane[measured] * n_routes + world.route[measured]
    order = np.argsort(pair, kind="stable")
    values, first = np.unique(pair[order], return_index=True)
    for value, ids in zip(values.tolist(), np.split(measured[order], first[1:]), strict=True):
        yield value // n_routes, value % n_routes, Cohort(replication, ids)


def together(replication: Replication) -> Iterator[tuple[str, Cohort]]:
    """Give the consignments that entered in the window: of all lanes, then of each."""
    measured = np.flatnonzero(replication.in_window)
    if len(measured):
        yield TOGETHER, Cohort(replication, measured)
    lanes = replication.world.lane[measured]
    for lane in np.unique(lanes).tolist():
        yield replication.corridor.lane_names[lane], Cohort(replication, measured[lanes == lane])
