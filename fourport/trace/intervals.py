"""The intervals between milestones, each with its cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.causes import CAUSES as TITLES
from fourport.plan.tables import Ints
from fourport.world.tables import Flags

CAUSES = tuple(TITLES)
"""Causes to which time is attributed, in the order of the tables."""

CAUSE = {name: k for k, name in enumerate(CAUSES)}


@dataclass(frozen=True)
class Intervals:
    """The ``k`` intervals that end at one kind of milestone, for consignments of one route.

    Attributes
    ----------
    step
        Step of the plan to which they belong.
    declaration
        Whether they belong to a declaration track rather than to the goods.
    milestone, place
        Milestone at the end of the interval, and the facility where it happens.
    ids
        Consignments of the route.
    rows
        (k,) index into ``ids``.
    begin_us, end_us
        (k,) begin and end.
    given_cause
        (k,) index into :data:`CAUSES`, or one for all.
    """

    step: int
    declaration: bool
    milestone: str
    place: str
    ids: Ints
    rows: Ints
    begin_us: Ints
    end_us: Ints
    given_cause: Ints | int

    @property
    def consignment(self) -> Ints:
        """(k,) consignment of each interval."""
        return self.ids[self.rows]

    @property
    def cause(self) -> Ints:
        """(k,) cause of each interval, index into :data:`CAUSES`."""
        given = self.given_cause
        return np.full(len(self.rows), given, dtype=np.int64) if isinstance(given, int) else given

    def of(self, mine: Flags | Ints) -> Intervals:
        """Return a selection of the intervals."""
        given = self.given_cause
        columns = (self.rows[mine], self.begin_us[mine], self.end_us[mine])
        chosen = given if isinstance(given, int) else given[mine]
        return Intervals(self.step, self.declaration, self.milestone, self.place, self.ids, *columns, chosen)
