"""Arrivals: time of the week at which consignments are ready for a scheduled service."""

from __future__ import annotations

from typing import Any

from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import MINUTE
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.scenario.units import clock_text
from fourport.study.compiled.service_tables import HALF_HOUR, HALF_HOURS_A_DAY
from fourport.study.keyed import Keys
from fourport.study.planning.sheets import Sheet, ratio
from fourport.study.replication import Replication


def measure(run: Replication) -> Sheet:
    """Count ready consignments of the window by service, weekday and half hour, local time of the origin.

    Columns of the values: consignments; weight in t; number taken by a departure; sum of their hours from
    readiness to that departure, as scheduled.
    """
    return Sheet(_keys(run.corridor), run.served.arrivals.reshape(-1, 4))


@once
def _keys(corridor: Corridor) -> Keys:
    clocks = [clock_text(k * HALF_HOUR // MINUTE) for k in range(HALF_HOURS_A_DAY)]
    origins = ((name, corridor.scenario.services[name].origin) for name in corridor.plan.names.services)
    return Keys((*its, day, clock) for its in origins for day in WEEKDAYS for clock in clocks)


def columns(mean: Sheet) -> list[Any]:
    """Return the columns of a row for each half hour with arrivals."""
    keys, (consignments, weight, taken, waits) = mean.where(mean.values[:, 0] > 0)
    return [*keys, consignments, weight, taken, ratio(waits, taken)]
