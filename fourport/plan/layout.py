"""Arrange the rows of all routes in one table.

The rows of a route become columns in numbers of its own, so that scenarios that share a route share these,
too. A plan puts its own numbers in their place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import TYPE_CHECKING, TypeVar

from fourport.plan.conditions import Condition, Numbering
from fourport.plan.corridor import Office, StepInfo
from fourport.plan.office import OfficeRows
from fourport.plan.rows import RouteRows, Row
from fourport.plan.tables import ints

if TYPE_CHECKING:
    from fourport.plan.tables import Ints

T = TypeVar("T", bound=Hashable)

PLAIN = ("kind", "space", "within_us")
"""Columns of plain numbers; those of all others number something."""
NUMBERED = {
    "provider": "providers",
    "condition": "conditions",
    "after_track": "tracks",
    "unless_done": "steps",
    "track": "tracks",
    "early_track": "tracks",
    "early_condition": "conditions",
    "choice": "steps",
    "hours": "hours",
}
"""What the numbers of a column are numbers of."""


@dataclass(frozen=True)
class RouteTable:
    """The ``S`` rows of one route: its main steps, then its ``T`` tracks.

    Attributes
    ----------
    steps
        What the rows are.
    n_main, track_n
        Number of main steps, and of the steps of each declaration track, (T,).
    columns
        (S,) columns by name. Steps and tracks are numbered within the route, -1 for none; all else has its
        place in ``named``.
    named
        What other columns number.
    priority
        (S, G) queue class by trader class.
    conditions, conditions_of_offices
        All conditions of its steps, and of its customs offices.
    offices
        Its customs offices, with steps of the route.
    """

    steps: tuple[StepInfo, ...]
    n_main: int
    track_n: tuple[int, ...]
    columns: Mapping[str, Ints]
    named: Mapping[str, tuple[Hashable, ...]]
    priority: Ints
    conditions: tuple[Condition, ...]
    conditions_of_offices: tuple[Condition, ...]
    offices: tuple[Office, ...]


def table_of(route: RouteRows, offices: Sequence[OfficeRows], trader_classes: int) -> RouteTable:
    """Return the rows of a route as columns."""
    rows = [*route.main, *(row for track in route.tracks for row in track.rows)]
    numbers: dict[str, dict[Hashable, int]] = {
        "steps": {None: -1} | {row: s for s, row in enumerate(rows)},
        "tracks": {None: -1} | {track: t for t, track in enumerate(route.tracks)},
        "conditions": _places(one for row in rows for one in (row.condition, row.early_condition)),
        "providers": _places(row.provider for row in rows),
        "hours": _places(row.hours for row in rows),
    }
    columns = {name: ints(getattr(row, name) for row in rows) for name in PLAIN}
    for name, of in NUMBERED.items():
        columns[name] = ints(numbers[of][getattr(row, name)] for row in rows)
    return RouteTable(
        steps=tuple(row.info for row in rows),
        n_main=len(route.main),
        track_n=tuple(len(track.rows) for track in route.tracks),
        columns=columns,
        named={of: tuple(numbers[of]) for of in ("conditions", "providers", "hours")},
        priority=ints(row.priority or [0] * trader_classes for row in rows).reshape(-1, trader_classes),
        conditions=tuple(dict.fromkeys(_conditions(rows))),
        conditions_of_offices=tuple(dict.fromkeys(_conditions_of_offices(offices))),
        offices=tuple(_offices(offices, numbers["steps"])),
    )


def _places(names: Iterable[T]) -> dict[Hashable, int]:
    return {name: k for k, name in enumerate(dict.fromkeys(names))}


def _conditions(rows: Iterable[Row]) -> Iterator[Condition]:
    """Yield every condition that a step uses."""
    for row in rows:
        yield from (row.condition, row.early_condition, row.info.own)
        yield from (condition for _, condition in (*row.info.shortened, *row.info.ahead))
        yield from (joint.condition for joint in row.info.jointly)


def _conditions_of_offices(offices: Iterable[OfficeRows]) -> Iterator[Condition]:
    for office in offices:
        yield from (office.inspected, office.found, office.found_late)
        yield from office.inspected_by_agency.values()


def _offices(offices: Iterable[OfficeRows], step: Mapping[Hashable, int]) -> Iterator[Office]:
    """Yield the customs offices of a route in the form that studies need."""
    before = -1
    for office in offices:
        entry, release = max(step[office.entry], before), step[office.released]
        yield Office(
            name=office.name,
            procedure=office.customs.procedure,
            route=0,
            entry=entry if entry >= 0 else None,
            release=release,
            inspected=office.inspected,
            by_agency=tuple(office.inspected_by_agency.values()),
            found=office.found,
            found_late=office.found_late,
        )
        before = release


@dataclass(frozen=True)
class Layout:
    """The rows of all routes, one route after the other.

    Attributes
    ----------
    first_step, first_track
        (R + 1,) first step and first declaration track of each route; the last entries are their numbers.
    conditions
        Numbers of all conditions.
    """

    routes: Sequence[RouteTable]
    first_step: Sequence[int]
    first_track: Sequence[int]
    conditions: Numbering

    @property
    def steps(self) -> tuple[StepInfo, ...]:
        """What the rows are."""
        return tuple(chain.from_iterable(route.steps for route in self.routes))

    def offices(self) -> Iterator[Office]:
        """Yield all customs offices, route by route."""
        for r, route in enumerate(self.routes):
            first = self.first_step[r]
            for office in route.offices:
                entry = None if office.entry is None else first + office.entry
                yield replace(office, route=r, entry=entry, release=first + office.release)

    def columns(
        self, providers: Mapping[str | None, int], hours: Mapping[str | None, int]
    ) -> dict[str, Ints]:
        """Return the columns of routes, steps and tracks in numbers of the plan, by their names there.

        Parameters
        ----------
        providers, hours
            Numbers of resources, services and fleets, and of the hours of legs; -1 for None.
        """
        import numpy as np

        parts: dict[str, list[Ints]] = {name: [] for name in (*PLAIN, *NUMBERED)}
        track_first: list[Ints] = []
        for route, first, track in zip(self.routes, self.first_step[:-1], self.first_track[:-1], strict=True):
            lengths = route.track_n
            track_first.append(first + ints(accumulate(lengths, initial=route.n_main))[:-1])
            number = {
                # The last one stands for none, whose number is -1.
                "steps": ints((*range(first, first + len(route.steps)), -1)),
                "tracks": ints((*range(track, track + len(lengths)), -1)),
                "conditions": ints(map(self.conditions.number, route.named["conditions"])),  # type: ignore[arg-type]
                "providers": ints(providers[name] for name in route.named["providers"]),  # type: ignore[index]
                "hours": ints(hours[name] for name in route.named["hours"]),  # type: ignore[index]
            }
            for name in PLAIN:
                parts[name].append(route.columns[name])
            for name, of in NUMBERED.items():
                parts[name].append(number[of][route.columns[name]])
        return {
            "route_first_step": ints(self.first_step),
            "route_n_main": ints(route.n_main for route in self.routes),
            "track_first_step": np.concatenate(track_first),
            "track_n_steps": ints(chain.from_iterable(route.track_n for route in self.routes)),
            "priority": np.concatenate([route.priority for route in self.routes]),
            **{f"step_{name}": np.concatenate(columns) for name, columns in parts.items()},
        }


def lay_out(routes: Iterable[RouteTable]) -> Layout:
    """Arrange the rows of routes in one table, and number their conditions."""
    routes = [*routes]
    return Layout(
        routes,
        [*accumulate((len(route.steps) for route in routes), initial=0)],
        [*accumulate((len(route.track_n) for route in routes), initial=0)],
        Numbering(
            chain(
                chain.from_iterable(route.conditions for route in routes),
                chain.from_iterable(route.conditions_of_offices for route in routes),
            )
        ),
    )
