"""Compute a vector of charges for each line of a tariff.

The ledger calls :func:`charges` for a tariff and knows nothing of prices, bases, dates or currencies. Each
kind of line is a model of the scenario and one function of :mod:`fourport.ledger.rules`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from fourport.ledger.periods import valid_always, valid_line_at
from fourport.ledger.quantities import Shipments
from fourport.ledger.rules import charge
from fourport.ledger.use import TariffUse, Visit
from fourport.plan.tables import Floats
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import Line, Tariff


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
        For each line of the invoice, in the order of ``tariff.entries``, (n,) in the reporting currency.

    Raises
    ------
    KeyError
        If the scenario has no exchange rate for the currency of a line.
    """
    if visit is None:
        visit = Visit(np.zeros(len(shipments), dtype=np.int64))
    found: dict[str, Floats] = {}
    for lines in tariff.entries:
        named = {name: found[name] for line in lines for name in getattr(line, "of", ())}
        use = TariffUse(shipments, visit, scenario, tariff.volumetric_divisor, named)
        amounts = charge(lines[0], use) if valid_always(lines) else _by_date(lines, use)
        if getattr(lines[0], "subtracts", "") == "to-zero" and amounts.min(initial=0.0) < 0:
            amounts = np.maximum(amounts, -sum(found.values(), np.zeros(len(use))))
        found[lines[0].name] = amounts
    return list(found.values())


def _by_date(lines: Sequence[Line], use: TariffUse) -> Floats:
    """Charge each consignment by the line that is valid on its date."""
    which = valid_line_at(lines, use.visit.begin_us, use.visit.zone)
    amounts = np.zeros(len(use))
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(len(lines) + 1))
    for index, (first, last) in enumerate(itertools.pairwise(bounds)):
        rows = order[first:last]
        if len(rows):
            amounts[rows] = charge(lines[index], use.take(rows))
    return amounts
