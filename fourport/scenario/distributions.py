"""Probability distributions in a scenario file.

A distribution is a plain quantity (always that value) or a table such as
``{ distribution = "lognormal", mean = "4 h", sd = "2 h", high = "24 h" }``, generic over the type of its
quantity. :mod:`fourport.world.sampling` draws from them.
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
"""Parameters of each family: required, and optional."""


class Distribution(Section, Generic[Q]):
    """A family and its parameters. Mean and standard deviation are those before truncation."""

    distribution: Family
    """Family. ``sometimes`` is zero except in a share of cases; in these it is exponential."""
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
        """Largest value that can be drawn; infinite if there is none."""
        bound = self.at if self.distribution == "fixed" else self.high
        return float("inf") if bound is None else amount(bound)

    @property
    def smallest(self) -> float:
        """Lower bound of the values that can be drawn."""
        bound = self.at if self.distribution == "fixed" else self.low
        return 0.0 if bound is None else amount(bound)


def amount(quantity: Any) -> float:
    """Return a quantity as a number; for a price, its amount."""
    return float(getattr(quantity, "amount", quantity))
