"""Fleets: trucks that leave when they are full or their consolidation time is over, and come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from fourport.engine.journey import Journeys
from fourport.engine.milestones import Trips
from fourport.engine.views import view
from fourport.plan.tables import NEVER, Plan
from fourport.world.tables import World


class Fleet:
    """Trucks of one size between two places; at most one of them loads at a time."""

    def __init__(self, journeys: Journeys, plan: Plan, world: World, fleet: int) -> None:
        self.journeys = journeys
        self.env = journeys.env
        self.home = int(plan.fleet_vehicles[fleet])
        self.capacity = (int(plan.fleet_weight_g[fleet]), int(plan.fleet_volume_l[fleet]))
        self.hold_us = int(plan.fleet_hold_us[fleet])
        self.out_us = view(world.drives.of(fleet).out_us)
        self.back_us = view(world.drives.of(fleet).back_us)
        self.incoming: list[tuple[int, int]] = []
        self.queue: deque[tuple[int, int]] = deque()
        self.truck: list[tuple[int, int]] | None = None  # load of the truck that is loading
        self.room = [0, 0]
        self.opened = 0
        self.waked = False
        self.made: list[list[int]] = []  # opened, departed, arrived

    def arrive(self, event_row: int, s: int) -> None:
        """Put a consignment into the queue for a truck."""
        self.incoming.append((event_row, s))
        self._wake()

    def _wake(self) -> None:
        if not self.waked:
            self.waked = True
            self.journeys.undecided.append(self)

    def decide(self) -> None:
        """Load trucks in strict order of arrival and send those that are full or have waited long enough."""
        self.waked = False
        self.queue.extend(sorted(self.incoming))
        self.incoming.clear()
        while True:
            if self.truck is None and self.home and self.queue:
                self._open()
            if self.truck is None:
                return
            self._fill(self.truck)
            full = bool(self.queue) or 0 in self.room
            if not full and self.journeys.now < self.opened + self.hold_us:
                return
            self._send(self.truck)

    def _open(self) -> None:
        self.home -= 1
        self.truck = []
        self.room = list(self.capacity)
        self.opened = self.journeys.now
        self.journeys.begin_process(self._hold(len(self.made)))

    def _fill(self, truck: list[tuple[int, int]]) -> None:
        weight, volume = self.journeys.size[0], self.journeys.size[1]
        while self.queue:
            event_row, s = self.queue[0]
            i = self.journeys.consignment_of[event_row]
            if weight[i] > self.room[0] or volume[i] > self.room[1]:
                return
            self.room[0] -= weight[i]
            self.room[1] -= volume[i]
            truck.append((event_row, s))
            self.queue.popleft()

    def _send(self, truck: list[tuple[int, int]]) -> None:
        journeys, trip, now = self.journeys, len(self.made), self.journeys.now
        self.truck = None
        self.made.append([self.opened, now, NEVER])
        for event_row, s in truck:
            journeys.begin_at[event_row] = now
            journeys.departure_index_at[event_row] = trip
            if journeys.early_track[s] >= 0:
                journeys.file_ahead(event_row, s, now)
        self.journeys.begin_process(self._trip(trip, truck))

    def _hold(self, trip: int) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(self.hold_us)
        if self.truck is not None and trip == len(self.made):
            self._wake()

    def _trip(self, trip: int, truck: list[tuple[int, int]]) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(self.out_us[trip])
        self.made[trip][2] = self.journeys.now
        for event_row, s in truck:
            self.journeys.finish(event_row, s)
        yield self.env.timeout(self.back_us[trip])
        self.home += 1
        self._wake()

    def trips(self) -> Trips:
        """Return the trips made so far."""
        table = np.array(self.made, dtype=np.int64).reshape(-1, 3)
        return Trips(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy())
