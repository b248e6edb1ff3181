"""Tests that ships go round land: against distances of real services, outlines, and the shortest line."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from fourport.charts.land import Window, outlines, over_land
from fourport.charts.sea_route import _HIGH, _WIDE, _known, _land, _middles, course
from fourport.scenario.load import load
from tests.charts.test_network_map import haversine

PLACES = {
    "Qingdao": (120.2, 36.0),
    "Hamburg": (9.9, 53.5),
    "Busan": (128.8, 35.05),
    "Los Angeles": (-118.2, 33.7),
    "Leixoes": (-8.7, 41.2),
    "Piraeus": (23.6, 37.9),
    "Odessa": (30.8, 46.5),
    "Genoa": (8.9, 44.4),
    "Almaty": (76.9, 43.2),
}
FAR_KM = 2000.0


def length(start: tuple[float, float], end: tuple[float, float]) -> float:
    found = course(start, end)
    assert found is not None
    return sum(haversine(tuple(a), tuple(b)) for a, b in pairwise(found))


def test_courses_are_as_long_as_those_of_ships() -> None:
    """Tests the deep-sea services of a shipped scenario: their distance is plausible by its source.

    They lead through the canal of Suez, and over the Pacific; a way round Africa would be far too long.
    """
    scenario = (loaded := load("eurasia-bridge")).scenario
    seen = 0
    for name, service in scenario.services.items():
        if service.mode == "sea" and service.distance > FAR_KM:
            ends = [scenario.facilities[place] for place in (service.origin, service.destination)]
            limits = loaded.provenance["services", name, "distance"].range
            assert limits is not None
            least, most = (float(limit.removesuffix(" nmi")) * 1.852 for limit in limits)
            assert least <= length(*((at.longitude, at.latitude) for at in ends)) <= most, name
            seen += 1
    assert seen == 4


@pytest.mark.parametrize(
    ("start", "end"), [("Leixoes", "Piraeus"), ("Odessa", "Piraeus"), ("Busan", "Los Angeles")]
)
def test_courses_keep_to_the_sea(start: str, end: str) -> None:
    """Tests ends, the longest stretch over land, no jump in longitude, and that no line is shorter."""
    found = course(PLACES[start], PLACES[end])
    assert found is not None
    assert tuple(found[0]) == pytest.approx(PLACES[start])
    assert (found[-1] - PLACES[end]) % 360 == pytest.approx(0.0, abs=1e-6)
    assert over_land(found) < 60.0
    assert np.abs(np.diff(found[:, 0])).max() < 180
    assert length(PLACES[start], PLACES[end]) >= haversine(PLACES[start], PLACES[end])
    assert length(PLACES[end], PLACES[start]) == pytest.approx(length(PLACES[start], PLACES[end]), rel=0.02)


@pytest.mark.parametrize(("start", "end"), [("Leixoes", "Piraeus"), ("Piraeus", "Genoa")])
def test_courses_go_round_capes(start: str, end: str) -> None:
    """Tests that only bays of ports and known straits, 100 km round them, have a course over coarse land."""
    found = course(PLACES[start], PLACES[end])
    assert found is not None
    straits = [tuple(one) for passage in _known()["passages"].values() for one in passage]
    near = [PLACES[start], PLACES[end], *straits]
    open_sea = [min(haversine(tuple(one), place) for place in near) > 100 for one in found]
    dry = np.zeros(len(found), dtype=np.bool_)
    for ring in outlines(Window(-180, -90, 180, 90)):
        dry |= Outline(ring).contains_points(found)
    assert sum(open_sea) > 50
    assert not (dry & open_sea).any()


def test_a_place_inland_has_no_course() -> None:
    """Tests that no ship reaches Almaty, and that none takes the ice of the Arctic to Europe."""
    assert course(PLACES["Qingdao"], PLACES["Almaty"]) is None
    found = course(PLACES["Qingdao"], PLACES["Hamburg"])
    assert found is not None
    assert found[:, 1].max() < 60


def test_land_is_that_of_the_outlines() -> None:
    """Tests a sample of cells against matplotlib's own test of points in outlines."""
    chosen = np.random.default_rng(1).choice(_HIGH * _WIDE, 2000, replace=False)
    middles = _middles()[chosen]
    dry = np.zeros(len(chosen), dtype=np.bool_)
    for ring in outlines(Window(-180, -90, 180, 90)):
        dry |= Outline(ring).contains_points(middles)
    assert (dry == _land().ravel()[chosen]).all()
    assert 0.2 < dry.mean() < 0.3
