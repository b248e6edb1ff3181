"""How much each departure carries whose price is shared by what is aboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from fourport.ledger.lines import tariff_uses
from fourport.ledger.quantities import QUANTITIES, Shipments
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats, Kind
from fourport.scenario.models.tariffs import Basis, DepartureLine
from fourport.world.tables import World

if TYPE_CHECKING:  # For its type alone: importing it at run time would load an engine.
    from fourport.engine.milestones import Milestones

Shared: TypeAlias = tuple[Basis, float]
"""What a price is shared by, and the volumetric divisor of its chargeable weight."""

Aboard: TypeAlias = Mapping[tuple[int, Basis, float], Floats]
"""What each departure of a service carries, (D,) in the unit of the basis, by service and :data:`Shared`."""


def aboard(corridor: Corridor, world: World, milestones: Milestones) -> Aboard:
    """Give what each departure carries, of the services whose price is shared by what is aboard.

    All consignments of the run count, those outside the window too.
    """
    plan = corridor.plan
    found: dict[tuple[int, Basis, float], Floats] = {}
    for route in range(plan.n_routes):
        for s, shared in shared_steps(corridor, route):
            service = int(plan.step_provider[s])
            ids = np.flatnonzero(world.route == route)
            departure_index = milestones.departure_index[
                world.first_event_row[ids] + s - int(plan.route_first_step[route])
            ]
            ids, departure_index = ids[departure_index >= 0], departure_index[departure_index >= 0]
            basis, divisor = shared
            amounts = QUANTITIES[basis](Shipments.of(world.size[ids]), divisor)
            n = len(world.departures[service].cutoff_us)
            total = found.setdefault((service, basis, divisor), np.zeros(n))
            total += np.bincount(departure_index, amounts, minlength=n)
    return found


def shared_steps(corridor: Corridor, route: int) -> Iterator[tuple[int, Shared]]:
    """Give the steps of a route at which the price of a departure is shared, and by what; each once."""
    told = set()
    for s, name in tariff_uses(corridor, route):
        tariff = corridor.scenario.tariffs[name]
        for line in tariff.lines:
            key = (s, (line.basis, tariff.volumetric_divisor)) if isinstance(line, DepartureLine) else None
            if key is not None and key not in told and corridor.plan.step_kind[s] == Kind.SERVICE:
                told.add(key)
                yield key
