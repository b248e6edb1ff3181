"""The events of a run, step by step: one column for each step of the plan.

:meth:`Trace.at` returns what happened at step ``s`` as vectors over all consignments of the step's route.
The same ``s`` is the index of the step in the plan (``step_kind[s]``, ``step_provider[s]``) and in the
corridor (``steps[s].place``, ``.key``, ``.mode``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from fourport.plan.duty import spells
from fourport.plan.once import once
from fourport.plan.tables import NEVER, FewInts, Ints, Kind, Plan
from fourport.trace.compiled import Broken, Happened, Places, read
from fourport.trace.events import Events, Loads
from fourport.trace.offers import Offers
from fourport.world.outcomes import outcomes
from fourport.world.tables import Flags, Rows, World

if TYPE_CHECKING:  # Only for type checking: importing them at run time would load an engine.
    from fourport.engine.milestones import Milestones, Parts, Trips

Of = TypeVar("Of", Ints, Flags)


@dataclass(frozen=True, eq=False)
class Trace:
    """The events of a run: a row for each step of each consignment's route.

    Engines keep the rows of a consignment together. A trace keeps the rows of a step together, in the order
    of the consignments of its route, so that a step is a slice of every array.

    Attributes
    ----------
    plan, world
        Plan and world of the run.
    ids
        Consignments of each route, ascending.
    begin_us, end_us
        (rows,) us UTC; ``NEVER`` where it has not happened.
    departure_index
        (rows,) index of the departure or trip that took the consignment, or of the server; -1 elsewhere.
    trips
        Trips of each fleet.
    parts
        What went in parts, by row.
    """

    plan: Plan
    world: World
    ids: tuple[Ints, ...]
    begin_us: Ints
    end_us: Ints
    departure_index: FewInts
    trips: tuple[Trips, ...]
    parts: Parts

    @classmethod
    def of(cls, plan: Plan, world: World, milestones: Milestones) -> Trace:
        """Arrange the milestones of an engine by step."""
        ids = tuple(np.flatnonzero(world.route == route) for route in range(plan.n_routes))
        parts = milestones.parts
        if len(parts.row):
            parts = type(parts).sorted(
                _rows_of(plan, world, ids, parts.row), parts.departure_index, parts.thousandths
            )
        begin_us, end_us = np.empty((2, len(milestones.times_us)), dtype=np.int64)
        departure_index = np.empty(len(begin_us), dtype=np.int32)
        trace = cls(plan, world, ids, begin_us, end_us, departure_index, milestones.trips, parts)
        vars(trace)["_read"] = read(trace, milestones)
        return trace

    def parts_by_consignment(self) -> Parts:
        """Return the parts with the rows that engines have."""
        first_row = np.array([rows.start for rows in self.slices], dtype=np.int64)
        found = []
        for row in self.parts.row.tolist():
            step = int(np.searchsorted(first_row, row, side="right")) - 1
            route = self.route_of[step]
            i = self.ids[route][row - first_row[step]]
            found.append(self.world.first_event_row[i] + step - self.plan.route_first_step[route])
        of = self.parts
        return type(of).sorted(np.array(found, dtype=np.int64), of.departure_index, of.thousandths)

    def by_consignment(self, values: Rows) -> Rows:
        """Return an array of the trace in the order of engines, with the rows of a consignment together."""
        found = np.empty_like(values)
        for s, rows in enumerate(self.slices):
            route = self.route_of[s]
            found[self._first_event_row[route] + s - int(self.plan.route_first_step[route])] = values[rows]
        return found

    def pick(self, ids: Ints, world: World) -> Trace:
        """Return the trace of some consignments.

        Parameters
        ----------
        ids
            The consignments.
        world
            World in which they are numbered in the order of ``ids``.
        """
        route = self.world.route[ids]
        picked = tuple(np.flatnonzero(route == r) for r in range(self.plan.n_routes))
        place = [np.searchsorted(old, ids[mine]) for old, mine in zip(self.ids, picked, strict=True)]
        rows = np.concatenate([at.start + place[r] for at, r in zip(self.slices, self.route_of, strict=True)])
        columns = (self.begin_us[rows], self.end_us[rows], self.departure_index[rows])
        return Trace(self.plan, world, picked, *columns, trips=(), parts=self._parts_of(rows))

    def _parts_of(self, rows: Ints) -> Parts:
        """Return the parts of some rows, which may repeat, by their places in ``rows``."""
        parts = self.parts
        if not len(parts.row):
            return parts
        first = np.searchsorted(parts.row, rows, side="left")
        count = np.searchsorted(parts.row, rows, side="right") - first
        place = np.repeat(np.arange(len(rows)), count)
        which = np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(place))
        return type(parts)(place, parts.departure_index[which], parts.thousandths[which])

    def at(self, step: int) -> Events:
        """Return what happened at a step of the plan."""
        return Events(self, step)

    def block(self, values: Of, steps: range) -> Of:
        """Return an array of the trace at steps that follow each other on one route, (steps, n); no copy."""
        rows = slice(self.slices[steps[0]].start, self.slices[steps[-1]].stop)
        return cast(Of, values[rows].reshape(len(steps), len(self.ids[self.route_of[steps[0]]])))

    @cached_property
    def slices(self) -> list[slice]:
        """Rows of each step of the plan."""
        return _slices(self.plan, self.ids)

    @cached_property
    def route_of(self) -> list[int]:
        """Route of each step of the plan."""
        return _route_of(self.plan)

    @cached_property
    def places(self) -> Places:
        """Where compiled code finds the consignments of a step."""
        n_of_route, route = np.array([len(ids) for ids in self.ids]), np.array(self.route_of)
        n_of_step = n_of_route[route]
        return Places(
            n_of_step=n_of_step,
            first_row=np.cumsum(n_of_step) - n_of_step,
            first_place=(np.cumsum(n_of_route) - n_of_route)[route],
            ids=np.concatenate(self.ids),
        )

    @cached_property
    def everyone(self) -> list[Ints]:
        """All places in ``ids`` of each route: 0, 1, 2 and so on."""
        return [np.arange(len(ids)) for ids in self.ids]

    @cached_property
    def begun(self) -> Flags:
        """(rows,) whether the step has begun; nobody may change it."""
        found: Flags = self.begin_us != NEVER
        found.flags.writeable = False
        return found

    @cached_property
    def done(self) -> Flags:
        """(rows,) whether the step has ended; nobody may change it."""
        found: Flags = self.end_us != NEVER
        found.flags.writeable = False
        return found

    def drawn_us(self, step: int) -> Ints:
        """Return (n,) the durations that the world holds for a step, us, as drawn."""
        route = self.route_of[step]
        row = step - int(self.plan.route_first_step[route])
        found: Ints = self.world.duration_us[row:].take(self._first_event_row[route], mode="clip")
        return found

    @cached_property
    def _first_event_row(self) -> list[Ints]:
        return [self.world.first_event_row[ids] for ids in self.ids]

    @cached_property
    def holds(self) -> Flags:
        """(C, n) which conditions of the plan hold for which consignments."""
        return outcomes(self.plan, self.world)

    @cached_property
    def delivered_us(self) -> Ints:
        """(n,) time of delivery of each consignment, us UTC; ``NEVER`` for undelivered ones."""
        found = np.empty(self.world.n, dtype=np.int64)
        for route, ids in enumerate(self.ids):
            found[ids] = self.at(self.plan.main_steps(route)[-1]).end_us
        return found

    @property
    def ready_us(self) -> Ints:
        """(rows,) end of the last step done before this one, us UTC.

        For the first step of the goods it is the entry. For the first step of a declaration track it is the
        step's own begin (``NEVER`` if it has none).
        """
        return self.happened.ready_us

    @property
    def in_parts(self) -> Flags:
        """(rows,) whether a part of the consignment was taken; no entries if there are no parts."""
        found = np.zeros(len(self.begin_us) if len(self.parts.row) else 0, dtype=np.bool_)
        found[self.parts.row] = True
        return found

    @property
    def rests(self) -> Flags:
        """(S,) at which steps of the plan work rests while its server is off duty."""
        return _rests(self.plan)

    @property
    def interrupted_work(self) -> tuple[Ints, Ints, Ints]:
        """Resource, begin and end of work that is not from begin to end of a step, us UTC, (k,) each.

        It is a part of work that rests while its server is off duty, or work that the end of the run cuts
        off, which ends when it would have; if it may rest, with the run.
        """
        plan, first_row, rests = self.plan, self.places.first_row, self.rests
        none = np.zeros(0, dtype=np.int64)
        found = [(none, none, none)]
        cut_off = np.searchsorted(first_row, np.flatnonzero(self.begun & ~self.done), side="right") - 1
        is_at = (plan.step_kind == Kind.RESOURCE) & ~rests
        for s in np.unique(cut_off[is_at[cut_off]]).tolist():
            at, of = self.at(s), int(plan.step_provider[s])
            mine = np.flatnonzero(at.begun & ~at.done)
            begin = at.begin_us[mine]
            found.append((np.full(len(mine), of), begin, begin + at.duration_us[mine]))
        for s in np.flatnonzero(rests).tolist():
            at, of = self.at(s), int(plan.step_provider[s])
            begin, end = at.begin_us[at.begun], at.end_us[at.begun]
            end[end == NEVER] = plan.end_us
            which, begin, end = spells(plan, of, at.departure_index[at.begun], begin, end)
            found.append((np.full(len(which), of), begin, end))
        resource, begin, end = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return resource, begin, end

    @cached_property
    def loads(self) -> dict[int, Loads]:
        """What departures of services and trips of fleets took, by step, also parts of consignments."""
        steps = np.flatnonzero(np.isin(self.plan.step_kind, (Kind.SERVICE, Kind.FLEET))).tolist()
        return {s: Loads.of_step(self, self.slices[s]) for s in steps}

    def offers(self, step: int) -> Offers:
        """Return the departures of the leg that a step is, or is a choice of."""
        if step not in self._offers:
            self._offers[step] = Offers.of(self.plan, self.world, step)
        return self._offers[step]

    @cached_property
    def _offers(self) -> dict[int, Offers]:
        return {}

    @property
    def passed(self) -> Flags:
        """(rows,) whether the token came to the step and passed it over."""
        return self.happened.passed

    @property
    def came(self) -> Flags:
        """(rows,) whether the token came to the step: all steps before it were done or passed over."""
        return self.happened.came

    @property
    def happened(self) -> Happened:
        """The events of all steps, as compiled code takes them."""
        return self._read[0]

    @property
    def broken(self) -> Broken:
        """At which steps any event is not as it must be."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Happened, Broken]:
        """What :meth:`of` has read of the milestones; of another trace it is read when it is asked for."""
        return read(self)


