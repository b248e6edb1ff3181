"""Customs results of each consignment: clearance times, work, inspections, non-compliance found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fourport.ledger import Invoice
from fourport.machine import readable, run
from fourport.plan.conditions import NEVER
from fourport.plan.corridor import Corridor, Office
from fourport.plan.once import once
from fourport.plan.tables import HOUR, Floats, Ints, ints
from fourport.study.compiled.officer_tables import (
    FINDS,
    FINDS_LATE,
    INSPECTS,
    OFFICERS,
    Checked,
    Checks,
    Officers,
)
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
    inspections, found, found_late = np.zeros(n, dtype=np.int64), *np.zeros((2, n), dtype=np.bool_)
    checked = Checked(np.zeros(n), inspections, found, found_late)
    officers = Officers(_work(corridor), trace.holds)
    run(OFFICERS, _checks(corridor), readable(officers), trace.places, readable(trace.happened), checked)
    cost = np.zeros(n)
    for of_route in invoice.routes:
        customs = (k for k, line in enumerate(of_route.lines) if line.category == "customs")
        cost[of_route.consignments] = of_route.total(customs)
    return Clearance(clearance_hours(corridor, trace), **checked._asdict(), cost=cost)


def clearance_hours(corridor: Corridor, trace: Trace) -> dict[str, Floats]:
    """Return the clearance times by procedure, (n,) each, as in :attr:`Clearance.hours`."""
    found = {procedure: np.full(trace.world.n, np.nan) for procedure in PROCEDURES}
    sums: dict[tuple[str, int], Floats] = {}
    for office in corridor.offices:
        (_, hours), of = office_hours(office, trace), (office.procedure, office.route)
        sums[of] = sums[of] + hours if of in sums else hours
    for (procedure, route), hours in sums.items():
        found[procedure][trace.ids[route]] = hours
    return found


def office_hours(office: Office, trace: Trace) -> tuple[Ints, Floats]:
    """Return the consignments on the route of an office, and their clearance time there, as above."""
    release, ids = trace.at(office.release), trace.ids[office.route]
    # Not the end of the entry: direct handling passes over one into the supervised area.
    arrived = trace.world.entry_us[ids] if office.entry is None else trace.at(office.entry + 1).ready_us
    return ids, np.where(release.done, (release.end_us - arrived) / HOUR, np.inf)


@once
def _checks(corridor: Corridor) -> Checks:
    rows = [
        (office.release, corridor.conditions.number(condition), does)
        for office in corridor.offices
        for does, conditions in (
            (INSPECTS, (office.inspected, *office.by_agency)),
            (FINDS, (office.found,)),
            (FINDS_LATE, (office.found_late,)),
        )
        for condition in conditions
        if condition != NEVER
    ]
    return Checks(*(ints(row[column] for row in rows) for column in range(3)))


@once
def _work(corridor: Corridor) -> Ints:
    """Return the steps at which officers work."""
    return ints(s for s, info in enumerate(corridor.steps) if info.part in WORK)
