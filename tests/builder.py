"""Plans and worlds from a readable description: names and minutes instead of index columns.

>>> build(
...     stations={"customs": [(0, 2), (60, 0)]},
...     routes={"import": Route([delay("land"), station("clear", "customs")])},
...     consignments=[Consignment(0, "import", {"land": 5, "clear": 10})],
...     end=100,
... )  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from fourport.engine.milestones import Milestones
from fourport.plan.tables import MINUTE, NEVER, Ints, Kind, Plan, Space
from fourport.world.tables import Departures, World

START_US = 1_767_225_600_000_000
"""Minute 0 of every built case: 2026-01-01T00:00Z."""

Times = tuple[int | None, int | None] | tuple[int | None, int | None, int]
"""Begin and end in minutes (None: never) and, where a vehicle took the consignment, its number."""


@dataclass(frozen=True)
class Step:
    """One step; ``when`` is its condition, ``files`` the track that it starts early."""

    name: str
    kind: Kind
    resource: str = ""
    when: str = ""
    track: str = ""
    files: str = ""
    files_when: str = ""
    space: Space = Space.FREE
    priority: Mapping[str, int] = field(default_factory=dict)
    """Queue class by tier; 0 for a tier not named."""


def delay(name: str, *, when: str = "", files: str = "", files_when: str = "") -> Step:
    """Give a step that takes its duration."""
    return Step(name, Kind.DELAY, when=when, files=files, files_when=files_when)


def station(name: str, at: str, *, when: str = "", priority: Mapping[str, int] | None = None) -> Step:
    """Give a step at a station."""
    return Step(name, Kind.STATION, at, when=when, priority=priority or {})


def service(
    name: str, on: str, *, block: bool = False, when: str = "", files: str = "", files_when: str = ""
) -> Step:
    """Give a step on a scheduled service."""
    space = Space.BLOCK if block else Space.FREE
    return Step(name, Kind.SERVICE, on, when=when, files=files, files_when=files_when, space=space)


def fleet(name: str, by: str, *, when: str = "", files: str = "", files_when: str = "") -> Step:
    """Give a step by truck."""
    return Step(name, Kind.FLEET, by, when=when, files=files, files_when=files_when)


def join(name: str, track: str, *, when: str = "") -> Step:
    """Give a step that waits for the papers."""
    return Step(name, Kind.JOIN, track=track, when=when)


@dataclass(frozen=True)
class Route:
    """The steps of the goods, and of the papers by the name of the track."""

    main: Sequence[Step]
    tracks: Mapping[str, Sequence[Step]] = field(default_factory=dict)

    def steps(self) -> list[Step]:
        """All steps in the order of the step table."""
        return [*self.main, *(step for track in self.tracks.values() for step in track)]


@dataclass(frozen=True)
class Trucks:
    """A fleet; ``out`` and ``back`` are the driving minutes trip by trip, the last one from then on."""

    vehicles: int
    weight: int
    volume: int
    hold: int
    out: Sequence[int]
    back: Sequence[int]


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


@dataclass(frozen=True)
class Consignment:
    """Entry in minutes, route, minutes of the steps by name, and what else matters to it."""

    entry: int
    route: str
    minutes: Mapping[str, int] = field(default_factory=dict)
    tier: str = "plain"
    size: tuple[int, int, int] = (1, 1, 1)
    risk: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A plan, a world and the names to read milestones by."""

    plan: Plan
    world: World
    steps: list[list[Step]]
    """The steps of each consignment, slot by slot."""

    def read(self, milestones: Milestones) -> list[dict[str, Times]]:
        """Say by consignment and step what happened, in minutes; steps that did not begin are left out."""
        slots = zip(
            _minutes(milestones.begin_us),
            _minutes(milestones.end_us),
            milestones.carrier.tolist(),
            strict=True,
        )
        found: list[dict[str, Times]] = []
        for steps in self.steps:
            found.append({})
            for step in steps:
                begin, end, carrier = next(slots)
                if begin is not None or end is not None or carrier != -1:
                    found[-1][step.name] = (begin, end) if carrier == -1 else (begin, end, carrier)
        return found

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
    stations: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    services: Mapping[str, Sequence[Departure]] | None = None,
    fleets: Mapping[str, Trucks] | None = None,
    tiers: Sequence[str] = ("plain",),
    conditions: Mapping[str, Mapping[str, float]] | None = None,
) -> Case:
    """Compile a description into tables; stations are lists of (from minute, servers)."""
    plan = _plan(routes, end, stations or {}, tuple(services or {}), fleets or {}, tiers, conditions or {})
    steps = [routes[c.route].steps() for c in consignments]
    route_names, tier_names = list(routes), list(tiers)
    visits = {
        name: max(1, sum(step.kind == Kind.FLEET and step.resource == name for row in steps for step in row))
        for name in fleets or {}
    }
    zero = _ints(0 for _ in consignments)
    world = World(
        entry_us=_times(c.entry for c in consignments),
        lane=zero,
        route=_ints(route_names.index(c.route) for c in consignments),
        tier=_ints(tier_names.index(c.tier) for c in consignments),
        commodity=zero,
        credit=zero - 1,
        size=_table([c.size for c in consignments], 3),
        value=np.ones(len(consignments)),
        risk=np.array(
            [[c.risk.get(name, 0.0) for c in consignments] for name in conditions or {}], dtype=np.float64
        ).reshape(len(conditions or {}), len(consignments)),
        slot_base=_ints(accumulate((len(row) for row in steps), initial=0)),
        duration_us=_ints(
            c.minutes[step.name] * MINUTE if step.kind in {Kind.DELAY, Kind.STATION} else 0
            for c, row in zip(consignments, steps, strict=True)
            for step in row
        ),
        departures=tuple(_departures(timetable) for timetable in (services or {}).values()),
        trip_out_us=tuple(_trips(trucks.out, visits[name]) for name, trucks in (fleets or {}).items()),
        trip_back_us=tuple(_trips(trucks.back, visits[name]) for name, trucks in (fleets or {}).items()),
    )
    return Case(plan, world, steps)


