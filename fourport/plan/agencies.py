"""Other agencies at a customs office: each inspects a share of the goods, with its own officers.

An agency that works beside customs has a track of its own, which starts when the goods come to the office;
the goods wait for its end before they are released. One that works after customs has its steps among those of
the goods.
"""

from __future__ import annotations

from dataclasses import replace

from fourport.plan.conditions import ALWAYS, NEVER, Condition
from fourport.plan.inspection import by_appointment, by_compliance
from fourport.plan.office import OfficeRows
from fourport.plan.rows import RouteRows, Row, Track
from fourport.plan.tables import Kind
from fourport.scenario.models.agencies import Agency


def present_to_agencies(office: OfficeRows, rows: RouteRows) -> list[Row]:
    """Let agencies begin that work beside customs, and return the steps that end the work of all.

    Those after customs come first, one after the other: goods then wait for whatever is not done beside them.
    """
    after, joins = list[Row](), list[Row]()
    for name, agency in office.customs.agencies.items():
        whose = office.inspected_by_agency[name]
        if whose == NEVER:
            continue
        if agency.order == "after":
            after += _steps(office, name, agency, whose)
            after[-1].info = replace(after[-1].info, tariffs=agency.tariffs)
            continue
        track = Track(_steps(office, name, agency, ALWAYS))
        rows.tracks.append(track)
        mark = office.info("agency", key=f"{name}/presented", ends="agency-presented")
        rows.main.append(Row(mark, Kind.MARK, early_track=track, early_condition=whose))
        done = office.info("agency", key=f"{name}/done", tariffs=agency.tariffs, ends="agency-released")
        joins.append(Row(done, Kind.JOIN, track=track, condition=whose))
    return [*after, *joins]


def found_by_agencies(office: OfficeRows) -> Condition:
    """Return the condition under which an agency finds that a consignment is non-compliant."""
    found = NEVER
    for name, agency in office.customs.agencies.items():
        if agency.finds > 0:
            finds = by_compliance(office, f"{name}/finds", 0.0, agency.finds)
            found |= office.inspected_by_agency[name] & finds
    return found


def _steps(office: OfficeRows, name: str, agency: Agency, whose: Condition) -> list[Row]:
    """Return the application, the wait for an appointment if there is one, and the inspection."""
    applies = office.info(
        "preparation",
        key=f"{name}/application",
        duration=agency.preparation,
        ends="agency-application",
        cause="preparation",
    )
    inspects = office.info(
        "inspection",
        key=f"{name}/inspection",
        duration=agency.duration,
        per=agency.per,
        begins="agency-inspection",
        ends="agency-inspected",
        cause="inspection",
    )
    return [
        Row(applies, Kind.DELAY, condition=whose),
        *by_appointment(office, agency.appointment, whose, key=f"{name}/appointment"),
        office.at_resource(inspects, agency.resource, whose),
    ]
