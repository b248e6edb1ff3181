"""Cost curves: cost per kg of each route along an axis, and break-even points of routes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from fourport.charts.chance import chance_note
from fourport.charts.kinds import Chart
from fourport.charts.labels import Canvas, Label, place, share
from fourport.charts.language import say
from fourport.charts.panels import AXIS_NAME, MARK, Entry, Panel, lay_out, name_axes, with_scale
from fourport.charts.stored_results import StoredResults, by
from fourport.charts.style import Look, Style, line_of, looks
from fourport.charts.text_layout import tick_number, wrap
from fourport.charts.undelivered import lost
from fourport.errors import UserError
from fourport.store.tables import BreakevenRow, CurveRow

CHART = Chart(
    "Cost per kg over weight, value, place or a rate, with break-evens and 95 % bands",
    needs="curves",
    command="fourport curves {run} --over weight",
    call='fourport.curves(results, over="weight")',
)

MEASURE = "logistics_cost"

TICKS = (1, 2, 5)
"""First digits of the labelled ticks of a logarithmic axis."""

NEAR = 40.0
"""Distance in 1/72 inch below which rings of equal words share them."""

Points = NDArray[np.float64]
"""(k, 4) x, mean, low, high."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw a panel per lane, with a curve and band per route and a sign at each break-even."""
    rows = [row for row in results.rows(CurveRow) if row.measure == MEASURE]
    if not rows:
        raise UserError(f"{results.run.folder}: curves.csv holds no {MEASURE}, there is nothing to draw")
    about = results.manifest.get("curves", {})
    look = looks(results)
    lanes = {
        lane: {route: _points(points) for route, points in by(mine, lambda row: row.route).items()}
        for lane, mine in by(rows, lambda row: row.lane).items()
    }
    breakevens = [row for row in results.rows(BreakevenRow, empty=True) if row.measure == MEASURE]
    title, x = _subject(about)
    layout = lay_out(
        results,
        policy,
        style,
        {lane: _panel(results, about, lane, routes, look) for lane, routes in lanes.items()},
        title=title,
        note=f"{_note(about)} {chance_note(results.manifest.get('estimates', {}))}",
        height=3.2 if len(lanes) > 1 else 4.8,
    )
    rings: list[tuple[Canvas, list[Label]]] = []
    for lane, axes in layout.axes.items():
        curves = lanes[lane]
        _scales(axes, curves, log=bool(about.get("log")))
        crossings = [
            row
            for row in breakevens
            if row.lane == lane and not math.isnan(row.x) and {row.route_a, row.route_b} <= {*curves}
        ]
        drawn = [
            line
            for route, points in curves.items()
            for line in _curve(axes, points, _crossings(crossings, route), look[route])
        ]
        labels = _breakevens(axes, crossings, curves, look, style)
        rings.append((Canvas(axes, drawn, MARK, width=2.2, leader=style.quiet), labels))
        name = _distance(about, lane, layout.width) or x
        y = say("logistics cost, {unit}", unit=rows[0].unit)
        name_axes({lane: axes}, with_scale(axes.xaxis, name), with_scale(axes.yaxis, y))
    layout.settle()
    for canvas, labels in rings:
        place(canvas, share(canvas, labels, NEAR, style.ink))
    return layout.page.figure


def _subject(about: Mapping[str, Any]) -> tuple[str, str]:
    """Return the title of the chart and the name of the x axis."""
    unit = str(about.get("x_unit", ""))
    found = {
        "weight": (
            say("Cheapest route by weight of the consignment: cost per kg"),
            say("gross weight of the consignment, {unit}", unit=unit),
        ),
        "value-density": (
            say("Cheapest route by value of the goods: cost per kg"),
            say("value of the goods, {unit}", unit=unit),
        ),
        "volume": (
            say("Cheapest route by volume of the goods: cost per kg"),
            say("volume of the goods, {unit}", unit=unit),
        ),
        "hinterland-distance": (
            say("How far inland each route stays the cheapest: cost per kg"),
            say("hinterland distance of the shipper, {unit}", unit=unit),
        ),
        "time-value": (
            say("Cheapest route by urgency of the goods: cost per kg"),
            say("value of time, share of the goods' value, {unit}", unit=unit),
        ),
        "rate": (
            say("Cheapest route by rate: cost per kg"),
            say("{rate}, {unit}", rate=str(about.get("x", "")), unit=unit),
        ),
    }
    return found[str(about.get("over", "rate"))]


def _distance(about: Mapping[str, Any], lane: str, width: float) -> str:
    """Return the name of the axis of a lane whose shipper moves, with origin and road; "" for others."""
    start, road = (about.get(name, {}).get(lane) for name in ("starts", "roads"))
    if not start or not road:
        return ""
    name = say("distance from {place} along {road}, {unit}", place=start, road=road, unit=about["x_unit"])
    return "\n".join(wrap(name, width, AXIS_NAME))


def _note(about: Mapping[str, Any]) -> str:
    if about.get("replications", 2) < 2:
        return say(
            "Logistics cost from door to door, cost of time included, of the same goods by each route. "
            "Ring: break-even of the two routes in its colours. One replication: no intervals."
        )
    return say(
        "Logistics cost from door to door, cost of time included, of the same goods by each route. "
        "Band: 95 % interval over replications. Ring: break-even of the two routes in its colours; bar "
        "on the axis below it: its 95 % interval. Grey ring: undecided."
    )


