"""Measure in compiled code what looks at each event, or at each value.

``at_stops`` works out times and costs at the stops of a route. It has ``bins`` count the values at each stop,
and ``selecting`` find those of some ranks; ``tables`` has the arrays that they read and write. ``merging``
merges histograms, ``stages`` adds up the time at the stages of clearance, ``officers`` the work of customs
with each consignment, ``busy`` the work of resources, and ``services`` counts the goods at services; the
arrays of each are in a module beside it.
"""
