"""Whole containers and vehicles."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario.base import Section
from fourport.scenario.models.tariffs.line import Line, need_unit
from fourport.scenario.units import Mass, MoneyAmount, UnitPrice, Volume


class ContainerType(Section):
    """A type of container with its price."""

    price: UnitPrice
    """Price per container."""
    weight: Mass
    """Weight that the container takes."""
    volume: Volume
    """Volume of goods that the container takes, as they are stowed."""


class ContainerLine(Line):
    """Whole containers by type (FCL).

    A consignment takes as many full containers of one type as it fills, and one container of the cheapest
    type that holds the rest. The type is the one with the least total. Cargo that shares a container is
    charged by the basis ``containers`` (the container of a forwarder) or ``weight-or-measure`` (LCL).
    """

    per: ClassVar[str] = "container"

    kind: Literal["container"]
    """Kind of line."""
    types: Annotated[dict[str, ContainerType], Field(min_length=1)]
    """Types to choose from, such as ``20GP``, ``40GP`` and ``40HC``."""

    @model_validator(mode="after")
    def _prices_fit(self) -> Self:
        for one in self.types.values():
            need_unit(one.price, "container", "a container")
        return self


class VehicleLine(Line):
    """Vehicles, whole or in part, at a price per vehicle or per vehicle-kilometre."""

    per: ClassVar[str] = "vehicle"

    kind: Literal["vehicle"]
    """Kind of line."""
    weight: Mass
    """Payload of a vehicle."""
    volume: Volume
    """Loading volume of a vehicle."""
    hire: Literal["whole", "part"] = "whole"
    """Whether a consignment pays for whole vehicles, or for the part of a vehicle that it takes."""
    price: UnitPrice
    """Price per vehicle, or per km of a vehicle."""
    minimum: MoneyAmount | None = None
    """Minimum charge for a consignment."""

    @model_validator(mode="after")
    def _price_fits(self) -> Self:
        if self.price.per not in ("vehicle", "km"):
            raise ValueError(f"a vehicle needs a price per vehicle or per km, not per {self.price.per}")
        return self
