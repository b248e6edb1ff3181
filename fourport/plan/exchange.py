"""Exchange rates at instants of a run."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.clocks import clock_us
from fourport.plan.tables import Floats, Ints
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.money import exchange, rate_days


def worth_at(scenario: Scenario, currency: str, at_us: Ints, zone: str) -> Floats:
    """Return the value of one unit of a currency in the reporting currency at each instant, (n,).

    Parameters
    ----------
    at_us
        (n,) us UTC.
    zone
        Zone whose midnights are those of the days from which rates hold.

    Raises
    ------
    KeyError
        If the scenario has no rate between the two.
    """
    days = rate_days(scenario, currency)
    begins = np.array([clock_us(day, 0, ZoneInfo(zone), strict=False) for day in days[1:]], dtype=np.int64)
    worth = np.array([exchange(scenario, currency, day) for day in days or (None,)])
    return worth[np.searchsorted(begins, at_us, side="right")]
