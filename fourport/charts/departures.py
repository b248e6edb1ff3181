"""Scheduled departures: one row per weekly departure, with load, weeks and consignments rolled over.

A bar shows the capacity of a departure: background cargo, the load of the corridor, and
what is free. Beside it stand the weeks of the window, then figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.legend import Sign, flow, legend, legend_height
from fourport.charts.page import Page
from fourport.charts.sailings import (
    ScheduledService,
    WeeklyDeparture,
    first_monday,
    services,
    without_departure,
)
from fourport.charts.shades import Shades
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import HEADING, MARGIN, SMALL, TEXT, WIDTH, Style
from fourport.charts.text_layout import lines, number, short, width_of, wrap

CHART = Chart(
    "Each sailing and flight: load, background, rolled over, cancelled",
    needs="departures",
    off_slide="its columns of figures need a page",
)

SHADES = Shades((40, 60, 80, 90, 99))
"""Shades by the share of capacity used in a week, %."""

LOAD, BACKGROUND, FREE = "#0072B2", "#c9c9c9", "#ffffff"

PITCH, BAR = 0.19, 0.115
"""In inches: distance of rows, height of a bar."""

AFTER, SCALE = 0.16, 0.46
"""In inches: space after a service, space for the scale at the foot."""

BARS, WEEKS = 3.6, 3.4
"""Width of the columns of bars and of weeks, inches."""
NARROWEST = 2.2
"""Least width of the bars beside long names, inches."""

FIGURES = (0.72, 1.02, 0.8)
"""Width of the columns of figures, inches."""

DATES = 4
"""Most dates below the weeks."""

RIGHT = 0.42
"""Distance from the left side of a column to the right end of its figures, inches."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw the departures of each service below its name."""
    found = services(results, policy)
    heads = [_heading(results, service) for service in found]
    names = 0.15 + max(width_of(d.name, TEXT) for service in found for d in service.departures)
    room = WIDTH - 2 * MARGIN - WEEKS - sum(FIGURES) - 0.5
    names = min(max(names, 0.8), room - NARROWEST)
    wide = min(room - names, BARS)
    blocks = [lines(len(head), HEADING) + lines(len(about), SMALL) + 0.06 for head, about in heads]
    titles = _titles(wide)
    head_high = lines(max(len(rows) for rows in titles), SMALL) + 0.1
    free = [
        Sign(say("background"), BACKGROUND, "////"),
        Sign(say("load"), LOAD),
        Sign(say("free"), FREE),
    ]
    signs = flow({say("capacity of a departure, %"): free, say("capacity used in a week, %"): SHADES.signs})
    above = legend_height(signs, style)
    height = above + head_high + sum(blocks)
    height += sum(len(s.departures) * PITCH + AFTER for s in found) + SCALE
    note = say(
        "Each row is a weekly departure: mean over its dates in the window and over replications. Bar: "
        "share of its capacity, in the dimension that the cargo fills most. Right of a black mark: "
        "block space."
    )
    if absent := [results.title("services", name) for name in without_departure(results, policy)]:
        note += " " + say("No departure in the window: {services}.", services=", ".join(absent))
    page = Page(
        results,
        policy,
        style,
        height=height,
        title=say("Scheduled departures: capacity used, cargo rolled over, cancellations"),
        note=note,
    )
    legend(page, signs, outlined=True)
    lefts = _lefts(names, wide)
    for left, rows in zip(lefts, titles, strict=True):
        page.write(left, page.top + above, rows, SMALL, color=style.quiet)
    top = page.top + above + head_high
    for service, (head, about), block in zip(found, heads, blocks, strict=True):
        page.write(MARGIN, top, head, HEADING, weight="bold")
        page.write(MARGIN, top + lines(len(head), HEADING), about, SMALL, color=style.quiet)
        top += block
        _rows(page, service, top, lefts, wide)
        top += len(service.departures) * PITCH + AFTER
    last = max(len(departure.weeks) for service in found for departure in service.departures)
    _scale(
        page.axes(lefts[0], top - AFTER, wide, 0.01),
        100,
        range(0, 101, 20),
        say("capacity of a departure, %"),
    )
    weeks = range(0, last, math.ceil(last / DATES))
    axes = page.axes(lefts[1], top - AFTER, WEEKS, 0.01)
    _scale(axes, last, weeks, say("week that begins on"))
    monday = first_monday(results, policy)
    days = [f"{monday + timedelta(weeks=week)}" for week in weeks]
    axes.set_xticks(weeks, days, horizontalalignment="left")
    return page.figure


def _lefts(names: float, wide: float) -> list[float]:
    """Return the left side of each column: bars, weeks, figures."""
    found = [MARGIN + names, MARGIN + names + wide + 0.25]
    at = found[-1] + WEEKS + 0.15
    for width in FIGURES:
        found.append(at)
        at += width
    return found


