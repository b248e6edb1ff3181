"""Fleets: trucks that load, drive and come home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.engine.compiled.agenda import push
from fourport.engine.compiled.loading import embark
from fourport.engine.compiled.numbering import (
    ARRIVAL,
    HOLD,
    N_FLEETS,
    NEVER,
    STEP_BITS,
    TRUCK_ARRIVAL,
    TRUCK_HOME,
)
from fourport.machine.compiling import inlined

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State
    from fourport.engine.compiled.tables import Tables


@inlined
def ask_fleet(state: State, fleet: int) -> None:
    """Let a fleet decide at the end of this instant."""
    if not state.fleet_asked[fleet]:
        state.fleet_asked[fleet] = True
        state.fleets[state.cells[N_FLEETS]] = fleet
        state.cells[N_FLEETS] += 1


@inlined
def happen(tables: Tables, state: State, k: int, event: int, now: int) -> None:
    """Let a departure or a truck do what is due, but for those aboard."""
    if event == ARRIVAL:
        return
    fleet = tables.fleet_of_trip[k]
    if event == TRUCK_ARRIVAL:
        state.trips[k, 2] = now
        push(tables, state, now + tables.back_us[k], -1 - (k << 2 | TRUCK_HOME))
    elif event == TRUCK_HOME:
        state.at_home[fleet] += 1
        ask_fleet(state, fleet)
    # The end of a consolidation time does nothing if that truck has left.
    elif state.loading[fleet] and state.made[fleet] == k - tables.first_trip[fleet]:
        ask_fleet(state, fleet)


@inlined
def load_trucks(tables: Tables, state: State, fleet: int, now: int) -> None:
    """Load trucks in strict order of the queue and send those that are full or have waited long enough.

    Nothing is done while the fleet is closed.
    """
    queue, room = tables.queue_of_fleet[fleet], state.room[fleet]
    while state.fleet_open[fleet]:
        trip = tables.first_trip[fleet] + state.made[fleet]
        if not state.loading[fleet]:
            if state.at_home[fleet] == 0 or state.next_aboard[queue] == state.next_free[queue]:
                return
            if trip == tables.first_trip[fleet + 1]:  # More trips than visits: goods larger than a truck.
                return
            state.at_home[fleet] -= 1
            state.loading[fleet] = True
            state.trips[trip, 0] = now
            room[0], room[1] = tables.fleet_weight_g[fleet], tables.fleet_volume_cm3[fleet]
            state.trip_aboard[trip, 0] = state.next_aboard[queue]
            push(tables, state, now + tables.fleet_hold_us[fleet], -1 - (trip << 2 | HOLD))
        place, end = state.next_aboard[queue], state.next_free[queue]
        while place < end:
            size = tables.size[state.aboard[place] >> STEP_BITS]
            if size[0] > room[0] or size[1] > room[1]:
                break
            room[0] -= size[0]
            room[1] -= size[1]
            place += 1
        state.next_aboard[queue] = place
        full = place < end or room[0] == 0 or room[1] == 0
        if not full and now < state.trips[trip, 0] + tables.fleet_hold_us[fleet]:
            return
        arrival = now + tables.out_us[trip]
        state.loading[fleet] = False
        state.made[fleet] += 1
        state.trips[trip, 1], state.trips[trip, 2] = now, NEVER
        state.trip_aboard[trip, 1] = state.next_aboard[queue]
        for a in range(state.trip_aboard[trip, 0], state.trip_aboard[trip, 1]):
            embark(tables, state, state.aboard[a], trip - tables.first_trip[fleet], now, arrival)
        push(tables, state, arrival, -1 - (trip << 2 | TRUCK_ARRIVAL))
