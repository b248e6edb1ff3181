"""Customs results of each consignment: clearance times, work, inspections, non-compliance found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fourport.ledger import Invoice
from fourport.plan.corridor import Corridor, Office
from fourport.plan.tables import HOUR, Floats, Ints
from fourport.trace import Trace
from fourport.world.tables import Flags

PROCEDURES = ("import", "transit", "export")

WORK = ("documents", "scan", "review", "inspection")
"""Parts of an office at which its staff works."""


@dataclass(frozen=True)
class Clearance:
    """Customs of one replication; ``n`` consignments.

    Attributes
    ----------
    hours
        (n,) by procedure: time from the arrival at the facility of an office (for exports the acceptance
        there; or the release by the office before it at that facility) to the release by the office, summed
        over the offices of that procedure on the route; infinite if not released, NaN if there is no such
        office.
    officer_hours
        (n,) time that officers, scanners and bays spent on the consignment.
    inspections
        (n,) number of inspections.
    found, found_late
        (n,) whether an inspection found it to be non-compliant before its release, or after.
    cost
        (n,) charges of the category customs on the invoice, reporting currency.
    """

    hours: Mapping[str, Floats]
    officer_hours: Floats
    inspections: Ints
    found: Flags
    found_late: Flags
    cost: Floats

    @property
    def longest_hours(self) -> Floats:
        """(n,) the longer of import and export clearance; NaN for consignments with neither."""
        longest: Floats = np.fmax(self.hours["import"], self.hours["export"])
        return longest


def clearance_of(corridor: Corridor, trace: Trace, invoice: Invoice) -> Clearance:
    """Compute the customs results of a replication.

    Clearance times follow the WCO Time Release Study: import clearance lasts from the arrival at the port to
    the release, export clearance from the entry into the supervised area to the release.
    """
    n = trace.world.n
    found = Clearance(
        clearance_hours(corridor, trace),
        np.zeros(n),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.bool_),
        np.zeros(n, dtype=np.bool_),
        np.zeros(n),
    )
    for office in corridor.offices:
        _add_inspections(found, office, corridor, trace)
    for of_route in invoice.routes:
        customs = (k for k, line in enumerate(of_route.lines) if line.category == "customs")
        found.cost[of_route.consignments] = of_route.total(customs)
    for s, info in enumerate(corridor.steps):
        if info.part in WORK:
            at = trace.at(s)
            found.officer_hours[at.ids] += np.where(at.done, at.end_us - at.begin_us, 0) / HOUR
    return found


def clearance_hours(corridor: Corridor, trace: Trace) -> dict[str, Floats]:
    """Return the clearance times by procedure, (n,) each, as in :attr:`Clearance.hours`."""
    found = {procedure: np.full(trace.world.n, np.nan) for procedure in PROCEDURES}
    for office in corridor.offices:
        ids, hours = office_hours(office, trace)
        sums = found[office.procedure]
        sums[ids] = np.where(np.isnan(sums[ids]), hours, sums[ids] + hours)
    return found


def office_hours(office: Office, trace: Trace) -> tuple[Ints, Floats]:
    """Return the consignments on the route of an office, and their clearance time there, as above."""
    release, ids = trace.at(office.release), trace.ids[office.route]
    # Not the end of the entry: direct handling passes over one into the supervised area.
    arrived = trace.world.entry_us[ids] if office.entry is None else trace.at(office.entry + 1).ready_us
    return ids, np.where(release.done, (release.end_us - arrived) / HOUR, np.inf)


def _add_inspections(found: Clearance, office: Office, corridor: Corridor, trace: Trace) -> None:
    release, who = trace.at(office.release), corridor.conditions.who
    for inspected in (office.inspected, *office.by_agency):
        found.inspections[release.ids] += who(inspected, trace.holds)[release.ids] & release.done
    found.found[release.ids] |= who(office.found, trace.holds)[release.ids] & release.done
    found.found_late[release.ids] |= who(office.found_late, trace.holds)[release.ids] & release.done
