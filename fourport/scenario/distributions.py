"""Probability distributions as a scenario writes them.

A distribution is a plain quantity (always that value) or a table such as
``{ distribution = "lognormal", mean = "4 h", sd = "2 h", high = "24 h" }``,
generic over the type of its quantity. Drawing from them is the world's work
(:mod:`fourport.world.sampling`).
"""

from __future__ import annotations

import itertools
from typing import Any, Generic, Literal, Self, TypeVar

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from fourport.scenario.base import Section
from fourport.scenario.units import Price, Share

Q = TypeVar("Q")

Family = Literal[
    "fixed", "exponential", "uniform", "triangular", "lognormal", "erlang", "normal", "sometimes"
]

PARAMETERS: dict[Family, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "fixed": (("at",), ()),
    "exponential": (("mean",), ("high",)),
    "uniform": (("low", "high"), ()),
    "triangular": (("low", "mode", "high"), ()),
    "lognormal": (("mean", "sd"), ("low", "high")),
    "erlang": (("mean", "shape"), ("high",)),
    "normal": (("mean", "sd"), ("low", "high")),
    "sometimes": (("share", "mean"), ("high",)),
}
"""Parameters of each family: needed, and allowed besides."""


class Distribution(Section, Generic[Q]):
    """A family and its parameters. Means and deviations are those before truncation."""

    distribution: Family
    """Family: ``sometimes`` is zero but for a share of cases, then exponential."""
    at: Q | None = None
    """The value of ``fixed``."""
    mean: Q | None = None
    """Mean."""
    sd: Q | None = None
    """Standard deviation."""
    mode: Q | None = None
    """Most likely value."""
    low: Q | None = None
    """Smallest value; truncation where the family has no own."""
    high: Q | None = None
    """Largest value; truncation where the family has no own."""
    shape: int | None = Field(default=None, ge=1, le=1000)
    """Number of equal exponentials of which ``erlang`` is the sum."""
    share: Share | None = None
    """Share of cases in which ``sometimes`` is not zero."""

    @model_validator(mode="wrap")
    @classmethod
    def _bounds_rise(cls, value: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """Validate, and tell bounds that fall as they are written."""
        made = validate(value)
        given = [name for name in ("low", "mode", "high") if getattr(made, name) is not None]
        for one, other in itertools.combinations(given, 2):
            low, high = amount(getattr(made, one)), amount(getattr(made, other))
            if low > high or (low == high and "mode" not in (one, other)):
                within = " <= ".join(given) + ", low < high" if "mode" in given else "low < high"
                raise ValueError(f"{one} is {value[one]}, {other} is {value[other]}; allowed: {within}")
        return made

    @model_validator(mode="before")
    @classmethod
    def _plain_is_fixed(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Distribution) else {"distribution": "fixed", "at": value}

    @model_validator(mode="after")
    def _parameters_fit(self) -> Self:
        needed, optional = PARAMETERS[self.distribution]
        given = {name for name in self.model_fields_set if name != "distribution"}
        missing = [name for name in needed if name not in given]
        surplus = sorted(given - {*needed, *optional})
        if missing or surplus:
            raise ValueError(
                f"{self.distribution} takes {', '.join(needed)}"
                + (f" and may take {', '.join(optional)}" if optional else "")
                + (f"; missing: {', '.join(missing)}" if missing else "")
                + (f"; not known: {', '.join(surplus)}" if surplus else "")
            )
        prices = {f"{v.currency}/{v.per}" for n in given if isinstance(v := getattr(self, n), Price)}
        if len(prices) > 1:
            raise ValueError(f"found {' and '.join(sorted(prices))}; allowed: one currency and one unit")
        return self

    @property
    def largest(self) -> float:
        """Largest value that can be drawn, infinite if there is none."""
        bound = self.at if self.distribution == "fixed" else self.high
        return float("inf") if bound is None else amount(bound)

    @property
    def smallest(self) -> float:
        """Largest number below which nothing can be drawn."""
        bound = self.at if self.distribution == "fixed" else self.low
        return 0.0 if bound is None else amount(bound)


def amount(quantity: Any) -> float:
    """Give the bare number of a quantity (of a price, its amount)."""
    return float(getattr(quantity, "amount", quantity))
