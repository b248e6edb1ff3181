"""Surcharges as a share of other lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Key
from fourport.scenario.models.tariffs.line import Line
from fourport.scenario.units import Money, MoneyAmount, Price, Ratio


class SurchargeLine(Line):
    """A share of other lines of the same tariff, such as fuel as a share of the freight.

    A surcharge by weight is a plain line on the basis that is declared for it.
    """

    kind: Literal["surcharge"]
    """What kind of line it is."""
    share: Ratio
    """Share of the sum of these lines."""
    of: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names of lines that stand before it in the tariff."""
    minimum: MoneyAmount | None = None
    """Least charge for a consignment."""

    def amounts(self) -> Iterator[tuple[Key, Money | Price]]:
        """Give the minimum."""
        if self.minimum is not None:
            yield ("minimum",), self.minimum

    @property
    def unit(self) -> str:
        """What the line is charged by."""
        return f"% of {', '.join(self.of)}"
