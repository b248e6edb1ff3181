"""A customs office as steps of a route: the papers' filing track, and the goods that wait for it.

Papers: preparation, document control (again for each filing), payment. Goods: release of the papers,
amendment, then for the selected hold, scan, review, opening, laboratory; removal is the instant at
which customs lets the goods go. What an office has no part of has no step. ``docs/customs.md`` tells
the stages, who goes through which, and what time and offences come of it.
"""

from __future__ import annotations

from fourport.errors import Key, Problem
from fourport.plan.conditions import ALWAYS
from fourport.plan.corridor import StepInfo
from fourport.plan.inspection import risky, stages
from fourport.plan.office import Office
from fourport.plan.rows import RouteRows, Row
from fourport.plan.tables import Kind
from fourport.scenario.models.customs import Documents


def add_office(office: Office, rows: RouteRows, before: dict[str, Office], key: Key) -> None:
    """Add the office's steps to a route whose step has the key ``key``.

    Parameters
    ----------
    before
        Offices of the route that come before it, by name; it adds itself.
    """
    office.arrival = next((row for row in reversed(rows.main) if row.info.mode), None)
    if office.main is not None:
        rows.main.append(Row(office.info("removal", ends="CUSR"), Kind.MARK))
    else:
        _file(office, rows, before, key)
        rows.main += _goods(office, rows)
    office.released = next(row for row in reversed(rows.main) if row.info.part in ("removal", "release"))
    before[office.name] = office


def _file(office: Office, rows: RouteRows, before: dict[str, Office], key: Key) -> None:
    """Add the filing track, and what starts it before the goods come."""
    given = office.customs.information
    office.informed = given is not None and given.of in before
    office.track = len(rows.tracks)
    rows.tracks.append(_papers(office))
    if office.customs.pre_arrival > 0:
        _lodge_ahead(office, rows, key)
    if given is not None and office.informed:
        mark = office.info("information", ends="information")
        rows.start_track(
            mark, office.track, office.share("information", given.share), before[given.of].released
        )


def _papers(office: Office) -> list[Row]:
    """Give the filing track: for each filing the trader prepares and lodges, an officer controls."""
    customs, papers = office.customs, list[Row]()
    looked_at = _looked_at(office, customs.documents)
    for _ in range(customs.filings):
        preparation = office.info(
            "preparation",
            duration=customs.preparation,
            shortened=_shortened(office),
            ends="lodgement",
            cause="preparation",
        )
        papers += [Row(preparation, Kind.DELAY), office.control("documents", looked_at)]
    if customs.duty is not None:
        liable: str | None = office.share("duty", customs.duty.share)
        if customs.two_step is not None:
            later = office.share("two-step", customs.two_step.uptake)
            liable = office.conditions.without(liable or ALWAYS, later)
        if liable is not None:
            info = office.info("payment", duration=customs.duty.duration, ends="payment", cause="preparation")
            papers.append(Row(info, Kind.DELAY, condition=liable))
    if papers[-1].condition:
        papers.append(Row(office.info("control", ends="papers-in-order"), Kind.MARK))
    return papers


def _looked_at(office: Office, documents: Documents) -> str:
    """Give whose papers an officer looks at: the yellow and the red channel."""
    if documents.rates is None:
        return ALWAYS
    inspection = office.customs.inspection
    red = {} if inspection is None else inspection.rates
    rates = [
        max(documents.rates.get(trader_class, 0.0), red.get(trader_class, 0.0))
        for trader_class in office.trader_classes
    ]
    office.conditions.draw(f"{office.name}/inspection")
    yellow = risky(office, "documents", rates)
    return yellow if office.inspected is None else office.conditions.either(yellow, office.inspected)


def _shortened(office: Office) -> tuple[tuple[float, str], ...]:
    """Give what saves the trader a part of the preparation, and whom."""
    given, summary = office.customs.information, office.customs.two_step
    saved = []
    if given is not None and office.informed and given.saves > 0:
        saved.append((1 - given.saves, office.share("information", given.share)))
    if summary is not None:
        saved.append((summary.summary, office.share("two-step", summary.uptake)))
    return tuple(saved)


