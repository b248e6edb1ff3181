"""Tests that the time-distance graph shows the stored stops, in its own units."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.end_labels import spread
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import ALL, LANES, ROUTES, Made, kept, write_run
from tests.charts.look import texts
from tests.stored import rows_of


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["time-distance"].figure(StoredResults(run), "base", STYLES["screen"])


@cache
def whole() -> Figure:
    """Give the chart of the whole made-up run, drawn once."""
    return figure(kept())


def routes_drawn(figure: Figure, panel: int) -> list[Line2D]:
    return [line for line in figure.axes[panel].get_lines() if line.get_marker() not in ("None", "", "_")]


def bars_at_doors(figure: Figure, panel: int) -> list[tuple[list[float], list[float]]]:
    """Give low and high, and x, of the bars beside the ends of routes."""
    lines = [line for line in figure.axes[panel].get_lines() if line.get_marker() == "_"]
    return [(_floats(line.get_ydata()), _floats(line.get_xdata())) for line in lines]


def _floats(values: object) -> list[float]:
    return [float(value) for value in np.asarray(values)]


def test_one_panel_a_lane_and_one_line_a_route() -> None:
    """Tests that every route of every lane is there."""
    drawn = whole()
    assert [len(routes_drawn(drawn, k)) for k in range(3)] == [len(routes) for routes in ALL.lanes.values()]
    assert all(title in texts(drawn) for title in (*LANES.values(), *ROUTES.values()))


def test_lines_go_through_the_stored_means(tmp_path: Path) -> None:
    """Tests that x is the stored km and y the stored hours, in days."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "post"]}))
    rows = [r for r in rows_of(run, "stops") if (r["route"], r["measure"]) == ("post", "mean")]
    line = routes_drawn(figure(run), 0)[1]
    np.testing.assert_allclose(np.asarray(line.get_xdata()), [float(r["km"]) for r in rows])
    np.testing.assert_allclose(np.asarray(line.get_ydata()) * 24, [float(r["mean"]) for r in rows])


def test_stops_are_vertical(tmp_path: Path) -> None:
    """Tests that goods do not move while they stop: arriving and leaving have one x."""
    line = routes_drawn(figure(write_run(tmp_path / "run", Made({"west": ["direct"]}))), 0)[0]
    x = np.asarray(line.get_xdata())
    np.testing.assert_array_equal(x[1:-2:2], x[2:-1:2])
    assert (np.diff(x[::2]) > 0).all()


def test_waiting_at_the_origin_is_a_step_with_a_name(tmp_path: Path) -> None:
    """Tests that a line begins at 0 and rises at the origin, which is named besides in the heading."""
    names = []
    for waits in (False, True):
        run = write_run(tmp_path / f"run-{waits}", Made({"west": ["direct"]}, stops=2, waits=waits))
        drawn = figure(run)
        x, y = np.asarray(routes_drawn(drawn, 0)[0].get_xydata()).T
        assert (x[0], y[0]) == (0, 0)
        assert (x[1] == 0 and y[1] > 0) == waits
        names.append(sum(text.get_text().startswith("Works") for text in drawn.axes[0].texts))
        assert drawn.axes[0].get_xscale() == "linear"
    assert names == [0, 1]


def test_axes_are_shared_and_hold_the_band() -> None:
    """Tests that panels can be compared, and that no P90 is cut."""
    run, drawn = kept(), whole()
    limits = {(axes.get_xlim(), axes.get_ylim()) for axes in drawn.axes}
    slowest = max(float(row["mean"]) for row in rows_of(run, "stops") if row["measure"] == "p90")
    assert len(limits) == 1
    assert drawn.axes[0].get_ylim()[1] * 24 > slowest


def test_band_at_the_door_has_a_bar(tmp_path: Path) -> None:
    """Tests that a bar beside the end of each route goes from P10 to P90 of the door-to-door time."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "post"]}))
    rows = [row for row in rows_of(run, "stops") if row["event"] == "deliver" and row["unit"] == "h"]
    ends = {(row["route"], row["measure"]): float(row["mean"]) / 24 for row in rows}
    stored = sorted([ends[route, "p10"], ends[route, "p90"]] for route in ("sea-air", "post"))
    np.testing.assert_allclose(sorted(band for band, _ in bars_at_doors(figure(run), 0)), stored)


def test_the_mean_at_the_door_is_written() -> None:
    """Tests that the number beside the end of each route is its mean, in days."""
    seen = texts(whole())
    for row in rows_of(kept(), "stops"):
        if row["event"] == "deliver" and row["measure"] == "mean":
            assert f" {float(row['mean']) / 24:.1f} " in f" {seen} "


def test_means_at_the_door_stand_beside_their_ends() -> None:
    """Tests on the reference run that each mean is right of all bars and within 0.6 day of its end."""
    folder = Path(__file__).resolve().parents[2] / "results" / "reference"
    drawn = figure(Run(folder))
    for panel, axes in enumerate(drawn.axes):
        right = max(float(np.max(x)) for _, x in bars_at_doors(drawn, panel))
        written = [text for text in axes.texts if text.get_fontweight() == "bold"]
        bold = {text.get_text(): text.get_position() for text in written}
        ends = [float(np.asarray(line.get_ydata())[-1]) for line in routes_drawn(drawn, panel)]
        assert {f"{end:.1f}" for end in ends} == set(bold)
        for end in ends:
            x, y = bold[f"{end:.1f}"]
            assert x > right
            assert abs(y - end) < 0.6


def test_moved_places_are_apart_and_near() -> None:
    """Tests moved places by hand: two at one height give way evenly, a far one stays where it is."""
    assert spread([1.0, 1.0, 9.0], 4.0) == [-1.0, 3.0, 9.0]
    assert spread([0.0, 5.0], 4.0) == [0.0, 5.0]


@pytest.mark.parametrize(("consignments", "pace", "unit"), [(50, 1.0, "days"), (50, 0.01, "hours")])
def test_unit_of_time(tmp_path: Path, consignments: int, pace: float, unit: str) -> None:
    """Tests that a journey of hours is drawn in hours."""
    run = write_run(tmp_path / "run", Made({"west": ["post"]}, consignments=consignments, pace=pace))
    assert f"time since acceptance, {unit}" in texts(figure(run))


def test_route_of_which_nothing_arrived(tmp_path: Path) -> None:
    """Tests that a route without times is named, and said to be without."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, lost=["direct"]))
    drawn = figure(run)
    assert len(routes_drawn(drawn, 0)) == 1
    assert "Direct air (none delivered)" in texts(drawn)


def test_nothing_arrived_at_all(tmp_path: Path) -> None:
    """Tests that a run without deliveries is refused in words."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, lost=["direct", "sea-air"]))
    with pytest.raises(UserError, match="nothing was delivered"):
        figure(run)


def test_stops_are_named(tmp_path: Path) -> None:
    """Tests that a route alone in its panel has all its stops named by the short form of their titles."""
    seen = texts(figure(write_run(tmp_path / "run", Made({"west": ["sea-air"]}, stops=6))))
    for name in ("Comprehensive bonded", "North port", "Far port"):
        assert name in seen
    assert "ferry terminal and multimodal" not in seen
