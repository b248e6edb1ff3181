"""Attribute the time of a consignment: every interval between two milestones has one cause.

Causes are derived from the trace of a run, in the same way for every engine. The intervals of the goods of a
consignment follow each other without a gap from entry to the last milestone, so the causes sum exactly
to the door-to-door time. The work of a step has one cause. The wait before it may have several (a queue, a
closed resource, a missed departure); causes are therefore intervals, not one value for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fourport.plan.corridor import Corridor, StepInfo
from fourport.plan.tables import FewInts, Ints, Kind
from fourport.trace.closures import Schedule, of_resource, openings
from fourport.trace.events import Events
from fourport.trace.intervals import CAUSE, Intervals
from fourport.trace.trace import Trace
from fourport.world.tables import Flags

INSPECTING = ("scan", "review", "appointment", "inspection")
"""Parts of an inspection at resources; goods that wait there are held for inspection."""
CUSTOMS_WORK = {"documents": "documents", **dict.fromkeys(INSPECTING, "inspection")}
"""Cause of the time that each part of customs work takes."""


def intervals(corridor: Corridor, trace: Trace) -> Iterator[Intervals]:
    """Yield all intervals, route by route and step by step."""
    for route, ids in enumerate(trace.ids):
        if len(ids):
            yield from _of_route(corridor, trace, route)


def _of_route(corridor: Corridor, trace: Trace, route: int) -> Iterator[Intervals]:
    """Yield the intervals of the goods, and of the declarations they wait for, in order of the steps."""
    for s in trace.plan.main_steps(route):
        events = trace.at(s)
        if int(trace.plan.step_kind[s]) == Kind.JOIN:
            yield from _held_for_declaration(corridor, events)
        yield from _Ended(corridor, events).intervals()


def _held_for_declaration(corridor: Corridor, join: Events) -> Iterator[Intervals]:
    """Yield the intervals of the declaration track, and the parts of them in which the goods waited."""
    plan, arrived, joined = join.trace.plan, join.begin_us, join.done
    for t in plan.track_steps(int(plan.step_track[join.step])):
        for chunk in _Ended(corridor, join.trace.at(t), declaration=True).intervals():
            yield chunk
            since = arrived[chunk.rows]
            waits = np.flatnonzero(joined[chunk.rows] & (chunk.end_us > since))
            if len(waits):
                held = chunk.of(waits)
                begin_us = np.maximum(held.begin_us, since[waits])
                yield replace(held, step=join.step, declaration=False, begin_us=begin_us)


class _Ended:
    """A step, and the consignments that have ended it."""

    def __init__(self, corridor: Corridor, events: Events, *, declaration: bool = False) -> None:
        self.corridor, self.trace, self.step = corridor, events.trace, events.step
        self.declaration = declaration
        self.info = corridor.steps[events.step]
        self.provider = int(self.trace.plan.step_provider[events.step])
        self.ids, done = events.ids, events.done
        self.everyone = bool(done.all())
        self.rows = (
            self.trace.everyone[self.trace.route_of[self.step]] if self.everyone else np.flatnonzero(done)
        )
        mine = slice(None) if self.everyone else self.rows
        self.ready, self.begin = events.ready_us[mine], events.begin_us[mine]
        self.end, self._departure_index, self._mine = events.end_us[mine], events.departure_index, mine
        # All of an inspection has one cause, as the wait for it has.
        self._may_rest = events.may_rest and self.info.part not in INSPECTING

    def _hours(self) -> Schedule | None:
        """Return the hours within which the step begins; None if it may begin at any time."""
        plan, kind = self.trace.plan, int(self.trace.plan.step_kind[self.step])
        hours = int(plan.fleet_hours[self.provider] if kind == Kind.FLEET else plan.step_hours[self.step])
        return ("hours", hours, 0) if hours >= 0 else None

    @property
    def departure_index(self) -> FewInts:
        """Departure, trip or server of each of the consignments."""
        return self._departure_index[self._mine]

    def intervals(self) -> Iterator[Intervals]:
        """Yield the intervals of the step, one kind of milestone at a time."""
        kind = int(self.trace.plan.step_kind[self.step])
        if kind == Kind.RESOURCE:
            yield from self._resource()
        elif kind == Kind.SERVICE:
            yield from self._service()
        elif kind == Kind.FLEET:
            yield from self._fleet()
        elif kind == Kind.JOIN:
            yield self._chunk(_ends(self.info), self.end, self.end, "documents")
        elif self.info.part != "arrival":  # That of the service that was used is told already.
            yield from self._own()

    def _chunk(
        self,
        milestone: str,
        begin: Ints,
        end: Ints,
        cause: Ints | str,
        *,
        of: Ints | None = None,
        arrived: bool = False,
    ) -> Intervals:
        """Return intervals of all these consignments, or of those with the indices ``of``."""
        rows = self.rows if of is None else self.rows[of]
        given = CAUSE[cause] if isinstance(cause, str) else cause
        place = self.info.destination if arrived else self.info.place
        return Intervals(self.step, self.declaration, milestone, place, self.ids, rows, begin, end, given)

    def _own(self) -> Iterator[Intervals]:
        """Yield the time of the step, which has the cause of the step, and before it that until its hours."""
        waited = np.flatnonzero(self.begin > self.ready) if self._hours() is not None else self.rows[:0]
        if len(waited):
            yield self._chunk("opened", self.ready[waited], self.begin[waited], "closed", of=waited)
        if self.info.begins is not None:
            yield self._chunk(self.info.begins, self.begin, self.begin, "service")
        yield self._chunk(_ends(self.info), self.begin, self.end, self.info.cause, arrived=True)

    def _resource(self) -> Iterator[Intervals]:
        info = self.info
        if info.reached is not None:
            yield self._chunk(info.reached, self.ready, self.ready, "service")
        if info.part in INSPECTING:
            yield self._chunk(_begins(info), self.ready, self.begin, "inspection")
        else:
            schedule = of_resource(self.provider)
            yield from self._cut(_begins(info), "queue", self.ready, self.begin, schedule)
        cause = CUSTOMS_WORK.get(info.part, info.cause)
        if not self._may_rest:
            yield self._chunk(_ends(info), self.begin, self.end, cause)
            return
        for server in np.unique(self.departure_index).tolist():
            mine = np.flatnonzero(self.departure_index == server)
            schedule = of_resource(self.provider, server)
            yield from self._cut(_ends(info), cause, self.begin, self.end, schedule, of=mine)

    def _cut(
        self,
        milestone: str,
        cause: str,
        since: Ints,
        until: Ints,
        schedule: Schedule | None,
        of: Ints | None = None,
    ) -> Iterator[Intervals]:
        """Cut a time at the instants at which something closes and opens; it ends with the milestone.

        The consignments are all of these, or those with the indices ``of``.
        """
        if of is None:
            of = np.arange(len(since))
        since, until = since[of], until[of]
        turns, closed_after = openings(self.corridor, schedule)
        # Where nothing ever closes, and for those who need not wait, there is one interval.
        wait = np.flatnonzero(until - since) if closed_after.any() else np.empty(0, dtype=np.int64)
        period = np.searchsorted(turns, since[wait], side="right")
        longer = np.append(turns, np.iinfo(np.int64).max)[period] < until[wait]
        more, low = wait[longer], period[longer]
        high = np.searchsorted(turns, until[more], side="left")
        count = high - low
        which = np.repeat(more, count)
        turn = np.arange(len(which)) - np.repeat(np.cumsum(count) - count - low, count)
        first = turn == np.repeat(low, count)
        begins = np.where(first, since[which], turns[np.maximum(turn - 1, 0)])
        opens = ~closed_after[turn] if len(turn) else np.zeros(0, dtype=np.bool_)
        for turned, mine, before in (("opened", opens, "closed"), ("closed", ~opens, cause)):
            yield self._chunk(turned, begins[mine], turns[turn[mine]], before, of=of[which[mine]])
        if not len(wait):
            yield self._chunk(milestone, since, until, cause, of=of)
            return
        last, causes = since.copy(), np.full(len(since), CAUSE[cause], dtype=np.int64)
        last[more], period[longer] = turns[high - 1], high
        causes[wait[closed_after[np.maximum(period - 1, 0)]]] = CAUSE["closed"]
        yield self._chunk(milestone, last, until, causes, of=of)

    def _service(self) -> Iterator[Intervals]:
        info = self.info
        which, gone, cancelled = self._passed()
        begins, missed = _first_and_not_last(which)
        scheduled, left, due = self._departed()
        yield self._chunk("scheduled", self.ready, gone[begins], "cut-off")
        reason = np.where(cancelled[missed], CAUSE["cancelled"], CAUSE["rolled-over"])
        yield self._chunk("scheduled", gone[missed], gone[missed + 1], reason, of=which[missed])
        yield self._chunk(_begins(info), scheduled, left, "late")
        yield self._chunk("due", left, due, "transport", arrived=True)
        yield self._chunk(_ends(info), due, self.end, "late", arrived=True)

    def _departed(self) -> tuple[Ints, Ints, Ints]:
        """Return when the departure of each was to leave, when it left, and when it was due from then on."""
        departures, taken = self.trace.world.departures, self.departure_index
        timetable = self.corridor.timetables[self.provider]
        of_all = departures.first[self.provider] + taken
        left = departures.departure_us[of_all]
        due = left + (timetable.arrival_us - timetable.scheduled_us)[taken]
        return departures.scheduled_us[of_all], left, due

    def _passed(self) -> tuple[Ints, Ints, Flags]:
        """Return the departures that each tried, of all services of the leg, up to the one that took it.

        Gives (m,) whose departure it is, when it counts as gone: as scheduled, but no later than those after
        it, since one that closes later may leave earlier; and whether it was cancelled.
        """
        offers = self.trace.offers(self.step)
        which, d = offers.tried(self.ready, offers.place(self.step)[self.departure_index])
        order, rank = offers.by_schedule
        # The least rank from each on, whoever's they are: those of others are kept apart by whole timetables.
        apart = which * len(order)
        least = np.minimum.accumulate((rank[d] + apart)[::-1])[::-1] - apart
        return which, offers.scheduled_us[order[least]], offers.cancelled[d]

    def _loaded(self) -> Ints:
        """Return when each was loaded: not before the truck was there."""
        return np.maximum(self.ready, self.trace.trips[self.provider].open_us[self.departure_index])

    def _fleet(self) -> Iterator[Intervals]:
        hours, loaded = self._hours(), self._loaded()
        yield from self._cut("LOAD", "queue", self.ready, loaded, hours)
        yield from self._cut(_begins(self.info), "consolidation", loaded, self.begin, hours)
        yield self._chunk(_ends(self.info), self.begin, self.end, "transport", arrived=True)


def _first_and_not_last(which: Ints) -> tuple[Ints, Ints]:
    """Return the places of the first of each group of equal numbers, and of all but the last of each."""
    begins = np.ones(len(which), dtype=np.bool_)
    begins[1:] = which[1:] != which[:-1]
    return np.flatnonzero(begins), np.flatnonzero(~begins) - 1


def _begins(info: StepInfo) -> str:
    return info.begins or "begin"


def _ends(info: StepInfo) -> str:
    return info.ends or "end"