def _lodge_ahead(office: Office, rows: RouteRows, key: Key) -> None:
    """Start the papers when the transport leaves that brings the goods."""
    if office.arrival is None:
        message = "lodged before arrival, but no transport brings the goods here"
    elif office.arrival.early_track >= 0:
        message = (
            f"{office.arrival.info.key} already brings goods whose papers are lodged before arrival elsewhere"
        )
    else:
        office.arrival.early_track = office.track
        office.arrival.early_condition = office.share("lodged-ahead", office.customs.pre_arrival)
        return
    office.builder.problems.append(Problem(key, message))


def _goods(office: Office, rows: RouteRows) -> list[Row]:
    """Give what the goods go through: they wait for the papers, and are inspected if selected."""
    customs = office.customs
    more = [*_amendment(office), *stages(office), *_full_entry(office, rows)]
    release = office.info(
        "release",
        tariffs=customs.tariffs,
        filings=customs.filings,
        ends="document-release" if more else "CUSR",
        cause="documents",
    )
    goods = [Row(release, Kind.JOIN, track=office.track), *more]
    if more:
        goods.append(Row(office.info("removal", ends="CUSR"), Kind.MARK))
    return goods


def _amendment(office: Office) -> list[Row]:
    """Give what is put right after arrival of what was lodged before it."""
    amended, ahead = office.customs.amendment, _early(office)
    if amended is None or ahead is None:
        return []
    whose = office.conditions.both(ahead, office.share("amendment", amended.share))
    info = office.info("amendment", duration=amended.duration, ends="amendment", cause="preparation")
    again = office.control("documents", whose, key="amended-documents")
    return [Row(info, Kind.DELAY, condition=whose), again]


def _early(office: Office) -> str | None:
    """Give whose papers may be lodged before arrival; None if nobody's are."""
    shares = []
    if office.customs.pre_arrival > 0:
        shares.append(office.share("lodged-ahead", office.customs.pre_arrival))
    if office.customs.information is not None and office.informed:
        shares.append(office.share("information", office.customs.information.share))
    if not shares:
        return None
    return shares[0] if len(shares) == 1 else office.conditions.either(*shares)


def _full_entry(office: Office, rows: RouteRows) -> list[Row]:
    """Let the full entry of a two-step declaration be begun at release; nothing waits for it."""
    given = office.customs.two_step
    if given is None:
        return []
    full = office.info("full-entry", duration=given.full_entry, ends="full-entry", cause="preparation")
    rows.tracks.append([Row(full, Kind.DELAY), office.control("documents", key="full-documents")])
    whose = office.share("two-step", given.uptake)
    mark = office.info("guarantee", tariffs=given.tariffs, ends="guarantee")
    return [Row(mark, Kind.MARK, condition=whose, early_track=len(rows.tracks) - 1)]


def go_direct(rows: RouteRows, office: Office, key: Key) -> None:
    """Let those past the yard who are released before they come to it, and whom nobody selects."""
    given, main = office.customs.direct, office.inspects
    if given is None:
        return
    skipped = [row for row in rows.main if row.info.key in given.skips]
    if not skipped:
        return
    if rows.main[-1] in skipped:
        office.builder.problems.append(Problem(key, "direct.skips names the last step of the route"))
        return
    name, conditions = office.name, office.conditions
    whose: str | None = conditions.share(f"{name}/direct", given.share, len(office.trader_classes))
    if main.inspected is not None:
        whose = conditions.without(whose or ALWAYS, main.inspected)
    amended, ahead = main.customs.amendment, _early(main)
    if amended is not None and ahead is not None and whose is not None:
        due = conditions.both(ahead, main.share("amendment", amended.share))
        whose = conditions.without(whose, due)
    if whose is None:
        return
    where = skipped[0].info.place
    info = StepInfo(f"{name}/direct", office.route_step, "direct", where, where, ends="direct")
    mark = Row(info, Kind.MARK, condition=whose, after_track=main.track)
    rows.main.insert(rows.main.index(skipped[0]), mark)
    for row in skipped:
        row.unless_done = mark
