"""What must hold in every run, checked from the events alone and written apart from the engines.

``identities`` asks all of it. What must hold of each event is found when milestones are read
(:mod:`fourport.trace.compiled.look`). ``queues`` looks at the order at resources: ``visits`` collects who
comes and ``waiting`` counts them, both compiled, with the arrays of ``queue_tables``. ``carriage`` adds up
what vehicles took, compiled, with those of ``carriage_tables``. ``loading`` looks at the order at departures.
"""
