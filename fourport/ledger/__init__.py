"""What a run costs: tariffs, cost lines, value of time.

``invoice(corridor, world, milestones)`` is the whole of it. A **line** is one
charge of one tariff for one step, the same for all consignments of a route; the
ledger fills in a vector of amounts for each. It reads milestones from any
engine and runs none. Who prices the same run with other sizes or values keeps a
:class:`Ledger`.
"""

from fourport.ledger.invoice import Invoice, Ledger, RouteInvoice, invoice
from fourport.ledger.lines import LineInfo

__all__ = ["Invoice", "Ledger", "LineInfo", "RouteInvoice", "invoice"]
