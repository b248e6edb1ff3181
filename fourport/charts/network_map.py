"""The network on a map: ways by mode, as wide as what moves on them, crowded regions enlarged below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
from fourport.charts.labels import Label, Room, place
from fourport.charts.land import Window, outlines
from fourport.charts.language import say
from fourport.charts.page import MARGIN, Page
from fourport.charts.results import Results
from fourport.charts.style import SMALL, TEXT, WIDTH, Style
from fourport.charts.words import lines, short, width_of

SEA, LAND, COAST = "#eaf1f6", "#faf8f1", "#b9b4a2"

WIDEST, LEAST = 9.0, 0.8
"""Width in points of the way that carries most, and of any at least."""

CLEAR = 0.11
"""Inches around the sign of a place in which no other name had better stand."""

NEAR = 2.0
"""Degrees within which places of the whole map share a name."""

INSET, GAP = 3.9, 0.25
"""Height of the maps of crowded regions, and between maps, in inches."""


@dataclass(frozen=True)
class Mode:
    """How the ways of a mode are drawn: dashes tell it without colour."""

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


def figure(results: Results, policy: str, style: Style) -> Figure:
    """Draw the whole network, and each crowded region on a map of its own."""
    found = atlas(results, policy)
    clusters = found.clusters()
    inner = WIDTH - 2 * MARGIN
    whole = found.window()
    shape = km_wide(whole) / (np.radians(whole.north - whole.south) * 6371.0)
    high = float(np.clip(inner / shape, 2.6, 6.2))
    below = GAP + lines(1, TEXT) + INSET if clusters else 0.0
    page = Page(
        results,
        policy,
        style,
        height=0.34 + high + below + 0.1,
        title=say("What moves where: the ways of the network and the weight that they carry"),
        note=say(
            "Width of a way: weight that leaves by it in the window, mean over replications. All ways are "
            "drawn as great circles, whatever their real course. Land: Natural Earth."
        ),
    )
    _legend(page, found, results.weeks)
    top = page.top + 0.34
    world = _map(page, (MARGIN, top, inner, high), whole, found)
    width = (inner - GAP * (len(clusters) - 1)) / max(len(clusters), 1)
    crowded = {name for cluster in clusters for name in cluster}
    for number, cluster in enumerate(clusters):
        left, under = MARGIN + number * (width + GAP), top + high + GAP
        frame = (left, under + lines(1, TEXT), width, INSET)
        window = fit(found.inset(cluster), width, INSET)
        letter = ascii_uppercase[number]
        page.write(left, under - 0.05, [say("Region {letter}", letter=letter)], TEXT, weight="bold")
        axes = _map(page, frame, window, found)
        _scale(axes, window, style)
        _names(axes, found, [[name] for name in cluster], results, style)
        _frame(world, window, letter, style)
    ends = _together(found, [name for name in found.places if name not in crowded])
    _names(world, found, ends, results, style)
    return page.figure


def _map(page: Page, frame: tuple[float, float, float, float], window: Window, found: Atlas) -> Axes:
    """Draw land, ways and places in a frame of inches."""
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
            linestyle=(0, mode.dashes) if mode.dashes else "-",
            dash_capstyle="butt",
            solid_capstyle="round",
            alpha=0.9,
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
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(True)
    return axes


def _width(weight: float, most: float) -> float:
    return max(WIDEST * weight / most, LEAST)


def _names(axes: Axes, found: Atlas, groups: Sequence[Sequence[str]], results: Results, style: Style) -> None:
    """Name places, those first through which most passes, those of a group in one."""
    drawn = [line for line in axes.get_lines() if len(np.asarray(line.get_xdata())) > 1]
    # A name beside another place's sign would be taken for that place's: signs are kept clear all around.
    reach = (axes.get_xlim()[1] - axes.get_xlim()[0]) * CLEAR / (axes.get_position().width * WIDTH)
    for x, y in found.places.values():
        drawn += [Line2D([x - reach, x + reach], [y + k * reach / 2] * 2) for k in (-1, 0, 1)]
    among = results.titles("places")
    labels = [
        Label(
            *found.places[group[0]],
            " / ".join(short(results.title("places", name), among) for name in group),
            style.ink,
            found.weight[group[0]],
        )
        for group in groups
    ]
    place(Room(axes, drawn, SMALL, width=2.4, leader=style.quiet), labels)


def _together(found: Atlas, names: Sequence[str]) -> list[list[str]]:
    """Group places too near each other to be told apart, those first through which most passes."""
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


def _frame(world: Axes, window: Window, letter: str, style: Style) -> None:
    """Mark on the whole map what is enlarged."""
    corner, wide, high = (window.west, window.south), window.east - window.west, window.north - window.south
    world.add_patch(Rectangle(corner, wide, high, fill=False, edgecolor=style.ink, linewidth=0.9, zorder=4))
    world.annotate(
        letter,
        (window.west, window.north),
        (-3, 2),
        textcoords="offset points",
        ha="right",
        fontsize=TEXT,
        weight="bold",
        color=style.ink,
    )


def _scale(axes: Axes, window: Window, style: Style) -> None:
    """Draw how long a round number of km is."""
    wide = km_wide(window)
    km = float(MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(0, wide)[1])
    left, y = 0.03, 0.05
    axes.plot([left, left + km / wide], [y, y], color=style.ink, linewidth=2.0, transform=axes.transAxes)
    axes.text(
        left + km / wide + 0.012,
        y,
        say("{km} km", km=f"{km:,.0f}".replace(",", " ")),
        transform=axes.transAxes,
        fontsize=SMALL,
        va="center",
    )


def _legend(page: Page, found: Atlas, weeks: float) -> None:
    """Name modes, and what three widths stand for."""
    y, left = 1 - (page.top + lines(1, TEXT) / 2) / page.height, MARGIN
    entries: list[tuple[str, dict[str, Any]]] = []
    for key, mode in MODES.items():
        if any(leg.mode == key for leg in found.legs):
            dashes = (0, mode.dashes) if mode.dashes else "-"
            entries.append((say(mode.name), {"color": mode.color, "linewidth": 3, "linestyle": dashes}))
    most = found.legs[0].weight
    rounds = [tick for tick in MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(0, most) if 0 < tick <= most]
    for weight in (rounds[0] / 5, *rounds):
        name = f"{weight:,.3g}" if weight < 1000 else f"{weight:,.0f}".replace(",", " ")
        width = _width(weight, most)
        entries.append((say("{weight} t", weight=name), {"color": page.style.quiet, "linewidth": width}))
    for name, look in entries:
        ends = (left / WIDTH, (left + 0.4) / WIDTH)
        page.figure.add_artist(Line2D(ends, (y, y), solid_capstyle="butt", dash_capstyle="butt", **look))
        page.write(left + 0.48, page.top, [name], TEXT)
        left += 0.48 + width_of(name, TEXT) + 0.3
    if not math.isnan(weeks):
        page.write(left, page.top, [say("in {weeks} weeks", weeks=f"{weeks:g}")], TEXT)
