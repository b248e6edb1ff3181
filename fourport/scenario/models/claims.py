"""Published claims about a corridor: compared with the results of the model, never an input of it."""

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
    """Routes; all routes of the lanes if left out."""


class Sweep(Section):
    """An input without a published value: the claim is checked over the range of the input."""

    rate: str
    """Rate to vary, as TARIFF or TARIFF.LINE."""
    low: UnitPrice | None = None
    """Low end; that of the scenario's range for the rate if left out."""
    high: UnitPrice | None = None
    """High end; likewise."""

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
    """Fields of all claims."""

    statement: str
    """The claim in words."""
    source: str
    """Source of the claim, a key of ``sources``."""
    measure: str
    """Measure of the summary, such as ``freight_cost``."""
    rates: dict[str, UnitPrice] = {}
    """Rates that the claim assumes; they replace those of the scenario."""
    note: str = ""
    """How the statement is interpreted."""


class Attribution(Section):
    """Attribution of a change to the levers that one policy package has and the other has not."""

    inputs: dict[str, Annotated[Names, Field(min_length=1)]] = {}
    """Numbers of the scenario that are varied over their ranges, in addition to those of the levers. Each
    title has a list of keys, such as "facilities.port.activities.clearance.pre_arrival", that vary
    together."""


class RatioClaim(_Claim):
    """A measure of some consignments as a multiple of that of others."""

    kind: Literal["ratio"]
    """Kind of claim."""
    numerator: Group
    """Consignments that are measured."""
    denominator: Group
    """Consignments that they are compared with."""
    expected: float | None = None
    """Claimed multiple."""
    tolerance: float | None = Field(default=None, ge=0)
    """Largest deviation from ``expected`` that still agrees with the claim."""
    at_least: float | None = None
    """Least multiple that agrees with the claim, instead of ``expected``."""
    at_most: float | None = None
    """Largest multiple that agrees with the claim, likewise."""
    sweep: Sweep | None = None
    """Input over whose range the claim is checked."""
    attribution: Attribution | None = None
    """Attribution of the change from the policy of the denominator to that of the numerator."""

    @model_validator(mode="after")
    def _accepted(self) -> Self:
        _one_way_to_agree(self)
        return self


class ThresholdClaim(_Claim):
    """The rate at which the first group becomes more expensive than the second."""

    kind: Literal["threshold"]
    """Kind of claim."""
    first: Group
    """Consignments that are cheaper below the threshold."""
    second: Group
    """Consignments that are cheaper above the threshold."""
    sweep: Sweep
    """The rate, and the range in which the threshold is searched for."""
    expected: UnitPrice
    """Claimed threshold."""
    tolerance: UnitPrice
    """Largest deviation from ``expected`` that still agrees with the claim."""

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
    """Consignments that are measured."""
    second: Group | None = None
    """Consignments whose time is subtracted; nothing is subtracted if left out."""
    expected: Duration | None = None
    """Claimed difference."""
    tolerance: Duration | None = None
    """Largest deviation from ``expected`` that still agrees with the claim."""
    at_least: Duration | None = None
    """Least difference that agrees with the claim, instead of ``expected``."""
    at_most: Duration | None = None
    """Largest difference that agrees with the claim, likewise."""

    @model_validator(mode="after")
    def _accepted(self) -> Self:
        _one_way_to_agree(self)
        return self


Claim = Annotated[RatioClaim | ThresholdClaim | DifferenceClaim, Field(discriminator="kind")]


class Claims(Section):
    """A file of published claims."""

    format: Literal[2]
    """Version of the file format."""
    scenario: str = ""
    """Name of the scenario that the claims are about. Scenarios that extend it are compared with them,
    too."""
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
    """Raise ValueError unless a claim says exactly once which values agree with it."""
    exact = claim.expected is not None and claim.tolerance is not None
    bound = claim.at_least is not None or claim.at_most is not None
    partly = (claim.expected is None) != (claim.tolerance is None)
    if exact == bound or partly:
        raise ValueError("either expected and tolerance are needed, or at_least, at_most or both")
    if claim.at_least is not None and claim.at_most is not None and claim.at_least > claim.at_most:
        raise ValueError("at_least is above at_most")


def _unit(price: Price) -> str:
    return f"{price.currency}/{price.per}"
