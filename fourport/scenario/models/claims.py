"""Claims: what a text says about a corridor, to be held against the model. Never an input of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario.base import Names, Section
from fourport.scenario.models.run import Source
from fourport.scenario.units import Duration, Price, UnitPrice


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
    """What a change is owed to: the levers that one policy's policy package adds to the other's."""

    inputs: dict[str, Annotated[Names, Field(min_length=1)]] = {}
    """Numbers of the scenario besides those of the levers that are moved over their ranges, by a title: keys
    such as "facilities.port.activities.clearance.pre_arrival"; those under one title move together."""


class RatioClaim(_Claim):
    """A measure of some consignments, as a multiple of that of others."""

    kind: Literal["ratio"]
    """Kind of claim."""
    numerator: Group
    """Measured."""
    denominator: Group
    """Measured against."""
    expected: float | None = None
    """The multiple that is claimed."""
    tolerance: float | None = Field(default=None, ge=0)
    """How far from it still agrees with the statement."""
    at_least: float | None = None
    """Least multiple that agrees, in place of ``expected``."""
    at_most: float | None = None
    """Largest multiple that agrees, likewise."""
    sweep: Sweep | None = None
    """Input to look at the claim over."""
    attribution: Attribution | None = None
    """Attribute the change from the denominator's policy to the numerator's."""

    @model_validator(mode="after")
    def _accepted(self) -> Self:
        _one_way_to_agree(self)
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


class DifferenceClaim(_Claim):
    """How much longer the first group takes than the second, or how long it takes."""

    kind: Literal["difference"]
    """Kind of claim."""
    first: Group
    """Measured."""
    second: Group | None = None
    """What it is measured against: its time is taken away; nothing if left out."""
    expected: Duration | None = None
    """The difference that is claimed."""
    tolerance: Duration | None = None
    """How far from it still agrees with the statement."""
    at_least: Duration | None = None
    """Least difference that agrees, in place of ``expected``."""
    at_most: Duration | None = None
    """Largest difference that agrees, likewise."""

    @model_validator(mode="after")
    def _accepted(self) -> Self:
        _one_way_to_agree(self)
        return self


Claim = Annotated[RatioClaim | ThresholdClaim | DifferenceClaim, Field(discriminator="kind")]


class Claims(Section):
    """A file of claims."""

    format: Literal[2]
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


def _one_way_to_agree(claim: RatioClaim | DifferenceClaim) -> None:
    """Refuse a claim that does not say what agrees with it, or says it twice."""
    exact = claim.expected is not None and claim.tolerance is not None
    bound = claim.at_least is not None or claim.at_most is not None
    partly = (claim.expected is None) != (claim.tolerance is None)
    if exact == bound or partly:
        raise ValueError("either expected and tolerance are needed, or at_least, at_most or both")
    if claim.at_least is not None and claim.at_most is not None and claim.at_least > claim.at_most:
        raise ValueError("at_least is above at_most")


def _unit(price: Price) -> str:
    return f"{price.currency}/{price.per}"
