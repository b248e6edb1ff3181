"""The event loop, compiled by Numba; ``docs/semantics.md`` defines what it does.

A **token** (the goods or a declaration of a consignment) is one number, ``consignment << STEP_BITS | step``.
The **agenda** is a heap with four children a node of ``(time, what)``: a token whose step ends then, or below
zero a departure that arrives or what a truck does. Entries, changes of servers and cut-offs come from sorted
arrays beside it. Ties need no order in the agenda, since the order of the movements of an instant does not
matter; what does matter is the order in each queue, and :func:`admit` sorts the arrivals of an instant.

Begin and end of an event row lie side by side in ``times``. They hold more than milestones in a run:

- Until a step begins its end holds its duration. When it begins its end is written at once, in the future,
  and also begin and end of the DELAYs behind it that nothing can hold up. A time that lies at or after the
  end of the run is taken out when the run is over.
- The begin of a row that waits in a queue holds the next token in the queue, as a number below ``LINKS``. So
  a queue needs no memory of its own. Where a service is loaded one by one, the end of such a row holds its
  arrival in the queue, and ``NEVER`` once the goods go by another service of the choice.

All of it is one file, because the cache on disk of compiled functions goes by the file of the outermost one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numba
import numpy as np

if TYPE_CHECKING:
    from fourport.engine.compiled.tables import State, Tables

F = TypeVar("F", bound=Callable[..., Any])

NEVER = np.int64(-(2**63))
LINKS = np.int64(-(2**62))
"""Begins up to here are no times: ``NEVER``, or the next token in a queue."""
UNBOUND = np.int64(2**62)
"""Capacity in a dimension that does not limit loading, as in the plan."""
OPEN = np.int64(2**63 - 1)
"""End of a JOIN at which the goods wait."""

STEP_BITS, CONSIGNMENT_BITS, QUEUE_BITS = 16, 31, 16
STEP, TOKEN = (1 << STEP_BITS) - 1, (1 << (STEP_BITS + CONSIGNMENT_BITS)) - 1

DELAY, RESOURCE, SERVICE, FLEET, JOIN, MARK = range(6)
"""Kinds of steps, as in the plan."""

COLUMNS = 16
(
    KIND,
    PROVIDER,  # of a DELAY: the hours within which it begins
    QUEUE,  # queue of all trader classes; -1 if it depends on the class
    SURE,  # 1: never passed over
    LAST,  # 1: last of its track
    THROUGH,  # 1: a DELAY, and the next step is one that takes its time whatever happens
    CONDITION,
    UNLESS_DONE,
    AFTER,  # last step of the track that must have ended before
    JOIN_OF,  # JOIN that waits for the end of this step
    FIRST,  # first step of the track that a JOIN waits for; of a SERVICE, of the choice that it is part of
    ENDS,  # last step of that track, or of that choice
    EARLY,  # first step of the track that this step may start
    EARLY_CONDITION,
    EARLY_GOES_ON,  # 1: something follows the first step of that track
    SPACE,
) = range(COLUMNS)
"""Columns of ``tables.steps``; -1 for none."""

N_AGENDA, N_ARRIVED, N_RESOURCES, N_FLEETS, HOLE, PHASE, WORK, FIXED_US = range(8)
NEXT_ENTRY, NEXT_CHANGE, NEXT_CUTOFF, N_PARTS = range(8, 12)
"""Cells of ``state.cells``. HOLE is 1 while the root of the agenda is free; FIXED_US is when the next entry,
change of servers or cut-off is due."""
CELLS = 16
NOT_BEGUN, RUNNING, OVER = range(3)
"""Phases."""

ARRIVAL, HOLD, TRUCK_ARRIVAL, TRUCK_HOME = range(4)
"""What happens to a departure or trip ``k``: ``-1 - (k << 2 | one of these)`` in the agenda."""


OPTIONS: dict[str, Any] = {"_nrt": False, "nogil": True, "error_model": "numpy"}
"""Options of every compiled function. ``_nrt`` leaves out the counting of references to arrays, which took 20
times as long as all the rest."""

INLINED = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options of a function that is only compiled into others; without wrappers that takes half as long."""


def inlined(function: F) -> F:
    """Compile a function into its callers."""
    njit: Any = numba.njit  # Numba's own types do not know all of its options.
    made: F = njit(function, **OPTIONS, **INLINED)
    return made


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


@inlined
def sink_key(keys: Any, k: int, n: int) -> None:
    """Let key ``k`` sink in a heap of ``n`` with the largest key first."""
    key = keys[k]
    while True:
        child = 2 * k + 1
        if child >= n:
            break
        if child + 1 < n and keys[child + 1] > keys[child]:
            child += 1
        if keys[child] <= key:
            break
        keys[k] = keys[child]
        k = child
    keys[k] = key


