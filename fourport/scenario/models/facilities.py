"""Facilities, their resources and their activities."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario import ref
from fourport.scenario.base import Section, one_of
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import Closure
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.sizes import Per
from fourport.scenario.titles import Title
from fourport.scenario.units import Latitude, Longitude, PositiveDuration

FacilityKind = Literal[
    "seaport",
    "airport",
    "bonded-zone",
    "logistics-park",
    "rail-station",
    "border-crossing",
    "sorting-centre",
    "shipper-area",
    "consignee-area",
]

Milestone = Literal[
    "unloading", "RCS", "FWB", "RCF", "NFD", "DLV", "GTIN", "GTOT", "STUF", "STRP", "LOAD", "DISC", "pick-up"
]
"""Milestone codes for the ends of an activity, of the WCO Time Release Study, IATA Cargo iQ and DCSA.

The milestones of customs and of transport follow from their kind.
"""

DEFAULT_PRIORITY = 100
"""Queue class of a trader class that a resource does not name."""

SHORTEST_SLOT = 300_000_000
"""Shortest slot of appointments, us."""


class Shift(Section):
    """Servers that work by a calendar. The shifts of a resource add up."""

    calendar: ref.Calendar | None = None
    """Calendar of the shift; round the clock if left out."""
    servers: int = Field(ge=0, le=1_000_000)
    """Number of servers (bays, officers, gangs, docks) of this shift."""


class Resource(Section):
    """Servers of one kind at a facility, with one queue in front of them."""

    title: Title = ""
    """Title in tables and charts."""
    servers: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """Number of servers, if it does not change."""
    calendar: ref.Calendar | None = None
    """Calendar of these servers; round the clock if left out."""
    shifts: tuple[Shift, ...] = ()
    """Shifts, instead of ``servers`` and ``calendar``."""
    priority: dict[ref.TraderClass, Annotated[int, Field(ge=0, le=1000)]] = {}
    """Class in the queue by trader class, lower first. Trader classes that are not named are in class 100."""
    closures: tuple[Closure, ...] = ()
    """Dated closures, in addition to the calendar."""
    at_closing: Literal["finish", "resume"] = "finish"
    """What happens to work under way when its server goes off duty: it is finished after closing, or it stops
    and the same server goes on with it when it is on duty again. Where the number of servers falls to m, the
    first m go on; work begins with the first server that is on duty and free."""

    slot: PositiveDuration | None = None
    """Length of a slot. The servers are then no staff but appointments that can be given for each slot:
    slots follow one another from each opening of the calendar on, as long as a whole one fits."""

    @model_validator(mode="after")
    def _servers_or_shifts(self) -> Self:
        one_of(servers=self.servers is not None, shifts=bool(self.shifts))
        if self.shifts and self.calendar is not None:
            raise ValueError("calendar goes with servers; each shift names its own")
        return self

    @model_validator(mode="after")
    def _slots_fit(self) -> Self:
        if self.slot is not None and self.slot < SHORTEST_SLOT:
            raise ValueError("slot is shorter than 5 minutes; allowed: at least 5 min")
        if self.slot is not None and self.at_closing == "resume":
            raise ValueError('at_closing = "resume" does not go with slot: an appointment is no work')
        return self

    def all_shifts(self) -> tuple[Shift, ...]:
        """Return the shifts; ``servers`` and ``calendar`` count as one shift."""
        return self.shifts or (Shift(calendar=self.calendar, servers=self.servers or 0),)


class Handling(Section):
    """Work by a resource: loading, unloading, building up, breaking down, consolidating."""

    kind: Literal["handling"]
    resource: ref.Resource
    """Resource of the same facility that does the work."""
    duration: Distribution[PositiveDuration]
    """Time that a server needs for one consignment, or for each unit of ``per``."""
    per: Per = "consignment"
    """What the duration is for: a consignment, or each parcel, TEU, m3 or tonne of it."""
    begins: Milestone | None = None
    """Milestone that is reported at the begin."""
    ends: Milestone | None = None
    """Milestone that is reported at the end."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged for the handling."""


class Stay(Section):
    """Time that passes without a queue: preparation, a courier's round, waiting for documents."""

    kind: Literal["stay"]
    duration: Distribution[PositiveDuration]
    """Duration of the stay."""
    cause: Literal["service", "preparation"] = "service"
    """Cause that the time is attributed to."""
    begins: Milestone | None = None
    """Milestone that is reported at the begin."""
    ends: Milestone | None = None
    """Milestone that is reported at the end."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged for the stay."""


Activity = Annotated[Handling | Stay | Customs, Field(discriminator="kind")]


class Facility(Section):
    """A place of the corridor."""

    title: Title
    """Title in tables and charts."""
    kind: FacilityKind
    """Kind of place."""
    unlocode: str | None = Field(default=None, pattern=r"^[A-Z]{2} [A-Z2-9]{3}$")
    """UN/LOCODE, such as "CN WEI"."""
    zone: ref.Zone
    """Time zone, such as "Asia/Shanghai"."""
    latitude: Latitude
    """Latitude."""
    longitude: Longitude
    """Longitude."""
    resources: dict[str, Resource] = {}
    """Resources by name."""
    activities: dict[str, Activity] = {}
    """Activities by name."""
