"""Detection against delay: undetected non-compliance against clearance time, one point per policy.

A few policies have their names beside their points. If there are more, points have numbers (points on the
same spot share a label), and the names stand below the panels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fourport.charts.caption import policy_title
from fourport.charts.kinds import Chart
from fourport.charts.labels import Canvas, Label, place
from fourport.charts.language import say
from fourport.charts.measures import measure_title
from fourport.charts.page import Page
from fourport.charts.panels import AXIS_BELOW, AXIS_LEFT, GAP, MARK, name_axes
from fourport.charts.stored_results import StoredResults, by
from fourport.charts.style import HEADING, MARGIN, TEXT, WIDTH, Style
from fourport.charts.text_layout import lines, width_of, wrap
from fourport.errors import UserError
from fourport.store.tables import TOGETHER, DetectionRow

CHART = Chart(
    "Undetected non-compliance against clearance time, one point per policy",
    needs="detection",
    off_slide="its list of policies needs a page",
)

FRONT, DOMINATED = "#0072B2", "#8c8c8c"
"""Colours of policies that are not dominated, and of the others."""

FEW = 8
"""Largest number of policies with names beside their points."""

SAME = 5.0
"""Distance in 1/72 inch within which points share a label of numbers."""

_HEIGHT, _HEAD = 4.2, 0.6
"""Height of a panel's axes and of its title, inches."""

KEY, NUMBER = 2, 0.35
"""Columns of the list of names, and inches from a number to its name."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw a panel for each procedure, of the lane on which its times differ most between policies.

    Raises
    ------
    UserError
        If nothing was both cleared and checked for non-compliance.
    """
    rows = [row for row in results.rows(DetectionRow) if not math.isnan(row.undetected)]
    panels_of = by([row for row in rows if not math.isnan(row.time)], lambda row: (row.lane, row.measure))
    if not panels_of:
        raise UserError(f"{results.run.file('detection')}: holds no point to draw")
    if any(lane != TOGETHER for lane, _ in panels_of):  # one mean over lanes would be of several countries
        panels_of = {key: points for key, points in panels_of.items() if key[0] != TOGETHER}
    # Of each procedure, the lane on which policies differ most.
    ordered = sorted(panels_of, key=lambda key: _spread(panels_of[key]))
    shown = {measure: (lane, measure) for lane, measure in ordered}.values()
    found = {key: points for key, points in panels_of.items() if key in shown}
    policies = list(dict.fromkeys(row.policy for points in found.values() for row in points))
    numbers = {name: str(k) for k, name in enumerate(policies, 1)} if len(policies) > FEW else {}
    key = [(number, _key_rows(results, name)) for name, number in numbers.items()]
    page = Page(
        results,
        None,
        style,
        height=_HEAD + _HEIGHT + AXIS_BELOW + _key_height(key),
        title=say("Detection against delay: what fast clearance misses"),
        note=_note(
            numbers, [row for row in rows if math.isnan(row.time) and (row.lane, row.measure) in found]
        ),
    )
    pitch = (WIDTH - 2 * MARGIN + GAP) / len(found)
    panels: dict[str, Axes] = {}
    for column, ((lane, measure), points) in enumerate(found.items()):
        where = say("All together") if lane == TOGETHER else results.title("lanes", lane)
        left = MARGIN + column * pitch
        title = wrap(f"{measure_title(measure)}: {where}", pitch - GAP, HEADING, "bold")[:2]
        page.write(left, page.top, title, HEADING, weight="bold")
        axes = page.axes(left + AXIS_LEFT, page.top + _HEAD, pitch - GAP - AXIS_LEFT, _HEIGHT)
        drawn = [line for row in points for line in _point(axes, row)]
        axes.grid(visible=True)
        axes.margins(0.12)
        low, _ = axes.get_xlim()
        axes.set_xlim(left=max(low, 0.0) if low < 0 else low)
        canvas = Canvas(axes, drawn, MARK, width=1.8, leader=style.quiet)
        place(canvas, _numbered(canvas, points, numbers, style) if numbers else _labels(points, style))
        panels[f"{lane} {measure}"] = axes
    name_axes(
        panels,
        say("undetected non-compliance, % of all"),
        say("clearance time, {unit}", unit=next(iter(found.values()))[0].time_unit),
    )
    _write_key(page, key)
    return page.figure


