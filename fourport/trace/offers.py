"""The departures that goods could take on a leg while they waited: those of its service, or of several.

They are derived from the plan and the timetables alone, as ``docs/semantics.md`` defines the loading.
"""

from __future__ import annotations

from dataclasses import dataclass

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
        (D,) when the earliest departure of a preferred service that closes later is to leave, us UTC.
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
        steps = plan.choice(step)
        each = [world.departures.of(int(plan.step_provider[s])) for s in steps]
        sizes = [len(one.cutoff_us) for one in each]
        cutoff, scheduled, cancelled = (
            np.concatenate([getattr(one, name) for one in each])
            for name in ("cutoff_us", "scheduled_us", "cancelled")
        )
        kept = [_kept(each[:k], one.cutoff_us) for k, one in enumerate(each)]
        order = np.argsort(cutoff, kind="stable")
        return cls(
            step=np.repeat(np.array(steps), sizes)[order],
            number=np.concatenate([np.arange(size) for size in sizes])[order],
            cutoff_us=cutoff[order],
            scheduled_us=scheduled[order],
            cancelled=cancelled[order],
            kept_us=np.concatenate(kept)[order],
            within_us=int(plan.step_within_us[step]),
        )

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
            (k,) place of the last departure that they tried.
        """
        first = np.searchsorted(self.cutoff_us, ready_us, side="left")
        many = last - first + 1
        which = np.repeat(np.arange(len(many)), many)
        d = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + first[which]
        if self.within_us >= 0:
            tried = self.kept_us[d] > ready_us[which] + self.within_us
            which, d = which[tried], d[tried]
        return which, d


def _kept(preferred: list[Departures], cutoff_us: Ints) -> Ints:
    """Return when the earliest departure leaves of those of preferred services that close after a cut-off."""
    found = np.full(len(cutoff_us), NONE_LATER)
    for one in preferred:
        # Of those that close later, the earliest; a departure that closes later may leave earlier.
        earliest = np.append(np.minimum.accumulate(one.scheduled_us[::-1])[::-1], NONE_LATER)
        later = np.searchsorted(one.cutoff_us, cutoff_us, side="right")
        found = np.minimum(found, earliest[later])
    return found
