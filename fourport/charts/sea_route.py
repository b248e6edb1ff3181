"""Courses of ships round land: the shortest way over a coarse grid of the sea, from the shipped outlines.

A ship's course is the great circle unless that crosses land. Then it is the shortest path from cell to
cell (Dijkstra, 1959) over the eight neighbours, pulled straight wherever a great circle stays at sea. Canals
and straits that the outlines do not show, and waters closed by ice, are in ``data/sea.json``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fourport.charts.land import RADIUS_KM, Line, Window, great_circle, outlines, over_land

CELL = 0.5
"""Size of a cell, degrees."""

FROM_PORT_KM = 250.0
"""Largest distance from a port to its first cell at sea: estuaries and canals are not in the outlines."""

COASTAL = 1.1
"""How much longer than it is a way along a coast counts, so that ships keep off it."""

OVER_LAND, FINE = 30.0, 4
"""How much longer than it is a step over land counts, from one cell at sea to the next: ships take it only
where there is no other way. Land that lies between the middles of cells is found in finer cells, so many on
a side of each."""

_WORLD = Window(-180.0, -90.0, 180.0, 90.0)
_WIDE, _HIGH = round(360 / CELL), round(180 / CELL)
_STEPS = ((1, 0), (0, 1), (1, 1), (1, -1))
"""Steps to neighbours, east and north; each also leads back."""
_SIGHT = CELL / 5
"""Distance in degrees of the points at which a line is looked at."""


def course(start: tuple[float, float], end: tuple[float, float]) -> Line | None:
    """Return the shortest way of a ship between two places, None if one of them is not by the sea.

    Its longitudes have no jump, and count on from that of the start.
    """
    import scipy.sparse.csgraph as graphs

    first, last = _harbour(start), _harbour(end)
    if first is None or last is None:
        return None
    sea, ways = _ways()
    _, before = graphs.dijkstra(ways, indices=first, return_predecessors=True)
    cells = [last]
    while cells[-1] != first:
        cells.append(int(before[cells[-1]]))
    points = [(float(x), float(y)) for x, y in _middles()[cells[::-1]]]
    turns = [start, *_straightened(points, sea), end]
    legs = [great_circle(a, b, 25) for a, b in pairwise(turns)]
    found: Line = np.concatenate([legs[0], *(leg[1:] for leg in legs[1:])])
    found[:, 0] = np.unwrap(found[:, 0], period=360.0)
    return found


def _straightened(points: Sequence[tuple[float, float]], sea: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Leave out the points of a way that a great circle can pass by without crossing land."""
    kept, at = [points[0]], 0
    while at < len(points) - 1:
        reach = at + 1
        step = len(points) - 1 - at
        while step:  # farther by halves: to look at all points takes too long on an ocean
            if reach + step < len(points) and _at_sea(points[at], points[reach + step], sea):
                reach += step
            else:
                step //= 2
        kept.append(points[reach])
        at = reach
    return kept


def _at_sea(start: tuple[float, float], end: tuple[float, float], sea: NDArray[np.bool_]) -> bool:
    """Return whether a great circle stays at sea, by the cells and by the outlines themselves."""
    apart = float(np.hypot((end[0] - start[0] + 180) % 360 - 180, end[1] - start[1]))
    line = great_circle(start, end, max(int(apart / _SIGHT), 5))
    return bool(sea[_cell_of(line)].all()) and over_land(line) == 0.0


def _cell_of(points: Line) -> NDArray[np.intp]:
    """Return the numbers of the cells of points (k, 2)."""
    column = np.floor((points[:, 0] + 180) / CELL).astype(np.intp) % _WIDE
    row = np.floor((points[:, 1] + 90) / CELL).astype(np.intp).clip(0, _HIGH - 1)
    return row * _WIDE + column


@cache
def _middles() -> Line:
    """Return the middle of each cell, row by row from the south."""
    x, y = np.meshgrid(np.arange(_WIDE) * CELL - 180 + CELL / 2, np.arange(_HIGH) * CELL - 90 + CELL / 2)
    return np.column_stack([x.ravel(), y.ravel()])


def _harbour(place: tuple[float, float]) -> int | None:
    """Return the nearest cell of the sea, None if it is too far for a port."""
    sea, _ = _ways()
    cells = np.flatnonzero(sea)
    apart = _km(_middles()[cells], np.array([place]))
    nearest = int(np.argmin(apart))
    return int(cells[nearest]) if apart[nearest] <= FROM_PORT_KM else None


def _km(points: Line, others: Line) -> NDArray[np.float64]:
    """Return the distances of points (haversine formula)."""
    x, y = np.radians(points).T
    u, v = np.radians(others).T
    h = np.sin((v - y) / 2) ** 2 + np.cos(y) * np.cos(v) * np.sin((u - x) / 2) ** 2
    return np.asarray(2 * RADIUS_KM * np.arcsin(np.sqrt(h.clip(0, 1))))


