"""Tests which routes are dominated, by hand and against the definition."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fourport.charts.cost_time import RoutePoint, Standing, pareto_routes, standings
from fourport.charts.stored_results import Value


def point(route: str, time: float, cost: float, half: float = 0.0) -> RoutePoint:
    times = Value(time, time - half, time + half)
    return RoutePoint("lane", route, times, Value(cost, cost - half, cost + half), times)


def test_by_hand() -> None:
    """Tests a fast, a cheap, a poor and a nearly as good route."""
    points = [point("fast", 2, 9, 0.1), point("cheap", 8, 3, 0.1), point("poor", 9, 9.5, 0.1)]
    points.append(point("nearly", 8.1, 3.1, 0.1))
    found = standings(points)
    assert found["fast"] is found["cheap"] is Standing.CHOICE
    assert found["poor"] is Standing.DOMINATED
    assert found["nearly"] is Standing.ON_THE_MEAN
    assert [p.route for p in pareto_routes(points)] == ["fast", "cheap"]


def test_route_that_loses_its_goods_dominates_nothing() -> None:
    """Tests a route that is fast and cheap for what it delivers, and leaves 2 % undelivered."""
    points = [replace(point("fast", 2, 3, 0.1), undelivered=2.0), point("slow", 9, 9, 0.1)]
    assert set(standings(points).values()) == {Standing.CHOICE}
    points[0] = replace(points[0], undelivered=0.05)
    assert standings(points)["slow"] is Standing.DOMINATED


def test_slower_at_equal_cost_is_dominated_on_the_mean() -> None:
    """Tests that intervals of cost that overlap decide nothing, however clear the time is."""
    assert standings([point("a", 2, 5, 0.1), point("b", 9, 5, 0.1)])["b"] is Standing.ON_THE_MEAN


def test_twins_do_not_dominate_each_other() -> None:
    """Tests that routes with equal means are both choices."""
    points = [point("a", 2, 5), point("b", 2, 5)]
    assert set(standings(points).values()) == {Standing.CHOICE}
    assert len(pareto_routes(points)) == 2


def test_one_replication_is_never_certain() -> None:
    """Tests that without intervals a route is dominated on the mean only."""
    bare = [
        RoutePoint("lane", route, Value(x, math.nan, math.nan), Value(x, math.nan, math.nan), Value(x, x, x))
        for route, x in (("a", 1.0), ("b", 2.0))
    ]
    assert standings(bare)["b"] is Standing.ON_THE_MEAN


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_route_choice_is_what_none_dominates(means: list[tuple[int, int]]) -> None:
    """Tests that cost falls along the line, and that every other route is dominated by one on it."""
    points = [point(str(k), time, cost) for k, (time, cost) in enumerate(means)]
    best = pareto_routes(points)
    ends = sorted({(p.time.mean, p.cost.mean) for p in best})
    assert ends == sorted(ends, key=lambda end: -end[1])
    assert len({time for time, _ in ends}) == len(ends)
    for p in points:
        beaten = any(
            b.time.mean <= p.time.mean
            and b.cost.mean <= p.cost.mean
            and (b.time.mean, b.cost.mean) != (p.time.mean, p.cost.mean)
            for b in best
        )
        assert beaten == (p not in best)
