"""A second, plain SimPy implementation of ``docs/semantics.md``; it shares no code with the engine.

``model`` is the journey of a consignment, ``resources`` the providers it queues for, and ``conditions``
decides which conditions hold for it. ``random_worlds`` draws small plans and worlds. ``happenings`` counts
the events in them, using the visits that ``walk`` finds.
"""
