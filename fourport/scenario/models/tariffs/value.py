"""Shares of the value of the goods: insurance, duties, taxes, fees by value."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from fourport.scenario.models.tariffs.line import Line, check_limits
from fourport.scenario.units import MoneyAmount, Ratio


class ValueLine(Line):
    """A share of the value of the goods, such as insurance, a duty or a merchandise processing fee.

    The value of a consignment is its weight times the value per kg drawn for its commodity. Freight is not
    added: where the dutiable value includes it (CIF), the share must allow for it.
    """

    kind: Literal["value"]
    """Kind of line."""
    share: Ratio
    """Share of the value."""
    of: tuple[str, ...] = ()
    """Names of lines before it in the tariff that are added to the value, such as the duty for a tax."""
    minimum: MoneyAmount | None = None
    """Minimum charge for a consignment."""
    maximum: MoneyAmount | None = None
    """Maximum charge for a consignment."""

    @model_validator(mode="after")
    def _limits_fit(self) -> Self:
        check_limits(self.share, self.minimum, self.maximum)
        return self

    @property
    def unit(self) -> str:
        """Basis of the charge."""
        return f"% of {', '.join(('value', *self.of))}"
