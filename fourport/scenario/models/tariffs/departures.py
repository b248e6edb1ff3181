"""Prices that the goods of departures share: of a departure, of a master bill, of unused block space."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import model_validator

from fourport.scenario.models.tariffs.line import BASIS_UNITS, Basis, Line, OfTheGoods, need_unit
from fourport.scenario.units import PositiveDuration, Share, UnitPrice

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


class DeadFreightLine(Line):
    """What is paid for block space that is not used: dead freight.

    The unused space of all departures of a week is charged to the goods that the block took along in that
    week, in proportion to the basis. Departures that carry none of them count, too; cancelled ones do not.
    Goods on free sale pay nothing.
    """

    kind: Literal["dead-freight"]
    """Kind of line."""
    basis: Literal["gross-weight", "chargeable-weight", "volume", "containers"]
    """What the block space is counted by."""
    price: UnitPrice
    """Price for each unit of space that is paid for and not used."""
    committed: Share = 1.0
    """Share of the block space that must be paid for."""
    release: PositiveDuration | None = None
    """How long before departure the holder releases the committed space that is not needed: all but what
    goods accepted by then will take, and what goods accepted later take on average. If left out, the block is
    hard."""
    sold: Share | None = None
    """Share of the released space that is sold to others and not charged; all of it if left out."""

    @property
    def sharing(self) -> Sharing:
        """Who shares the price, and on what terms."""
        sold = 0.0 if self.release is None else 1.0 if self.sold is None else self.sold
        return Sharing(self.basis, "block", "last", self.committed, self.release or 0, sold)

    @model_validator(mode="after")
    def _terms_fit(self) -> Self:
        need_unit(self.price, BASIS_UNITS[self.basis], f"dead freight by {self.basis}")
        if self.sold is not None and self.release is None:
            raise ValueError("sold is the share of released space; allowed: release and sold, or neither")
        return self
