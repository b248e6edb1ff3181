"""Customs offices: what is declared, controlled and inspected."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario import ref
from fourport.scenario.base import Section
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.sizes import Per
from fourport.scenario.units import PositiveDuration, Share


class Documents(Section):
    """Document control by officers."""

    resource: ref.Resource
    """Resource of the same facility: the officers."""
    duration: Distribution[PositiveDuration]
    """Time that an officer needs for one declaration, or for each of what ``per`` says."""
    per: Per = "consignment"
    """What the duration is for: a declaration of a consignment, or each parcel, TEU, m3 or tonne on it."""
    rates: dict[ref.TraderClass, Share] | None = None
    """Share whose declarations an officer looks at, by trader class: the yellow and the red channel. It counts
    the highest risks, those selected for inspection first; all others are green and pass at once. All are
    looked at if it is left out."""


class Scan(Section):
    """Non-intrusive inspection: an image is taken and looked at; only an alarm leads to an opening."""

    resource: ref.Resource
    """Resource of the same facility: the scanners."""
    duration: Distribution[PositiveDuration]
    """Time that a scanner needs for one consignment, or for each of what ``per`` says."""
    per: Per = "consignment"
    """What the duration is for: a consignment, or each parcel, TEU, m3 or tonne of it."""
    review_resource: ref.Resource
    """Resource of the same facility: the officers who look at images."""
    review: Distribution[PositiveDuration]
    """Time that an officer needs for one image."""
    share: Share = 1.0
    """Share of the selected that are scanned; the others are opened at once."""
    false_alarms: Share
    """Share of images of consignments in order that raise an alarm."""
    detects: Share
    """Share of images of consignments with an offence that raise an alarm."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged to the scanned consignments."""


class Laboratory(Section):
    """Sampling: some of the opened consignments wait for a laboratory."""

    share: Share
    """Share of the opened consignments of which a sample is taken."""
    duration: Distribution[PositiveDuration]
    """Time from the sample to the report."""


class Inspection(Section):
    """Inspection of the selected consignments."""

    resource: ref.Resource
    """Resource of the same facility: the bays."""
    duration: Distribution[PositiveDuration]
    """Time that a bay needs to open and check one consignment, or each of what ``per`` says."""
    per: Per = "consignment"
    """What the duration is for: a consignment, or each parcel, TEU, m3 or tonne of it."""
    rates: dict[ref.TraderClass, Share]
    """Share selected by risk, by trader class: the red channel. A consignment is selected if its risk number
    is low enough."""
    sampling: Share = 0.0
    """Share selected at random besides, whatever the risk."""
    risk_auc: Annotated[float, Field(ge=0.5, lt=1)] = 0.5
    """How well risk tells offences: the area under the curve of offences selected against consignments
    in order selected. 0.5 is chance; matters only where trader classes have ``non_compliant``."""
    finds: Share = 1.0
    """Share of offences that an opening finds."""
    correlated_with: ref.OfficeAt | None = None
    """Office, "facility/activity", of the same routes, whose selection this one's goes with."""
    correlation: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """How much: the correlation of the normal scores of the two risk numbers."""
    scan: Scan | None = None
    """Scan before an opening; all selected are opened at once if it is left out."""
    laboratory: Laboratory | None = None
    """Sampling of the opened."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged to the opened consignments."""


class Amendment(Section):
    """What is put right after arrival of declarations that were lodged before it."""

    share: Share
    """Share of the declarations lodged before arrival that must be amended."""
    duration: Distribution[PositiveDuration]
    """The trader's time for that; an officer then controls the declaration again."""


class Duty(Section):
    """Payment of duties and taxes, between control and release."""

    share: Share
    """Share of consignments that have to pay before release."""
    duration: Distribution[PositiveDuration]
    """Time until the payment is there."""


class TwoStep(Section):
    """A summary before release, the full entry after it, under a guarantee."""

    uptake: Share
    """Share of consignments declared so."""
    summary: Share
    """What the preparation of the summary takes, as a share of ``preparation``."""
    full_entry: Distribution[PositiveDuration]
    """Time from the release to the full entry, which an officer controls, too. The goods do not wait for
    it, nor for the payment of duty."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged for it, such as the guarantee."""


class Information(Section):
    """Data that another office passes on: the declaration is begun when that office releases the goods."""

    of: ref.OfficeAt
    """Office, "facility/activity", before it on the route."""
    share: Share = 1.0
    """Share of consignments whose data are passed on."""
    saves: Share = 0.0
    """Share of the trader's preparation that the data save."""


class Recognition(Section):
    """Recognition of another office's control."""

    of: ref.OfficeAt
    """Office, "facility/activity", before it on the route."""
    mode: Literal["none", "skip-if-inspected", "rely-on-control"]
    """``none``: this office inspects whom it selects. ``skip-if-inspected``: but not whom that office has
    inspected. ``rely-on-control``: nobody whom that office has controlled, inspected or not."""


class Direct(Section):
    """Direct loading or pick-up: who is released by then goes past the yard."""

    share: Share = 1.0
    """Share of consignments that can be handled so."""
    skips: Annotated[tuple[ref.ActivityAt, ...], Field(min_length=1)]
    """Activities, "facility/activity", on the same route that those pass by whose papers are released
    before the goods come to the first of them, and who are not selected for inspection."""


class Customs(Section):
    """A customs office: lodge, document control, selection, inspection, release.

    The papers go their own way: the trader prepares and lodges the declaration,
    an officer controls it. The goods wait for the outcome, so that release is
    the later of arrival and finished papers, plus the inspection if selected.
    ``docs/customs.md`` tells the stages one by one.
    """

    kind: Literal["customs"]
    procedure: Literal["export", "transit", "import"]
    """What the goods are declared for."""
    preparation: Distribution[PositiveDuration]
    """The trader's own time until a declaration is lodged, from the arrival of
    the goods or, lodged before arrival, from the departure of the transport that brings them."""
    documents: Documents
    """Document control."""
    inspection: Inspection | None = None
    """Inspection of the selected; none takes place if it is left out."""
    pre_arrival: Share = 0.0
    """Share of consignments whose declaration is lodged when the transport that
    brings them departs."""
    amendment: Amendment | None = None
    """Amendment of what was lodged before arrival."""
    information: Information | None = None
    """Data that an office before it passes on."""
    duty: Duty | None = None
    """Payment of duty."""
    two_step: TwoStep | None = None
    """Summary and full entry."""
    recognition: Recognition | None = None
    """Recognition of an earlier office's control."""
    joint_with: tuple[ref.OfficeAt, ...] = ()
    """Offices, "facility/activity". The nearest of them before this one on a route does its work: the
    declaration, inspection and release there hold here, too. Nothing is lodged again, and whoever either
    selects is inspected there once, as long as the longest of the inspections takes."""
    direct: Direct | None = None
    """Direct loading or pick-up."""
    filings: int = Field(default=1, ge=1, le=100)
    """Declarations that are lodged for a consignment, each prepared when the one before it has been accepted;
    prices per filing are multiplied with it."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged once for a consignment, whatever the number of filings."""
