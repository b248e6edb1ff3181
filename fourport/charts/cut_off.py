"""When in the week goods are ready for a service, and when its departures close.

Each service has a panel, each weekday a row; x is the local time. The height of a bar is
the number of consignments ready in a half hour, its shade their mean wait for a departure:
dark bars right after the mark of a cut-off have just missed it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from fourport.charts.kinds import Chart
from fourport.charts.language import WEEKDAYS, say
from fourport.charts.legend import Row, Sign, flow, legend, legend_height
from fourport.charts.page import Page
from fourport.charts.shades import Shades
from fourport.charts.stored_results import StoredResults, by
from fourport.charts.style import HEADING, MARGIN, SMALL, TEXT, WIDTH, Style
from fourport.charts.text_layout import lines, number, short, wrap
from fourport.charts.undelivered import percent
from fourport.store.tables import ArrivalRow, DepartureRow

CHART = Chart(
    "Arrival at the cut-off: when consignments are ready against when departures close",
    needs="arrivals",
    off_slide="its hours of each weekday need a page",
)

SHADES = Shades((6, 12, 24, 48), first=1)
"""Shades by hours until departure."""

ROW, FULL = 0.3, 0.88
"""Height of a weekday in inches, and the share of it that the tallest bar takes."""

COLUMNS, GAP, DAYS, BELOW = 2, 0.4, 0.42, 0.6


@dataclass(frozen=True)
class WeekOfArrivals:
    """A service: its title, place of departure, rows by half hour of the week, and cut-offs."""

    title: str
    place: str
    bars: Sequence[ArrivalRow]
    cut_offs: frozenset[tuple[int, float]]

    @property
    def most(self) -> float:
        """Largest number of consignments ready in a half hour of the week."""
        return max(bar.consignments for bar in self.bars)

    @property
    def left(self) -> str:
        """Text on consignments that no departure took by the end of the run; "" if there are none."""
        count = sum(bar.consignments for bar in self.bars)
        left = count - sum(bar.taken for bar in self.bars)
        if left == count:
            return say("none taken before the end")
        return say("{share} % not taken before the end", share=percent(left, count)) if left > 0 else ""

    @property
    def wait(self) -> float:
        """Mean hours until departure of all consignments taken; NaN if none was."""
        known = [bar for bar in self.bars if not math.isnan(bar.wait_h)]
        total = sum(bar.taken for bar in known)
        return sum(bar.taken * bar.wait_h for bar in known) / total if total else math.nan


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw a panel for each service for which any consignment was ready."""
    services = _services(results, policy)
    columns = min(COLUMNS, len(services))
    pitch = (WIDTH - 2 * MARGIN + GAP) / columns
    width = pitch - GAP
    heads = [wrap(service.title, width, HEADING, "bold") for service in services]
    abouts = [wrap(_about(service, results.weeks), width, SMALL) for service in services]
    rows = [range(k, min(k + columns, len(services))) for k in range(0, len(services), columns)]
    tall = [lines(len(head), HEADING) for head in heads]
    tops = [max(tall[k] + lines(len(abouts[k]), SMALL) for k in row) + 0.08 for row in rows]
    signs = _signs(any(math.isnan(bar.wait_h) for service in services for bar in service.bars), style)
    page = Page(
        results,
        policy,
        style,
        height=legend_height(signs, style) + sum(tops) + len(rows) * (7 * ROW + BELOW),
        title=say("When goods are ready for departure, and when departures close"),
        note=say(
            "Bars: consignments ready in each half hour of the week, mean over replications, one scale "
            "per panel. Shade: mean wait until the departure that takes them."
        ),
    )
    legend(page, signs, outlined=True)
    top = page.top + legend_height(signs, style)
    for row, head in zip(rows, tops, strict=True):
        for column, k in enumerate(row):
            left = MARGIN + column * pitch
            page.write(left, top, heads[k], HEADING, weight="bold")
            page.write(left, top + tall[k], abouts[k], SMALL, color=style.quiet)
            axes = page.axes(left + DAYS, top + head, width - DAYS, 7 * ROW)
            _draw(axes, services[k], style)
        top += head + 7 * ROW + BELOW
    return page.figure


