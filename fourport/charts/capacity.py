"""Capacity curve: what is measured for a target at each number of servers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fourport.causes import CAUSES
from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.measures import measure_title
from fourport.charts.page import Page
from fourport.charts.panels import AXIS_BELOW, AXIS_LEFT, AXIS_NAME, AXIS_TICK, LEAST, MARK, SLIDE_BELOW
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import Style
from fourport.charts.text_layout import number, width_of, wrap
from fourport.errors import UserError
from fourport.store.tables import CapacityRow

CHART = Chart(
    "What a target asks for against the number of servers of a resource, with intervals",
    needs="capacity",
)

HEIGHT = 4.6
"""Height of the axes, inches."""

SECTIONS = {"facilities": "places", "lanes": "lanes", "routes": "routes", "services": "services"}
"""Kind of the titles of what each section of a scenario lists."""

NAMED = 2
"""Number of lanes or routes, and of parts of the time, that are named."""

MET, MISSED, UNDECIDED = "#0072B2", "#D55E00", "#8c8c8c"
SIGNS = {"meets": ("o", MET), "misses": ("X", MISSED), "undecided": ("s", UNDECIDED)}
"""Marker and colour of numbers that meet the target, miss it, or are undecided."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw what is measured against the number of servers, with intervals."""
    asked = results.manifest.get("capacity", {})
    rows = [row for row in results.rows(CapacityRow) if not math.isnan(row.value)]
    if not rows:
        raise UserError(f"{results.run.folder}: nothing came to the resource, there is no curve to draw")
    facility, _, name = asked["resource"].partition("/")
    place, title = results.title("places", facility), results.title("resources", asked["resource"])
    title = name if title == asked["resource"] else title  # it has no title
    smallest = asked["smallest"]
    limit = asked["unlimited"]
    enough = limit["low"] <= asked["bound"] if asked["at_most"] else limit["high"] >= asked["bound"]
    answer = (
        f"{smallest}"
        if smallest is not None
        else say("no number is enough")
        if not enough
        else say("none for sure")
        if any(row.verdict == "undecided" for row in rows)
        else say("none of these")
    )
    target = (
        say("{share} % within {time}", share=number(asked["bound"]), time=asked["within"])
        if asked["within"]
        else asked["target"]
    )
    confidence = f"{number(100 * asked['confidence'])} %"
    page = Page(
        results,
        policy,
        style,
        height=HEIGHT + AXIS_BELOW if style.height is None else LEAST + SLIDE_BELOW,
        title=say(
            "{resource}: servers needed for {target}: {answer}",
            resource=f"{place}, {title}",
            target=target + _only(results, asked),
            answer=answer,
        ),
        note=" ".join(
            [
                say(
                    "Value over all replications at each number of servers ({measured}). Bars: {confidence} "
                    "intervals, wide enough for one unseen, worse replication. Circle: meets the target; "
                    "cross: misses it; square: undecided.",
                    measured=_measured(asked, title),
                    confidence=confidence,
                ),
                *_where_time_goes(asked.get("hours", {})),
                _estimates(results, asked.get("uncertain", {})),
            ]
        ),
    )
    left = AXIS_LEFT + 0.2
    high = HEIGHT if style.height is None else page.room - SLIDE_BELOW
    axes = page.axes(style.margin + left, page.top, page.inner - left, high)
    _draw(axes, rows, style)
    _answer(axes, [row for row in rows if row.servers == smallest], style)
    _target(axes, asked, style)
    axes.grid(visible=True)
    axes.set_xlabel(say("servers"), fontsize=AXIS_NAME)
    named = f"{_measured(asked, title)}, {asked['unit']}"
    if asked["within"]:
        named = say("share within {time}, %", time=asked["within"])
    axes.set_ylabel("\n".join(wrap(named, high, AXIS_NAME)), fontsize=AXIS_NAME)
    axes.tick_params(labelsize=AXIS_TICK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=20 if style.height is None else 10))
    return page.figure


def _only(results: StoredResults, asked: Mapping[str, Any]) -> str:
    """Return the lanes and routes whose goods are measured, in brackets; "" for all."""
    keys = [(section, key) for section in ("lanes", "routes") for key in asked.get(section, ())]
    named = [results.title(*key, asked.get("policy")) for key in keys[:NAMED]]
    if not named:
        return ""
    more = [say("{n} more", n=len(keys) - NAMED)] if keys[NAMED:] else []
    return f" ({'; '.join([*named, *more])})"


