"""Moving consignments through a world.

``simulate(plan, world)`` is the whole of it; ``docs/semantics.md`` says what it
means. The engine is a SimPy model with processes only for what has a timetable
or a state of its own (working hours, sailings and flights, trucks);
consignments are integers that wait in queues.
"""

from fourport.engine.milestones import Milestones, Trips
from fourport.engine.simulate import simulate

__all__ = ["Milestones", "Trips", "simulate"]
