"""Probability distributions in a scenario file.

A distribution is a plain quantity (always that value) or a table such as
``{ distribution = "lognormal", mean = "4 h", sd = "2 h", high = "24 h" }``, generic over the type of its
quantity. Own data are observed values, percentiles, or a mixture of distributions.
:mod:`fourport.world.sampling` draws from them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, Generic, Literal, Self, TypeVar

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from fourport.scenario.base import Section
from fourport.scenario.units import Price, Share

Q = TypeVar("Q")

Family = Literal[
    "fixed",
    "exponential",
    "uniform",
    "triangular",
    "lognormal",
    "erlang",
    "normal",
    "sometimes",
    "observed",
    "percentiles",
    "mixture",
]

WEIGHT_TOLERANCE = 1e-6

PARAMETERS: dict[Family, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "fixed": (("at",), ()),
    "exponential": (("mean",), ("high",)),
    "uniform": (("low", "high"), ()),
    "triangular": (("low", "mode", "high"), ()),
    "lognormal": (("mean", "sd"), ("low", "high")),
    "erlang": (("mean", "shape"), ("high",)),
    "normal": (("mean", "sd"), ("low", "high")),
    "sometimes": (("share", "mean"), ("high",)),
    "observed": (("values",), ()),
    "percentiles": (("percentiles",), ()),
    "mixture": (("parts",), ()),
}
"""Parameters of each family: required, and optional."""


class Component(Section, Generic[Q]):
    """A family and its parameters. Mean and standard deviation are those before truncation."""

    distribution: Family
    """Family. ``sometimes`` is zero except in a share of cases; in these it is exponential. ``observed`` is
    one of the observed values, each as likely as the others. ``percentiles`` is uniform between one
    percentile and the next."""
    at: Q | None = None
    """Value of ``fixed``."""
    mean: Q | None = None
    """Mean."""
    sd: Q | None = None
    """Standard deviation."""
    mode: Q | None = None
    """Most likely value."""
    low: Q | None = None
    """Smallest value; for families without such a parameter, the point of truncation."""
    high: Q | None = None
    """Largest value; for families without such a parameter, the point of truncation."""
    shape: int | None = Field(default=None, ge=1, le=1000)
    """Number of exponentials with the same mean whose sum is ``erlang``."""
    share: Share | None = None
    """Share of cases in which ``sometimes`` is not zero."""
    values: tuple[Q, ...] = ()
    """Values of ``observed``. ``file = "dwell.csv", column = "hours", unit = "h"`` instead reads them from a
    column of a CSV file, by its path from the folder of this file; the cells may have units of their own."""
    percentiles: dict[str, Q] = Field(default_factory=dict)
    """Percentiles of ``percentiles``, such as ``{ P0 = "1 h", P50 = "3 h", P90 = "8 h", P100 = "20 h" }``; P0
    and P100 are needed, and the values rise."""

    @model_validator(mode="wrap")
    @classmethod
    def _bounds_rise(cls, value: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """Raise ValueError unless ``low``, ``mode`` and ``high`` rise; the message has them as written."""
        made = validate(value)
        given = [name for name in ("low", "mode", "high") if getattr(made, name) is not None]
        for one, other in itertools.combinations(given, 2):
            low, high = amount(getattr(made, one)), amount(getattr(made, other))
            if low > high or (low == high and "mode" not in (one, other)):
                within = " <= ".join(given) + ", low < high" if "mode" in given else "low < high"
                raise ValueError(f"{one} is {value[one]}, {other} is {value[other]}; allowed: {within}")
        return made

    @model_validator(mode="after")
    def _parameters_fit(self) -> Self:
        needed, optional = PARAMETERS[self.distribution]
        given = self.model_fields_set - {"distribution", "weight"}
        missing = [name for name in needed if name not in given]
        surplus = sorted(given - {*needed, *optional})
        if missing or surplus:
            raise ValueError(
                f"{self.distribution} takes {', '.join(needed)}"
                + (f" and may take {', '.join(optional)}" if optional else "")
                + (f"; missing: {', '.join(missing)}" if missing else "")
                + (f"; not known: {', '.join(surplus)}" if surplus else "")
            )
        prices = {f"{v.currency}/{v.per}" for v in self.quantities() if isinstance(v, Price)}
        if len(prices) > 1:
            raise ValueError(f"found {' and '.join(sorted(prices))}; allowed: one currency and one unit")
        if self.distribution == "observed" and not self.values:
            raise ValueError("values is empty; allowed: at least one observed value")
        if self.distribution == "percentiles":
            _check_percentiles(self.ranks())
        return self

    def quantities(self) -> Iterator[Q]:
        """Return all quantities of the distribution."""
        given = (self.at, self.mean, self.sd, self.mode, self.low, self.high)
        yield from (one for one in given if one is not None)
        yield from (*self.values, *self.percentiles.values())

    def ranks(self) -> list[tuple[float, float]]:
        """Return share and value of each percentile, in rising order of the shares.

        Raises
        ------
        ValueError
            If a name is not that of a percentile.
        """
        for name in self.percentiles:
            if not _PERCENTILE.fullmatch(name) or float(name[1:]) > 100:
                raise ValueError(f"{name!r} is not a percentile; allowed: P0 to P100, such as P50 or P99.5")
        return sorted((float(name[1:]) / 100, amount(value)) for name, value in self.percentiles.items())

    @property
    def largest(self) -> float:
        """Largest value that can be drawn; infinite if there is none."""
        if self.values or self.percentiles:
            return max(amount(one) for one in self.quantities())
        bound = self.at if self.distribution == "fixed" else self.high
        return float("inf") if bound is None else amount(bound)

    @property
    def smallest(self) -> float:
        """Lower bound of the values that can be drawn."""
        if self.values or self.percentiles:
            return min(amount(one) for one in self.quantities())
        bound = self.at if self.distribution == "fixed" else self.low
        return 0.0 if bound is None else amount(bound)


_PERCENTILE = re.compile(r"P\d{1,3}(\.\d{1,6})?")


def _check_percentiles(ranks: list[tuple[float, float]]) -> None:
    if not ranks or ranks[0][0] != 0 or ranks[-1][0] != 1:
        raise ValueError("P0 and P100 are needed, the smallest and the largest value")
    for (low, smaller), (high, larger) in itertools.pairwise(ranks):
        if low == high or smaller >= larger:
            raise ValueError(f"P{100 * high:g} is not above P{100 * low:g}; allowed: values that rise")


class Part(Component[Q], Generic[Q]):
    """A part of a mixture: a distribution with its weight."""

    weight: Share
    """Share of the cases that follow this distribution; the weights of a mixture sum to 100 %."""

    @model_validator(mode="after")
    def _is_no_mixture(self) -> Self:
        if self.distribution == "mixture":
            raise ValueError("a mixture in a mixture; allowed: its parts as parts of the outer one")
        return self


class Distribution(Component[Q], Generic[Q]):
    """A family and its parameters. Mean and standard deviation are those before truncation."""

    parts: tuple[Part[Q], ...] = ()
    """Parts of ``mixture``: ``[{ weight = "80 %", distribution = ... }, { weight = "20 %", ... }]``."""

    @model_validator(mode="before")
    @classmethod
    def _plain_is_fixed(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Distribution) else {"distribution": "fixed", "at": value}

    @model_validator(mode="after")
    def _weights_fit(self) -> Self:
        total = sum(part.weight for part in self.parts)
        if self.distribution == "mixture" and abs(total - 1) > WEIGHT_TOLERANCE:
            raise ValueError(f"the weights of the parts sum to {total:.4%}; allowed: a sum of 100 %")
        return self

    def quantities(self) -> Iterator[Q]:
        """Return all quantities of the distribution, those of its parts included."""
        yield from super().quantities()
        for part in self.parts:
            yield from part.quantities()

    @property
    def largest(self) -> float:
        """Largest value that can be drawn; infinite if there is none."""
        return max((part.largest for part in self.parts), default=super().largest)

    @property
    def smallest(self) -> float:
        """Lower bound of the values that can be drawn."""
        return min((part.smallest for part in self.parts), default=super().smallest)


def amount(quantity: Any) -> float:
    """Return a quantity as a number; for a price, its amount."""
    return float(getattr(quantity, "amount", quantity))
