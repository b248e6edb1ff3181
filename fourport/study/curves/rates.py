"""Find a named rate of a scenario, change it, and look up its plausible range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fourport.errors import UserError, argument
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import (
    ContainerLine,
    Line,
    MarginLine,
    ParcelLine,
    StorageLine,
    SurchargeLine,
    Tariff,
    ValueLine,
    WeightBreakLine,
)
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.units import Price, parse_price

Ranges = Mapping[str, tuple[Any, Any]]
"""Lowest and highest plausible value, as written, by key of the number."""

FIRST_BREAK = "N"
"""The weight break that represents a table of rates."""

COMPARE = "compare policies with other prices (fourport compare)"

INSTEAD: Mapping[type[Line], str] = {
    ContainerLine: 'has a price for each type of container: price it by the TEU (basis = "containers") '
    f"to move one rate, or {COMPARE}",
    ParcelLine: f"has a price for each weight step: {COMPARE}",
    StorageLine: f"has a price for each tier: charge it as a plain line to move one rate, or {COMPARE}",
    SurchargeLine: "is a share of other lines: move one of these, which moves it too",
    MarginLine: f"is a share of other lines: move one of these, which moves it too, or {COMPARE}",
    ValueLine: f"is a share of the value of the goods: {COMPARE}",
}
"""Advice for lines that have no single price."""


@dataclass(frozen=True)
class Rate:
    """A price of a tariff, identified by the names of tariff and line.

    Lines with the same name are one rate that changes from date to date; they change together. A table of
    weight breaks is represented by its rate N; the other breaks keep their ratios to it, and the minimum
    stays unchanged.
    """

    tariff: str
    line: str

    @property
    def name(self) -> str:
        """Name as the user writes it."""
        return f"{self.tariff}.{self.line}"

    def title(self, scenario: Scenario) -> str:
        """Return the title for charts: that of the tariff, and the name of the line if there are several."""
        tariff = scenario.tariffs[self.tariff]
        several = len({line.name for line in tariff.lines}) > 1
        title = tariff.title or self.tariff
        return f"{title}, {self.line}" if several else title

    def _numbers(self, scenario: Scenario) -> list[int]:
        lines = scenario.tariffs[self.tariff].lines
        return [number for number, line in enumerate(lines) if line.name == self.line]

    def price(self, scenario: Scenario) -> Price:
        """Return the price in the scenario; the first one if it changes from date to date."""
        return _price(scenario.tariffs[self.tariff].lines[self._numbers(scenario)[0]])

    def unit(self, scenario: Scenario) -> str:
        """Return the unit of the price, such as USD/kg."""
        price = self.price(scenario)
        return f"{price.currency}/{price.per}"

    def moved(self, scenario: Scenario, amount: float) -> Scenario:
        """Return the scenario with another amount for the rate, on all dates."""
        tariff = scenario.tariffs[self.tariff]
        lines = list(tariff.lines)
        for number in self._numbers(scenario):
            lines[number] = lines[number].model_copy(update=_at(lines[number], amount))
        # Not a copy: a copy would keep values that the tariff has computed from its old lines.
        fields = {name: getattr(tariff, name) for name in Tariff.model_fields}
        changed = Tariff.model_construct(**(fields | {"lines": tuple(lines)}))
        return scenario.model_copy(update={"tariffs": {**scenario.tariffs, self.tariff: changed}})

    def range(self, scenario: Scenario, ranges: Ranges) -> tuple[float, float]:
        """Return the lowest and highest plausible amount, from the provenance.

        Raises
        ------
        UserError
            If the scenario has no range for the rate.
        """
        for number in self._numbers(scenario):
            key = f"tariffs.{self.tariff}.lines[{number}].{_key(scenario.tariffs[self.tariff].lines[number])}"
            if key in ranges:
                low, high = (parse_price(end) for end in ranges[key])
                if {(end.currency, end.per) for end in (low, high)} != {(low.currency, low.per)}:
                    break
                if f"{low.currency}/{low.per}" == self.unit(scenario):
                    return low.amount, high.amount
        raise UserError(
            f"the scenario gives no range for the rate {self.name!r} in {self.unit(scenario)}; "
            f"allowed: a range of its price, or {argument('low')} and {argument('high')}"
        )


def _price(line: Line) -> Price:
    price = _found(line)
    assert price is not None, "a line without a single price is refused when it is named"
    return price


def _found(line: Line) -> Price | None:
    price = getattr(line, "price", None)
    if price is None and isinstance(line, WeightBreakLine):
        price = line.rates.get(FIRST_BREAK)
    return price if isinstance(price, Price) else None


def _key(line: Line) -> str:
    """Return the key of the price within the line."""
    return f"rates.{FIRST_BREAK}" if _is_table(line) else "price"


def _is_table(line: Line) -> bool:
    return isinstance(line, WeightBreakLine) and line.price is None


def _at(line: Line, amount: float) -> Mapping[str, Any]:
    """Return the fields of a line that change with the amount of its price."""
    price = _price(line)
    if not _is_table(line):
        return {"price": replace(price, amount=amount)}
    assert isinstance(line, WeightBreakLine)
    share = amount / price.amount
    return {"rates": {name: replace(rate, amount=rate.amount * share) for name, rate in line.rates.items()}}


def find_rate(scenario: Scenario, named: str) -> Rate:
    """Find the rate named TARIFF or TARIFF.LINE.

    Raises
    ------
    UserError
        If the tariff or line does not exist, if a tariff has several lines and none is named, or if the line
        has no price that can be changed; the message says what to do instead.
    """
    tariff, _, line = named.partition(".")
    if tariff not in scenario.tariffs:
        near = suggestion(tariff, list(scenario.tariffs))
        raise UserError(
            f"rate {named!r}: there is no tariff {tariff!r}{near}{allowed(list(scenario.tariffs))}"
        )
    names = list(dict.fromkeys(one.name for one in scenario.tariffs[tariff].lines))
    if not line and len(names) == 1:
        line = names[0]
    if line not in names:
        what = f"has no line {line!r}" if line else f"has {len(names)} lines, of which one must be named"
        options = allowed([f"{tariff}.{name}" for name in names])
        raise UserError(f"rate {named!r}: the tariff {tariff!r} {what}{options}")
    periods = [one for one in scenario.tariffs[tariff].lines if one.name == line]
    for one in periods:
        price = _found(one)
        if price is None:
            raise UserError(f"rate {named!r}: the line {line!r} {_instead(tariff, one)}")
        if _is_table(one) and not price.amount:
            what = "is 0 at N, from which the other breaks cannot be reckoned"
            raise UserError(f"rate {named!r}: the line {line!r} {what}; allowed: a rate above 0 at N")
    return Rate(tariff, line)


def _instead(tariff: str, line: Line) -> str:
    options = [f"{tariff}.{name}" for name in line.of] if isinstance(line, SurchargeLine) else []
    return INSTEAD[type(line)] + (allowed(options) if options else "")
