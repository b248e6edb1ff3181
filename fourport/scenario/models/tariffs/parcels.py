"""Post and express: parcels by weight step."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario.base import Section
from fourport.scenario.models.tariffs.line import Line, need_unit
from fourport.scenario.units import Mass, UnitPrice


class ParcelStep(Section):
    """A weight step."""

    up_to: Mass
    """Heaviest parcel of the step."""
    price: UnitPrice
    """Price for a parcel."""


class FurtherWeight(Section):
    """What weight beyond the last step costs."""

    each: Mass
    """Weight for each of which, begun, the price is due."""
    price: UnitPrice
    """Price to add for a parcel."""


class ParcelLine(Line):
    """Parcels by weight step.

    A consignment travels in as many parcels as its commodity says, or else in as few as its
    gross weight allows, all of the same size; each is charged by the first step that it does not exceed.
    """

    per: ClassVar[str] = "parcel"

    kind: Literal["parcel"]
    """What kind of line it is."""
    basis: Literal["gross-weight", "chargeable-weight"] = "gross-weight"
    """Which weight of a parcel is looked up."""
    steps: Annotated[tuple[ParcelStep, ...], Field(min_length=1)]
    """Weight steps, rising."""
    further: FurtherWeight | None = None
    """What weight beyond the last step costs; needed where volume counts."""
    largest: Mass | None = None
    """Heaviest parcel taken, gross; that of the last step if it is left out."""

    @model_validator(mode="after")
    def _steps_fit(self) -> Self:
        for price in [step.price for step in self.steps] + ([self.further.price] if self.further else []):
            need_unit(price, "parcel", "a parcel")
        weights = [step.up_to for step in self.steps]
        if weights != sorted(set(weights)):
            raise ValueError("the steps do not rise; allowed: each up_to above the one before")
        if self.further is None and self.basis == "chargeable-weight":
            raise ValueError("further is missing: a volume weight may lie beyond the last step")
        if self.further is None and (self.largest or 0) > weights[-1]:
            raise ValueError("further is missing: the largest parcel lies beyond the last step")
        return self
