"""Cost against time: each route is a point with its intervals; the Pareto line joins the best routes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator

from fourport.charts.kinds import Chart
from fourport.charts.labels import Canvas, Label, place
from fourport.charts.language import say
from fourport.charts.panels import Entry, Panel, lay_out, name_axes
from fourport.charts.stored_results import StoredResults, Value
from fourport.charts.style import Look, Style, looks
from fourport.charts.undelivered import on_route
from fourport.errors import UserError
from fourport.measures import LOST

CHART = Chart(
    "Logistics cost per kg against door-to-door time, with the Pareto line",
)

DAYS_FROM = 72.0
"""Time in hours from which times are shown in days."""

NAME = 9.0
"""Size of type of the labels of points."""

PARETO = "pareto"
"""Identifier of the Pareto line."""

AROUND = 0.12
"""Margin around the points, as a share of the range."""


@dataclass(frozen=True)
class Units:
    """Units of time and cost, and how values are written."""

    hours: float
    time: str
    cost: str

    @property
    def p95(self) -> str:
        """Format of a P95, with ``{value}``."""
        return say("P95 {value} days") if self.hours > 1 else say("P95 {value} hours")


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw logistics cost per kg against door-to-door time, one panel per lane.

    Raises
    ------
    UserError
        If nothing was delivered.
    """
    look = looks(results)
    lanes = {lane: _points(results, policy, lane, 1.0) for lane in results.lanes(policy)}
    if not any(lanes.values()):
        raise UserError(f"{results.run.folder}: nothing was delivered, or too little for a mean")
    longest = max(_right(point) for points in lanes.values() for point in points)
    units = Units(24.0 if longest >= DAYS_FROM else 1.0, "h", results.unit("logistics_cost"))
    lanes = {lane: _points(results, policy, lane, units.hours) for lane in lanes}
    note = say(
        "Sign: mean time and cost, with 95 % intervals. Hollow sign: P95, the time within which 95 % are "
        "delivered. Dashed: the routes that no other dominates by the means. Dominated: another route of the "
        "lane is faster and cheaper, and leaves no more undelivered. This covers chance only, not the "
        "inputs. All panels share one scale of cost, with different starts."
    )
    shown = [point for points in lanes.values() for point in points]
    if not all(math.isfinite(point.p95.mean) for point in shown):
        note += " " + say("No hollow sign: 5 % or more are not delivered.")
    drawn_routes = {(point.lane, point.route) for point in shown}
    if any(
        on_route(results, policy, lane, route)
        for lane, routes in results.lanes(policy).items()
        for route in routes
        if (lane, route) not in drawn_routes
    ):
        note += " " + say("No sign: the means are withheld, because more than 5 % are not delivered.")
    layout = lay_out(
        results,
        policy,
        style,
        {lane: _panel(results, policy, lane, points, look) for lane, points in lanes.items()},
        title=say("Which routes are worth choosing: cost against time"),
        note=note,
        height=3.4 if len(lanes) > 1 else 5.0,
    )
    canvases: dict[str, Canvas] = {}
    for lane, axes in layout.axes.items():
        _scales(axes, shown, lanes[lane] or shown)
        drawn = _pareto(axes, lanes[lane], style)
        drawn += [line for point in lanes[lane] for line in _draw(axes, point, look[point.route], style)]
        canvases[lane] = Canvas(axes, drawn, NAME, width=2.2, leader=style.quiet, narrow=(1.0, 0.42))
    name_axes(
        layout.axes,
        say("door-to-door time, days") if units.hours > 1 else say("door-to-door time, hours"),
        say("logistics cost, {unit}", unit=units.cost),
    )
    layout.settle()
    for lane, canvas in canvases.items():
        place(canvas, _labels(lanes[lane], look, units))
    return layout.page.figure


def _points(results: StoredResults, policy: str, lane: str, hours: float) -> list[RoutePoint]:
    """Return the points of a lane's routes on which anything was delivered."""
    found = []
    for route in results.lanes(policy)[lane]:
        time = results.value(policy, lane, route, "door_to_door_time").times(1 / hours)
        cost = results.value(policy, lane, route, "logistics_cost")
        p95 = results.value(policy, lane, route, "door_to_door_time_p95").times(1 / hours)
        if math.isfinite(time.mean) and math.isfinite(cost.mean):
            lost, of = (
                results.value(policy, lane, route, name).mean for name in ("undelivered", "consignments")
            )
            share = 100 * lost / of if of > 0 else 0.0
            found.append(RoutePoint(lane, route, time, cost, p95, share))
    return found


def _panel(
    results: StoredResults, policy: str, lane: str, points: Sequence[RoutePoint], look: Mapping[str, Look]
) -> Panel:
    standing = standings(points)
    words = {
        Standing.CHOICE: "",
        Standing.DOMINATED: say("(dominated)"),
        Standing.ON_THE_MEAN: say("(dominated on the mean; the intervals do not decide)"),
    }
    entries = []
    for route in results.lanes(policy)[lane]:
        its, partly = standing.get(route), on_route(results, policy, lane, route)
        said = words[its] if its else "" if partly else say("(none delivered)"), partly
        title = " ".join(filter(None, (results.title("routes", route), *said)))
        entries.append(Entry(title, look[route], drawn=its is not None, line=False))
    return Panel(results.title("lanes", lane), entries)


def _right(point: RoutePoint) -> float:
    ends = (point.time.mean, point.time.high, point.p95.mean, point.p95.high)
    return max(end for end in ends if math.isfinite(end))


