"""The events of a run, step by step: one column for each step of the plan.

A reader asks :meth:`Trace.at` for what happened at step ``s`` and gets vectors over all consignments of the
step's route. What the scenario says of the step stands under the same ``s`` in the plan (``step_kind[s]``,
``step_resource[s]``) and in the corridor (``steps[s].place``, ``.key``, ``.mode``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from fourport.plan.tables import NEVER, FewInts, Ints, Plan
from fourport.world.outcomes import outcomes
from fourport.world.tables import Flags, World

if TYPE_CHECKING:  # For their types alone: importing them at run time would load an engine.
    from fourport.engine.milestones import Milestones, Trips

Rows = TypeVar("Rows", Ints, FewInts)


@dataclass(frozen=True, eq=False)
class Trace:
    """What happened in a run: a row for each step of each consignment's route.

    Engines keep the rows of a consignment together; here the rows of a step lie together, in the order of
    its route's consignments, so that a step is a slice of every array.

    Attributes
    ----------
    plan, world
        What was run.
    ids
        Consignments of each route, rising.
    begin_us, end_us
        (rows,) us UTC; ``NEVER`` where it has not happened.
    carrier
        (rows,) index of the departure or trip that took the consignment; -1 elsewhere.
    trips
        The trips of each fleet.
    """

    plan: Plan
    world: World
    ids: tuple[Ints, ...]
    begin_us: Ints
    end_us: Ints
    carrier: FewInts
    trips: tuple[Trips, ...]

    @classmethod
    def of(cls, plan: Plan, world: World, milestones: Milestones) -> Trace:
        """Lay the milestones of an engine out by step."""
        ids = tuple(np.flatnonzero(world.route == route) for route in range(plan.n_routes))

        def by_step(values: Rows) -> Rows:
            found = np.empty_like(values)
            for place, rows in zip(_places(plan, world, ids), _slices(plan, ids), strict=True):
                np.take(values, place, out=found[rows], mode="clip")
            return found

        columns = (by_step(milestones.begin_us), by_step(milestones.end_us), by_step(milestones.carrier))
        return cls(plan, world, ids, *columns, milestones.trips)

    def by_consignment(self, values: Rows) -> Rows:
        """Lay an array of the trace out as engines do, the rows of a consignment together."""
        found = np.empty_like(values)
        for place, rows in zip(_places(self.plan, self.world, self.ids), self.slices, strict=True):
            found[place] = values[rows]
        return found

    def pick(self, ids: Ints, world: World) -> Trace:
        """Give the trace of some consignments, in the order of ``ids``; ``world`` has them numbered so."""
        route = self.world.route[ids]
        picked = tuple(np.flatnonzero(route == r) for r in range(self.plan.n_routes))
        place = [np.searchsorted(old, ids[mine]) for old, mine in zip(self.ids, picked, strict=True)]
        rows = np.concatenate([at.start + place[r] for at, r in zip(self.slices, self.route_of, strict=True)])
        columns = (self.begin_us[rows], self.end_us[rows], self.carrier[rows])
        return Trace(self.plan, world, picked, *columns, trips=())

    def at(self, step: int) -> Events:
        """Give what happened at a step of the plan."""
        return Events(self, step)

    @cached_property
    def slices(self) -> list[slice]:
        """Rows of each step of the plan."""
        return _slices(self.plan, self.ids)

    @cached_property
    def route_of(self) -> list[int]:
        """Route of each step of the plan."""
        return _route_of(self.plan)

    @cached_property
    def holds(self) -> Flags:
        """(C, n) which conditions of the plan hold for which consignments."""
        return outcomes(self.plan, self.world)

    @cached_property
    def delivered_us(self) -> Ints:
        """(n,) when each consignment was delivered, us UTC; ``NEVER`` for the stranded."""
        found = np.empty(self.world.n, dtype=np.int64)
        for route, ids in enumerate(self.ids):
            found[ids] = self.at(self.plan.main_steps(route)[-1]).end_us
        return found

    @cached_property
    def ready_us(self) -> Ints:
        """(rows,) end of the last step that was done before, us UTC.

        Before the first step of the goods it is their entry, before the first of the papers its own begin
        (``NEVER`` where they have none).
        """
        found = np.full_like(self.begin_us, NEVER)
        for steps, ready, _ in self._tokens():
            since = ready
            for s in steps:
                found[self.slices[s]] = since
                end = self.at(s).end_us
                since = np.where(end != NEVER, end, since)
        return found

    @cached_property
    def passed(self) -> Flags:
        """(rows,) who came to the step and passed it over."""
        return self._walked[1]

    @cached_property
    def came(self) -> Flags:
        """(rows,) who came to the step: all steps before it were done or passed over."""
        return self._walked[0]

    @cached_property
    def _walked(self) -> tuple[Flags, Flags]:
        came, passed = np.zeros((2, len(self.begin_us)), dtype=np.bool_)
        for steps, _, started in self._tokens():
            here = started
            for s in steps:
                rows = self.slices[s]
                came[rows] = here
                passed[rows] = here & self._passes(s)
                here = passed[rows] | (here & self.at(s).done)
        return came, passed

    def _tokens(self) -> Iterator[tuple[range, Ints, Flags]]:
        """Give the steps of each main and filing track, when its token is ready to begin, and who has one."""
        for route, ids in enumerate(self.ids):
            yield self.plan.main_steps(route), self.world.entry_us[ids], np.ones(len(ids), dtype=np.bool_)
        for track in range(len(self.plan.track_first_step)):
            steps = self.plan.track_steps(track)
            first = self.at(steps[0])
            yield steps, first.begin_us, first.begun

    def _passes(self, s: int) -> Flags | bool:
        """Tell who passes a step over on coming to it: three reasons, as ``docs/semantics.md`` says."""
        plan = self.plan
        condition, done = int(plan.step_condition[s]), int(plan.step_unless_done[s])
        track = int(plan.step_after_track[s])
        found: Flags | bool = False
        if condition >= 0:
            found = ~self.holds[condition, self.at(s).ids]
        if done >= 0:
            found = found | self.at(done).begun
        if track >= 0:
            last = self.at(plan.track_steps(track)[-1])
            found = found | ~last.done | (last.end_us >= self.at(s).ready_us)
        return found


@dataclass(frozen=True, eq=False)
class Events:
    """What happened at one step of the plan; vectors over the ``n`` consignments of its route."""

    trace: Trace
    step: int

    @property
    def ids(self) -> Ints:
        """(n,) the consignments, rising."""
        return self.trace.ids[self.trace.route_of[self.step]]

    @property
    def begin_us(self) -> Ints:
        """(n,) us UTC; ``NEVER`` for those who have not begun."""
        return self.trace.begin_us[self._rows]

    @property
    def end_us(self) -> Ints:
        """(n,) us UTC; ``NEVER`` for those who have not ended."""
        return self.trace.end_us[self._rows]

    @property
    def ready_us(self) -> Ints:
        """(n,) end of the last step done before, us UTC; see :attr:`Trace.ready_us`."""
        return self.trace.ready_us[self._rows]

    @property
    def carrier(self) -> FewInts:
        """(n,) departure or trip that took them; -1 for none."""
        return self.trace.carrier[self._rows]

    @property
    def duration_us(self) -> Ints:
        """(n,) duration drawn for the step, whether they did it or not; 0 where none is drawn."""
        trace, route = self.trace, self.trace.route_of[self.step]
        return trace.world.duration_us[_place(trace.plan, trace.world, self.ids, route, self.step)]

    @property
    def begun(self) -> Flags:
        """(n,) who has begun."""
        found: Flags = self.begin_us != NEVER
        return found

    @property
    def done(self) -> Flags:
        """(n,) who has ended."""
        found: Flags = self.end_us != NEVER
        return found

    @property
    def came(self) -> Flags:
        """(n,) who came to it."""
        return self.trace.came[self._rows]

    @property
    def passed(self) -> Flags:
        """(n,) who came to it and passed it over."""
        return self.trace.passed[self._rows]

    @property
    def visited(self) -> Flags:
        """(n,) who came to it and did not pass it over: they did it, or wait for it."""
        return self.came & ~self.passed

    @property
    def _rows(self) -> slice:
        return self.trace.slices[self.step]


def _route_of(plan: Plan) -> list[int]:
    counts = np.diff(plan.route_first_step)
    found: list[int] = np.repeat(np.arange(plan.n_routes), counts).tolist()
    return found


def _slices(plan: Plan, ids: tuple[Ints, ...]) -> list[slice]:
    """Give the rows of each step in the trace."""
    counts = [len(ids[route]) for route in _route_of(plan)]
    return [slice(last - n, last) for n, last in zip(counts, accumulate(counts), strict=True)]


def _places(plan: Plan, world: World, ids: tuple[Ints, ...]) -> Iterator[Ints]:
    """Give where engines keep the rows of each step."""
    for s, route in enumerate(_route_of(plan)):
        yield _place(plan, world, ids[route], route, s)


def _place(plan: Plan, world: World, ids: Ints, route: int, s: int) -> Ints:
    """Give where engines keep the rows of a step of a route's consignments."""
    return world.slot_base[ids] + (s - int(plan.route_first_step[route]))
