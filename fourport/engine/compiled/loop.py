"""The event loop, compiled by Numba; ``docs/semantics.md`` defines what it does.

Tokens (the goods or a declaration of a consignment) move and then decide, instant by instant. What is due
stands in the agenda; entries, changes of servers and cut-offs come from sorted arrays beside it.

Begin and end of an event row lie side by side in ``times``. They hold more than milestones in a run:

- The rows of a consignment are filled when it enters, so that they are in the caches for what comes next.
  Until then they hold nothing that means anything.
- Until a step begins its end holds its duration. When it begins its end is written at once, in the future,
  and also begin and end of the DELAYs behind it that nothing can hold up. A time that lies at or after the
  end of the run is taken out when the run is over.
- The begin of a row that waits for a resource, or for a service that is loaded one by one, holds the next
  token in the queue, as a number below ``LINKS``. So a queue needs no memory of its own. Where a service is
  loaded one by one, the end of such a row holds its arrival in the queue, and ``NEVER`` once the goods go by
  another service of the choice.

Goods that wait for any other service, or for a fleet, stand in ``aboard`` behind those that it has taken: a
long queue is read from there faster than from row to row, of which each lies somewhere else in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fourport.engine.compiled.agenda import close_hole, more_now
from fourport.engine.compiled.loading import load
from fourport.engine.compiled.numbering import (
    ARRIVAL,
    CONSIGNMENT_BITS,
    FIXED_US,
    FLEET,
    HOLE,
    LINKS,
    N_AGENDA,
    N_ARRIVED,
    N_FLEETS,
    N_RESOURCES,
    NEVER,
    NEXT_CHANGE,
    NEXT_CUTOFF,
    NEXT_ENTRY,
    NOT_BEGUN,
    OVER,
    PHASE,
    RESOURCE,
    RUNNING,
    STEP,
    STEP_BITS,
    TOKEN,
    TRUCK_ARRIVAL,
    WORK,
)
from fourport.engine.compiled.one_by_one import load_one_by_one
from fourport.engine.compiled.queues import link, row_of
from fourport.engine.compiled.resources import ask, decide, leave, serve
from fourport.engine.compiled.sorting import sort
from fourport.engine.compiled.trucks import ask_fleet, happen, load_trucks
from fourport.engine.compiled.walk import arrive, step_after
from fourport.machine.compiling import inlined
from fourport.machine.packed_type import at_hand

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State
    from fourport.engine.compiled.tables import Tables


@inlined
def admit(tables: Tables, state: State, now: int) -> None:
    """Put the arrivals of this instant into their queues in the order of the definition.

    Nobody queues for a resource that has a server free and nobody waiting.
    """
    n, arrived = state.cells[N_ARRIVED], state.arrived
    state.cells[N_ARRIVED] = 0
    if n > 1:
        sort(arrived, n, state.aside, state.digits)
    for k in range(n):
        queue, token = arrived[k] >> (STEP_BITS + CONSIGNMENT_BITS), arrived[k] & TOKEN
        kind, provider = tables.queue_kind[queue], tables.queue_provider[queue]
        if kind == RESOURCE:
            if state.waiting[provider] == 0 and state.free[provider] > 0:
                state.free[provider] -= 1
                serve(tables, state, provider, token, now)
                continue
            state.waiting[provider] += 1
            ask(state, provider)
        elif tables.one_by_one[queue]:
            state.times[row_of(tables, token), 1] = now
        else:
            if kind == FLEET:
                ask_fleet(state, provider)
            state.aboard[state.next_free[queue]] = token
            state.next_free[queue] += 1
            continue
        last = state.back[queue]
        link(tables, state, queue, last, token)
        state.back[queue] = token


@inlined
def next_entry_us(tables: Tables, state: State) -> int:
    """Return when the next consignment enters; the end of the run if none is left."""
    i = state.cells[NEXT_ENTRY]
    at: int = tables.entry_us[i] if i < len(tables.entry_us) else tables.end_us[0]
    return at


@inlined
def find_fixed(tables: Tables, state: State) -> None:
    """Find when the next event is due that does not stand in the agenda."""
    cells = state.cells
    at = min(tables.change_us[cells[NEXT_CHANGE]], tables.cutoff_us[cells[NEXT_CUTOFF]])
    cells[FIXED_US] = min(next_entry_us(tables, state), at)


@inlined
def enter(tables: Tables, state: State, i: int) -> int:
    """Fill the rows of a consignment that enters, and return its first step."""
    times, row_0, route = state.times, tables.row_of_step_0[i], tables.route[i]
    first: int = tables.first_step[route]
    for row in range(row_0 + first, row_0 + tables.first_step[route + 1]):
        times[row, 0], times[row, 1] = NEVER, tables.duration_us[row]
    return first


@inlined
def take_out(tables: Tables, state: State) -> None:
    """Take out of the rows what has not happened, once the run is over."""
    for i in range(state.cells[NEXT_ENTRY], len(tables.entry_us)):
        enter(tables, state, i)
    times, end_us = state.times, tables.end_us[0]
    for row in range(len(times)):
        if times[row, 0] <= LINKS:
            times[row, 0], times[row, 1] = NEVER, NEVER
        elif times[row, 1] >= end_us:
            times[row, 1] = NEVER


@inlined
def turn(tables: Tables, state: State, provider: int, more: int) -> None:
    """Change the number of servers of a resource, or open or close a fleet, numbered after resources."""
    fleet = provider - len(state.free)
    if fleet < 0:
        if tables.resumes[provider]:
            before, first = state.on_duty[provider], tables.first_server[provider]
            for server in range(min(before, before + more), max(before, before + more)):
                if not state.taken[first + server]:
                    state.free[provider] += 1 if more > 0 else -1
            state.on_duty[provider] += more
            state.changed[provider] += 1
        else:
            # It may fall below zero: services under way are finished.
            state.free[provider] += more
        ask(state, provider)
    else:
        state.fleet_open[fleet] = more > 0
        ask_fleet(state, fleet)


@inlined
def move(tables: Tables, state: State, now: int) -> None:
    """Let everything happen that is due at this instant."""
    cells = state.cells
    is_fixed = cells[FIXED_US] == now
    while is_fixed and tables.change_us[cells[NEXT_CHANGE]] == now:
        turn(tables, state, tables.changing[cells[NEXT_CHANGE]], tables.more_servers[cells[NEXT_CHANGE]])
        cells[NEXT_CHANGE] += 1
    place = end = np.int64(0)  # of those who still have to leave a vehicle
    while True:
        if place < end:
            i, s = state.aboard[place] >> STEP_BITS, state.aboard[place] & STEP
            place += 1
            s = step_after(tables, state, i, s, now)
        elif is_fixed and next_entry_us(tables, state) == now:
            i = cells[NEXT_ENTRY]
            cells[NEXT_ENTRY] += 1
            s = enter(tables, state, i)
        elif cells[N_AGENDA] > 0 and state.agenda[0, 0] == now and not cells[HOLE]:
            what = state.agenda[0, 1]
            cells[HOLE] = 1
            if what < 0:
                k, event = (-1 - what) >> 2, (-1 - what) & 3
                happen(tables, state, k, event, now)
                if event == ARRIVAL:
                    place, end = state.departure_aboard[k, 0], state.departure_aboard[k, 1]
                elif event == TRUCK_ARRIVAL:
                    place, end = state.trip_aboard[k, 0], state.trip_aboard[k, 1]
                continue
            i, s = what >> STEP_BITS, what & STEP
            leave(tables, state, i, s)
            s = step_after(tables, state, i, s, now)
        elif cells[HOLE] and more_now(state, now):
            close_hole(tables, state)
            continue
        else:
            break  # The decisions of this instant may fill the hole.
        arrive(tables, state, i, s, now)


@inlined
def decide_all(tables: Tables, state: State, now: int) -> None:
    """Let everybody decide to whom something has happened at this instant."""
    cells = state.cells
    if cells[N_ARRIVED]:
        admit(tables, state, now)
    for k in range(cells[N_RESOURCES]):
        state.resource_asked[state.resources[k]] = False
        decide(tables, state, state.resources[k], now)
    cells[N_RESOURCES] = 0
    if cells[FIXED_US] == now:
        first, one_by_one = cells[NEXT_CUTOFF], False
        while tables.cutoff_us[cells[NEXT_CUTOFF]] == now:
            d = tables.cutting_off[cells[NEXT_CUTOFF]]
            if tables.one_by_one[tables.queue_of_departure[d]]:
                one_by_one = True
            else:
                load(tables, state, d)
            cells[NEXT_CUTOFF] += 1
        if one_by_one:
            load_one_by_one(tables, state, first, cells[NEXT_CUTOFF])
        find_fixed(tables, state)
    for k in range(cells[N_FLEETS]):
        state.fleet_asked[state.fleets[k]] = False
        load_trucks(tables, state, state.fleets[k], now)
    cells[N_FLEETS] = 0
    close_hole(tables, state)


def run(tables: Tables, state: State, work: int) -> None:
    """Run until so much work is done; the run is over when the phase is ``OVER``.

    An instant counts, and each of the goods that a departure looks at.
    """
    tables, state = at_hand(tables), at_hand(state)
    cells, end_us = state.cells, tables.end_us[0]
    if cells[PHASE] == NOT_BEGUN:
        cells[PHASE] = RUNNING
        find_fixed(tables, state)
    cells[WORK] = 0
    while cells[WORK] < work:
        cells[WORK] += 1
        now = cells[FIXED_US]
        if cells[N_AGENDA] > 0:
            now = min(now, state.agenda[0, 0])
        if now >= end_us:
            cells[PHASE] = OVER
            break
        move(tables, state, now)
        decide_all(tables, state, now)
    if cells[PHASE] == OVER:
        take_out(tables, state)
