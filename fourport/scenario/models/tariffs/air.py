"""Air freight as airlines and forwarders quote it: weight breaks, unit load devices."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from fourport.errors import Key
from fourport.scenario.models.tariffs.line import Line, need_unit
from fourport.scenario.units import Mass, Money, MoneyAmount, Price, Ratio, UnitPrice, Volume

_BREAK = re.compile(r"\+([1-9]\d{0,5})")


def break_weight(name: str) -> float:
    """Give the weight from which a break holds, kg: "N" is 0, "+100" is 100.

    Raises
    ------
    ValueError
        If it is none.
    """
    match = _BREAK.fullmatch(name)
    if name != "N" and not match:
        raise ValueError(f"{name!r} is not a weight break; allowed: N and such as +45, +100, +300")
    return float(match[1]) if match else 0.0


class WeightBreakLine(Line):
    """A rate by weight breaks, as air freight is quoted: M, N, +45, +100 and so on.

    The rate of the break that a weight falls under is multiplied with the weight.
    Under the next-break rule the charge of a higher break, at that break's own
    weight, is taken where it is less: 90 kg at 5.00 USD/kg against 100 kg at 4.20
    are billed as 100 kg, 420 USD.
    """

    per: ClassVar[str] = "kg"

    kind: Literal["breaks"]
    """What kind of line it is."""
    basis: Literal["chargeable-weight", "gross-weight"] = "chargeable-weight"
    """Which weight is billed."""
    rates: dict[str, UnitPrice] = {}
    """Rate for each kg by break: ``N`` (normal, from 0 kg) and such as ``+45``; they do not rise."""
    price: UnitPrice | None = None
    """Level of the rates, where they are given as shares of it: an index or a market rate."""
    scale: dict[str, Ratio] = {}
    """Rate of each break as a share of ``price``, in place of ``rates``."""
    minimum: MoneyAmount | None = None
    """Least charge for a consignment (M)."""
    rule: Literal["next-break", "own-break"] = "next-break"
    """Whether the charge of a higher break is taken where it is less."""

    def amounts(self) -> Iterator[tuple[Key, Money | Price]]:
        """Give the rates, or their level, and the minimum."""
        if self.price is not None:
            yield ("price",), self.price
        for name, rate in self.rates.items():
            yield ("rates", name), rate
        if self.minimum is not None:
            yield ("minimum",), self.minimum

    def breaks(self) -> list[tuple[float, float]]:
        """Give (kg from which it holds, rate for each kg) of each break, rising."""
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
    """Whole unit load devices: a flat charge up to the pivot weight, a rate for each kg over it."""

    per: ClassVar[str] = "kg"

    kind: Literal["unit-load"]
    """What kind of line it is."""
    weight: Mass
    """Most gross weight that a unit takes."""
    volume: Volume
    """Most volume that a unit takes."""
    pivot_weight: Mass
    """Chargeable weight of a unit that is paid in any case."""
    price: UnitPrice
    """Rate for each kg of the pivot weight."""
    over_pivot: UnitPrice
    """Rate for each kg of chargeable weight over the pivot weight of the units."""

    @model_validator(mode="after")
    def _rates_fit(self) -> Self:
        for price in (self.price, self.over_pivot):
            need_unit(price, "kg", "a unit load")
        return self
