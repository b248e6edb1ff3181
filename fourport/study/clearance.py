"""Customs results of each consignment: clearance times, work, inspections, non-compliance found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fourport.ledger import Invoice
from fourport.plan.conditions import NEVER, Condition
from fourport.plan.corridor import Corridor, Office
from fourport.plan.once import once
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
    for route, ids in enumerate(trace.ids):
        if len(ids):
            _add_route(found, corridor, trace, route)
    for of_route in invoice.routes:
        customs = (k for k, line in enumerate(of_route.lines) if line.category == "customs")
        found.cost[of_route.consignments] = of_route.total(customs)
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


def _add_route(found: Clearance, corridor: Corridor, trace: Trace, route: int) -> None:
    """Add inspections, what they found and the officers' time on the consignments of a route."""
    ids, (offices, work) = trace.ids[route], _of_route(corridor, route)
    inspections = np.zeros(len(ids), dtype=np.int64)
    in_time, late = np.zeros((2, len(ids)), dtype=np.bool_)

    def held(condition: int, done: Flags) -> Flags:
        return done if condition < 0 else done & trace.holds[condition, ids]

    for release, inspects, finds, finds_late in offices:
        done = trace.at(release).done
        for condition in inspects:
            inspections += held(condition, done)
        for condition in finds:
            in_time |= held(condition, done)
        for condition in finds_late:
            late |= held(condition, done)
    found.inspections[ids], found.found[ids], found.found_late[ids] = inspections, in_time, late
    hours = np.zeros(len(ids))
    for s in work:
        at = trace.at(s)
        hours += np.where(at.done, at.end_us - at.begin_us, 0) / HOUR
    found.officer_hours[ids] = hours


_Conditions = tuple[int, ...]
"""Numbers of conditions of the plan, -1 for one that always holds; none that never does."""


@once
def _of_route(
    corridor: Corridor, route: int
) -> tuple[list[tuple[int, _Conditions, _Conditions, _Conditions]], list[int]]:
    """Return what is looked at on a route.

    Returns
    -------
    Of each office the step of its release, and under which conditions it inspects, finds something before the
    release, and after; and the steps at which officers work.
    """

    def numbers(*conditions: Condition) -> _Conditions:
        return tuple(corridor.conditions.number(one) for one in conditions if one != NEVER)

    offices = [
        (of.release, numbers(of.inspected, *of.by_agency), numbers(of.found), numbers(of.found_late))
        for of in corridor.offices
        if of.route == route
    ]
    return offices, [s for s in corridor.plan.route_steps(route) if corridor.steps[s].part in WORK]
