"""Margins of forwarders and agents: shares of what others charge."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from fourport.scenario import ref
from fourport.scenario.models.tariffs.line import Category, Line, check_limits
from fourport.scenario.units import MoneyAmount, Ratio


class MarginLine(Line):
    """The margin of a forwarder or an agent: a share of lines of the invoice, of whatever tariffs.

    It is on the lines for which all that is given holds: their name, their tariff, their category. Margins
    are charged after all other lines of the route. A margin is on another margin only if ``lines`` names it;
    that one is then charged before. The cost of time bears none.
    """

    kind: Literal["margin"]
    """Kind of line."""
    share: Ratio
    """Share of the sum of the lines."""
    lines: tuple[str, ...] = ()
    """Names of lines; any if left out."""
    tariffs: ref.Tariffs = ()
    """Tariffs of the lines; any if left out."""
    categories: tuple[Category, ...] = ()
    """Categories of the lines; any if left out."""
    minimum: MoneyAmount | None = None
    """Minimum charge for a consignment."""
    maximum: MoneyAmount | None = None
    """Maximum charge for a consignment."""

    @model_validator(mode="after")
    def _on_something(self) -> Self:
        if not (self.lines or self.tariffs or self.categories):
            raise ValueError("a margin is on nothing; allowed: at least one of lines, tariffs, categories")
        check_limits(self.share, self.minimum, self.maximum)
        return self

    @property
    def unit(self) -> str:
        """Basis of the charge."""
        return f"% of {', '.join((*self.lines, *self.tariffs, *self.categories))}"

    def is_on(self, tariff: str, line: Line) -> bool:
        """Return whether it is a share of a line of a tariff."""
        if isinstance(line, MarginLine) and (line is self or line.name not in self.lines):
            return False
        return (
            (not self.lines or line.name in self.lines)
            and (not self.tariffs or tariff in self.tariffs)
            and (not self.categories or line.category in self.categories)
        )
