"""Demand: commodities, trader classes, lanes and routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from fourport.scenario import ref
from fourport.scenario.base import Section, one_of
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import Month, Weekday
from fourport.scenario.titles import Title
from fourport.scenario.units import (
    MICROSECONDS,
    Clock,
    DemandRate,
    Density,
    Duration,
    Mass,
    PositiveDuration,
    Share,
    ValueDensity,
)

SHARE_TOLERANCE = 1e-6


def check_shares(table: dict[str, float], what: str) -> None:
    """Raise ValueError unless the shares sum to one. An empty table passes, since a table may be left out."""
    total = sum(table.values())
    if table and abs(total - 1.0) > SHARE_TOLERANCE:
        raise ValueError(f"the shares of {what} sum to {total:.4%}; allowed: a sum of 100 %")


class Commodity(Section):
    """A family of goods."""

    title: Title
    """Title in tables and charts."""
    value: Distribution[ValueDensity]
    """Value per kg."""
    density: Distribution[Density]
    """Weight per m3 as packed."""
    weight: Distribution[Mass]
    """Gross weight of a consignment. It needs an upper bound."""
    parcel: Mass | None = None
    """Mean weight of a parcel, where a consignment is a manifest or a bag of parcels. The number of
    parcels is the weight divided by it, at least one. Prices and durations by parcel need it."""

    @property
    def currency(self) -> str:
        """Currency of the value."""
        return next(self.value.quantities()).currency


class TraderClass(Section):
    """A class of traders as customs treats them."""

    title: Title
    """Title in tables and charts."""
    non_compliant: Share = 0.0
    """Share of their consignments that are non-compliant: they break a rule, which customs may find. If no
    trader class has any, none are counted."""


class DayPart(Section):
    """A part of the day in which a share of the day's consignments is accepted."""

    begins: Clock
    """Local time at which the part begins."""
    ends: Clock
    """Local time at which the part ends, later on the same day."""
    share: Share
    """Share of the consignments of the day."""

    @model_validator(mode="after")
    def _within_the_day(self) -> Self:
        if not self.begins < self.ends:
            raise ValueError(
                "ends at or before it begins; allowed: parts of one day, such as one to 24:00, one from 00:00"
            )
        return self


class Renewal(Section):
    """Consignments at independent intervals with one distribution, without profiles."""

    interval: Distribution[PositiveDuration]
    """Time between two consignments."""


class Shifted(Section):
    """Part of the demand of holidays that is handed in on the days before or after them."""

    share: Share
    """Share of the consignments that days without holidays would have had."""
    time: PositiveDuration
    """Over how long they are handed in, whole days."""

    @model_validator(mode="after")
    def _whole_days(self) -> Self:
        if self.time % MICROSECONDS["d"]:
            raise ValueError('the time is not a whole number of days; allowed: such as "10 d"')
        return self

    @property
    def days(self) -> int:
        """Number of days."""
        return self.time // MICROSECONDS["d"]


class AimsAtCutOff(Section):
    """Shippers who hold goods that are ready back, and hand them in just in time for a cut-off.

    The profiles of the lane then say when the goods are ready. They are handed in ``lead`` and the spare time
    before the first cut-off for which that is not too late, or at the latest time before that at which the
    lane accepts goods, but before its next holiday in any case. Where the run has no such cut-off left, they
    are handed in when they are ready.
    """

    share: Share
    """Share of the consignments of the route that are handed in so; the others are as soon as they are
    ready."""
    service: ref.Service | None = None
    """Scheduled service of the route at whose cut-offs they aim; if left out, the first of the route, or any
    of those of its first leg that has several."""
    lead: Duration
    """Time from acceptance to the cut-off that transport and handling take, as shippers know it."""
    spare: Distribution[Duration]
    """Time in hand besides the lead."""


