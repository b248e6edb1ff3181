"""Load departures consignment by consignment.

So are services that take parts, those that release block space, and those that are one of several for a leg,
whose queues are read side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fourport.engine.compiled.agenda import push
from fourport.engine.compiled.loading import embark
from fourport.engine.compiled.numbering import (
    ENDS,
    FIRST,
    N_PARTS,
    NEVER,
    QUEUE,
    SPACE,
    STEP,
    STEP_BITS,
    UNBOUND,
    WORK,
)
from fourport.engine.compiled.queues import following, link, row_of
from fourport.machine.compiling import inlined

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State
    from fourport.engine.compiled.tables import Tables


@inlined
def gone_with(size: Any, gone: Any, room: Any) -> Any:
    """Return the thousandths that have left if the room is filled with a part, in one dimension."""
    if room >= size:
        return np.int64(1000)
    filled = room + size * gone // 1000
    return min(np.int64(1000), (1000 * (filled + 1) - 1) // size)


@inlined
def part_for(size: Any, gone: Any, room: Any) -> Any:
    """Return the largest part of a consignment that fits, in thousandths; all that is left if it fits."""
    until = np.int64(1000)
    for k in range(3):
        until = min(until, gone_with(size[k], gone, room[k]))
    return until - gone


@inlined
def take_part(tables: Tables, state: State, token: int, d: int, part: Any) -> None:
    """Record that a part of a token travels with a departure."""
    i, n = token >> STEP_BITS, state.cells[N_PARTS]
    state.parts[n, 0] = row_of(tables, token)
    state.parts[n, 1] = tables.number_of_departure[d]
    state.parts[n, 2] = part
    state.cells[N_PARTS] = n + 1
    state.gone[i] += part
    state.latest_us[i] = max(state.latest_us[i], tables.arrival_us[d])


@inlined
def embark_all(tables: Tables, state: State, token: int, d: int) -> None:
    """Let a token travel with all that is left of it, and arrive with its latest part."""
    i, end = token >> STEP_BITS, tables.arrival_us[d]
    if state.gone[i] > 0:
        take_part(tables, state, token, d, 1000 - state.gone[i])
        end = state.latest_us[i]
        state.gone[i], state.latest_us[i] = 0, NEVER
    embark(tables, state, token, tables.number_of_departure[d], tables.departure_us[d], end)
    if end < tables.end_us[0]:
        push(tables, state, end, token)


@inlined
def leave_others(tables: Tables, state: State, i: int, s: int) -> None:
    """Mark the tokens of the other steps of a choice as gone; they leave their queues when these are read."""
    if tables.steps[s, ENDS] >= 0:
        for other in range(tables.steps[s, FIRST], tables.steps[s, ENDS] + 1):
            if other != s:
                state.times[tables.row_of_step_0[i] + other, 1] = NEVER


@inlined
def has_block_for(tables: Tables, i: int, s: int, d: int) -> Any:
    """Return whether goods may use block space: accepted by its release, if there is one."""
    released = tables.released_us[d]
    return tables.steps[s, SPACE] and (released == NEVER or tables.entry_us[i] <= released)


@inlined
def is_kept(tables: Tables, s: int, d: int, came: Any) -> Any:
    """Return whether goods are kept for a service that they prefer to that of departure ``d``."""
    kept = tables.kept_first[s]
    if kept < 0:
        return False
    return tables.kept_us[kept + tables.number_of_departure[d]] <= came + tables.within_us[s]


@inlined
def try_to_load(tables: Tables, state: State, i: int, s: int, k: int) -> Any:
    """Load goods to the ``k``-th departure that closes now, or a part; return whether nothing is left."""
    d, came = state.closing[k], state.times[tables.row_of_step_0[i] + s, 1]
    if came == NEVER:  # A part has left with another service.
        return False
    if is_kept(tables, s, d, came):
        return False
    size, gone, block, free = tables.size[i], state.gone[i], state.left[k, 0], state.left[k, 1]
    of_block = part_for(size, gone, block) if has_block_for(tables, i, s, d) else np.int64(0)
    part = max(of_block, part_for(size, gone, free))
    is_all = part == 1000 - gone
    if not is_all:
        if part == 0 or not tables.splits[d] or state.has_split[k]:
            return False
        if not tables.too_large[tables.too_large_for[s], i]:
            return False
    room = block if part == of_block else free
    for dimension in range(3):
        of_all = size[dimension]
        room[dimension] -= of_all * (gone + part) // 1000 - of_all * gone // 1000
    leave_others(tables, state, i, s)
    token = i << STEP_BITS | s
    if is_all:
        embark_all(tables, state, token, d)
    else:
        take_part(tables, state, token, d, part)
        state.has_split[k] = True
    return is_all


@inlined
def try_all(tables: Tables, state: State, token: int, n: int) -> Any:
    """Let goods try the ``n`` departures that close now, in order of the steps of their choice."""
    i, s = token >> STEP_BITS, token & STEP
    is_choice = tables.steps[s, ENDS] >= 0
    first = tables.steps[s, FIRST] if is_choice else s
    last = tables.steps[s, ENDS] if is_choice else s
    for s in range(first, last + 1):
        for k in range(n):
            is_its_own = tables.queue_of_departure[state.closing[k]] == tables.steps[s, QUEUE]
            if is_its_own and try_to_load(tables, state, i, s, k):
                return True
    return False


@inlined
def first_in_line(tables: Tables, state: State, n: int) -> Any:
    """Return the departure of ``n`` at whose queue the next of all waits; -1 if nobody does."""
    best, best_us, best_token = np.int64(-1), np.int64(0), np.int64(0)
    for k in range(n):
        token = state.head[k]
        while token >= 0 and state.times[row_of(tables, token), 1] == NEVER:
            behind = following(tables, state, token)
            link(tables, state, tables.queue_of_departure[state.closing[k]], state.before[k], behind)
            token = behind
        state.head[k] = token
        if token >= 0:
            came = state.times[row_of(tables, token), 1]
            if best < 0 or came < best_us or (came == best_us and token < best_token):
                best, best_us, best_token = np.int64(k), came, token
    return best


@inlined
def release(tables: Tables, state: State, k: Any, queue: int) -> None:
    """Keep block space of the ``k``-th departure that closes now for its goods, and give back the rest."""
    d, block, free = state.closing[k], state.left[k, 0], state.left[k, 1]
    k0, k1, k2 = np.int64(0), np.int64(0), np.int64(0)
    token = state.front[queue]
    while token >= 0:
        state.cells[WORK] += 1
        i, s = token >> STEP_BITS, token & STEP
        came = state.times[row_of(tables, token), 1]
        if came != NEVER and has_block_for(tables, i, s, d) and not is_kept(tables, s, d, came):
            size, gone = tables.size[i], state.gone[i]
            r0 = k0 + size[0] - size[0] * gone // 1000
            r1 = k1 + size[1] - size[1] * gone // 1000
            r2 = k2 + size[2] - size[2] * gone // 1000
            if r0 <= block[0] and r1 <= block[1] and r2 <= block[2]:
                k0, k1, k2 = r0, r1, r2
        token = following(tables, state, token)
    for dimension in range(3):
        kept = k0 if dimension == 0 else k1 if dimension == 1 else k2
        free[dimension] += min(block[dimension] - kept, UNBOUND - free[dimension])
        block[dimension] = kept


@inlined
def close(tables: Tables, state: State, first: int, last: int) -> Any:
    """List the departures that are loaded one by one, of some cut-offs, and their queues; return how many."""
    n = np.int64(0)
    for cutoff in range(first, last):
        d = tables.cutting_off[cutoff]
        queue = tables.queue_of_departure[d]
        if tables.one_by_one[queue]:
            state.closing[n], state.has_split[n] = d, False
            for dimension in range(3):
                state.left[n, 0, dimension] = tables.block_space[d, dimension]
                state.left[n, 1, dimension] = tables.free_sale[d, dimension]
            # Departures of one service follow each other, and its queue is read once.
            is_new = n == 0 or tables.queue_of_departure[state.closing[n - 1]] != queue
            state.head[n] = state.front[queue] if is_new else np.int64(-1)
            state.before[n] = -1
            if tables.released_us[d] != NEVER:
                release(tables, state, n, queue)
            n += 1
    return n


@inlined
def are_full(tables: Tables, state: State, n: int) -> bool:
    """Return whether nothing fits any more into the ``n`` departures that close now, not even a part."""
    least = tables.least_size
    for k in range(n):
        if tables.splits[state.closing[k]]:
            return False
        for pool in range(2):
            left = state.left[k, pool]
            if left[0] >= least[0] and left[1] >= least[1] and left[2] >= least[2]:
                return False
    return True


@inlined
def load_one_by_one(tables: Tables, state: State, first: int, last: int) -> None:
    """Load all departures of some cut-offs that close now, consignment by consignment.

    So are services that take parts, those that release block space, and those that are one of several for a
    leg, whose queues are read side by side.
    """
    n = close(tables, state, first, last)
    while True:
        next_one = first_in_line(tables, state, n)
        if next_one < 0:
            return
        state.cells[WORK] += 1
        token = state.head[next_one]
        i = token >> STEP_BITS
        # What follows in each queue, while the tokens still say so.
        for k in range(n):
            if state.head[k] >= 0 and state.head[k] >> STEP_BITS == i:
                state.behind[k] = following(tables, state, state.head[k])
        has_left = try_all(tables, state, token, n)
        for k in range(n):
            if state.head[k] >= 0 and state.head[k] >> STEP_BITS == i:
                if has_left:
                    queue = tables.queue_of_departure[state.closing[k]]
                    link(tables, state, queue, state.before[k], state.behind[k])
                else:
                    state.before[k] = state.head[k]
                state.head[k] = state.behind[k]
        if not has_left and are_full(tables, state, n):
            return
