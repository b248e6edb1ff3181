"""Tests of the two engines: against hand-calculated cases, and against each other.

``random_worlds`` draws small plans and worlds. ``happenings`` counts the events in them, using the visits
that ``walk`` finds.
"""
