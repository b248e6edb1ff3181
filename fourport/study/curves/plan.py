"""From what a user asks of curves to an axis, its points, and a check that goods of that size can go."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fourport.errors import Problem, UserError
from fourport.plan.corridor import Corridor
from fourport.scenario.distributions import Distribution
from fourport.study.curves.axes import (
    LITRES_A_KG,
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
from fourport.world.draw import oversize
from fourport.world.sampling import quantile
from fourport.world.sizes import sizes

SPAN = 10.0
"""Factor below and above what does not vary in a scenario, for a range to look at."""


@dataclass(frozen=True)
class Ask:
    """What curves are asked to run over.

    Attributes
    ----------
    over
        One of :data:`~fourport.study.curves.axes.AXES`.
    low, high
        Ends of the range, in the unit of the axis; else the axis's own.
    rate
        The rate that ``rate`` moves, TARIFF or TARIFF.LINE.
    along
        The road that ``hinterland-distance`` goes along.
    """

    over: str
    points: int = 25
    low: float | None = None
    high: float | None = None
    rate: str | None = None
    along: str | None = None


def axis_of(ask: Ask, corridor: Corridor, ranges: Ranges, lanes: Sequence[str]) -> Axis:
    """Give the axis.

    Raises
    ------
    UserError
        If an option is missing, does not belong to the axis, or names nothing.
    """
    for option, given, where in (("--rate", ask.rate, "rate"), ("--along", ask.along, "hinterland-distance")):
        if given is not None and ask.over != where:
            raise UserError(f"{option} {given}: goes with --over {where}, not with --over {ask.over}")
    if ask.over == "rate":
        if ask.rate is None:
            raise UserError("--over rate needs --rate TARIFF or --rate TARIFF.LINE: the rate that is moved")
        scenario = corridor.scenario
        rate = find_rate(scenario, ask.rate)
        known = None if ask.low is not None and ask.high is not None else rate.range(scenario, ranges)
        return OneRate(rate, rate.unit(scenario), rate.title(scenario), known)
    if ask.over == "hinterland-distance":
        return OriginDistance({lane: road_of(corridor, lane, ask.along) for lane in lanes})
    plain: dict[str, Axis] = {
        "weight": Weight(),
        "value-density": ValueDensity(corridor.scenario.reporting_currency),
        "volume": Volume(),
        "time-value": TimeValue(),
    }
    return plain[ask.over]


def grids_of(
    ask: Ask, axis: Axis, corridor: Corridor, routes: Mapping[str, Sequence[str]]
) -> dict[str, list[float]]:
    """Give the points of each lane.

    Raises
    ------
    UserError
        If the range is empty, or goods at its high end fit no vehicle of a route.
    """
    found = {}
    for lane, names in routes.items():
        own = axis.range(corridor.scenario, lane)
        if own[0] == own[1]:
            own = (own[0] / SPAN, own[1] * SPAN)
        low = own[0] if ask.low is None else ask.low
        high = own[1] if ask.high is None else ask.high
        if ask.high is None:
            high = largest_that_fits(corridor, lane, names, axis, high)
        least = 1e-9 if axis.log or isinstance(axis, Volume) else 0.0
        if not (least <= low < high and math.isfinite(high)):
            what = f"{low:g} to {high:g} {axis.unit}"
            raise UserError(f"lane {lane!r}: nothing lies from {what}; allowed: --from above 0, below --to")
        if isinstance(axis, OriginDistance) and axis.roads[lane].key and high > axis.roads[lane].reach_km:
            road = axis.roads[lane]
            raise UserError(f"--to {high:g} km: the road {road.key!r} ends at {road.reach_km:g} km")
        _refuse_too_large(corridor, lane, names, axis, high)
        found[lane] = spaced(low, high, ask.points, log=axis.log)
    return found


def largest_that_fits(
    corridor: Corridor, lane: str, routes: Sequence[str], axis: Axis, wanted: float
) -> float:
    """Give the wanted end of an axis, or what still fits a vehicle of each route if that is less."""
    if not _too_large(corridor, lane, routes, axis, wanted):
        return wanted
    fits, not_ = 0.0, wanted
    while not_ - fits > 1e-6 * wanted:
        middle = (fits + not_) / 2
        fits, not_ = (fits, middle) if _too_large(corridor, lane, routes, axis, middle) else (middle, not_)
    round_ = float(f"{fits:.3g}")
    return fits if _too_large(corridor, lane, routes, axis, round_) else round_


def _refuse_too_large(corridor: Corridor, lane: str, routes: Sequence[str], axis: Axis, x: float) -> None:
    """Refuse goods that fit no vehicle of a route: a consignment is not split.

    Its times are those of a consignment that travelled whole; how long the parts of one
    take that is spread over several departures was not simulated.
    """
    problems = _too_large(corridor, lane, routes, axis, x)
    if problems:
        raise UserError(
            f"lane {lane!r}: up to {x:g} {axis.unit}: a consignment travels whole, it is not split",
            *(f"  {problem.key[1]}: {problem.message}" for problem in problems),
        )


def _too_large(corridor: Corridor, lane: str, routes: Sequence[str], axis: Axis, x: float) -> list[Problem]:
    """Give the vehicles into which the bulkiest consignment at a point of an axis does not fit."""
    scenario = corridor.scenario
    goods = [scenario.commodities[name] for name in scenario.lanes[lane].commodities]
    if isinstance(axis, Weight):
        kg, m3 = x, x / min(_end(one.density, 0.0) for one in goods)
    elif isinstance(axis, ChargeableWeight):
        kg, m3 = x, x * LITRES_A_KG / 1e3
    elif isinstance(axis, Volume):
        kg = max(_end(one.weight, 1 - 2.0**-53) for one in goods)
        m3 = kg / 1000 * x
    else:
        return []
    size = sizes(np.array([kg]), np.array([m3]), scenario.container_load)[0]
    names = corridor.plan.route_names
    return [problem for route in routes for problem in oversize(corridor, names.index(route), size)]


def _end(distribution: Distribution[Any], u: float) -> float:
    return float(quantile(distribution, np.array([u]))[0])
