"""Shares of the value of the goods."""

from __future__ import annotations

from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.scenario.models.tariffs import ValueLine


@charge.register
def by_value(line: ValueLine, use: TariffUse) -> Floats:
    """Charge a share of the value and of the named lines, within minimum and maximum."""
    amounts = use.shipments.value + sum(use.charged[name] for name in line.of)
    return use.within(amounts * line.share, line.minimum, line.maximum)
