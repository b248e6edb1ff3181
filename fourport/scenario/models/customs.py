"""Customs offices: declarations, document control and inspection."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from fourport.scenario import ref
from fourport.scenario.base import TABLE, Section
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.agencies import Agency, Appointment
from fourport.scenario.models.sizes import Per
from fourport.scenario.units import PositiveDuration, Share


class Documents(Section):
    """Document control by officers."""

    resource: ref.Resource
    """Resource of the same facility: the officers."""
    duration: Distribution[PositiveDuration]
    """Time that an officer needs for one declaration, or for each unit of ``per``."""
    per: Per = "consignment"
    """What the duration is for: the declaration of a consignment, or each parcel, TEU, m3 or tonne on it."""
    rates: dict[ref.TraderClass, Share] | None = None
    """Share whose declarations an officer checks, by trader class: the yellow and the red channel. It
    counts the highest risks, those selected for inspection first; all others are green and pass at
    once. If left out, officers check all declarations."""


class Scan(Section):
    """Non-intrusive inspection: officers look at an image; only an alarm leads to an opening."""

    resource: ref.Resource
    """Resource of the same facility: the scanners."""
    duration: Distribution[PositiveDuration]
    """Time that a scanner needs for one consignment, or for each unit of ``per``."""
    per: Per = "consignment"
    """What the duration is for: a consignment, or each parcel, TEU, m3 or tonne of it."""
    review_resource: ref.Resource
    """Resource of the same facility: the officers who look at images."""
    review: Distribution[PositiveDuration]
    """Time that an officer needs for one image."""
    share: Share = 1.0
    """Share of the selected consignments that are scanned; the others are opened at once."""
    false_alarms: Share
    """Share of images of compliant consignments that raise an alarm."""
    detects: Share
    """Share of images of non-compliant consignments that raise an alarm."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged to the scanned consignments."""


class Laboratory(Section):
    """Laboratory tests: some of the opened consignments wait for a report."""

    share: Share
    """Share of the opened consignments of which a sample is taken."""
    duration: Distribution[PositiveDuration]
    """Time from the sample to the report."""
    conditional: Share = 0.0
    """Share of the sampled consignments that are released under conditions, before the report."""
    finds: Share = 0.0
    """Share of the sampled non-compliant consignments that the report finds, by itself. What it finds after
    the release is found late."""


class AfterRelease(Section):
    """Release first, inspect later: officers inspect some of the selected goods when they have left."""

    share: Share
    """Share of the selected consignments that are released first."""
    duration: Distribution[PositiveDuration]
    """Time from the release until the goods are presented to the officers, who then need as long as for any
    inspection. What they find is found late."""


class Inspection(Section):
    """Inspection of the selected consignments."""

    resource: ref.Resource
    """Resource of the same facility: the bays."""
    duration: Distribution[PositiveDuration]
    """Time that a bay needs to open and check one consignment, or each unit of ``per``."""
    per: Per = "consignment"
    """What the duration is for: a consignment, or each parcel, TEU, m3 or tonne of it."""
    rates: dict[ref.TraderClass, Share]
    """Share selected by risk, by trader class: the red channel. A consignment is selected if its risk
    number is low enough."""
    sampling: Share = 0.0
    """Share selected at random in addition, whatever the risk."""
    statutory: dict[ref.Commodity, Share] = {}
    """Share inspected by law in addition, by commodity, whatever the risk: food, animals and plants, goods
    under licence. Neither recognition nor ``risk-selection`` changes it. 0 % for commodities left out."""
    risk_auc: Annotated[float, Field(ge=0.5, lt=1)] = 0.5
    """How well the risk number tells non-compliant consignments: the area under the curve of the share of
    non-compliant consignments selected against the share of compliant consignments selected. 0.5 is
    chance. It matters only where trader classes have ``non_compliant``."""
    finds: Share = 1.0
    """Share of non-compliant consignments that an opening finds."""
    correlated_with: ref.OfficeAt | None = None
    """Another office, "facility/activity", on the same routes whose selection is correlated with that of
    this one."""
    correlation: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Correlation of the normal scores of the two risk numbers."""
    scan: Scan | None = None
    """Scan before an opening; if left out, all selected consignments are opened at once."""
    appointment: Appointment | None = None
    """Appointments for the opening; if left out, goods are opened as soon as a bay is free."""
    laboratory: Laboratory | None = None
    """Laboratory tests of opened consignments."""
    after_release: AfterRelease | None = None
    """Release of selected consignments before their inspection."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged to the opened consignments."""


BeginsAt = Literal["booking", "documents", "departure"]


class PreArrival(Section):
    """Pre-arrival declarations: for which consignments, and when their preparation begins."""

    share: Share
    """Share of consignments with a pre-arrival declaration."""
    begins: BeginsAt = Field(default="departure", alias="from")
    """When the trader begins to prepare it. ``departure``: when the transport that brings the goods to the
    facility of the office departs. ``documents``: when invoice, packing list and bill of lading or air
    waybill are there, ``lead`` before that departure. ``booking``: when the consignment is booked, ``lead``
    before its acceptance. The office takes no declaration before the departure or, with ``booking``, the
    acceptance."""
    lead: PositiveDuration | None = None
    """How long before the departure the documents are there, or before the acceptance the consignment is
    booked."""

    @model_validator(mode="after")
    def _lead_fits(self) -> Self:
        wrong = lead_fault(self.begins, self.lead)
        if wrong:
            raise ValueError(wrong)
        return self

    @property
    def is_brought(self) -> bool:
        """Whether it begins with the transport that brings the goods, so that there must be one."""
        return self.share > 0 and self.begins != "booking"


