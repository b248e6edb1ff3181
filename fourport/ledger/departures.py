"""Find what each departure carries, for prices of a departure that the goods on board share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from fourport.ledger.lines import tariff_uses
from fourport.ledger.quantities import QUANTITIES, Shipments
from fourport.plan.corridor import Corridor, once
from fourport.plan.tables import Floats, Kind
from fourport.scenario.models.tariffs import Basis, DepartureLine
from fourport.trace import Trace

SharedBasis: TypeAlias = tuple[Basis, float]
"""The basis by which a price is shared, and the volumetric divisor of its chargeable weight."""

CarriedAmounts: TypeAlias = Mapping[tuple[int, Basis, float], Floats]
"""What each departure of a service carries, (D,) in the unit of the basis, by service and basis."""


def carried_amounts(corridor: Corridor, trace: Trace) -> CarriedAmounts:
    """Return what each departure carries, for the services whose price the goods on board share.

    All consignments of the run count, including those outside the window.
    """
    plan, world = corridor.plan, trace.world
    found: dict[tuple[int, Basis, float], Floats] = {}
    for route in range(plan.n_routes):
        for s, shared in shared_steps(corridor, route):
            service = int(plan.step_provider[s])
            loads = trace.at(s).loads
            basis, divisor = shared
            whole = QUANTITIES[basis](Shipments.of(world.size[trace.at(s).ids[loads.place]]), divisor)
            n = len(world.departures.of(service).cutoff_us)
            total = found.setdefault((service, basis, divisor), np.zeros(n))
            total += np.bincount(loads.departure_index, whole * loads.share, minlength=n)
    return found


@once
def shared_steps(corridor: Corridor, route: int) -> list[tuple[int, SharedBasis]]:
    """Return the steps of a route that share the price of a departure, each once with its basis."""
    told: dict[tuple[int, SharedBasis], None] = {}
    for s, name in tariff_uses(corridor, route):
        tariff = corridor.scenario.tariffs[name]
        for line in tariff.lines:
            key = (s, (line.basis, tariff.volumetric_divisor)) if isinstance(line, DepartureLine) else None
            if key is not None and int(corridor.plan.step_kind[s]) == Kind.SERVICE:
                told[key] = None
    return list(told)
