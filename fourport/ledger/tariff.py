"""Compute a vector of charges for each line of a tariff.

The ledger calls :func:`charges` for a tariff and knows nothing of prices, bases, dates or currencies. Each
kind of line is a model of the scenario and one function of :mod:`fourport.ledger.rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from fourport.ledger.periods import valid_always, valid_line_at
from fourport.ledger.quantities import Shipments
from fourport.ledger.rules import charge
from fourport.ledger.use import TariffUse, Visit
from fourport.plan.exchange import worth_at
from fourport.plan.tables import Floats
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import Line, MarginLine, Tariff
from fourport.scenario.money import exchange, rate_days


def charges(
    tariff: Tariff, shipments: Shipments, scenario: Scenario, visit: Visit | None = None
) -> list[Floats]:
    """Charge a tariff to consignments.

    Parameters
    ----------
    visit
        What happened at the step that is charged; needed by prices that depend on dates, kilometres,
        filings, time in store or departures.

    Returns
    -------
    list of arrays
        For each line of the invoice, in the order of ``tariff.entries``, (n,) in the reporting currency; 0
        for margins, which are on lines of other tariffs, too.

    Raises
    ------
    KeyError
        If the scenario has no exchange rate for the currency of a line.
    """
    if visit is None:
        visit = Visit(np.zeros(len(shipments), dtype=np.int64))
    found: dict[str, Floats] = {}
    for lines in tariff.entries:
        if isinstance(lines[0], MarginLine):  # charged when all other lines are
            found[lines[0].name] = np.zeros(len(shipments))
            continue
        # A model is slow to say that it lacks a field; its dictionary is not.
        named = {name: found[name] for line in lines for name in vars(line).get("of", ())}
        use = TariffUse(shipments, visit, 1.0, tariff.volumetric_divisor, named)
        amounts = by_date(lines, use, scenario)
        if vars(lines[0]).get("subtracts") == "to-zero" and amounts.min(initial=0.0) < 0:
            amounts = np.maximum(amounts, -sum(found.values(), np.zeros(len(use))))
        found[lines[0].name] = amounts
    return list(found.values())


def by_date(lines: Sequence[Line], use: TariffUse, scenario: Scenario) -> Floats:
    """Charge each consignment by the line and the exchange rate of its date."""
    if not has_dates(lines, scenario):
        currency = lines[0].currency
        always = exchange(scenario, currency) if currency else 1.0
        return charge(lines[0], use if always == use.worth else replace(use, worth=always))
    begin_us, zone = use.visit.begin_us, use.visit.zone
    which = np.zeros(len(use), dtype=np.int64)
    if not valid_always(lines):
        which = valid_line_at(lines, begin_us, zone)
    amounts = np.zeros(len(use))
    for index, line in enumerate(lines):
        rows = np.flatnonzero(which == index)
        if not len(rows):  # A price list of years has many lines, and a run meets few of them.
            continue
        worth = np.ones(len(rows))
        if line.currency:
            worth = worth_at(scenario, line.currency, begin_us[rows], zone)
        for rate in np.unique(worth):
            these = rows[worth == rate]
            amounts[these] = charge(line, use.take(these, float(rate)))
    return amounts


def has_dates(lines: Iterable[Line], scenario: Scenario) -> bool:
    """Return whether a charge for some lines depends on its date."""
    return any(line.valid_from or line.valid_to or rate_days(scenario, line.currency or "") for line in lines)
