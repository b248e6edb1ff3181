"""Detection against delay: offences missed against clearance time, one point a policy."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fourport.charts.labels import Label, Room, place
from fourport.charts.language import say
from fourport.charts.panels import MARK, Panel, lay_out, name_axes
from fourport.charts.results import Results, Row
from fourport.charts.stages import TOGETHER
from fourport.charts.style import Style
from fourport.errors import UserError

FRONT, DOMINATED = "#0072B2", "#8c8c8c"
"""Colours of a policy that none dominates, and of the others."""


def figure(results: Results, policy: str, style: Style) -> Figure:
    """Draw a panel for each clearance time.

    Raises
    ------
    UserError
        If nothing was both cleared and checked for offences.
    """
    rows = [row for row in results.table("detection.csv") if row["time"] and row["missed"]]
    lanes = dict.fromkeys(row["lane"] for row in rows)
    lane = TOGETHER if TOGETHER in lanes else next(iter(lanes), "")
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row["lane"] == lane:
            found.setdefault(row["measure"], []).append(row)
    if not found:
        raise UserError(f"{results.run.folder / 'detection.csv'}: holds no point to draw")
    titles = {
        "clearance_time_import": say("Import clearance"),
        "clearance_time_export": say("Export clearance"),
    }
    layout = lay_out(
        results,
        policy,
        style,
        {measure: Panel(titles.get(measure, measure), ()) for measure in found},
        title=say("Detection against delay: what fast clearance misses"),
        note=say(
            "One point a policy: mean share of offences that are missed, and mean clearance time, each with "
            "its 95 % interval over replications. Down and left is better in both. Round: no other policy "
            "dominates it, in all criteria; cross: dominated."
        ),
        height=4.2,
    )
    for measure, axes in layout.axes.items():
        drawn = [line for row in found[measure] for line in _point(axes, row)]
        axes.margins(0.12)
        low, _ = axes.get_xlim()
        axes.set_xlim(left=max(low, 0.0) if low < 0 else low)
        place(Room(axes, drawn, MARK, width=1.8, leader=style.quiet), _labels(found[measure], style))
    unit = next(iter(found.values()))[0]["time_unit"]
    name_axes(layout.axes, say("offences missed, % of all"), say("clearance time, {unit}", unit=unit))
    return layout.page.figure


def _point(axes: Axes, row: Row) -> list[Line2D]:
    x, y = float(row["missed"]), float(row["time"])
    dominated = bool(row["dominated_by"])
    color = DOMINATED if dominated else FRONT
    x_ends = _ends(row, "missed", x)
    y_ends = _ends(row, "time", y)
    bars = axes.plot(x_ends, [y, y], color=color, linewidth=1.0, zorder=2)
    bars += axes.plot([x, x], y_ends, color=color, linewidth=1.0, zorder=2)
    axes.plot([x], [y], marker="X" if dominated else "o", color=color, markersize=6.5, zorder=3)
    return bars


def _ends(row: Row, name: str, middle: float) -> list[float]:
    found = [float(row[f"{name}_{end}"] or "nan") for end in ("low", "high")]
    return [middle if math.isnan(end) else end for end in found]


def _labels(rows: Sequence[Row], style: Style) -> list[Label]:
    return [Label(float(row["missed"]), float(row["time"]), row["policy"], style.ink) for row in rows]
