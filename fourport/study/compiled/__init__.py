"""Look at single values in compiled code, where NumPy would sort them all.

``at_stops`` works out times and costs at the stops of a route. It has ``bins`` count the values at each stop,
and ``selecting`` find those of some ranks. ``tables`` has the arrays that they read and write.
"""

from fourport.study.compiled.tables import AT_STOPS, EVENTS, AtStops, Goods, Points, Samples, Scratch

__all__ = ["AT_STOPS", "EVENTS", "AtStops", "Goods", "Points", "Samples", "Scratch"]
