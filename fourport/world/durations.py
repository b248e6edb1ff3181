"""Draw how long the steps of the consignments of a lane take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import takewhile
from typing import Any

import numpy as np

from fourport.plan.conditions import Condition
from fourport.plan.corridor import Corridor, StepInfo
from fourport.plan.once import once
from fourport.plan.tables import Ints
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.sizes import Per
from fourport.world.consignments import Consignments
from fourport.world.outcomes import outcomes
from fourport.world.sampling import Quantiles, durations_us, quantiles_of, whole_us
from fourport.world.sizes import amounts, parcels
from fourport.world.tables import Flags, World, rows_from


@dataclass(frozen=True)
class _Timed:
    """Work whose duration is drawn from one stream and one distribution, for all routes that have it.

    Attributes
    ----------
    key, duration
        Name of the stream, and the distribution.
    routes
        These routes, and their names.
    """

    key: str
    duration: Distribution[Any]
    routes: dict[int, str]

    @cached_property
    def quantiles(self) -> Quantiles:
        """Quantiles of the distribution."""
        return quantiles_of(self.duration)


@dataclass(frozen=True)
class _Work:
    """The work of all steps of some routes whose durations are drawn for each consignment.

    Attributes
    ----------
    timed
        What is drawn.
    plain, others
        By route, rows of its steps, each with the place of its work in ``timed``: of steps that take as long
        as is drawn, and of those that do not for some consignments.
    """

    timed: list[_Timed]
    plain: dict[int, dict[int, int]]
    others: dict[int, dict[int, int]]


@once
def _work_of(corridor: Corridor, routes: tuple[int, ...]) -> _Work:
    found = _Work([], {r: {} for r in routes}, {r: {} for r in routes})
    places: dict[str, list[int]] = {}
    for route in routes:
        for row, s in enumerate(corridor.plan.route_steps(route)):
            info = corridor.steps[s]
            if info.duration is None or info.by_arrival:
                continue
            of_key = places.setdefault(info.key, [])
            place = next((k for k in of_key if found.timed[k].duration == info.duration), len(found.timed))
            if place == len(found.timed):
                found.timed.append(_Timed(info.key, info.duration, {}))
                of_key.append(place)
            found.timed[place].routes[route] = corridor.plan.names.routes[route]
            as_drawn = info.per == "consignment" and not (info.shortened or info.ahead or info.jointly)
            (found.plain if as_drawn else found.others)[route][row] = place
    return found


@dataclass(frozen=True)
class _Drawn:
    """How long a piece of work takes for the consignments of a lane, in one array, route by route.

    Attributes
    ----------
    all
        Durations for the consignments of all routes.
    routes, mine
        These routes, and the places of their consignments in the lane.
    """

    all: Ints
    routes: Iterable[int]
    mine: Mapping[int, Ints]

    def of(self, route: int) -> Ints:
        """Return the durations for the consignments of a route."""
        first = sum(len(self.mine[r]) for r in takewhile(route.__ne__, self.routes))
        return self.all[first : first + len(self.mine[route])]


def _by_row(shape: tuple[int, int], route: int, rows: Iterable[int], drawn: list[_Drawn]) -> Ints:
    """Return the durations of the consignments of a route at its steps, (n, steps); 0 in other rows."""
    found = np.zeros(shape, dtype=np.int64)
    for row, one in zip(rows, drawn, strict=True):
        found[:, row] = one.of(route)
    return found


def fill_durations(lane: Consignments, world: World, ids: Ints) -> None:
    """Write the durations of this lane's consignments into their event rows.

    Parameters
    ----------
    ids
        Ids of the lane's consignments, in the order in which they are ready.
    """
    plan, route = lane.corridor.plan, world.route[ids]
    mine = {r: np.flatnonzero(route == r) for r in np.flatnonzero(np.bincount(route)).tolist()}
    work = _work_of(lane.corridor, tuple(mine))
    drawn = [_drawn(lane, timed, mine) for timed in work.timed]
    for r, of in mine.items():
        steps, n = plan.route_steps(r), len(of)
        rows = world.first_event_row[ids[of]]
        each = [drawn[place] for place in work.plain[r].values()]
        durations = lane.once(
            f"durations/{plan.names.routes[r]}",
            (n, len(steps), [*work.plain[r]]),
            partial(_by_row, (n, len(steps)), r, work.plain[r], each),
            *(one.all for one in each),
        )
        rows_from(world.duration_us, len(steps))[rows] = durations
        for row, place in work.others[r].items():
            info = lane.corridor.steps[steps[row]]
            lasts = _durations(lane, info, drawn[place].of(r), of, world, ids[of])
            world.duration_us[rows + row] = lasts


def _drawn(lane: Consignments, timed: _Timed, mine: Mapping[int, Ints]) -> _Drawn:
    """Draw how long one unit of a piece of work takes, for the consignments of each route that has it."""

    def draw() -> Ints:
        u = lane.uniforms("duration", timed.key)
        return whole_us(timed.quantiles(u[np.concatenate([mine[r] for r in timed.routes])]))

    # Who takes which route follows from the number of consignments and the shares of the routes.
    shares = lane.corridor.scenario.lanes[lane.name].routes
    given = timed.duration, lane.n, shares, [*timed.routes.values()]
    return _Drawn(lane.once(f"duration/{timed.key}", given, draw), timed.routes, mine)


def _durations(lane: Consignments, info: StepInfo, drawn: Ints, mine: Ints, world: World, ids: Ints) -> Ints:
    """Return how long a step takes for some consignments, of what was drawn for one unit.

    Parameters
    ----------
    mine, ids
        Their places in the lane, and their ids.
    """
    holds = outcomes(lane.corridor.plan, world)

    def hold(condition: Condition) -> Flags:
        return lane.corridor.conditions.who(condition, holds)[ids]

    drawn = _times(lane, info.per, drawn, world, ids)
    for share, condition in info.shortened:
        shorter = np.maximum(np.rint(drawn * share).astype(np.int64), 1)
        drawn = np.where(hold(condition), shorter, drawn)
    for done_us, condition in info.ahead:
        drawn = np.where(hold(condition), np.maximum(drawn - done_us, 1), drawn)
    if info.jointly:
        drawn = np.where(hold(info.own), drawn, 1)
    for other in info.jointly:
        one = durations_us(other.duration, lane.uniforms("duration", other.key)[mine])
        also = _times(lane, other.per, one, world, ids)
        drawn = np.where(hold(other.condition), np.maximum(drawn, also), drawn)
    return drawn


def _times(lane: Consignments, per: Per, drawn: Ints, world: World, ids: Ints) -> Ints:
    """Return how long a piece of work takes: the duration drawn for one unit, times the units."""
    if per == "consignment":
        return drawn
    size, commodities = world.size[ids], lane.corridor.scenario.commodities.values()
    held = parcels(size[:, 0], world.commodity[ids], commodities)
    return whole_us(drawn * amounts(per, size, held))
