"""Names of countries on a map, where they are clear of all else."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from fourport.charts.language import spoken
from fourport.charts.style import SMALL, Style

STEPS = 200
"""Points of a line at which a name is held against it."""

CLEAR = 3.0
"""Least distance of a name from all else, points."""


class Country(NamedTuple):
    """Name of a country by language, and where it may stand, (k, 2) longitudes and latitudes, best first."""

    names: dict[str, str]
    places: tuple[tuple[float, float], ...]


@cache
def countries() -> list[Country]:
    """Return the countries whose names are known, in the order in which they are written."""
    found: dict[str, Country] = {}
    text = files(__package__).joinpath("data", "countries.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        at = float(row["longitude"]), float(row["latitude"])
        before = found.get(row["en"])
        names = {language: row[language] for language in ("en", "zh", "ko")}
        found[row["en"]] = Country(names, (*(before.places if before else ()), at))
    return [*found.values()]


def write_countries(axes: Axes, keep_clear: Sequence[Line2D], style: Style) -> None:
    """Write the name of each country of a map that has room for it, in its own axes.

    Call it last: a name is left out where it would touch a text, a line or a sign that is drawn, or what
    must be kept clear.
    """
    figure: Any = axes.figure
    renderer = figure.canvas.get_renderer()
    pad = CLEAR * figure.dpi / 72
    taken = [text.get_window_extent(renderer).padded(pad) for text in axes.texts]
    points = np.concatenate([_points(axes, line) for line in (*axes.get_lines(), *keep_clear)])
    inside = axes.get_window_extent(renderer).padded(-pad)
    for country in countries():
        for x, y in _shown(axes, country.places):
            text = axes.text(
                x, y, country.names[spoken()], fontsize=SMALL, color=style.quiet, ha="center", va="center",
                alpha=0.75, zorder=1.5,
            )  # fmt: skip
            box = text.get_window_extent(renderer).padded(pad)
            if _holds(inside, box) and box.count_overlaps(taken) == 0 and not _met(box, points):
                taken.append(box)
                break
            text.remove()


def _shown(axes: Axes, places: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield the places that are within a map, whichever meridian it begins at."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    for x, y in places:
        turned = x + 360.0 * math.ceil((west - x) / 360.0)
        if turned < east and south < y < north:
            yield turned, y


def _points(axes: Axes, line: Line2D) -> NDArray[np.float64]:
    """Return points along a line, in pixels, (k, 2)."""
    transform = line.get_transform() if line.axes is not None else axes.transData
    at = transform.transform(np.column_stack([line.get_xdata(), line.get_ydata()]).astype(float))
    if len(at) < 2:
        return np.asarray(at, dtype=float)
    where = np.linspace(0, len(at) - 1, max(STEPS, 4 * len(at)))
    return np.column_stack([np.interp(where, np.arange(len(at)), at[:, k]) for k in (0, 1)])


def _holds(outer: Bbox, inner: Bbox) -> bool:
    return bool(
        outer.x0 <= inner.x0 and inner.x1 <= outer.x1 and outer.y0 <= inner.y0 and inner.y1 <= outer.y1
    )


def _met(box: Bbox, points: NDArray[np.float64]) -> bool:
    x, y = points.T
    return bool(((box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)).any())