def _spread(rows: Sequence[DetectionRow]) -> float:
    """Return how far the times of the policies are from that of the first, summed as shares of it."""
    first = max(rows[0].time, 1e-9)
    return sum(min(abs(row.time - first) / first, 1.0) for row in rows)


def _note(numbers: Mapping[str, str], nowhere: Sequence[DetectionRow]) -> str:
    note = say(
        "One point per policy, with 95 % intervals, on the lane where times differ most: the share of "
        "non-compliant consignments that stay undetected, and the clearance time. Lower left is better. "
        "Cross: dominated, as another policy is better and in nothing worse. Circle: not dominated. The "
        "verdicts cover chance only, not whether the inputs are right."
    )
    if numbers:
        note += f" {say('Numbers refer to the list below; several where points overlap.')}"
    uncleared = {row.policy: f"{row.policy} ({row.undetected:.0f} %)" for row in nowhere}
    if uncleared:
        names = ", ".join(uncleared.values())
        told = say("No point because nothing is cleared, with the share undetected: {names}.", names=names)
        note += f" {told}"
    return note


def _point(axes: Axes, row: DetectionRow) -> list[Line2D]:
    x, y = row.undetected, row.time
    dominated = bool(row.dominated_by)
    color = DOMINATED if dominated else FRONT
    x_ends = [x if math.isnan(end) else end for end in (row.undetected_low, row.undetected_high)]
    y_ends = [y if math.isnan(end) else end for end in (row.time_low, row.time_high)]
    bars = axes.plot(
        x_ends, [y, y], color=color, marker="|", markersize=4, linewidth=0.8, alpha=0.6, zorder=2
    )
    bars += axes.plot(
        [x, x], y_ends, color=color, marker="_", markersize=4, linewidth=0.8, alpha=0.6, zorder=2
    )
    sign = Line2D([x], [y], color=color, marker="X" if dominated else "o", markersize=7.5, zorder=3)
    sign.set(markeredgecolor="white", markeredgewidth=0.7)
    axes.add_line(sign)
    return bars


def _labels(rows: Sequence[DetectionRow], style: Style) -> list[Label]:
    return [Label(row.undetected, row.time, row.policy, style.ink) for row in rows]


def _numbered(
    canvas: Canvas, rows: Sequence[DetectionRow], numbers: Mapping[str, str], style: Style
) -> list[Label]:
    """Return the labels with the numbers of the points; points on the same spot share one."""
    spots: list[tuple[DetectionRow, list[str]]] = []
    for row in rows:
        near = (names for other, names in spots if _apart(canvas, row, other) < SAME)
        names = next(near, None)
        if names is None:
            spots.append((row, [numbers[row.policy]]))
        else:
            names.append(numbers[row.policy])
    return [Label(row.undetected, row.time, ", ".join(names), style.ink) for row, names in spots]


def _apart(canvas: Canvas, one: DetectionRow, other: DetectionRow) -> float:
    ends = canvas.points(np.array([[row.undetected, row.time] for row in (one, other)]))
    return float(np.hypot(*(ends[1] - ends[0])))


def _key_rows(results: StoredResults, policy: str) -> list[str]:
    return wrap(policy_title(results, policy), _key_width() - NUMBER, TEXT)


def _key_width() -> float:
    return (WIDTH - 2 * MARGIN) / KEY - 0.2


def _columns(key: Sequence[tuple[str, list[str]]]) -> list[Sequence[tuple[str, list[str]]]]:
    each = math.ceil(len(key) / KEY)
    return [key[k : k + each] for k in range(0, len(key), max(each, 1))]


def _key_height(key: Sequence[tuple[str, list[str]]]) -> float:
    return max((lines(sum(len(rows) for _, rows in part), TEXT) for part in _columns(key)), default=0.0)


def _write_key(page: Page, key: Sequence[tuple[str, list[str]]]) -> None:
    """List the policies by number, at the foot of the panels."""
    top = page.bottom - _key_height(key)
    for column, part in enumerate(_columns(key)):
        left, at = MARGIN + column * (_key_width() + 0.2), top
        for number, rows in part:
            page.write(left + NUMBER - 0.12 - width_of(number, TEXT), at, [number], TEXT, weight="bold")
            page.write(left + NUMBER, at, rows, TEXT)
            at += lines(len(rows), TEXT)
