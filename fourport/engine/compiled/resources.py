"""Resources: servers that are taken, at work, and free again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fourport.engine.compiled.agenda import push
from fourport.engine.compiled.fetching import fetch
from fourport.engine.compiled.numbering import KIND, N_RESOURCES, PROVIDER, RESOURCE
from fourport.engine.compiled.queues import following, link, row_of
from fourport.machine.compiling import inlined

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State
    from fourport.engine.compiled.tables import Tables


@inlined
def ask(state: State, resource: int) -> None:
    """Let a resource decide at the end of this instant."""
    if not state.resource_asked[resource]:
        state.resource_asked[resource] = True
        state.resources[state.cells[N_RESOURCES]] = resource
        state.cells[N_RESOURCES] += 1


@inlined
def take_server(tables: Tables, state: State, resource: int) -> int:
    """Take the first server that is on duty and free, of a resource that resumes its work."""
    first, server = tables.first_server[resource], state.all_taken_below[resource]
    while state.taken[first + server]:
        server += 1
    state.taken[first + server] = True
    state.all_taken_below[resource] = server + 1
    found: int = server
    return found


@inlined
def worked_off(tables: Tables, state: State, resource: int, server: int, work: int, now: int) -> int:
    """Return when a server that begins now has been on duty for so long; the end of the run if never."""
    k, at = tables.first_change[resource] + state.changed[resource] - 1, now
    while k + 1 < tables.first_change[resource + 1]:
        until = tables.own_change_us[k + 1]
        if server < tables.own_servers[k]:
            if work <= until - at:
                return at + work
            work -= until - at
        at = until
        k += 1
    end: int = at + work if server < tables.own_servers[k] else tables.end_us[0]
    return end


@inlined
def serve(tables: Tables, state: State, resource: int, token: int, now: int) -> None:
    """Begin the service of a token."""
    row, times = row_of(tables, token), state.times
    end = now + times[row, 1]
    if tables.resumes[resource]:
        server = take_server(tables, state, resource)
        state.departure_index[row] = server
        end = worked_off(tables, state, resource, server, times[row, 1], now)
    times[row, 0], times[row, 1] = now, end
    if end < tables.end_us[0]:
        push(tables, state, end, token)


@inlined
def decide(tables: Tables, state: State, resource: int, now: int) -> None:
    """Begin as many services as there are servers free, by class and then in order of the queue."""
    free, waiting = state.free[resource], state.waiting[resource]
    queue = tables.first_queue[resource]
    while free > 0 and waiting > 0:
        token = state.front[queue]
        if token < 0:
            queue += 1
            continue
        behind = following(tables, state, token)
        link(tables, state, queue, np.int64(-1), behind)
        if behind >= 0:  # It is served next.
            fetch(state.times, row_of(tables, behind))
        serve(tables, state, resource, token, now)
        free -= 1
        waiting -= 1
    state.free[resource], state.waiting[resource] = free, waiting


@inlined
def leave(tables: Tables, state: State, i: int, s: int) -> None:
    """Free the server of a token whose step ``s`` has ended, if it has one."""
    if tables.steps[s, KIND] == RESOURCE:
        resource = tables.steps[s, PROVIDER]
        is_on_duty = True
        if tables.resumes[resource]:
            server = state.departure_index[tables.row_of_step_0[i] + s]
            state.taken[tables.first_server[resource] + server] = False
            state.all_taken_below[resource] = min(state.all_taken_below[resource], server)
            is_on_duty = server < state.on_duty[resource]
        state.free[resource] += is_on_duty
        if state.waiting[resource] > 0:
            ask(state, resource)
