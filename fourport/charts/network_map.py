"""Network map: legs by mode, as wide as the weight on them, with crowded regions enlarged below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import MaxNLocator

from fourport.charts.atlas import Atlas, atlas, fit, km_wide
from fourport.charts.countries import write_countries
from fourport.charts.kinds import Chart
from fourport.charts.labels import Canvas, Label, place
from fourport.charts.land import Window, outlines
from fourport.charts.language import say
from fourport.charts.legend import Row, Sign, flow, legend, legend_height
from fourport.charts.page import Page, size_of
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import SMALL, TEXT, Style
from fourport.charts.text_layout import lines, number, short, width_of

CHART = Chart(
    "The network on a map: legs by mode, their width by weight",
    needs="legs",
)

SEA, LAND, COAST = "#eaf1f6", "#faf8f1", "#b9b4a2"

WIDEST, LEAST = 9.0, 0.8
"""Width in points of the leg that carries most, and least width of a leg."""

BUTT = {"solid_capstyle": "butt", "dash_capstyle": "butt"}
"""Line ends in the legend."""

ELSEWHERE, PALE = (0.5, 1.0), 0.35
"""Dashes and opacity of lines that go where their mode cannot."""

CLEAR = 0.11
"""Distance in inches around the sign of a place that other names should keep."""

LARGE = 20.0
"""Height of a map in degrees from which a km is not as long at all its latitudes."""

NEAR = 2.0
"""Distance in degrees within which places of the whole map share a name."""

INSET, GAP = 3.9, 0.25
"""In inches: height of the maps of crowded regions, space between maps."""


SLIDE_LEAST = 1.3
"""Least height of a map on a slide, inches."""

Frame = tuple[float, float, float, float]
"""Distances of a map from the left and the top of the page, its width and height, inches."""


@dataclass(frozen=True)
class Mode:
    """Line style of the legs of a mode; dashes distinguish modes without colour."""

    name: str
    color: str
    dashes: tuple[float, ...]


# Okabe and Ito (2008).
MODES: Mapping[str, Mode] = {
    "air": Mode("air", "#D55E00", ()),
    "sea": Mode("sea", "#0072B2", (3.0, 0.7)),
    "rail": Mode("rail", "#CC79A7", (5.0, 1.0, 1.0, 1.0)),
    "road": Mode("road", "#009E73", (1.2, 0.6)),
}


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw the whole network, and each crowded region on its own map."""
    found = atlas(results, policy)
    clusters = found.clusters()
    inner = style.width - 2 * style.margin
    whole = found.window()
    shape = km_wide(whole) / (np.radians(whole.north - whole.south) * 6371.0)
    high = float(np.clip(inner / shape, 2.6, 6.2))
    below = GAP + lines(1, TEXT) + INSET if clusters else 0.0
    page, top = _page(results, policy, style, found, high + below + 0.1)
    width = (inner - GAP * (len(clusters) - 1)) / max(len(clusters), 1)
    windows = []
    for k, cluster in enumerate(clusters):
        left, under = style.margin + k * (width + GAP), top + high + GAP
        page.write(left, under - 0.05, [_region_name(k)], TEXT, weight="bold")
        windows.append(_region(page, (left, under + lines(1, TEXT), width, INSET), found, cluster, results))
    _world(page, (style.margin, top, inner, high), found, whole, windows, results)
    return page.figure


def slides(results: StoredResults, policy: str, style: Style) -> Iterator[Figure]:
    """Draw the whole network on a slide, and each crowded region on one more."""
    found = atlas(results, policy)
    inner, clusters = style.width - 2 * style.margin, found.clusters()
    page, top = _page(results, policy, style, found, SLIDE_LEAST)
    high = page.bottom - top
    about = lines(1, TEXT) + 0.02
    windows = [fit(found.inset(cluster), inner, high - about) for cluster in clusters]
    frame = style.margin, top, inner, high
    _world(page, frame, found, fit(found.window(), inner, high), windows, results)
    yield page.figure
    for k, cluster in enumerate(clusters):
        page, top = _page(results, policy, style, found, SLIDE_LEAST)
        page.write(style.margin, top, [_region_name(k)], TEXT, weight="bold")
        _region(page, (style.margin, top + about, inner, high - about), found, cluster, results)
        yield page.figure


