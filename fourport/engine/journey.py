"""Move tokens from step to step: the part that all providers share."""

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
"""Bits of an agenda entry that hold the event row; the higher bits hold the time."""
EVENT_ROW = (1 << EVENT_ROW_BITS) - 1
PROCESS, ENTRY = EVENT_ROW, EVENT_ROW - 1
"""Markers in place of an event row: an event of a SimPy process, a first arrival."""


class Place(Protocol):
    """A provider with a queue: resource, service or fleet."""

    def arrive(self, event_row: int, s: int) -> None:
        """Put the token whose event row at step ``s`` is ``event_row`` into the queue."""

    def decide(self) -> None:
        """Start everything that can start at this instant."""


class Server(Protocol):
    """A provider that a token leaves when its step ends."""

    def leave(self) -> None:
        """Free the server that the token used."""


class Clock(simpy.Environment):
    """SimPy's environment, which shares its agenda with others.

    Parameters
    ----------
    start_us
        Begin of the run.
    agenda
        Heap of ``time << EVENT_ROW_BITS | event row``; each SimPy event gets an entry with :data:`PROCESS`.
    """

    def __init__(self, start_us: int, agenda: list[int]) -> None:
        self.agenda = agenda
        super().__init__(initial_time=start_us)

    def schedule(
        self, event: simpy.Event, priority: EventPriority = NORMAL, delay: simpy.core.SimTime = 0
    ) -> None:
        """Schedule an event and add its entry to the agenda."""
        super().schedule(event, priority, delay)
        heappush(self.agenda, int(self._now + delay) << EVENT_ROW_BITS | PROCESS)

    def reach(self, now: int) -> None:
        """Set the clock to an instant; no event may be earlier."""
        self._now = now


class Journeys:
    """The tokens of all consignments, and the milestones that they record.

    A token (the goods or a declaration of a consignment) is identified by the event row of its current step;
    the next step of a track has the next row.

    Attributes
    ----------
    agenda
        Heap of the ends of steps under way, ``time << EVENT_ROW_BITS | event row``. Plain integers: a heap
        compares them twice as fast as tuples and far faster than event objects.
    undecided
        Providers where something happened at this instant. Their ``decide`` is called when all movement of
        the instant is over.
    now
        Current instant, us UTC.
    alone
        Whether the moving token is the last one that moves at this instant. A resource can then decide at
        once.
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
        """Find the consignment and the step of each event row, as small integers since there are millions."""
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
        self.join_of = {}  # last step of a declaration track -> the JOIN that waits for it
        joins = {track: s for s, track in enumerate(self.track) if track >= 0}
        for track in range(len(self.track_first)):
            last = plan.track_steps(track)[-1]
            self.track_last.append(last)
            self.is_last[last] = True
            if track in joins:
                self.join_of[last] = joins[track]

    def connect(self, resources: Sequence[Place], services: Sequence[Place], fleets: Sequence[Place]) -> None:
        """Connect each step with the provider where it happens."""
        places = {Kind.RESOURCE: resources, Kind.SERVICE: services, Kind.FLEET: fleets}
        self.enter: list[Callable[[int, int], None] | None] = [
            places[Kind(kind)][provider].arrive if kind in places else None
            for kind, provider in zip(self.kind, self.provider, strict=True)
        ]
        # Most steps have a provider and are never passed over: one lookup finds these.
        self.enter_always = [
            enter if sure else None for enter, sure in zip(self.enter, self.is_sure, strict=True)
        ]

    def begin_process(self, process: Generator[simpy.Event, Any, None]) -> None:
        """Start the process of a vehicle now."""
        self.env.reach(self.now)
        self.env.process(process)

    def leave_of(self, resources: Sequence[Server]) -> list[Callable[[], None] | None]:
        """Return the function that frees the server of each step; None where there is no server."""
        return [
            resources[provider].leave if kind == RESOURCE else None
            for kind, provider in zip(self.kind, self.provider, strict=True)
        ]

    def arrive(self, event_row: int, s: int) -> None:
        """Bring a token to step ``s``, and on through all steps that take no time."""
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
                if self.kind[s] == JOIN and not self._declaration_ended(event_row, s):
                    return
                self.end_at[event_row] = now
            if self.is_last[s]:
                self.end_track(event_row, s)
                return
            event_row += 1
            s += 1

    def _is_done(self, event_row: int, s: int) -> bool:
        """Return whether a token that reaches step ``s`` now does the step or passes it over."""
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
        """Schedule the end of a step that takes its duration from ``begin`` on."""
        end = begin + self.duration_at[event_row]
        if not self.is_last[s] or s in self.join_of:
            heappush(self.agenda, end << EVENT_ROW_BITS | event_row)
        elif end < self.end_us:
            # Nothing follows this step, such as the delivery, so its end needs no agenda entry.
            self.end_at[event_row] = end

    def _declaration_ended(self, event_row: int, join: int) -> bool:
        """Return whether the declaration track of a JOIN has ended; start the track if it has not begun."""
        track = self.track[join]
        if self.begin_at[event_row + self.track_first[track] - join] == NEVER:
            self._start_track(event_row, join, track, self.now)
            return False
        return bool(self.end_at[event_row + self.track_last[track] - join] != NEVER)

    def file_ahead(self, event_row: int, s: int, at: int) -> None:
        """Start the declaration track that step ``s`` starts at its begin ``at``, if the condition holds."""
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
        """End step ``s`` of a token now, and move the token on."""
        self.end_at[event_row] = self.now
        if self.is_last[s]:
            self.end_track(event_row, s)
        else:
            self.arrive(event_row + 1, s + 1)

    def end_track(self, event_row: int, s: int) -> None:
        """Resume the goods that wait at a JOIN for the track whose last step ``s`` has ended."""
        join = self.join_of.get(s)
        if join is None:
            return
        event_row += join - s
        if self.begin_at[event_row] != NEVER and self.end_at[event_row] == NEVER:
            self.end_at[event_row] = self.now
            if not self.is_last[join]:
                self.arrive(event_row + 1, join + 1)
