"""Measure in compiled code what looks at each event, or at each value.

``at_stops`` works out times and costs at the stops of a route. It has ``bins`` count the values at each stop,
and ``selecting`` find those of some ranks; ``tables`` has the arrays that they read and write. ``busy`` adds
up the work of resources, in the arrays of ``work_tables``, and ``services`` counts the goods at services, in
those of ``service_tables``.
"""

from fourport.study.compiled.service_tables import BIN, BINS_A_DAY, SERVICES, Calls, Served
from fourport.study.compiled.tables import AT_STOPS, EVENTS, AtStops, Goods, Points, Samples, Scratch
from fourport.study.compiled.work_tables import BUSY, Busy, Work

__all__ = [
    "AT_STOPS",
    "BIN",
    "BINS_A_DAY",
    "BUSY",
    "EVENTS",
    "SERVICES",
    "AtStops",
    "Busy",
    "Calls",
    "Goods",
    "Points",
    "Samples",
    "Scratch",
    "Served",
    "Work",
]
