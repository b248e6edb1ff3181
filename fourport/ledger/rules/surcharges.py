"""Surcharges as a share of other lines."""

from __future__ import annotations

import numpy as np

from fourport.ledger.rules.dispatch import charge
from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats
from fourport.scenario.models.tariffs import SurchargeLine


@charge.register
def by_share(line: SurchargeLine, use: TariffUse) -> Floats:
    """Charge a share of the sum of the named lines, within minimum and maximum."""
    amounts = np.zeros(len(use))
    for name in line.of:
        amounts += use.charged[name]
    amounts *= line.share
    return use.within(amounts, line.minimum, line.maximum)
