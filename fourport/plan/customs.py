"""Build the steps of a customs office: the declaration track, and the steps of the goods.

The declaration track has preparation and document control (once for each filing) and payment. The goods
wait for the release of the declaration and may need an amendment. Selected goods go through hold, scan,
review, opening and laboratory. Other agencies at the office inspect a share of the goods, beside customs or
after it. Removal is the instant at which customs lets the goods go. Stages that an office does not have are
left out. ``docs/customs.md`` describes the stages, who goes through each of them, and their effect on time
and on the non-compliance found.
"""

from __future__ import annotations

from collections.abc import Sequence

from fourport.errors import Key, Problem
from fourport.plan.agencies import found_by_agencies, present_to_agencies
from fourport.plan.conditions import ALWAYS, NEVER, Condition
from fourport.plan.corridor import StepInfo
from fourport.plan.inspection import after_release, risky, stages
from fourport.plan.office import OfficeRows
from fourport.plan.rows import RouteRows, Row, Track
from fourport.plan.tables import Kind
from fourport.scenario.models.customs import Documents


def add_office(office: OfficeRows, rows: RouteRows, before: dict[str, OfficeRows], key: Key) -> None:
    """Add the steps of an office to a route.

    Parameters
    ----------
    before
        Earlier offices of the route, by name. The office adds itself.
    key
        Place of the route's step in the scenario.
    """
    office.arrival = rows.arrival
    office.entry = rows.entry(office.place) if office.customs.procedure == "export" else rows.arrival
    others = present_to_agencies(office, rows)
    if office.main is not None:
        rows.main += [*others, Row(office.info("removal", ends="CUSR"), Kind.MARK)]
    else:
        _add_declarations(office, rows, before, key)
        rows.main += _goods(office, rows, others, key)
    office.found |= found_by_agencies(office)
    if not any(one.non_compliant for one in office.builder.scenario.trader_classes.values()):
        office.found = office.found_late = NEVER
    office.released = next(row for row in reversed(rows.main) if row.info.part in ("removal", "release"))
    before[office.name] = office


def _add_declarations(office: OfficeRows, rows: RouteRows, before: dict[str, OfficeRows], key: Key) -> None:
    """Add the declaration track, and the steps that start it before the goods arrive."""
    given = office.customs.information
    office.informed = given is not None and given.of in before
    office.track = Track(_declarations(office))
    rows.tracks.append(office.track)
    if office.customs.advance.share > 0:
        _declare_before_arrival(office, rows, key)
    if given is not None and office.informed:
        mark = office.info("information", ends="information")
        rows.start_track(
            mark, office.track, office.share("information", given.share), before[given.of].released
        )


def _declarations(office: OfficeRows) -> list[Row]:
    """Return the steps of the declaration track.

    For each filing the trader prepares and lodges a declaration and an officer controls it.
    """
    customs, rows = office.customs, list[Row]()
    looked_at = _looked_at(office, customs.documents)
    for k in range(customs.filings):
        preparation = office.info(
            "preparation",
            duration=customs.preparation,
            shortened=_shortened(office),
            ahead=_ahead(office) if k == 0 else (),
            ends="lodgement",
            cause="preparation",
        )
        rows += [Row(preparation, Kind.DELAY), office.control("documents", looked_at)]
    if customs.duty is not None:
        liable = office.share("duty", customs.duty.share)
        if customs.two_step is not None:
            liable &= ~office.share("two-step", customs.two_step.uptake)
        if liable != NEVER:
            info = office.info("payment", duration=customs.duty.duration, ends="payment", cause="preparation")
            rows.append(Row(info, Kind.DELAY, condition=liable))
    if rows[-1].condition != ALWAYS:
        rows.append(Row(office.info("control", ends="declaration-accepted"), Kind.MARK))
    return rows


def _looked_at(office: OfficeRows, documents: Documents) -> Condition:
    """Return the condition under which an officer checks the documents: the yellow and the red channel."""
    if documents.rates is None:
        return ALWAYS
    inspection = office.customs.inspection
    red = {} if inspection is None else inspection.rates
    rates = [
        max(documents.rates.get(trader_class, 0.0), red.get(trader_class, 0.0))
        for trader_class in office.trader_classes
    ]
    return risky(office, "documents", rates) | office.inspected


def _shortened(office: OfficeRows) -> tuple[tuple[float, Condition], ...]:
    """Return the shares to which preparation is shortened, each with the traders to whom it applies."""
    given, summary = office.customs.information, office.customs.two_step
    saved = []
    if given is not None and office.informed and given.saves > 0:
        saved.append((1 - given.saves, office.share("information", given.share)))
    if summary is not None:
        saved.append((summary.summary, office.share("two-step", summary.uptake)))
    return tuple(saved)


def _ahead(office: OfficeRows) -> tuple[tuple[int, Condition], ...]:
    """Return the part of the preparation that is done before the declaration track can start.

    Where an earlier office may start the track before the departure, documents that are there before the
    departure save nothing more: whose track has begun cannot be begun again.
    """
    given = office.customs.advance
    if given.lead is None or given.share == 0:
        return ()
    whose, passed_on = office.pre_arrival, office.customs.information
    if given.begins == "documents" and office.informed and passed_on is not None:
        whose &= ~office.share("information", passed_on.share)
    return ((given.lead, whose),) if whose != NEVER else ()


