"""The way of a token through its steps, up to one that others decide about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourport.engine.compiled.agenda import push
from fourport.engine.compiled.numbering import (
    AFTER,
    CONDITION,
    DELAY,
    EARLY,
    EARLY_CONDITION,
    EARLY_GOES_ON,
    ENDS,
    FIRST,
    FLEET,
    JOIN,
    JOIN_OF,
    KIND,
    LAST,
    LINKS,
    NEVER,
    OPEN,
    PROVIDER,
    RESOURCE,
    SERVICE,
    STEP_BITS,
    SURE,
    THROUGH,
    UNLESS_DONE,
)
from fourport.engine.compiled.queues import queue_up
from fourport.machine.compiling import inlined

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State
    from fourport.engine.compiled.tables import Tables


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
            push(tables, state, end, i << STEP_BITS | first)


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
        push(tables, state, end, i << STEP_BITS | s)


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
