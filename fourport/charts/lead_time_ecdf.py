"""Lead times: share of consignments delivered within each time, with P95 and the promise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator
from numpy.typing import NDArray

from fourport.charts.caption import policy_title
from fourport.charts.kinds import Chart
from fourport.charts.labels import Canvas, Label, place
from fourport.charts.language import say
from fourport.charts.panels import MARK, Entry, Panel, lay_out, name_axes
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import Look, Style, line_of, looks
from fourport.charts.text_layout import number
from fourport.charts.undelivered import on_route, percent
from fourport.errors import UserError

CHART = Chart(
    "Share delivered within each door-to-door time, with P95",
    needs="lead-times",
    default=True,
    beside=True,
)

SHOWN = 99
"""Share in % up to which the slowest route is shown."""

TOP = 112.0
"""End of the axis of shares, %; above 100 % there is space for names."""

BAND = {"linewidth": 6.0, "linestyle": "-", "alpha": 0.3, "zorder": 1.8, "solid_capstyle": "butt"}
"""Line style of the first of two policies."""

HOURS = {"min": 1 / 60, "h": 1.0, **dict.fromkeys(("d", "day", "days"), 24.0), "week": 168.0, "weeks": 168.0}
"""Hours of each unit in which a scenario can give a promise."""

Times = NDArray[np.float64]
"""(2, k) shares of consignments, %, and the days within which they are delivered (infinite if never)."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw the distribution of door-to-door times, one curve per route, one panel per lane.

    With a second policy, the curves of the first are pale bands below those of the second.
    """
    first, policy = policy, results.beside or policy
    look = looks(results)
    times, before = _times(results, policy), _times(results, first) if results.beside else {}
    lanes = results.lanes(policy)
    known = [found for found in (*times.values(), *before.values()) if np.isfinite(found).all(axis=0).any()]
    if not known:
        raise UserError(f"{results.run.folder}: nothing was delivered, there are no lead times to draw")
    marks, earlier = _p95(results, policy, times), _p95(results, first, before)
    right = 1.03 * max([_last(found, SHOWN) for found in known] + [*marks.values(), *earlier.values()])
    promises = _promises(results, policy)
    right = max([right, *(1.1 * days for days in promises.values() if days < 2 * right)])
    slowest = max(_last(found, 100) for found in known)
    layout = lay_out(
        results,
        first,
        style,
        {lane: _panel(results, policy, lane, look, promises.get(lane)) for lane in lanes},
        title=say("How reliable door-to-door times are: the share delivered within each time"),
        note=_note(results, first, policy, promises=bool(promises), beyond=right < slowest),
        height=3.0 if len(lanes) > 1 else 4.8,
    )
    marked: list[tuple[Canvas, list[Label]]] = []
    for lane, axes in layout.axes.items():
        _scales(axes, right)
        drawn, labels = [], []
        if lane in promises:
            drawn.append(axes.axvline(promises[lane], 0, 100 / TOP, **_dashed(style)))
        for route in lanes[lane]:
            if (lane, route) in before:
                drawn += _curve(axes, before[lane, route], look[route], **BAND)
            if np.isfinite(times[lane, route][1]).any():
                drawn += _curve(axes, times[lane, route], look[route])
            if (lane, route) in marks:
                p95 = marks[lane, route]
                drawn += _mark(axes, p95, look[route])
                was = earlier.get((lane, route), math.nan)
                days = f"{p95:.1f}" if math.isnan(was) else f"{was:.1f} \u2192 {p95:.1f}"
                words = say("P95 {days} days", days=days)
                labels.append(Label(p95, 95.0, words, look[route].text, p95))
        canvas = Canvas(axes, drawn, MARK, width=2.4, leader=style.quiet)
        marked.append((canvas, labels))
    name_axes(layout.axes, say("door-to-door time, days"), say("share of consignments, %"))
    layout.settle()
    for canvas, labels in marked:
        place(canvas, labels)
    return layout.page.figure


def _note(results: StoredResults, first: str, policy: str, *, promises: bool, beyond: bool) -> str:
    """Return the note: what is shown, and whether the slowest are beyond the axis."""
    parts = [
        say(
            "Time within which each share of the consignments arrives, all replications together. The sign "
            "on a curve marks P95: 19 of 20 consignments arrive within this time."
        )
    ]
    if results.beside:
        parts.append(
            say(
                "Pale bands: {first}. Lines: {second}, to which the texts beside the routes belong.",
                first=policy_title(results, first),
                second=policy_title(results, policy),
            )
        )
    if promises:
        parts.append(say("Dashed line: the time that the lane promises."))
    if beyond:
        parts.append(say("Beyond the axis: at most {share} % of any route.", share=100 - SHOWN))
    return " ".join(parts)


def _times(results: StoredResults, policy: str) -> Mapping[tuple[str, str], Times]:
    found = {}
    for lane, routes in results.lanes(policy).items():
        for route in routes:
            hours = results.lead_times(policy, lane, route)
            found[lane, route] = np.array([list(hours), [h / 24 for h in hours.values()]], dtype=np.float64)
    return found


def _p95(
    results: StoredResults, policy: str, times: Mapping[tuple[str, str], Times]
) -> dict[tuple[str, str], float]:
    """Return P95 in days of each lane and route that has one."""
    found = {key: results.value(policy, *key, "door_to_door_time_p95").mean / 24 for key in times}
    return {key: days for key, days in found.items() if np.isfinite(days)}


def _promises(results: StoredResults, policy: str) -> dict[str, float]:
    """Return the days that lanes promise under a policy, as far as the run holds its scenario's values."""
    lanes: Any = {}
    with suppress(FileNotFoundError):  # old versions did not write it
        lanes = results.run.entry("scenario.json", "policies", policy)
    for key in ("values", "lanes"):
        lanes = lanes.get(key, {}) if isinstance(lanes, Mapping) else {}
    found = {}
    for name, lane in lanes.items() if isinstance(lanes, Mapping) else ():
        amount, _, unit = str(lane.get("promise", "") if isinstance(lane, Mapping) else "").partition(" ")
        with suppress(ValueError):  # damaged
            if unit in HOURS:
                found[name] = float(amount) * HOURS[unit] / 24
    return found


