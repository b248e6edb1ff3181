"""Inspection at a customs office: who is selected, what is done to them, and what is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fourport.errors import Problem
from fourport.plan.conditions import ALWAYS, thresholds
from fourport.plan.corridor import Joint
from fourport.plan.office import Office
from fourport.plan.rows import Row
from fourport.plan.tables import Kind
from fourport.scenario.models.customs import Inspection, Scan


def select(office: Office, before: Mapping[str, Office]) -> None:
    """Work out whom an office selects: by risk or at random, but not whom another's control vouches for.

    Who is selected is inspected by the office itself, or by the one that does its work. This is to be worked
    out for the offices of a route in the order in which goods are inspected for them: no office knows of
    inspections that are still to come, and so no two can wait for each other.

    Parameters
    ----------
    before
        Offices of the route before it, by name.
    """
    inspection, recognised = office.customs.inspection, office.customs.recognition
    if inspection is None:
        return
    selected: str | None = risky(
        office,
        "inspection",
        [inspection.rates.get(trader_class, 0.0) for trader_class in office.trader_classes],
    )
    if inspection.sampling > 0:
        sampled = office.share("sampling", inspection.sampling)
        selected = office.conditions.either(selected or ALWAYS, sampled)
    vouching = before.get(recognised.of) if recognised is not None else None
    if recognised is not None and vouching is not None and selected is not None:
        if recognised.mode == "rely-on-control":
            selected = None
        elif recognised.mode == "skip-if-inspected" and vouching.inspects.inspected is not None:
            selected = office.conditions.without(selected, vouching.inspects.inspected)
    office.selected = selected
    if selected is not None:
        main = office.inspects
        known = main.inspected
        main.inspected = selected if known is None else office.conditions.either(known, selected)


def risky(office: Office, what: str, rates: Sequence[float]) -> str:
    """Give who is among the highest risks, so many by trader class; offences are more so than their share."""
    inspection = office.customs.inspection
    risk_auc = 0.5 if inspection is None else inspection.risk_auc
    shares = [
        thresholds(rate, office.builder.scenario.trader_classes[trader_class].non_compliant, risk_auc)
        for trader_class, rate in zip(office.trader_classes, rates, strict=True)
    ]
    in_order, offending = [a for a, _ in shares], [b for _, b in shares]
    return office.conditions.below(f"{office.name}/{what}", in_order, offending, f"{office.name}/inspection")


def stages(office: Office) -> list[Row]:
    """Give the stages of an inspection: scan, review and, on an alarm or at once, opening."""
    given = office.customs.inspection
    if office.inspected is None:
        return []
    if given is None:
        key = ("facilities", office.place, "activities", office.do)
        message = f"inspects for {office.joined[0].name}, but has no [inspection] of its own"
        office.builder.problems.append(Problem(key, message))
        return []
    found, opened = _scanned(office, given.scan) if given.scan else ([], office.inspected)
    found.append(_opening(office, given, opened, reached=None if given.scan else "CUSS"))
    if given.laboratory is not None:
        whose = office.conditions.both(opened, office.share("laboratory", given.laboratory.share))
        info = office.info(
            "laboratory", duration=given.laboratory.duration, ends="laboratory", cause="inspection"
        )
        found.append(Row(info, Kind.DELAY, condition=whose))
    if any(
        office.builder.scenario.trader_classes[trader_class].non_compliant
        for trader_class in office.trader_classes
    ):
        never, often = [0.0] * len(office.trader_classes), [given.finds] * len(office.trader_classes)
        revealed = office.conditions.below(f"{office.name}/finds", never, often)
        office.found = office.conditions.both(opened, revealed)
    return found


def _scanned(office: Office, scan: Scan) -> tuple[list[Row], str]:
    """Give the stages of a scan, and who is opened: the alarms and those not scanned."""
    assert office.inspected is not None
    trader_classes = len(office.trader_classes)
    by_scan = office.share("scan", scan.share)
    alarm = office.conditions.below(
        f"{office.name}/alarm", [scan.false_alarms] * trader_classes, [scan.detects] * trader_classes
    )
    at_once = office.conditions.either(alarm, office.conditions.no(by_scan)) if by_scan else alarm
    whose = office.conditions.both(office.inspected, by_scan)
    hold = office.info("hold", ends="CUSS")
    image = office.info(
        "scan", duration=scan.duration, per=scan.per, tariffs=scan.tariffs, begins="CUSI", ends="scan"
    )
    review = office.info("review", duration=scan.review, ends="review")
    stages = [
        Row(hold, Kind.MARK, condition=office.inspected),
        office.builder.at_resource(image, office.place, scan.resource, whose),
        office.builder.at_resource(review, office.place, scan.review_resource, whose),
    ]
    return stages, office.conditions.both(office.inspected, at_once)


def _opening(office: Office, given: Inspection, opened: str, reached: str | None) -> Row:
    """Give the opening; done for several offices it takes as long as the longest would."""
    jointly = tuple(
        Joint(f"{other.name}/inspection", theirs.duration, other.selected, theirs.per)
        for other in office.joined
        if (theirs := other.customs.inspection) is not None and other.selected is not None
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
    return office.builder.at_resource(info, office.place, given.resource, opened)
