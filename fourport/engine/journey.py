"""How a token goes from step to step: the part all resources share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from heapq import heappush
from typing import Any, Protocol

import numpy as np
import simpy
from simpy.events import NORMAL, EventPriority

from fourport.engine.views import view
from fourport.plan.tables import NEVER, Kind, Plan
from fourport.world.outcomes import outcomes
from fourport.world.tables import World

DELAY, RESOURCE, JOIN = int(Kind.DELAY), int(Kind.RESOURCE), int(Kind.JOIN)

EVENT_ROW_BITS = 32
"""Bits of an agenda entry that hold the event row; those above hold the time."""
EVENT_ROW = (1 << EVENT_ROW_BITS) - 1
PROCESS, ENTRY = EVENT_ROW, EVENT_ROW - 1
"""Marks in the place of a event row: an event of SimPy's, a first arrival."""


class Place(Protocol):
    """A resource with a queue: resource, service or fleet."""

    def arrive(self, event_row: int, s: int) -> None:
        """Take the token whose event row at step ``s`` this is into the queue."""

    def decide(self) -> None:
        """Do what can be done at this instant."""


class Server(Protocol):
    """A resource that a token leaves when its step ends."""

    def leave(self) -> None:
        """Free what the token had."""


class Clock(simpy.Environment):
    """SimPy's environment as one of several that write into the same agenda.

    Parameters
    ----------
    start_us
        Begin of the run.
    agenda
        Heap of ``time << SLOT_BITS | event row`` in which each event is marked by :data:`PROCESS`.
    """

    def __init__(self, start_us: int, agenda: list[int]) -> None:
        self.agenda = agenda
        super().__init__(initial_time=start_us)

    def schedule(
        self, event: simpy.Event, priority: EventPriority = NORMAL, delay: simpy.core.SimTime = 0
    ) -> None:
        """Schedule an event and mark it in the agenda."""
        super().schedule(event, priority, delay)
        heappush(self.agenda, int(self._now + delay) << EVENT_ROW_BITS | PROCESS)

    def reach(self, now: int) -> None:
        """Set the clock to an instant; no event may lie before it."""
        self._now = now


