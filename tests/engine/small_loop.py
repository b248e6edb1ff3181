"""A loop that is over at once, to test how one is compiled and kept: it takes a second, not half a minute."""

from __future__ import annotations

from fourport.engine.compiled.numbering import OVER, PHASE
from fourport.engine.compiled.state import State
from fourport.engine.compiled.tables import Tables


def run(tables: Tables, state: State, work: int) -> None:
    """Take what the loop takes, and be over."""
    state.cells[PHASE] = OVER