def _scales(axes: Axes, points: Sequence[RoutePoint], mine: Sequence[RoutePoint]) -> None:
    """Set one scale of time for all panels, and the same inches per unit of cost."""
    times = [value for p in points for value in (p.time.mean, p.time.low, _right(p))]
    low, high = _limits(times)
    axes.set_xlim(max(low, 0.0), high)
    lanes = [_limits(_costs([p for p in points if p.lane == lane])) for lane in {p.lane for p in points}]
    span = max(high - low for low, high in lanes)
    low, high = _limits(_costs(mine))
    below = (low + high - span) / 2
    if below < 0 <= min(_costs(mine)):
        below = -0.04 * span  # costs are not negative; this leaves space for signs on the axis
    axes.set_ylim(below, below + span)
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        ticks = MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(low, high)
        axis.set_major_locator(FixedLocator([tick for tick in ticks if max(low, 0.0) <= tick <= high]))


def _costs(points: Sequence[RoutePoint]) -> list[float]:
    return [value for p in points for value in (p.cost.mean, p.cost.low, p.cost.high)]


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """Return the range of the known values with a margin."""
    known = [value for value in values if math.isfinite(value)]
    low, high = min(known), max(known)
    margin = AROUND * (high - low) or 0.1 * abs(high) or 1.0
    return low - margin, high + margin


def _pareto(axes: Axes, points: Sequence[RoutePoint], style: Style) -> list[Line2D]:
    """Draw the Pareto line through the routes that no other dominates."""
    best = pareto_routes(points)
    if len(best) < 2:
        return []
    xs, ys = [point.time.mean for point in best], [point.cost.mean for point in best]
    return axes.plot(
        xs, ys, color=style.quiet, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1.5, label=PARETO
    )


def _draw(axes: Axes, point: RoutePoint, look: Look, style: Style) -> list[Line2D]:
    """Draw intervals, the mean, and P95 at the end of a dotted line."""
    time, cost, drawn = point.time, point.cost, []
    thin: dict[str, Any] = {"color": look.color, "linewidth": 1.3, "markersize": 6, "zorder": 2.5}
    if time.has_interval:
        drawn += axes.plot([time.low, time.high], [cost.mean] * 2, marker="|", **thin)
    if cost.has_interval:
        drawn += axes.plot([time.mean] * 2, [cost.low, cost.high], marker="_", **thin)
    if math.isfinite(point.p95.mean):
        ends = [time.mean, point.p95.mean], [cost.mean] * 2
        drawn += axes.plot(*ends, color=look.color, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1.8)
        hollow: dict[str, Any] = {"markerfacecolor": "white", "markersize": 6.5, "zorder": 2.8}
        if point.p95.has_interval:
            limits = [point.p95.low, point.p95.high]
            drawn += axes.plot(limits, [cost.mean] * 2, marker="|", **{**thin, "linewidth": 0.9})
        drawn += axes.plot([point.p95.mean], [cost.mean], marker=look.marker, color=look.color, **hollow)
    drawn += axes.plot([time.mean], [cost.mean], marker=look.marker, color=look.color, markersize=7, zorder=3)
    return drawn


def _labels(points: Sequence[RoutePoint], look: Mapping[str, Look], units: Units) -> list[Label]:
    """Return a label with both values for each point, and one with the time for each P95."""
    found = []
    for point in points:
        color = look[point.route].text
        time = f"{point.time.mean:.1f}"
        words = say("{time} days", time=time) if units.hours > 1 else say("{time} hours", time=time)
        cost = f"{point.cost.mean:.2f} {units.cost}"
        found.append(Label(point.time.mean, point.cost.mean, f"{cost}, {words}", color, 2.0))
        if math.isfinite(point.p95.mean):
            p95 = units.p95.format(value=f"{point.p95.mean:.1f}")
            found.append(Label(point.p95.mean, point.cost.mean, p95, color, 1.0))
    return found


@dataclass(frozen=True)
class RoutePoint:
    """A route's time and cost.

    Attributes
    ----------
    time, cost
        Means over replications, with 95 % intervals.
    p95
        Time within which 95 % of its consignments are delivered, with 95 % interval.
    undelivered
        Share of its consignments that is not delivered, %.
    """

    lane: str
    route: str
    time: Value
    cost: Value
    p95: Value
    undelivered: float = 0.0


class Standing(Enum):
    """Whether a route is dominated by others of its lane."""

    CHOICE = "choice"
    ON_THE_MEAN = "dominated on the mean"
    DOMINATED = "dominated"


def standings(points: Sequence[RoutePoint]) -> dict[str, Standing]:
    """Return for each route whether another one dominates it.

    A route is dominated on the mean if another one has no higher mean time and cost, and one
    of them lower. It is dominated for certain if the intervals of time and those of cost do
    not overlap either.
    """
    return {point.route: _standing(point, points) for point in points}


def pareto_routes(points: Sequence[RoutePoint]) -> list[RoutePoint]:
    """Return the routes that no other dominates on the mean, the fastest first."""
    best = [point for point in points if not any(_beats(other, point) for other in points)]
    return sorted(best, key=lambda point: (point.time.mean, point.cost.mean))


def _standing(point: RoutePoint, points: Sequence[RoutePoint]) -> Standing:
    better = [other for other in points if _beats(other, point)]
    if not better:
        return Standing.CHOICE
    certain = any(_below(it.time, point.time) and _below(it.cost, point.cost) for it in better)
    return Standing.DOMINATED if certain else Standing.ON_THE_MEAN


def _beats(one: RoutePoint, other: RoutePoint) -> bool:
    pairs = ((one.time.mean, other.time.mean), (one.cost.mean, other.cost.mean))
    # Time and cost are of what is delivered: who loses more is not better by them.
    arrives = one.undelivered <= other.undelivered + LOST
    return arrives and all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def _below(one: Value, other: Value) -> bool:
    """Return whether an interval ends before the other begins; False without intervals."""
    return one.has_interval and other.has_interval and one.high < other.low
