"""Count the goods that come to services, and those that departures take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import DAY, HOUR
from fourport.study.compiled.service_tables import HALF_HOUR, HALF_HOURS_A_DAY, THURSDAY

if TYPE_CHECKING:
    from fourport.study.compiled.service_tables import Calls, Served
    from fourport.trace.compiled import Happened, Places


def run(calls: Calls, places: Places, events: Happened, served: Served) -> None:
    """Count them step by step."""
    calls, places, events, served = at_hand(calls), at_hand(places), at_hand(events), at_hand(served)
    for k in range(len(calls.step)):
        s = calls.step[k]
        for n in range(places.n_of_step[s]):
            row, i = places.first_row[s] + n, places.ids[places.first_place[s] + n]
            if events.came[row] and not events.passed[row]:
                ready = events.ready_us[row]
                if calls.window_us[0] <= ready < calls.window_us[1]:
                    _add_arrival(calls, events, served, k, row, i)
                if not calls.is_choice[k]:
                    _let_wait(calls, served, calls.service[k], ready, i)
            if events.departure_index[row] >= 0:
                _load(calls, events, served, k, row, i)
        _add_step(served, calls.service[k])


@inlined
def _add_arrival(calls: Calls, events: Happened, served: Served, k: int, row: int, i: int) -> None:
    """Add a consignment to those that are ready at a step in its half hour of the week."""
    ready, turn = events.ready_us[row], calls.first_turn[k + 1] - 1
    while calls.turn_us[turn] > ready:
        turn -= 1
    local = ready + calls.offset_us[turn]
    one = (local // DAY + THURSDAY) % 7 * HALF_HOURS_A_DAY + local % DAY // HALF_HOUR
    served.at_step[one, 0] += 1.0
    served.at_step[one, 1] += calls.size[i, 0] / 1e6
    if events.departure_index[row] >= 0:
        departure = calls.first[calls.service[k]] + events.departure_index[row]
        served.at_step[one, 2] += 1.0
        served.at_step[one, 3] += (calls.scheduled_us[departure] - ready) / HOUR


@inlined
def _add_step(served: Served, service: int) -> None:
    """Add the arrivals at a step to those of its service."""
    for one in range(len(served.at_step)):
        for column in range(4):
            served.arrivals[service, one, column] += served.at_step[one, column]
            served.at_step[one, column] = 0.0


@inlined
def _let_wait(calls: Calls, served: Served, service: int, ready: int, i: int) -> None:
    """Let a consignment wait from the first departure on whose cut-off it reaches, if there is one."""
    low, high = calls.first[service], calls.first[service + 1]
    end = high
    while low < high:
        middle = (low + high) // 2
        if calls.cutoff_us[middle] < ready:
            low = middle + 1
        else:
            high = middle
    if low < end:
        served.comes[low] += 1
        served.comes_g[low] += calls.size[i, 0]


@inlined
def _load(calls: Calls, events: Happened, served: Served, k: int, row: int, i: int) -> None:
    """Let a departure take a consignment."""
    departure = calls.first[calls.service[k]] + events.departure_index[row]
    whole = len(calls.in_parts) == 0 or not calls.in_parts[row]
    served.taken[departure] += 1
    if whole:
        for dimension in range(3):
            served.load[departure, dimension] += calls.size[i, dimension]
    if not calls.is_choice[k]:
        served.comes[departure] -= 1
        if whole:
            served.comes_g[departure] -= calls.size[i, 0]
