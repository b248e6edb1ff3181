"""Horizon, sources, container loads and the value of time."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from fourport.arguments import LARGEST_SEED, LEAST_COMPARED, MOST_REPLICATIONS
from fourport.scenario import ref
from fourport.scenario.base import Section
from fourport.scenario.titles import Title
from fourport.scenario.units import AnnualRate, Duration, Mass, PositiveDuration, Ratio, Share, Volume

Grade = Literal["seed", "published", "derived", "estimate"]
"""Grade of a number: ``seed`` (founding article), ``published`` (public text), ``derived`` (arithmetic on
these), ``estimate`` (general knowledge)."""


class RunSettings(Section):
    """The horizon: warm-up, window and drain, one after the other.

    Consignments enter throughout. The measured cohort is the consignments that enter in the window. They are
    followed until delivery; those not delivered by the end of the drain are reported as undelivered.
    """

    start: date
    """First day, at local midnight of ``zone``."""
    zone: ref.Zone = "UTC"
    """Time zone of the midnights at which the horizon begins and ends."""
    warm_up: PositiveDuration | Literal["none"] = "none"
    """Time for the corridor to fill before the window; whole weeks."""
    window: PositiveDuration
    """Time in which the measured consignments enter; whole weeks."""
    drain: PositiveDuration
    """Time for the measured consignments to arrive; whole weeks."""
    replications: int = Field(default=10, ge=LEAST_COMPARED, le=MOST_REPLICATIONS)
    """Number of independent replications."""
    seed: int = Field(default=1, ge=0, lt=LARGEST_SEED + 1)
    """Seed of all random streams."""


class Source(Section):
    """A text that numbers are taken from."""

    title: Title
    """Title of the text."""
    address: str = ""
    """Where to find it."""
    date: str = ""
    """When it was published or read."""


class ContainerLoad(Section):
    """How much loose cargo fills a container; it converts weight and volume into TEU."""

    weight: Mass
    """Weight of loose cargo that fills one TEU."""
    volume: Volume
    """Volume of loose cargo that fills one TEU."""


class SafetyStock(Section):
    """Stock that the consignee holds against late deliveries and variable demand.

    z x sqrt(L x sd^2 + d^2 x sL^2), where L and sL are mean and standard deviation of the lead time of the
    simulated deliveries of the same lane and route.
    """

    service_level: Share
    """Share of replenishment cycles without a stock-out; z is this quantile of the normal distribution."""
    demand_variation: Ratio = 0.0
    """Standard deviation of the daily demand for the goods as a share of its mean (sd / d)."""

    @model_validator(mode="after")
    def _level_between(self) -> Self:
        if not 0.5 <= self.service_level < 1:
            raise ValueError('the service_level must lie from 50 % to below 100 %; allowed: such as "95 %"')
        return self


class ValueOfTime(Section):
    """What time costs the owner of the goods: several rates, or one rate for all of it."""

    capital_rate: AnnualRate | None = None
    """Cost of the capital bound in goods under way. A shipper with a credit grade has the rate of that
    grade."""
    obsolescence: AnnualRate | None = None
    """Value that goods lose with time."""
    safety_stock: SafetyStock | None = None
    """Stock held because lead times vary; it costs the rates of capital and obsolescence."""
    hummels_schaur: AnnualRate | None = None
    """Total value of a day to shippers, such as "0.8 %/d" (Hummels and Schaur). It includes the other
    costs of time, so it replaces them."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        held = (self.capital_rate, self.obsolescence)
        if all(rate is None for rate in (*held, self.hummels_schaur)):
            raise ValueError("is empty; allowed: capital_rate, obsolescence or hummels_schaur")
        if self.safety_stock is not None and all(rate is None for rate in held):
            raise ValueError("safety_stock needs a rate: capital_rate, obsolescence or both")
        return self


class CreditGrade(Section):
    """A credit grade of the shipper, which sets its cost of capital."""

    title: Title = ""
    """Title in tables and charts."""
    capital_rate: AnnualRate
    """Cost of capital of a shipper with this grade."""


class Planning(Section):
    """How the forwarder plans a consignment's departures when it is accepted."""

    allowance: Duration
    """Slack that the forwarder leaves before each cut-off."""
    late_quantile: float = Field(default=0.8, gt=0, lt=1)
    """Quantile of each duration that the forwarder plans with."""
    hub_target: PositiveDuration = Field(default="24 h", validate_default=True)
    """Time within which goods should leave the hub after they arrive there. The hub is where the planned
    service departs."""
