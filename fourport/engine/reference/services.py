"""Scheduled services: what waits for a departure, and who is loaded at its cut-off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from simpy import Environment, Event
from simpy.events import ProcessGenerator

from fourport.engine.reference.deciding import all_moved
from fourport.plan.tables import NEVER, UNBOUND, Space
from fourport.world.tables import Departures


@dataclass
class Booking:
    """A consignment that waits for scheduled services, or the rest of one.

    There are several services if it may go by any of them, in the order in which they are written, each with
    the step and the space on which it would go.
    """

    arrival_us: int
    accepted_us: int
    consignment: int
    steps: dict[int, int]
    """Step by service."""
    size: list[int]
    spaces: dict[int, int]
    """Space by service."""
    within_us: int
    """Time within which it waits for a service written earlier; -1 if the order is none of preference."""
    aboard: Event
    gone: int = 0
    """Thousandths that have left."""
    latest_us: int = NEVER
    """Arrival of the latest part that has left."""

    def rank(self) -> tuple[int, int, int]:
        """Return the position in the order of loading."""
        return (self.arrival_us, self.consignment, min(self.steps.values()))

    def part(self, thousandths: int) -> list[int]:
        """Return the size of the next part."""
        until = self.gone + thousandths
        return [size * until // 1000 - size * self.gone // 1000 for size in self.size]

    def largest_part(self, capacity: list[int]) -> int:
        """Return the thousandths of the largest part that fits, 0 if none does."""
        parts = range(1000 - self.gone, 0, -1)
        return next((part for part in parts if fits(self.part(part), capacity)), 0)


@dataclass
class Sailing:
    """A departure: its times and what is left of its room."""

    number: int
    cutoff_us: int
    scheduled_us: int
    departure_us: int
    arrival_us: int
    cancelled: bool
    released_us: int
    block: list[int]
    free: list[int]
    most_free: list[int]
    whole_block: list[int]
    has_split: bool = False
    """Whether it takes a part of a consignment of which more is left."""

    def has_block_for(self, booking: Booking, service: int) -> bool:
        """Return whether a consignment may use the block space: accepted by its release, if there is one."""
        in_time = self.released_us == NEVER or booking.accepted_us <= self.released_us
        return booking.spaces[service] == Space.BLOCK and in_time

    def release(self, holders: Iterable[Booking]) -> None:
        """Keep block space for these consignments, as far as it goes; give the rest to free sale."""
        kept = [0, 0, 0]
        for booking in holders:
            rest = booking.part(1000 - booking.gone)
            with_it = [k + r for k, r in zip(kept, rest, strict=True)]
            if fits(with_it, self.block):
                kept = with_it
        self.free = [min(UNBOUND, f + b - k) for f, b, k in zip(self.free, self.block, kept, strict=True)]
        self.block = kept


class Services:
    """All timetables; at each instant the departures that close are loaded, consignment by consignment."""

    def __init__(self, env: Environment, timetables: Iterable[Departures], splits: list[int]) -> None:
        self.env = env
        self.splits = splits
        self.sailings = [sailings_of(timetable) for timetable in timetables]
        self.waiting: list[list[Booking]] = [[] for _ in self.sailings]
        self.parts: list[tuple[int, int, int, int]] = []
        env.process(self.work())

    def work(self) -> ProcessGenerator:
        """Load the departures that close at one instant, instant after instant."""
        closing: dict[int, dict[int, list[Sailing]]] = {}
        for service, sailings in enumerate(self.sailings):
            for sailing in sailings:
                if not sailing.cancelled:
                    now = closing.setdefault(sailing.cutoff_us, {})
                    now.setdefault(service, []).append(sailing)
        for cutoff, now in sorted(closing.items()):
            if cutoff < self.env.now:  # Only before the start of the run, when nobody waits.
                continue
            yield self.env.timeout(cutoff - self.env.now)
            yield all_moved(self.env)
            self.load(now)

    def wait(self, booking: Booking) -> None:
        """Wait for capacity with each service; at the cut-off the event ``aboard`` of the booking happens.

        Its value is the service, the departure, of the last part if there are several, and when all arrives.
        """
        for service in booking.steps:
            self.waiting[service].append(booking)

    def load(self, closing: Mapping[int, list[Sailing]]) -> None:
        """Load what fits to the departures that close now, by service, in order; roll the others over."""
        tried = {id(one): one for service in closing for one in self.waiting[service]}
        in_order = sorted(tried.values(), key=Booking.rank)
        for service, sailings in closing.items():
            for sailing in sailings:
                if sailing.released_us != NEVER:
                    here = [one for one in in_order if not self.keeps(one, service)]
                    sailing.release(one for one in here if sailing.has_block_for(one, service))
        for booking in in_order:
            for service in [of for of in booking.steps if of in closing]:
                for sailing in closing[service]:
                    if booking.gone < 1000 and not self.keeps(booking, service):
                        self.try_to_load(booking, service, sailing)

    def keeps(self, booking: Booking, service: int) -> bool:
        """Return whether a consignment is kept for a service that it prefers to this one."""
        if service not in booking.steps:
            return True  # A part of it has left by another one.
        if booking.within_us < 0:
            return False
        preferred = takewhile(lambda of: of != service, booking.steps)
        return any(
            one.cutoff_us > self.env.now and one.scheduled_us <= booking.arrival_us + booking.within_us
            for of in preferred
            for one in self.sailings[of]
        )

    def try_to_load(self, booking: Booking, service: int, sailing: Sailing) -> None:
        """Load the rest of a consignment, or a part of it, if that fits."""
        pools = [sailing.block] if sailing.has_block_for(booking, service) else []
        pools.append(sailing.free)
        rest = booking.part(1000 - booking.gone)
        pool = next((pool for pool in pools if fits(rest, pool)), None)
        if pool is not None:
            self.take(booking, 1000 - booking.gone, pool, service, sailing)
            self.waiting[service].remove(booking)
            booking.aboard.succeed((service, sailing.number, booking.latest_us))
        elif not sailing.has_split and self.splits[service] and self.is_too_large(booking):
            pool = max(pools, key=booking.largest_part)
            sailing.has_split = booking.largest_part(pool) > 0
            if sailing.has_split:
                self.take(booking, booking.largest_part(pool), pool, service, sailing)

    def is_too_large(self, booking: Booking) -> bool:
        """Return whether no departure has room for the whole consignment, even with all of its room free."""
        if booking.gone > 0:
            return True  # It was when its first part left; it may have had other services then.
        pools = [
            pool
            for service, space in booking.spaces.items()
            for one in self.sailings[service]
            for pool in ([one.most_free, one.whole_block] if space == Space.BLOCK else [one.most_free])
        ]
        return not any(fits(booking.size, pool) for pool in pools)

    def take(
        self, booking: Booking, thousandths: int, pool: list[int], service: int, sailing: Sailing
    ) -> None:
        """Load a part of a consignment, or all of it; from now on it goes by this service only."""
        for other in [of for of in booking.steps if of != service]:
            self.waiting[other].remove(booking)
            del booking.steps[other], booking.spaces[other]
        take(booking.part(thousandths), pool)
        if thousandths < 1000:
            step = booking.steps[service]
            self.parts.append((booking.consignment, step, sailing.number, thousandths))
        booking.gone += thousandths
        booking.latest_us = max(booking.latest_us, sailing.arrival_us)


def sailings_of(timetable: Departures) -> list[Sailing]:
    """Return the departures of a timetable."""
    columns = (
        timetable.cutoff_us,
        timetable.scheduled_us,
        timetable.departure_us,
        timetable.arrival_us,
        timetable.cancelled,
        timetable.released_us,
        timetable.block_space,
        timetable.free_sale,
        timetable.most_free_sale,
        timetable.block_space,
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Sailing(number, *row) for number, row in enumerate(rows)]


def fits(size: Iterable[int], capacity: Iterable[int]) -> bool:
    """Return whether the size fits into the capacity in every dimension."""
    return all(s <= r for s, r in zip(size, capacity, strict=True))


def take(size: list[int], capacity: list[int]) -> None:
    """Subtract the size from the capacity."""
    for dimension, s in enumerate(size):
        capacity[dimension] -= s
