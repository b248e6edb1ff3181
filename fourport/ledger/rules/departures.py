"""Prices that the goods of a departure share."""

from __future__ import annotations

from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.scenario.models.tariffs import DepartureLine, MasterBillLine


@charge.register(DepartureLine)
@charge.register(MasterBillLine)
def by_departure(line: DepartureLine | MasterBillLine, use: TariffUse) -> Floats:
    """Charge each consignment its share of the price of its departure or master bill."""
    parts = use.quantity(line.basis) * use.visit.shared[line.sharing, use.divisor]
    return parts * use.converted(line.price)
