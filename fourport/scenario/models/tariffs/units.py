"""Whole containers, vehicles and departures."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario.base import Section
from fourport.scenario.models.tariffs.line import Line, OfTheGoods, need_unit
from fourport.scenario.units import Mass, MoneyAmount, UnitPrice, Volume


class ContainerType(Section):
    """A type of container with its price."""

    price: UnitPrice
    """Price for a container."""
    weight: Mass
    """Weight that it takes."""
    volume: Volume
    """Volume of goods that it takes, as they are stowed."""


class ContainerLine(Line):
    """Whole containers by type (FCL).

    A consignment takes as many full containers of one type as it fills, and for the
    rest one container of the cheapest type that holds it; the type is the one with
    which the whole costs least. Cargo that shares a container is charged by the
    basis ``containers`` (a forwarder's own) or ``weight-or-measure`` (LCL).
    """

    per: ClassVar[str] = "container"

    kind: Literal["container"]
    """What kind of line it is."""
    types: Annotated[dict[str, ContainerType], Field(min_length=1)]
    """Types to choose from, such as ``20GP``, ``40GP`` and ``40HC``."""

    @model_validator(mode="after")
    def _prices_fit(self) -> Self:
        for one in self.types.values():
            need_unit(one.price, "container", "a container")
        return self


class VehicleLine(Line):
    """Vehicles, whole or in part, at a price for each vehicle or for each of its kilometres."""

    per: ClassVar[str] = "vehicle"

    kind: Literal["vehicle"]
    """What kind of line it is."""
    weight: Mass
    """Payload of a vehicle."""
    volume: Volume
    """Loading volume of a vehicle."""
    hire: Literal["whole", "part"] = "whole"
    """Whether a consignment hires whole vehicles, or pays for the part of one that it takes."""
    price: UnitPrice
    """Price for each vehicle, or for each km of a vehicle."""
    minimum: MoneyAmount | None = None
    """Least charge for a consignment."""

    @model_validator(mode="after")
    def _price_fits(self) -> Self:
        if self.price.per not in ("vehicle", "km"):
            raise ValueError(f"a vehicle needs a price per vehicle or per km, not per {self.price.per}")
        return self


class DepartureLine(Line):
    """A departure of a service as a whole, such as a charter flight or a block train.

    Whoever is aboard shares its price in proportion to the basis, so that what a kg costs is an
    outcome of how full it is. Nobody pays for a departure on which nothing is carried, and the goods must
    be all that it carries: a service with ``background`` cargo has no such line.
    """

    per: ClassVar[str] = "departure"

    kind: Literal["departure"]
    """What kind of line it is."""
    basis: OfTheGoods
    """What the price is shared by."""
    price: UnitPrice
    """Price for a departure."""

    @model_validator(mode="after")
    def _price_fits(self) -> Self:
        need_unit(self.price, "departure", "a departure")
        return self
