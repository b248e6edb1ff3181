"""Route-choice map: the cheapest route by value and chargeable weight of the goods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from fourport.charts.chance import chance_note
from fourport.charts.kinds import Chart
from fourport.charts.labels import Canvas, Label, place
from fourport.charts.language import say
from fourport.charts.panels import MARK, Entry, Panel, lay_out, name_axes, with_scale
from fourport.charts.stored_results import StoredResults, by
from fourport.charts.style import Look, Style, looks
from fourport.charts.text_layout import lines, number, short, tick_number, width_of, wrap
from fourport.charts.undelivered import percent
from fourport.store.tables import RouteChoiceRow

CHART = Chart(
    "Cheapest route by value and chargeable weight of the goods, hatched where undecided",
    needs="route-choice",
    command="fourport route-choice {run}",
    call="fourport.route_choice_map(results)",
)

PALE, LIGHT = 0.45, 0.62
"""Least share of white in the colour of an area, and least lightness: names and hatching must stand out."""

GOODS = 9.0
"""Size of type of the words beside commodities, points."""

NAME_WIDTH = 1.9
"""Width in inches beyond which a name in an area is broken into lines."""

TICKS = (1, 2, 5)
"""First digits of the labelled ticks of an axis."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class LaneCells:
    """The cells of one lane.

    Attributes
    ----------
    values, weights
        Value of each column, weight of each row.
    cheapest
        (weights, values) index into ``routes``.
    decided
        (weights, values) whether the cheapest route is decided.
    by_modes
        (weights, values) for modes of transport of several routes: whether one of these is certainly the
        cheapest.
    """

    routes: tuple[str, ...]
    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    cheapest: NDArray[np.int64]
    decided: Mask
    by_modes: Mapping[str, Mask]

    @property
    def between_modes(self) -> Mask:
        """(weights, values) whether the modes of transport of the cheapest route are undecided."""
        found: Mask = ~np.any([self.decided, *self.by_modes.values()], axis=0)
        return found

    @property
    def edges(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Edges of columns and rows, half-way between their values by logarithm."""
        return _edges(self.values), _edges(self.weights)


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw a map for each lane: the colour shows the cheapest route, hatching undecided cells."""
    rows = results.rows(RouteChoiceRow)
    asked = results.manifest.get("route_choice", {})
    goods, modes = asked.get("goods", {}), asked.get("modes", {})
    lanes = {lane: _cells(mine, modes.get(lane, {})) for lane, mine in by(rows, lambda row: row.lane).items()}
    look = {route: _pale(one) for route, one in looks(results).items()}
    layout = lay_out(
        results,
        policy,
        style,
        {lane: _panel(results, lane, cells, look) for lane, cells in lanes.items()},
        title=say(
            "Cheapest route by value and weight of the goods (areas do not show how much cargo there is)"
        ),
        note=say(
            "By logistics cost from door to door, cost of time included. Beside each route: its share "
            "of the cells, and the share that is decided. Hatched: undecided; dotted: undecided only between "
            "routes of the same modes of transport. What is decided on a lane holds jointly with 95 % "
            "confidence. Lines: where the cheapest route changes."
        )
        + (
            " " + say("Dots: the commodities of the lane, with tonnes and value of the goods a week.")
            if goods
            else ""
        )
        + " "
        + chance_note(results.manifest.get("estimates", {})),
        height=3.6 if len(lanes) > 1 else 5.6,
    )
    for lane, axes in layout.axes.items():
        _draw(axes, lanes[lane], look, style)
    for lane, axes in layout.axes.items():
        value = say("value of the goods, {unit}", unit=rows[0].value_density_unit)
        weight = say("chargeable weight of the consignment, kg")
        name_axes({lane: axes}, with_scale(axes.xaxis, value), with_scale(axes.yaxis, weight))
    layout.settle()
    for lane, axes in layout.axes.items():
        covered = _dots(axes, lanes[lane], results, goods.get(lane, {}), style)
        _names(axes, lanes[lane], results, look, covered)
    return layout.page.figure


def _pale(look: Look) -> Look:
    red, green, blue = to_rgb(look.color)
    lightness = 0.299 * red + 0.587 * green + 0.114 * blue
    white = max(PALE, (LIGHT - lightness) / (1 - lightness))
    mixed = tuple((1 - white) * part + white for part in (red, green, blue))
    return replace(look, color=to_hex((mixed[0], mixed[1], mixed[2])), dashes=(), marker="s")


def _cells(rows: Sequence[RouteChoiceRow], modes: Mapping[str, str]) -> LaneCells:
    values = np.unique([row.value_density for row in rows])
    weights = np.unique([row.weight for row in rows])
    routes = tuple(sorted({row.cheapest for row in rows}))
    shape = (len(weights), len(values))
    ordered = sorted(rows, key=lambda row: row.cell)
    cheapest = np.array([routes.index(row.cheapest) for row in ordered], dtype=np.int64)
    decided = np.array([row.decided == "yes" for row in ordered])
    several = [one for one, count in Counter(modes.values()).items() if 1 < count < len(modes)]
    by_modes = {one: np.array([row.modes == one for row in ordered]).reshape(shape) for one in several}
    return LaneCells(routes, values, weights, cheapest.reshape(shape), decided.reshape(shape), by_modes)


def _panel(results: StoredResults, lane: str, cells: LaneCells, look: Mapping[str, Look]) -> Panel:
    entries = []
    for k, route in enumerate(cells.routes):
        mine = cells.cheapest == k
        named = say(
            "{route}: {share} %, decided {decided} %",
            route=results.title("routes", route),
            share=f"{100 * mine.mean():.0f}",
            decided=f"{100 * (mine & cells.decided).mean():.0f}",
        )
        entries.append(Entry(named, look[route]))
    for modes, mine in cells.by_modes.items():
        if (mine & ~cells.decided).any():
            named = say(
                "{modes}, whichever route: decided {decided} %",
                modes="-".join(say(mode) for mode in modes.split("-")),
                decided=f"{100 * mine.mean():.0f}",
            )
            entries.append(Entry(named, entries[0].look, drawn=False))
    withheld = results.manifest.get("route_choice", {}).get("withheld", {}).get(lane, {})
    for route, share in withheld.items():
        named = say(
            "{route}: left out, {share} % not delivered",
            route=results.title("routes", route),
            share=percent(share, 1.0),
        )
        entries.append(Entry(named, look[route], drawn=False))
    return Panel(results.title("lanes", lane), entries)


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    logs = np.log(values)
    if len(logs) < 2:
        return np.array([0.9 * values[0], 1.1 * values[0]])
    middle = (logs[1:] + logs[:-1]) / 2
    ends = [2 * logs[0] - middle[0]], [2 * logs[-1] - middle[-1]]
    found: NDArray[np.float64] = np.exp(np.concatenate([ends[0], middle, ends[1]]))
    return found


def _draw(axes: Axes, cells: LaneCells, look: Mapping[str, Look], style: Style) -> None:
    x, y = cells.edges
    colors = np.array([to_rgb(look[route].color) for route in cells.routes])
    axes.pcolormesh(x, y, colors[cells.cheapest], rasterized=True, zorder=1)
    between = cells.between_modes
    for mask, hatch in ((between, "////"), (~cells.decided & ~between, "..")):
        patches = [
            Rectangle((x[begin], y[row]), x[end] - x[begin], y[row + 1] - y[row])
            for row, begin, end in _runs(mask)
        ]
        if patches:
            hatched = PatchCollection(
                patches, facecolor="none", edgecolor=style.ink, linewidth=0.0, hatch=hatch, zorder=2
            )
            axes.add_collection(hatched)
    axes.add_collection(LineCollection(list(_borders(cells)), colors=style.ink, linewidths=1.2, zorder=3))
    for axis, name in ((axes.xaxis, "x"), (axes.yaxis, "y")):
        (axes.set_xscale if name == "x" else axes.set_yscale)("log")
        axis.set_major_locator(LogLocator(subs=TICKS))
        axis.set_major_formatter(tick_number)
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])


