"""Have ready what replications need, before processes are started that would each compile it."""

from __future__ import annotations

from fourport import engine, machine
from fourport.ledger.compiled.tables import EMITTING, LISTING, TOTALS
from fourport.study.checks.carriage_tables import CARRIAGE
from fourport.study.checks.queue_tables import VISITS, WAITING
from fourport.study.comparison.flips import REACHING
from fourport.study.compiled.merging_tables import MERGING
from fourport.study.compiled.officer_tables import OFFICERS
from fourport.study.compiled.service_tables import SERVICES
from fourport.study.compiled.stage_tables import STAGES_OF_OFFICES
from fourport.study.compiled.tables import AT_STOPS
from fourport.study.compiled.work_tables import BUSY
from fourport.study.parallel import Progress
from fourport.trace.compiled import READING
from fourport.trace.compiled.cause_tables import TIME_BY_CAUSE
from fourport.world.compiled.planning_tables import PLANNING

ROUTINES = (
    READING,
    PLANNING,
    TOTALS,
    EMITTING,
    TIME_BY_CAUSE,
    OFFICERS,
    CARRIAGE,
    VISITS,
    WAITING,
    LISTING,
    STAGES_OF_OFFICES,
    AT_STOPS,
    SERVICES,
    BUSY,
    MERGING,
    REACHING,
)
"""What is compiled besides an engine, in the order in which a run needs it."""


def prepare(progress: Progress | None = None) -> None:
    """Compile it or load it.

    Parameters
    ----------
    progress
        That of the tasks which follow. One with a method ``meanwhile`` is told if the engine is compiled.
    """
    with machine.beside(ROUTINES):
        engine.prepare(progress)
