"""Sums of the lines of each consignment, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand

if TYPE_CHECKING:
    from fourport.ledger.compiled.tables import Invoices, Totals


def run(invoices: Invoices, totals: Totals) -> None:
    """Add up all lines."""
    invoices, totals = at_hand(invoices), at_hand(totals)
    place = cell = 0
    for route in range(len(invoices.n)):
        n = invoices.n[route]
        for line in range(invoices.first_line[route], invoices.first_line[route + 1]):
            if invoices.on_value[line]:
                for k in range(n):
                    totals.charges_on_value[place + k] += invoices.amounts[cell + k]
            else:
                for k in range(n):
                    totals.logistics_cost[place + k] += invoices.amounts[cell + k]
            if invoices.freight[line]:
                for k in range(n):
                    totals.freight_cost[place + k] += invoices.amounts[cell + k]
            cell += n
        place += n
