"""Compile the loop once, and run it so that an interrupt is heard."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from typing import Any

import numba
import numpy as np
from numba.core import event

from fourport.engine.compiled import loop, numbering
from fourport.engine.compiled.compiling import outermost
from fourport.engine.compiled.packed import Packed
from fourport.engine.compiled.state import State, nothing, state_of
from fourport.engine.compiled.tables import tables_of
from fourport.engine.messages import tell
from fourport.engine.milestones import Milestones, Parts, Trips
from fourport.plan.tables import Plan
from fourport.world.tables import World

if vars(numba.config)["DISABLE_JIT"]:
    raise ImportError("NUMBA_DISABLE_JIT is set")

WORK = 200_000
"""Instants, and goods that departures look at, between two looks at interrupts: hundredths of a second."""

COMPILING = "compiling the engine"

LARGE = 5_000_000
"""Event rows from which on memory is worth more than the time to return it."""


def simulate(plan: Plan, world: World) -> Milestones:
    """Run a world through a plan.

    Raises
    ------
    UserError
        If there are more consignments or steps than the loop can number.
    """
    run = ready_loop()
    tables = tables_of(plan, world)
    if len(world.duration_us) > LARGE:
        _return_memory()
    state = state_of(plan, tables)
    asked = Packed(tables), Packed(state), WORK
    while state.cells[numbering.PHASE] != numbering.OVER:
        run(*asked)
    return _milestones(tables.first_trip, state)


def prepare(meanwhile: Callable[[str], object] | None = None) -> None:
    """Compile the loop or load it, before processes are started that would each do so.

    Parameters
    ----------
    meanwhile
        Called with the words for it if the loop is compiled.
    """
    with nullcontext() if meanwhile is None else _at_compiling(meanwhile, COMPILING):
        ready_loop()


@cache
def ready_loop() -> Any:
    """Return the compiled loop: from the cache on disk, or compiled now, which a line on stderr says.

    It is compiled for one kind of arguments; any other is an error. A cache that is damaged is emptied.
    """
    unkept: Exception | None = None
    with _at_compiling(tell, f"{COMPILING}, once for this version: up to half a minute"):
        for keep in (True, True, False):
            try:
                run = outermost(loop.run, cache=keep)
            except RuntimeError as error:  # No folder for a cache can be written.
                unkept = error
                continue
            try:
                run(*map(Packed, nothing()), 1)
                unkept = unkept if not keep else None
            except Exception as error:
                # A damaged file of the cache raises whatever unpickling meets, of which there is no list. An
                # error of the loop itself comes back without the cache.
                if not keep:
                    raise
                unkept = error
                if not run.signatures:  # It was not read from the cache, and not compiled either.
                    with suppress(OSError):  # a folder that cannot be written is told below
                        run._cache.flush()
                    continue
            break
    if unkept is not None:
        tell(f"it cannot be kept on disk ({unkept}); NUMBA_CACHE_DIR names another folder")
    run.disable_compile()
    return run


def _return_memory() -> None:
    """Return to the system what drawing the world has freed, where the C library can.

    It is some 100 MB for a million consignments.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _at_compiling(say: Callable[[str], object], words: str) -> AbstractContextManager[None]:
    """Return a context in which something is said when compiling begins."""
    return event.install_listener("numba:compile", _Listener(say, words))


class _Listener(event.Listener):
    """Listens to the compiler, for a single report at the first function that it compiles."""

    def __init__(self, say: Callable[[str], object], words: str) -> None:
        self._say, self._words, self._said = say, words, False

    def on_start(self, event: object) -> None:
        """Report the first compilation; the later ones are part of it."""
        if not self._said:
            self._said = True
            self._say(self._words)

    def on_end(self, event: object) -> None:
        """Do nothing when a function is compiled."""


def _milestones(first_trip: Any, state: State) -> Milestones:
    trips = []
    for first, made in zip(first_trip.tolist(), state.made.tolist(), strict=False):
        opened, departed, arrived = np.ascontiguousarray(state.trips[first : first + made].T)
        trips.append(Trips(opened, departed, arrived))
    parts = Parts.sorted(*np.ascontiguousarray(state.parts[: state.cells[numbering.N_PARTS]].T))
    return Milestones(state.times, state.departure_index, tuple(trips), parts)
