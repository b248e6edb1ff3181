"""Utilisation of the busiest resources: a heat map by hour and weekday, and the busiest hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from fourport.charts.kinds import Chart
from fourport.charts.language import WEEKDAYS, say
from fourport.charts.legend import Sign, flow, legend, legend_height
from fourport.charts.page import Page
from fourport.charts.shades import Shades
from fourport.charts.stored_results import StoredResults, by
from fourport.charts.style import MARGIN, SMALL, TEXT, WIDTH, Style
from fourport.charts.text_layout import lines, short, wrap
from fourport.store.tables import ResourceRow

CHART = Chart(
    "How busy the busiest resources are, hour by weekday",
    needs="resources",
    off_slide="its hours of each weekday need a page",
)

SHADES = Shades((20, 40, 60, 80, 90, 100))
"""Shades by utilisation, %."""

CLOSED, OVERTIME = "#efefef", "#c4c4c4"
HATCHES = ("////", "xxxx")
"""Patterns of closed hours and of overtime for printing without colour."""

MOST = 5
"""Number of resources that are drawn."""

COLUMNS, GAP, DAYS = 3, 0.3, 0.38
"""Panels in a row; in inches: space between them, width of the names of weekdays."""

CELL = 0.2
"""Height of a weekday, inches."""

Week = NDArray[np.float64]
"""(7, 24) by weekday and local hour; NaN if no server is open."""


@dataclass(frozen=True)
class ResourceWeek:
    """The week of a resource.

    Attributes
    ----------
    place, title
        Titles of its facility and of the resource.
    utilisation
        Busy server-time over open server-time, %.
    overtime
        (7, 24) whether there is work while no server is open.
    mean
        Busy server-time over open server-time of the whole week, %.
    """

    place: str
    title: str
    utilisation: Week
    overtime: NDArray[np.bool_]
    mean: float

    def about(self) -> str:
        """Text on the mean and the highest utilisation."""
        if np.isnan(self.utilisation).all():
            return say("never open")
        if not self.mean:
            return say("not used")
        day, hour = np.unravel_index(int(np.nanargmax(self.utilisation)), (7, 24))
        return say(
            "mean {mean} %, most {most} % {weekday} {hour} h",
            mean=f"{self.mean:.0f}",
            most=f"{self.utilisation[day, hour]:.0f}",
            weekday=say(WEEKDAYS[day]),
            hour=int(hour),
        )


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw a panel for each of the busiest resources, the busiest first."""
    busiest = sorted(_resources(results, policy), key=lambda resource: -resource.mean)
    resources, others = busiest[:MOST], busiest[MOST:]
    columns = min(COLUMNS, len(resources))
    pitch = (WIDTH - 2 * MARGIN + GAP) / columns
    width = pitch - GAP
    heads = [_head(resource, width) for resource in resources]
    rows = [range(k, min(k + columns, len(resources))) for k in range(0, len(resources), columns)]
    tops = [max(lines(len(heads[k]), TEXT) for k in row) + lines(1, SMALL) + 0.06 for row in rows]
    high = 7 * CELL
    below = 0.42
    signs = [*SHADES.signs, Sign(say("closed"), CLOSED, HATCHES[0])]
    signs.append(Sign(say("closed, work being finished"), OVERTIME, HATCHES[1]))
    shown = flow({say("utilisation, %"): signs})
    page = Page(
        results,
        policy,
        style,
        height=legend_height(shown, style) + sum(tops) + len(rows) * (high + below),
        title=say("The busiest resources: when servers are short and when they are idle"),
        note=say(
            "Busy server-hours over open server-hours, by the local hour that begins then, mean over "
            "the weeks of the window and over replications. Where work begun before closing is "
            "finished after it, the hour of closing can exceed 100 %."
        )
        + (f" {_left_out(others)}" if others else ""),
    )
    legend(page, shown, outlined=True)
    top = page.top + legend_height(shown, style)
    for row, head in zip(rows, tops, strict=True):
        for column, k in enumerate(row):
            left = MARGIN + column * pitch
            title_high = lines(len(heads[k]), TEXT)
            name_top = top + head - title_high - lines(1, SMALL) - 0.06
            page.write(left, name_top, heads[k], TEXT, weight="bold")
            page.write(left, name_top + title_high, [resources[k].about()], SMALL, color=style.quiet)
            axes = page.axes(left + DAYS, top + head, width - DAYS, high)
            _draw(axes, resources[k], style)
        top += head + high + below
    return page.figure


def _left_out(others: Sequence[ResourceWeek]) -> str:
    """Return the sentence on the resources that are not drawn, the busiest first."""
    return say(
        "Not drawn, but in resources.csv: {n} resources that are less busy (mean {most} % or less).",
        n=len(others),
        most=f"{others[0].mean:.0f}",
    )


def _head(resource: ResourceWeek, width: float) -> list[str]:
    name = f"{resource.place}: {resource.title}" if resource.title else resource.place
    return wrap(name, width, TEXT, "bold")


def _resources(results: StoredResults, policy: str) -> Sequence[ResourceWeek]:
    found = by(results.rows(ResourceRow, policy), lambda row: (row.place, row.resource))
    resources, among = [], results.titles("places")
    for (place, name), cells in found.items():
        opened, busy = np.zeros((7, 24)), np.zeros((7, 24))
        for cell in cells:
            at = WEEKDAYS.index(cell.weekday), cell.hour
            opened[at], busy[at] = cell.open_h, cell.busy_h
        with np.errstate(divide="ignore", invalid="ignore"):
            utilisation = np.where(opened > 0, 100 * busy / opened, np.nan)
        key = f"{place}/{name}"
        title = results.title("resources", key)
        resources.append(
            ResourceWeek(
                short(results.title("places", place), among),
                name if title == key else title,
                utilisation,
                (opened == 0) & (busy > 0),
                100 * busy.sum() / opened.sum() if opened.any() else 0.0,
            )
        )
    return resources


def _draw(axes: Axes, resource: ResourceWeek, style: Style) -> None:
    colors, norm = SHADES.scale
    axes.set_facecolor(CLOSED)
    edges = np.arange(25), np.arange(8)
    grey = np.ma.masked_where(~resource.overtime, np.ones((7, 24)))
    axes.pcolormesh(*edges, grey, cmap=ListedColormap([OVERTIME]), zorder=1)
    if style.hatched:
        axes.patch.set(hatch=HATCHES[0], edgecolor=style.quiet)
        for day, hour in np.argwhere(resource.overtime).tolist():
            axes.add_patch(
                Rectangle(
                    (hour, day),
                    1,
                    1,
                    facecolor=OVERTIME,
                    edgecolor=style.quiet,
                    linewidth=0.0,
                    hatch=HATCHES[1],
                    zorder=1.5,
                )
            )
    known = np.ma.masked_invalid(resource.utilisation)
    axes.pcolormesh(*edges, known, cmap=colors, norm=norm, zorder=2)
    axes.set_xlim(0, 24)
    axes.set_ylim(7, 0)
    axes.set_xticks(range(0, 25, 6), [*map(str, range(0, 19, 6)), say("{hour} h", hour=24)])
    axes.set_yticks([0.5, 2.5, 4.5, 6.5], [say(WEEKDAYS[k]) for k in (0, 2, 4, 6)])
    axes.tick_params(length=2, pad=1.5)
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(style.line)
