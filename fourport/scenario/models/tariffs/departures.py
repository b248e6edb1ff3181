"""Prices that the goods of a departure share: of the departure itself, of a master bill."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import model_validator

from fourport.scenario.models.tariffs.line import Basis, Line, OfTheGoods, need_unit
from fourport.scenario.units import UnitPrice

Consolidation = Literal["lane-and-route", "lane", "route"]
Among = Literal["departure", "lane-and-route", "lane", "route", "block"]


class Sharing(NamedTuple):
    """Which goods of a departure share a price.

    Attributes
    ----------
    basis
        Basis by which they share it.
    among
        All goods aboard, those of a lane or route or both, or those booked on block space.
    which
        At other steps than a service: the departure by which the goods came, or by which they leave.
    committed, release_us, sold
        Of block space: the share that is paid for in any case, the time before departure at which what is not
        needed of it is released (0 for never), and the share of the released space that is sold.
    """

    basis: Basis
    among: Among
    which: Literal["last", "next"] = "last"
    committed: float = 1.0
    release_us: int = 0
    sold: float = 0.0


class DepartureLine(Line):
    """A whole departure of a service, such as a charter flight or a block train.

    The consignments aboard share the price in proportion to the basis, so the cost per kg depends on how full
    the departure is. An empty departure is not charged to anyone. A service with ``background`` cargo cannot
    have such a line, since the consignments must be all that it carries.
    """

    per: ClassVar[str] = "departure"

    kind: Literal["departure"]
    """Kind of line."""
    basis: OfTheGoods
    """Basis by which the price is shared."""
    price: UnitPrice
    """Price per departure."""

    @property
    def sharing(self) -> Sharing:
        """Who shares the price: all goods aboard."""
        return Sharing(self.basis, "departure")

    @model_validator(mode="after")
    def _price_fits(self) -> Self:
        need_unit(self.price, "departure", "a departure")
        return self


class MasterBillLine(Line):
    """A charge for each master bill: the goods of one consolidation that leave by the same departure.

    They share the price in proportion to the basis. At a service, these are the goods aboard. At any other
    step they are those that finish the step, of the departure by which they came or by which they leave; a
    step that none of them finishes is charged to no one. A house bill is a consignment, so a price for each
    house bill is a plain line by ``consignment``.
    """

    per: ClassVar[str] = "master-bill"

    kind: Literal["master-bill"]
    """Kind of line."""
    basis: OfTheGoods = "chargeable-weight"
    """Basis by which the price is shared."""
    price: UnitPrice
    """Price per master bill."""
    consolidation: Consolidation = "lane-and-route"
    """Whose goods travel on one master bill: those of one lane by one route, those of a lane by all its
    routes, or those of all lanes by one route."""
    departure: Literal["last", "next"] = "last"
    """At other steps than a service: whether the master bill is that of the last service before the step or
    that of the next one after it."""

    @property
    def sharing(self) -> Sharing:
        """Who shares the price: the goods of a consolidation."""
        return Sharing(self.basis, self.consolidation, self.departure)

    @model_validator(mode="after")
    def _price_fits(self) -> Self:
        need_unit(self.price, "master-bill", "a master bill")
        return self
