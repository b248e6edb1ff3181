"""Resources with several servers, one queue, working hours and priority classes."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from heapq import heappush
from typing import Any

import simpy

from fourport.engine.journey import EVENT_ROW, EVENT_ROW_BITS, Journeys
from fourport.plan.tables import Kind, Plan


class Resource:
    """Servers that take the first token of the lowest class as soon as one of them is free and on duty."""

    def __init__(self, journeys: Journeys, plan: Plan, resource: int) -> None:
        self.journeys = journeys
        self.env = journeys.env
        first, last = plan.resource_change_first[resource : resource + 2]
        self.changes = list(
            zip(
                plan.resource_change_us[first:last].tolist(),
                plan.resource_servers[first:last].tolist(),
                strict=True,
            )
        )
        self.servers = 0
        self.busy = 0
        self.waiting = 0
        self.waked = False
        self.incoming: list[int] = []  # class << EVENT_ROW_BITS | event row, which sorts in queue order
        mine = (plan.step_kind == Kind.RESOURCE) & (plan.step_provider == resource)
        self.priority = {int(s): plan.priority[s].tolist() for s in mine.nonzero()[0]}
        classes = sorted({c for row in self.priority.values() for c in row})
        self.one_class = classes[0] if len(classes) == 1 else None
        self.queues: dict[int, deque[int]] = {c: deque() for c in classes}

    def clock(self) -> Generator[simpy.Event, Any, None]:
        """Change the number of servers according to the calendar."""
        for at, servers in self.changes:
            if at > self.journeys.now:
                yield self.env.timeout(at - self.journeys.now)
            self.servers = servers
            if not self.waked:
                self._wake()

    def arrive(self, event_row: int, s: int) -> None:
        """Put a token into the queue, or start it at once if nothing else happens at this instant."""
        journeys = self.journeys
        alone = journeys.alone and not self.waked
        if alone and self.busy < self.servers:
            self._start(event_row)  # a server is free, so nobody waits
            return
        rank = self.one_class
        if rank is None:
            rank = self.priority[s][journeys.trader_class[journeys.consignment_of[event_row]]]
        if alone:
            self.queues[rank].append(event_row)
            self.waiting += 1
            return
        self.incoming.append(rank << EVENT_ROW_BITS | event_row)
        if not self.waked:
            self._wake()

    def leave(self) -> None:
        """Free a server at the end of a token's service."""
        self.busy -= 1
        if self.waiting and not self.waked:
            if self.journeys.alone:
                self._start_waiting()
            else:
                self._wake()

    def _wake(self) -> None:
        self.waked = True
        self.journeys.undecided.append(self)

    def decide(self) -> None:
        """Sort the arrivals of this instant into the queues and start as many tokens as possible."""
        self.waked = False
        incoming = self.incoming
        if incoming:
            incoming.sort()
            for token in incoming:
                self.queues[token >> EVENT_ROW_BITS].append(token & EVENT_ROW)
            self.waiting += len(incoming)
            incoming.clear()
        self._start_waiting()

    def _start_waiting(self) -> None:
        free = self.servers - self.busy
        if free <= 0:
            return
        for queue in self.queues.values():
            while queue:
                self.waiting -= 1
                self._start(queue.popleft())
                free -= 1
                if not free:
                    return

    def _start(self, event_row: int) -> None:
        journeys = self.journeys
        now = journeys.now
        journeys.begin_at[event_row] = now
        heappush(journeys.agenda, now + journeys.duration_at[event_row] << EVENT_ROW_BITS | event_row)
        self.busy += 1