class Journeys:
    """The tokens of all consignments, and the milestones they leave.

    A token (the goods or the papers of a consignment) is known by the event row of the
    step it is at; the next step of a track has the next event row.

    Attributes
    ----------
    agenda
        Heap of the ends of steps under way, ``time << SLOT_BITS | event row``. Plain ints,
        which a heap compares twice as fast as tuples and far faster than event objects.
    undecided
        Places that something happened to at this instant, to be asked to
        ``decide`` when all movement of the instant is over.
    now
        The instant, us UTC.
    alone
        Whether the token that moves is the last that does at this instant, so that
        what it asks of a resource can be decided at once.
    """

    def __init__(self, env: Clock, plan: Plan, world: World) -> None:
        self.env = env
        self.now = plan.start_us
        self.end_us = plan.end_us
        self.agenda = env.agenda
        self.undecided: list[Place] = []
        self.alone = False
        event_rows = len(world.duration_us)
        self.begin = np.full(event_rows, NEVER, dtype=np.int64)
        self.end = np.full(event_rows, NEVER, dtype=np.int64)
        self.departure_index = np.full(event_rows, -1, dtype=np.int32)
        self.begin_at = view(self.begin)
        self.end_at = view(self.end)
        self.departure_index_at = view(self.departure_index)
        self.duration_at = view(world.duration_us)
        self.trader_class = view(world.trader_class)
        self.size = [view(world.size[:, d]) for d in range(3)]
        self.smallest = [int(world.size[:, d].min()) if world.n else 1 for d in range(3)]
        self.holds = [row.tobytes() for row in outcomes(plan, world)]
        self._read_event_rows(plan, world)
        self._read_steps(plan)

    def _read_event_rows(self, plan: Plan, world: World) -> None:
        """Tell the consignment and the step of each event row; in few bytes, since there are millions."""
        counts = np.diff(world.first_event_row)
        self.consignment_of = view(np.repeat(np.arange(world.n, dtype=np.int32), counts))
        first = (world.first_event_row[:-1] - plan.route_first_step[world.route]).astype(np.int32)
        step_of = np.arange(len(world.duration_us), dtype=np.int32)
        step_of -= np.repeat(first, counts)
        self.step_of = view(step_of)

    def _read_steps(self, plan: Plan) -> None:
        self.kind = plan.step_kind.tolist()
        self.provider = plan.step_provider.tolist()
        self.condition = plan.step_condition.tolist()
        self.unless_done = plan.step_unless_done.tolist()
        self.after_track = plan.step_after_track.tolist()
        self.is_sure = [
            c < 0 and u < 0 and t < 0
            for c, u, t in zip(self.condition, self.unless_done, self.after_track, strict=True)
        ]
        self.track = plan.step_track.tolist()
        self.early_track = plan.step_early_track.tolist()
        self.early_condition = plan.step_early_condition.tolist()
        self.space = plan.step_space.tolist()
        self.is_last = [False] * len(self.kind)  # of its track
        for route in range(plan.n_routes):
            self.is_last[plan.main_steps(route)[-1]] = True
        self.track_first = plan.track_first_step.tolist()
        self.track_last = []
        self.join_of = {}  # last step of a filing track -> the JOIN that waits for it
        joins = {track: s for s, track in enumerate(self.track) if track >= 0}
        for track in range(len(self.track_first)):
            last = plan.track_steps(track)[-1]
            self.track_last.append(last)
            self.is_last[last] = True
            if track in joins:
                self.join_of[last] = joins[track]

    def connect(self, resources: Sequence[Place], services: Sequence[Place], fleets: Sequence[Place]) -> None:
        """Let each step know the place that it happens at."""
        places = {Kind.RESOURCE: resources, Kind.SERVICE: services, Kind.FLEET: fleets}
        self.enter: list[Callable[[int, int], None] | None] = [
            places[Kind(kind)][provider].arrive if kind in places else None
            for kind, provider in zip(self.kind, self.provider, strict=True)
        ]
        # Most steps have a place and are never passed over: they are told by one look.
        self.enter_always = [
            enter if sure else None for enter, sure in zip(self.enter, self.is_sure, strict=True)
        ]

    def begin_process(self, process: Generator[simpy.Event, Any, None]) -> None:
        """Let a vehicle go its way from now on."""
        self.env.reach(self.now)
        self.env.process(process)

    def leave_of(self, resources: Sequence[Server]) -> list[Callable[[], None] | None]:
        """Give what frees the server of each step, None where there is none."""
        return [
            resources[provider].leave if kind == RESOURCE else None
            for kind, provider in zip(self.kind, self.provider, strict=True)
        ]

    def arrive(self, event_row: int, s: int) -> None:
        """Bring a token to step ``s``, and on through all that takes no time."""
        while True:
            go = self.enter_always[s]
            if go is not None:
                go(event_row, s)
                return
            if self.is_sure[s] or self._is_done(event_row, s):
                enter = self.enter[s]
                if enter is not None:
                    enter(event_row, s)
                    return
                now = self.now
                self.begin_at[event_row] = now
                if self.early_track[s] >= 0:
                    self.file_ahead(event_row, s, now)
                if self.kind[s] == DELAY:
                    self._pass_time(event_row, s, now)
                    return
                if self.kind[s] == JOIN and not self._papers_ready(event_row, s):
                    return
                self.end_at[event_row] = now
            if self.is_last[s]:
                self.end_track(event_row, s)
                return
            event_row += 1
            s += 1

    def _is_done(self, event_row: int, s: int) -> bool:
        """Tell whether a token that comes to step ``s`` now does it, or passes it over."""
        condition = self.condition[s]
        if condition >= 0 and not self.holds[condition][self.consignment_of[event_row]]:
            return False
        other = self.unless_done[s]
        if other >= 0 and self.begin_at[event_row + other - s] != NEVER:
            return False
        track = self.after_track[s]
        if track < 0:
            return True
        ended = self.end_at[event_row + self.track_last[track] - s]
        return bool(NEVER != ended < self.now)

    def _pass_time(self, event_row: int, s: int, begin: int) -> None:
        """Let the duration of a step pass from its begin on."""
        end = begin + self.duration_at[event_row]
        if not self.is_last[s] or s in self.join_of:
            heappush(self.agenda, end << EVENT_ROW_BITS | event_row)
        elif end < self.end_us:
            # The delivery: nothing follows, so nobody need be there when it comes.
            self.end_at[event_row] = end

    def _papers_ready(self, event_row: int, join: int) -> bool:
        """Tell whether the filing track of a JOIN has ended; start it if it has not begun."""
        track = self.track[join]
        if self.begin_at[event_row + self.track_first[track] - join] == NEVER:
            self._start_track(event_row, join, track, self.now)
            return False
        return bool(self.end_at[event_row + self.track_last[track] - join] != NEVER)

    def file_ahead(self, event_row: int, s: int, at: int) -> None:
        """Start the filing track that step ``s`` starts at its begin ``at``, if its condition holds."""
        condition = self.early_condition[s]
        if condition < 0 or self.holds[condition][self.consignment_of[event_row]]:
            self._start_track(event_row, s, self.early_track[s], at)

    def _start_track(self, event_row: int, s: int, track: int, at: int) -> None:
        first = self.track_first[track]
        event_row += first - s
        if self.begin_at[event_row] == NEVER:
            self.begin_at[event_row] = at
            self._pass_time(event_row, first, at)

    def finish(self, event_row: int, s: int) -> None:
        """End step ``s`` of a token now, and go on."""
        self.end_at[event_row] = self.now
        if self.is_last[s]:
            self.end_track(event_row, s)
        else:
            self.arrive(event_row + 1, s + 1)

    def end_track(self, event_row: int, s: int) -> None:
        """Let what waits for a track whose last step ``s`` has ended go on: the goods at their JOIN."""
        join = self.join_of.get(s)
        if join is None:
            return
        event_row += join - s
        if self.begin_at[event_row] != NEVER and self.end_at[event_row] == NEVER:
            self.end_at[event_row] = self.now
            if not self.is_last[join]:
                self.arrive(event_row + 1, join + 1)
