"""Have ready what replications need, before processes are started that would each compile it."""

from __future__ import annotations

from fourport import engine, machine
from fourport.ledger.compiled.tables import EMITTING, LISTING, TOTALS
from fourport.study.checks.carriage_tables import CARRIAGE
from fourport.study.checks.queue_tables import VISITS, WAITING
from fourport.study.parallel import Progress
from fourport.trace.compiled import READING

ROUTINES = (READING, TOTALS, LISTING, EMITTING, CARRIAGE, VISITS, WAITING)
"""What is compiled besides an engine."""


def prepare(progress: Progress | None = None) -> None:
    """Compile it or load it.

    Parameters
    ----------
    progress
        That of the tasks which follow. One with a method ``meanwhile`` is told if the engine is compiled.
    """
    engine.prepare(progress)
    machine.prepare(ROUTINES)
