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
    """Largest weight of a parcel of the step."""
    price: UnitPrice
    """Price per parcel."""


class FurtherWeight(Section):
    """Price of weight beyond the last step."""

    each: Mass
    """Unit of weight; each started unit is charged."""
    price: UnitPrice
    """Price per unit, added to that of the last step."""


class ParcelLine(Line):
    """Parcels by weight step.

    A consignment travels in as many parcels as its commodity says; otherwise in as few as its gross weight
    allows, all of the same size. Each parcel is charged by the first step that it does not exceed.
    """

    per: ClassVar[str] = "parcel"

    kind: Literal["parcel"]
    """Kind of line."""
    basis: Literal["gross-weight", "chargeable-weight"] = "gross-weight"
    """Weight of a parcel that decides its step."""
    steps: Annotated[tuple[ParcelStep, ...], Field(min_length=1)]
    """Weight steps, rising."""
    further: FurtherWeight | None = None
    """Price of weight beyond the last step; needed where volume counts."""
    largest: Mass | None = None
    """Largest gross weight of a parcel; that of the last step if left out."""

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
