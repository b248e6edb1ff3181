"""Appointments for inspections, and other agencies at a customs office."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario import ref
from fourport.scenario.base import Section
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.sizes import Per
from fourport.scenario.units import PositiveDuration, Share


class Appointment(Section):
    """Opening by appointment: goods are opened when the slot begins that they get."""

    resource: ref.Resource
    """Resource of the same facility with ``slot``: the openings that can be booked for each slot."""
    notice: Distribution[PositiveDuration] | None = None
    """Time from when the goods could be opened otherwise (selected and not scanned, or with an alarm) until
    the earliest appointment. If left out, they may get the next slot at once."""


class Agency(Section):
    """Another agency at the office, such as quarantine or food safety, which has its own officers."""

    commodities: Annotated[dict[ref.Commodity, Share], Field(min_length=1)]
    """Share that it inspects, by commodity, whatever the risk; 0 % for commodities left out."""
    order: Literal["beside", "after"] = "beside"
    """``beside``: it begins when the goods come to the office, beside customs and the other agencies; the
    goods are released when the last of them is done. ``after``: it begins when customs has ended its
    inspection, and those written before it that come after customs, too, have ended theirs."""
    preparation: Distribution[PositiveDuration]
    """Time from then on until goods and papers are presented to it: the trader's application."""
    resource: ref.Resource
    """Resource of the same facility: its officers or bays."""
    duration: Distribution[PositiveDuration]
    """Time that it needs for one consignment, or for each unit of ``per``."""
    per: Per = "consignment"
    """What the duration is for: a consignment, or each parcel, TEU, m3 or tonne of it."""
    appointment: Appointment | None = None
    """Appointments for its inspection; if left out, it begins as soon as an officer or bay is free."""
    finds: Share = 0.0
    """Share of non-compliant consignments that its inspection finds."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged to the consignments that it inspects."""
