"""A price by a basis."""

from __future__ import annotations

from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.scenario.models.tariffs import TariffLine


@charge.register
def by_basis(line: TariffLine, use: TariffUse) -> Floats:
    """Charge quantity x price, within minimum and maximum."""
    amounts = use.quantity(line.basis) * use.converted(line.price)
    return use.within(amounts, line.minimum, line.maximum)