class Lane(Section):
    """Demand from one place to another.

    Consignments arrive as a Poisson process whose rate follows the profiles of month, weekday and time of
    day, or at the intervals of ``renewal``. On holidays none arrive; part of theirs arrives in the ``rush``
    before and the ``backlog`` after consecutive holidays, spread over the days there in proportion to
    what these have themselves. The rest is lost.
    """

    title: Title
    """Title in tables and charts."""
    origin: ref.Facility = Field(alias="from")
    """Facility where the consignments are accepted."""
    destination: ref.Facility = Field(alias="to")
    """Facility where they are delivered."""
    demand: DemandRate | None = None
    """Mean number of consignments, in a year without holidays."""
    season: dict[Month, Share] = {}
    """Share of the consignments of the year by month; uniform if left out."""
    week: dict[Weekday, Share] = {}
    """Share of the consignments of the week by day; uniform if left out."""
    day: tuple[DayPart, ...] = ()
    """Share of the consignments of the day by time; uniform if left out."""
    holidays: tuple[ref.Holidays, ...] = ()
    """Holiday lists: nothing is accepted on their holidays, and their make-up days have the demand of a
    working day. No day may be both."""
    rush: Shifted | None = None
    """Demand of the holidays that is handed in before them."""
    backlog: Shifted | None = None
    """Demand of the holidays that is handed in after them."""
    renewal: Renewal | None = None
    """Intervals, instead of ``demand``, the profiles and ``holidays``."""
    commodities: Annotated[dict[ref.Commodity, Share], Field(min_length=1)]
    """Share of consignments by commodity."""
    trader_classes: Annotated[dict[ref.TraderClass, Share], Field(min_length=1)]
    """Share of consignments by trader class: that of exporter and importer or, with ``importers``, that of
    the exporter alone."""
    importers: dict[ref.TraderClass, Share] = {}
    """Share of consignments by trader class of the importer, drawn apart from the exporter's. It counts at
    offices of the procedure import; the exporter's counts at all others, in all other queues and for
    ``non_compliant``. If left out, both are of one class."""
    credit: dict[ref.Grade, Share] = {}
    """Share of consignments by credit grade of the shipper; without it capital costs the same for all."""
    routes: Annotated[dict[ref.Route, Share], Field(min_length=1)]
    """Share of consignments by route."""
    aims_at_cut_off: dict[ref.Route, AimsAtCutOff] = {}
    """Shippers who hand in their goods in time for a cut-off, by route of the lane; if left out, goods are
    accepted by the profiles, whatever sails when."""
    promise: PositiveDuration | None = None
    """Promised time from acceptance to delivery; the share delivered within it is reported."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        one_of(demand=self.demand is not None, renewal=self.renewal is not None)
        if self.renewal and (self.season or self.week or self.day or self.holidays):
            raise ValueError("season, week, day and holidays go with demand, not with renewal")
        if self.renewal and self.aims_at_cut_off:
            raise ValueError("aims_at_cut_off goes with demand, not with renewal, which says when goods come")
        if (self.rush or self.backlog) and not self.holidays:
            raise ValueError("rush and backlog go with holidays; allowed: all of them, or none")
        if sum(part.share for part in (self.rush, self.backlog) if part) > 1 + SHARE_TOLERANCE:
            raise ValueError("the shares of rush and backlog exceed 100 %; allowed: 100 % at most")
        for what in ("season", "week", "commodities", "trader_classes", "importers", "credit", "routes"):
            check_shares(getattr(self, what), what)
        check_shares({str(k): part.share for k, part in enumerate(self.day)}, "day")
        return self


class AtStep(Section):
    """An activity at a facility."""

    at: ref.Facility
    """Facility."""
    do: ref.Activity
    """Activity of the facility."""
    fewer_filings: int = Field(default=0, ge=0, le=100)
    """At a customs office: number of filings that are not needed on this route; at least one remains."""


class ByStep(Section):
    """A leg to another facility."""

    by: ref.Leg | Annotated[tuple[ref.Leg, ...], Field(min_length=1)]
    """Service, fleet or trucking leg; or a list of scheduled services between the same facilities, of which
    each consignment takes one."""
    space: Literal["free", "block"] = "free"
    """Space of the service on which the consignment is booked: free sale or block space. Of several services,
    those without block space have free sale only."""
    choose: Literal["next", "in-order"] | None = None
    """Of several services: ``next`` (if left out) is the departure that closes next and has room, whichever
    service it is of; the order written decides if two close at once. With ``in-order`` the first of the list
    with a departure ``within`` the given time is preferred; if there is none, the next departure."""
    within: PositiveDuration | None = None
    """With ``in-order``: time from readiness within which a preferred service must be scheduled to leave."""

    @property
    def legs(self) -> tuple[str, ...]:
        """Names of the legs of which a consignment takes one, in the order written."""
        return (self.by,) if isinstance(self.by, str) else self.by

    @property
    def named(self) -> str:
        """The legs in words: "ferry", or "ferry or barge"."""
        return " or ".join(self.legs)

    @model_validator(mode="after")
    def _choice(self) -> Self:
        if len(self.legs) == 1 and (self.choose or self.within):
            raise ValueError("choose and within need several services; allowed: by with a list of them")
        if self.choose != "in-order" and self.within is not None:
            raise ValueError('within goes with choose = "in-order"; allowed: both of them, or neither')
        if self.choose == "in-order" and self.within is None:
            raise ValueError('choose = "in-order" needs within; allowed: such as within = "2 d"')
        return self


def _step_kind(value: Any) -> str:
    return "by" if isinstance(value, ByStep) or (isinstance(value, dict) and "by" in value) else "at"


Step = Annotated[
    Annotated[AtStep, Tag("at")] | Annotated[ByStep, Tag("by")],
    Discriminator(_step_kind),
]


class Route(Section):
    """A journey as a sequence of steps."""

    title: Title
    """Title in tables and charts."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """Steps, in order."""
    freight_from: ref.Facility | None = None
    """Facility (the origin hub) from which charges count as freight cost; if left out, the first of the
    route."""
    freight_to: ref.Facility | None = None
    """Facility (the destination hub) on whose arrival the freight cost ends; if left out, the last of the
    route."""
    planned_departure: str | None = None
    """Scheduled service on the route whose departure is planned at acceptance, such as a weekly block
    train; the last service if left out."""
