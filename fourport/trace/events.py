"""The events of one step, as vectors over the consignments of its route, and what departures took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fourport.plan.duty import worked_us
from fourport.plan.tables import FewInts, Floats, Ints
from fourport.world.tables import Flags

if TYPE_CHECKING:
    from fourport.trace.trace import Trace  # which makes events


NONE_BEFORE, ALL_NOW = (np.broadcast_to(np.int64(part), (2**40,)) for part in (0, 1000))
"""Thousandths that have left before, and that leave now, of as many consignments as go whole; no memory."""


@dataclass(frozen=True, eq=False)
class Loads:
    """What departures or trips took: the ``k`` consignments that went whole, and parts of others.

    Attributes
    ----------
    place
        (k,) place of the consignment among those of the step.
    departure_index
        (k,) the departure or trip.
    gone, thousandths
        (k,) thousandths of the consignment that had left before, and those that left now.
    """

    place: Ints
    departure_index: Ints
    gone: Ints
    thousandths: Ints

    @classmethod
    def of_step(cls, trace: Trace, rows: slice) -> Loads:
        """Return what departures or trips took at the step of some rows of the trace."""
        parts, departure_index = trace.parts, trace.departure_index[rows]
        if not len(parts.row):
            whole = np.flatnonzero(departure_index >= 0)
            n = len(whole)
            return cls(whole, departure_index[whole].astype(np.int64), NONE_BEFORE[:n], ALL_NOW[:n])
        mine = slice(*np.searchsorted(parts.row, (rows.start, rows.stop)).tolist())
        place, thousandths = parts.row[mine] - rows.start, parts.thousandths[mine]
        is_whole = departure_index >= 0
        is_whole[place] = False
        whole = np.flatnonzero(is_whole)
        before = np.cumsum(thousandths) - thousandths
        gone = before - before[np.searchsorted(place, place)] if len(place) else before
        return cls(
            np.concatenate([whole, place]),
            np.concatenate([departure_index[whole], parts.departure_index[mine]]),
            np.concatenate([np.zeros_like(whole), gone]),
            np.concatenate([np.full_like(whole, 1000), thousandths]),
        )

    @property
    def share(self) -> Floats:
        """(k,) part of the consignment, 1 for all of it."""
        return self.thousandths / 1000

    def of(self, size: Ints) -> Ints:
        """Return the loads in whole units of the consignments' sizes, which add up to them exactly.

        Parameters
        ----------
        size
            (n, d) sizes of the consignments of the step.
        """
        whole = size[self.place]
        if (self.thousandths == 1000).all():
            return whole
        before, after = self.gone[:, np.newaxis], (self.gone + self.thousandths)[:, np.newaxis]
        loaded: Ints = whole * after // 1000 - whole * before // 1000
        return loaded


@dataclass(frozen=True, eq=False)
class Events:
    """The events of one step of the plan, as vectors over the ``n`` consignments of its route."""

    trace: Trace
    step: int

    @property
    def ids(self) -> Ints:
        """(n,) the consignments, ascending."""
        return self.trace.ids[self.trace.route_of[self.step]]

    @property
    def begin_us(self) -> Ints:
        """(n,) us UTC; ``NEVER`` if the step has not begun."""
        return self.trace.begin_us[self._rows]

    @property
    def end_us(self) -> Ints:
        """(n,) us UTC; ``NEVER`` if the step has not ended."""
        return self.trace.end_us[self._rows]

    @property
    def ready_us(self) -> Ints:
        """(n,) end of the last step done before, us UTC; see :attr:`Trace.ready_us`."""
        return self.trace.ready_us[self._rows]

    @property
    def departure_index(self) -> FewInts:
        """(n,) index of the departure, trip or server that took the consignment; -1 for none."""
        return self.trace.departure_index[self._rows]

    @property
    def loads(self) -> Loads:
        """What departures or trips took, also parts of consignments of which the rest waits."""
        return self.trace.loads[self.step]

    @property
    def duration_us(self) -> Ints:
        """(n,) duration drawn for the step, whether it was done or not; 0 where none is drawn."""
        by_arrival = self.trace.world.by_arrival.of(self.step, self.begin_us)
        return self.trace.drawn_us(self.step) if by_arrival is None else by_arrival

    @property
    def may_rest(self) -> bool:
        """Whether the work of the step rests while its server is off duty."""
        return bool(self.trace.rests[self.step])

    def rested_us(self, since_us: Ints, until_us: Ints) -> Ints:
        """Return (n,) how long the server of each consignment was off duty between two instants, us."""
        resource = int(self.trace.plan.step_provider[self.step])
        worked = worked_us(self.trace.plan, resource, self.departure_index, since_us, until_us)
        return until_us - since_us - worked

    @property
    def begun(self) -> Flags:
        """(n,) whether the step has begun."""
        return self.trace.begun[self._rows]

    @property
    def done(self) -> Flags:
        """(n,) whether the step has ended."""
        return self.trace.done[self._rows]

    @property
    def came(self) -> Flags:
        """(n,) whether the token came to the step."""
        return self.trace.came[self._rows]

    @property
    def passed(self) -> Flags:
        """(n,) whether the token came to the step and passed it over."""
        return self.trace.passed[self._rows]

    @property
    def visited(self) -> Flags:
        """(n,) whether the token came to the step and did not pass it over: it did the step or waits."""
        return self.came & ~self.passed

    @property
    def _rows(self) -> slice:
        return self.trace.slices[self.step]
