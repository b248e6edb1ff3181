"""What must hold in every run, checked from the events alone and written apart from the engines.

``identities`` asks all of it. ``events`` looks at each event, with the arrays of ``event_tables``. ``queues``
looks at the order at resources: ``visits`` collects who comes and ``waiting`` counts them, with the arrays of
``queue_tables``. ``loading`` looks at the order at departures. ``events``, ``visits`` and ``waiting`` are
compiled.
"""
