"""Claims: what a text says about a corridor, to be held against the model. Never an input of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario.base import Names, Section
from fourport.scenario.models.run import Source
from fourport.scenario.units import Price, UnitPrice


class Group(Section):
    """Consignments that a measure is taken of, together."""

    policy: str = "base"
    """Policy of the scenario; "base" for none."""
    lanes: tuple[str, ...] = ()
    """Lanes; all if left out."""
    routes: tuple[str, ...] = ()
    """Routes; all of the lanes if left out."""


class Sweep(Section):
    """An input without a published value: the claim is looked at over its range."""

    rate: str
    """The rate, as TARIFF or TARIFF.LINE."""
    low: UnitPrice | None = None
    """Low end; that of the scenario's range for the rate if left out."""
    high: UnitPrice | None = None
    """High end."""

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.low is None or self.high is None:
            return self
        if _unit(self.low) != _unit(self.high):
            raise ValueError(f"low is in {_unit(self.low)}, high in {_unit(self.high)}")
        if not self.low.amount < self.high.amount:
            raise ValueError("low must lie below high")
        return self


class _Claim(Section):
    """What all claims have."""

    statement: str
    """What is claimed, in words."""
    source: str
    """Who says so: a key of ``sources``."""
    measure: str
    """Measure of the summary, such as ``freight_cost``."""
    rates: dict[str, UnitPrice] = {}
    """Rates that the claim takes as given, in place of the scenario's."""
    note: str = ""
    """How the statement is read."""


class Attribution(Section):
    """What a change is owed to: the levers that one policy's regime adds to the other's."""

    inputs: dict[str, Annotated[Names, Field(min_length=1)]] = {}
    """Numbers of the scenario besides those of the levers that are moved over their ranges, by a title: keys
    such as "facilities.port.activities.clearance.lodged_ahead"; those under one title move together."""


class BoundedClaim(_Claim):
    """A claim about a number: what agrees with it lies around a value, or on one side of a bound."""

    expected: float | None = None
    """The number that is claimed."""
    tolerance: float | None = Field(default=None, ge=0)
    """How far from it still agrees with the statement."""
    at_least: float | None = None
    """Least number that agrees, in place of ``expected``."""
    at_most: float | None = None
    """Largest number that agrees, likewise."""
    sweep: Sweep | None = None
    """Input to look at the claim over."""

    @model_validator(mode="after")
    def _accepted(self) -> Self:
        exact = self.expected is not None and self.tolerance is not None
        bound = self.at_least is not None or self.at_most is not None
        partly = (self.expected is None) != (self.tolerance is None)
        if exact == bound or partly:
            raise ValueError("either expected and tolerance are needed, or at_least, at_most or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least is above at_most")
        return self


class RatioClaim(BoundedClaim):
    """A measure of some consignments, as a multiple of that of others."""

    kind: Literal["ratio"]
    """Kind of claim."""
    numerator: Group
    """Measured."""
    denominator: Group
    """Measured against."""
    attribution: Attribution | None = None
    """Attribute the change from the denominator's policy to the numerator's."""


class AmountClaim(BoundedClaim):
    """An amount of a measure, or how much more it is than that of others."""

    kind: Literal["amount"]
    """Kind of claim."""
    of: Group
    """Measured."""
    than: Group | None = None
    """What is taken from it; nothing if left out."""
    unit: Literal["h", "d"] | None = None
    """Unit of the numbers where a time is measured; of other measures they are in the unit of the measure."""

    @model_validator(mode="after")
    def _unit_fits(self) -> Self:
        is_time = self.measure.startswith(("door_to_door_time", "clearance_time_", "time_"))
        if is_time and self.unit is None:
            raise ValueError(f'{self.measure} is a time; allowed: unit = "h" or unit = "d"')
        if self.unit and not is_time:
            raise ValueError(f"{self.measure} is no time; allowed: no unit")
        return self


class ThresholdClaim(_Claim):
    """The rate at which the first group becomes dearer than the second."""

    kind: Literal["threshold"]
    """Kind of claim."""
    first: Group
    """Cheaper below the threshold."""
    second: Group
    """Cheaper above it."""
    sweep: Sweep
    """The rate, and where its threshold is sought."""
    expected: UnitPrice
    """The threshold that is claimed."""
    tolerance: UnitPrice
    """How far from it still agrees with the statement."""

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if _unit(self.expected) != _unit(self.tolerance):
            raise ValueError(f"expected is in {_unit(self.expected)}, tolerance in {_unit(self.tolerance)}")
        return self


Claim = Annotated[RatioClaim | AmountClaim | ThresholdClaim, Field(discriminator="kind")]


class Claims(Section):
    """A file of claims."""

    format: Literal[1]
    """Version of the file format."""
    scenario: str = ""
    """Name of the scenario that the claims are about; those that extend it are held against them too."""
    sources: dict[str, Source] = {}
    """Texts that claims are taken from."""
    claims: dict[str, Claim]
    """Claims by name."""

    @model_validator(mode="before")
    @classmethod
    def _some(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("claims") == {}:
            raise ValueError("holds no claim")
        return values


def _unit(price: Price) -> str:
    return f"{price.currency}/{price.per}"
