"""Tests that the cost-time chart shows the stored means, intervals and P95, and the Pareto line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fourport.charts import KINDS, StoredResults
from fourport.charts.cost_time import PARETO
from fourport.charts.drawing import settings
from fourport.charts.stored_results import Value
from fourport.charts.style import STYLES, looks
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import ALL, LANES, ROUTES, Made, kept, write_run
from tests.charts.look import texts

REFERENCE = Run.open(Path(__file__).resolve().parents[2] / "results" / "reference")


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["cost-time"].figure(StoredResults(run), "base", STYLES["screen"])


@cache
def whole() -> Figure:
    """Give the chart of the whole made-up run, drawn once."""
    return figure(kept())


@pytest.fixture(scope="module", name="shown", params=["made-up", "reference"])
def _shown(request: pytest.FixtureRequest) -> tuple[Run, Figure]:
    """Give a run and its chart, drawn once."""
    return (kept(), whole()) if request.param == "made-up" else (REFERENCE, figure(REFERENCE))


def stored(run: Run, lane: str, route: str) -> tuple[Value, Value, Value]:
    """Give time and cost in the units of the chart, and P95."""
    results = StoredResults(run)
    time = results.value("base", lane, route, "door_to_door_time").times(1 / 24)
    p95 = results.value("base", lane, route, "door_to_door_time_p95").times(1 / 24)
    return time, results.value("base", lane, route, "logistics_cost"), p95


def lines(axes: Axes, marker: str) -> list[Line2D]:
    return [line for line in axes.get_lines() if line.get_marker() == marker]


def data(line: Line2D) -> list[list[float]]:
    return [[float(x), float(y)] for x, y in np.asarray(line.get_xydata())]


def test_points_intervals_and_p95_are_the_stored_ones(shown: tuple[Run, Figure]) -> None:
    """Tests every sign of every route: mean, both intervals, and the hollow one at P95."""
    run, drawn = shown
    look = looks(StoredResults(run))
    for axes, (lane, routes) in zip(drawn.axes, StoredResults(run).lanes("base").items(), strict=True):
        across = [data(line) for line in lines(axes, "|")]
        upright = [data(line) for line in lines(axes, "_")]
        for k, route in enumerate(routes):
            time, cost, p95 = stored(run, lane, route)
            signs = lines(axes, look[route].marker)
            np.testing.assert_allclose(data(signs[0]), [[p95.mean, cost.mean]])
            np.testing.assert_allclose(data(signs[1]), [[time.mean, cost.mean]])
            assert signs[0].get_markerfacecolor() == "white" != signs[1].get_markerfacecolor()
            for limits, value in zip(across[2 * k : 2 * k + 2], (time, p95), strict=True):
                np.testing.assert_allclose(limits, [[value.low, cost.mean], [value.high, cost.mean]])
            np.testing.assert_allclose(upright[k], [[time.mean, cost.low], [time.mean, cost.high]])


def test_pareto_line_joins_what_none_dominates() -> None:
    """Tests the dashed line of every lane of the shipped scenario against the definition."""
    drawn, results = figure(REFERENCE), StoredResults(REFERENCE)
    for axes, (lane, routes) in zip(drawn.axes, results.lanes("base").items(), strict=True):
        means = []
        for route in routes:
            time, cost, _ = stored(REFERENCE, lane, route)
            means.append((time.mean, cost.mean))
        best = sorted(p for p in means if not any(q[0] <= p[0] and q[1] <= p[1] and q != p for q in means))
        dashed = [line for line in axes.get_lines() if line.get_label() == PARETO]
        assert len(dashed) == (1 if len(best) > 1 else 0)
        for line in dashed:
            np.testing.assert_allclose(data(line), best)


def test_dominated_routes_are_named_as_such(tmp_path: Path) -> None:
    """Tests a run in which each route is slower and dearer than the one before."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, consignments=4000))
    seen = texts(figure(run))
    assert f"{ROUTES['direct']} (dominated)" in seen
    assert f"{ROUTES['sea-air']} (dominated" not in seen


def test_intervals_that_overlap_do_not_decide(tmp_path: Path) -> None:
    """Tests that a route is not called dominated outright where the intervals leave it open."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, replications=1))
    assert f"{ROUTES['direct']} (dominated on the mean; the intervals do not decide)" in texts(figure(run))


def test_values_are_written(tmp_path: Path) -> None:
    """Tests that cost, time and P95 stand beside the signs of a panel with room, with their units."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}))
    seen = texts(figure(run))
    for route in ("sea-air", "direct"):
        time, cost, p95 = stored(run, "west", route)
        assert f"{cost.mean:.2f} USD/kg, {time.mean:.1f} days" in seen
        assert f"P95 {p95.mean:.1f} days" in seen


def test_one_scale_for_all_panels_that_holds_everything(shown: tuple[Run, Figure]) -> None:
    """Tests that an inch is as many days and as much money in every panel, and nothing is cut."""
    run, drawn = shown
    assert len({axes.get_xlim() for axes in drawn.axes}) == 1
    spans = [axes.get_ylim()[1] - axes.get_ylim()[0] for axes in drawn.axes]
    np.testing.assert_allclose(spans, spans[0])
    for axes, (lane, routes) in zip(drawn.axes, StoredResults(run).lanes("base").items(), strict=True):
        for route in routes:
            time, cost, p95 = stored(run, lane, route)
            assert axes.get_xlim()[0] < time.low
            assert max(time.high, p95.high) < axes.get_xlim()[1]
            assert axes.get_ylim()[0] < cost.low < cost.high < axes.get_ylim()[1]


def test_names_and_units() -> None:
    """Tests that lanes, routes and both units are there."""
    seen = texts(whole())
    for words in (*(LANES[lane] for lane in ALL.lanes), *ROUTES.values(), "cost, USD/kg", "time, days"):
        assert words in seen


def test_short_journeys_are_in_hours(tmp_path: Path) -> None:
    """Tests the unit of a journey of hours."""
    run = write_run(tmp_path / "run", Made({"west": ["direct"]}, pace=0.02))
    seen = texts(figure(run))
    assert "door-to-door time, hours" in seen
    assert f"P95 {24 * stored(run, 'west', 'direct')[2].mean:.1f} hours" in seen


def test_route_of_which_nothing_arrived(tmp_path: Path) -> None:
    """Tests that a route without times is named, and a run without any is refused."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, lost=["direct"]))
    assert "Direct air (none delivered)" in texts(figure(run))
    run = write_run(tmp_path / "none", Made({"west": ["direct"]}, lost=["direct"]))
    with pytest.raises(UserError, match="nothing was delivered"):
        figure(run)
