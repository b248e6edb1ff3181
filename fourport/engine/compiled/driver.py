"""Compile the loop once, and run it so that an interrupt is heard."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from functools import cache
from typing import Any

import numba
import numpy as np
from numba.core import event

from fourport.engine.compiled import loop
from fourport.engine.compiled.tables import State, nothing, state_of, tables_of
from fourport.engine.milestones import Milestones, Trips
from fourport.plan.tables import Plan
from fourport.world.tables import World

INSTANTS = 200_000
"""Instants between two looks at interrupts, which is some hundredths of a second."""


LARGE = 5_000_000
"""Event rows from which on memory is worth more than the time to return it."""


def simulate(plan: Plan, world: World) -> Milestones:
    """Run a world through a plan.

    Raises
    ------
    UserError
        If there are more consignments or steps than the loop can number.
    """
    run = compiled()
    tables = tables_of(plan, world)
    if len(world.duration_us) > LARGE:
        _return_memory()
    state = state_of(plan, tables)
    while state.cells[loop.PHASE] != loop.OVER:
        run(tables, state, INSTANTS)
    return _milestones(tables.first_trip, state)


def prepare() -> None:
    """Compile the loop or load it, before processes are started that would each do so."""
    compiled()


@cache
def compiled() -> Any:
    """Return the compiled loop: from the cache on disk, or compiled now, which a line on stderr says.

    It is compiled for one kind of arguments; any other is an error.
    """
    try:
        run = numba.njit(loop.run, cache=True, **loop.OPTIONS)
    except RuntimeError:  # No folder for a cache can be written.
        run = numba.njit(loop.run, **loop.OPTIONS)
    with event.install_listener("numba:compile", _Tell()):
        try:
            run(*nothing(), 1)
        except OSError:
            if not run.signatures:  # The cache cannot be read. Otherwise it was compiled, and only not kept.
                run = numba.njit(loop.run, **loop.OPTIONS)
                run(*nothing(), 1)
    run.disable_compile()
    return run


def _return_memory() -> None:
    """Return to the system what drawing the world has freed, where the C library can.

    It is some 100 MB for a million consignments.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


class _Tell(event.Listener):
    """Say on stderr that the loop is being compiled, at the first function of it."""

    told = False

    def on_start(self, event: object) -> None:
        """Say it once."""
        if not self.told:
            self.told = True
            print("compiling the engine, once for this version: up to half a minute", file=sys.stderr)

    def on_end(self, event: object) -> None:
        """Say nothing."""


def _milestones(first_trip: Any, state: State) -> Milestones:
    trips = []
    for first, made in zip(first_trip.tolist(), state.made.tolist(), strict=False):
        opened, departed, arrived = np.ascontiguousarray(state.trips[first : first + made].T)
        trips.append(Trips(opened, departed, arrived))
    return Milestones(state.times[:, 0], state.times[:, 1], state.departure_index, tuple(trips))
