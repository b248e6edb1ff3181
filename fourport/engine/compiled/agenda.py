"""The agenda: a heap with four children a node of ``(time, what)``.

Time and event lie side by side. The four places behind the last event have the time ``FREE``, so that each
node with children has four.

An event is a token whose step ends then, or below zero a departure that arrives or what a truck does. Ties
need no order here, since the order of the movements of an instant does not matter; what does matter is the
order in each queue, and :func:`fourport.engine.compiled.loop.admit` sorts the arrivals of an instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.engine.compiled.fetching import fetch
from fourport.engine.compiled.numbering import FREE, HOLE, N_AGENDA, STEP, STEP_BITS
from fourport.machine.compiling import inlined

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State
    from fourport.engine.compiled.tables import Tables


@inlined
def fetch_next_row(tables: Tables, state: State, what: int) -> None:
    """Have the row brought into the caches that is read first when an event is due.

    The rows of all that are under way do not fit into them if a million consignments enter in a year.
    """
    if what >= 0:
        fetch(state.times, tables.row_of_step_0[what >> STEP_BITS] + tables.next_read[what & STEP])


@inlined
def sink(tables: Tables, state: State, at: int, what: int) -> None:
    """Put an event into the root of the agenda and let it sink to its place."""
    agenda, n, k = state.agenda, state.cells[N_AGENDA], 0
    while True:
        child = 4 * k + 1
        if child >= n:
            break
        a, b, c, d = agenda[child, 0], agenda[child + 1, 0], agenda[child + 2, 0], agenda[child + 3, 0]
        left, right = child + (b < a), child + 2 + (d < c)
        left_at, right_at = min(a, b), min(c, d)
        first, first_at = right if right_at < left_at else left, min(left_at, right_at)
        if at <= first_at:
            break
        agenda[k, 0], agenda[k, 1] = first_at, agenda[first, 1]
        if 0 < k < 5:  # It has come to stand just below the root, and is due soon.
            fetch_next_row(tables, state, agenda[k, 1])
        k = first
    agenda[k, 0], agenda[k, 1] = at, what


@inlined
def push(tables: Tables, state: State, at: int, what: int) -> None:
    """Put an event into the agenda, in place of the one that is happening if its place is free."""
    cells, agenda = state.cells, state.agenda
    if cells[HOLE]:
        cells[HOLE] = 0
        sink(tables, state, at, what)
        return
    k = cells[N_AGENDA]
    cells[N_AGENDA] = k + 1
    agenda[k + 4, 0] = FREE
    while k > 0:
        parent = (k - 1) >> 2
        if agenda[parent, 0] <= at:
            break
        agenda[k, 0], agenda[k, 1] = agenda[parent, 0], agenda[parent, 1]
        k = parent
    agenda[k, 0], agenda[k, 1] = at, what


@inlined
def close_hole(tables: Tables, state: State) -> None:
    """Take the event that has happened out of the agenda, unless another took its place."""
    cells, agenda = state.cells, state.agenda
    if cells[HOLE]:
        n = cells[N_AGENDA] - 1
        cells[HOLE], cells[N_AGENDA] = 0, n
        at, what = agenda[n, 0], agenda[n, 1]
        agenda[n, 0] = FREE
        if n > 0:
            sink(tables, state, at, what)


@inlined
def more_now(state: State, now: int) -> bool:
    """Return whether another event of this instant lies below the free root."""
    found = False
    for k in range(1, 5):
        found |= state.agenda[k, 0] == now
    return found
