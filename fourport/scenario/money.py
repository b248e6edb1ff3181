"""Exchange rates of a scenario."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from fourport.scenario.models.scenario import Scenario


def exchange(scenario: Scenario, currency: str, day: date | None = None) -> float:
    """Return the value of one unit of a currency in the reporting currency.

    Parameters
    ----------
    day
        Day on which it is exchanged, for rates by date; the first day of the rates by default, whose rate
        also holds before it.

    Raises
    ------
    KeyError
        If the scenario has no rate between the two.
    """
    if currency == scenario.reporting_currency:
        return 1.0
    rate = scenario.currencies[currency]
    later = rate.later[: bisect_right([first for first, _ in rate.later], day or date.min)]
    amount = later[-1][1] if later else rate.amount
    if (rate.currency, rate.base) == (currency, scenario.reporting_currency):
        return 1.0 / amount
    if (rate.currency, rate.base) == (scenario.reporting_currency, currency):
        return amount
    raise KeyError(currency)


def rate_days(scenario: Scenario, currency: str) -> tuple[date, ...]:
    """Return the days from which the rates of a currency hold, if it has rates by date."""
    rate = scenario.currencies.get(currency)
    if rate is None or rate.first is None:
        return ()
    return (rate.first, *(day for day, _ in rate.later))
