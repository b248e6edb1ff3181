"""Inspection at a customs office: who is selected, which stages follow, and who is found non-compliant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fourport.errors import Problem
from fourport.plan.conditions import ALWAYS, NEVER, Below, Condition, Draw, thresholds
from fourport.plan.corridor import Joint
from fourport.plan.office import OfficeRows
from fourport.plan.rows import RouteRows, Row, Track
from fourport.plan.tables import Kind
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.agencies import Appointment
from fourport.scenario.models.customs import Inspection, Laboratory, Scan

AN_INSTANT: Distribution[int] = Distribution.model_construct(distribution="fixed", at=1)
"""The shortest duration of a step, 1 us."""


def select(office: OfficeRows, vouching: OfficeRows | None) -> None:
    """Set the condition under which an office selects a consignment for inspection.

    Consignments are selected by risk or at random, except where recognition of another office's control rules
    it out, and by law, which no recognition changes. Selected consignments are inspected by the office itself
    or by the office that does its work. Call it for the offices of a route in the order in which their
    inspections take place: an office knows only of earlier inspections, so that no two offices can wait for
    each other.

    Parameters
    ----------
    vouching
        Latest earlier visit of the route to the office whose control it recognises; None if there is none.
    """
    inspection, recognised = office.customs.inspection, office.customs.recognition
    if inspection is None:
        return
    selected = risky(
        office,
        "inspection",
        [inspection.rates.get(trader_class, 0.0) for trader_class in office.trader_classes],
    )
    if inspection.sampling > 0:
        selected |= office.share("sampling", inspection.sampling)
    if recognised is not None and vouching is not None:
        if recognised.mode == "rely-on-control":
            selected = NEVER
        elif recognised.mode == "skip-if-inspected":
            selected &= ~vouching.inspects.held
    selected |= office.by_commodity("statutory", inspection.statutory)
    office.selected = selected
    office.inspects.inspected |= selected


def risky(office: OfficeRows, what: str, rates: Sequence[float]) -> Condition:
    """Return the condition that selects the highest risks, at the given rate for each trader class.

    Non-compliant consignments are selected more often than compliant ones, as far as the inspection's risk
    model is better than chance.
    """
    inspection = office.customs.inspection
    risk_auc = 0.5 if inspection is None else inspection.risk_auc
    shares = [
        thresholds(rate, office.builder.scenario.trader_classes[exporter].non_compliant, risk_auc)
        for exporter, rate in zip(office.builder.traders.exporters, rates, strict=True)
    ]
    compliant, non_compliant = tuple(a for a, _ in shares), tuple(b for _, b in shares)
    return Below(f"{office.name}/{what}", office.risk(), compliant, non_compliant)


def stages(office: OfficeRows, rows: RouteRows) -> list[Row]:
    """Return the stages of an inspection: scan and review, then opening after an alarm or without a scan.

    What goods do not wait for, since they are released under conditions, gets tracks of its own.
    """
    given = office.customs.inspection
    if office.inspected == NEVER:
        return []
    if given is None:
        key = ("facilities", office.place, "activities", office.do)
        message = f"inspects for {office.joined[0].name}, but has no [inspection] of its own"
        office.builder.problems.append(Problem(key, message))
        return []
    found, opened = _scanned(office, given.scan) if given.scan else (_held(office, given), office.held)
    found += by_appointment(office, given.appointment, opened)
    found.append(_opening(office, given, opened, reached=None if found else "CUSS"))
    finds = by_compliance(office, "finds", 0.0, given.finds)
    office.found, office.found_late = opened & finds, office.inspected_later & finds
    if given.laboratory is not None:
        found += _laboratory(office, given.laboratory, opened, rows)
    return [row for row in found if row.condition != NEVER]


def _held(office: OfficeRows, given: Inspection) -> list[Row]:
    """Return the mark of those who are held, if they wait for an appointment before the bay."""
    hold = Row(office.info("hold", ends="CUSS"), Kind.MARK, condition=office.held)
    return [] if given.appointment is None else [hold]


def by_appointment(
    office: OfficeRows, given: Appointment | None, whose: Condition, key: str = "appointment"
) -> list[Row]:
    """Return the notice of an appointment and the wait for the slot; none where goods need no appointment.

    The slot takes the shortest time that there is. Goods then wait for a bay like all others.
    """
    if given is None:
        return []
    notice = office.info(
        "appointment", key=f"{key}-notice", duration=given.notice, ends="notice", cause="inspection"
    )
    slot = office.info(
        "appointment",
        key=key,
        duration=AN_INSTANT,
        begins="appointment",
        ends="presented",
        cause="inspection",
    )
    booked = office.at_resource(slot, given.resource, whose)
    return [booked] if given.notice is None else [Row(notice, Kind.DELAY, condition=whose), booked]


def _laboratory(office: OfficeRows, given: Laboratory, opened: Condition, rows: RouteRows) -> list[Row]:
    """Return the wait for the report on a sample, and the mark of those who are released before it."""
    sampled = opened & office.share("laboratory", given.share)
    waits, goes = sampled, NEVER
    if given.conditional > 0:
        conditional = office.share("conditional", given.conditional)
        waits, goes = sampled & ~conditional, sampled & conditional
    if given.finds > 0:
        reported = by_compliance(office, "report-finds", 0.0, given.finds)
        office.found |= waits & reported
        office.found_late |= goes & reported
    info = office.info("laboratory", duration=given.duration, ends="laboratory", cause="inspection")
    found = [Row(info, Kind.DELAY, condition=waits)]
    if goes != NEVER:
        later = replace(info, key=f"{office.name}/late-report")
        rows.tracks.append(Track([Row(later, Kind.DELAY)]))
        mark = office.info("guarantee", key="conditional-release", ends="conditional-release")
        found.append(Row(mark, Kind.MARK, condition=goes, early_track=rows.tracks[-1]))
    return found


def after_release(office: OfficeRows, rows: RouteRows) -> list[Row]:
    """Return the mark of those who are released first, and let their inspection follow."""
    given = office.customs.inspection
    terms = None if given is None else given.after_release
    if given is None or terms is None or office.inspected_later == NEVER:
        return []
    wait = office.info("recall", duration=terms.duration, ends="recall", cause="preparation")
    opening = _opening(office, given, ALWAYS, reached=None)
    # Charged at the release, like all else of the office.
    opening.info = replace(opening.info, key=f"{office.name}/late-inspection", tariffs=())
    booked = by_appointment(office, given.appointment, ALWAYS, key="late-appointment")
    rows.tracks.append(Track([Row(wait, Kind.DELAY), *booked, opening]))
    mark = office.info("guarantee", key="released-first", tariffs=given.tariffs, ends="conditional-release")
    return [Row(mark, Kind.MARK, condition=office.inspected_later, early_track=rows.tracks[-1])]


def by_compliance(office: OfficeRows, what: str, compliant: float, non_compliant: float) -> Condition:
    """Return a condition that is true for one share of compliant, another of non-compliant consignments."""
    name, trader_classes = f"{office.name}/{what}", len(office.trader_classes)
    return Below(name, Draw(name), (compliant,) * trader_classes, (non_compliant,) * trader_classes)


def _scanned(office: OfficeRows, scan: Scan) -> tuple[list[Row], Condition]:
    """Return the stages of a scan, and the condition for opening: an alarm, or selected but not scanned."""
    by_scan = office.share("scan", scan.share)
    alarm = by_compliance(office, "alarm", scan.false_alarms, scan.detects)
    whose = office.held & by_scan
    hold = office.info("hold", ends="CUSS")
    image = office.info(
        "scan", duration=scan.duration, per=scan.per, tariffs=scan.tariffs, begins="CUSI", ends="scan"
    )
    review = office.info("review", duration=scan.review, ends="review")
    stages = [
        Row(hold, Kind.MARK, condition=office.held),
        office.at_resource(image, scan.resource, whose),
        office.at_resource(review, scan.review_resource, whose),
    ]
    return stages, office.held & (alarm | ~by_scan)


def _opening(office: OfficeRows, given: Inspection, opened: Condition, reached: str | None) -> Row:
    """Return the opening step; joint with other offices, it takes as long as the longest of them."""
    jointly = tuple(
        Joint(f"{other.name}/inspection", theirs.duration, other.selected, theirs.per)
        for other in office.joined
        if (theirs := other.customs.inspection) is not None and other.selected != NEVER
    )
    info = office.info(
        "inspection",
        duration=given.duration,
        per=given.per,
        own=office.selected,
        jointly=jointly,
        tariffs=given.tariffs,
        reached=reached,
        begins="CUSI",
        ends="inspection-end",
        cause="inspection",
    )
    return office.at_resource(info, given.resource, opened)
