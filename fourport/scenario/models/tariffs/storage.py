"""Storage and demurrage: free time, then a price per day that changes from tier to tier."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario import ref
from fourport.scenario.base import Section
from fourport.scenario.models.tariffs.line import BASIS_UNITS, Line, OfTheGoods, need_unit
from fourport.scenario.units import MICROSECONDS, Duration, MoneyAmount, UnitPrice

Since = Literal["arrival", "ready"]
By = Literal["24-hours", "calendar-days", "working-days"]
DAY = MICROSECONDS["day"]


class StorageTier(Section):
    """Days with the same price."""

    days: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Number of days of the tier; the last tier has no end."""
    price: UnitPrice
    """Price per unit of the basis and day, such as "0.02 USD/kg/d"."""


class StorageLine(Line):
    """Storage, or demurrage of containers: free time, then a price per day by tier.

    Time in store ends when the step that names the tariff ends; for transport, when it departs.
    """

    kind: Literal["storage"]
    """Kind of line."""
    basis: OfTheGoods
    """What the price is multiplied by, in addition to the days."""
    since: Since = "arrival"
    """When time in store begins: when the goods arrive at the facility (or are accepted there), or when
    they are ready for the step that names the tariff."""
    by: By = "24-hours"
    """What a day is: each started 24 hours; each date that the goods are in store, those of their arrival and
    departure included; or each of these dates on which ``calendar`` works. Dates are local."""
    calendar: ref.Calendar | None = None
    """Calendar of ``working-days``: a day counts if some of its hours begin on it."""
    free: Duration = 0
    """Free time in store; with dates, a whole number of days."""
    count: Literal["after-free", "from-begin"] = "after-free"
    """Whether days, after free time, count from the end of free time or from the begin of the storage."""
    tiers: Annotated[tuple[StorageTier, ...], Field(min_length=1)]
    """Tiers, in the order of the days."""
    minimum: MoneyAmount | None = None
    """Minimum charge for a consignment that stays longer than free time."""

    @model_validator(mode="after")
    def _tiers_fit(self) -> Self:
        if (self.by == "working-days") != (self.calendar is not None):
            raise ValueError("working-days need a calendar, and only they; allowed: both, or neither")
        if self.by != "24-hours" and self.free % DAY:
            raise ValueError(f'free is no whole number of days, but {self.by} count; allowed: such as "2 d"')
        for index, tier in enumerate(self.tiers):
            need_unit(tier.price, f"{BASIS_UNITS[self.basis]}/d", f"storage by {self.basis}")
            if (tier.days is None) != (index == len(self.tiers) - 1):
                raise ValueError("every tier but the last needs days, and the last has none")
        return self
