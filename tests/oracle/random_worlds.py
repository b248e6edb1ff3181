"""Small random plans and worlds, on a coarse grid of minutes so that ties are common.

Chance is split by consignment and by part of the plan: fewer consignments with
the same seed leave the rest of the case as it is, which lets hypothesis shrink.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from hypothesis import strategies as st

from fourport.plan.tables import UNBOUND, Kind, Plan
from fourport.world.tables import World
from tests.builder import (
    Consignment,
    Departure,
    Route,
    Step,
    Trucks,
    build,
    delay,
    fleet,
    join,
    service,
    station,
)

MAX_SIZE = 8
CONDITIONS = ("inspected", "trusted", "rare")
Thing = TypeVar("Thing")


def random_case(
    seed: int,
    *,
    consignments: int = 30,
    routes: int = 3,
    tiers: int = 3,
    steps: int = 8,
    grid: int = 5,
    crowding: int = 3,
) -> tuple[Plan, World]:
    """Draw a plan and a world; all their times are multiples of ``grid`` minutes.

    Parameters
    ----------
    seed
        The same arguments give the same case.
    consignments, routes, tiers, steps
        How many, and the largest number of main steps of a route (2 to 8).
    grid
        Minutes; 10 gives mostly ties, 1 few.
    crowding
        Larger: closer entries, fewer servers, less room (1 to 4).
    """
    tier_names = [f"tier-{k}" for k in range(tiers)]
    plan_draw = Draw(seed, 0, grid, crowding)
    end = plan_draw.minutes(60, 600)
    stations = {f"station-{k}": plan_draw.calendar(end) for k in range(plan_draw.number(1, 3))}
    services = {f"service-{k}": plan_draw.timetable(end) for k in range(plan_draw.number(1, 2))}
    fleets = {f"fleet-{k}": plan_draw.trucks() for k in range(plan_draw.number(1, 2))}
    conditions = {
        name: {tier: plan_draw.one_of((0.0, 0.3, 0.7, 1.0)) for tier in tier_names} for name in CONDITIONS
    }
    drawn_routes = {
        f"route-{k}": RouteDraw(
            Draw(seed, 1000 + k, grid, crowding), tier_names, list(stations), list(services), list(fleets)
        ).route(steps)
        for k in range(routes)
    }
    entry = 0
    drawn: list[Consignment] = []
    for i in range(consignments):
        draw = Draw(seed, 2000 + i, grid, crowding)
        # Usually nothing or one grid step after the one before.
        entry += draw.one_of((0, 0, 0, 1, 1, 5 - crowding)) * grid
        drawn.append(draw.consignment(entry, drawn_routes, tier_names))
    case = build(
        routes=drawn_routes,
        consignments=drawn,
        end=end,
        stations=stations,
        services=services,
        fleets=fleets,
        tiers=tier_names,
        conditions=conditions,
    )
    return case.plan, case.world


def plans_and_worlds() -> st.SearchStrategy[tuple[Plan, World]]:
    """Draw the arguments of :func:`random_case`; a failing case is shown as that call."""
    return st.builds(
        random_case,
        st.integers(0, 2**32 - 1),
        consignments=st.integers(1, 60),
        routes=st.integers(1, 4),
        tiers=st.integers(1, 4),
        steps=st.integers(2, 8),
        grid=st.sampled_from((10, 5, 1)),
        crowding=st.integers(1, 4),
    )


class Draw:
    """Chance for one part of a case."""

    def __init__(self, seed: int, part: int, grid: int, crowding: int) -> None:
        self.rng = np.random.default_rng([seed, part])
        self.grid = grid
        self.crowding = crowding

    def number(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def minutes(self, low: int, high: int) -> int:
        """Draw a multiple of the grid; never less than one grid step if ``low`` is above 0."""
        lowest = max(1, low // self.grid) if low > 0 else low // self.grid
        return self.number(lowest, max(lowest, high // self.grid)) * self.grid

    def chance(self, probability: float) -> bool:
        """Draw yes or no."""
        return bool(self.rng.random() < probability)

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """Draw one of several."""
        return things[self.number(0, len(things) - 1)]

    def calendar(self, end: int) -> list[tuple[int, int]]:
        """Draw when a station has how many servers; open first, so that not all is stranded."""
        most = 5 - self.crowding
        calendar = [(-self.minutes(0, 30), self.number(1, most + 1))]
        at = 0
        while at <= end and self.chance(0.9):
            at += self.minutes(5, 60)
            calendar.append((at, 0 if calendar[-1][1] and self.chance(0.4) else self.number(1, most)))
        return calendar

    def timetable(self, end: int) -> list[Departure]:
        """Draw departures from before the start to after the end, some at the same cut-off."""
        timetable = []
        cutoff = self.minutes(-20, 20)
        while cutoff <= end + 20:
            scheduled = cutoff + self.minutes(0, 15)
            departure = scheduled + (self.minutes(0, 30) if self.chance(0.4) else 0)
            timetable.append(
                Departure(
                    cutoff=cutoff,
                    scheduled=scheduled,
                    departure=departure,
                    arrival=departure + self.minutes(5, 40),
                    cancelled=self.chance(0.15),
                    free=self.room(),
                    block=self.room() if self.chance(0.6) else (0, 0, 0),
                )
            )
            cutoff += 0 if self.chance(0.08) else self.minutes(10, 50)
        return timetable

    def room(self) -> tuple[int, int, int]:
        """Draw room in three dimensions, so that each is now ample and now tight."""
        tight = MAX_SIZE * (6 - self.crowding)
        weight, volume, teu = (UNBOUND if self.chance(0.4) else self.number(0, tight) for _ in range(3))
        return weight, volume, teu

    def trucks(self) -> Trucks:
        """Draw a fleet; every consignment fits in an empty truck."""
        return Trucks(
            vehicles=self.number(1, 5 - self.crowding),
            weight=self.number(MAX_SIZE, 3 * MAX_SIZE),
            volume=UNBOUND if self.chance(0.2) else self.number(MAX_SIZE, 3 * MAX_SIZE),
            hold=0 if self.chance(0.1) else self.minutes(5, 40),
            out=[self.minutes(5, 30) for _ in range(30)],
            back=[self.minutes(5, 30) for _ in range(30)],
        )

    def consignment(self, entry: int, routes: Mapping[str, Route], tiers: Sequence[str]) -> Consignment:
        """Draw a consignment; its steps are mostly short."""
        route = self.one_of(list(routes))
        return Consignment(
            entry=entry,
            route=route,
            minutes={step.name: self.minutes(1, self.one_of((10, 20, 40))) for step in routes[route].steps()},
            tier=self.one_of(tiers),
            size=(self.number(1, MAX_SIZE), self.number(1, MAX_SIZE), self.number(1, MAX_SIZE)),
            # On a grid as well, so that a risk number equals a rate now and then.
            risk={name: self.number(0, 9) / 10 for name in CONDITIONS},
        )


class RouteDraw:
    """Chance for one route."""

    def __init__(
        self, draw: Draw, tiers: list[str], stations: list[str], services: list[str], fleets: list[str]
    ) -> None:
        self.draw = draw
        self.tiers = tiers
        self.stations = stations
        self.services = services
        self.fleets = fleets

    def route(self, most_steps: int) -> Route:
        """Draw a main track of 2 or more steps with up to 2 filing tracks, each with one JOIN in it."""
        tracks = {
            f"papers-{k}": self.filing(f"papers-{k}")
            for k in range(self.draw.number(0, min(2, most_steps - 1)))
        }
        kinds = [Kind.JOIN] * len(tracks)
        kinds += [
            self.draw.one_of((Kind.DELAY, Kind.STATION, Kind.STATION, Kind.SERVICE, Kind.FLEET))
            for _ in range(self.draw.number(2, most_steps) - len(tracks))
        ]
        order = [kinds[k] for k in self.draw.rng.permutation(len(kinds))]
        to_join = list(tracks)
        main = []
        for number, kind in enumerate(order):
            last = number == len(order) - 1
            if kind == Kind.JOIN:
                main.append(join(f"main-{number}", to_join.pop(0)))
            else:
                main.append(self.main_step(f"main-{number}", kind, to_join, last=last))
        return Route(main, tracks)

    def main_step(self, name: str, kind: Kind, to_join: Sequence[str], *, last: bool) -> Step:
        """Draw a step; it may start early any track that is joined after it."""
        files = self.draw.one_of(to_join) if to_join and self.draw.chance(0.5) else ""
        files_when = self.condition(0.5) if files else ""
        if kind == Kind.STATION:
            return self.station(name, when="" if last else self.condition(0.4))
        when = "" if last else self.condition(0.2)
        if kind == Kind.DELAY:
            return delay(name, when=when, files=files, files_when=files_when)
        if kind == Kind.SERVICE:
            on, block = self.draw.one_of(self.services), self.draw.chance(0.5)
            return service(name, on, block=block, when=when, files=files, files_when=files_when)
        return fleet(name, self.draw.one_of(self.fleets), when=when, files=files, files_when=files_when)

    def filing(self, track: str) -> list[Step]:
        """Draw a filing track: a DELAY, then stations and delays, the last without condition."""
        steps = [delay(f"{track}-0")]
        length = self.draw.number(1, 4)
        for number in range(1, length):
            when = "" if number == length - 1 else self.condition(0.4)
            name = f"{track}-{number}"
            steps.append(self.station(name, when=when) if self.draw.chance(0.7) else delay(name, when=when))
        return steps

    def station(self, name: str, *, when: str) -> Step:
        """Draw a step at a station, with a queue class for each tier."""
        priority = {tier: self.draw.number(0, 2) for tier in self.tiers}
        return station(name, self.draw.one_of(self.stations), when=when, priority=priority)

    def condition(self, probability: float) -> str:
        """Draw a condition, or none."""
        return self.draw.one_of(CONDITIONS) if self.draw.chance(probability) else ""
