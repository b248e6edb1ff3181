"""Have ready what replications need, before processes are started that would each compile it."""

from __future__ import annotations

from fourport import engine, machine
from fourport.study.checks.queue_tables import VISITS, WAITING
from fourport.study.compiled import AT_STOPS, BUSY, SERVICES
from fourport.study.parallel import Progress
from fourport.trace.compiled import READING

ROUTINES = (READING, VISITS, WAITING, AT_STOPS, BUSY, SERVICES)
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