def _points(rows: Sequence[CurveRow]) -> Points:
    return np.array([(row.x, row.mean, row.low, row.high) for row in rows])


def _panel(
    results: StoredResults,
    about: Mapping[str, Any],
    lane: str,
    routes: Iterable[str],
    look: Mapping[str, Look],
) -> Panel:
    shares = about.get("undelivered", {}).get(lane, {})
    entries = [
        Entry(
            " ".join(filter(None, [results.title("routes", route), lost(shares.get(route, 0.0))])),
            look[route],
        )
        for route in routes
    ]
    return Panel(results.title("lanes", lane), entries)


def _scales(axes: Axes, curves: Mapping[str, Points], *, log: bool) -> None:
    points = np.concatenate(list(curves.values()))
    left, right = float(points[:, 0].min()), float(points[:, 0].max())
    low = float(np.nanmin(points[:, 1:]))
    high = float(np.nanmax(points[:, 1:]))
    if log and left > 0:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=TICKS))
        axes.xaxis.set_major_formatter(tick_number)
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 2.5, 5, 10]))
    axes.set_xlim(left, right)
    if axes.get_xscale() == "log" and low > 0 and high / low > 4:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=TICKS))
        axes.yaxis.set_major_formatter(tick_number)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylim(low / 1.25, high * 1.15)
        return
    margin = 0.12 * (high - low) or 0.1 * high or 1.0
    bottom = max(low - 1.6 * margin, 0.0) if low >= 0 else low - margin
    axes.set_ylim(bottom, high + margin)
    ticks = MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]).tick_values(bottom, high + margin)
    axes.yaxis.set_major_locator(FixedLocator([t for t in ticks if bottom <= t <= high + margin]))


def _crossings(rows: Sequence[BreakevenRow], route: str) -> Points:
    """Return where a curve crosses others, (k, 2); crossings were calculated between its points, too."""
    mine = [row for row in rows if route in (row.route_a, row.route_b) and not math.isnan(row.cost)]
    return np.array([(row.x, row.cost) for row in mine]).reshape(-1, 2)


def _curve(axes: Axes, points: Points, crossings: Points, look: Look) -> list[Line2D]:
    x, _, low, high = points.T
    if np.isfinite(low).all():
        axes.fill_between(x, low, high, color=look.color, alpha=0.22, linewidth=0, zorder=1.5)
    more = crossings[~np.isin(crossings[:, 0], x)]
    line = np.concatenate([points[:, :2], more])
    return axes.plot(*line[np.argsort(line[:, 0], kind="stable")].T, zorder=2, **line_of(look))


def _breakevens(
    axes: Axes,
    rows: Sequence[BreakevenRow],
    curves: Mapping[str, Points],
    look: Mapping[str, Look],
    style: Style,
) -> list[Label]:
    """Mark the crossings and return their labels."""
    labels = []
    bottom = axes.get_ylim()[0]
    left, right = axes.get_xlim()
    values = _even([row.x for row in rows])
    for row in rows:
        x = row.x
        y = _height(axes, curves[row.route_a], x) if math.isnan(row.cost) else row.cost
        if row.verdict == "undecided" or _is_open(row):
            axes.plot(x, y, marker="o", markersize=8, color="none", markeredgecolor=style.quiet, zorder=4)
            labels.append(Label(x, y, say("undecided"), style.quiet, 0.5))
            continue
        axes.plot([x, x], [bottom, y], color=style.quiet, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.8)
        _ring(axes, x, y, look[row.route_a], look[row.route_b], style)
        if row.n > 1:
            ends = [
                end if math.isnan(known) else known for known, end in ((row.low, left), (row.high, right))
            ]
            axes.plot(ends, [bottom, bottom], color=style.ink, linewidth=4, zorder=4, clip_on=False)
        labels.append(Label(x, y, f"{values[row.x]} {row.x_unit}", style.ink, 1.0))
    return labels


def _is_open(row: BreakevenRow) -> bool:
    """Return whether the range ends on both sides before the cheaper route is decided."""
    return row.n > 1 and math.isnan(row.low) and math.isnan(row.high)


def _height(axes: Axes, points: Points, x: float) -> float:
    """Return the height of a curve at x as drawn: straight between points on the scales of the axes."""
    known = axes.transScale.transform(points[:, :2])
    at = axes.transScale.transform((x, points[0, 1]))[0]
    y = float(np.interp(at, known[:, 0], known[:, 1]))
    return float(axes.transScale.inverted().transform((at, y))[1])


def _ring(axes: Axes, x: float, y: float, one: Look, other: Look, style: Style) -> None:
    """Draw a ring in the colours of two routes, half in each."""
    axes.plot(
        x,
        y,
        marker="o",
        markersize=11,
        fillstyle="left",
        color=one.color,
        markerfacecoloralt=other.color,
        markeredgecolor=style.ink,
        markeredgewidth=0.6,
        zorder=5,
    )
    axes.plot(x, y, marker="o", markersize=4.5, color="white", zorder=6)


def _even(values: Sequence[float]) -> dict[float, str]:
    """Write values with as many decimals each: those that the smallest needs for two or three digits."""
    power = math.floor(math.log10(min((abs(value) for value in values if value), default=1.0)))
    decimals = max((1 if power < 0 else 2) - power, 0)
    return {value: f"{value:,.{decimals}f}".replace("-", "\u2212") for value in values}
