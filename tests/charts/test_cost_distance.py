"""Tests that the cost-distance graph shows the stored costs at stops."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Path2D

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.route_profile import BAND
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import ALL, LANES, ROUTES, Made, kept, write_run
from tests.charts.look import texts
from tests.charts.test_time_distance import bars_at_doors, routes_drawn
from tests.stored import rows_of

REFERENCE = Run.open(Path(__file__).resolve().parents[2] / "results" / "reference")


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["cost-distance"].figure(StoredResults(run), "base", STYLES["screen"])


@cache
def whole() -> Figure:
    """Give the chart of the whole made-up run, drawn once."""
    return figure(kept())


def stored(run: Run, lane: str, route: str, measure: str) -> list[tuple[float, float]]:
    """Give km and amount at each stop, as they are in the file."""
    rows = [row for row in rows_of(run, "stops") if (row["lane"], row["route"]) == (lane, route)]
    return [(float(row["km"]), float(row["mean"])) for row in rows if row["measure"] == measure]


def bands_drawn(figure: Figure, panel: int) -> list[PathPatch]:
    """Give the bands of a panel, in the order of its routes."""
    return [one for one in figure.axes[panel].findobj(PathPatch) if one.get_label() == BAND]


@pytest.fixture(scope="module", name="shown", params=["made-up", "reference"])
def _shown(request: pytest.FixtureRequest) -> tuple[Run, Figure]:
    """Give a run and its chart, drawn once."""
    return (kept(), whole()) if request.param == "made-up" else (REFERENCE, figure(REFERENCE))


def test_lines_and_bands_are_the_stored_costs(shown: tuple[Run, Figure]) -> None:
    """Tests every point of every route and both edges of its band."""
    run, drawn = shown
    for panel, (lane, routes) in enumerate(StoredResults(run).lanes("base").items()):
        bands = bands_drawn(drawn, panel)
        for line, band, route in zip(routes_drawn(drawn, panel), bands, routes, strict=True):
            np.testing.assert_allclose(
                np.asarray(line.get_xydata()), stored(run, lane, route, "logistics_cost")
            )
            low, high = (stored(run, lane, route, f"logistics_cost_{name}") for name in ("p10", "p90"))
            edge = np.asarray(band.get_path().vertices)
            np.testing.assert_allclose(edge[: len(high)], high)
            np.testing.assert_allclose(edge[2 * len(low) - 1 : len(low) - 1 : -1], low)


def test_means_are_within_their_bands(shown: tuple[Run, Figure]) -> None:
    """Tests that no step of a line and no leg is seen outside of the band of its route."""
    run, drawn = shown
    for panel in range(len(StoredResults(run).lanes("base"))):
        axes = drawn.axes[panel]
        pairs = zip(routes_drawn(drawn, panel), bands_drawn(drawn, panel), strict=True)
        for line, band in pairs:
            dots = axes.transData.transform(np.asarray(line.get_xydata()))
            ways = np.linspace(0, 1, 9)[:, None]
            between = np.concatenate([a + (b - a) * ways for a, b in pairwise(dots)])
            outline = axes.transData.transform_path(band.get_path())
            parts = [Path2D(one) for one in outline.to_polygons()]
            near = [
                part.contains_points(between, radius=slack) for part in parts for slack in (-0.5, 0.5)
            ]  # half a dot: edges and line are the same where all consignments pay alike
            assert np.any(near, axis=0).all()


def test_ends_are_the_logistics_cost_of_the_summary(shown: tuple[Run, Figure]) -> None:
    """Tests that the number at the door is the summary's, and the bar beside it the stored P10 and P90."""
    run, drawn = shown
    results = StoredResults(run)
    seen = texts(drawn)
    for panel, (lane, routes) in enumerate(results.lanes("base").items()):
        bars = []
        for route in routes:
            assert f"{results.value('base', lane, route, 'logistics_cost').mean:.2f}" in seen
            low, high = (stored(run, lane, route, f"logistics_cost_{name}")[-1] for name in ("p10", "p90"))
            bars.append([low[1], high[1]])
        np.testing.assert_allclose(sorted(band for band, _ in bars_at_doors(drawn, panel)), sorted(bars))


def test_stops_are_vertical_and_cost_never_falls() -> None:
    """Tests that what is charged at a stop is a vertical step, and nothing is paid back."""
    drawn = figure(REFERENCE)
    for panel in range(len(drawn.axes)):
        for line in routes_drawn(drawn, panel):
            x, y = np.asarray(line.get_xydata()).T
            np.testing.assert_array_equal(x[1:-2:2], x[2:-1:2])
            assert (np.diff(y) >= 0).all()


def test_axes_are_shared_by_rows_and_hold_every_bar(shown: tuple[Run, Figure]) -> None:
    """Tests that lanes beside each other can be compared, and that no P90 is cut."""
    run, drawn = shown
    rows = [row for row in rows_of(run, "stops") if row["measure"] == "logistics_cost_p90"]
    assert len({axes.get_xlim() for axes in drawn.axes}) == 1
    assert drawn.axes[0].get_xlim()[1] > max(float(row["km"]) for row in rows)
    scales = {(axes.get_position().y0, axes.get_ylim()) for axes in drawn.axes}
    assert len(scales) == len({row for row, _ in scales})
    for lane, axes in zip(dict.fromkeys(row["lane"] for row in rows), drawn.axes, strict=True):
        assert axes.get_ylim()[1] > max(float(row["mean"]) for row in rows if row["lane"] == lane)


def test_names_and_units() -> None:
    """Tests that lanes, routes and both units are there."""
    seen = texts(whole())
    for words in (*(LANES[lane] for lane in ALL.lanes), *ROUTES.values(), "so far, USD/kg", "the origin, km"):
        assert words in seen


def test_route_of_which_nothing_arrived(tmp_path: Path) -> None:
    """Tests that a route without costs is named, and said to be without."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, lost=["direct"]))
    drawn = figure(run)
    assert len(routes_drawn(drawn, 0)) == 1
    assert "Direct air (none delivered)" in texts(drawn)


def test_run_without_costs_at_stops(tmp_path: Path) -> None:
    """Tests that an older run, which holds no costs at stops, is refused in words."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air"]}))
    rows = [row for row in rows_of(run, "stops") if row["unit"] == "h"]
    run.write_table("stops", [list(row.values()) for row in rows])
    with pytest.raises(UserError, match=r"stops\.csv: .*: holds no 'logistics_cost.*; run it again"):
        figure(run)