def _page(
    results: StoredResults, policy: str, style: Style, found: Atlas, height: float
) -> tuple[Page, float]:
    """Return the page of maps that need a height in inches, with its legend, and where the maps begin."""
    signs = _signs(found, results.weeks, style)
    above = legend_height(signs, style)
    page = Page(
        results,
        policy,
        style,
        height=above + height,
        title=say("What moves where: the legs of the network and the weight that they carry"),
        note=say(
            "Line width: weight that departs on a leg in the window, mean over replications. Lines are "
            "the shortest between places, by sea round land; they are no real courses. Land: Natural Earth."
        )
        + _about_ships(found),
    )
    legend(page, signs)
    return page, page.top + above


def _region_name(k: int) -> str:
    return say("Region {letter}", letter=ascii_uppercase[k])


def _region(page: Page, frame: Frame, found: Atlas, cluster: Sequence[str], results: StoredResults) -> Window:
    """Draw the map of a crowded region in a frame, and return what part of the world it shows."""
    window = fit(found.inset(cluster), *frame[2:])
    axes = _map(page, frame, window, found)
    scale = _scale(axes, window, page.style)
    names = _labels(found, [[name] for name in cluster], results, page.style)
    _names(axes, found, names, scale, page.style)
    write_countries(axes, scale, page.style)
    return window


def _world(
    page: Page,
    frame: Frame,
    found: Atlas,
    whole: Window,
    windows: Sequence[Window],
    results: StoredResults,
) -> None:
    """Draw the whole map in a frame, with the frames and letters of the crowded regions."""
    style, crowded = page.style, {name for cluster in found.clusters() for name in cluster}
    axes = _map(page, frame, whole, found)
    frames = [_frame(axes, window, style) for window in windows]
    letters = [
        Label(window.west, window.north, letter, style.ink, math.inf, bold=True)
        for window, letter in zip(windows, ascii_uppercase, strict=False)
    ]
    ends = _together(found, [name for name in found.places if name not in crowded])
    scale = _scale(axes, whole, style)
    _names(axes, found, [*letters, *_labels(found, ends, results, style)], [*frames, *scale], style)
    write_countries(axes, [*frames, *scale], style)


def _map(page: Page, frame: Frame, window: Window, found: Atlas) -> Axes:
    """Draw land, legs and places in a frame given in inches."""
    axes = page.axes(*frame)
    axes.set_facecolor(SEA)
    for ring in outlines(window):
        axes.add_patch(Polygon(ring, closed=True, facecolor=LAND, edgecolor=COAST, linewidth=0.4, zorder=1))
    most = found.legs[0].weight
    for leg in found.legs:
        mode = MODES[leg.mode]
        axes.plot(
            *leg.course.T,
            color=mode.color,
            linewidth=_width(leg.weight, most),
            linestyle=_dashes(ELSEWHERE if leg.elsewhere else mode.dashes),
            dash_capstyle="butt",
            solid_capstyle="round",
            alpha=PALE if leg.elsewhere else 0.9,
            zorder=2,
        )
    x, y = np.array(list(found.places.values())).T
    axes.plot(
        x, y, "o", markersize=3.6, markerfacecolor="white", markeredgecolor=page.style.ink, zorder=3, mew=0.9
    )
    axes.set_xlim(window.west, window.east)
    axes.set_ylim(window.south, window.north)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
    return axes


def _about_ships(found: Atlas) -> str:
    """Return the sentence on pale lines, "" if there are none."""
    if not any(leg.elsewhere for leg in found.legs):
        return ""
    return " " + say(
        "Pale: the line crosses land, because no sea reaches one of its ends; it shows no course."
    )


def _width(weight: float, most: float) -> float:
    return max(WIDEST * weight / most, LEAST)


