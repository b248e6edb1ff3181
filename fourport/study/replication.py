"""One replication: draw a world, run it, invoice, attribute time to causes, and check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fourport.engine import Milestones, simulate
from fourport.ledger import Invoice, invoice
from fourport.ledger.emissions import emissions
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, NEVER, WEEK, Floats, Ints
from fourport.scenario.models.emissions import Scope
from fourport.study.clearance import Clearance, clearance_of
from fourport.study.compiled.service_tables import Served
from fourport.study.hub import HubStays, stays_at_hub
from fourport.study.planning.served import served
from fourport.trace import Trace
from fourport.trace.totals import cause_totals
from fourport.world.draw import draw
from fourport.world.planned import planned_departures
from fourport.world.sizes import parcels
from fourport.world.tables import Flags, World


@dataclass(frozen=True)
class Movement:
    """Movements of one replication; ``n`` consignments.

    Attributes
    ----------
    trace
        The world, and the events of each step.
    delivered_us
        (n,) us UTC; ``NEVER`` for the undelivered.
    in_window
        (n,) whether the consignment belongs to the cohort.
    """

    corridor: Corridor
    trace: Trace
    delivered_us: Ints
    in_window: Flags

    @property
    def world(self) -> World:
        """The consignments and the random environment."""
        return self.trace.world

    def weeks(self, mine: Flags) -> int:
        """Return the number of weeks of the window in which any of some of its consignments was accepted.

        Parameters
        ----------
        mine
            (n,) these consignments; all within the window.
        """
        since = self.world.entry_us[mine] - self.corridor.plan.window_start_us
        return int(np.count_nonzero(np.bincount(since // WEEK)))


@dataclass(frozen=True)
class Replication(Movement):
    """All results of one replication; ``n`` consignments.

    Attributes
    ----------
    emissions
        (n,) kg CO2e by scope, NaN where unknown.
    hub
        Arrival at the hub, and departure from it.
    planned
        (n,) planned departure from the hub; -1 for none.
    as_planned
        (n,) whether it left by that departure or an earlier one.
    before_planned
        (n,) whether it left by an earlier one.
    clearance
        Results of customs.
    causes
        (n, causes) us; columns are :data:`fourport.trace.intervals.CAUSES`.
    """

    invoice: Invoice
    emissions: dict[Scope, Floats]
    hub: HubStays
    planned: Ints
    as_planned: Flags
    before_planned: Flags
    clearance: Clearance
    causes: Ints

    @cached_property
    def hours(self) -> Floats:
        """(n,) door-to-door time, h; infinite for undelivered consignments."""
        hours = (self.delivered_us - self.world.entry_us) / HOUR
        return np.where(self.delivered_us != NEVER, hours, np.inf)

    @cached_property
    def weight(self) -> Ints:
        """(n,) gross weight, g."""
        return np.ascontiguousarray(self.world.size[:, 0])

    @cached_property
    def hours_by_cause(self) -> Floats:
        """(n, causes) h, stored by column, since each cause is averaged alone."""
        found: Floats = np.asfortranarray(self.causes) / HOUR
        return found

    @cached_property
    def served(self) -> Served:
        """What is counted of goods at services."""
        return served(self.corridor, self.trace)

    @cached_property
    def parcels(self) -> Floats | None:
        """(n,) number of parcels, NaN for goods that have none; None if no goods of the scenario have any."""
        commodities = list(self.corridor.scenario.commodities.values())
        if not any(one.parcel for one in commodities):
            return None
        commodity = self.world.commodity
        has = np.array([one.parcel is not None for one in commodities])[commodity]
        return np.where(has, parcels(self.weight, commodity, commodities), np.nan)


def replicate(corridor: Corridor, seed: int, replication: int) -> Replication:
    """Run one replication."""
    world = draw(corridor, seed, replication)
    return assemble(corridor, world, simulate(corridor.plan, world))


def move(corridor: Corridor, seed: int, replication: int) -> Movement:
    """Run one replication, and return only who arrived and when."""
    world = draw(corridor, seed, replication)
    return moved(corridor, Trace.of(corridor.plan, world, simulate(corridor.plan, world)))


def moved(corridor: Corridor, trace: Trace) -> Movement:
    """Return who arrived and when, of the trace of a replication."""
    entry_us, window = trace.world.entry_us, (corridor.plan.window_start_us, corridor.plan.window_end_us)
    in_window = trace.world.once(
        "in the window", window, lambda: (entry_us >= window[0]) & (entry_us < window[1]), entry_us
    )
    return Movement(corridor, trace, trace.delivered_us, in_window)


def assemble(corridor: Corridor, world: World, milestones: Milestones) -> Replication:
    """Derive the results of a replication from an engine's milestones."""
    trace = Trace.of(corridor.plan, world, milestones)
    del milestones  # The trace holds the data now, so the memory of the milestones can be freed.
    planned = planned_departures(corridor, world, trace.holds, trace.ids)
    hub = stays_at_hub(corridor, trace)
    taken = hub.departure
    invoiced = invoice(corridor, trace)
    return Replication(
        **vars(moved(corridor, trace)),
        invoice=invoiced,
        emissions=emissions(corridor, trace),
        hub=hub,
        planned=planned,
        as_planned=(taken >= 0) & (taken <= planned),
        before_planned=(taken >= 0) & (taken < planned),
        clearance=clearance_of(corridor, trace, invoiced),
        causes=cause_totals(corridor, trace),
    )
