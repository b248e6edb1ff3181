"""The providers that consignments wait for: resources, scheduled services and fleets of trucks.

Each of them decides in a SimPy process of its own. The process waits for :func:`all_moved`, so that it
decides only when all movement of the instant is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from simpy import Environment, Event
from simpy.events import EventPriority, ProcessGenerator

from fourport.plan.tables import NEVER, Space
from fourport.world.tables import Departures, Drives

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


@dataclass
class Booking:
    """A consignment that waits for a scheduled service, or the rest of one."""

    arrival_us: int
    consignment: int
    step: int
    size: list[int]
    space: int
    aboard: Event
    gone: int = 0
    """Thousandths that have left."""
    latest_us: int = NEVER
    """Arrival of the latest part that has left."""

    def rank(self) -> tuple[int, int, int]:
        """Return the position in the order of loading."""
        return (self.arrival_us, self.consignment, self.step)

    def part(self, thousandths: int) -> list[int]:
        """Return the size of the next part."""
        until = self.gone + thousandths
        return [size * until // 1000 - size * self.gone // 1000 for size in self.size]

    def largest_part(self, capacity: list[int]) -> int:
        """Return the thousandths of the largest part that fits, 0 if none does."""
        parts = range(1000 - self.gone, 0, -1)
        return next((part for part in parts if fits(self.part(part), capacity)), 0)


class Service:
    """A timetable; waiting consignments are loaded at each cut-off."""

    def __init__(self, env: Environment, timetable: Departures, *, splits: bool = False) -> None:
        self.env = env
        self.splits = splits
        self.parts: list[tuple[int, int, int, int]] = []
        self.waiting: list[Booking] = []
        self.departure: list[int] = timetable.departure_us.tolist()
        self.arrival: list[int] = timetable.arrival_us.tolist()
        self.block: list[list[int]] = timetable.block_space.tolist()
        self.free: list[list[int]] = timetable.free_sale.tolist()
        self.most_free: list[list[int]] = timetable.most_free_sale.tolist()
        env.process(self.sail(timetable.cutoff_us.tolist(), timetable.cancelled.tolist()))

    def sail(self, cutoffs: list[int], cancelled: list[bool]) -> ProcessGenerator:
        """Load one departure after the other."""
        for departure, cutoff in enumerate(cutoffs):
            if cutoff < self.env.now:  # Only before the start of the run, when nobody waits.
                continue
            yield self.env.timeout(cutoff - self.env.now)
            yield all_moved(self.env)
            if not cancelled[departure]:
                self.load(departure)

    def wait(self, consignment: int, step: int, size: list[int], space: int) -> Event:
        """Wait for capacity; the returned event happens at the cut-off.

        Its value is the departure, of the last part if there are several, and the arrival of all of it.
        """
        aboard = self.env.event()
        self.waiting.append(Booking(int(self.env.now), consignment, step, size, space, aboard))
        return aboard

    def load(self, departure: int) -> None:
        """Load what fits, in order; roll the others over."""
        block, free = list(self.block[departure]), list(self.free[departure])
        has_split = False
        rolled_over = []
        for booking in sorted(self.waiting, key=Booking.rank):
            pools = [block, free] if booking.space == Space.BLOCK else [free]
            rest = booking.part(1000 - booking.gone)
            pool = next((pool for pool in pools if fits(rest, pool)), None)
            if pool is not None:
                self.take(booking, 1000 - booking.gone, pool, departure)
                booking.aboard.succeed((departure, booking.latest_us))
                continue
            rolled_over.append(booking)
            if not has_split and self.may_split(booking):
                pool = max(pools, key=booking.largest_part)
                has_split = booking.largest_part(pool) > 0
                if has_split:
                    self.take(booking, booking.largest_part(pool), pool, departure)
        self.waiting = rolled_over

    def may_split(self, booking: Booking) -> bool:
        """Return whether no departure has room for the whole consignment, even with all of its room free."""
        pools = self.most_free + (self.block if booking.space == Space.BLOCK else [])
        return self.splits and not any(fits(booking.size, pool) for pool in pools)

    def take(self, booking: Booking, thousandths: int, pool: list[int], departure: int) -> None:
        """Load a part of a consignment, or all of it."""
        take(booking.part(thousandths), pool)
        if thousandths < 1000:
            self.parts.append((booking.consignment, booking.step, departure, thousandths))
        booking.gone += thousandths
        booking.latest_us = max(booking.latest_us, self.arrival[departure])


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


def fits(size: Iterable[int], capacity: Iterable[int]) -> bool:
    """Return whether the size fits into the capacity in every dimension."""
    return all(s <= r for s, r in zip(size, capacity, strict=True))


def take(size: list[int], capacity: list[int]) -> None:
    """Subtract the size from the capacity."""
    for dimension, s in enumerate(size):
        capacity[dimension] -= s
