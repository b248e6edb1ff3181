"""Types of texts that refer to other entries of a scenario; the type says what is named.

:mod:`fourport.scenario.references` reports names of entries that do not exist, and entries that nothing
names though something must.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Ref:
    """Marks a text, or the keys of a table, as names of something else in the scenario.

    Attributes
    ----------
    to
        What is named: a section, or one of the kinds of :mod:`fourport.scenario.references`.
    """

    to: str


Calendar = Annotated[str, Ref("calendars")]
Commodity = Annotated[str, Ref("commodities")]
Facility = Annotated[str, Ref("facilities")]
Factor = Annotated[str, Ref("emission_factors")]
Grade = Annotated[str, Ref("credit_grades")]
Holidays = Annotated[str, Ref("holidays")]
Lever = Annotated[str, Ref("levers")]
Route = Annotated[str, Ref("routes")]
Service = Annotated[str, Ref("services")]
Tariff = Annotated[str, Ref("tariffs")]
TraderClass = Annotated[str, Ref("trader_classes")]
Leg = Annotated[str, Ref("leg")]
"""A service, fleet or trucking leg."""
Resource = Annotated[str, Ref("resource")]
"""A resource of the same facility; in a lever, of the facilities of its offices."""
Activity = Annotated[str, Ref("activity")]
"""An activity of the facility named by ``at`` in the same table."""
OfficeAt = Annotated[str, Ref("office")]
"""A customs office, "facility/activity"."""
ResourceAt = Annotated[str, Ref("resource-at")]
"""A resource, "facility/resource"."""
ActivityAt = Annotated[str, Ref("activity-at")]
"""A handling or stay, "facility/activity"."""
Zone = Annotated[str, Ref("zone")]
"""A time zone, such as "Asia/Shanghai"."""
Tariffs = tuple[Tariff, ...]
