"""Sums of the lines of each consignment, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand

if TYPE_CHECKING:
    from fourport.ledger.compiled.tables import Bills, Totals


def run(bills: Bills, totals: Totals) -> None:
    """Add up all lines."""
    bills, totals = at_hand(bills), at_hand(totals)
    place = cell = 0
    for route in range(len(bills.n)):
        n = bills.n[route]
        for line in range(bills.first_line[route], bills.first_line[route + 1]):
            if bills.on_value[line]:
                for k in range(n):
                    totals.charges_on_value[place + k] += bills.amounts[cell + k]
            else:
                for k in range(n):
                    totals.logistics_cost[place + k] += bills.amounts[cell + k]
            if bills.freight[line]:
                for k in range(n):
                    totals.freight_cost[place + k] += bills.amounts[cell + k]
            cell += n
        place += n
