"""Air freight as airlines and forwarders quote it: weight breaks and unit load devices."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from fourport.errors import Key
from fourport.scenario.models.tariffs.line import Line, need_unit
from fourport.scenario.units import Mass, Money, MoneyAmount, Price, Ratio, UnitPrice, Volume

_BREAK = re.compile(r"\+([1-9]\d{0,5})")


@cache
def break_weight(name: str) -> float:
    """Return the weight from which a break holds, kg: "N" is 0, "+100" is 100.

    Raises
    ------
    ValueError
        If the name is not a weight break.
    """
    match = _BREAK.fullmatch(name)
    if name != "N" and not match:
        raise ValueError(f"{name!r} is not a weight break; allowed: N and such as +45, +100, +300")
    return float(match[1]) if match else 0.0


class WeightBreakLine(Line):
    """A rate by weight breaks, as air freight is quoted: M, N, +45, +100 and so on.

    The charge is the weight times the rate of its break. Under the next-break rule a shipper pays the charge
    of a higher break, at the weight of that break, if it is less: 90 kg at 5.00 USD/kg against 100 kg at 4.20
    are charged as 100 kg, 420 USD.
    """

    per: ClassVar[str] = "kg"

    kind: Literal["breaks"]
    """Kind of line."""
    basis: Literal["chargeable-weight", "gross-weight"] = "chargeable-weight"
    """Weight that is charged."""
    rates: dict[str, UnitPrice] = {}
    """Rate per kg by break: ``N`` (normal, from 0 kg) and such as ``+45``. Rates may not rise with weight."""
    price: UnitPrice | None = None
    """Reference price of which the rates are shares: an index or a market rate."""
    scale: dict[str, Ratio] = {}
    """Rate of each break as a share of ``price``, instead of ``rates``."""
    minimum: MoneyAmount | None = None
    """Minimum charge for a consignment (M)."""
    rule: Literal["next-break", "own-break"] = "next-break"
    """Whether the charge of a higher break applies if it is less."""

    def amounts(self) -> Iterator[tuple[Key, Money | Price]]:
        """Return the rates, or their reference price, and the minimum."""
        if self.price is not None:
            yield ("price",), self.price
        for name, rate in self.rates.items():
            yield ("rates", name), rate
        if self.minimum is not None:
            yield ("minimum",), self.minimum

    def breaks(self) -> list[tuple[float, float]]:
        """Return (least weight in kg, rate per kg) of each break, in rising order."""
        if self.price is None:
            return sorted((break_weight(name), rate.amount) for name, rate in self.rates.items())
        level = self.price.amount
        return sorted((break_weight(name), share * level) for name, share in self.scale.items())

    @model_validator(mode="after")
    def _breaks_fit(self) -> Self:
        if bool(self.rates) == bool(self.scale) or (self.price is None) != (not self.scale):
            raise ValueError("either rates is needed, or price and scale")
        for price in [*self.rates.values(), *([self.price] if self.price else [])]:
            need_unit(price, "kg", "a weight break")
        found = self.breaks()
        if found[0][0]:
            raise ValueError("the break N is missing, which holds from 0 kg")
        for (_, lighter), (kg, rate) in itertools.pairwise(found):
            if rate > lighter:
                raise ValueError(f"the rate rises at +{kg:g}; allowed: rates that fall with the weight")
        return self


class UnitLoadLine(Line):
    """Whole unit load devices: a flat charge up to the pivot weight and a rate per kg over it."""

    per: ClassVar[str] = "kg"

    kind: Literal["unit-load"]
    """Kind of line."""
    weight: Mass
    """Largest gross weight that a unit takes."""
    volume: Volume
    """Largest volume that a unit takes."""
    pivot_weight: Mass
    """Chargeable weight of a unit that is paid in any case."""
    price: UnitPrice
    """Rate per kg of the pivot weight."""
    over_pivot: UnitPrice
    """Rate per kg of chargeable weight over the pivot weight of the units."""

    @model_validator(mode="after")
    def _rates_fit(self) -> Self:
        for price in (self.price, self.over_pivot):
            need_unit(price, "kg", "a unit load")
        return self
