"""Air freight by weight breaks and by unit load devices."""

from __future__ import annotations

import numpy as np

from fourport.ledger.quantities import parts_needed
from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.scenario.models.tariffs import UnitLoadLine, WeightBreakLine


@charge.register
def by_weight_breaks(line: WeightBreakLine, use: TariffUse) -> Floats:
    """Charge weight x the rate of its break, or a higher break at its own weight if that is cheaper.

    IATA's rule of the lower charge: 90 kg at 5.00 cost 450 and 100 kg at 4.20 cost 420, so 420 is charged.
    """
    weights = use.quantity(line.basis)
    breaks = line.breaks()
    begins = np.array([kg for kg, _ in breaks])
    rates = np.array([rate for _, rate in breaks]) * use.worth
    band = np.searchsorted(begins, weights, side="right") - 1
    amounts: Floats = weights * rates[band]
    if line.rule == "next-break":
        at_break = np.append(begins * rates, np.inf)
        cheapest_above = np.minimum.accumulate(at_break[::-1])[::-1][1:]
        np.minimum(amounts, cheapest_above[band], out=amounts)
    return use.within(amounts, line.minimum)


@charge.register
def by_unit_load(line: UnitLoadLine, use: TariffUse) -> Floats:
    """Charge the pivot weight of as many units as the goods fill, and each kg above it."""
    _, units = parts_needed(use.shipments, line.weight, line.volume)
    pivot = units * line.pivot_weight
    over = np.maximum(use.quantity("chargeable-weight") - pivot, 0.0)
    amounts: Floats = pivot * use.converted(line.price) + over * use.converted(line.over_pivot)
    return amounts
