"""A second, plain SimPy implementation of ``docs/semantics.md``, sharing no code with the engine.

``model`` is the journey of a consignment, ``resources`` what it queues for, ``conditions`` what
holds for it. ``random_worlds`` draws small plans and worlds, ``happenings`` counts what occurs in
them, from the steps that ``walk`` finds.
"""
