"""The lines of each consignment as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand

if TYPE_CHECKING:
    from fourport.ledger.compiled.tables import Invoices, Lists


def run(invoices: Invoices, lists: Lists, low: int, high: int) -> None:
    """Write the lists of the consignments from ``low`` to ``high``."""
    invoices, lists = at_hand(invoices), at_hand(lists)
    place = cell = 0
    for route in range(len(invoices.n)):
        n = invoices.n[route]
        n_lines = invoices.first_line[route + 1] - invoices.first_line[route]
        for k in range(n):
            i = invoices.ids[place + k]
            if low <= i < high:
                begin = lists.begin[i - low]
                for line in range(n_lines):
                    lists.amounts[begin + line] = invoices.amounts[cell + line * n + k]
        place += n
        cell += n * n_lines
