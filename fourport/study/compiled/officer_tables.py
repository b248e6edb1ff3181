"""The arrays with which the work of customs is added up (see :mod:`fourport.study.clearance`)."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fourport.machine import Routine
from fourport.plan.tables import Floats, Ints
from fourport.trace.compiled import Happened, Places
from fourport.world.tables import Flags

INSPECTS: int = 0
FINDS: int = 1
FINDS_LATE: int = 2


class Checks(NamedTuple):
    """What offices do with those of their route whom they have released, (k,) each, if a condition holds.

    Attributes
    ----------
    release
        Step at whose end the office has released the goods.
    condition
        The condition; -1 if it always holds.
    does
        ``INSPECTS``, ``FINDS`` that the goods are not compliant, or ``FINDS_LATE``.
    """

    release: Ints
    condition: Ints
    does: Ints


class Officers(NamedTuple):
    """Where officers work, and what decides whom they check.

    Attributes
    ----------
    step
        (w,) steps at which officers work, by route.
    holds
        (C, n) which conditions hold.
    """

    step: Ints
    holds: Annotated[Flags, 2]


class Checked(NamedTuple):
    """What is written, (n,) each; see :class:`~fourport.study.clearance.Clearance`.

    Attributes
    ----------
    officer_hours, inspections, found, found_late
        Zeros and False at first.
    """

    officer_hours: Floats
    inspections: Ints
    found: Flags
    found_late: Flags


OFFICERS = Routine(
    "officers", "fourport.study.compiled.officers", (Checks, Officers, Places, Happened, Checked)
)