def _where_time_goes(hours: Mapping[str, float]) -> list[str]:
    """Return the sentence on the largest parts of the time; nothing if no part is known."""
    titles = {
        **{meaning: say(title) for title, meaning in CAUSES.values()},
        "handling": say("Handling and stay before customs"),
        "preparation": say("Preparation by the trader"),
        "payment": say("Payment of duty"),
        "amendment": say("Amendment"),
        "scan": say("Scan and image review"),
        "inspection": say("Opening and inspection"),
        "laboratory": say("Laboratory"),
        "waiting for handling": say("waiting for handling"),
        "waiting for document control": say("waiting for an officer on duty"),
        "waiting for scan": say("waiting for the scanner"),
        "waiting for inspection": say("waiting for an inspection bay"),
        "waiting": say("Waiting"),
        "service": say("Work"),
    }
    most = sorted((name for name in hours if hours[name] > 0), key=lambda name: -hours[name])[:NAMED]
    if not most:
        return []
    named = (titles.get(name, name) for name in most)
    parts = [
        say("{stage} {hours} h", stage=f"{title[:1].lower()}{title[1:]}", hours=f"{hours[name]:.3g}")
        for name, title in zip(most, named, strict=True)
    ]
    return [
        say(
            "With a server for everybody the mean is {whole} h; most of it: {parts}.",
            whole=f"{sum(hours.values()):.3g}",
            parts=", ".join(parts),
        )
    ]


def _estimates(results: StoredResults, uncertain: Mapping[str, Sequence[Any]]) -> str:
    """Return the sentence that it covers chance only, with the number of estimates that it rests on."""
    if not uncertain:
        return say("Chance only.")
    key, (low, high) = next(iter(uncertain.items()))
    return say(
        "Chance only; it rests on {n} estimates, such as {key} ({range}).",
        n=len(uncertain),
        key=_titled(results, key),
        range=f"{low} - {high}",
    )


def _titled(results: StoredResults, key: str) -> str:
    """Return the key of an estimate with the titles of what it belongs to in place of their names."""
    section, *path = key.split(".")
    if section not in SECTIONS or len(path) < 2:
        return key
    name, *path = path
    titles = [results.title(SECTIONS[section], name)]
    if section == "facilities" and path[0] == "resources" and path[1:]:
        resource = f"{name}/{path[1]}"
        title = results.title("resources", resource)
        titles.append(path[1] if title == resource else title)
        path = path[2:]
    return f"{', '.join(titles)}: {' '.join(path).replace('_', ' ')}" if path else ", ".join(titles)


def _measured(asked: Mapping[str, Any], resource: str) -> str:
    said = {
        "clearance": say("clearance at the office of {resource}"),
        "visits": say("waiting plus service at {resource}"),
        "wait": say("waiting at {resource}"),
    }
    named = said.get(asked["measure"])
    return measure_title(asked["measure"]) if named is None else named.format(resource=resource)


def _draw(axes: Axes, rows: Sequence[CapacityRow], style: Style) -> None:
    xs = [row.servers for row in rows]
    axes.plot(xs, [row.value for row in rows], color=style.quiet, linewidth=1.0, zorder=2)
    for row in rows:
        x, y = row.servers, row.value
        marker, color = SIGNS[row.verdict]
        if not math.isnan(row.low) and not math.isnan(row.high):
            ends = [[y - row.low], [row.high - y]]
            axes.errorbar(x, y, ends, color=color, linewidth=1.2, capsize=3, zorder=3, clip_on=False)
        axes.plot([x], [y], marker=marker, color=color, markersize=6, zorder=4, clip_on=False)
    axes.set_xlim(min(xs) - 0.6, max(xs) + 0.6)


def _answer(axes: Axes, rows: Sequence[CapacityRow], style: Style) -> None:
    """Write the value of the smallest sufficient number below its point, inside the axes."""
    low, high = axes.get_xlim()
    for row in rows:
        text, at = f"{row.value:.2f} %" if row.unit == "%" else f"{row.value:.4g} {row.unit}", row.servers
        half = width_of(text, MARK) / 2 + 0.06
        inches = axes.get_position().width * style.width / (high - low)
        aside = max(half - (at - low) * inches, 0.0) - max(half - (high - at) * inches, 0.0)
        axes.annotate(
            text,
            (at, row.low),
            (72 * aside, -6),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=MARK,
            color=style.ink,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )


def _target(axes: Axes, asked: Mapping[str, Any], style: Style) -> None:
    bound = float(asked["bound"])
    axes.axhline(bound, color=style.ink, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1.5)
    low, high = axes.get_ylim()
    if asked["unit"] == "%":
        low = max(min(low, bound - 1), 0)
        axes.set_ylim(low, 100 + 0.06 * (100 - low))
    else:
        away = 0.06 * (max(high, bound) - min(low, bound))
        axes.set_ylim(min(low, bound - away), max(high, bound + away))
    axes.annotate(
        say("target {amount}", amount=f"{number(bound)} {asked['unit']}"),
        (0, bound),
        (4, 3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        fontsize=MARK,
        color=style.ink,
    )
