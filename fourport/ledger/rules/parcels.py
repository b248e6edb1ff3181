"""Post and express prices by weight step."""

from __future__ import annotations

import numpy as np

from fourport.ledger.quantities import QUANTITIES, Shipments, rounded_up
from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.plan.timetables import UNITS_A_KG
from fourport.scenario.models.tariffs import ParcelLine


@charge.register
def by_parcel(line: ParcelLine, use: TariffUse) -> Floats:
    """Charge parcels x the price of their weight step, plus a price for each further weight begun."""
    largest = line.largest or line.steps[-1].up_to
    sizes = use.shipments
    parcels = np.maximum(rounded_up(sizes.weight_g, round(largest * UNITS_A_KG)), sizes.parcels)
    each = Shipments(
        -(-sizes.weight_g // parcels),
        -(-sizes.volume_cm3 // parcels),
        -(-sizes.containers_uteu // parcels),
        np.ones_like(parcels),
        sizes.value / parcels,
    )
    # Compare whole grams, so that no rounding error lifts a parcel over a step.
    grams = np.rint(QUANTITIES[line.basis](each, use.divisor) * UNITS_A_KG).astype(np.int64)
    steps = np.array([round(step.up_to * UNITS_A_KG) for step in line.steps])
    prices = np.array([use.converted(step.price) for step in line.steps])
    step = np.searchsorted(steps, grams, side="left")
    amounts: Floats = prices[np.minimum(step, len(steps) - 1)]
    if line.further is not None:
        over = np.maximum(grams - int(steps[-1]), 0)
        amounts = amounts + rounded_up(over, round(line.further.each * UNITS_A_KG)) * use.converted(
            line.further.price
        )
    return parcels * amounts
