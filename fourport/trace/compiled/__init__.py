"""Read the milestones of a run in compiled code: what happened at each step, whether that can be, and why.

``reading`` goes through some consignments at a time, which the processor's cache holds: it arranges their
rows by step, ``walk`` lets their tokens go from step to step, and ``look`` checks each event. ``tables`` has
the arrays that they read and write. ``time_by_cause`` then adds up the causes of time, step by step, with the
arrays of ``cause_tables``. An engine has no part in any of it.
"""

from fourport.trace.compiled.tables import READING, Broken, Happened, Places, read

__all__ = ["READING", "Broken", "Happened", "Places", "read"]
