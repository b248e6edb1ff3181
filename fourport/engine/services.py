"""Scheduled services: each departure loads at its cut-off the consignments that fit."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import simpy

from fourport.engine.journey import Journeys
from fourport.plan.tables import Space
from fourport.world.tables import World

Waiting = tuple[int, int, int, tuple[int, int, int]]
"""Arrival time and event row (the order of loading), step, and the capacity needed."""


class Service:
    """A timetable with a queue in front of it."""

    def __init__(self, journeys: Journeys, world: World, service: int) -> None:
        self.journeys = journeys
        self.env = journeys.env
        self.departures = world.departures.of(service)
        self.waiting: list[Waiting] = []
        self.due: list[int] = []

    def clock(self) -> Generator[simpy.Event, Any, None]:
        """Load each departure at its cut-off."""
        for d, cutoff in enumerate(self.departures.cutoff_us.tolist()):
            if cutoff < self.journeys.now:
                continue  # nobody can wait before the start
            if cutoff > self.journeys.now:
                yield self.env.timeout(cutoff - self.journeys.now)
            if not self.departures.cancelled[d]:
                if not self.due:
                    self.journeys.undecided.append(self)
                self.due.append(d)

    def arrive(self, event_row: int, s: int) -> None:
        """Put a consignment into the queue for the next departures."""
        i = self.journeys.consignment_of[event_row]
        weight, volume, containers = self.journeys.size
        self.waiting.append((self.journeys.now, event_row, s, (weight[i], volume[i], containers[i])))

    def decide(self) -> None:
        """Load the departures whose cut-off is now."""
        for d in self.due:
            self._load(d)
        self.due.clear()

    def _load(self, d: int) -> None:
        """Load consignments in order of arrival; those that do not fit keep their place in the queue."""
        self.waiting.sort()
        free: list[int] = self.departures.free_sale[d].tolist()
        block: list[int] = self.departures.block_space[d].tolist()
        space, smallest = self.journeys.space, self.journeys.smallest
        loaded: list[tuple[int, int]] = []
        left: list[Waiting] = []
        for k, (_, event_row, s, need) in enumerate(self.waiting):
            if (space[s] == Space.BLOCK and _take(block, need)) or _take(free, need):
                loaded.append((event_row, s))
            elif _could_fit(free, smallest) or _could_fit(block, smallest):
                left.append(self.waiting[k])
            else:
                # Nothing can fit any more; the rest of the queue keeps its order.
                left += self.waiting[k:]
                break
        self.waiting = left
        if loaded:
            self._depart(d, loaded)

    def _depart(self, d: int, loaded: list[tuple[int, int]]) -> None:
        journeys = self.journeys
        departure, arrival = int(self.departures.departure_us[d]), int(self.departures.arrival_us[d])
        for event_row, s in loaded:
            journeys.begin_at[event_row] = departure
            journeys.departure_index_at[event_row] = d
            if journeys.early_track[s] >= 0:
                journeys.file_ahead(event_row, s, departure)
        self.journeys.begin_process(self._voyage(arrival, loaded))

    def _voyage(self, arrival: int, loaded: list[tuple[int, int]]) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(arrival - self.journeys.now)
        for event_row, s in loaded:
            self.journeys.finish(event_row, s)


def _could_fit(room: list[int], need: Sequence[int]) -> bool:
    return room[0] >= need[0] and room[1] >= need[1] and room[2] >= need[2]


def _take(room: list[int], need: Sequence[int]) -> bool:
    """Subtract the need from the capacity if it fits in all dimensions; return whether it fits."""
    if not _could_fit(room, need):
        return False
    for k in range(3):
        room[k] -= need[k]
    return True
