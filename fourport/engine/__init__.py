"""Move consignments through a world.

``simulate(plan, world)`` runs the engine; ``docs/semantics.md`` defines what it does. The engine is a SimPy
model. Only what has a timetable or a state of its own (working hours, scheduled departures, trucks) is a
process; consignments are integers that wait in queues.
"""

from fourport.engine.milestones import Milestones, Trips
from fourport.engine.simulate import simulate

__all__ = ["Milestones", "Trips", "simulate"]