@cache
def _ways() -> tuple[NDArray[np.bool_], Any]:
    """Return which cells are of the ocean, which joins most of them, and the km between neighbours."""
    import scipy.sparse.csgraph as graphs
    from scipy import sparse

    middles, sea = _middles(), _open_water().reshape(_HIGH, _WIDE)
    number = np.arange(_HIGH * _WIDE).reshape(_HIGH, _WIDE)
    ends, starts = [], []
    for east, north in _STEPS:
        there = np.roll(sea, -east, axis=1), np.roll(number, -east, axis=1)
        low, high = max(-north, 0), _HIGH - max(north, 0)
        both = sea[low:high] & there[0][low + north : high + north]
        starts.append(number[low:high][both])
        ends.append(there[1][low + north : high + north][both])
    one, other = np.concatenate(starts), np.concatenate(ends)
    clear, known = _off_coast(sea).ravel(), _passages()
    coast = ~(clear[one] & clear[other])
    ashore = _dry_between(middles[one[coast]], middles[other[coast]])
    ashore &= ~(known[one] & known[other])[coast]
    km = _km(middles[one], middles[other])
    km[coast] *= np.where(ashore, OVER_LAND, COASTAL)
    ways = sparse.csr_array((km, (one, other)), shape=(sea.size, sea.size))
    ways = ways + ways.T
    _, part = graphs.connected_components(ways, directed=False)
    ocean = np.bincount(part[sea.ravel()]).argmax()
    return sea.ravel() & (part == ocean), ways


def _dry_between(middles: Line, others: Line) -> NDArray[np.bool_]:
    """Return whether land lies between the middles of neighbouring cells (k, 2)."""
    dry, found = _land(FINE), np.zeros(len(middles), dtype=np.bool_)
    step = (others - middles + 180) % 360 - 180
    for share in np.arange(1, 2 * FINE) / (2 * FINE):
        x, y = (middles + share * step).T
        column = np.floor((x + 180) / CELL * FINE).astype(np.intp) % (_WIDE * FINE)
        row = np.floor((y + 90) / CELL * FINE).astype(np.intp)
        found |= dry[row, column]
    return found


def _off_coast(sea: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which cells have only sea around them."""
    rows = sea & np.roll(sea, 1, axis=0) & np.roll(sea, -1, axis=0)
    return rows & np.roll(rows, 1, axis=1) & np.roll(rows, -1, axis=1)


def _open_water() -> NDArray[np.bool_]:
    """Return which cells ships may use."""
    x, y = _middles().T
    dry = _land().ravel()
    for west, south, east, north in _known()["ice"]:
        dry |= (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return ~dry | _passages()


def _known() -> dict[str, Any]:
    """Return the passages and the ice that the outlines do not show."""
    found: dict[str, Any] = json.loads((files(__package__) / "data" / "sea.json").read_text(encoding="utf-8"))
    return found


def _passages() -> NDArray[np.bool_]:
    """Return which cells are of a canal or a strait."""
    found = np.zeros(_HIGH * _WIDE, dtype=np.bool_)
    for passage in _known()["passages"].values():
        for a, b in pairwise(passage):
            found[_cell_of(np.linspace(a, b, 60))] = True
    return found


def _land(parts: int = 1) -> NDArray[np.bool_]:
    """Return which cells have their middle on land: east of an odd number of borders in their row.

    Parameters
    ----------
    parts
        Number of finer cells on a side of each.
    """
    size = CELL / parts
    borders = np.zeros((_HIGH * parts, _WIDE * parts + 1), dtype=np.uint8)  # only odd or even counts
    for ring in outlines(_WORLD):
        starts, ends = ring, np.roll(ring, -1, axis=0)
        rows = np.ceil((np.column_stack([starts[:, 1], ends[:, 1]]) + 90) / size - 0.5).astype(np.intp)
        low, high = rows.min(axis=1), rows.max(axis=1)
        edge = np.repeat(np.arange(len(ring)), high - low)
        row = np.arange(len(edge)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[edge]
        share = ((row + 0.5) * size - 90 - starts[edge, 1]) / (ends[edge, 1] - starts[edge, 1])
        x = starts[edge, 0] + share * (ends[edge, 0] - starts[edge, 0])
        column = np.ceil((x + 180) / size - 0.5).astype(np.intp).clip(0, _WIDE * parts)
        np.add.at(borders, (row, column), np.uint8(1))
    return np.asarray(np.cumsum(borders, axis=1, dtype=np.uint8)[:, :-1] % 2 == 1)
