"""Tests that the map shows places where they are, ways as wide as they carry, and land around them."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline

from fourport.charts import KINDS, StoredResults
from fourport.charts.atlas import ASHORE, Atlas, MapLeg, atlas, fit, km_wide
from fourport.charts.countries import countries
from fourport.charts.drawing import settings
from fourport.charts.land import RADIUS_KM, Window, great_circle, outlines, over_land, seam
from fourport.charts.network_map import LEAST, PALE, WIDEST
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import Made, write_run
from tests.charts.look import texts
from tests.charts.planning import LEGS, PLACES
from tests.stored import rows_of

SMALL = Made({"islands": ["direct"]})
PLACE = st.tuples(st.floats(-179, 179), st.floats(-80, 80))


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["network-map"].figure(StoredResults(run), "base", STYLES["screen"])


def haversine(a: tuple[float, float], b: tuple[float, float]) -> float:
    (x, y), (u, v) = (tuple(map(math.radians, place)) for place in (a, b))
    h = math.sin((v - y) / 2) ** 2 + math.cos(y) * math.cos(v) * math.sin((u - x) / 2) ** 2
    return 2 * RADIUS_KM * math.asin(math.sqrt(min(h, 1.0)))


@given(PLACE, PLACE)
def test_great_circles_are_the_shortest_leg(start: tuple[float, float], end: tuple[float, float]) -> None:
    """Tests that its pieces are together as long as the distance, from end to end, without a jump."""
    if haversine(start, end) > 0.98 * math.pi * RADIUS_KM:
        return  # between antipodes every way is as short
    leg = great_circle(start, end)
    pieces = [haversine(tuple(a), tuple(b)) for a, b in pairwise(leg)]
    assert sum(pieces) == pytest.approx(haversine(start, end), rel=1e-6, abs=1e-3)
    assert haversine(tuple(leg[0]), start) < 1e-3
    assert haversine(tuple(leg[-1]), end) < 1e-3
    assert np.abs(np.diff(leg[:, 0])).max() < 180


@pytest.mark.parametrize(
    ("longitudes", "cut"),
    [([113, 126, -118, 8.7], -54.65), ([-10, 20], -175), ([170, -170], 0), ([5], -175)],
)
def test_the_world_is_cut_where_nobody_is(longitudes: list[float], cut: float) -> None:
    """Tests the middle of the widest gap between places."""
    assert (seam(longitudes) - cut) % 360 == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("start", "end", "crosses"),
    [
        ((120.2, 36.0), (9.9, 53.5), True),  # Qingdao, Hamburg: Siberia
        ((129.1, 35.1), (-118.2, 33.7), True),  # Busan, Los Angeles: Honshu
        ((122.2, 37.5), (126.6, 37.4), False),  # Weihai, Incheon
        ((-9.1, 38.7), (-74.0, 40.6), False),  # Lisbon, New York
        ((170.0, 0.0), (-120.0, 0.0), False),  # beyond 180
    ],
)
def test_ships_do_not_cross_land(start: tuple[float, float], end: tuple[float, float], crosses: bool) -> None:
    """Tests that a line over a continent or an island is told from one over the sea."""
    assert (over_land(great_circle(start, end)) > ASHORE) is crosses


def test_a_line_over_land_is_no_ship_s_course(tmp_path: Path) -> None:
    """Tests that a sea leg to a place inland is drawn pale, with a word on it; others go round land."""
    run = write_run(tmp_path / "run", SMALL)
    assert "Pale:" not in texts(figure(run))
    rows = rows_of(run, "legs")
    flown, driven = {"air": "sea"}, {"road": "sea", "rail": "sea"}
    for sailing in (flown, driven):
        sailed = [{**row, "mode": sailing.get(row["mode"], row["mode"])} for row in rows]
        run.write_table("legs", [list(row.values()) for row in sailed])
        drawn = figure(run)
        assert ("it shows no course" in texts(drawn)) is (sailing is driven)
    assert PALE in {line.get_alpha() for line in drawn.axes[0].get_lines()}


def on_land(x: float, y: float, margin: float = 1.0) -> bool:
    rings = outlines(Window(x - margin, y - margin, x + margin, y + margin))
    return any(Outline(ring).contains_point((x, y)) for ring in rings)


@pytest.mark.parametrize("turn", [-360.0, 0.0, 360.0])
def test_land_is_where_land_is(turn: float) -> None:
    """Tests cities and seas, also where longitudes are counted on beyond 180, and close to a coast."""
    for x, y in ((-118.0, 34.1), (8.7, 50.1), (116.4, 39.9), (127.0, 37.5), (134.0, -25.0), (170.0, 67.0)):
        assert on_land(x + turn, y), (x, y)
    for x, y in ((-40.0, 30.0), (160.0, 10.0), (-150.0, 40.0), (123.5, 36.0)):
        assert not on_land(x + turn, y), (x, y)
    # Finer outlines tell the tip of Shandong from the sea a tenth of a degree off it.
    assert on_land(122.6 + turn, 37.2, margin=0.3)
    assert not on_land(122.8 + turn, 37.4, margin=0.3)


@given(
    st.floats(-170, 170),
    st.floats(-60, 60),
    st.floats(0.5, 60),
    st.floats(0.5, 20),
    st.floats(1, 11),
    st.floats(1, 6),
)
def test_windows_are_fitted_without_losing_anything(
    west: float, south: float, wide: float, tall: float, width: float, height: float
) -> None:
    """Tests that a fitted window holds the first one and has a km as long east as north."""
    first = Window(west, south, west + wide, south + tall)
    found = fit(first, width, height)
    grown = Window(found.west - 1e-9, found.south - 1e-9, found.east + 1e-9, found.north + 1e-9)
    assert grown.holds(first)
    tall_km = math.radians(found.north - found.south) * RADIUS_KM
    assert km_wide(found) / width == pytest.approx(tall_km / height)


def test_legs_are_as_wide_as_they_carry(tmp_path: Path) -> None:
    """Tests widths and modes of lines, from place to place, and that idle ways are left out."""
    run = write_run(tmp_path / "run", SMALL)
    found = atlas(StoredResults(run), "base")
    assert {(*leg.ends, leg.mode): leg.weight for leg in found.legs} == {
        (start, end, mode): weight for _, mode, start, end, weight in LEGS if weight
    }
    assert "depot" not in found.places
    drawn = figure(run)
    lines = [line for line in drawn.axes[0].get_lines() if len(np.asarray(line.get_xdata())) > 50]
    for line, leg in zip(lines, found.legs, strict=True):
        assert line.get_linewidth() == pytest.approx(max(WIDEST * leg.weight / 300.0, LEAST))
    for name, (x, y) in found.places.items():
        _, latitude, longitude = PLACES[name]
        assert (x - longitude) % 360 == pytest.approx(0.0, abs=1e-6)
        assert y == latitude


def test_crowded_places_have_a_map_of_their_own(tmp_path: Path) -> None:
    """Tests that three near each other are enlarged, each named there or not at all, and two are not."""
    run = write_run(tmp_path / "run", SMALL)
    found = atlas(StoredResults(run), "base")
    (cluster,) = found.clusters()
    assert {"works", "zone", "port", "far-port", "air"} == set(cluster)
    drawn = figure(run)
    window = drawn.axes[1]
    for name in cluster:
        x, y = found.places[name]
        assert window.get_xlim()[0] < x < window.get_xlim()[1]
        assert window.get_ylim()[0] < y < window.get_ylim()[1]
    seen = texts(drawn)
    assert "Region A" in seen
    for title in (
        "Far international airport",
        "Midway transfer airport",
        "Gateway airport of the west coast / Rail ramp",
        "Inland terminal",
    ):
        assert title in seen


def test_a_small_map_tells_its_own_ends_apart() -> None:
    """Tests that crowds 400 km apart are one on a map of half the world, and two on a map of their sea."""
    offsets = {"port": (0.0, 0.0), "air": (0.1, -0.2), "park": (-0.1, 0.1)}
    places = {
        f"{side}-{name}": (x + dx, 37.4 + dy)
        for side, x in (("west", 122.1), ("east", 126.6))
        for name, (dx, dy) in offsets.items()
    }
    sea = MapLeg(
        "sea", ("west-port", "east-port"), 5.0, great_circle(places["west-port"], places["east-port"])
    )
    near = Atlas(places, [sea], dict.fromkeys(places, 1.0))
    assert sorted(sorted(group) for group in near.clusters()) == [
        ["east-air", "east-park", "east-port"],
        ["west-air", "west-park", "west-port"],
    ]
    far = {**places, "market": (240.0, 34.0)}
    air = MapLeg("air", ("east-air", "market"), 1.0, great_circle(far["east-air"], far["market"]))
    (cluster,) = Atlas(far, [sea, air], dict.fromkeys(far, 1.0)).clusters()
    assert set(cluster) == set(places)


def test_names_leave_the_scale_and_the_letters_of_regions_alone(tmp_path: Path) -> None:
    """Tests that no text of a map overlaps another one."""
    drawn = figure(write_run(tmp_path / "run", SMALL))
    renderer = drawn.canvas.get_renderer()  # type: ignore[attr-defined]
    for axes in drawn.axes:
        boxes = [text.get_window_extent(renderer) for text in axes.texts]
        assert len(boxes) > 3
        for k, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:k])


def test_nothing_moves(tmp_path: Path) -> None:
    """Tests that a network in which nothing moves is refused in words."""
    run = write_run(tmp_path / "run", SMALL)
    rows = [{**row, "mean": "0"} for row in rows_of(run, "legs")]
    run.write_table("legs", [list(row.values()) for row in rows])
    with pytest.raises(UserError, match="nothing moves"):
        figure(run)


def test_countries_stand_on_their_land_and_clear_of_all_else() -> None:
    """Tests that each point of each country is on land, and that names leave legs alone."""
    for country in countries():
        assert all(country.names.values())
        for place in country.places:
            assert on_land(*place), (country.names["en"], place)
    reference = Run.open(Path(__file__).resolve().parents[2] / "results" / "reference")
    drawn = figure(reference)
    axes = next(one for one in drawn.axes if one.get_xlim()[1] - one.get_xlim()[0] > 90)
    named = {country.names["en"] for country in countries()}
    shown = [text for text in axes.texts if text.get_text() in named]
    assert {"China", "Russia", "United States"} <= {text.get_text() for text in shown}
    renderer = drawn.canvas.get_renderer()  # type: ignore[attr-defined]
    for text in shown:
        box = text.get_window_extent(renderer)
        for line in axes.get_lines():
            drawn_at = line.get_transform().transform(np.column_stack(line.get_data()).astype(float))
            assert not Outline(drawn_at).intersects_bbox(box, filled=False)