def _dashed(style: Style) -> dict[str, Any]:
    """Return the line style of a promise."""
    return {"color": style.ink, "linewidth": 1.1, "linestyle": (0, (4, 2)), "zorder": 1.7}


def _last(times: Times, share: float) -> float:
    """Return the days within which a share is delivered, or within which all are that ever arrive."""
    shown = times[1, (times[0] <= share) & np.isfinite(times[1])]
    return float(shown.max(initial=0.0))


def _panel(
    results: StoredResults, policy: str, lane: str, look: Mapping[str, Look], promise: float | None
) -> Panel:
    routes = results.lanes(policy)[lane]
    entries = [_entry(results, policy, lane, route, look[route]) for route in routes]
    about = "" if promise is None else say("promise: {days} days", days=number(promise))
    return Panel(results.title("lanes", lane), entries, about)


def _entry(results: StoredResults, policy: str, lane: str, route: str, look: Look) -> Entry:
    """Return a route's entry in the head of a panel, with the share that did not arrive by the end."""
    count = results.value(policy, lane, route, "consignments").mean
    undelivered = results.value(policy, lane, route, "undelivered").mean
    title = results.title("routes", route)
    if undelivered >= count:
        return Entry(f"{title} {say('(none delivered)')}", look, drawn=False)
    within = results.value(policy, lane, route, "within_promise").mean
    kept = "" if math.isnan(within) else say("({share} % within the promise)", share=percent(within, 100))
    return Entry(" ".join(filter(None, (title, kept, on_route(results, policy, lane, route)))), look)


def _scales(axes: Axes, right: float) -> None:
    right = right or 1.0
    ticks = MaxNLocator(10, steps=[1, 2, 5, 10]).tick_values(0, right)
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if 0 <= tick <= right]))
    axes.set_xlim(0, right)
    axes.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 95, 100]))
    axes.set_ylim(0, TOP)


def _curve(axes: Axes, times: Times, look: Look, **band: Any) -> list[Line2D]:
    """Draw the share of all consignments; undelivered ones keep it below 100 %."""
    share, days = times[:, np.isfinite(times[1])]
    return axes.plot(days, share, **{"zorder": 2, **line_of(look), **band})


def _mark(axes: Axes, p95: float, look: Look) -> list[Line2D]:
    drop = axes.plot([p95, p95], [0, 95], color=look.color, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1.6)
    sign = axes.plot([p95], [95], color=look.color, marker=look.marker, markersize=5.5, zorder=3)
    return [*drop, *sign]
