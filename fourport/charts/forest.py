"""Forest plot: paired differences from the baseline, one panel per measure, one row per policy.

A time has its quantiles in the same row, below its mean. For a policy other than the first, rows are lanes
and routes. In a comparison of routes they always are; for the first policy, rows are those of all policies.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from fourport.charts.differences import (
    PARTS,
    Differences,
    Lost,
    RowTitle,
    lost_of,
    note_of,
    read_panels,
    warning_of,
)
from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.measures import unit_title
from fourport.charts.page import Page
from fourport.charts.signs import Sign, draw_signs
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import SMALL, TEXT, Style
from fourport.charts.text_layout import lines, tick_number, width_of, wrap
from fourport.errors import UserError
from fourport.measures import find
from fourport.store.tables import DifferenceRow

CHART = Chart(
    "Paired differences from the baseline with their intervals, by measure",
    needs="comparison",
    lanes=False,
)

COLUMNS, SLIDE_COLUMNS, HEAD, TALLEST = 3, 2, 3, 15.0
"""Panels in a row, one more if there are many names; panels on a slide; most lines of their titles; height of
all rows in inches: of an A4 page."""

MANY, SHOWN = 8, ("", "_p95")
"""Number of rows above which only the parts SHOWN of a panel have signs."""

NAMES, LONG, SLIDE_NAMES, GAP, INDENT = 3.2, 4.1, 1.8, 0.45, 0.15
"""In inches: largest width of names, of many names, of names on a slide; space between panels, before the
routes of a lane."""

PITCH, SIGN, LOOSE = 0.24, 0.11, 2.0
"""In inches: least distance of rows, distance of signs within a row; how many times that on a slide."""

AXIS = 0.52
"""Space below a panel for its ticks and unit, inches."""


@dataclass(frozen=True)
class RowNames:
    """Names left of the panels: the lines of each row's name, by key.

    Attributes
    ----------
    indented
        Names of routes that stand below that of their lane.
    parts
        Parts of the panels that have signs.
    head
        Lines of the panels' titles.
    stretch
        How many times as high as needed the rows are.
    """

    texts: Mapping[str, Sequence[str]]
    width: float
    indented: Collection[str]
    parts: Sequence[str]
    head: int
    stretch: float = 1.0

    def of(self, keys: Collection[str]) -> RowNames:
        """Return the names of some rows."""
        return replace(self, texts={key: self.texts[key] for key in keys})

    def height(self, key: str) -> float:
        """Return the height of a row, inches."""
        least = max(PITCH, lines(len(self.texts[key]), TEXT) + 0.06, len(self.parts) * SIGN + 0.06)
        return self.stretch * least

    @property
    def total(self) -> float:
        """Height of all rows, inches."""
        return sum(self.height(key) for key in self.texts)

    @property
    def pitch(self) -> float:
        """Height of a band of panels with titles and axes, inches."""
        return lines(self.head, TEXT) + 0.1 + self.total + AXIS + 0.15


Band = tuple[RowNames, Sequence[Differences]]
"""Panels side by side, and the names of their rows."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw the differences.

    Raises
    ------
    UserError
        If there is nothing to compare.
    """
    drawing = _read(results, policy, style, COLUMNS)
    bands = _lowest(drawing.bands)
    page = _page(drawing, bands, sum(names.pitch for names, _ in bands))
    top = page.top
    for names, band in bands:
        _band(page, band, names, top, drawing.columns)
        top += names.pitch
    return page.figure


def slides(results: StoredResults, policy: str, style: Style) -> Iterator[Figure]:
    """Draw the same on slides: fewer panels side by side, as many rows as fit."""
    drawing = _read(results, policy, style, SLIDE_COLUMNS)
    for names, band in drawing.bands:
        left = [*names.texts]
        while left:
            page = _page(drawing, drawing.bands, names.of(left[:1]).pitch)
            fit = max(n for n in range(1, len(left) + 1) if n == 1 or names.of(left[:n]).pitch <= page.room)
            shown, left = names.of(left[:fit]), left[fit:]
            stretch = min(1 + (page.room - shown.pitch) / shown.total, LOOSE)
            _band(page, band, replace(shown, stretch=stretch), page.top, drawing.columns)
            yield page.figure


@dataclass(frozen=True)
class _Drawing:
    """What is drawn: all panels, and those with a place, in bands of so many columns; and what is lost."""

    results: StoredResults
    policy: str
    style: Style
    lost: Mapping[str, Lost]
    panels: Sequence[Differences]
    bands: Sequence[Band]
    columns: int
    many: bool


def _read(results: StoredResults, policy: str, style: Style, columns: int) -> _Drawing:
    asked = results.manifest.get("comparison", {})
    rows = results.rows(DifferenceRow)
    lost = lost_of(rows, asked)
    panels, titles = read_panels(results, policy, asked, rows, lost)
    if not panels:
        raise UserError(f"{results.run.folder}: holds no difference of {policy}, there is nothing to draw")
    panels = [*(one for one in panels if not one.lane), *_by_lane(panels)]
    many = len(titles) > MANY
    columns += many and style.height is None
    bands = _bands(panels, titles, columns, style)
    return _Drawing(results, policy, style, lost, panels, bands, columns, many)


def _page(drawing: _Drawing, bands: Sequence[Band], height: float) -> Page:
    """Return the page of some bands."""
    results, policy, panels = drawing.results, drawing.policy, drawing.panels
    asked = results.manifest.get("comparison", {})
    drawn = [panel for _, band in bands for panel in band]
    return Page(
        results,
        None if policy == results.policies[0] else policy,
        drawing.style,
        height=height,
        title=say("Differences from {baseline}", baseline=_baseline(results, asked)),
        note=note_of(
            asked,
            panels,
            [k for k, one in enumerate(panels) if any(one is panel for panel in drawn)],
            few=drawing.many,
        ),
        warning=warning_of(results, policy, asked, drawing.lost),
    )


def _by_lane(panels: Sequence[Differences]) -> list[Differences]:
    """Return the panels of clearance lane by lane, those to be drawn first: there may be many lanes.

    Of each procedure the lane goes first where most is better or worse, then the other lanes.
    """
    ranked = sorted((one for one in panels if one.lane), key=lambda one: -one.decided)
    times = [one for one in ranked if len(one.drawn) > 1]
    first = {one.measure: one for one in reversed(times)}
    return sorted(ranked, key=lambda one: first.get(one.measure) is not one)


def _baseline(results: StoredResults, asked: Mapping[str, object]) -> str:
    name = str(asked.get("baseline", results.policies[0]))
    return results.title("routes", name) if asked.get("routes") else name


def _names(
    titles: Mapping[str, RowTitle], band: Sequence[Differences], columns: int, style: Style
) -> RowNames:
    """Return the names of the rows in which a panel has a sign, and of their lanes."""
    parts = [part for part in PARTS if any(part in panel.drawn for panel in band)]
    if len(titles) > MANY:
        parts = [part for part in parts if part in SHOWN] or parts[:1]
    signed = {
        key
        for panel in band
        for part in parts
        for key, row in panel.rows.get(part, {}).items()
        if not math.isnan(row.difference)
    }
    signed |= {titles[key].under for key in signed}
    shown = {key: title for key, title in titles.items() if key in signed}
    indented = {key for key, title in shown.items() if title.under}
    widest = SLIDE_NAMES if style.height else LONG if len(titles) > MANY else NAMES
    texts = {key: wrap(title.text, widest - INDENT * (key in indented), TEXT) for key, title in shown.items()}
    width = 0.2 + max(
        INDENT * (key in indented) + width_of(row, TEXT) for key, rows in texts.items() for row in rows
    )
    inner = _panel_width(style, width, columns) + 0.1
    head = max(len(wrap(panel.title, inner, TEXT, "bold")) for panel in band)
    return RowNames(texts, width, indented, parts, min(head, HEAD))


def _panel_width(style: Style, names: float, columns: int) -> float:
    """Return the width of a panel right of names of a width, inches."""
    return (style.width - 2 * style.margin - names - (columns - 1) * GAP) / columns


def _bands(
    panels: Sequence[Differences], titles: Mapping[str, RowTitle], columns: int, style: Style
) -> list[Band]:
    """Arrange panels with equal rows side by side: those with quantiles first, then the others.

    Panels of single lanes fill the last row of those with quantiles, and one more if a procedure would have
    none.
    """
    bands: list[Band] = []
    for tall in (True, False):
        mine = [panel for panel in panels if panel.drawn and (len(panel.drawn) > 1) == tall]
        together = sum(not panel.lane for panel in mine)
        procedures = len({panel.measure for panel in mine if panel.lane})
        free = -together % columns
        mine = mine[: together + free + (columns if free < procedures else 0)]
        for k in range(0, len(mine), columns):
            band = mine[k : k + columns]
            bands.append((_names(titles, band, columns, style), band))
    return bands


def _lowest(bands: Sequence[Band]) -> list[Band]:
    """Leave out what is higher than a page."""
    heights = accumulate(names.pitch for names, _ in bands)
    return [
        band
        for k, (band, height) in enumerate(zip(bands, heights, strict=True))
        if not k or height <= TALLEST
    ]


def _band(page: Page, band: Sequence[Differences], names: RowNames, top: float, columns: int) -> None:
    """Draw panels side by side, with the names of their rows on the left."""
    head = lines(names.head, TEXT) + 0.1
    at = top + head
    for key, rows in names.texts.items():
        height = names.height(key)
        inward = page.style.margin + INDENT * (key in names.indented)
        page.write(inward, at + (height - lines(len(rows), TEXT)) / 2, rows, TEXT)
        at += height
    left = page.style.margin + names.width
    width = _panel_width(page.style, names.width, columns)
    for column, panel in enumerate(band):
        x = left + column * (width + GAP)
        title = wrap(panel.title, width + 0.1, TEXT, "bold")[: names.head]
        page.write(x, top + lines(names.head - len(title), TEXT), title, TEXT, weight="bold")
        _panel(page.axes(x, top + head, width, names.total), panel, names, page.style)


def _panel(axes: Axes, panel: Differences, names: RowNames, style: Style) -> None:
    at, signs = 0.0, list[Sign]()
    axes.axvline(0.0, color=style.ink, linewidth=0.9, zorder=1.5)
    for number, key in enumerate(names.texts):
        height = names.height(key)
        if number % 2:
            stripe = Rectangle((0, at), 1, height, transform=axes.get_yaxis_transform())
            stripe.set(facecolor=style.line, edgecolor="none", alpha=0.4, zorder=0.5)
            axes.add_patch(stripe)
        mine = [
            (part, panel.rows[part][key])
            for part in panel.drawn
            if part in names.parts and key in panel.rows[part]
        ]
        drawn = [(part, row) for part, row in mine if not math.isnan(row.difference)]
        for k, (part, row) in enumerate(drawn):
            signs.append(Sign(row, part, at + height / 2 + names.stretch * SIGN * (k - (len(drawn) - 1) / 2)))
        at += height
    draw_signs(axes, signs)
    axes.set_ylim(names.total, 0)
    axes.yaxis.set_visible(False)
    axes.spines.left.set_visible(False)
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(tick_number)
    axes.tick_params(labelsize=SMALL)
    axes.set_xlabel(_axis_name(panel), fontsize=SMALL, labelpad=1.5)


def _axis_name(panel: Differences) -> str:
    """Return the name of a panel's axis: its unit, and which side is better."""
    unit, side = unit_title(panel.unit), better_side(panel.measure)
    if not side:
        return unit
    less, more = say("\u2190 better   {unit}", unit=unit), say("{unit}   better \u2192", unit=unit)
    return less if side == "less" else more


def better_side(measure: str) -> str:
    """Return the better side of a measure, "less" or "more"; "" if neither is, or if unknown."""
    found = find(measure)
    return found.better if found else ""
