"""Add up the time that servers work by the hour of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import NEVER

if TYPE_CHECKING:
    from fourport.study.compiled.work_tables import Busy, Work
    from fourport.trace.compiled import Happened, Places


def run(work: Work, places: Places, events: Happened, busy: Busy) -> None:
    """Add all work."""
    work, places, events, busy = at_hand(work), at_hand(places), at_hand(events), at_hand(busy)
    for k in range(len(work.step)):
        first = places.first_row[work.step[k]]
        for row in range(first, first + places.n_of_step[work.step[k]]):
            if events.end_us[row] != NEVER:
                _add(busy, work.resource[k], events.begin_us[row], events.end_us[row])
    for k in range(len(work.more_resource)):
        _add(busy, work.more_resource[k], work.more_begin_us[k], work.more_end_us[k])


@inlined
def _add(busy: Busy, resource: int, begin: int, end: int) -> None:
    """Add work to each hour in which it is."""
    edge_us, cells = busy.edge_us, len(busy.edge_us) - 1
    begin, end = max(begin, edge_us[0]), min(end, edge_us[cells])
    if begin < end:
        cell = (begin - edge_us[0]) // (edge_us[1] - edge_us[0])
        while begin < end:
            until = min(end, edge_us[cell + 1])
            busy.us[resource, busy.hour[resource, cell]] += until - begin
            begin = until
            cell += 1
