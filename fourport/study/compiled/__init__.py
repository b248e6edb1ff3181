"""Measure in compiled code what looks at each event, or at each value.

``at_stops`` works out times and costs at the stops of a route. It has ``bins`` count the values at each stop,
and ``selecting`` find those of some ranks; ``tables`` has the arrays that they read and write. ``busy`` adds
up the work of resources, in the arrays of ``work_tables``.
"""

from fourport.study.compiled.tables import AT_STOPS, EVENTS, AtStops, Goods, Points, Samples, Scratch
from fourport.study.compiled.work_tables import BUSY, Busy, Work

__all__ = ["AT_STOPS", "BUSY", "EVENTS", "AtStops", "Busy", "Goods", "Points", "Samples", "Scratch", "Work"]
