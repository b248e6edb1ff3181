"""What must hold of each event, looked at one by one in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand
from fourport.plan.tables import NEVER

if TYPE_CHECKING:
    from fourport.study.checks.event_tables import Broken, Events


def run(events: Events, broken: Broken) -> None:
    """Look at the events of one step after the other."""
    events, broken = at_hand(events), at_hand(broken)
    for s in range(len(events.column)):
        row, place = events.first_row[s], events.first_place[s]
        ends = events.first_row[events.last_of_track[s]] - row
        is_carried, is_drawn, may_wait = events.is_carried[s], events.is_drawn[s], events.may_wait[s]
        passed_over = not_reached = too_early = lost = not_as_drawn = False
        mass_g = 0
        for k in range(events.n_of_step[s]):
            at = row + k
            since, begin, end = events.ready_us[at], events.begin_us[at], events.end_us[at]
            begun, done, aboard = begin != NEVER, end != NEVER, events.aboard[at]
            passed_over |= events.passed[at] and begun
            not_reached |= (begun or done) and not events.came[at]
            too_early |= done and (begin < since or end < begin)
            if is_carried:
                lost |= begun != aboard
                mass_g += events.weight_g[place + k] * (int(aboard) - int(done))
            elif not done:
                not_as_drawn |= begun
            else:
                must_end = begin
                if is_drawn:
                    must_end += events.duration_us[events.event_row[place + k] + events.column[s]]
                elif ends != 0:
                    released = events.end_us[at + ends]
                    must_end = released if released == NEVER else max(released, begin)
                not_as_drawn |= end != must_end or (begin != since and not may_wait)
        broken.passed_over[s], broken.not_reached[s], broken.too_early[s] = (
            passed_over,
            not_reached,
            too_early,
        )
        broken.lost[s], broken.not_as_drawn[s] = lost or mass_g < 0, not_as_drawn
