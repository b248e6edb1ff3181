"""Exchange rates of a scenario."""

from __future__ import annotations

from fourport.scenario.models.scenario import Scenario


def exchange(scenario: Scenario, currency: str) -> float:
    """Return the value of one unit of a currency in the reporting currency.

    Raises
    ------
    KeyError
        If the scenario has no rate between the two.
    """
    if currency == scenario.reporting_currency:
        return 1.0
    rate = scenario.currencies[currency]
    if (rate.currency, rate.base) == (currency, scenario.reporting_currency):
        return 1.0 / rate.amount
    if (rate.currency, rate.base) == (scenario.reporting_currency, currency):
        return rate.amount
    raise KeyError(currency)