def _names(
    axes: Axes, found: Atlas, labels: Sequence[Label], keep_clear: Sequence[Line2D], style: Style
) -> None:
    """Write names beside their points, clear of legs, of signs of places and of what else is drawn."""
    drawn = [line for line in axes.get_lines() if len(np.asarray(line.get_xdata())) > 1] + [*keep_clear]
    # A name beside another place's sign could be read as that place's name, so signs are kept clear.
    reach = (axes.get_xlim()[1] - axes.get_xlim()[0]) * CLEAR / (axes.get_position().width * style.width)
    for x, y in found.places.values():
        drawn += [Line2D([x - reach, x + reach], [y + k * reach / 2] * 2) for k in (-1, 0, 1)]
    place(Canvas(axes, drawn, SMALL, width=2.4, leader=style.quiet), labels)


def _labels(
    found: Atlas, groups: Sequence[Sequence[str]], results: StoredResults, style: Style
) -> list[Label]:
    """Return the names of places, the busiest first; places of a group share a name."""
    among = results.titles("places")
    return [
        Label(
            *found.places[group[0]],
            " / ".join(short(results.title("places", name), among) for name in group),
            style.ink,
            found.weight[group[0]],
        )
        for group in groups
    ]


def _together(found: Atlas, names: Sequence[str]) -> list[list[str]]:
    """Group places that are too near each other to be told apart, the busiest first."""
    groups: list[list[str]] = []
    for name in sorted(names, key=lambda name: -found.weight[name]):
        x, y = found.places[name]
        for group in groups:
            u, v = found.places[group[0]]
            if np.hypot(x - u, y - v) <= NEAR:
                group.append(name)
                break
        else:
            groups.append([name])
    return groups


def _frame(world: Axes, window: Window, style: Style) -> Line2D:
    """Mark an enlarged region on the whole map, and return its frame, which names keep clear of."""
    corner, wide, high = (window.west, window.south), window.east - window.west, window.north - window.south
    world.add_patch(Rectangle(corner, wide, high, fill=False, edgecolor=style.ink, linewidth=0.9, zorder=4))
    x, y = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]).T
    return Line2D(window.west + x * wide, window.south + y * high)


def _scale(axes: Axes, window: Window, style: Style) -> list[Line2D]:
    """Draw a scale bar of a round number of km, and return lines over it, which names keep clear of.

    On the map of a large part of the world it holds at the latitude that it names.
    """
    wide = km_wide(window)
    large = window.north - window.south > LARGE
    km = float(MaxNLocator(8 if large else 4, steps=[1, 2, 5, 10]).tick_values(0, wide)[1])
    left, y, gap = 0.03, 0.05, 0.012
    right = left + km / wide
    axes.plot([left, right], [y, y], color=style.ink, linewidth=2.0, transform=axes.transAxes)
    text = say("{km} km", km=number(km))
    if large:
        middle = number(abs(round((window.south + window.north) / 2)))
        text = say("{km} km at latitude {degrees}°", km=number(km), degrees=middle)
    axes.text(right + gap, y, text, transform=axes.transAxes, fontsize=SMALL, va="center")
    end = right + gap + width_of(text, SMALL) / (axes.get_position().width * style.width)
    x = window.west + np.array([left, end]) * (window.east - window.west)
    half = 0.01 * INSET / size_of(axes)[1]
    at = window.south + np.array([y - half, y, y + half]) * (window.north - window.south)
    return [Line2D(x, [north, north]) for north in at]


def _signs(found: Atlas, weeks: float, style: Style) -> list[Row]:
    """Return the signs of the modes, and of three line widths with their weights."""
    modes = [
        Sign(say(mode.name), mode.color, line={"linewidth": 3, "linestyle": _dashes(mode.dashes), **BUTT})
        for key, mode in MODES.items()
        if any(leg.mode == key for leg in found.legs)
    ]
    most = found.legs[0].weight
    rounds = [tick for tick in MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(0, most) if 0 < tick <= most]
    window = "" if math.isnan(weeks) else " " + say("in {weeks} weeks", weeks=number(weeks))
    widths = [
        Sign(
            say("{weight} t", weight=number(weight)),
            style.quiet,
            line={"linewidth": _width(weight, most), **BUTT},
        )
        for weight in (rounds[0] / 5, *rounds)
    ]
    return flow({say("mode"): modes, f"{say('weight')}{window}": widths}, style.width - 2 * style.margin)


def _dashes(dashes: Sequence[float]) -> Any:
    return (0, dashes) if dashes else "-"
