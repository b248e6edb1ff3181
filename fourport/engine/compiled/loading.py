"""Load a departure whose goods go whole, by this service only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.engine.compiled.agenda import push
from fourport.engine.compiled.numbering import ARRIVAL, SPACE, STEP, STEP_BITS, WORK
from fourport.engine.compiled.walk import file_ahead
from fourport.machine.compiling import inlined

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State
    from fourport.engine.compiled.tables import Tables


@inlined
def embark(tables: Tables, state: State, token: int, number: int, begin: int, end: int) -> None:
    """Record that a token travels with departure or trip ``number``."""
    i, s = token >> STEP_BITS, token & STEP
    row = tables.row_of_step_0[i] + s
    state.times[row, 0], state.times[row, 1] = begin, end
    state.departure_index[row] = number
    file_ahead(tables, state, i, s, begin)


@inlined
def load(tables: Tables, state: State, d: int) -> None:
    """Load a departure in order of the queue with what fits; the others keep their places."""
    queue, size, least = tables.queue_of_departure[d], tables.size, tables.least_size
    block, room = tables.block_space[d], tables.free_sale[d]
    b0, b1, b2 = block[0], block[1], block[2]
    f0, f1, f2 = room[0], room[1], room[2]
    begin, end = tables.departure_us[d], tables.arrival_us[d]
    first = place = state.next_aboard[queue]
    left = 0
    for waiting in range(first, state.next_free[queue]):
        state.cells[WORK] += 1
        token = state.aboard[waiting]
        i, s = token >> STEP_BITS, token & STEP
        g, v, c = size[i, 0], size[i, 1], size[i, 2]
        fits = True
        if tables.steps[s, SPACE] and g <= b0 and v <= b1 and c <= b2:
            b0, b1, b2 = b0 - g, b1 - v, b2 - c
        elif g <= f0 and v <= f1 and c <= f2:
            f0, f1, f2 = f0 - g, f1 - v, f2 - c
        else:
            fits = False
        if fits:
            embark(tables, state, token, tables.number_of_departure[d], begin, end)
            state.aboard[place] = token
            place += 1
        else:
            state.aside[left] = token
            left += 1
            # Not even the smallest consignment fits any more.
            none_in_block = b0 < least[0] or b1 < least[1] or b2 < least[2]
            if none_in_block and (f0 < least[0] or f1 < least[1] or f2 < least[2]):
                break
    for k in range(left):
        state.aboard[place + k] = state.aside[k]
    state.next_aboard[queue] = place
    if place > first and end < tables.end_us[0]:
        state.departure_aboard[d, 0], state.departure_aboard[d, 1] = first, place
        push(tables, state, end, -1 - (d << 2 | ARRIVAL))
