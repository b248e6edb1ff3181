"""Compute a vector of charges for each line of a tariff.

The ledger calls :func:`charges` for a price list and knows nothing of prices, bases, dates or currencies.
Each kind of line is a model of the scenario and one function of :mod:`fourport.ledger.rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from fourport.ledger.periods import Validity, valid_always
from fourport.ledger.quantities import QUANTITIES, Shipments
from fourport.ledger.rules import charge
from fourport.ledger.use import TariffUse, Visit
from fourport.plan.corridor import Corridor
from fourport.plan.exchange import worth_at
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import (
    Line,
    MarginLine,
    SurchargeLine,
    Tariff,
    TariffLine,
    ValueLine,
    WeightBreakLine,
)
from fourport.scenario.money import exchange, rate_days


class Prices:
    """The prices by date of one line of the invoice at a place, and what of them the scenario alone says.

    Parameters
    ----------
    lines
        Lines of one name, in order of their dates.
    zone
        Time zone of the place, in which dates are read.

    Attributes
    ----------
    of
        Names of the other lines that it is on.
    worth
        Value of one unit of its currency in the reporting currency; None if it depends on the date.
    of_goods
        Whether it depends on the goods alone, and on the other lines, but not on what happened at the step.

    Raises
    ------
    KeyError
        If the scenario has no exchange rate for the currency of a line.
    """

    def __init__(self, lines: Sequence[Line], scenario: Scenario, zone: str) -> None:
        self._lines, self._scenario, self._zone = lines, scenario, zone
        # A model is slow to say that it lacks a field; its dictionary is not.
        fields = [vars(line) for line in lines]
        self.of = frozenset(name for line in fields for name in line.get("of", ()))
        self._to_zero = fields[0].get("subtracts") == "to-zero"
        self._validity = None if valid_always(lines) else Validity.of(lines, zone)
        dated = any(rate_days(scenario, line.currency or "") for line in lines)
        self.worth: float | None = None
        if not dated and len({line.currency for line in lines}) == 1:
            self.worth = exchange(scenario, lines[0].currency) if lines[0].currency else 1.0
        by_goods = isinstance(lines[0], SurchargeLine | ValueLine) or (
            isinstance(lines[0], TariffLine | WeightBreakLine) and lines[0].basis in QUANTITIES
        )
        self.of_goods = by_goods and self._validity is None and self.worth is not None

    def charged(self, use: TariffUse, before: Iterable[Floats] = ()) -> Floats:
        """Charge each consignment by the line and the exchange rate of its date, (n,).

        Parameters
        ----------
        before
            Amounts of the lines before it in the tariff, whose sum it may take to zero if it subtracts.
        """
        amounts = self._amounts(use)
        if self._to_zero and amounts.min(initial=0.0) < 0:
            return np.maximum(amounts, -np.maximum(sum(before, np.zeros(len(use))), 0.0))
        return amounts

    def _amounts(self, use: TariffUse) -> Floats:
        if self._validity is None and self.worth is not None:
            return charge(self._lines[0], use if use.worth == self.worth else use.at_rate(self.worth))
        begin_us = use.visit.begin_us
        which = np.zeros(len(use), dtype=np.int64) if self._validity is None else self._validity.at(begin_us)
        amounts = np.zeros(len(use))
        # A price list of years has many lines, and a run meets few of them.
        for index in np.flatnonzero(np.bincount(which[which >= 0])).tolist():
            rows, line = np.flatnonzero(which == index), self._lines[index]
            for these, worth in self._by_worth(line, begin_us, rows):
                amounts[these] = charge(line, use.take(these, worth))
        return amounts

    def _by_worth(self, line: Line, begin_us: Ints, rows: Ints) -> Iterable[tuple[Ints, float]]:
        """Return the value of one unit of a line's currency, and the rows for which it holds."""
        if self.worth is not None:
            return [(rows, self.worth)]
        if not line.currency:
            return [(rows, 1.0)]
        worth = worth_at(self._scenario, line.currency, begin_us[rows], self._zone)
        return [(rows[worth == rate], float(rate)) for rate in np.unique(worth)]


class PriceList:
    """A tariff at a place.

    Attributes
    ----------
    divisor
        Volumetric divisor.
    prices
        Prices of each line of the invoice, in order. None for margins, which are on lines of other tariffs,
        too, and charged when these are.
    of_goods
        Whether all of them depend on the goods alone.
    """

    def __init__(self, tariff: Tariff, scenario: Scenario, zone: str = "UTC") -> None:
        self.divisor = tariff.volumetric_divisor
        self.prices = {
            lines[0].name: None if isinstance(lines[0], MarginLine) else Prices(lines, scenario, zone)
            for lines in tariff.entries
        }
        self.of_goods = all(prices is not None and prices.of_goods for prices in self.prices.values())


@once
def price_list(corridor: Corridor, tariff: str, zone: str) -> PriceList:
    """Return a tariff of the scenario at a place in a time zone."""
    return PriceList(corridor.scenario.tariffs[tariff], corridor.scenario, zone)


def charges(price_list: PriceList, shipments: Shipments, visit: Visit | None = None) -> list[Floats]:
    """Charge a tariff to consignments.

    Parameters
    ----------
    visit
        What happened at the step that is charged; needed by prices that depend on dates, kilometres,
        filings, time in store or departures.

    Returns
    -------
    list of arrays
        For each line of the invoice, in the order of the tariff, (n,) in the reporting currency; 0 for
        margins.
    """
    if visit is None:
        visit = Visit(np.zeros(len(shipments), dtype=np.int64))
    found: dict[str, Floats] = {}
    for name, prices in price_list.prices.items():
        if prices is None:
            found[name] = np.zeros(len(shipments))
            continue
        named = {one: found[one] for one in prices.of}
        use = TariffUse(
            shipments, visit, 1.0 if prices.worth is None else prices.worth, price_list.divisor, named
        )
        found[name] = prices.charged(use, found.values())
    return list(found.values())


def has_dates(lines: Iterable[Line], scenario: Scenario) -> bool:
    """Return whether a charge for some lines depends on its date."""
    return any(line.valid_from or line.valid_to or rate_days(scenario, line.currency or "") for line in lines)
