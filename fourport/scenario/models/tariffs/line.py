"""Fields of all lines of a tariff; the plain line, a price by a basis; surcharges, a share of other lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from fourport.errors import Key
from fourport.scenario.base import Section, dates_ordered
from fourport.scenario.units import Money, MoneyAmount, Price, SignedPrice, SignedRatio

Basis = Literal[
    "gross-weight",
    "chargeable-weight",
    "volume",
    "weight-or-measure",
    "containers",
    "consignment",
    "parcel",
    "tonne-km",
    "distance",
    "filing",
]

BASIS_UNITS: dict[Basis, str] = {
    "gross-weight": "kg",
    "chargeable-weight": "kg",
    "volume": "m3",
    "weight-or-measure": "m3",
    "containers": "TEU",
    "consignment": "consignment",
    "parcel": "parcel",
    "tonne-km": "tkm",
    "distance": "km",
    "filing": "filing",
}
"""Unit of the price that fits each basis. Weight or measure: m3, 1 t counting as 1 m3."""

OfTheGoods = Literal[
    "gross-weight", "chargeable-weight", "volume", "weight-or-measure", "containers", "consignment"
]
"""Bases that depend on the goods alone and are not counted in parcels."""

Category = Literal["transport", "handling", "customs", "storage", "insurance", "duty"]
ON_VALUE = ("insurance", "duty")
"""Categories that are charges on value, told beside the logistics cost and no part of it."""
Payer = Literal["shipper", "consignee", "forwarder"]
Subtracts = Literal["to-zero", "below-zero"]
Otherwise = Literal["refused", "nothing", "nearest"]


class Line(Section):
    """Fields of all lines of the invoice.

    Lines of a tariff with the same name are one line of the invoice whose price changes from date to date.
    The date is the local date on which the step that the line is charged for begins; for transport, on which
    it departs.
    """

    per: ClassVar[str] = ""
    """Unit of the prices of lines without a basis, and of plain numbers in price lists."""

    name: str
    """Name of the line on the invoice."""
    category: Category
    """Kind of charge. Transport and handling between the hubs make up the freight cost. Insurance and duty
    (with taxes and fees on the value) are no part of the logistics cost: they are the charges on value."""
    payer: Payer = "shipper"
    """Who pays the line."""
    valid_from: date | None = None
    """First day on which the price holds. Without it and ``valid_to`` the price always holds."""
    valid_to: date | None = None
    """Last day on which the price holds."""
    otherwise: Otherwise = "refused"
    """What happens on days of the horizon without a price: the scenario is refused, nothing is charged (a
    seasonal surcharge), or the nearest earlier price holds (before the first one, the first)."""

    def amounts(self) -> Iterator[tuple[Key, Money | Price]]:
        """Return every amount of money of the line with its key within the line."""
        yield from amounts_in(self, ())

    @cached_property
    def currency(self) -> str | None:
        """Currency of the line; None for a share of other lines, which have their own."""
        return next((amount.currency for _, amount in self.amounts()), None)

    @cached_property
    def unit(self) -> str:
        """Unit of the price, such as "USD/kg"."""
        price = next((amount for _, amount in self.amounts() if isinstance(amount, Price)), None)
        return f"{price.currency}/{price.per}" if price else self.currency or ""

    @model_validator(mode="after")
    def _dates_ordered(self) -> Self:
        dates_ordered(self.valid_from, self.valid_to)
        return self

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        found = list(self.amounts())
        for key, amount in found[1:]:
            first, wanted = found[0][0], found[0][1].currency
            if amount.currency != wanted:
                raise ValueError(
                    f"the {_said(key)} is in {amount.currency}, the {_said(first)} in {wanted}"
                    "; allowed: one currency in a line"
                )
        return self


def amounts_in(value: Any, key: Key) -> Iterator[tuple[Key, Money | Price]]:
    """Return every amount of money within a value, with its key."""
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Money | Price):
        yield key, value
    elif isinstance(value, Section):
        inner = value
    elif isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, tuple):
        inner = enumerate(value)
    for name, one in inner:
        yield from amounts_in(one, (*key, name))


def _said(key: Key) -> str:
    return ".".join(map(str, key))


def need_unit(price: Price, wanted: str, what: str) -> None:
    """Raise ValueError unless a price has the wanted unit."""
    if price.per != wanted:
        raise ValueError(f"{what} needs a price per {wanted}, not per {price.per}")


def check_limits(amount: float, minimum: Money | None, maximum: Money | None) -> None:
    """Raise ValueError unless a charge can have these limits; what is subtracted has none."""
    for name, limit in (("minimum", minimum), ("maximum", maximum)):
        if amount < 0 and limit is not None:
            raise ValueError(f"a line that subtracts has no {name} charge; allowed: no {name}")
    if minimum is not None and maximum is not None and minimum.amount > maximum.amount:
        raise ValueError(
            f"the minimum {minimum.amount:g} is above the maximum {maximum.amount:g}"
            "; allowed: a maximum that is not less"
        )


class TariffLine(Line):
    """A price by a basis: the line without a ``kind``."""

    kind: Literal["basis"] = "basis"
    """Kind of line."""
    basis: Basis
    """What the price is multiplied by."""
    price: SignedPrice
    """Price per unit of the basis; a negative one, such as "-20 USD/TEU", is subtracted (a rebate)."""
    minimum: MoneyAmount | None = None
    """Minimum charge for a consignment, in the currency of the price."""
    maximum: MoneyAmount | None = None
    """Maximum charge for a consignment, in the currency of the price."""
    subtracts: Subtracts = "to-zero"
    """How far a line that subtracts may take the sum of the lines before it in the tariff: to zero, or below
    zero, such as a subsidy that is more than the charges."""

    @model_validator(mode="after")
    def _price_fits(self) -> Self:
        need_unit(self.price, BASIS_UNITS[self.basis], f"the basis {self.basis}")
        check_limits(self.price.amount, self.minimum, self.maximum)
        return self


class SurchargeLine(Line):
    """A share of other lines of the same tariff, such as fuel as a share of the freight.

    A surcharge by weight is a plain line on the basis that is declared for it.
    """

    kind: Literal["surcharge"]
    """Kind of line."""
    share: SignedRatio
    """Share of the sum of these lines; a negative one, such as "-5 %", is subtracted (a rebate, a currency
    adjustment)."""
    of: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names of lines that come before it in the tariff."""
    minimum: MoneyAmount | None = None
    """Minimum charge for a consignment."""
    maximum: MoneyAmount | None = None
    """Maximum charge for a consignment."""
    subtracts: Subtracts = "to-zero"
    """How far a line that subtracts may take the sum of the lines before it in the tariff: to zero, or below
    zero, such as a subsidy that is more than the charges."""

    @model_validator(mode="after")
    def _minimum_fits(self) -> Self:
        check_limits(self.share, self.minimum, self.maximum)
        return self

    @property
    def unit(self) -> str:
        """Basis of the charge."""
        return f"% of {', '.join(self.of)}"
