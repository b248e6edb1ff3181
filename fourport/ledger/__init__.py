"""Compute what a run costs: tariffs, cost lines, value of time.

``invoice(corridor, trace)`` does all of it. A **line** is one charge of one tariff for one step, the same for
all consignments of a route; the ledger computes a vector of amounts for each line. The ledger reads the
trace of a run, whatever its engine, and runs nothing itself. To price the same run with other sizes or
values, keep a :class:`Ledger`.
"""

from fourport.ledger.invoice import Invoice, Ledger, RouteInvoice, invoice
from fourport.ledger.lines import LineInfo

__all__ = ["Invoice", "Ledger", "LineInfo", "RouteInvoice", "invoice"]
