"""The arrays with which the work of resources is added up."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fourport.machine import Routine
from fourport.plan.tables import Ints
from fourport.trace.compiled import Happened, Places


class Work(NamedTuple):
    """The work of resources.

    Attributes
    ----------
    step, resource
        Steps whose work lasts from begin to end, and the resource of each.
    more_resource, more_begin_us, more_end_us
        Other work; see :attr:`fourport.trace.trace.Trace.interrupted_work`.
    """

    step: Ints
    resource: Ints
    more_resource: Ints
    more_begin_us: Ints
    more_end_us: Ints


class Busy(NamedTuple):
    """The server-time that is used.

    Attributes
    ----------
    edge_us
        (cells + 1,) edges of cells of one width, us UTC.
    hour
        (resources, cells) the hour of the week in which each cell is.
    us
        (resources, hours) time that is used in each hour of the week, us.
    """

    edge_us: Ints
    hour: Annotated[Ints, 2]
    us: Annotated[Ints, 2]


BUSY = Routine("busy", "fourport.study.compiled.busy", (Work, Places, Happened, Busy))
