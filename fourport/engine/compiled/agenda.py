"""The agenda: a heap with four children a node of ``(time, what)``.

An event is a token whose step ends then, or below zero a departure that arrives or what a truck does. Ties
need no order here, since the order of the movements of an instant does not matter; what does matter is the
order in each queue, and :func:`fourport.engine.compiled.loop.admit` sorts the arrivals of an instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourport.engine.compiled.numbering import HOLE, N_AGENDA
from fourport.machine.compiling import inlined

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State


@inlined
def sink(at: Any, what: Any, n: int, new_at: int, new_what: int) -> None:
    """Put an event into the root of the agenda of ``n`` and let it sink to its place."""
    k = 0
    while True:
        child = 4 * k + 1
        if child + 4 <= n:
            a, b, c, d = at[child], at[child + 1], at[child + 2], at[child + 3]
            left, right = child + (b < a), child + 2 + (d < c)
            first = right if min(c, d) < min(a, b) else left
        elif child < n:
            first = child
            for other in range(child + 1, n):
                if at[other] < at[first]:
                    first = other
        else:
            break
        if new_at <= at[first]:
            break
        at[k], what[k] = at[first], what[first]
        k = first
    at[k], what[k] = new_at, new_what


@inlined
def push(state: State, at: int, what: int) -> None:
    """Put an event into the agenda, in place of the one that is happening if its place is free."""
    cells, keys, values = state.cells, state.agenda_us, state.agenda
    if cells[HOLE]:
        cells[HOLE] = 0
        sink(keys, values, cells[N_AGENDA], at, what)
        return
    k = cells[N_AGENDA]
    cells[N_AGENDA] = k + 1
    while k > 0:
        parent = (k - 1) >> 2
        if keys[parent] <= at:
            break
        keys[k], values[k] = keys[parent], values[parent]
        k = parent
    keys[k], values[k] = at, what


@inlined
def close_hole(state: State) -> None:
    """Take the event that has happened out of the agenda, unless another took its place."""
    cells, at, what = state.cells, state.agenda_us, state.agenda
    if cells[HOLE]:
        n = cells[N_AGENDA] - 1
        cells[HOLE], cells[N_AGENDA] = 0, n
        if n > 0:
            sink(at, what, n, at[n], what[n])


@inlined
def more_now(state: State, now: int) -> bool:
    """Return whether another event of this instant lies below the free root."""
    found = False
    for k in range(1, min(5, state.cells[N_AGENDA])):
        found |= state.agenda_us[k] == now
    return found
