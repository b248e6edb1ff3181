"""What must hold of each event, whatever the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import inlined
from fourport.plan.tables import NEVER

if TYPE_CHECKING:
    from fourport.trace.compiled.tables import Broken, Given, Happened


@inlined
def look(given: Given, events: Happened, broken: Broken, s: int, place: int, since: int, until: int) -> None:
    """Look at what happened to some consignments of a route at a step."""
    row, after = given.first_row[s], given.join_after[s]
    is_carried, is_drawn, may_wait = given.is_carried[s], given.is_drawn[s], given.may_wait[s]
    passed_over = not_reached = too_early = lost = not_as_drawn = False
    lacks_g = 0
    for k in range(since, until):
        ready, begin, end = events.ready_us[row + k], events.begin_us[row + k], events.end_us[row + k]
        begun, done = begin != NEVER, end != NEVER
        passed_over |= events.passed[row + k] & begun
        not_reached |= (begun | done) & (not events.came[row + k])
        too_early |= done & ((begin < ready) | (end < begin))
        if is_carried:
            aboard = events.departure_index[row + k] >= 0
            lost |= begun != aboard
            lacks_g += given.weight_g[place + k] * (int(done) - int(aboard))
        else:
            must_end = begin
            if is_drawn:
                must_end += given.duration_us[given.row_of_step_0[place + k] + s]
            elif after >= 0:
                released = events.end_us[given.first_row[after] + k]
                must_end = released if released == NEVER else max(released, begin)
            as_drawn = (end == must_end) & (may_wait | (begin == ready))
            not_as_drawn |= (begun | done) & (not (done & as_drawn))
    broken.passed_over[s] |= passed_over
    broken.not_reached[s] |= not_reached
    broken.too_early[s] |= too_early
    broken.lost[s] |= lost
    broken.not_as_drawn[s] |= not_as_drawn
    broken.lacks_g[s] += lacks_g
