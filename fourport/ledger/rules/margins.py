"""Margins of forwarders and agents."""

from __future__ import annotations

from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.scenario.models.tariffs import MarginLine


@charge.register
def by_margin(line: MarginLine, use: TariffUse) -> Floats:
    """Charge a share of the lines that the margin is on, within minimum and maximum."""
    return use.within(use.charged[line.unit] * line.share, line.minimum, line.maximum)
