"""Fleets: trucks that are loaded one at a time, drive and come home."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

from simpy import Environment, Event
from simpy.events import ProcessGenerator

from fourport.engine.reference.deciding import Decider
from fourport.plan.tables import NEVER
from fourport.world.tables import Drives


@dataclass
class Trip:
    """A truck from the begin of loading; later times are ``NEVER`` until they happen."""

    open_us: int
    weight_left: int
    volume_left: int
    aboard: list[Event]
    departure_us: int = NEVER
    arrival_us: int = NEVER


class Fleet(Decider):
    """Trucks, loaded one at a time, that leave when full or when their consolidation time is over."""

    def __init__(
        self,
        env: Environment,
        *,
        vehicles: int,
        weight: int,
        volume: int,
        hold: int,
        hours: list[tuple[int, int]],
        drives: Drives,
    ) -> None:
        super().__init__(env)
        self.at_home = vehicles
        self.weight = weight
        self.volume = volume
        self.hold = hold
        self.out: list[int] = drives.out_us.tolist()
        self.back: list[int] = drives.back_us.tolist()
        self.queue: list[tuple[int, int, int, list[int], Event]] = []
        self.loading: Trip | None = None
        self.trips: list[Trip] = []
        self.is_open = False
        env.process(self.keep(hours))

    def keep(self, hours: list[tuple[int, int]]) -> ProcessGenerator:
        """Open and close according to the hours."""
        for at, is_open in hours:
            if at > self.now():
                yield self.env.timeout(at - self.now())
            self.is_open = bool(is_open)
            self.tell()

    def wait(self, consignment: int, step: int, size: list[int]) -> Event:
        """Join the queue; the returned event happens when the truck departs and its value is the trip."""
        departed = self.env.event()
        heappush(self.queue, (self.now(), consignment, step, size, departed))
        self.tell()
        return departed

    def decide(self) -> None:
        """Load trucks, and send each one that is full or has waited long enough, but only while open."""
        while self.is_open:
            if self.loading is None and self.at_home and self.queue:
                self.at_home -= 1
                self.loading = Trip(self.now(), self.weight, self.volume, [])
                self.env.process(self.run_out())
            if self.loading is None:
                return
            self.load(self.loading)
            if not (self.queue or self.is_full(self.loading) or self.has_run_out(self.loading)):
                return
            self.env.process(self.drive(self.loading))
            self.loading = None

    def run_out(self) -> ProcessGenerator:
        """Request a decision when the consolidation time is over; no effect if the truck has left."""
        yield self.env.timeout(self.hold)
        self.tell()

    def load(self, truck: Trip) -> None:
        """Load from the head of the queue until a consignment does not fit."""
        while self.queue:
            *_, (weight, volume, _), departed = self.queue[0]
            if weight > truck.weight_left or volume > truck.volume_left:
                return
            heappop(self.queue)
            truck.weight_left -= weight
            truck.volume_left -= volume
            truck.aboard.append(departed)

    def is_full(self, truck: Trip) -> bool:
        """Return whether no weight or no volume is left."""
        return truck.weight_left == 0 or truck.volume_left == 0

    def has_run_out(self, truck: Trip) -> bool:
        """Return whether the consolidation time is over."""
        return self.now() >= truck.open_us + self.hold

    def drive(self, trip: Trip) -> ProcessGenerator:
        """Drive out and back as the fleet's next trip, starting now."""
        number = len(self.trips)
        self.trips.append(trip)
        trip.departure_us = self.now()
        for departed in trip.aboard:
            departed.succeed(number)
        yield self.env.timeout(self.out[number])
        trip.arrival_us = self.now()
        yield self.env.timeout(self.back[number])
        self.at_home += 1
        self.tell()
