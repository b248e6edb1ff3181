"""Count the days of a stay by the calendar: all dates that it touches, or those on which a calendar works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.clocks import clock_us, days_between, works_on
from fourport.plan.tables import Ints
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import StorageLine


def counted_days(line: StorageLine, scenario: Scenario) -> Callable[[date], bool]:
    """Return which dates count as days in store of a line that is charged by dates."""
    if line.calendar is None:
        return lambda _: True
    calendar = scenario.calendars[line.calendar]
    return works_on(calendar, tuple(scenario.holidays[name] for name in calendar.holidays))


def days_in_store(begin_us: Ints, end_us: Ints, zone: str, counts: Callable[[date], bool]) -> Ints:
    """Return how many of the dates that each stay touches count, (n,).

    Dates are those of the zone. A stay that ends at midnight does not touch the day that begins then.
    """
    if not len(begin_us):
        return np.zeros(0, dtype=np.int64)
    days = days_between(int(begin_us.min()), int(end_us.max()), before=1)
    midnights = np.array([clock_us(day, 0, ZoneInfo(zone), strict=False) for day in days], dtype=np.int64)
    before = np.cumsum([0, *(counts(day) for day in days)])
    first = np.searchsorted(midnights, begin_us, side="right") - 1
    after = np.searchsorted(midnights, end_us - 1, side="right")
    found: Ints = np.maximum(before[after] - before[first], 0).astype(np.int64)
    return found
