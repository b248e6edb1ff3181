"""Queues, linked through the begins of the rows that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fourport.engine.compiled.numbering import CONSIGNMENT_BITS, N_ARRIVED, NEVER, QUEUE, STEP, STEP_BITS
from fourport.machine.compiling import inlined

if TYPE_CHECKING:
    from fourport.engine.compiled.state import State
    from fourport.engine.compiled.tables import Tables


@inlined
def row_of(tables: Tables, token: int) -> int:
    """Return the event row of a token."""
    row: int = tables.row_of_step_0[token >> STEP_BITS] + (token & STEP)
    return row


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
