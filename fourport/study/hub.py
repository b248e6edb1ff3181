"""Stays at the hub: where goods wait for the last scheduled service of their route.

Whether goods caught the planned departure depends on the plan, which a policy changes along with the goods.
How long they stayed at the hub is measured by the same clock under every policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fourport.plan.corridor import Corridor, hub_order, hub_steps
from fourport.plan.tables import HOUR, NEVER, Floats, Ints
from fourport.trace import Trace


@dataclass(frozen=True)
class HubStays:
    """Stays of ``n`` consignments at the hubs of their routes.

    Attributes
    ----------
    arrived_us
        (n,) end of the last leg to the hub, us UTC; acceptance if the goods are accepted there. ``NEVER`` if
        they did not come so far, or if their route has no scheduled service.
    left_us
        (n,) departure from the hub, us UTC; ``NEVER`` likewise.
    departure
        (n,) place of that departure in the :func:`hub_order` of its route; -1 for none.
    on_route
        (n,) whether the route has a scheduled service.
    """

    arrived_us: Ints
    left_us: Ints
    departure: Ints
    on_route: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @cached_property
    def hours(self) -> Floats:
        """(n,) hours from arrival to departure; infinite where goods did not leave, NaN without a hub."""
        stayed = np.where(self.left_us != NEVER, (self.left_us - self.arrived_us) / HOUR, np.inf)
        found: Floats = np.where(self.on_route, stayed, np.nan)
        return found


def stays_at_hub(corridor: Corridor, trace: Trace) -> HubStays:
    """Measure when consignments arrived at the hub of their route and left it."""
    n = trace.world.n
    arrived, left, departure = np.full(n, NEVER), np.full(n, NEVER), np.full(n, -1, dtype=np.int64)
    on_route = np.zeros(n, dtype=np.bool_)
    for route, ids in enumerate(trace.ids):
        hub = hub_steps(corridor, route)
        if not hub:
            continue
        legs = [s for s in corridor.plan.main_steps(route) if s < hub[0] and corridor.steps[s].mode]
        at = trace.world.entry_us[ids].copy()
        for s in legs:
            np.maximum(at, trace.at(s).end_us, out=at)  # ``NEVER`` is less than any time
        there = trace.at(legs[-1] + 1).came if legs else np.ones(len(ids), dtype=np.bool_)
        arrived[ids] = np.where(there, at, NEVER)
        for s, place in hub_order(corridor, route).items():
            by = trace.at(s)
            here = np.flatnonzero(by.begun)
            left[ids[here]] = by.begin_us[here]
            departure[ids[here]] = place[by.departure_index[here]]
        on_route[ids] = True
    return HubStays(arrived, left, departure, on_route)
