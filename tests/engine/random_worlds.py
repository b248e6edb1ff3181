"""Draw small random plans and worlds, on a coarse grid of minutes so that ties are common.

Each consignment and each part of the plan has its own random generator. Fewer consignments with the same
seed therefore leave the rest of the case unchanged, which lets hypothesis shrink it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from hypothesis import strategies as st

from fourport.plan.tables import UNBOUND, Kind, Plan
from fourport.world.tables import World
from tests.builder import Consignment, Departure, Trucks, build
from tests.rules import Below, Both, Condition, Either, Not
from tests.steps import KIND_NAMES, Passing, Route, Step, choice, delay, fleet, join, mark, resource, service

MAX_SIZE = 8
DRAWS = ("luck", "care")
RATES = (0.0, 0.3, 0.7, 1.0)
CONDITIONS = tuple(f"condition-{k}" for k in range(7))
KINDS = (*(kind for kind in KIND_NAMES if kind != Kind.JOIN), Kind.RESOURCE, Kind.MARK)
"""Kinds of the main steps that are not a JOIN."""

Thing = TypeVar("Thing")


def random_case(
    seed: int,
    *,
    consignments: int = 30,
    routes: int = 3,
    trader_classes: int = 3,
    steps: int = 8,
    grid: int = 5,
    crowding: int = 3,
) -> tuple[Plan, World]:
    """Draw a plan and a world in which all times are multiples of ``grid`` minutes.

    Parameters
    ----------
    seed
        The same arguments return the same case.
    consignments, routes, trader classes, steps
        Numbers of these; for ``steps`` the largest number of main steps of a route (2 to 8).
    grid
        Minutes; 10 makes most events ties, 1 few.
    crowding
        From 1 to 4; larger means closer entries, fewer servers and less capacity.
    """
    trader_class_names = [f"tier-{k}" for k in range(trader_classes)]
    plan_draw = Draw(seed, 0, grid, crowding)
    end = plan_draw.minutes(60, 600)
    resources = {f"station-{k}": plan_draw.calendar(end) for k in range(plan_draw.number(1, 3))}
    resuming = [name for name in resources if plan_draw.chance(0.4)]
    services = {f"service-{k}": plan_draw.timetable(end) for k in range(plan_draw.number(1, 3))}
    for k, name in enumerate(services):
        services[name] = Draw(seed, 500 + k, grid, crowding).releases(services[name])
    splitting = [name for name in services if plan_draw.chance(0.5)]
    hours = {f"hours-{k}": plan_draw.hours(end) for k in range(2)}
    fleets = {f"fleet-{k}": plan_draw.trucks(list(hours)) for k in range(plan_draw.number(1, 2))}
    conditions = {name: plan_draw.rule(k, trader_class_names) for k, name in enumerate(CONDITIONS)}
    drawn_routes = {
        f"route-{k}": RouteDraw(
            Draw(seed, 1000 + k, grid, crowding),
            trader_class_names,
            list(resources),
            list(services),
            list(fleets),
            list(hours),
        ).route(steps)
        for k in range(routes)
    }
    entry = 0
    drawn: list[Consignment] = []
    for i in range(consignments):
        draw = Draw(seed, 2000 + i, grid, crowding)
        # Usually at the time of the previous one, or one grid step later.
        entry += draw.one_of((0, 0, 0, 1, 1, 5 - crowding)) * grid
        drawn.append(draw.consignment(entry, drawn_routes, trader_class_names))
    case = build(
        routes=drawn_routes,
        consignments=drawn,
        end=end,
        resources=resources,
        services=services,
        fleets=fleets,
        trader_classes=trader_class_names,
        conditions=conditions,
        hours=hours,
        resuming=resuming,
        splitting=splitting,
    )
    return case.plan, case.world


def plans_and_worlds() -> st.SearchStrategy[tuple[Plan, World]]:
    """Draw the arguments of :func:`random_case`; a failing case is shown as that call."""
    return st.builds(
        random_case,
        st.integers(0, 2**32 - 1),
        consignments=st.integers(1, 60),
        routes=st.integers(1, 4),
        trader_classes=st.integers(1, 4),
        steps=st.integers(2, 8),
        grid=st.sampled_from((10, 5, 1)),
        crowding=st.integers(1, 4),
    )


class Draw:
    """Random draws for one part of a case."""

    def __init__(self, seed: int, part: int, grid: int, crowding: int) -> None:
        self.rng = np.random.default_rng([seed, part])
        self.grid = grid
        self.crowding = crowding

    def number(self, low: int, high: int) -> int:
        """Draw an integer, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def minutes(self, low: int, high: int) -> int:
        """Draw a multiple of the grid, at least one grid step if ``low`` is above 0."""
        lowest = max(1, low // self.grid) if low > 0 else low // self.grid
        return self.number(lowest, max(lowest, high // self.grid)) * self.grid

    def chance(self, probability: float) -> bool:
        """Draw True with the given probability."""
        return bool(self.rng.random() < probability)

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """Draw one of several things."""
        return things[self.number(0, len(things) - 1)]

    def calendar(self, end: int) -> list[tuple[int, int]]:
        """Draw the servers of a resource over time; it starts open, so that some consignments get through."""
        most = 5 - self.crowding
        calendar = [(-self.minutes(0, 30), self.number(1, most + 1))]
        at = 0
        while at <= end and self.chance(0.9):
            at += self.minutes(5, 60)
            calendar.append((at, 0 if calendar[-1][1] and self.chance(0.4) else self.number(1, most)))
        return calendar

    def hours(self, end: int) -> list[tuple[int, int]]:
        """Draw when something is open; it may close for good."""
        hours = [(-self.minutes(0, 30), self.number(0, 1))]
        at = 0
        while at <= end and self.chance(0.95):
            at += self.minutes(5, 60)
            hours.append((at, 1 - hours[-1][1]))
        return hours

    def timetable(self, end: int) -> list[Departure]:
        """Draw departures from before the start to after the end, some with the same cut-off."""
        timetable = []
        smaller = self.chance(0.5)
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
                    free=(free := self.capacity(smaller=smaller)),
                    block=self.capacity(smaller=smaller) if self.chance(0.6) else (0, 0, 0),
                    most_free=self.with_less_background(free),
                )
            )
            cutoff += 0 if self.chance(0.08) else self.minutes(10, 50)
        return timetable

    def releases(self, timetable: list[Departure]) -> list[Departure]:
        """Draw when the departures of half of the services release their block space, most of them."""
        if self.chance(0.5):
            return timetable
        return [
            replace(one, released=one.cutoff - self.minutes(0, 60) if self.chance(0.8) else None)
            for one in timetable
        ]

    def with_less_background(self, free: tuple[int, int, int]) -> tuple[int, int, int]:
        """Draw how much would be free if there were less background cargo."""
        weight, volume, teu = (room if room == UNBOUND else room + self.number(0, 3) for room in free)
        return weight, volume, teu

    def capacity(self, *, smaller: bool = False) -> tuple[int, int, int]:
        """Draw a capacity in three dimensions, so that each is ample in some cases and scarce in others."""
        tight = MAX_SIZE // 2 if smaller else MAX_SIZE * (6 - self.crowding)
        unlimited = 0.1 if smaller else 0.4
        weight, volume, teu = (UNBOUND if self.chance(unlimited) else self.number(0, tight) for _ in range(3))
        return weight, volume, teu

    def trucks(self, hours: Sequence[str]) -> Trucks:
        """Draw a fleet; every consignment fits into an empty truck."""
        return Trucks(
            vehicles=self.number(1, 5 - self.crowding),
            weight=self.number(MAX_SIZE, 3 * MAX_SIZE),
            volume=UNBOUND if self.chance(0.2) else self.number(MAX_SIZE, 3 * MAX_SIZE),
            hold=0 if self.chance(0.1) else self.minutes(5, 40),
            out=[self.minutes(5, 30) for _ in range(30)],
            back=[self.minutes(5, 30) for _ in range(30)],
            hours=self.one_of(hours) if self.chance(0.4) else "",
        )

    def rule(self, number: int, trader_classes: Sequence[str]) -> Condition:
        """Draw the rule of a condition; conditions share risk numbers, since there are fewer of these."""
        if number < len(DRAWS) + 1:
            rates = {trader_class: self.one_of(RATES) for trader_class in trader_classes}
            non_compliant = {
                trader_class: self.one_of(RATES) for trader_class in trader_classes if self.chance(0.7)
            }
            return Below(DRAWS[number % len(DRAWS)], rates, non_compliant)
        first, second = self.one_of(CONDITIONS[:number]), self.one_of(CONDITIONS[:number])
        rules: tuple[Condition, ...] = (Not(first), Both(first, second), Either(first, second))
        return self.one_of(rules)

    def consignment(
        self, entry: int, routes: Mapping[str, Route], trader_classes: Sequence[str]
    ) -> Consignment:
        """Draw a consignment; most of its steps are short."""
        route = self.one_of(list(routes))
        minutes = {step.name: self.minutes(1, self.one_of((10, 20, 40))) for step in routes[route].steps()}
        if self.chance(0.5):
            # Tracks that start at the same time then reach their first resources at the same time.
            minutes |= {steps[0].name: self.grid for steps in routes[route].tracks.values()}
        by_truck = any(step.kind == Kind.FLEET for step in routes[route].main)
        largest = 5 * MAX_SIZE if self.chance(0.3) and not by_truck else MAX_SIZE
        return Consignment(
            entry=entry,
            route=route,
            minutes=minutes,
            trader_class=self.one_of(trader_classes),
            size=(self.number(1, largest), self.number(1, largest), self.number(1, largest)),
            # On a grid too, so that a risk number sometimes equals a rate.
            non_compliant=self.chance(0.3),
            risk={name: self.number(0, 9) / 10 for name in DRAWS},
        )


class RouteDraw:
    """Random draws for one route."""

    def __init__(
        self,
        draw: Draw,
        trader_classes: list[str],
        resources: list[str],
        services: list[str],
        fleets: list[str],
        hours: list[str],
    ) -> None:
        self.draw = draw
        self.trader_classes = trader_classes
        self.resources = resources
        self.services = services
        self.fleets = fleets
        self.hours = hours

    def route(self, most_steps: int) -> Route:
        """Draw a main track of 2 or more steps with up to 3 declaration tracks, some of them joined."""
        names = [f"declaration-{k}" for k in range(self.draw.number(0, 3))]
        tracks = {name: self.filing(name, names) for name in names}
        to_join = [name for name in names if self.draw.chance(0.6)][: most_steps - 1]
        kinds = [Kind.JOIN] * len(to_join)
        kinds += [self.draw.one_of(KINDS) for _ in range(self.draw.number(2, most_steps) - len(to_join))]
        main: list[Step] = []
        for number, k in enumerate(self.draw.rng.permutation(len(kinds))):
            name = f"main-{number}"
            passing = Passing() if number == len(kinds) - 1 else self.passing(main, names)
            if kinds[k] == Kind.JOIN:
                main.append(join(name, to_join.pop(0), **passing))
            else:
                main += self.main_steps(name, kinds[k], passing, names)
        return Route(main, tracks)

    def main_steps(self, name: str, kind: int, passing: Passing, tracks: Sequence[str]) -> list[Step]:
        """Draw a step, or a choice of services; it may start any track early, even one joined before it."""
        if kind == Kind.RESOURCE:
            return [self.resource(name, passing)]
        if kind == Kind.SERVICE and len(self.services) > 1 and self.draw.chance(0.6):
            several = self.draw.rng.permutation(self.services)[: self.draw.number(2, len(self.services))]
            within = self.draw.minutes(0, 60) if self.draw.chance(0.5) else -1
            on = {str(one): self.draw.chance(0.4) for one in several}
            *steps, arrived = choice(name, on, within=within, **passing)
            track, when = self.files(tracks, 0.5)
            return [*(replace(step, files=track, files_when=when) for step in steps), arrived]
        if kind == Kind.DELAY:
            hours = self.draw.one_of(self.hours) if self.draw.chance(0.4) else ""
            step = delay(name, hours=hours, **passing)
        elif kind == Kind.MARK:
            step = mark(name, **passing)
        elif kind == Kind.SERVICE:
            step = service(name, self.draw.one_of(self.services), block=self.draw.chance(0.5), **passing)
        else:
            step = fleet(name, self.draw.one_of(self.fleets), **passing)
        track, when = self.files(tracks, 0.8 if kind == Kind.MARK else 0.5)
        return [replace(step, files=track, files_when=when)]

    def files(self, tracks: Sequence[str], probability: float) -> tuple[str, str]:
        """Draw the track that a step starts early, and its condition; or none."""
        if not tracks or not self.draw.chance(probability):
            return "", ""
        return self.draw.one_of(tracks), self.condition(0.5)

    def filing(self, track: str, tracks: Sequence[str]) -> list[Step]:
        """Draw a declaration track.

        It is a DELAY, then resources, delays and marks. Its first and last step are never passed over.
        """
        steps = [delay(f"{track}-0")]
        length = self.draw.number(1, 4)
        for number in range(1, length):
            name = f"{track}-{number}"
            passing = Passing() if number == length - 1 else self.passing(steps, tracks)
            kind = self.draw.one_of((Kind.RESOURCE, Kind.RESOURCE, Kind.RESOURCE, Kind.DELAY, Kind.MARK))
            if kind == Kind.RESOURCE:
                steps.append(self.resource(name, passing))
            else:
                steps.append(delay(name, **passing) if kind == Kind.DELAY else mark(name, **passing))
        return steps

    def passing(self, before: Sequence[Step], tracks: Sequence[str]) -> Passing:
        """Draw the reasons for which a step may be passed over; mostly one or none."""
        passing = Passing(when=self.condition(0.3))
        if before and self.draw.chance(0.2):
            # A step that is sometimes passed over itself tests more than one that is always done.
            uncertain = [step for step in before if step.when or step.after]
            passing["unless"] = self.draw.one_of(uncertain or before).name
        if tracks and self.draw.chance(0.2):
            passing["after"] = self.draw.one_of(tracks)
        return passing

    def resource(self, name: str, passing: Passing) -> Step:
        """Draw a step at a resource, with a queue class for each trader class."""
        priority = {trader_class: self.draw.number(0, 2) for trader_class in self.trader_classes}
        return resource(name, self.draw.one_of(self.resources), priority=priority, **passing)

    def condition(self, probability: float) -> str:
        """Draw a condition, or none."""
        return self.draw.one_of(CONDITIONS) if self.draw.chance(probability) else ""