@inlined
def sort(keys: Any, n: int) -> None:
    """Sort the first ``n`` keys in place: few by insertion, many by a heap, and none that are in order."""
    in_order = True
    for k in range(1, n):
        if keys[k] < keys[k - 1]:
            in_order = False
            break
    if in_order:
        return
    if n <= 24:
        for k in range(1, n):
            key, at = keys[k], k
            while at > 0 and keys[at - 1] > key:
                keys[at] = keys[at - 1]
                at -= 1
            keys[at] = key
        return
    for k in range(n // 2 - 1, -1, -1):
        sink_key(keys, k, n)
    for last in range(n - 1, 0, -1):
        keys[0], keys[last] = keys[last], keys[0]
        sink_key(keys, 0, last)


@inlined
def row_of(tables: Tables, token: int) -> int:
    """Return the event row of a token."""
    row: int = tables.row_of_step_0[token >> STEP_BITS] + (token & STEP)
    return row


@inlined
def has_ended(state: State, row: int, by: int) -> bool:
    """Return whether a step has ended at the instant ``by`` or before."""
    ended: bool = state.times[row, 0] > LINKS and state.times[row, 1] <= by
    return ended


@inlined
def passes_over(tables: Tables, state: State, i: int, s: int, now: int) -> bool:
    """Return whether a token that comes to step ``s`` now passes it over."""
    step, row_0 = tables.steps[s], tables.row_of_step_0[i]
    if step[CONDITION] >= 0 and not tables.holds[step[CONDITION], i]:
        return True
    if step[UNLESS_DONE] >= 0 and state.times[row_0 + step[UNLESS_DONE], 0] > LINKS:
        return True
    return step[AFTER] >= 0 and not has_ended(state, row_0 + step[AFTER], now - 1)


@inlined
def latest(instants_us: Any, low: int, high: int, at: int) -> Any:
    """Return the place of the latest of some instants, in order, that is not after ``at``; else the first."""
    while high - low > 1:
        middle = (low + high) >> 1
        if instants_us[middle] <= at:
            low = middle
        else:
            high = middle
    return low


@inlined
def lasting(tables: Tables, s: int, own: Any, at: int) -> Any:
    """Return how long the first step of a track takes: ``own``, or the time of the last arrival."""
    low, high = tables.arrival_first[s], tables.arrival_first[s + 1]
    if low == high:
        return own
    return tables.lasts_us[latest(tables.came_us, low, high, at)]


@inlined
def start_track(tables: Tables, state: State, i: int, first: int, goes_on: bool, at: int) -> None:
    """Start a declaration track, whose first step is a DELAY, at ``at``; at most once."""
    row, times = tables.row_of_step_0[i] + first, state.times
    if times[row, 0] <= LINKS:
        end = at + lasting(tables, first, times[row, 1], at)
        times[row, 0], times[row, 1] = at, end
        if goes_on and end < tables.end_us[0]:
            push(state, end, i << STEP_BITS | first)


@inlined
def file_ahead(tables: Tables, state: State, i: int, s: int, at: int) -> None:
    """Start the track that step ``s`` starts at its begin ``at``, if there is one and its condition holds."""
    step = tables.steps[s]
    if step[EARLY] >= 0 and (step[EARLY_CONDITION] < 0 or tables.holds[step[EARLY_CONDITION], i]):
        start_track(tables, state, i, step[EARLY], step[EARLY_GOES_ON] != 0, at)


@inlined
def first_open(tables: Tables, hours: int, now: int) -> Any:
    """Return the first instant from now on at which hours are open; ``NEVER`` if there is none."""
    low = latest(tables.hours_turn_us, tables.hours_first[hours], tables.hours_first[hours + 1], now)
    if tables.hours_open[low]:
        return now
    at: Any = NEVER
    if low + 1 < tables.hours_first[hours + 1]:
        at = tables.hours_turn_us[low + 1]
    return at


@inlined
def take_time(tables: Tables, state: State, i: int, s: int, begin: int) -> None:
    """Let a token spend the duration of a DELAY, and of those that follow whatever happens."""
    times, row_0, end_us = state.times, tables.row_of_step_0[i], tables.end_us[0]
    end = begin
    while True:
        row = row_0 + s
        times[row, 0] = end
        end += times[row, 1]
        times[row, 1] = end
        if end >= end_us:
            return
        if not tables.steps[s, THROUGH]:
            break
        s += 1
    if not tables.steps[s, LAST] or tables.steps[s, JOIN_OF] >= 0:
        push(state, end, i << STEP_BITS | s)


@inlined
def step_after(tables: Tables, state: State, i: int, s: int, now: int) -> int:
    """Return the step to go on with now that step ``s`` has ended; -1 for none.

    At the end of a declaration track this is the step behind the JOIN at which the goods wait for it.
    """
    if tables.steps[s, LAST]:
        s = tables.steps[s, JOIN_OF]
        row = tables.row_of_step_0[i] + s
        if s < 0 or state.times[row, 1] != OPEN or state.times[row, 0] <= LINKS:
            return -1
        state.times[row, 1] = now
        if tables.steps[s, LAST]:
            return -1
    return s + 1


@inlined
def queue_up(tables: Tables, state: State, i: int, s: int, last: int) -> None:
    """Let a token queue for step ``s``, and for those behind it up to ``last`` if it has a choice."""
    while s <= last:
        queue = tables.steps[s, QUEUE]
        if queue < 0:
            queue = tables.queue_of[s, tables.trader_class[i]]
        n = state.cells[N_ARRIVED]
        state.arrived[n] = np.int64(queue) << (STEP_BITS + CONSIGNMENT_BITS) | i << STEP_BITS | s
        state.cells[N_ARRIVED] = n + 1
        s += 1


@inlined
def arrive(tables: Tables, state: State, i: int, s: int, now: int) -> None:
    """Bring a token to step ``s``, and on through all steps that take no time; -1 is nowhere."""
    times, row_0 = state.times, tables.row_of_step_0[i]
    while s >= 0:
        step, row = tables.steps[s], row_0 + s
        if step[SURE] or not passes_over(tables, state, i, s, now):
            kind = step[KIND]
            if RESOURCE <= kind <= FLEET:
                is_choice = kind == SERVICE and step[ENDS] >= 0
                if is_choice and s != step[FIRST]:  # It has come by another service of the choice.
                    s = step[ENDS] + 1
                    continue
                queue_up(tables, state, i, s, step[ENDS] if is_choice else s)
                return
            begin = now
            if kind == DELAY and step[PROVIDER] >= 0:
                begin = first_open(tables, step[PROVIDER], now)
                if begin == NEVER:
                    return
            file_ahead(tables, state, i, s, begin)
            if kind == DELAY:
                take_time(tables, state, i, s, begin)
                return
            times[row, 0], times[row, 1] = now, now
            if kind == JOIN:
                start_track(tables, state, i, step[FIRST], True, now)
                if not has_ended(state, row_0 + step[ENDS], now):
                    times[row, 1] = OPEN
                    return
        s = step_after(tables, state, i, s, now)


@inlined
def ask(state: State, resource: int) -> None:
    """Let a resource decide at the end of this instant."""
    if not state.resource_asked[resource]:
        state.resource_asked[resource] = True
        state.resources[state.cells[N_RESOURCES]] = resource
        state.cells[N_RESOURCES] += 1


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
        push(state, now + tables.back_us[k], -1 - (k << 2 | TRUCK_HOME))
    elif event == TRUCK_HOME:
        state.at_home[fleet] += 1
        ask_fleet(state, fleet)
    # The end of a consolidation time does nothing if that truck has left.
    elif state.loading[fleet] and state.made[fleet] == k - tables.first_trip[fleet]:
        ask_fleet(state, fleet)


@inlined
def following(tables: Tables, state: State, token: Any) -> Any:
    """Return the token behind this one in its queue; -1 for none."""
    link = state.times[row_of(tables, token), 0]
    return np.int64(-1) if link == NEVER else link - NEVER - 1


@inlined
def link(tables: Tables, state: State, queue: int, token: Any, behind: Any) -> None:
    """Let ``behind`` follow ``token`` in a queue; a token -1 is the front, and -1 behind is the end."""
    if token < 0:
        state.front[queue] = behind
    else:
        state.times[row_of(tables, token), 0] = NEVER if behind < 0 else NEVER + 1 + behind
    if behind < 0:
        state.back[queue] = token


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
        push(state, end, token)


@inlined
def admit(tables: Tables, state: State, now: int) -> None:
    """Put the arrivals of this instant into their queues in the order of the definition.

    Nobody queues for a resource that has a server free and nobody waiting.
    """
    n, arrived = state.cells[N_ARRIVED], state.arrived
    state.cells[N_ARRIVED] = 0
    if n > 1:
        sort(arrived, n)
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
        elif kind == FLEET:
            ask_fleet(state, provider)
        elif tables.one_by_one[queue]:
            state.times[row_of(tables, token), 1] = now
        last = state.back[queue]
        link(tables, state, queue, last, token)
        state.back[queue] = token


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
        link(tables, state, queue, np.int64(-1), following(tables, state, token))
        serve(tables, state, resource, token, now)
        free -= 1
        waiting -= 1
    state.free[resource], state.waiting[resource] = free, waiting


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
    before, token = np.int64(-1), state.front[queue]
    while token >= 0:
        state.cells[WORK] += 1
        behind = following(tables, state, token)
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
            link(tables, state, queue, before, behind)
            embark(tables, state, token, tables.number_of_departure[d], begin, end)
            state.aboard[place] = token
            place += 1
        else:
            before = token
            # Not even the smallest consignment fits any more.
            none_in_block = b0 < least[0] or b1 < least[1] or b2 < least[2]
            if none_in_block and (f0 < least[0] or f1 < least[1] or f2 < least[2]):
                break
        token = behind
    state.next_aboard[queue] = place
    if place > first and end < tables.end_us[0]:
        state.departure_aboard[d, 0], state.departure_aboard[d, 1] = first, place
        push(state, end, -1 - (d << 2 | ARRIVAL))


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
        push(state, end, token)


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


@inlined
def load_trucks(tables: Tables, state: State, fleet: int, now: int) -> None:
    """Load trucks in strict order of the queue and send those that are full or have waited long enough.

    Nothing is done while the fleet is closed.
    """
    queue, room = tables.queue_of_fleet[fleet], state.room[fleet]
    while state.fleet_open[fleet]:
        trip = tables.first_trip[fleet] + state.made[fleet]
        if not state.loading[fleet]:
            if state.at_home[fleet] == 0 or state.front[queue] < 0:
                return
            if trip == tables.first_trip[fleet + 1]:  # More trips than visits: goods larger than a truck.
                return
            state.at_home[fleet] -= 1
            state.loading[fleet] = True
            state.trips[trip, 0] = now
            room[0], room[1] = tables.fleet_weight_g[fleet], tables.fleet_volume_cm3[fleet]
            state.trip_aboard[trip, 0] = state.next_aboard[queue]
            push(state, now + tables.fleet_hold_us[fleet], -1 - (trip << 2 | HOLD))
        token = state.front[queue]
        while token >= 0 and tables.size[token >> STEP_BITS, 0] <= room[0]:
            if tables.size[token >> STEP_BITS, 1] > room[1]:
                break
            room[0] -= tables.size[token >> STEP_BITS, 0]
            room[1] -= tables.size[token >> STEP_BITS, 1]
            state.aboard[state.next_aboard[queue]] = token
            state.next_aboard[queue] += 1
            behind = following(tables, state, token)
            link(tables, state, queue, np.int64(-1), behind)
            token = behind
        full = token >= 0 or room[0] == 0 or room[1] == 0
        if not full and now < state.trips[trip, 0] + tables.fleet_hold_us[fleet]:
            return
        arrival = now + tables.out_us[trip]
        state.loading[fleet] = False
        state.made[fleet] += 1
        state.trips[trip, 1], state.trips[trip, 2] = now, NEVER
        state.trip_aboard[trip, 1] = state.next_aboard[queue]
        for a in range(state.trip_aboard[trip, 0], state.trip_aboard[trip, 1]):
            embark(tables, state, state.aboard[a], trip - tables.first_trip[fleet], now, arrival)
        push(state, arrival, -1 - (trip << 2 | TRUCK_ARRIVAL))


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
            s = tables.first_step[tables.route[i]]
        elif cells[N_AGENDA] > 0 and state.agenda_us[0] == now and not cells[HOLE]:
            what = state.agenda[0]
            cells[HOLE] = 1
            if what < 0:
                k, event = (-1 - what) >> 2, (-1 - what) & 3
                happen(tables, state, k, event, now)
                if event == ARRIVAL:
                    place, end = state.departure_aboard[k]
                elif event == TRUCK_ARRIVAL:
                    place, end = state.trip_aboard[k]
                continue
            i, s = what >> STEP_BITS, what & STEP
            leave(tables, state, i, s)
            s = step_after(tables, state, i, s, now)
        elif cells[HOLE] and more_now(state, now):
            close_hole(state)
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
    close_hole(state)


def run(tables: Tables, state: State, work: int) -> None:
    """Run until so much work is done; the run is over when the phase is ``OVER``.

    An instant counts, and each of the goods that a departure looks at.
    """
    cells, times, end_us = state.cells, state.times, tables.end_us[0]
    if cells[PHASE] == NOT_BEGUN:
        for row in range(len(times)):
            times[row, 0], times[row, 1] = NEVER, tables.duration_us[row]
        cells[PHASE] = RUNNING
        find_fixed(tables, state)
    cells[WORK] = 0
    while cells[WORK] < work:
        cells[WORK] += 1
        now = cells[FIXED_US]
        if cells[N_AGENDA] > 0:
            now = min(now, state.agenda_us[0])
        if now >= end_us:
            cells[PHASE] = OVER
            break
        move(tables, state, now)
        decide_all(tables, state, now)
    if cells[PHASE] == OVER:
        for row in range(len(times)):
            if times[row, 0] <= LINKS:
                times[row, 0], times[row, 1] = NEVER, NEVER
            elif times[row, 1] >= end_us:
                times[row, 1] = NEVER