def _signs(some_left: bool, style: Style) -> list[Row]:
    signs = [*SHADES.signs, *([Sign(say("none taken before the end"), style.line)] if some_left else [])]
    mark = {"marker": "|", "markersize": 11, "markeredgewidth": 1.8}
    signs.append(Sign(say("cut-off"), style.ink, line=mark))
    return flow({say("mean wait until departure, hours"): signs})


def _mark(style: Style) -> Mapping[str, Any]:
    return {"color": style.ink, "linewidth": 1.8, "solid_capstyle": "butt"}


def _services(results: StoredResults, policy: str) -> list[WeekOfArrivals]:
    closes = _closes(results, policy)
    among = results.titles("places")
    return [
        WeekOfArrivals(
            results.title("services", name),
            short(results.title("places", bars[-1].place), among),
            bars,
            frozenset(closes.get(name, ())),
        )
        for name, bars in by(results.rows(ArrivalRow, policy), lambda row: row.service).items()
    ]


def _closes(results: StoredResults, policy: str) -> dict[str, set[tuple[int, float]]]:
    """Return the cut-offs of each service: weekday and hour."""
    found: dict[str, set[tuple[int, float]]] = {}
    for row in results.rows(DepartureRow, policy):
        at = 24 * WEEKDAYS.index(row.weekday) + _hour(row.departs) - row.cut_off_h
        day, hour = divmod(at % (7 * 24), 24)
        found.setdefault(row.service, set()).add((int(day), hour))
    return found


def _hour(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60


def _about(service: WeekOfArrivals, weeks: float) -> str:
    """Return the text of a service: local time where, the tallest bar, the mean wait, what is left."""
    if math.isnan(weeks):
        count, one = number(service.most, 1), say("tallest bar: 1 consignment in the window")
        many = say("tallest bar: {count} consignments in the window", count=count)
    else:
        count, one = number(service.most / weeks, 2), say("tallest bar: 1 consignment a week")
        many = say("tallest bar: {count} consignments a week", count=count)
    most = one if count == "1" else many
    parts = [say("local time at {place}", place=service.place), most]
    if not math.isnan(service.wait):
        parts.append(say("mean wait {hours} h", hours=f"{service.wait:.0f}"))
    return "; ".join(filter(None, (*parts, service.left)))


def _bars(service: WeekOfArrivals, style: Style) -> PolyCollection:
    """Return all bars of a week as one artist: one for each takes seconds."""
    foot = np.array([WEEKDAYS.index(bar.weekday) + 1.0 for bar in service.bars])
    left = np.array([_hour(bar.clock) for bar in service.bars])
    top = foot - [bar.consignments * FULL / service.most for bar in service.bars]
    x = np.stack([left, left, left + 0.5, left + 0.5], axis=1)
    return PolyCollection(
        [*np.stack([x, np.stack([foot, top, top, foot], axis=1)], axis=2)],
        facecolors=[
            style.line if math.isnan(bar.wait_h) else SHADES.color(bar.wait_h) for bar in service.bars
        ],
        edgecolors=style.quiet,
        linewidths=0.3,
        zorder=2,
    )


def _draw(axes: Axes, service: WeekOfArrivals, style: Style) -> None:
    for day in range(7):
        axes.axhline(day + 1, color=style.line, linewidth=0.6, zorder=1)
    axes.add_collection(_bars(service, style), autolim=False)
    for day, hour in sorted(service.cut_offs):
        axes.plot([hour, hour], [day + 0.04, day + 1], zorder=3, **_mark(style))
    axes.set_xlim(0, 24)
    axes.set_ylim(7, 0)
    axes.set_xticks(range(0, 25, 3))
    axes.set_yticks([day + 0.5 for day in range(7)], [say(name) for name in WEEKDAYS])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(say("local time, hours"), fontsize=TEXT, labelpad=2.0)
    axes.spines.left.set_visible(False)