def _titles(wide: float) -> list[list[str]]:
    """Return the titles of the columns, in lines."""
    columns = (
        (say("capacity of a departure, %"), wide),
        (say("capacity used, week by week"), WEEKS),
        (say("load, t"), FIGURES[0]),
        (say("rolled over, consignments"), FIGURES[1]),
        (say("cancelled, %"), FIGURES[2]),
    )
    return [wrap(name, width - 0.06, SMALL) for name, width in columns]


def _heading(results: StoredResults, service: ScheduledService) -> tuple[list[str], list[str]]:
    """Return the title of a service, and the text on its places, cut-off and capacity, in lines."""
    inner = WIDTH - 2 * MARGIN
    among = results.titles("places")
    origin, destination = (short(results.title("places", place), among) for place in service.ends)
    parts = [
        f"{origin} \u2192 {destination}",
        say("cut-off {hours} h before departure", hours=_span(service.cut_off_h)),
    ]
    if service.limited:
        whole, block = ([getattr(one, what) for one in service.departures] for what in ("capacity", "block"))
        parts.append(say("capacity {amount} {unit}", amount=_span(whole), unit=service.unit))
        if any(one > 0 for one in block):
            parts.append(say("of it block space {amount} {unit}", amount=_span(block), unit=service.unit))
    else:
        parts.append(say("unlimited capacity"))
    title = results.title("services", service.name)
    return wrap(title, inner, HEADING, "bold"), wrap("; ".join(parts), inner, SMALL)


def _span(amounts: Sequence[float]) -> str:
    """Format amounts that differ from departure to departure; NaN is left out."""
    known = [one for one in amounts if not math.isnan(one)]
    return "\u2013".join(dict.fromkeys((number(min(known)), number(max(known)))))


def _rows(page: Page, service: ScheduledService, top: float, lefts: Sequence[float], wide: float) -> None:
    count = len(service.departures)
    bars = page.axes(lefts[0], top, wide, count * PITCH)
    weeks = page.axes(lefts[1], top, WEEKS, count * PITCH)
    for axes in (bars, weeks):
        axes.set_ylim(count, 0)
        axes.set_axis_off()
        axes.patch.set_visible(False)
    bars.set_xlim(0, 100)
    weeks.set_xlim(0, len(service.departures[0].weeks))
    for k, departure in enumerate(service.departures):
        at = top + k * PITCH + (PITCH - lines(1, TEXT)) / 2
        page.write(MARGIN, at, [departure.name], TEXT)
        if not math.isnan(departure.capacity) and not math.isnan(departure.load):
            _bar(bars, k + 0.5, departure, page.style)
        figures = (_few(departure.load_t), _few(departure.rolled_over), _few(departure.cancelled))
        for left, text in zip(lefts[2:], figures, strict=True):
            page.write(left + RIGHT - width_of(text, TEXT), at, [text], TEXT)
    if service.limited:
        colors, norm = SHADES.scale
        cells = np.ma.masked_invalid(np.array([d.weeks for d in service.departures]))
        gap = (1 - BAR / PITCH) / 2
        for k in range(count):
            edges = np.arange(cells.shape[1] + 1), np.array([k + gap, k + 1 - gap])
            weeks.pcolormesh(*edges, cells[k : k + 1], cmap=colors, norm=norm, rasterized=False)


def _few(amount: float) -> str:
    """Format a small amount; 0 only for exactly nothing."""
    if math.isnan(amount):
        return "\u2013"
    if 0 < amount < 0.05:
        return "<0.1"
    return f"{amount:.1f}" if amount else "0"


def _bar(axes: Axes, y: float, departure: WeeklyDeparture, style: Style) -> None:
    percent_per_unit = 100 / departure.capacity
    background = 0.0 if math.isnan(departure.background) else departure.background * percent_per_unit
    high = BAR / PITCH
    hatch = "////" if style.hatched else None
    axes.barh(y, 100, high, color=FREE, edgecolor=style.quiet, linewidth=0.6, zorder=1, clip_on=False)
    axes.barh(y, background, high, color=BACKGROUND, edgecolor=style.quiet, linewidth=0.3, hatch=hatch)
    axes.barh(y, departure.load * percent_per_unit, high, left=background, color=LOAD, zorder=2)
    if departure.block > 0:
        reserved = 100 - departure.block * percent_per_unit
        axes.plot([reserved] * 2, [y - high * 0.66, y + high * 0.66], color=style.ink, linewidth=1.6)


def _scale(axes: Axes, last: float, ticks: Sequence[int], name: str) -> None:
    """Draw the scale of a column below the last row."""
    axes.set_xlim(0, last)
    axes.set_xticks(ticks)
    axes.set_yticks([])
    axes.spines.left.set_visible(False)
    axes.set_xlabel(name, fontsize=SMALL, labelpad=1.5)
