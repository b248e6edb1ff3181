"""Who comes to which resource, collected from the events in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand
from fourport.plan.tables import NEVER
from fourport.study.checks.queue_tables import LATER

if TYPE_CHECKING:
    from fourport.study.checks.queue_tables import Tokens, Visits
    from fourport.trace.compiled import Happened, Places


def run(tokens: Tokens, places: Places, events: Happened, visits: Visits, low: int, high: int) -> None:
    """Collect the visits to the resources from ``low`` to ``high``, by resource, step and consignment."""
    tokens, places, events, visits = at_hand(tokens), at_hand(places), at_hand(events), at_hand(visits)
    at = 0
    for resource in range(low, high):
        visits.first[resource] = at
        for k in range(tokens.first_of_resource[resource], tokens.first_of_resource[resource + 1]):
            s = tokens.step[k]
            row, place = places.first_row[s], places.first_place[s]
            for _ in range(places.n_of_step[s]):
                if events.came[row] and not events.passed[row]:
                    i, begin, end = places.ids[place], events.begin_us[row], events.end_us[row]
                    visits.begin_us[at] = LATER if begin == NEVER else begin
                    visits.end_us[at] = LATER if end == NEVER else end
                    visits.ready_us[at] = visits.came_us[at] = events.ready_us[row]
                    visits.rank[at] = tokens.rank[s, tokens.trader_class[i]]
                    visits.turn[at] = i * len(places.n_of_step) + s
                    at += 1
                row += 1
                place += 1
        visits.first[resource + 1] = at