def lead_fault(begins: BeginsAt, lead: int | None) -> str:
    """Return what is wrong with the lead of declarations that begin at some event; empty if nothing is."""
    if begins == "departure" and lead is not None:
        return 'lead does not go with from = "departure"; allowed: from = "documents" or "booking"'
    if begins != "departure" and lead is None:
        return f'lead is missing, which from = "{begins}" needs; allowed: such as lead = "3 d"'
    return ""


def _share_or_table(value: Any) -> str:
    return TABLE if isinstance(value, dict | PreArrival) else "share"


SomePreArrival = Annotated[
    Annotated[Share, Tag("share")] | Annotated[PreArrival, Tag(TABLE)], Discriminator(_share_or_table)
]


class Amendment(Section):
    """Amendment, after arrival, of declarations that were lodged before arrival."""

    share: Share
    """Share of the pre-arrival declarations that must be amended."""
    duration: Distribution[PositiveDuration]
    """Time that the trader needs for an amendment; an officer then controls the declaration again."""


class Duty(Section):
    """Payment of duties and taxes, between control and release."""

    share: Share
    """Share of consignments that have to pay before release."""
    duration: Distribution[PositiveDuration]
    """Time until the payment arrives."""


class TwoStep(Section):
    """A summary declaration before release and the full declaration after it, under a guarantee."""

    uptake: Share
    """Share of consignments that are declared in two steps."""
    summary: Share
    """Preparation time of the summary, as a share of ``preparation``."""
    full_entry: Distribution[PositiveDuration]
    """Time from the release to the full declaration, which an officer controls, too. The goods wait
    neither for it nor for the payment of duty."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged for the two steps, such as the guarantee."""


class Information(Section):
    """Data from another office: the declaration begins when that office releases the goods."""

    of: ref.OfficeAt
    """Earlier office on the route, "facility/activity"."""
    share: Share = 1.0
    """Share of consignments whose data are passed on."""
    saves: Share = 0.0
    """Share of the trader's preparation that the data save."""


class Recognition(Section):
    """Recognition of the control by another office."""

    of: ref.OfficeAt
    """Earlier office on the route, "facility/activity"."""
    mode: Literal["none", "skip-if-inspected", "rely-on-control"]
    """``none``: this office inspects all consignments that it selects. ``skip-if-inspected``: it does not
    inspect those that the earlier office has inspected. ``rely-on-control``: it inspects none that the
    earlier office has controlled, inspected or not."""


class Direct(Section):
    """Direct loading or pick-up: goods that are released in time bypass the yard."""

    share: Share = 1.0
    """Share of consignments that can be handled directly."""
    skips: Annotated[tuple[ref.ActivityAt, ...], Field(min_length=1)]
    """Activities, "facility/activity", on the same route. A consignment bypasses them if its declaration
    is released before the goods reach the first of them and it is not selected for inspection."""


class Customs(Section):
    """A customs office: declaration, document control, selection, inspection, release.

    The declaration runs beside the goods: the trader prepares and lodges it, an officer controls it. The
    goods wait for the outcome. So release is the later of the arrival of the goods and the end of the
    declaration, plus the inspection of selected goods. ``docs/customs.md`` describes each stage.
    """

    kind: Literal["customs"]
    procedure: Literal["export", "transit", "import"]
    """Customs procedure."""
    preparation: Distribution[PositiveDuration]
    """Time that the trader needs until a declaration is lodged. It begins when the goods arrive or, for a
    pre-arrival declaration, earlier. What is common to all goods of a sailing belongs to ``manifest``."""
    documents: Documents
    """Document control."""
    manifest: Distribution[PositiveDuration] | None = None
    """Time from the arrival of the transport that brings the goods until what is common to all its goods is
    done: manifest, tally, exchange of bills of lading for delivery orders. No goods of the arrival are
    released before. Drawn once for each arrival of a scheduled service, else for each consignment. If left
    out, there is no such wait."""
    inspection: Inspection | None = None
    """Inspection of selected goods; if left out, none takes place."""
    agencies: dict[str, Agency] = {}
    """Other agencies at the office, by name. ``joint_with`` and levers leave their work as it is, but for
    ``side-by-side``."""
    pre_arrival: SomePreArrival = 0.0
    """Share of consignments with a pre-arrival declaration, which begins when the transport that brings the
    goods departs; or a table with ``share``, ``from`` and ``lead``."""
    amendment: Amendment | None = None
    """Amendment of pre-arrival declarations."""
    information: Information | None = None
    """Data that an earlier office passes on."""
    duty: Duty | None = None
    """Payment of duty."""
    two_step: TwoStep | None = None
    """Declaration in two steps: summary and full declaration."""
    recognition: Recognition | None = None
    """Recognition of the control by an earlier office."""
    joint_with: tuple[ref.OfficeAt, ...] = ()
    """Offices, "facility/activity". The nearest of them before this one on a route does the work of this
    one: its declaration, inspection and release hold here, too. Nothing is lodged again. A consignment
    that either office selects is inspected there once, as long as the longest of the inspections takes."""
    direct: Direct | None = None
    """Direct loading or pick-up."""
    filings: int = Field(default=1, ge=1, le=100)
    """Number of declarations that are lodged for a consignment. Each is prepared after the one before it
    has been accepted. Prices per filing are multiplied by it."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged once for a consignment, whatever the number of filings."""

    @property
    def advance(self) -> PreArrival:
        """The pre-arrival declarations, also where the file gives only their share."""
        given = self.pre_arrival
        return given if isinstance(given, PreArrival) else _at_departure(given)


@lru_cache(maxsize=1000)
def _at_departure(share: float) -> PreArrival:
    """Return the pre-arrival declarations of which a file gives only the share; they begin at departure."""
    return PreArrival.model_construct(share=share)
