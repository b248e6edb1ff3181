"""The forest plot: paired differences from the baseline, one panel a measure, one row a policy.

For another policy than the first its rows are lanes and routes; of a comparison of
routes they always are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fourport.charts.language import say
from fourport.charts.page import MARGIN, Page
from fourport.charts.results import Results, Row
from fourport.charts.stages import TOGETHER, policy_title
from fourport.charts.style import SMALL, TEXT, WIDTH, Style
from fourport.charts.words import lines, width_of, wrap
from fourport.errors import UserError

COLUMNS, MOST, CROWDED = 3, 18, 10
"""Panels beside each other, and in all: two thirds of that with more rows than the last."""

NAMES, PITCH, GAP = 3.2, 0.3, 0.45
"""Inches for names at most, from row to row, and between panels."""

AXIS = 0.36
"""Inches below a panel for its ticks."""

LEVEL = 0.05
FALLS, RISES, PLAIN = "#0072B2", "#D55E00", "#595959"
"""Colours of a significant fall, a significant rise, and what is neither."""

Rows = Mapping[str, Mapping[str, Row]]
"""Rows of the table by measure and name."""


@dataclass(frozen=True)
class Names:
    """What stands left of the panels: the lines of each row's name, by key."""

    texts: Mapping[str, Sequence[str]]
    width: float

    def height(self, key: str) -> float:
        """Give the inches of a row."""
        return max(PITCH, lines(len(self.texts[key]), TEXT) + 0.06)

    @property
    def total(self) -> float:
        """Inches of all rows."""
        return sum(self.height(key) for key in self.texts)


def figure(results: Results, policy: str, style: Style) -> Figure:
    """Draw the differences.

    Raises
    ------
    UserError
        If there is nothing to compare.
    """
    asked = results.manifest.get("comparison", {})
    found, titles = _found(results, policy, asked)
    drawn = {measure: rows for measure, rows in found.items() if any(map(_differs, rows.values()))}
    if not found:
        raise UserError(f"{results.run.folder}: holds no difference of {policy}, there is nothing to draw")
    left_out = [measure for measure in found if measure not in drawn]
    most = MOST if len(titles) <= CROWDED else MOST * 2 // 3
    shown = sorted(drawn, key=_detail)[:most]
    more = [measure for measure in drawn if measure not in shown]
    shown = [measure for measure in drawn if measure in shown]
    texts = {key: wrap(title, NAMES, TEXT) for key, title in titles.items()}
    names = Names(texts, 0.2 + max(width_of(row, TEXT) for rows in texts.values() for row in rows))
    bands = [shown[k : k + COLUMNS] for k in range(0, len(shown), COLUMNS)]
    pitch = lines(2, TEXT) + 0.1 + names.total + AXIS + 0.15
    page = Page(
        results,
        policy,
        style,
        height=max(len(bands), 1) * pitch,
        title=say("Differences from {baseline}", baseline=str(asked.get("baseline", policy))),
        note=_note(asked, left_out, more),
    )
    for number, band in enumerate(bands):
        _band(page, band, drawn, names, page.top + number * pitch)
    return page.figure


def _found(
    results: Results, policy: str, asked: Mapping[str, object]
) -> tuple[dict[str, dict[str, Row]], dict[str, str]]:
    """Give the rows to be drawn, by measure and key, and the names of the keys."""
    found: dict[str, dict[str, Row]] = {}
    titles: dict[str, str] = {}
    overall = not asked.get("routes") and policy in (asked.get("baseline"), results.policies[0])
    for row in results.table("comparison.csv"):
        if overall:
            mine = (row["lane"], row["route"]) == (asked.get("lane") or TOGETHER, TOGETHER)
            key, title = row["policy"], policy_title(results, row["policy"])
        else:
            mine = row["policy"] == policy
            key = f"{row['lane']} {row['route']}"
            title = f"{results.title('lanes', row['lane'])}: {results.title('routes', row['route'])}"
            title = say("All together") if row["route"] == TOGETHER else title
        if mine:
            titles[key] = title
            found.setdefault(f"{row['measure']}, {row['unit']}", {})[key] = row
    return found, titles


def _detail(measure: str) -> int:
    """Rank a measure: what customs costs and misses stands before the quantiles of times."""
    name = measure.partition(",")[0]
    return ("_p95", "_p90", "_p50").index(name[-4:]) + 1 if name[-4:] in ("_p95", "_p90", "_p50") else 0


def _differs(row: Row) -> bool:
    return bool(row["difference"]) and any(float(row[name] or "0") for name in ("difference", "low", "high"))


def _note(asked: Mapping[str, object], left_out: Sequence[str], more: Sequence[str]) -> str:
    note = say(
        "Mean paired difference over replications with its 95 % interval; left of the line is less. Full "
        "sign: p below {level} after {family}. Open sign: not significant.",
        level=LEVEL,
        family=str(asked.get("family", "Holm")),
    )
    if left_out:
        note += " " + say("No difference at all: {measures}.", measures="; ".join(left_out))
    if more:
        note += " " + say("Not drawn for want of room: {measures}.", measures="; ".join(more))
    return note


def _band(page: Page, band: Sequence[str], drawn: Rows, names: Names, top: float) -> None:
    """Draw some panels beside each other, with the names of their rows on the left."""
    head = lines(2, TEXT) + 0.1
    at = top + head
    for key, rows in names.texts.items():
        height = names.height(key)
        page.write(MARGIN, at + (height - lines(len(rows), TEXT)) / 2, rows, TEXT)
        at += height
    left = MARGIN + names.width
    width = (WIDTH - MARGIN - left - (COLUMNS - 1) * GAP) / COLUMNS
    for column, measure in enumerate(band):
        x = left + column * (width + GAP)
        title = wrap(measure, width + 0.1, TEXT, "bold")[:2]
        page.write(x, top + lines(2 - len(title), TEXT), title, TEXT, weight="bold")
        _panel(page.axes(x, top + head, width, names.total), drawn[measure], names, page.style)


def _panel(axes: Axes, rows: Mapping[str, Row], names: Names, style: Style) -> None:
    at = 0.0
    axes.axvline(0.0, color=style.ink, linewidth=0.9, zorder=1.5)
    for key in names.texts:
        y = at + names.height(key) / 2
        at += names.height(key)
        if key in rows and rows[key]["difference"]:
            _sign(axes, y, rows[key], style)
    axes.set_ylim(names.total, 0)
    axes.yaxis.set_visible(False)
    axes.spines.left.set_visible(False)
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False, style="plain")
    axes.tick_params(labelsize=SMALL)


def _sign(axes: Axes, y: float, row: Row, style: Style) -> None:
    """Draw a difference: its sign is full if it is significant."""
    mean, low, high = (float(row[name] or "nan") for name in ("difference", "low", "high"))
    sure = bool(row["p_holm"]) and float(row["p_holm"]) < LEVEL
    color = (FALLS if mean < 0 else RISES) if sure else PLAIN
    if not (math.isnan(low) or math.isnan(high)):
        axes.errorbar(mean, y, xerr=[[mean - low], [high - mean]], color=color, linewidth=1.2, capsize=2.5)
    face = color if sure else "white"
    axes.plot([mean], [y], marker="o", markersize=5.0, markerfacecolor=face, markeredgecolor=color, zorder=4)
