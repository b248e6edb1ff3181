"""Outlines of land, shipped with the package; nothing is downloaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

Line = NDArray[np.float64]
"""(k, 2) longitude and latitude, degrees."""

RADIUS_KM = 6371.0


@dataclass(frozen=True)
class Window:
    """A part of the world; longitudes count from its west side and may exceed 180."""

    west: float
    south: float
    east: float
    north: float

    def turned(self, degrees: float) -> Window:
        """Return the window with its longitudes shifted."""
        return Window(self.west + degrees, self.south, self.east + degrees, self.north)

    def holds(self, other: Window) -> bool:
        """Return whether another window lies inside this one."""
        return (
            self.west <= other.west
            and other.east <= self.east
            and self.south <= other.south
            and other.north <= self.north
        )


@cache
def _areas() -> list[tuple[Window, list[Line]]]:
    text = (files(__package__) / "data" / "land.json").read_text(encoding="utf-8")
    return [
        (
            Window(area["west"], area["south"], area["east"], area["north"]),
            [np.asarray(ring, dtype=np.float64) for ring in area["rings"]],
        )
        for area in json.loads(text)["areas"]
    ]


def outlines(window: Window) -> list[Line]:
    """Return the outlines that reach into a window, from the finest area that holds all of it."""
    turns = (-360.0, 0.0, 360.0)
    (_, rings), *finer = _areas()
    for area, finer_rings in finer:
        if any(area.turned(turn).holds(window) for turn in turns):
            rings = finer_rings
    found = []
    for ring in rings:
        for turn in turns:
            moved = ring + np.array([turn, 0.0])
            (west, south), (east, north) = moved.min(axis=0), moved.max(axis=0)
            if west < window.east and east > window.west and south < window.north and north > window.south:
                found.append(moved)
    return found


def over_land(course: Line) -> float:
    """Return the longest unbroken stretch of a course over land, km, by the coarsest outlines."""
    ashore = np.zeros(len(course), dtype=np.bool_)
    window = Window(*course.min(axis=0).tolist(), *course.max(axis=0).tolist())
    for ring in outlines(window):
        ashore |= Path(ring).contains_points(course)
    steps = [_km(a, b) for a, b in pairwise(course)]
    longest = run = 0.0
    for step, dry in zip(steps, ashore[1:] & ashore[:-1], strict=True):
        run = run + step if dry else 0.0
        longest = max(longest, run)
    return longest


def _km(start: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    a, b = _direction(start), _direction(end)
    return RADIUS_KM * float(np.arccos(np.clip(a @ b, -1.0, 1.0)))


def great_circle(start: tuple[float, float], end: tuple[float, float], points: int = 101) -> Line:
    """Return the shortest line between two places; its longitudes have no jump.

    Spherical linear interpolation of the two directions (Shoemake, 1985).
    """
    a, b = _direction(start), _direction(end)
    angle = float(np.arccos(np.clip(a @ b, -1.0, 1.0)))
    share = np.linspace(0.0, 1.0, points)[:, None]
    if angle < 1e-9:
        return np.repeat([start], points, axis=0).astype(np.float64)
    leg = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)
    longitude = np.unwrap(np.arctan2(leg[:, 1], leg[:, 0]))
    latitude = np.arcsin(np.clip(leg[:, 2], -1.0, 1.0))
    found = np.degrees(np.column_stack([longitude, latitude]))
    found[:, 0] += 360 * np.round((start[0] - found[0, 0]) / 360)
    course: Line = found
    return course


def _direction(place: tuple[float, float] | NDArray[np.float64]) -> NDArray[np.float64]:
    longitude, latitude = np.radians(place)
    return np.array(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )


def seam(longitudes: Sequence[float]) -> float:
    """Return the longitude, -180 to 180, at which to cut the world: the middle of the widest empty part."""
    ordered = np.sort(np.unique(np.mod(longitudes, 360.0)))
    gaps = np.diff(np.append(ordered, ordered[0] + 360.0))
    widest = int(np.argmax(gaps))
    return (float(ordered[widest] + gaps[widest] / 2) + 180.0) % 360.0 - 180.0
