"""Prices of whole containers and vehicles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fourport.ledger.quantities import parts_needed
from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.scenario.models.tariffs import ContainerLine, VehicleLine


@charge.register
def by_container(line: ContainerLine, use: TariffUse) -> Floats:
    """Charge the cheapest choice of full containers of one type plus one container for the rest.

    The goods have one density: each full container takes the same share of weight and volume, and the rest
    is what is left of both.
    """
    best = np.full(len(use), np.inf)
    for one in line.types.values():
        part, _ = parts_needed(use.shipments, one.weight, one.volume)
        full = np.floor(part)
        left = (part - full) / part
        rest = replace(
            use.shipments,
            weight_g=np.rint(use.shipments.weight_g * left).astype(np.int64),
            volume_cm3=np.rint(use.shipments.volume_cm3 * left).astype(np.int64),
        )
        last = np.full(len(use), np.inf)
        for other in line.types.values():
            _, needed = parts_needed(rest, other.weight, other.volume)
            last = np.minimum(last, np.where(needed <= 1, needed * use.converted(other.price), np.inf))
        best = np.minimum(best, full * use.converted(one.price) + last)
    return best


@charge.register
def by_vehicle(line: VehicleLine, use: TariffUse) -> Floats:
    """Charge vehicles or parts of a vehicle, by vehicle or by kilometre, with a minimum."""
    part, whole = parts_needed(use.shipments, line.weight, line.volume)
    vehicles = part if line.hire == "part" else whole.astype(np.float64)
    length = use.visit.km if line.price.per == "km" else 1.0
    return use.within(vehicles * (length * use.converted(line.price)), line.minimum)
