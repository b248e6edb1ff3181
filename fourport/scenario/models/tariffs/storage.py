"""Storage and demurrage: free time, then a price a day that changes from tier to tier."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario.base import Section
from fourport.scenario.models.tariffs.line import BASIS_UNITS, Line, OfTheGoods, need_unit
from fourport.scenario.units import Duration, MoneyAmount, UnitPrice

Since = Literal["arrival", "ready"]


class StorageTier(Section):
    """Days that cost the same."""

    days: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many days it lasts; the last tier has no end."""
    price: UnitPrice
    """Price for each unit of the basis and day, such as "0.02 USD/kg/d"."""


class StorageLine(Line):
    """Storage, or demurrage of containers: free time, then a price a day by tier.

    Time in store ends when the step that names the tariff ends, for transport when
    it departs. A day is every 24 hours begun.
    """

    kind: Literal["storage"]
    """What kind of line it is."""
    basis: OfTheGoods
    """What the price is multiplied with, beside the days."""
    since: Since = "arrival"
    """When time in store begins: on arrival of the goods at the facility (or their
    acceptance there), or when they are ready for the step that names the tariff."""
    free: Duration = 0
    """Time in store that costs nothing."""
    count: Literal["after-free", "from-begin"] = "after-free"
    """Whether, once free time is over, days count from its end or from the begin of the storage."""
    tiers: Annotated[tuple[StorageTier, ...], Field(min_length=1)]
    """Prices, in the order of the days."""
    minimum: MoneyAmount | None = None
    """Least charge for a consignment that stays longer than free time."""

    @model_validator(mode="after")
    def _tiers_fit(self) -> Self:
        for index, tier in enumerate(self.tiers):
            need_unit(tier.price, f"{BASIS_UNITS[self.basis]}/d", f"storage by {self.basis}")
            if (tier.days is None) != (index == len(self.tiers) - 1):
                raise ValueError("every tier but the last needs days, and the last has none")
        return self