def _plan(
    routes: Mapping[str, Route],
    end: int,
    stations: Mapping[str, Sequence[tuple[int, int]]],
    services: tuple[str, ...],
    fleets: Mapping[str, Trucks],
    tiers: Sequence[str],
    conditions: Mapping[str, Mapping[str, float]],
) -> Plan:
    names = {Kind.STATION: list(stations), Kind.SERVICE: list(services), Kind.FLEET: list(fleets)}
    first_step = list(accumulate((len(route.steps()) for route in routes.values()), initial=0))
    rows = [step for route in routes.values() for step in route.steps()]

    track_first: list[int] = []
    track_length: list[int] = []
    track_number: list[dict[str, int]] = []  # The tracks that each step can name, i.e. of its own route.
    for route, first in zip(routes.values(), first_step, strict=False):
        numbers: dict[str, int] = {}
        at = first + len(route.main)
        for track, steps in route.tracks.items():
            numbers[track] = len(track_first)
            track_first.append(at)
            track_length.append(len(steps))
            at += len(steps)
        track_number += [numbers] * len(route.steps())

    named_track = list(zip(rows, track_number, strict=True))
    condition_number = {"": -1} | {name: number for number, name in enumerate(conditions)}
    end_us = START_US + end * MINUTE
    return Plan(
        start_us=START_US,
        end_us=end_us,
        window_start_us=START_US,
        window_end_us=end_us,
        route_names=tuple(routes),
        station_names=tuple(stations),
        service_names=services,
        fleet_names=tuple(fleets),
        tier_names=tuple(tiers),
        route_first_step=_ints(first_step),
        route_n_main=_ints(len(route.main) for route in routes.values()),
        step_kind=_ints(step.kind for step in rows),
        step_resource=_ints(names[s.kind].index(s.resource) if s.kind in names else -1 for s in rows),
        step_condition=_ints(condition_number[step.when] for step in rows),
        step_track=_ints(numbers[step.track] if step.track else -1 for step, numbers in named_track),
        step_early_track=_ints(numbers[step.files] if step.files else -1 for step, numbers in named_track),
        step_early_condition=_ints(condition_number[step.files_when] for step in rows),
        step_space=_ints(step.space for step in rows),
        track_first_step=_ints(track_first),
        track_n_steps=_ints(track_length),
        priority=_table([[step.priority.get(tier, 0) for tier in tiers] for step in rows], len(tiers)),
        condition_rate=np.array(
            [[rates[tier] for tier in tiers] for rates in conditions.values()], dtype=np.float64
        ).reshape(len(conditions), len(tiers)),
        condition_names=tuple(conditions),
        station_change_first=_ints(accumulate((len(c) for c in stations.values()), initial=0)),
        station_change_us=_times(at for calendar in stations.values() for at, _ in calendar),
        station_servers=_ints(servers for calendar in stations.values() for _, servers in calendar),
        fleet_vehicles=_ints(trucks.vehicles for trucks in fleets.values()),
        fleet_weight_g=_ints(trucks.weight for trucks in fleets.values()),
        fleet_volume_l=_ints(trucks.volume for trucks in fleets.values()),
        fleet_hold_us=_ints(trucks.hold * MINUTE for trucks in fleets.values()),
    )


def _departures(timetable: Sequence[Departure]) -> Departures:
    return Departures(
        cutoff_us=_times(d.cutoff for d in timetable),
        scheduled_us=_times(d.departure if d.scheduled is None else d.scheduled for d in timetable),
        departure_us=_times(d.departure for d in timetable),
        arrival_us=_times(d.arrival for d in timetable),
        cancelled=np.array([d.cancelled for d in timetable], dtype=np.bool_),
        block_room=_table([d.block for d in timetable], 3),
        free_room=_table([d.free for d in timetable], 3),
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
