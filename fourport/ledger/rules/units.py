"""Prices of whole containers, vehicles and departures."""

from __future__ import annotations

import numpy as np

from fourport.ledger.quantities import Shipments, parts_needed
from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3
from fourport.scenario.models.tariffs import ContainerLine, DepartureLine, VehicleLine


@charge.register
def by_container(line: ContainerLine, use: TariffUse) -> Floats:
    """Charge the cheapest choice of full containers of one type plus one container for the rest."""
    best = np.full(len(use), np.inf)
    for one in line.types.values():
        part, _ = parts_needed(use.shipments, one.weight, one.volume)
        full = np.floor(part).astype(np.int64)
        rest = Shipments(
            np.maximum(use.shipments.weight_g - full * round(one.weight * UNITS_A_KG), 0),
            np.maximum(use.shipments.volume_l - full * round(one.volume * UNITS_A_M3), 0),
            use.shipments.containers_uteu,
            use.shipments.parcels,
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
    return use.at_least(vehicles * (length * use.converted(line.price)), line.minimum)


@charge.register
def by_departure(line: DepartureLine, use: TariffUse) -> Floats:
    """Charge each consignment its share of the price of its departure."""
    parts = use.quantity(line.basis) * use.visit.departures[line.basis, use.divisor]
    return parts * use.converted(line.price)
