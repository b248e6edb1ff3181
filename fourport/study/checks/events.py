"""What must hold of each event, looked at one by one in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import NEVER

if TYPE_CHECKING:
    from fourport.study.checks.event_tables import Broken, Events

BLOCK = 1024
"""Number of consignments that are looked at together: few enough for the processor's cache."""


def run(events: Events, broken: Broken) -> None:
    """Look at the events of some consignments at a time, one step after the other."""
    events, broken = at_hand(events), at_hand(broken)
    place = 0
    for route in range(len(events.n)):
        n = events.n[route]
        for since in range(0, n, BLOCK):
            for s in range(events.first_step[route], events.first_step[route + 1]):
                _look(events, broken, s, place, since, min(since + BLOCK, n))
        place += n


@inlined
def _look(events: Events, broken: Broken, s: int, place: int, since: int, until: int) -> None:
    """Look at what happened to some consignments of a route at a step."""
    row, after = events.first_row[s], events.after_step[s]
    is_carried, is_drawn, may_wait = events.is_carried[s], events.is_drawn[s], events.may_wait[s]
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
            lacks_g += events.weight_g[place + k] * (int(done) - int(aboard))
        else:
            must_end = begin
            if is_drawn:
                must_end += events.duration_us[events.row_of_step_0[place + k] + s]
            elif after >= 0:
                released = events.end_us[events.first_row[after] + k]
                must_end = released if released == NEVER else max(released, begin)
            as_drawn = (end == must_end) & (may_wait | (begin == ready))
            not_as_drawn |= (begun | done) & (not (done & as_drawn))
    broken.passed_over[s] |= passed_over
    broken.not_reached[s] |= not_reached
    broken.too_early[s] |= too_early
    broken.lost[s] |= lost
    broken.not_as_drawn[s] |= not_as_drawn
    broken.lacks_g[s] += lacks_g
