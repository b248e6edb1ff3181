"""The arrays with which the work of resources is added up."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fourport.machine import Routine
from fourport.plan.tables import Ints


class Work(NamedTuple):
    """The work of resources.

    Attributes
    ----------
    step, resource
        Steps whose work lasts from begin to end, and the resource of each.
    n_of_step, first_row
        (S,) as in :attr:`fourport.trace.trace.Trace.places`.
    begin_us, end_us
        (rows,) as in the trace.
    more_resource, more_begin_us, more_end_us
        Other work; see :attr:`fourport.trace.trace.Trace.interrupted_work`.
    """

    step: Ints
    resource: Ints
    n_of_step: Ints
    first_row: Ints
    begin_us: Ints
    end_us: Ints
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


BUSY = Routine("busy", "fourport.study.compiled.busy", (Work, Busy))
