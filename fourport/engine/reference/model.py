"""The journey of each consignment as a SimPy process; ``docs/semantics.md`` defines every move."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from simpy import Environment, Process
from simpy.events import ProcessGenerator

from fourport.engine.milestones import Milestones, Parts, Trips
from fourport.engine.reference.conditions import holds
from fourport.engine.reference.fleets import Fleet
from fourport.engine.reference.resources import Resource, ResumingResource
from fourport.engine.reference.services import Booking, Services
from fourport.plan.tables import NEVER, Ints, Kind, Plan
from fourport.world.tables import World


def simulate(plan: Plan, world: World) -> Milestones:
    """Simulate the world through the plan until the end of the run."""
    corridor = Running(plan, world)
    for consignment in range(world.n):
        corridor.env.process(corridor.journey(consignment))
    corridor.env.run(until=plan.end_us)
    return Milestones(
        times_us=np.array([corridor.begin, corridor.end], dtype=np.int64).T,
        departure_index=np.array(corridor.departure_index, dtype=np.int64),
        trips=tuple(
            Trips(
                open_us=np.array([trip.open_us for trip in fleet.trips], dtype=np.int64),
                departure_us=np.array([trip.departure_us for trip in fleet.trips], dtype=np.int64),
                arrival_us=np.array([trip.arrival_us for trip in fleet.trips], dtype=np.int64),
            )
            for fleet in corridor.fleets
        ),
        parts=corridor.parts(),
    )


class Running:
    """A corridor that is running: providers, milestones, and the processes of goods and declarations."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.env = Environment(initial_time=plan.start_us)
        self.plan = plan
        self.world = world

        # Plain Python numbers are exact at any size and fast to read one by one.
        self.entry: list[int] = world.entry_us.tolist()
        self.route: list[int] = world.route.tolist()
        self.trader_class: list[int] = world.trader_class.tolist()
        self.size: list[list[int]] = world.size.tolist()
        self.first_event_row: list[int] = world.first_event_row.tolist()
        self.duration: list[int] = world.duration_us.tolist()
        self.first_step: list[int] = plan.route_first_step.tolist()
        self.kind: list[int] = plan.step_kind.tolist()
        self.provider: list[int] = plan.step_provider.tolist()
        self.condition: list[int] = plan.step_condition.tolist()
        self.unless_done: list[int] = plan.step_unless_done.tolist()
        self.after_track: list[int] = plan.step_after_track.tolist()
        self.track: list[int] = plan.step_track.tolist()
        self.early_track: list[int] = plan.step_early_track.tolist()
        self.early_condition: list[int] = plan.step_early_condition.tolist()
        self.space: list[int] = plan.step_space.tolist()
        self.choice: list[int] = plan.step_choice.tolist()
        self.within: list[int] = plan.step_within_us.tolist()
        self.step_hours: list[int] = plan.step_hours.tolist()
        self.priority: list[list[int]] = plan.priority.tolist()

        self.do: Mapping[int, Callable[[int, int], ProcessGenerator]] = {
            Kind.DELAY: self.delay,
            Kind.RESOURCE: self.be_served,
            Kind.SERVICE: self.sail,
            Kind.FLEET: self.drive,
            Kind.JOIN: self.await_declaration,
            Kind.MARK: self.mark,
        }
        by_arrival = world.by_arrival
        self.arrival_first: list[int] = by_arrival.ranges(len(self.kind)).tolist()
        self.arrival_us: list[int] = by_arrival.arrival_us.tolist()
        self.lasts_us: list[int] = by_arrival.lasts_us.tolist()

        self.begin = [NEVER] * len(self.duration)
        self.end = [NEVER] * len(self.duration)
        self.departure_index = [-1] * len(self.duration)
        self.filings: dict[tuple[int, int], Process] = {}

        self.hours = turns(plan.hours_first, plan.hours_turn_us, plan.hours_open)
        calendars = turns(plan.resource_change_first, plan.resource_change_us, plan.resource_servers)
        self.resources = [
            ResumingResource(self.env, calendar) if resumes else Resource(self.env, calendar)
            for calendar, resumes in zip(calendars, plan.resource_resumes.tolist(), strict=True)
        ]
        timetables = [world.departures.of(k) for k in range(len(plan.names.services))]
        self.services = Services(self.env, timetables, plan.service_splits.tolist())
        self.fleets = [
            Fleet(
                self.env,
                vehicles=int(plan.fleet_vehicles[k]),
                weight=int(plan.fleet_weight_g[k]),
                volume=int(plan.fleet_volume_cm3[k]),
                hold=int(plan.fleet_hold_us[k]),
                hours=self.hours[plan.fleet_hours[k]] if plan.fleet_hours[k] >= 0 else [(plan.start_us, 1)],
                drives=world.drives.of(k),
            )
            for k in range(len(plan.names.fleets))
        ]

    def journey(self, i: int) -> ProcessGenerator:
        """Move the goods of consignment ``i`` along the main track of its route."""
        yield self.env.timeout(self.entry[i] - self.now())
        for step in self.plan.main_steps(self.route[i]):
            if self.is_another_service(step) or self.passes_over(i, step):
                continue
            taken = yield from self.do[self.kind[step]](i, step)
            self.end[self.event_row(i, step if taken is None else taken)] = self.now()

    def is_another_service(self, step: int) -> bool:
        """Return whether the step is one of a choice, but not the first, which stands for all of them."""
        return self.choice[step] not in (-1, step)

    def filing(self, i: int, track: int, start: int) -> ProcessGenerator:
        """Move the declaration along a declaration track that starts at ``start``, now or later."""
        steps = self.plan.track_steps(track)
        self.begin[self.event_row(i, steps[0])] = start  # Known from now on, even if it lies after the end.
        yield self.env.timeout(start - self.now())
        for step in steps:
            if self.passes_over(i, step):
                continue
            yield from self.do[self.kind[step]](i, step)
            self.end[self.event_row(i, step)] = self.now()

    def passes_over(self, i: int, step: int) -> bool:
        """Return whether the token passes the step over, now that it comes to it."""
        if not self.holds(self.condition[step], i):
            return True
        earlier, track = self.unless_done[step], self.after_track[step]
        if earlier >= 0 and self.begin[self.event_row(i, earlier)] != NEVER:
            return True
        return track >= 0 and not self.had_ended(i, track)

    def had_ended(self, i: int, track: int) -> bool:
        """Return whether the declaration track ended before this instant; an end at this instant is late."""
        ended = self.end[self.event_row(i, self.plan.track_steps(track)[-1])]
        return ended != NEVER and ended < self.now()

    def delay(self, i: int, step: int) -> ProcessGenerator:
        """Wait until the step may begin, which is known at once, and for its duration."""
        event_row = self.event_row(i, step)
        begin = self.first_open(self.step_hours[step])
        if begin == NEVER:
            yield self.env.event()  # that never happens
        self.begin[event_row] = begin
        self.file_ahead(i, step, begin)
        yield self.env.timeout(begin - self.now() + self.lasts(i, step, begin))

    def lasts(self, i: int, step: int, begin: int) -> int:
        """Return how long a step takes that begins now or later: its own time, or that of the arrival."""
        first, last = self.arrival_first[step : step + 2]
        if first == last:
            return self.duration[self.event_row(i, step)]
        return self.lasts_us[max(bisect_right(self.arrival_us, begin, first, last) - 1, first)]

    def first_open(self, hours: int) -> int:
        """Return the first instant from now on with open hours, or ``NEVER``; hours -1 are always open."""
        if hours < 0:
            return self.now()
        is_open_now, later = 0, []
        for turn, is_open in self.hours[hours]:
            if turn <= self.now():
                is_open_now = is_open
            elif is_open:
                later.append(turn)
        return self.now() if is_open_now else min(later, default=NEVER)

    def be_served(self, i: int, step: int) -> ProcessGenerator:
        """Queue for a resource, be served, and release the server."""
        event_row = self.event_row(i, step)
        resource = self.resources[self.provider[step]]
        server = yield resource.wait(self.priority[step][self.trader_class[i]], i, step)
        self.begin[event_row] = self.now()
        self.departure_index[event_row] = server
        yield from resource.serve(server, self.duration[event_row])
        resource.leave(server)

    def sail(self, i: int, step: int) -> ProcessGenerator:
        """Wait for a departure with enough capacity, of any service of a choice, then travel with it.

        Returns the step of the choice that was done.
        """
        first, last = step, step + 1
        while self.choice[step] >= 0 and self.choice[last] == self.choice[step]:
            last += 1
        steps = {self.provider[s]: s for s in range(first, last)}
        spaces = {self.provider[s]: self.space[s] for s in range(first, last)}
        aboard = self.env.event()
        booking = Booking(
            self.now(), self.entry[i], i, steps, self.size[i], spaces, self.within[step], aboard
        )
        self.services.wait(booking)
        service, departure, arrival = yield aboard
        # Loaded at the cut-off; from now on the departure is fixed.
        taken = steps[service]
        event_row, leaves = self.event_row(i, taken), self.services.sailings[service][departure].departure_us
        self.departure_index[event_row] = departure
        self.begin[event_row] = leaves
        self.file_ahead(i, taken, leaves)
        yield self.env.timeout(arrival - self.now())
        return taken

    def drive(self, i: int, step: int) -> ProcessGenerator:
        """Wait until a truck leaves with the goods, then travel with it."""
        event_row = self.event_row(i, step)
        fleet = self.fleets[self.provider[step]]
        trip = yield fleet.wait(i, step, self.size[i])
        self.departure_index[event_row] = trip
        self.begin[event_row] = self.now()
        self.file_ahead(i, step, self.now())
        yield self.env.timeout(fleet.out[trip])

    def mark(self, i: int, step: int) -> ProcessGenerator:
        """Record that the token was here; it takes no time."""
        self.begin[self.event_row(i, step)] = self.now()
        self.file_ahead(i, step, self.now())
        yield from ()

    def await_declaration(self, i: int, step: int) -> ProcessGenerator:
        """Wait for the end of the declaration track, after starting it if it has not been started."""
        self.begin[self.event_row(i, step)] = self.now()
        self.file(i, self.track[step], self.now())
        yield self.filings[i, self.track[step]]

    def file_ahead(self, i: int, step: int, start: int) -> None:
        """Start the declaration track that a step starts at its begin, if there is one."""
        if self.early_track[step] >= 0 and self.holds(self.early_condition[step], i):
            self.file(i, self.early_track[step], start)

    def file(self, i: int, track: int, start: int) -> None:
        """Start a declaration track, at most once."""
        if (i, track) not in self.filings:
            self.filings[i, track] = self.env.process(self.filing(i, track, start))

    def holds(self, condition: int, i: int) -> bool:
        """Return whether a condition holds for the consignment; -1 always does."""
        return holds(self.plan, self.world, condition, i)

    def parts(self) -> Parts:
        """Return what went in parts."""
        parts = [
            (self.event_row(i, step), departure, thousandths)
            for i, step, departure, thousandths in self.services.parts
        ]
        return Parts.sorted(*np.array(parts, dtype=np.int64).reshape(-1, 3).T)

    def event_row(self, i: int, step: int) -> int:
        """Return the event row of a consignment's step."""
        return self.first_event_row[i] + step - self.first_step[self.route[i]]

    def now(self) -> int:
        """Return the time, us UTC."""
        return int(self.env.now)


def turns(first: Ints, at: Ints, number: Ints) -> list[list[tuple[int, int]]]:
    """Return lists of (time, number from then on) from their ranges in two arrays."""
    flat, ends = list(zip(at.tolist(), number.tolist(), strict=True)), first.tolist()
    return [flat[begin:end] for begin, end in pairwise(ends)]
