"""Count the goods that come to services, and those that departures take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import DAY, HOUR
from fourport.study.compiled.service_tables import BIN, BINS_A_DAY, THURSDAY

if TYPE_CHECKING:
    from fourport.study.compiled.service_tables import Calls, Served


def run(calls: Calls, served: Served) -> None:
    """Count them step by step."""
    calls, served = at_hand(calls), at_hand(served)
    for k in range(len(calls.step)):
        s = calls.step[k]
        for j in range(calls.n_of_step[s]):
            row, i = calls.first_row[s] + j, calls.ids[calls.first_place[s] + j]
            if calls.came[row] and not calls.passed[row]:
                ready = calls.ready_us[row]
                if calls.window_us[0] <= ready < calls.window_us[1]:
                    _add_arrival(calls, served, k, row, i)
                if not calls.is_choice[k]:
                    _let_wait(calls, served, calls.service[k], ready, i)
            if calls.departure_index[row] >= 0:
                _load(calls, served, k, row, i)
        _add_step(served, calls.service[k])


@inlined
def _add_arrival(calls: Calls, served: Served, k: int, row: int, i: int) -> None:
    """Add a consignment to those that are ready at a step in its half hour of the week."""
    ready, turn = calls.ready_us[row], calls.first_turn[k + 1] - 1
    while calls.turn_us[turn] > ready:
        turn -= 1
    local = ready + calls.offset_us[turn]
    one = (local // DAY + THURSDAY) % 7 * BINS_A_DAY + local % DAY // BIN
    served.at_step[one, 0] += 1.0
    served.at_step[one, 1] += calls.size[i, 0] / 1e6
    if calls.departure_index[row] >= 0:
        departure = calls.first[calls.service[k]] + calls.departure_index[row]
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
def _load(calls: Calls, served: Served, k: int, row: int, i: int) -> None:
    """Let a departure take a consignment."""
    departure = calls.first[calls.service[k]] + calls.departure_index[row]
    whole = len(calls.in_parts) == 0 or not calls.in_parts[row]
    served.taken[departure] += 1
    if whole:
        for dimension in range(3):
            served.load[departure, dimension] += calls.size[i, dimension]
    if not calls.is_choice[k]:
        served.comes[departure] -= 1
        if whole:
            served.comes_g[departure] -= calls.size[i, 0]
