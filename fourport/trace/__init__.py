"""What happened to the consignments of a world: their events, step by step, and the causes of their time.

An engine records begin and end of every step. The **trace** is made from these once. Invoices, emissions,
clearance, planning tables and checks read it; no other package does arithmetic on event rows. The trace
knows neither money nor how an engine works.
"""

from fourport.trace.events import Events
from fourport.trace.trace import Trace

__all__ = ["Events", "Trace"]
