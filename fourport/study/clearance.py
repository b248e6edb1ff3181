"""What customs did to each consignment: how long clearance took, work, inspections, offences found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fourport.engine import Milestones
from fourport.ledger import Invoice
from fourport.plan.corridor import Corridor, Office
from fourport.plan.tables import HOUR, NEVER, Floats, Ints
from fourport.world.tables import Flags, World

PROCEDURES = ("import", "transit", "export")

WORK = ("documents", "scan", "review", "inspection")
"""Parts of an office at which its people work."""


@dataclass(frozen=True)
class Clearance:
    """Customs of one replication; ``n`` consignments.

    Attributes
    ----------
    hours
        (n,) by procedure: from the arrival at the facility of an office (or the release by one before it
        there) to the release by it, summed over the offices of that procedure on the route; infinite while
        not released, NaN where there is none.
    officer_hours
        (n,) time that officers, scanners and bays spent on it.
    inspections
        (n,) times that it was inspected.
    found
        (n,) an inspection found its offence.
    cost
        (n,) what the invoice has of the category customs, reporting currency.
    """

    hours: Mapping[str, Floats]
    officer_hours: Floats
    inspections: Ints
    found: Flags
    cost: Floats

    def longest_hours(self, ids: Ints) -> Floats:
        """Give the longer of import and export clearance, (k,); NaN for those who have neither."""
        longest: Floats = np.fmax(self.hours["import"][ids], self.hours["export"][ids])
        return longest


def clearance_of(
    corridor: Corridor, world: World, marks: Milestones, holds: Flags, invoice: Invoice
) -> Clearance:
    """Work out what customs did.

    Clearance times follow the WCO Time Release Study: import from the arrival at the port to the
    release, export from the entry into the supervised area to the release.

    Parameters
    ----------
    holds
        (C, n) which conditions hold.
    """
    found = Clearance(
        clearance_hours(corridor, world, marks),
        np.zeros(world.n),
        np.zeros(world.n, dtype=np.int64),
        np.zeros(world.n, dtype=np.bool_),
        np.zeros(world.n),
    )
    by_route = [np.flatnonzero(world.route == r) for r in range(corridor.plan.n_routes)]
    for office in corridor.offices:
        _add_inspections(found, office, corridor, world, marks, holds, by_route[office.route])
    for billed in invoice.routes:
        customs = (k for k, line in enumerate(billed.lines) if line.category == "customs")
        found.cost[billed.consignments] = billed.total(customs)
    for route, ids in enumerate(by_route):
        base = world.first_event_row[ids] - corridor.plan.route_first_step[route]
        for s in corridor.plan.route_steps(route):
            if corridor.steps[s].part in WORK:
                done = marks.end_us[base + s] != NEVER
                found.officer_hours[ids[done]] += world.duration_us[base[done] + s] / HOUR
    return found


def clearance_hours(corridor: Corridor, world: World, marks: Milestones) -> dict[str, Floats]:
    """Give how long clearance took by procedure, (n,) each, as in :attr:`Clearance.hours`."""
    found = {procedure: np.full(world.n, np.nan) for procedure in PROCEDURES}
    by_route = [np.flatnonzero(world.route == r) for r in range(corridor.plan.n_routes)]
    for office in corridor.offices:
        ids = by_route[office.route]
        base = world.first_event_row[ids] - corridor.plan.route_first_step[office.route]
        arrived = world.entry_us[ids] if office.arrival < 0 else marks.end_us[base + office.arrival]
        released = marks.end_us[base + office.release]
        hours = np.where(released != NEVER, (released - arrived) / HOUR, np.inf)
        sums = found[office.procedure]
        sums[ids] = np.where(np.isnan(sums[ids]), hours, sums[ids] + hours)
    return found


def _add_inspections(
    found: Clearance,
    office: Office,
    corridor: Corridor,
    world: World,
    marks: Milestones,
    holds: Flags,
    ids: Ints,
) -> None:
    base = world.first_event_row[ids] - corridor.plan.route_first_step[office.route]
    released = marks.end_us[base + office.release]
    inspected = np.zeros(len(ids), dtype=np.bool_)
    if office.inspected is not None:
        inspected = _whom(holds, office.inspected, ids) & (released != NEVER)
    found.inspections[ids] += inspected
    if office.found is not None:
        found.found[ids] |= _whom(holds, office.found, ids) & inspected


def _whom(holds: Flags, condition: int, ids: Ints) -> Flags:
    """Tell for whom a condition holds; -1 always does."""
    mine: Flags = holds[condition, ids] if condition >= 0 else np.ones(len(ids), dtype=np.bool_)
    return mine
