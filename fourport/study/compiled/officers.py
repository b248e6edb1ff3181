"""Add up what officers do with each consignment, in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import HOUR, NEVER
from fourport.study.compiled.officer_tables import FINDS, INSPECTS

if TYPE_CHECKING:
    from fourport.study.compiled.officer_tables import Checked, Checks, Officers
    from fourport.trace.compiled import Happened, Places


def run(checks: Checks, officers: Officers, places: Places, events: Happened, checked: Checked) -> None:
    """Add up the inspections of all consignments, what they found, and the hours of officers."""
    checks, officers, checked = at_hand(checks), at_hand(officers), at_hand(checked)
    places, events = at_hand(places), at_hand(events)
    for k in range(len(checks.release)):
        _add_check(checks, officers, places, events, checked, k)
    for s in officers.step:
        row, place = places.first_row[s], places.first_place[s]
        for n in range(places.n_of_step[s]):
            if events.end_us[row + n] != NEVER:
                hours = (events.end_us[row + n] - events.begin_us[row + n]) / HOUR
                checked.officer_hours[places.ids[place + n]] += hours


@inlined
def _add_check(
    checks: Checks, officers: Officers, places: Places, events: Happened, checked: Checked, k: int
) -> None:
    """Add what an office does under a condition."""
    s, condition, does = checks.release[k], checks.condition[k], checks.does[k]
    row, place = places.first_row[s], places.first_place[s]
    for n in range(places.n_of_step[s]):
        i = places.ids[place + n]
        if events.end_us[row + n] == NEVER or (condition >= 0 and not officers.holds[condition, i]):
            continue
        if does == INSPECTS:
            checked.inspections[i] += 1
        elif does == FINDS:
            checked.found[i] = True
        else:
            checked.found_late[i] = True
