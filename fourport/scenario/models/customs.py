"""Customs offices: what is declared, controlled and inspected."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fourport.scenario.base import Names, Section
from fourport.scenario.distributions import Distribution
from fourport.scenario.units import PositiveDuration, Share


class Documents(Section):
    """Document control by officers."""

    station: str
    """Station of the same facility: the officers."""
    duration: Distribution[PositiveDuration]
    """Time that an officer needs for one declaration."""


class Inspection(Section):
    """Physical inspection of the selected consignments."""

    station: str
    """Station of the same facility: the bays."""
    duration: Distribution[PositiveDuration]
    """Time that a bay needs for one consignment."""
    rates: dict[str, Share]
    """Share selected, by trader tier: a consignment is selected if its risk number is below it."""
    tariffs: Names = ()
    """Tariffs charged to the inspected consignments."""


class Customs(Section):
    """A customs office: lodge, document control, selection, inspection, release.

    The papers go their own way: the trader prepares and lodges the declaration,
    an officer controls it. The goods wait for the outcome, so that release is
    the later of arrival and finished papers, plus the inspection if selected.
    """

    kind: Literal["customs"]
    procedure: Literal["export", "transit", "import"]
    """What the goods are declared for."""
    preparation: Distribution[PositiveDuration]
    """The trader's own time until the declaration is lodged, from the arrival of
    the goods or, lodged ahead, from the departure of the transport that brings them."""
    documents: Documents
    """Document control."""
    inspection: Inspection | None = None
    """Inspection of the selected; none takes place if it is left out."""
    lodged_ahead: Share = 0.0
    """Share of consignments whose declaration is lodged when the transport that
    brings them departs."""
    filings: int = Field(default=1, ge=1, le=100)
    """Declarations that are lodged for a consignment; prices per filing are multiplied with it."""
    tariffs: Names = ()
    """Tariffs charged once for a consignment, whatever the number of filings."""
