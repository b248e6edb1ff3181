"""Prices that the goods of a departure share."""

from __future__ import annotations

import numpy as np

from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.scenario.models.tariffs import DeadFreightLine, DepartureLine, MasterBillLine


@charge.register(DepartureLine)
@charge.register(MasterBillLine)
def by_departure(line: DepartureLine | MasterBillLine, use: TariffUse) -> Floats:
    """Charge each consignment its share of the price of its departure or master bill."""
    parts = use.quantity(line.basis) * use.visit.shared[line.sharing, use.divisor]
    return parts * use.converted(line.price)


@charge.register
def by_unused_space(line: DeadFreightLine, use: TariffUse) -> Floats:
    """Charge each consignment of a block its share of the unused space of its week; others nothing."""
    unused = use.visit.shared.get((line.sharing, use.divisor))
    if unused is None:  # the step is booked on free sale
        return np.zeros(len(use))
    return use.quantity(line.basis) * unused * use.converted(line.price)
