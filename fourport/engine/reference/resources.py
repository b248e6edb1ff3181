"""Resources: servers that follow a calendar, and a queue."""

from __future__ import annotations

from heapq import heappop, heappush

from simpy import Environment, Event
from simpy.events import ProcessGenerator

from fourport.engine.reference.deciding import Decider


class Resource(Decider):
    """Servers that follow a calendar, with one queue ordered by class, arrival, consignment and step."""

    def __init__(self, env: Environment, calendar: list[tuple[int, int]]) -> None:
        super().__init__(env)
        self.servers = 0
        self.busy = 0
        self.queue: list[tuple[int, int, int, int, Event]] = []
        env.process(self.keep(calendar))

    def keep(self, calendar: list[tuple[int, int]]) -> ProcessGenerator:
        """Change the number of servers according to the calendar."""
        for at, servers in calendar:
            if at > self.now():
                yield self.env.timeout(at - self.now())
            self.servers = servers
            self.tell()

    def wait(self, priority: int, consignment: int, step: int) -> Event:
        """Join the queue; the returned event happens when service begins, and its value is the server."""
        called = self.env.event()
        heappush(self.queue, (priority, self.now(), consignment, step, called))
        self.tell()
        return called

    def serve(self, server: int, work: int) -> ProcessGenerator:
        """Work for so long, also past the closing."""
        yield self.env.timeout(work)

    def leave(self, server: int) -> None:
        """Release the server."""
        self.busy -= 1
        self.tell()

    def decide(self) -> None:
        """Begin services while fewer servers are busy than there are; which of them does not matter."""
        while self.queue and self.busy < self.servers:
            *_, called = heappop(self.queue)
            self.busy += 1
            called.succeed(-1)


class ResumingResource(Resource):
    """Servers with numbers, each of which stops its work when it goes off duty and goes on with it later."""

    def __init__(self, env: Environment, calendar: list[tuple[int, int]]) -> None:
        super().__init__(env, calendar)
        self.calendar = calendar
        self.taken: set[int] = set()

    def decide(self) -> None:
        """Begin services with the first servers on duty that have no work, not even work that rests."""
        for server in range(self.servers):
            if self.queue and server not in self.taken:
                *_, called = heappop(self.queue)
                self.taken.add(server)
                called.succeed(server)

    def serve(self, server: int, work: int) -> ProcessGenerator:
        """Work for so long in all, resting while the server is off duty."""
        ends: list[int | None] = [*(at for at, _ in self.calendar[1:]), None]
        for (begin, servers), end in zip(self.calendar, ends, strict=True):
            if server >= servers or (end is not None and end <= self.now()):
                continue
            if begin > self.now():
                yield self.env.timeout(begin - self.now())
            spell = work if end is None else min(work, end - self.now())
            yield self.env.timeout(spell)
            work -= spell
            if work == 0:
                return
        yield self.env.event()  # that never happens

    def leave(self, server: int) -> None:
        """Release the server."""
        self.taken.remove(server)
        self.tell()
