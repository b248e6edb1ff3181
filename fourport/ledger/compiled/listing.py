"""The lines of each consignment as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand

if TYPE_CHECKING:
    from fourport.ledger.compiled.tables import Bills, Lists


def run(bills: Bills, lists: Lists, low: int, high: int) -> None:
    """Write the lists of the consignments from ``low`` to ``high``."""
    bills, lists = at_hand(bills), at_hand(lists)
    place = cell = 0
    for route in range(len(bills.n)):
        n = bills.n[route]
        n_lines = bills.first_line[route + 1] - bills.first_line[route]
        for k in range(n):
            i = bills.ids[place + k]
            if low <= i < high:
                begin = lists.begin[i - low]
                for line in range(n_lines):
                    lists.amounts[begin + line] = bills.amounts[cell + line * n + k]
        place += n
        cell += n * n_lines