def _runs(mask: Mask) -> Iterator[tuple[int, int, int]]:
    """Yield the stretches of true cells in each row: row, first column, column after the last."""
    for row, line in enumerate(mask):
        steps = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(np.int64), [0]])))
        for begin, end in steps.reshape(-1, 2).tolist():
            yield row, begin, end


def _borders(cells: LaneCells) -> Iterator[list[tuple[float, float]]]:
    """Yield the sides of cells beyond which another route is cheapest."""
    x, y = cells.edges
    for row, column in np.argwhere(cells.cheapest[:, 1:] != cells.cheapest[:, :-1]).tolist():
        yield [(x[column + 1], y[row]), (x[column + 1], y[row + 1])]
    for row, column in np.argwhere(cells.cheapest[1:] != cells.cheapest[:-1]).tolist():
        yield [(x[column], y[row + 1]), (x[column + 1], y[row + 1])]


def _dots(
    axes: Axes,
    cells: LaneCells,
    results: StoredResults,
    goods: Mapping[str, Mapping[str, float]],
    style: Style,
) -> Mask:
    """Draw a dot with its words for each commodity, and return the cells that they cover."""
    covered = np.zeros(cells.cheapest.shape, dtype=np.bool_)
    x, y = cells.edges
    drawn, labels = [], []
    for name, its in goods.items():
        at = its["value_per_kg"], its["weight_kg"]
        if not (x[0] <= at[0] <= x[-1] and y[0] <= at[1] <= y[-1]):
            continue
        drawn += axes.plot(*at, marker="o", markersize=7, color=style.ink, markeredgecolor="white", zorder=5)
        words = say(
            "{commodity}: {tonnes} t, {amount} million {currency}",
            commodity=results.title("commodities", name),
            tonnes=number(its["tonnes"], 2),
            amount=number(its["value"] / 1e6, 2),
            currency=results.manifest.get("reporting_currency", ""),
        )
        labels.append(Label(*at, words, style.ink, its["tonnes"]))
    texts = place(Canvas(axes, drawn, GOODS, width=2.6, leader=style.ink), labels)
    for text in texts:
        if behind := text.get_bbox_patch():
            behind.set_alpha(0.9)  # of hatched areas, too
    figure: Any = axes.get_figure(root=True)
    inside = axes.transData.inverted()
    renderer = figure.canvas.get_renderer()
    for box in (one.get_tightbbox(renderer) for one in (*drawn, *texts)):
        if box is not None:
            corners = inside.transform(box.padded(8).get_points())
            columns, rows = (np.searchsorted(edge, corners[:, k]) for k, edge in enumerate((x, y)))
            covered[max(rows[0] - 1, 0) : rows[1], max(columns[0] - 1, 0) : columns[1]] = True
    return covered


