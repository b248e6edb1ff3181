"""Compile the loop once, and run it so that an interrupt is heard."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np

from fourport.arguments import CACHE_VARIABLE
from fourport.engine.compiled import machine_code, numbering
from fourport.engine.compiled.packed import Packed
from fourport.engine.compiled.state import State, state_of
from fourport.engine.compiled.tables import tables_of
from fourport.engine.messages import tell
from fourport.engine.milestones import Milestones, Parts, Trips
from fourport.plan.tables import Plan
from fourport.world.tables import World

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
    if meanwhile is not None and not _code.cache_info().currsize and machine_code.kept() is None:
        meanwhile(COMPILING)
    ready_loop()


@cache
def ready_loop() -> Callable[[Packed, Packed, int], None]:
    """Return the loop, loaded once."""
    return _code().function()


@cache
def _code() -> machine_code.MachineCode:
    """Return the machine code of the loop: from disk, or compiled now, which a line on stderr says."""
    code = machine_code.kept()
    if code is None:
        tell(f"{COMPILING}, once for this version: up to half a minute")
        from fourport.engine.compiled import loop
        from fourport.engine.compiled.compiling import compiled

        code = machine_code.MachineCode.of(*compiled(loop.run))
        try:
            code.keep()
        except OSError as error:
            tell(f"it cannot be kept on disk ({error}); {CACHE_VARIABLE} names another folder")
    return code


def _return_memory() -> None:
    """Return to the system what drawing the world has freed, where the C library can.

    It is some 100 MB for a million consignments.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _milestones(first_trip: Any, state: State) -> Milestones:
    trips = []
    for first, made in zip(first_trip.tolist(), state.made.tolist(), strict=False):
        opened, departed, arrived = np.ascontiguousarray(state.trips[first : first + made].T)
        trips.append(Trips(opened, departed, arrived))
    parts = Parts.sorted(*np.ascontiguousarray(state.parts[: state.cells[numbering.N_PARTS]].T))
    return Milestones(state.times, state.departure_index, tuple(trips), parts)
