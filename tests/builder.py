"""Plans and worlds from a readable description: names and minutes instead of index columns.

>>> build(
...     resources={"customs": [(0, 2), (60, 0)]},
...     routes={"import": Route([delay("land"), resource("clear", "customs")])},
...     consignments=[Consignment(0, "import", {"land": 5, "clear": 10})],
...     end=100,
... )  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

import numpy as np

from fourport.engine.milestones import Milestones
from fourport.plan.tables import MINUTE, NEVER, Ints, Kind, Names, Plan
from fourport.world.tables import Departures, Drives, World
from tests.rules import Condition, compile_rules
from tests.steps import Route, Step

START_US = 1_767_225_600_000_000
"""Minute 0 of every built case: 2026-01-01T00:00Z."""

Times = tuple[int | None, int | None] | tuple[int | None, int | None, int]
"""Begin and end in minutes (None: never) and, where a vehicle took the consignment, its number."""

Run = Callable[[Plan, World], Milestones]
"""What plays a case: one of the engines."""


@dataclass(frozen=True)
class Trucks:
    """A fleet; ``out`` and ``back`` are the driving minutes trip by trip, the last one from then on."""

    vehicles: int
    weight: int
    volume: int
    hold: int
    out: Sequence[int]
    back: Sequence[int]
    hours: str = ""
    """Hours within which they load and depart; any time if left out."""


@dataclass(frozen=True)
class Departure:
    """One departure of a service, in minutes; free room is ample and block room nil if not given."""

    cutoff: int
    departure: int
    arrival: int
    free: tuple[int, int, int] = (1000, 1000, 1000)
    block: tuple[int, int, int] = (0, 0, 0)
    scheduled: int | None = None
    """As the departure if left out."""
    cancelled: bool = False
    released: int | None = None
    """When block space that is not needed is open to all; never if left out."""
    most_free: tuple[int, int, int] | None = None
    """Free room if there were the least background cargo; as ``free`` if left out."""


@dataclass(frozen=True)
class Consignment:
    """Entry in minutes, route, minutes of the steps by name, and what else matters to it."""

    entry: int
    route: str
    minutes: Mapping[str, int] = field(default_factory=dict)
    trader_class: str = "plain"
    size: tuple[int, int, int] = (1, 1, 1)
    non_compliant: bool = False
    risk: Mapping[str, float] = field(default_factory=dict)
    """Risk numbers by name; 0 for one not named."""


@dataclass(frozen=True)
class Case:
    """A plan, a world and the names to read milestones by."""

    plan: Plan
    world: World
    steps: list[list[Step]]
    """The steps of each consignment, event row by event row."""

    def read(self, milestones: Milestones) -> list[dict[str, Times]]:
        """Say by consignment and step what happened, in minutes; steps that did not begin are left out."""
        event_rows = zip(
            _minutes(milestones.begin_us),
            _minutes(milestones.end_us),
            milestones.departure_index.tolist(),
            strict=True,
        )
        found: list[dict[str, Times]] = []
        for steps in self.steps:
            found.append({})
            for step in steps:
                begin, end, departure_index = next(event_rows)
                if begin is not None or end is not None or departure_index != -1:
                    found[-1][step.name] = (
                        (begin, end) if departure_index == -1 else (begin, end, departure_index)
                    )
        return found

    def read_parts(self, milestones: Milestones) -> list[tuple[int, str, int, int]]:
        """Say which consignments went in parts: consignment, step, departure, thousandths."""
        names = [(i, step.name) for i, steps in enumerate(self.steps) for step in steps]
        parts = milestones.parts
        columns = (parts.row.tolist(), parts.departure_index.tolist(), parts.thousandths.tolist())
        return [(*names[row], departure, part) for row, departure, part in zip(*columns, strict=True)]

    def read_trips(self, milestones: Milestones, number: int = 0) -> list[tuple[int | None, ...]]:
        """Say when each trip of a fleet opened, departed and arrived, in minutes."""
        trips = milestones.trips[number]
        columns = (trips.open_us, trips.departure_us, trips.arrival_us)
        return list(zip(*(_minutes(column) for column in columns), strict=True))


def build(
    *,
    routes: Mapping[str, Route],
    consignments: Sequence[Consignment],
    end: int,
    resources: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    services: Mapping[str, Sequence[Departure]] | None = None,
    fleets: Mapping[str, Trucks] | None = None,
    trader_classes: Sequence[str] = ("plain",),
    conditions: Mapping[str, Condition] | None = None,
    hours: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    resuming: Collection[str] = (),
    splitting: Collection[str] = (),
) -> Case:
    """Compile a description into tables.

    Resources are lists of (from minute, servers), hours of (from minute, 1 for open or 0 for closed).
    ``resuming`` names the resources whose work goes on at the next opening, ``splitting`` the services that
    take parts of what is too large.
    """
    plan = _plan(
        routes,
        end,
        {"resources": resources or {}, "hours": hours or {}},
        tuple(services or {}),
        fleets or {},
        trader_classes,
        conditions or {},
    )
    plan = replace(
        plan,
        resource_resumes=_ints(name in resuming for name in resources or {}),
        service_splits=_ints(name in splitting for name in services or {}),
    )
    steps = [routes[c.route].steps() for c in consignments]
    route_names, trader_class_names = list(routes), list(trader_classes)
    visits = {
        name: max(1, sum(step.kind == Kind.FLEET and step.provider == name for row in steps for step in row))
        for name in fleets or {}
    }
    zero = _ints(0 for _ in consignments)
    world = World(
        entry_us=_times(c.entry for c in consignments),
        lane=zero,
        route=_ints(route_names.index(c.route) for c in consignments),
        trader_class=_ints(trader_class_names.index(c.trader_class) for c in consignments),
        commodity=zero,
        credit=zero - 1,
        size=_table([c.size for c in consignments], 3),
        value=np.ones(len(consignments)),
        non_compliant=np.array([c.non_compliant for c in consignments], dtype=np.bool_),
        risk=tuple(
            np.array([c.risk.get(draw, 0.0) for c in consignments], dtype=np.float64)
            for draw in plan.names.draws
        ),
        first_event_row=_ints(accumulate((len(row) for row in steps), initial=0)),
        duration_us=_ints(
            c.minutes[step.name] * MINUTE if step.kind in {Kind.DELAY, Kind.RESOURCE} else 0
            for c, row in zip(consignments, steps, strict=True)
            for step in row
        ),
        departures=Departures.joined([_departures(timetable) for timetable in (services or {}).values()]),
        drives=Drives.joined(
            [
                (_trips(trucks.out, visits[name]), _trips(trucks.back, visits[name]))
                for name, trucks in (fleets or {}).items()
            ]
        ),
    )
    return Case(plan, world, steps)


def _plan(
    routes: Mapping[str, Route],
    end: int,
    turns: Mapping[str, Mapping[str, Sequence[tuple[int, int]]]],
    services: tuple[str, ...],
    fleets: Mapping[str, Trucks],
    trader_classes: Sequence[str],
    conditions: Mapping[str, Condition],
) -> Plan:
    resources, hours = turns["resources"], turns["hours"]
    names = {Kind.RESOURCE: list(resources), Kind.SERVICE: list(services), Kind.FLEET: list(fleets)}
    first_step = list(accumulate((len(route.steps()) for route in routes.values()), initial=0))
    rows = [step for route in routes.values() for step in route.steps()]

    track_first: list[int] = []
    track_length: list[int] = []
    # The tracks and steps that each step can name, i.e. of its own route.
    track_number: list[dict[str, int]] = []
    step_number: list[dict[str, int]] = []
    for route, first in zip(routes.values(), first_step, strict=False):
        numbers: dict[str, int] = {}
        at = first + len(route.main)
        for track, steps in route.tracks.items():
            numbers[track] = len(track_first)
            track_first.append(at)
            track_length.append(len(steps))
            at += len(steps)
        named = {"": -1} | {step.name: first + k for k, step in enumerate(route.steps())}
        track_number += [{"": -1} | numbers] * len(route.steps())
        step_number += [named] * len(route.steps())

    named_track = list(zip(rows, track_number, strict=True))
    rules = compile_rules(conditions, trader_classes)
    condition_number = {"": -1} | {name: number for number, name in enumerate(conditions)}
    hours_number = {"": -1} | {name: number for number, name in enumerate(hours)}
    end_us = START_US + end * MINUTE
    return Plan(
        start_us=START_US,
        end_us=end_us,
        window_start_us=START_US,
        window_end_us=end_us,
        names=Names(
            routes=tuple(routes),
            resources=tuple(resources),
            services=services,
            fleets=tuple(fleets),
            trader_classes=tuple(trader_classes),
            conditions=tuple(conditions),
            draws=rules.draws,
        ),
        route_first_step=_ints(first_step),
        route_n_main=_ints(len(route.main) for route in routes.values()),
        step_kind=_ints(step.kind for step in rows),
        step_provider=_ints(names[s.kind].index(s.provider) if s.kind in names else -1 for s in rows),
        step_condition=_ints(condition_number[step.when] for step in rows),
        step_after_track=_ints(numbers[step.after] for step, numbers in named_track),
        step_unless_done=_ints(named[step.unless] for step, named in zip(rows, step_number, strict=True)),
        step_track=_ints(numbers[step.track] for step, numbers in named_track),
        step_early_track=_ints(numbers[step.files] for step, numbers in named_track),
        step_early_condition=_ints(condition_number[step.files_when] for step in rows),
        step_space=_ints(step.space for step in rows),
        step_choice=_ints(_first_of_choice(rows, s) for s in range(len(rows))),
        step_within_us=_ints(step.within * MINUTE if step.within >= 0 else -1 for step in rows),
        step_hours=_ints(hours_number[step.hours] for step in rows),
        track_first_step=_ints(track_first),
        track_n_steps=_ints(track_length),
        priority=_table(
            [[step.priority.get(trader_class, 0) for trader_class in trader_classes] for step in rows],
            len(trader_classes),
        ),
        condition_rule=rules.rule,
        condition_draw=rules.draw,
        condition_first=rules.first,
        condition_second=rules.second,
        condition_rate=rules.rate,
        draw_partner=_ints(-1 for _ in rules.draws),
        draw_correlation=np.zeros(len(rules.draws)),
        resource_change_first=_ints(accumulate((len(c) for c in resources.values()), initial=0)),
        resource_change_us=_times(at for calendar in resources.values() for at, _ in calendar),
        resource_servers=_ints(servers for calendar in resources.values() for _, servers in calendar),
        resource_resumes=_ints(0 for _ in resources),
        service_splits=_ints(0 for _ in services),
        fleet_vehicles=_ints(trucks.vehicles for trucks in fleets.values()),
        fleet_weight_g=_ints(trucks.weight for trucks in fleets.values()),
        fleet_volume_cm3=_ints(trucks.volume for trucks in fleets.values()),
        fleet_hold_us=_ints(trucks.hold * MINUTE for trucks in fleets.values()),
        fleet_hours=_ints(hours_number[trucks.hours] for trucks in fleets.values()),
        hours_first=_ints(accumulate((len(of) for of in hours.values()), initial=0)),
        hours_turn_us=_times(at for of in hours.values() for at, _ in of),
        hours_open=_ints(is_open for of in hours.values() for _, is_open in of),
    )


def _first_of_choice(rows: Sequence[Step], s: int) -> int:
    """Return the first step of a choice, whose steps follow each other; -1 for other steps."""
    if not rows[s].choice:
        return -1
    while s > 0 and rows[s - 1].choice == rows[s].choice:
        s -= 1
    return s


def _departures(timetable: Sequence[Departure]) -> Departures:
    return Departures(
        first=_ints((0, len(timetable))),
        cutoff_us=_times(d.cutoff for d in timetable),
        scheduled_us=_times(d.departure if d.scheduled is None else d.scheduled for d in timetable),
        departure_us=_times(d.departure for d in timetable),
        arrival_us=_times(d.arrival for d in timetable),
        cancelled=np.array([d.cancelled for d in timetable], dtype=np.bool_),
        released_us=_ints(NEVER if d.released is None else START_US + d.released * MINUTE for d in timetable),
        block_space=_table([d.block for d in timetable], 3),
        free_sale=_table([d.free for d in timetable], 3),
        most_free_sale=_table([d.most_free or d.free for d in timetable], 3),
    )


def _trips(minutes: Sequence[int], visits: int) -> Ints:
    """Drive times of as many trips as there can be."""
    return _ints(minutes[min(k, len(minutes) - 1)] * MINUTE for k in range(visits))


def _ints(numbers: Iterable[int]) -> Ints:
    return np.array(list(numbers), dtype=np.int64)


def _times(minutes: Iterable[int]) -> Ints:
    return _ints(START_US + minute * MINUTE for minute in minutes)


def _table(rows: Sequence[Sequence[int]], width: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


def _minutes(times: Ints) -> list[int | None]:
    """Minutes since the start; not rounded away, since every built case keeps to whole minutes."""
    assert not ((times[times != NEVER] - START_US) % MINUTE).any()
    return [None if at == NEVER else (at - START_US) // MINUTE for at in times.tolist()]
