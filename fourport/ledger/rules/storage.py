"""Storage and demurrage by day and tier of days."""

from __future__ import annotations

import numpy as np

from fourport.ledger.quantities import rounded_up
from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import DAY, Floats
from fourport.scenario.models.tariffs import StorageLine


@charge.register
def by_day_in_store(line: StorageLine, use: TariffUse) -> Floats:
    """Charge quantity x the daily prices of the days begun after free time (or since the begin of storage).

    Nothing is charged within free time.
    """
    if line.by == "24-hours":
        stored, free, unit = use.visit.stored_us[line.since], line.free, DAY
    else:
        stored, free, unit = use.visit.stored_days[line.since, line.calendar], line.free // DAY, 1
    amounts, late = np.zeros(len(use)), np.flatnonzero(stored > free)
    if not len(late):
        return amounts
    days = rounded_up(stored[late] - free if line.count == "after-free" else stored[late], unit)
    for_a_unit = np.zeros(len(late))
    first = 0
    for tier in line.tiers:
        begun = np.maximum(days - first, 0)
        for_a_unit += (begun if tier.days is None else np.minimum(begun, tier.days)) * use.converted(
            tier.price
        )
        first += tier.days or 0
    amounts[late] = use.within(use.quantity(line.basis)[late] * for_a_unit, line.minimum)
    return amounts
