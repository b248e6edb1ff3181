"""The network of a run on the globe: places, ways by weight, the windows in which to show them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.charts.land import RADIUS_KM, Line, Window, great_circle, over_land, seam
from fourport.charts.results import Results
from fourport.errors import UserError

CLUSTER, CLUSTER_SHARE = 11.0, 0.045
"""Degrees within which places are too near each other to be told apart on a map of half the world, and the
same as a share of the width of a smaller one."""

CHAIN = 15.0
"""Degrees from which a cluster is taken apart once more, into places near each other by a quarter of that."""

CROWD, INSETS = 3, 3
"""Places from which a cluster has a map of its own, and such maps at most."""

AFLOAT, ASHORE = ("sea",), 60.0
"""Modes that keep to the water, and the km over land from which a line is not where they go: less is a
port's own coast on coarse outlines."""

Place = tuple[float, float]
"""Longitude, counted on from the map's west, and latitude."""


@dataclass(frozen=True)
class Leg:
    """What moves between two places by one mode, t in the window, and the line that joins them.

    Attributes
    ----------
    course
        Great circle.
    elsewhere
        Whether it goes where the mode cannot: a ship over land. The real course is not known.
    """

    mode: str
    ends: tuple[str, str]
    weight: float
    course: Line
    elsewhere: bool = False


@dataclass(frozen=True)
class Atlas:
    """Places and ways in use.

    Attributes
    ----------
    weight
        What leaves or reaches each place, t x km: the more, the more it matters on the map.
    """

    places: Mapping[str, Place]
    legs: Sequence[Leg]
    weight: Mapping[str, float]

    def window(self) -> Window:
        """Give the window that holds all courses, with room around them."""
        points = np.concatenate([leg.course for leg in self.legs])
        return _around(points, 0.05, 4.0)

    def clusters(self) -> list[list[str]]:
        """Give the groups of places that need maps of their own, the largest first."""
        window = self.window()
        within = min(CLUSTER, CLUSTER_SHARE * (window.east - window.west))
        groups = self._grouped(list(self.places), within)
        # A chain of places may span a continent, on a map of which its crowds would be as crowded as before.
        groups = [
            part
            for group in groups
            for part in (self._grouped(group, within / 4) if self._across(group) > CHAIN else [group])
        ]
        crowds = [group for group in groups if len({self.places[name] for name in group}) >= CROWD]
        return sorted(crowds, key=lambda group: (-len(group), min(group)))[:INSETS]

    def _grouped(self, names: Sequence[str], within: float) -> list[list[str]]:
        """Give the groups of places that are joined by neighbours within so many degrees."""
        groups: list[list[str]] = []
        for name in sorted(names, key=lambda name: self.places[name]):
            near = [group for group in groups if any(self._apart(name, other) < within for other in group)]
            merged = [name, *(other for group in near for other in group)]
            groups = [group for group in groups if group not in near] + [merged]
        return groups

    def _across(self, names: Sequence[str]) -> float:
        """Give the degrees between the two places of a group that lie farthest from each other."""
        return max(self._apart(one, other) for one in names for other in names)

    def _apart(self, one: str, other: str) -> float:
        """Give how far apart two places are, in degrees of latitude."""
        (x, y), (u, v) = self.places[one], self.places[other]
        return math.hypot((x - u) * math.cos(math.radians((y + v) / 2)), y - v)

    def inset(self, names: Sequence[str]) -> Window:
        """Give the window around a group of places."""
        return _around(np.array([self.places[name] for name in names]), 0.14, 0.4)


def atlas(results: Results, policy: str) -> Atlas:
    """Read what moves, from the ways on which anything does.

    Raises
    ------
    UserError
        If nothing moves.
    """
    weights: dict[tuple[str, str, str], float] = {}
    turnover: dict[str, float] = {}
    for row in results.rows("legs", policy):
        weight = row["mean"] if row["measure"] == "weight" else 0.0
        if weight > 0:
            key = (row["mode"], row["from"], row["to"])
            weights[key] = weights.get(key, 0.0) + weight
            for end in key[1:]:
                turnover[end] = turnover.get(end, 0.0) + weight * row["km"]
    if not weights:
        raise UserError(f"{results.run.file('legs')}: nothing moves, there is no network to draw")
    rows = {name: results.places[name] for name in turnover}
    cut = seam([row["longitude"] for row in rows.values()])
    places = {name: ((row["longitude"] - cut) % 360 + cut, row["latitude"]) for name, row in rows.items()}
    legs = []
    for (mode, start, end), weight in weights.items():
        course = great_circle(places[start], places[end])
        elsewhere = mode in AFLOAT and over_land(course) > ASHORE
        legs.append(Leg(mode, (start, end), weight, course, elsewhere))
    return Atlas(places, sorted(legs, key=lambda leg: -leg.weight), turnover)


def _around(points: Line, share: float, least: float) -> Window:
    """Give a window around points, with a share of its size and at least so many degrees on each side."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    x, y = max((east - west) * share, least), max((north - south) * share, least)
    return Window(float(west - x), float(max(south - y, -85)), float(east + x), float(min(north + y, 85)))


def fit(window: Window, width: float, height: float) -> Window:
    """Widen a window to the shape of a frame, so that a km is as long east as north at its middle."""
    middle = (window.south + window.north) / 2
    squeeze = math.cos(math.radians(middle))
    across, up = (window.east - window.west) * squeeze, window.north - window.south
    if across / up < width / height:
        more = (up * width / height - across) / squeeze / 2
        return Window(window.west - more, window.south, window.east + more, window.north)
    more = (across * height / width - up) / 2
    return Window(window.west, window.south - more, window.east, window.north + more)


def km_wide(window: Window) -> float:
    """Give the width of a window at its middle, km."""
    middle = math.radians((window.south + window.north) / 2)
    return math.radians(window.east - window.west) * math.cos(middle) * RADIUS_KM
