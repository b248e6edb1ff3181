"""The reference engine: plain SimPy, one process for each consignment, to be read beside the definition.

``model`` is the journey of a consignment. ``resources``, ``services`` and ``fleets`` are what it queues for,
and ``deciding`` is how they decide; ``conditions`` tells which conditions hold for it. The definition is
``docs/semantics.md``. The compiled engine shares no code with this one but the plan, the world and the
milestones, so that each checks the other.
"""

from fourport.engine.reference.model import simulate

__all__ = ["simulate"]
