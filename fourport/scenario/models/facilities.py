"""Facilities, the resources that work there and the activities that cargo goes through."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario import ref
from fourport.scenario.base import Section, Title, one_of
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import Closure
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.sizes import Per
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
"""Codes of the WCO Time Release Study, IATA Cargo iQ and DCSA for the ends of an activity.

The milestones of customs and of transport follow from their kind."""

DEFAULT_PRIORITY = 100
"""Queue class of a trader class that a resource does not name."""


class Shift(Section):
    """Servers that work by a calendar; a resource's shifts add up."""

    calendar: ref.Calendar | None = None
    """Calendar of the shift; always at work if it is left out."""
    servers: int = Field(ge=0, le=1_000_000)
    """Number of servers (bays, officers, gangs, docks) of this shift."""


class Resource(Section):
    """Servers of one kind at a facility, with one queue in front of them."""

    title: Title = ""
    """What the servers are."""
    servers: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """Number of servers, where it does not change."""
    calendar: ref.Calendar | None = None
    """Calendar of these servers; always at work if it is left out."""
    shifts: tuple[Shift, ...] = ()
    """Shifts, in place of ``servers`` and ``calendar``."""
    priority: dict[ref.TraderClass, Annotated[int, Field(ge=0, le=1000)]] = {}
    """Queue class by trader class, lower first; trader classes not named are in class 100."""
    closures: tuple[Closure, ...] = ()
    """Dated closures, whatever the calendar says."""

    @model_validator(mode="after")
    def _servers_or_shifts(self) -> Self:
        one_of(servers=self.servers is not None, shifts=bool(self.shifts))
        if self.shifts and self.calendar is not None:
            raise ValueError("calendar goes with servers; each shift names its own")
        return self

    def all_shifts(self) -> tuple[Shift, ...]:
        """Give the shifts, however they were written."""
        return self.shifts or (Shift(calendar=self.calendar, servers=self.servers or 0),)


class Handling(Section):
    """Work by a resource: loading, unloading, building up, breaking down, consolidating."""

    kind: Literal["handling"]
    resource: ref.Resource
    """Resource of the same facility that does it."""
    duration: Distribution[PositiveDuration]
    """Time that a server needs for one consignment, or for each of what ``per`` says."""
    per: Per = "consignment"
    """What the duration is for: a consignment, or each parcel, TEU, m3 or tonne of it."""
    begins: Milestone | None = None
    """Milestone that its begin is reported as."""
    ends: Milestone | None = None
    """Milestone that its end is reported as."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged for it."""


class Stay(Section):
    """Time that passes without contention: preparation, a courier's round, ripening of papers."""

    kind: Literal["stay"]
    duration: Distribution[PositiveDuration]
    """Time that it takes."""
    cause: Literal["service", "preparation"] = "service"
    """What the time is attributed to."""
    begins: Milestone | None = None
    """Milestone that its begin is reported as."""
    ends: Milestone | None = None
    """Milestone that its end is reported as."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged for it."""


Activity = Annotated[Handling | Stay | Customs, Field(discriminator="kind")]


class Facility(Section):
    """A place of the corridor."""

    title: Title
    """Its name."""
    kind: FacilityKind
    """What it is."""
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
