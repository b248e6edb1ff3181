"""What must hold in every run, checked from the events alone and written apart from the engines.

``identities`` asks all of it. ``events`` looks at each event in compiled code, with the arrays of
``event_tables``; ``queues`` looks at the order at resources, ``loading`` at that at departures.
"""
