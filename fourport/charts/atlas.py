"""Network of a run on the globe: places, legs by weight, and the windows of the maps that show them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.charts.land import RADIUS_KM, Line, Window, great_circle, over_land, seam
from fourport.charts.stored_results import StoredResults
from fourport.errors import UserError
from fourport.store.tables import LegRow

CLUSTER, CLUSTER_SHARE = 11.0, 0.045
"""Distance in degrees below which places cannot be told apart on a map of half the world; the same as a
share of the width of a smaller map."""

CHAIN = 15.0
"""Width in degrees from which a cluster is split again, into places within a quarter of its distance."""

CROWD, INSETS = 3, 3
"""Number of places from which a cluster gets its own map, and the largest number of such maps."""

AFLOAT, ASHORE = ("sea",), 60.0
"""Modes that stay on water, and the km over land from which a line cannot be their course. Less may be the
coast of a port on coarse outlines."""

MapPosition = tuple[float, float]
"""Longitude, counted from the map's west, and latitude, degrees."""


@dataclass(frozen=True)
class MapLeg:
    """Weight that moves between two places by one mode, t in the window, and the line that joins them.

    Attributes
    ----------
    course
        Great circle; that of a ship which would cross land goes round it.
    elsewhere
        Whether the line goes where the mode cannot, such as a ship to a place that is not by the sea.
    """

    mode: str
    ends: tuple[str, str]
    weight: float
    course: Line
    elsewhere: bool = False


@dataclass(frozen=True)
class Atlas:
    """Places and legs in use.

    Attributes
    ----------
    weight
        Importance of each place on the map: what leaves or reaches it, t x km.
    """

    places: Mapping[str, MapPosition]
    legs: Sequence[MapLeg]
    weight: Mapping[str, float]

    def window(self) -> Window:
        """Return the window that holds all courses, with a margin."""
        points = np.concatenate([leg.course for leg in self.legs])
        return _around(points, 0.05, 4.0)

    def clusters(self) -> list[list[str]]:
        """Return the groups of places that need their own maps, the largest first."""
        window = self.window()
        within = min(CLUSTER, CLUSTER_SHARE * (window.east - window.west))
        groups = self._grouped(list(self.places), within)
        # A chain of places may span a continent; a map of that would be as crowded as before.
        groups = [
            part
            for group in groups
            for part in (self._grouped(group, within / 4) if self._across(group) > CHAIN else [group])
        ]
        crowds = [group for group in groups if len({self.places[name] for name in group}) >= CROWD]
        return sorted(crowds, key=lambda group: (-len(group), min(group)))[:INSETS]

    def _grouped(self, names: Sequence[str], within: float) -> list[list[str]]:
        """Return the groups of places joined by neighbours within so many degrees."""
        groups: list[list[str]] = []
        for name in sorted(names, key=lambda name: self.places[name]):
            near = [group for group in groups if any(self._apart(name, other) < within for other in group)]
            merged = [name, *(other for group in near for other in group)]
            groups = [group for group in groups if group not in near] + [merged]
        return groups

    def _across(self, names: Sequence[str]) -> float:
        """Return the distance of the two farthest places of a group, degrees."""
        return max(self._apart(one, other) for one in names for other in names)

    def _apart(self, one: str, other: str) -> float:
        """Return the distance of two places, in degrees of latitude."""
        (x, y), (u, v) = self.places[one], self.places[other]
        return math.hypot((x - u) * math.cos(math.radians((y + v) / 2)), y - v)

    def inset(self, names: Sequence[str]) -> Window:
        """Return the window around a group of places."""
        return _around(np.array([self.places[name] for name in names]), 0.14, 0.4)


def atlas(results: StoredResults, policy: str) -> Atlas:
    """Read places and legs in use from the results of a policy.

    Raises
    ------
    UserError
        If nothing moves.
    """
    weights: dict[tuple[str, str, str], float] = {}
    turnover: dict[str, float] = {}
    for row in results.rows(LegRow, policy):
        if row.measure == "weight" and row.mean > 0:
            key = (row.mode, row.origin, row.destination)
            weights[key] = weights.get(key, 0.0) + row.mean
            for end in key[1:]:
                turnover[end] = turnover.get(end, 0.0) + row.mean * row.km
    if not weights:
        raise UserError(f"{results.run.file('legs')}: nothing moves, there is no network to draw")
    rows = {name: results.places[name] for name in turnover}
    cut = seam([row.longitude for row in rows.values()])
    places = {name: ((row.longitude - cut) % 360 + cut, row.latitude) for name, row in rows.items()}
    legs = []
    for (mode, start, end), weight in weights.items():
        legs.append(MapLeg(mode, (start, end), weight, *_course(mode, places[start], places[end])))
    return Atlas(places, sorted(legs, key=lambda leg: -leg.weight), turnover)


def _course(mode: str, start: MapPosition, end: MapPosition) -> tuple[Line, bool]:
    """Return the line of a leg, and whether it goes where its mode cannot."""
    straight = great_circle(start, end)
    if mode not in AFLOAT or over_land(straight) <= ASHORE:
        return straight, False
    from fourport.charts import sea_route  # scipy takes a while to load, and few legs go round land

    round_land = sea_route.course(start, end)
    return (straight, True) if round_land is None else (round_land, False)


def _around(points: Line, share: float, least: float) -> Window:
    """Return a window around points, with a margin of a share of its size, at least so many degrees."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    x, y = max((east - west) * share, least), max((north - south) * share, least)
    return Window(float(west - x), float(max(south - y, -85)), float(east + x), float(min(north + y, 85)))


def fit(window: Window, width: float, height: float) -> Window:
    """Widen a window to the shape of a frame, so that at its middle a km is as long east as north."""
    middle = (window.south + window.north) / 2
    squeeze = math.cos(math.radians(middle))
    across, up = (window.east - window.west) * squeeze, window.north - window.south
    if across / up < width / height:
        more = (up * width / height - across) / squeeze / 2
        return Window(window.west - more, window.south, window.east + more, window.north)
    more = (across * height / width - up) / 2
    return Window(window.west, window.south - more, window.east, window.north + more)


def km_wide(window: Window) -> float:
    """Return the width of a window at its middle, km."""
    middle = math.radians((window.south + window.north) / 2)
    return math.radians(window.east - window.west) * math.cos(middle) * RADIUS_KM
