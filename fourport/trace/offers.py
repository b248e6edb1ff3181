"""The departures that goods could take on a leg while they waited: those of its service, or of several.

They are derived from the plan and the timetables alone, as ``docs/semantics.md`` defines the loading.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fourport.plan.tables import Ints, Plan
from fourport.world.tables import Departures, Flags, World

NONE_LATER = np.iinfo(np.int64).max
"""Time for a departure if no preferred one closes later."""


@dataclass(frozen=True, eq=False)
class Offers:
    """The ``D`` departures of all services of a leg, in the order in which goods try them.

    Attributes
    ----------
    step, number
        (D,) step of the plan whose service it is, and number in that service.
    cutoff_us, scheduled_us
        (D,) us UTC.
    cancelled
        (D,) bool.
    kept_us
        (D,) when the earliest departure of a preferred service that closes later is to leave, us UTC;
        ``NONE_LATER`` if there is none, or no service is preferred.
    within_us
        How long after their arrival goods are kept for it; below 0 if no service is preferred.
    """

    step: Ints
    number: Ints
    cutoff_us: Ints
    scheduled_us: Ints
    cancelled: Flags
    kept_us: Ints
    within_us: int

    @classmethod
    def of(cls, plan: Plan, world: World, step: int) -> Offers:
        """Return the departures of the leg that a step is, or is a choice of."""
        steps, departures, within_us = plan.choice(step), world.departures, int(plan.step_within_us[step])
        first = departures.first
        each = [slice(*first[(v := plan.step_provider[s]) : v + 2].tolist()) for s in steps]
        sizes = [mine.stop - mine.start for mine in each]
        number = np.concatenate([np.arange(size) for size in sizes])
        cutoff, scheduled, cancelled = (
            np.concatenate([of_all[mine] for mine in each])
            for of_all in (departures.cutoff_us, departures.scheduled_us, departures.cancelled)
        )
        kept = np.full(len(cutoff), NONE_LATER)
        if within_us >= 0:
            kept = np.concatenate([_kept(departures, each[:k], mine) for k, mine in enumerate(each)])
        order = np.argsort(cutoff, kind="stable")
        return cls(
            step=np.repeat(np.array(steps), sizes)[order],
            number=number[order],
            cutoff_us=cutoff[order],
            scheduled_us=scheduled[order],
            cancelled=cancelled[order],
            kept_us=kept[order],
            within_us=within_us,
        )

    @cached_property
    def by_schedule(self) -> tuple[Ints, Ints]:
        """The departures in the order in which they are scheduled to leave, and the rank of each, (D,)."""
        order = np.argsort(self.scheduled_us, kind="stable")
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        return order, rank

    def place(self, step: int) -> Ints:
        """Return the places of the departures of one step's service, by their numbers."""
        return np.flatnonzero(self.step == step)  # A service's own are in order of their numbers.

    def tried(self, ready_us: Ints, last: Ints) -> tuple[Ints, Ints]:
        """Return whose departure it is and its place, for all that goods tried, in order of goods and place.

        Parameters
        ----------
        ready_us
            (k,) when goods were ready, us UTC.
        last
            (k,) place of the last departure that they tried; none if it closed before they were ready.
        """
        first = np.searchsorted(self.cutoff_us, ready_us, side="left")
        many = np.maximum(last - first + 1, 0)
        which = np.repeat(np.arange(len(many)), many)
        d = np.arange(len(which)) + (first - np.cumsum(many) + many)[which]
        if self.within_us >= 0:
            tried = self.kept_us[d] > ready_us[which] + self.within_us
            which, d = which[tried], d[tried]
        return which, d


def _kept(departures: Departures, preferred: list[slice], mine: slice) -> Ints:
    """Return when the earliest departure leaves of those of preferred services that close after each."""
    found = np.full(mine.stop - mine.start, NONE_LATER)
    for one in preferred:
        # Of those that close later, the earliest; a departure that closes later may leave earlier.
        earliest = np.append(np.minimum.accumulate(departures.scheduled_us[one][::-1])[::-1], NONE_LATER)
        later = np.searchsorted(departures.cutoff_us[one], departures.cutoff_us[mine], side="right")
        found = np.minimum(found, earliest[later])
    return found
