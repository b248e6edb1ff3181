"""Surcharges as a share of other lines."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario.models.tariffs.line import Line
from fourport.scenario.units import MoneyAmount, Ratio


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

    @property
    def unit(self) -> str:
        """What the line is charged by."""
        return f"% of {', '.join(self.of)}"