def _names(
    axes: Axes, cells: LaneCells, results: StoredResults, look: Mapping[str, Look], covered: Mask
) -> None:
    """Write the name of each route inside its area, if it fits there beside what covers cells."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    box = axes.get_position()
    wide = figure.get_figwidth() * box.width / len(cells.values)
    high = figure.get_figheight() * box.height / len(cells.weights)
    among = [results.title("routes", route) for route in cells.routes]
    for k, route in enumerate(cells.routes):
        rows = wrap(short(results.title("routes", route), among), NAME_WIDTH, MARK)
        across = int(np.ceil((max(width_of(row, MARK) for row in rows) + 0.15) / wide))
        down = int(np.ceil((lines(len(rows), MARK) + 0.1) / high))
        corner = _room((cells.cheapest == k) & ~covered, down, across)
        if corner is None:
            continue
        x, y = cells.edges
        row, column = corner
        axes.text(
            float(np.sqrt(x[column] * x[column + across])),
            float(np.sqrt(y[row] * y[row + down])),
            "\n".join(rows),
            color=look[route].text,
            fontsize=MARK,
            ha="center",
            va="center",
            linespacing=1.1,
            parse_math=False,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 2.0},
            zorder=4,
        )


def _room(mask: Mask, down: int, across: int) -> tuple[int, int] | None:
    """Return the lower left cell of the rectangle of true cells nearest to the middle of all true cells."""
    if down > mask.shape[0] or across > mask.shape[1]:
        return None
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int64)
    sums[1:, 1:] = mask.cumsum(axis=0).cumsum(axis=1)
    filled = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    fits = np.argwhere(filled == down * across)
    if not len(fits):
        return None
    middle = np.argwhere(mask).mean(axis=0)
    away = np.abs(fits + np.array([down, across]) / 2 - middle - 0.5).sum(axis=1)
    row, column = fits[int(away.argmin())].tolist()
    return row, column
