"""How providers decide: each in a SimPy process of its own, when all movement of an instant is over."""

from __future__ import annotations

from simpy import Environment, Event
from simpy.events import EventPriority, ProcessGenerator

# SimPy's own events have priority 0 (starts of processes, the end of the run) or 1 (all others).
DECIDE = EventPriority(2)


def all_moved(env: Environment) -> Event:
    """Return an event that happens when all movement of this instant is over."""
    event = Event(env)
    event._ok = True
    event._value = None
    env.schedule(event, DECIDE)
    return event


class Decider:
    """A provider that decides once at each instant at which something has happened to it."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.news = env.event()
        env.process(self.work())

    def now(self) -> int:
        """Return the time, us UTC."""
        return int(self.env.now)

    def tell(self) -> None:
        """Request a decision at the end of this instant; several requests lead to one decision."""
        if not self.news.triggered:
            self.news.succeed()

    def work(self) -> ProcessGenerator:
        """Wait for a request, then for the end of all movement, then decide; repeat for ever."""
        while True:
            yield self.news
            yield all_moved(self.env)
            self.news = self.env.event()
            self.decide()

    def decide(self) -> None:
        """Start everything that can start now."""
        raise NotImplementedError
