"""Check the request of curves and route-choice maps: lanes, routes, axis, points, size of goods."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fourport.arguments import text, texts
from fourport.errors import Problem, UserError, argument
from fourport.plan.corridor import Corridor
from fourport.scenario.distributions import Distribution
from fourport.scenario.suggestions import allowed, suggestion
from fourport.study.curves.axes import (
    AXES,
    CM3_A_KG,
    Axis,
    ChargeableWeight,
    OneRate,
    OriginDistance,
    TimeValue,
    ValueDensity,
    Volume,
    Weight,
    spaced,
)
from fourport.study.curves.origin import road_of
from fourport.study.curves.rates import Ranges, find_rate
from fourport.world.oversize import oversize
from fourport.world.sampling import quantile
from fourport.world.sizes import sizes

SPAN = 10.0
"""Factor below and above a value that does not vary in a scenario, for a default range."""


Lanes = dict[str, tuple[str, ...]]
"""Routes by lane."""


def lanes_of(
    corridor: Corridor, lane: str | None, routes: str | Sequence[str] | None
) -> tuple[Lanes, tuple[str, ...]]:
    """Return the requested lanes and routes (None for all), and the lanes without any of the routes.

    Raises
    ------
    UserError
        If a lane does not exist, or a route is on none of the lanes.
    """
    lanes = corridor.scenario.lanes
    lane, routes = text("lane", lane), None if routes is None else texts("routes", routes)
    if lane is not None and lane not in lanes:
        raise UserError(
            f"{argument('lane')} {lane}: there is no such lane{suggestion(lane, lanes)}{allowed(list(lanes))}"
        )
    found = {name: tuple(one.routes) for name, one in lanes.items() if lane in (None, name)}
    if routes is None:
        return found, ()
    known = list(dict.fromkeys(name for some in found.values() for name in some))
    for name in routes:
        if name not in known:
            hint = suggestion(name, known) + allowed(known)
            raise UserError(f"{argument('routes')} {name}: is not a route here{hint}")
    kept = {name: tuple(r for r in some if r in routes) for name, some in found.items()}
    dropped = tuple(name for name, some in kept.items() if not some)
    return {name: some for name, some in kept.items() if some}, dropped


def axis_of(
    over: str,
    corridor: Corridor,
    ranges: Ranges,
    lanes: Sequence[str],
    *,
    rate: str | None = None,
    along: str | None = None,
    ends: tuple[float | None, float | None] = (None, None),
) -> Axis:
    """Return the requested axis.

    Parameters
    ----------
    over
        One of :data:`~fourport.study.curves.axes.AXES`.
    rate
        The rate to vary on the axis ``rate``, TARIFF or TARIFF.LINE.
    along
        The road of the axis ``hinterland-distance``.
    ends
        Requested ends of the range; a rate needs no range of its own if both are given.

    Raises
    ------
    UserError
        If an option is missing, does not belong to the axis, or has an unknown value.
    """
    if over not in AXES:
        hint = suggestion(str(over), AXES) + allowed(AXES)
        raise UserError(f"{argument('over')} {over}: is not an axis{hint}")
    axis, its_rate = argument("over"), argument("rate")
    for name, given, where in (("rate", rate, "rate"), ("along", along, "hinterland-distance")):
        if given is not None and over != where:
            raise UserError(f"{argument(name)} {given}: goes with {axis} {where}, not with {axis} {over}")
    if over == "rate":
        if rate is None:
            what = f"{its_rate} TARIFF or {its_rate} TARIFF.LINE: the rate to vary"
            raise UserError(f"{axis} rate needs {what}")
        scenario = corridor.scenario
        found = find_rate(scenario, rate)
        known = found.range(scenario, ranges) if None in ends else None
        return OneRate(found, found.unit(scenario), found.title(scenario), known)
    if over == "hinterland-distance":
        return OriginDistance({lane: road_of(corridor, lane, along) for lane in lanes})
    plain: dict[str, Axis] = {
        "weight": Weight(),
        "value-density": ValueDensity(corridor.scenario.reporting_currency),
        "volume": Volume(),
        "time-value": TimeValue(),
    }
    return plain[over]


def grids_of(
    axis: Axis,
    corridor: Corridor,
    routes: Mapping[str, Sequence[str]],
    points: int,
    ends: tuple[float | None, float | None] = (None, None),
    right: str = "0 < lowest < highest",
) -> dict[str, tuple[float, ...]]:
    """Return the points of each lane, ascending.

    Parameters
    ----------
    ends
        Ends of the range, in the unit of the axis; None for those of the axis.
    right
        What a message says of ends that would be right.

    Raises
    ------
    UserError
        If the range is empty, or goods at its upper end do not fit into the vehicles of a route.
    """
    found = {}
    for lane, names in routes.items():
        own = axis.range(corridor.scenario, lane)
        if own[0] == own[1]:
            own = (own[0] / SPAN, own[1] * SPAN)
        low, high = (other if end is None else end for end, other in zip(ends, own, strict=True))
        if ends[1] is None:
            high = largest_that_fits(corridor, lane, names, axis, high)
        least = 1e-9 if axis.log or isinstance(axis, Volume) else 0.0
        if not (least <= low < high and math.isfinite(high)):
            what = f"{low:g} to {high:g} {axis.unit}"
            raise UserError(f"lane {lane!r}: the range from {what} is empty; allowed: {right}")
        if isinstance(axis, OriginDistance) and axis.roads[lane].key and high > axis.roads[lane].reach_km:
            road = axis.roads[lane]
            ends_at = f"the road {road.key!r} ends at {road.reach_km:g} km"
            raise UserError(f"{argument('high')} {high:g} km: {ends_at}")
        _refuse_too_large(corridor, lane, names, axis, high)
        found[lane] = tuple(spaced(low, high, points, log=axis.log))
    return found


def largest_that_fits(
    corridor: Corridor, lane: str, routes: Sequence[str], axis: Axis, wanted: float
) -> float:
    """Return the requested end of an axis, or the largest that fits a vehicle of each route if less."""
    if not _too_large(corridor, lane, routes, axis, wanted):
        return wanted
    fits, not_ = 0.0, wanted
    while not_ - fits > 1e-6 * wanted:
        middle = (fits + not_) / 2
        fits, not_ = (fits, middle) if _too_large(corridor, lane, routes, axis, middle) else (middle, not_)
    round_ = float(f"{fits:.3g}")
    return fits if _too_large(corridor, lane, routes, axis, round_) else round_


def _refuse_too_large(corridor: Corridor, lane: str, routes: Sequence[str], axis: Axis, x: float) -> None:
    """Refuse goods that do not fit into the vehicles of a route: a consignment is not split.

    The stored times are those of a consignment that travels as a whole. Times of a consignment split over
    several departures were not simulated.
    """
    problems = _too_large(corridor, lane, routes, axis, x)
    if problems:
        raise UserError(
            f"lane {lane!r}: up to {x:g} {axis.unit}: a consignment travels whole, it is not split",
            *(f"  {problem.key[1]}: {problem.message}" for problem in problems),
        )


def _too_large(corridor: Corridor, lane: str, routes: Sequence[str], axis: Axis, x: float) -> list[Problem]:
    """Return a problem for each vehicle too small for the bulkiest consignment at a point of an axis."""
    scenario = corridor.scenario
    goods = [scenario.commodities[name] for name in scenario.lanes[lane].commodities]
    if isinstance(axis, Weight):
        kg, m3 = x, x / min(_end(one.density, 0.0) for one in goods)
    elif isinstance(axis, ChargeableWeight):
        kg, m3 = x, x * CM3_A_KG / 1e6
    elif isinstance(axis, Volume):
        kg = max(_end(one.weight, 1 - 2.0**-53) for one in goods)
        m3 = kg / 1000 * x
    else:
        return []
    size = sizes(np.array([kg]), np.array([m3]), scenario.container_load)[0]
    names = corridor.plan.names.routes
    return [problem for route in routes for problem in oversize(corridor, names.index(route), size)]


def _end(distribution: Distribution[Any], u: float) -> float:
    return float(quantile(distribution, np.array([u]))[0])
