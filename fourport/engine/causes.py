"""Why the time of a consignment passed: every interval between two milestones has one cause.

Worked out from plan, world and milestones after a run, the same for every
engine. The intervals of a consignment's goods follow each other without a gap
from its entry to its last milestone, so that its causes sum exactly to its
door-to-door time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from fourport.engine.milestones import Milestones
from fourport.plan.corridor import Corridor, StepInfo
from fourport.plan.tables import NEVER, Ints, Kind
from fourport.world.tables import World

CAUSES = (
    "service",
    "transport",
    "preparation",
    "documents",
    "inspection",
    "queue",
    "closed",
    "consolidation",
    "cut-off",
    "rolled-over",
    "cancelled",
    "late",
)
"""What time is attributed to; :data:`fourport.measures.CAUSES` says what each means."""

CAUSE = {name: k for k, name in enumerate(CAUSES)}


INSPECTING = ("scan", "review", "inspection")
"""Parts of an inspection at resources: whoever waits there is held for it."""
CUSTOMS_WORK = {"documents": "documents", **dict.fromkeys(INSPECTING, "inspection")}
"""Cause of the time that customs work takes."""


@dataclass(frozen=True)
class Intervals:
    """Intervals that end at one kind of milestone, ``k`` of them.

    Attributes
    ----------
    step
        The plan's step they belong to.
    papers
        Whether they are of the papers' own way (a filing track) and not of the goods.
    milestone, place
        What happens at the end of the interval, and the facility where it happens.
    consignment, begin_us, end_us, cause
        (k,) consignment, from, until, index into :data:`CAUSES`.
    """

    step: int
    papers: bool
    milestone: str
    place: str
    consignment: Ints
    begin_us: Ints
    end_us: Ints
    cause: Ints


def cause_totals(corridor: Corridor, world: World, milestones: Milestones) -> Ints:
    """Sum the time of each consignment by cause, (n, number of causes) us."""
    totals = np.zeros((world.n, len(CAUSES)), dtype=np.int64)
    for chunk in intervals(corridor, world, milestones):
        if not chunk.papers:
            # Pairs are unique within a chunk unless a wait was cut: then they must add up.
            np.add.at(totals, (chunk.consignment, chunk.cause), chunk.end_us - chunk.begin_us)
    return totals


def intervals(corridor: Corridor, world: World, milestones: Milestones) -> Iterator[Intervals]:
    """Give all intervals, route by route and step by step."""
    for route in range(corridor.plan.n_routes):
        ids = np.flatnonzero(world.route == route)
        if len(ids):
            yield from _Route(corridor, world, milestones, route, ids).intervals()


class _Route:
    """The consignments of one route."""

    def __init__(
        self, corridor: Corridor, world: World, milestones: Milestones, route: int, ids: Ints
    ) -> None:
        self.corridor, self.plan, self.world, self.milestones = corridor, corridor.plan, world, milestones
        self.route, self.ids = route, ids
        self.base = world.first_event_row[ids] - int(self.plan.route_first_step[route])

    def _times(self, s: int) -> tuple[Ints, Ints]:
        return self.milestones.begin_us[self.base + s], self.milestones.end_us[self.base + s]

    def _chunk(
        self,
        s: int,
        milestone: str,
        rows: Ints,
        begin: Ints,
        end: Ints,
        cause: Ints | str,
        *,
        arrived: bool = False,
    ) -> Intervals:
        causes = np.full(len(rows), CAUSE[cause], dtype=np.int64) if isinstance(cause, str) else cause
        info = self.corridor.steps[s]
        place = info.destination if arrived else info.place
        return Intervals(s, False, milestone, place, self.ids[rows], begin, end, causes)

    def _instant(self, s: int, milestone: str, rows: Ints, at: Ints) -> Intervals:
        """Give a milestone that no time leads up to."""
        return self._chunk(s, milestone, rows, at, at, "service")

    def intervals(self) -> Iterator[Intervals]:
        """Give the intervals of the goods, and of the papers, in order of the steps."""
        ready = self.world.entry_us[self.ids].copy()
        for s in self.plan.main_steps(self.route):
            kind = self.plan.step_kind[s]
            begin, end = self._times(s)
            rows = np.flatnonzero(end != NEVER)
            if kind == Kind.JOIN:
                yield from self._join(s, rows, begin)
            elif kind == Kind.RESOURCE:
                yield from self._resource(s, rows, ready)
            elif kind == Kind.MARK:
                yield self._instant(s, _ends(self.corridor.steps[s]), rows, end[rows])
            elif kind == Kind.SERVICE:
                yield from self._service(s, rows, ready)
            elif kind == Kind.FLEET:
                yield from self._fleet(s, rows, ready)
            else:
                yield from self._delay(s, rows)
            ready[rows] = end[rows]

    def _delay(self, s: int, rows: Ints) -> Iterator[Intervals]:
        begin, end = self._times(s)
        info = self.corridor.steps[s]
        if info.begins is not None:
            yield self._instant(s, info.begins, rows, begin[rows])
        yield self._chunk(s, _ends(info), rows, begin[rows], end[rows], info.cause, arrived=True)

    def _resource(self, s: int, rows: Ints, ready: Ints) -> Iterator[Intervals]:
        begin, end = self._times(s)
        info = self.corridor.steps[s]
        if info.reached is not None:
            yield self._instant(s, info.reached, rows, ready[rows])
        if info.part in INSPECTING:
            yield self._chunk(s, _begins(info), rows, ready[rows], begin[rows], "inspection")
        else:
            yield from self._wait_at_resource(s, rows, ready[rows], begin[rows])
        cause = CUSTOMS_WORK.get(info.part, info.cause)
        yield self._chunk(s, _ends(info), rows, begin[rows], end[rows], cause)

    def _wait_at_resource(self, s: int, rows: Ints, since: Ints, until: Ints) -> Iterator[Intervals]:
        """Cut the wait where the resource closes and opens."""
        turns, closed_after = _openings(self.corridor, int(self.plan.step_provider[s]))
        low = np.searchsorted(turns, since, side="right")
        high = np.searchsorted(turns, until, side="left")
        count = np.maximum(high - low, 0)
        queue, closed = CAUSE["queue"], CAUSE["closed"]
        which = np.repeat(np.arange(len(rows)), count)
        turn = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + low[which]
        first = turn == low[which]
        begins = np.where(first, since[which], turns[np.maximum(turn - 1, 0)])
        opens = ~closed_after[turn] if len(turn) else np.zeros(0, dtype=np.bool_)
        for milestone, mine, cause in (("opened", opens, "closed"), ("closed", ~opens, "queue")):
            yield self._chunk(s, milestone, rows[which[mine]], begins[mine], turns[turn[mine]], cause)
        last = np.where(count > 0, turns[np.maximum(high - 1, 0)], since)
        shut = closed_after[np.maximum(np.searchsorted(turns, last, side="right") - 1, 0)]
        cause_now = np.where(shut & (until > last), closed, queue)
        yield self._chunk(s, _begins(self.corridor.steps[s]), rows, last, until, cause_now)

    def _service(self, s: int, rows: Ints, ready: Ints) -> Iterator[Intervals]:
        service = int(self.plan.step_provider[s])
        departures, timetable = self.world.departures[service], self.corridor.timetables[service]
        info = self.corridor.steps[s]
        taken = self.milestones.departure_index[self.base[rows] + s]
        first = np.searchsorted(departures.cutoff_us, ready[rows], side="left")
        scheduled = departures.scheduled_us
        yield self._chunk(s, "scheduled", rows, ready[rows], scheduled[first], "cut-off")
        missed = taken - first
        which = np.repeat(np.arange(len(rows)), missed)
        d = np.arange(missed.sum()) - np.repeat(np.cumsum(missed) - missed, missed) + first[which]
        reason = np.where(departures.cancelled[d], CAUSE["cancelled"], CAUSE["rolled-over"])
        yield self._chunk(s, "scheduled", rows[which], scheduled[d], scheduled[d + 1], reason)
        left, arrived = departures.departure_us[taken], departures.arrival_us[taken]
        yield self._chunk(s, _begins(info), rows, scheduled[taken], left, "late")
        due = left + timetable.arrival_us[taken] - timetable.scheduled_us[taken]
        yield self._chunk(s, "due", rows, left, due, "transport", arrived=True)
        yield self._chunk(s, _ends(info), rows, due, arrived, "late", arrived=True)

    def _fleet(self, s: int, rows: Ints, ready: Ints) -> Iterator[Intervals]:
        begin, end = self._times(s)
        info = self.corridor.steps[s]
        trips = self.milestones.trips[int(self.plan.step_provider[s])]
        trip = self.milestones.departure_index[self.base[rows] + s]
        loaded = np.maximum(ready[rows], trips.open_us[trip])
        yield self._chunk(s, "LOAD", rows, ready[rows], loaded, "queue")
        yield self._chunk(s, _begins(info), rows, loaded, begin[rows], "consolidation")
        yield self._chunk(s, _ends(info), rows, begin[rows], end[rows], "transport", arrived=True)

    def _join(self, s: int, rows: Ints, arrived: Ints) -> Iterator[Intervals]:
        """Give the papers' intervals, and those that the goods waited for them."""
        steps = self.plan.track_steps(int(self.plan.step_track[s]))
        ready = self._times(steps[0])[0].copy()
        since = np.full(self.world.n, NEVER)
        since[self.ids] = arrived
        joined = np.zeros(self.world.n, dtype=np.bool_)
        joined[self.ids[rows]] = True
        for t in steps:
            end = self._times(t)[1]
            filed = np.flatnonzero(end != NEVER)
            if self.plan.step_kind[t] == Kind.RESOURCE:
                leg = self._resource(t, filed, ready)
            elif self.plan.step_kind[t] == Kind.MARK:
                leg = iter([self._instant(t, _ends(self.corridor.steps[t]), filed, end[filed])])
            else:
                leg = self._delay(t, filed)
            for chunk in leg:
                yield replace(chunk, papers=True)
                arrival = since[chunk.consignment]
                waits = joined[chunk.consignment] & (chunk.end_us > arrival)
                yield Intervals(
                    s,
                    False,
                    chunk.milestone,
                    chunk.place,
                    chunk.consignment[waits],
                    np.maximum(chunk.begin_us, arrival)[waits],
                    chunk.end_us[waits],
                    chunk.cause[waits],
                )
            ready[filed] = end[filed]
        until = self._times(s)[1][rows]
        yield self._chunk(s, _ends(self.corridor.steps[s]), rows, until, until, "documents")


def _begins(info: StepInfo) -> str:
    return info.begins or "begin"


def _ends(info: StepInfo) -> str:
    return info.ends or "end"


def _openings(corridor: Corridor, resource: int) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Give the instants at which a resource opens or closes, and whether it is closed from then on."""
    plan = corridor.plan
    first, last = plan.resource_change_first[resource : resource + 2]
    closed = plan.resource_servers[first:last] == 0
    turns = np.flatnonzero(np.concatenate([[True], closed[1:] != closed[:-1]]))
    return plan.resource_change_us[first:last][turns], closed[turns]
