"""The arrays with which the time at stages is added up (see :mod:`fourport.study.clearance_stages`)."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fourport.machine import Routine
from fourport.plan.tables import Floats, Ints
from fourport.trace.compiled import Happened, Places
from fourport.world.tables import Flags


class Offices(NamedTuple):
    """Offices on a route, each alone or all of a procedure there together: (k,) whose time has its own sums.

    Attributes
    ----------
    release_first, release
        (k + 1,) range of each in the next one; the steps at whose end they have released the goods.
    stage_first
        (k + 1,) range of each in :class:`Stages`.
    part, whole
        (t,) which sums are added to which in the end, in order: those of a route, of all lanes or of one, to
        those of several routes, of offices together, and so on.
    """

    release_first: Ints
    release: Ints
    stage_first: Ints
    part: Ints
    whole: Ints


class Stages(NamedTuple):
    """Stages at offices, (c,) each.

    Attributes
    ----------
    stage
        Index of the stage.
    office_first
        (c + 1,) range of the stage in the offices that have it, and ranges of these in the next arrays:
    step_first
        (o + 1,) range of an office in the steps of the stage.
    step, join
        (s,) the steps, and the join at which goods wait for the declaration of which it is a step, or -1.
    leaves, leaves_end
        Of a removal the range of the steps of which the goods leave by one; empty if they remain.
    last
        Of a removal the step that they must have ended if they remain; -1 of other stages.
    """

    stage: Ints
    office_first: Ints
    step_first: Ints
    step: Ints
    join: Ints
    leaves: Ints
    leaves_end: Ints
    last: Ints


class Cohort(NamedTuple):
    """Whom the sums are of, (n,) by consignment.

    Attributes
    ----------
    in_window, lane
        Whether it belongs to the cohort, and its lane.
    rested_us
        (rows,) how long the work of a step rested; no entries if no work rests.
    """

    in_window: Flags
    lane: Ints
    rested_us: Ints


class Sums(NamedTuple):
    """Sums over consignments.

    Attributes
    ----------
    waiting, work, passed
        (k, stages) hours that they waited, hours of work, and how many went through.
    n
        (k,) number of consignments.
    """

    waiting: Annotated[Floats, 2]
    work: Annotated[Floats, 2]
    passed: Annotated[Floats, 2]
    n: Floats


STAGES_OF_OFFICES = Routine(
    "stages",
    "fourport.study.compiled.stages",
    (Offices, Stages, Places, Happened, Cohort, Sums, Sums),
)
