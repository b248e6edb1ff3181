"""What happened to the consignments of a world: their events, step by step, and why their time passed.

An engine leaves begin and end of every step. The **trace** is made of these once, and is what bills,
emissions, clearance, planning tables and checks read; nothing else counts rows of events. It knows neither
money nor how an engine works.
"""

from fourport.trace.trace import Events, Trace

__all__ = ["Events", "Trace"]
