"""Which routes are dominated: another one is both faster and cheaper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from fourport.charts.results import Value


@dataclass(frozen=True)
class Point:
    """A route's time and cost.

    Attributes
    ----------
    time, cost
        Means over replications, with 95 % intervals.
    p95
        Time within which 95 % of its consignments are delivered, likewise.
    """

    lane: str
    route: str
    time: Value
    cost: Value
    p95: Value


class Standing(Enum):
    """What a route is among the routes of its lane."""

    CHOICE = "choice"
    ON_THE_MEAN = "dominated on the mean"
    DOMINATED = "dominated"


def standings(points: Sequence[Point]) -> dict[str, Standing]:
    """Tell for each route whether another one dominates it.

    By its means a route is dominated if another one is no slower, no dearer and
    in one of them better. That is certain only where neither the intervals of
    time nor those of cost of the two overlap: without that it is so on the mean.
    """
    return {point.route: _standing(point, points) for point in points}


def route_choice(points: Sequence[Point]) -> list[Point]:
    """Give the routes that none dominates by the means, the fastest first."""
    best = [point for point in points if not any(_beats(other, point) for other in points)]
    return sorted(best, key=lambda point: (point.time.mean, point.cost.mean))


def _standing(point: Point, points: Sequence[Point]) -> Standing:
    better = [other for other in points if _beats(other, point)]
    if not better:
        return Standing.CHOICE
    certain = any(_below(it.time, point.time) and _below(it.cost, point.cost) for it in better)
    return Standing.DOMINATED if certain else Standing.ON_THE_MEAN


def _beats(one: Point, other: Point) -> bool:
    pairs = ((one.time.mean, other.time.mean), (one.cost.mean, other.cost.mean))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def _below(one: Value, other: Value) -> bool:
    """Tell whether an interval ends before the other begins; false if there is none."""
    return one.has_interval and other.has_interval and one.high < other.low
