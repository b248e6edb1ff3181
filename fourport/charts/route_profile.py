"""Time or cost along routes, against distance: one line per route, one panel per lane.

x is the distance from the origin, y the time passed or the cost charged so far. A slanted
piece is a leg, a vertical step a stop; the band is the middle 80 % of consignments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FixedLocator, MaxNLocator
from numpy.typing import NDArray

from fourport.charts.end_labels import End, draw_bars, sums
from fourport.charts.labels import Canvas, Label, place, share
from fourport.charts.language import say
from fourport.charts.page import size_of
from fourport.charts.panels import Entry, Panel, lay_out, name_axes
from fourport.charts.stored_results import Stop, StoredResults
from fourport.charts.style import Look, Style, line_of, looks
from fourport.charts.text_layout import number, short, tick_number
from fourport.charts.undelivered import on_route
from fourport.errors import UserError

NAME = 9.0
"""Size of type of the names of stops, points."""

NEAR = 45.0
"""Distance in 1/72 inch below which stops with the same name share one label."""

REACH = 75.0
"""Largest distance of a name from its stop, in 1/72 inch."""

STEP = 3.5
"""Distance in 1/72 inch to which a band reaches on both sides of a vertical step."""

BAND = "band"
"""Identifier of bands."""

STRETCH = 1 / 3
"""Power of the distance on the x axis if most stops are close to the origin."""

OWN_SCALE = 1 / 3
"""Share of the longest route below which a row of panels has its own scale of distance."""

TICKS_APART, A_DIGIT, WIDE = 0.07, 0.018, 4.7
"""Least share of the stretched axis between tick labels of three digits, more for each further digit, and the
width of the axis in inches for which they hold: texts take more of a narrower one."""

Legs = Mapping[str, Sequence[Stop]]
"""Stops by route."""


@dataclass(frozen=True)
class Course:
    """The quantity shown along routes.

    Attributes
    ----------
    title, note
        Title of the chart, and how to read it.
    axis
        Name of y, with its unit.
    reached
        Returns P10, mean and P90 at a stop, in that unit.
    sum
        Formats the mean at the end of a route.
    by_row
        Whether panels share the scale of y only with panels of the same row, not with all.
    """

    title: str
    note: str
    axis: str
    reached: Callable[[Stop], tuple[float, float, float]]
    sum: Callable[[float], str]
    by_row: bool = False


def traffic_of(results: StoredResults, policy: str) -> dict[str, Legs]:
    """Return the stops of all routes, by lane.

    Raises
    ------
    UserError
        If nothing was delivered on any route.
    """
    lanes: dict[str, Legs] = {
        lane: {route: results.stops(policy, lane, route) for route in routes}
        for lane, routes in results.lanes(policy).items()
    }
    if not any(leg for legs in lanes.values() for leg in legs.values()):
        raise UserError(f"{results.run.folder}: nothing was delivered, there is no route to draw")
    return lanes


def stops_of(lanes: Mapping[str, Legs]) -> list[Stop]:
    """Return all stops of all routes."""
    return [stop for legs in lanes.values() for leg in legs.values() for stop in leg]


def draw_along(
    results: StoredResults, policy: str, style: Style, lanes: Mapping[str, Legs], course: Course
) -> Figure:
    """Draw a quantity against distance; all panels share scales, except rows of much shorter routes."""
    look = looks(results)
    stops = stops_of(lanes)
    farthest = max(stop.km for stop in stops)
    highest = max(max(course.reached(stop)) for stop in stops)
    # A wait at the origin takes no space along x.
    stretched = _crowded([stop.km for stop in stops if stop.event != "enter"])
    layout = lay_out(
        results,
        policy,
        style,
        {lane: _panel(results, policy, lane, legs, look) for lane, legs in lanes.items()},
        title=course.title,
        note=course.note,
        height=3.7 if len(lanes) > 1 else 5.0,
    )
    drawn: dict[str, list[Line2D]] = {}
    for lane, axes in layout.axes.items():
        beside = [stop for name in layout.beside(lane) for leg in lanes[name].values() for stop in leg]
        far = max((stop.km for stop in beside), default=0.0)
        high = max((max(course.reached(stop)) for stop in beside), default=0.0) if course.by_row else 0.0
        _scales(axes, far if far < farthest * OWN_SCALE else farthest, high or highest, stretched)
        drawn[lane] = [
            line for route, leg in lanes[lane].items() for line in _draw(axes, leg, look[route], course)
        ]
    distance = (
        say("distance from the origin, km (short distances stretched)")
        if stretched
        else say("distance from the origin, km")
    )
    name_axes(layout.axes, distance, course.axis)
    layout.settle()
    for lane, axes in layout.axes.items():
        canvas = Canvas(axes, drawn[lane], NAME, width=1.3, leader=style.quiet, reach=REACH)
        for route, leg in lanes[lane].items():
            _band(canvas, leg, look[route], course)
        ends = _ends(lanes[lane], look, course)
        drawn[lane] += draw_bars(canvas, ends)
        place(canvas, [*_names(canvas, results, lanes[lane], look, course, style), *sums(canvas, ends)])
    return layout.page.figure


def _panel(results: StoredResults, policy: str, lane: str, legs: Legs, look: Mapping[str, Look]) -> Panel:
    entries = []
    for route, leg in legs.items():
        words = on_route(results, policy, lane, route) if leg else say("(none delivered)")
        title = f"{results.title('routes', route)} {words}".strip()
        entries.append(Entry(title, look[route], bool(leg)))
    return Panel(results.title("lanes", lane), entries, _between(results, legs))


def _crowded(km: Sequence[float]) -> bool:
    """Return whether most stops lie in the first tenth of the distance, which then must be stretched."""
    far = max(km)
    return far > 0 and float(np.mean(np.asarray(km) < far / 10)) > 0.4


def _scales(axes: Axes, farthest: float, highest: float, stretched: bool) -> None:
    right = farthest or 1.0
    if stretched:
        axes.set_xscale("function", functions=(_power(STRETCH), _power(1 / STRETCH)))
    more = max(WIDE / size_of(axes)[0], 1.0)
    power, beyond = (STRETCH, 1.4) if stretched else (1.0, 1.12)
    # Share of the axis right of the last stop, for the marks of the ends; numbers do not shrink with it.
    after = (1 - beyond**-power) * more**1.25
    end = right * beyond if more == 1.0 else right / (1 - after) ** (1 / power)
    km = _distances(end, more) if stretched else MaxNLocator(6).tick_values(0, end)
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in km if 0 <= tick <= end]))
    axes.xaxis.set_major_formatter(tick_number)
    axes.set_xlim(-right * (1e-4 if stretched else 0.02), end)
    high = highest * 1.06 or 1.0
    ticks = MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(0, high)
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if 0 <= tick <= high]))
    axes.set_ylim(0, high)


def _power(exponent: float) -> Any:
    def bend(km: NDArray[np.float64]) -> NDArray[np.float64]:
        bent: NDArray[np.float64] = np.sign(km) * np.abs(km) ** exponent
        return bent

    return bend


def _distances(right: float, more: float) -> list[float]:
    """Return 0 and round distances that do not collide on the stretched scale, so many times apart."""
    decades = range(math.floor(math.log10(right)) + 1)
    found: list[float] = []
    for km in sorted((digit * 10.0**decade for decade in decades for digit in (1, 2, 5)), reverse=True):
        place = (km / right) ** STRETCH
        apart = more * (TICKS_APART + A_DIGIT * max(len(number(found[-1] if found else km)) - 3, 0))
        clear = not found or (found[-1] / right) ** STRETCH - place > apart
        if km <= right and clear and place > more * TICKS_APART:
            found.append(km)
    return [0.0, *reversed(found)]


def _draw(axes: Axes, leg: Sequence[Stop], look: Look, course: Course) -> list[Line2D]:
    if not leg:
        return []
    km, mean = [stop.km for stop in leg], [course.reached(stop)[1] for stop in leg]
    return axes.plot(km, mean, marker=look.marker, markersize=3.4, zorder=2, **line_of(look, 1.7))


def _band(canvas: Canvas, leg: Sequence[Stop], look: Look, course: Course) -> None:
    """Draw the band of a route, with a width also at the vertical steps, where it would have none."""
    if not leg:
        return
    km, (low, _, high) = [stop.km for stop in leg], zip(*map(course.reached, leg), strict=True)
    parts = [_outline([*km, *km[::-1]], [*high, *low[::-1]])]
    places = [[*stops] for _, stops in groupby(leg, key=lambda stop: stop.km)]
    across = canvas.points(np.array([[stops[0].km, 0.0] for stops in places]))[:, 0]
    room = np.minimum(np.diff(across, prepend=-np.inf, append=np.inf) / 2, STEP)  # places near each other
    for stops, at, left, right in zip(places, across, room[:-1], room[1:], strict=True):
        if len(stops) > 1:
            bottom, top = course.reached(stops[0])[0], course.reached(stops[-1])[2]
            x = canvas.data(np.array([[at - left, 0.0], [at + right, 0.0]]))[:, 0].tolist()
            parts.append(_outline([*x, *x[::-1]], [top, top, bottom, bottom]))
    band = PathPatch(Path.make_compound_path(*parts), label=BAND)
    band.set(facecolor=look.color, alpha=0.13, linewidth=0, zorder=1)
    canvas.axes.add_artist(band)


def _outline(x: Sequence[float], y: Sequence[float]) -> Path:
    return Path([*zip(x, y, strict=True), (x[0], y[0])], closed=True)


def _ends(legs: Legs, look: Mapping[str, Look], course: Course) -> list[End]:
    """Return the ends of the routes."""
    last = [(leg[-1], look[route]) for route, leg in legs.items() if leg]
    found = [(stop, course.reached(stop), its) for stop, its in last]
    return [End(stop.km, low, mean, high, course.sum(mean), its) for stop, (low, mean, high), its in found]


def _between(results: StoredResults, legs: Legs) -> str:
    """Return the text on where all routes of a lane begin and end; empty if they differ."""
    ends = {(leg[0].place, leg[-1].place) for leg in legs.values() if leg}
    if len(ends) != 1:
        return ""
    origin, destination = (results.title("places", place) for place in ends.pop())
    return f"{origin} \u2192 {destination}"


def _names(
    canvas: Canvas, results: StoredResults, legs: Legs, look: Mapping[str, Look], course: Course, style: Style
) -> list[Label]:
    """Return the names of the stops; routes that meet share a name.

    Ends have a name only if goods wait at the origin, or if the heading does not name the ends.
    """
    found: list[Label] = []
    headed = bool(_between(results, legs))
    for route, leg in legs.items():
        steps = _steps(results, leg, look[route], course)
        if headed and leg:
            steps = steps[0 if leg[0].event == "enter" else 1 : -1]
        found += steps
    return share(canvas, found, NEAR, style.ink)


def _steps(results: StoredResults, leg: Sequence[Stop], look: Look, course: Course) -> list[Label]:
    """Return a label for each place at the middle of its step; longer steps have more weight."""
    places: list[list[Stop]] = []
    for stop in leg:
        if places and places[-1][0].place == stop.place:
            places[-1].append(stop)
        else:
            places.append([stop])
    labels, among = [], results.titles("places")
    for stops in places:
        first, last = course.reached(stops[0])[1], course.reached(stops[-1])[1]
        name = short(results.title("places", stops[0].place), among)
        labels.append(Label(stops[0].km, (first + last) / 2, name, look.text, last - first))
    return labels