def _declare_before_arrival(office: OfficeRows, rows: RouteRows, key: Key) -> None:
    """Start the declaration track at acceptance, or when the transport that brings the goods departs."""
    if office.customs.advance.begins == "booking":
        mark = office.info("pre-arrival", ends="pre-arrival")
        rows.main.insert(
            0, Row(mark, Kind.MARK, early_track=office.track, early_condition=office.pre_arrival)
        )
        return
    if office.arrival is None:
        message = "lodged before arrival, but no transport brings the goods here"
    elif office.arrival.early_track is not None:
        message = f"{office.arrival.info.key} already brings goods that are declared before arrival elsewhere"
    else:
        office.arrival.early_track = office.track
        office.arrival.early_condition = office.pre_arrival
        return
    office.builder.problems.append(Problem(key, message))


def _goods(office: OfficeRows, rows: RouteRows, others: Sequence[Row], key: Key) -> list[Row]:
    """Return the steps of the goods: wait for the declaration, inspection if selected, other agencies."""
    customs = office.customs
    inspected = stages(office, rows)
    # Goods that go before a report of the laboratory go when all others are done with them.
    early = [row for row in inspected if row.info.part == "guarantee"]
    more = [
        *_manifest(office, rows, key),
        *_amendment(office),
        *(row for row in inspected if row not in early),
        *others,
        *early,
        *after_release(office, rows),
        *_full_entry(office, rows),
    ]
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


def _manifest(office: OfficeRows, rows: RouteRows, key: Key) -> list[Row]:
    """Start what is common to an arrival when the vehicle is there, and let the goods wait for it."""
    given, arrival = office.customs.manifest, office.arrival
    if given is None:
        return []
    if arrival is None:
        office.builder.problems.append(Problem(key, "has a manifest, but no transport brings the goods here"))
        return []
    brought_by = rows.brought_by(arrival)
    track = Track(
        [Row(office.info("manifest", duration=given, by_arrival=brought_by, ends="manifest"), Kind.DELAY)]
    )
    rows.tracks.append(track)
    rows.start_track(office.info("manifest", key="arrival"), track, ALWAYS, arrival)
    return [
        Row(office.info("manifest", key="manifest-checked", ends="manifest-checked"), Kind.JOIN, track=track)
    ]


def _amendment(office: OfficeRows) -> list[Row]:
    """Return the steps after arrival that correct a declaration lodged before arrival."""
    amended, whose = office.customs.amendment, _amended(office)
    if amended is None or whose == NEVER:
        return []
    info = office.info("amendment", duration=amended.duration, ends="amendment", cause="preparation")
    again = office.control("documents", whose, key="amended-documents")
    return [Row(info, Kind.DELAY, condition=whose), again]


def _amended(office: OfficeRows) -> Condition:
    """Return the condition under which a declaration is amended; only pre-arrival declarations can be."""
    customs, ahead = office.customs, NEVER
    if customs.advance.share > 0:
        ahead |= office.pre_arrival
    if customs.information is not None and office.informed:
        ahead |= office.share("information", customs.information.share)
    return NEVER if customs.amendment is None else ahead & office.share("amendment", customs.amendment.share)


def _full_entry(office: OfficeRows, rows: RouteRows) -> list[Row]:
    """Start the full entry of a two-step declaration at release; no step waits for it."""
    given = office.customs.two_step
    if given is None:
        return []
    full = office.info("full-entry", duration=given.full_entry, ends="full-entry", cause="preparation")
    rows.tracks.append(Track([Row(full, Kind.DELAY), office.control("documents", key="full-documents")]))
    whose = office.share("two-step", given.uptake)
    mark = office.info("guarantee", tariffs=given.tariffs, ends="guarantee")
    return [Row(mark, Kind.MARK, condition=whose, early_track=rows.tracks[-1])]


def go_direct(rows: RouteRows, office: OfficeRows, key: Key) -> None:
    """Let consignments skip the yard if they are released before they reach it and nobody selects them."""
    given, main = office.customs.direct, office.inspects
    if given is None:
        return
    skipped = [row for row in rows.main if row.info.key in given.skips]
    if not skipped:
        return
    if rows.main[-1] in skipped:
        office.builder.problems.append(Problem(key, "direct.skips names the last step of the route"))
        return
    whose = office.share("direct", given.share) & ~main.held & ~_amended(main)
    for inspected in (*main.inspected_by_agency.values(), *office.inspected_by_agency.values()):
        whose &= ~inspected
    if whose == NEVER:
        return
    where = skipped[0].info.place
    info = StepInfo(f"{office.name}/direct", office.route_step, "direct", where, where, ends="direct")
    mark = Row(info, Kind.MARK, condition=whose, after_track=main.track)
    rows.main.insert(rows.main.index(skipped[0]), mark)
    for row in skipped:
        row.unless_done = mark
