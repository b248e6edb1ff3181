"""What a run costs: tariffs, cost lines, value of time.

``bill(corridor, trace)`` is the whole of it. A **line** is one
charge of one tariff for one step, the same for all consignments of a route; the
ledger fills in a vector of amounts for each. It reads the trace of any
engine's run and runs none. Who prices the same run with other sizes or values keeps a
:class:`Ledger`.
"""

from fourport.ledger.bill import Bill, Ledger, RouteBill, bill
from fourport.ledger.lines import LineInfo

__all__ = ["Bill", "Ledger", "LineInfo", "RouteBill", "bill"]
