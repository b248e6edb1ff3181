"""Run the loop so that an interrupt is heard."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Any

import numpy as np

from fourport import machine
from fourport.engine.compiled import numbering
from fourport.engine.compiled.state import State, state_of
from fourport.engine.compiled.tables import Tables, tables_of
from fourport.engine.milestones import Milestones, Parts, Trips
from fourport.plan.tables import Plan
from fourport.world.tables import World

WORK = 200_000
"""Instants, and goods that departures look at, between two looks at interrupts: hundredths of a second."""

LOOP = machine.Routine("loop", "fourport.engine.compiled.loop", (Tables, State, int), said="the engine")

LARGE = 5_000_000
"""Event rows from which on memory is worth more than the time to return it."""


def simulate(plan: Plan, world: World) -> Milestones:
    """Run a world through a plan.

    Raises
    ------
    UserError
        If there are more consignments or steps than the loop can number.
    """
    run = machine.ready(LOOP)
    tables = tables_of(plan, world)
    if len(world.duration_us) > LARGE:
        _return_memory()
    state = state_of(plan, tables)
    asked = machine.Packed(tables), machine.Packed(state), WORK
    while state.cells[numbering.PHASE] != numbering.OVER:
        run(*asked)
    return _milestones(tables.first_trip, state)


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