@once
def _route_of(plan: Plan) -> list[int]:
    counts = np.diff(plan.route_first_step)
    found: list[int] = np.repeat(np.arange(plan.n_routes), counts).tolist()
    return found


@once
def _rests(plan: Plan) -> Flags:
    resource = np.where(plan.step_kind == Kind.RESOURCE, plan.step_provider, -1)
    found: Flags = np.append(plan.resource_resumes, 0)[resource] > 0  # the last is of what is no resource
    return found


def _slices(plan: Plan, ids: tuple[Ints, ...]) -> list[slice]:
    """Return the rows of each step in the trace."""
    counts = [len(ids[route]) for route in _route_of(plan)]
    return [slice(last - n, last) for n, last in zip(counts, accumulate(counts), strict=True)]


def _rows_of(plan: Plan, world: World, ids: tuple[Ints, ...], event_rows: Ints) -> Ints:
    """Return the rows in a trace of some rows of an engine."""
    slices, found = _slices(plan, ids), []
    for event_row in event_rows.tolist():
        i = int(np.searchsorted(world.first_event_row, event_row, side="right")) - 1
        route = int(world.route[i])
        step = event_row - int(world.first_event_row[i]) + int(plan.route_first_step[route])
        found.append(slices[step].start + int(np.searchsorted(ids[route], i)))
    return np.array(found, dtype=np.int64)
