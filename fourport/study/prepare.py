"""Have ready what replications need, before processes are started that would each compile it."""

from __future__ import annotations

from fourport import engine, machine
from fourport.ledger.compiled.tables import EMITTING, LISTING, TOTALS
from fourport.study.bins import MERGING
from fourport.study.checks.carriage_tables import CARRIAGE
from fourport.study.checks.queue_tables import VISITS, WAITING
from fourport.study.comparison.flips import REACHING
from fourport.study.compiled import AT_STOPS, BUSY, SERVICES
from fourport.study.compiled.officer_tables import OFFICERS
from fourport.study.compiled.stage_tables import STAGES_OF_OFFICES
from fourport.study.parallel import Progress
from fourport.trace.compiled import READING
from fourport.trace.compiled.cause_tables import TIME_BY_CAUSE
from fourport.world.compiled.planning_tables import PLANNING

ROUTINES = (
    READING,
    TIME_BY_CAUSE,
    STAGES_OF_OFFICES,
    VISITS,
    WAITING,
    MERGING,
    REACHING,
    CARRIAGE,
    PLANNING,
    OFFICERS,
    TOTALS,
    LISTING,
    EMITTING,
    AT_STOPS,
    BUSY,
    SERVICES,
)
"""What is compiled besides an engine."""


def prepare(progress: Progress | None = None) -> None:
    """Compile it or load it.

    Parameters
    ----------
    progress
        That of the tasks which follow. One with a method ``meanwhile`` is told if the engine is compiled.
    """
    with machine.beside(ROUTINES):
        engine.prepare(progress)
