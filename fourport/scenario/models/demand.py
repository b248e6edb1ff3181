"""What moves: commodities, trader classes, lanes and routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from fourport.scenario import ref
from fourport.scenario.base import Section, Title, one_of
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import Month, Weekday
from fourport.scenario.units import Clock, DemandRate, Density, Mass, PositiveDuration, Share, ValueDensity

SHARE_TOLERANCE = 1e-6


def check_shares(table: dict[str, float], what: str) -> None:
    """Raise ValueError unless the shares sum to one; a table may be empty where it may be left out."""
    total = sum(table.values())
    if table and abs(total - 1.0) > SHARE_TOLERANCE:
        raise ValueError(f"the shares of {what} sum to {total:.4%}; allowed: a sum of 100 %")


class Commodity(Section):
    """A family of goods."""

    title: Title
    """What it is."""
    value: Distribution[ValueDensity]
    """Value for each kg."""
    density: Distribution[Density]
    """Weight for each m3 as packed."""
    weight: Distribution[Mass]
    """Gross weight of a consignment; it needs an upper bound."""
    parcel: Mass | None = None
    """Mean weight of a parcel, where a consignment is a manifest or a bag of parcels: it holds as many as its
    weight says, at least one. Prices and durations by parcel need it."""

    @property
    def currency(self) -> str:
        """Currency of the value."""
        given = (self.value.at, self.value.mean, self.value.low, self.value.high)
        return next(price.currency for price in given if price is not None)


class TraderClass(Section):
    """A class of traders in the eyes of customs."""

    title: Title
    """What it is."""
    non_compliant: Share = 0.0
    """Share of their consignments that break a rule, which customs may find; none are counted if no trader class
    has any."""


class DayPart(Section):
    """A part of the day in which a share of the day's consignments is accepted."""

    begins: Clock
    """Local time at which it begins."""
    ends: Clock
    """Local time at which it ends, later on the same day."""
    share: Share
    """Share of the day."""

    @model_validator(mode="after")
    def _within_the_day(self) -> Self:
        if not self.begins < self.ends:
            raise ValueError(
                "ends at or before it begins; allowed: parts of one day, such as one to 24:00, one from 00:00"
            )
        return self


class Renewal(Section):
    """Consignments at independent equally distributed intervals, without profile."""

    interval: Distribution[PositiveDuration]
    """Time between two consignments."""


class Lane(Section):
    """Demand from one place to another.

    Consignments come as a Poisson process whose rate follows the profiles of
    month, weekday and time of day, or at the intervals of ``renewal``.
    """

    title: Title
    """What it is."""
    origin: ref.Facility = Field(alias="from")
    """Facility where the consignments are accepted."""
    destination: ref.Facility = Field(alias="to")
    """Facility where they are delivered."""
    demand: DemandRate | None = None
    """Mean number of consignments."""
    season: dict[Month, Share] = {}
    """Share of the year's consignments by month; even if it is left out."""
    week: dict[Weekday, Share] = {}
    """Share of the week's consignments by day; even if it is left out."""
    day: tuple[DayPart, ...] = ()
    """Share of the day's consignments by time; even if it is left out."""
    renewal: Renewal | None = None
    """Intervals, in place of ``demand`` and the profiles."""
    commodities: Annotated[dict[ref.Commodity, Share], Field(min_length=1)]
    """Share of consignments by commodity."""
    trader_classes: Annotated[dict[ref.TraderClass, Share], Field(min_length=1)]
    """Share of consignments by trader class."""
    credit: dict[ref.Grade, Share] = {}
    """Share of consignments by the shipper's credit grade; without it capital costs all the same."""
    routes: Annotated[dict[ref.Route, Share], Field(min_length=1)]
    """Share of consignments by route."""
    promise: PositiveDuration | None = None
    """Time from acceptance to delivery that is promised; the share delivered within it is reported."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        one_of(demand=self.demand is not None, renewal=self.renewal is not None)
        if self.renewal and (self.season or self.week or self.day):
            raise ValueError("season, week and day go with demand, not with renewal")
        for what in ("season", "week", "commodities", "trader_classes", "credit", "routes"):
            check_shares(getattr(self, what), what)
        check_shares({str(k): part.share for k, part in enumerate(self.day)}, "day")
        return self


class AtStep(Section):
    """Something done at a facility."""

    at: ref.Facility
    """Facility."""
    do: ref.Activity
    """Activity of that facility."""
    fewer_filings: int = Field(default=0, ge=0, le=100)
    """Of a customs office: filings that it does without on this route; at least one is left."""


class ByStep(Section):
    """A way to another facility."""

    by: ref.Leg
    """Service, fleet or trucking leg."""
    space: Literal["free", "block"] = "free"
    """Whether the consignment is booked on the service's block space."""


def _step_kind(value: Any) -> str:
    return "by" if isinstance(value, ByStep) or (isinstance(value, dict) and "by" in value) else "at"


Step = Annotated[
    Annotated[AtStep, Tag("at")] | Annotated[ByStep, Tag("by")],
    Discriminator(_step_kind),
]


class Route(Section):
    """A journey as a chain of steps."""

    title: Title
    """What it is."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """What happens, in order."""
    freight_from: ref.Facility | None = None
    """Facility (the origin hub) from which charges count as freight cost; the route's first if left out."""
    freight_to: ref.Facility | None = None
    """Facility (the destination hub) on arrival at which freight cost ends; the last if left out."""
    planned_departure: str | None = None
    """Scheduled service on the route whose departure is planned when a consignment is accepted, such as a
    block train that runs once a week; the last one if left out."""
