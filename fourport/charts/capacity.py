"""Capacity curve: what is measured for a target at each number of servers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fourport.charts.chance import chance_note
from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.measures import measure_title, unit_title
from fourport.charts.page import Page
from fourport.charts.panels import AXIS_BELOW, AXIS_LEFT, AXIS_NAME, AXIS_TICK, LEAST, MARK, SLIDE_BELOW
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import Style
from fourport.charts.text_layout import number, width_of, wrap
from fourport.errors import UserError
from fourport.measures import AT_RESOURCE, uncapitalised
from fourport.store.key_titles import key_title, range_title, resource_title
from fourport.store.tables import CapacityRow

CHART = Chart(
    "What a target asks for against the number of servers of a resource, with intervals",
    needs="capacity",
)

HEIGHT = 4.6
"""Height of the axes, inches."""

NAMED = 2
"""Number of lanes or routes, and of parts of the time, that are named."""

MET, MISSED, UNDECIDED = "#0072B2", "#D55E00", "#8c8c8c"
SIGNS = {"meets": ("o", MET), "misses": ("X", MISSED), "undecided": ("s", UNDECIDED)}
"""Marker and colour of numbers that meet the target, miss it, or are undecided."""
ENDLESS = "D"
"""Marker of an unlimited number."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw what is measured against the number of servers, with intervals."""
    asked = results.manifest.get("capacity", {})
    rows = [row for row in results.rows(CapacityRow) if not math.isnan(row.value)]
    if not rows:
        raise UserError(f"{results.run.folder}: nothing came to the resource, there is no curve to draw")
    title = resource_title(results.title, asked["resource"])
    page = Page(
        results,
        policy,
        style,
        height=HEIGHT + AXIS_BELOW if style.height is None else LEAST + SLIDE_BELOW,
        title=say(
            "{resource}: how many for {target}: {answer}",
            resource=f"{results.title('places', asked['resource'].partition('/')[0])}, {title}",
            target=_target_title(asked) + _only(results, asked),
            answer=_found(asked, rows),
        ),
        note=_note(results, asked, title),
    )
    left = AXIS_LEFT + 0.2
    high = HEIGHT if style.height is None else page.room - SLIDE_BELOW
    axes = page.axes(style.margin + left, page.top, page.inner - left, high)
    _draw(axes, rows, style)
    beyond = _draw_unlimited(axes, rows, asked["unlimited"], style)
    _answer(axes, [row for row in rows if row.servers == asked["smallest"]], style)
    _target(axes, asked, style)
    axes.grid(visible=True)
    axes.set_xlabel(title, fontsize=AXIS_NAME)
    named = f"{_measured(asked, title)}, {unit_title(asked['unit'])}"
    if asked["within"]:
        named = say("share within {time}, %", time=asked["within"])
    axes.set_ylabel("\n".join(wrap(named, high, AXIS_NAME)), fontsize=AXIS_NAME)
    axes.tick_params(labelsize=AXIS_TICK)
    _number_ticks(axes, rows, beyond, most=20 if style.height is None else 10)
    return page.figure


def _found(asked: Mapping[str, Any], rows: Sequence[CapacityRow]) -> str:
    """Return the smallest number that meets the target, or why there is none."""
    limit, bound = asked["unlimited"], asked["bound"]
    if asked["smallest"] is not None:
        return str(asked["smallest"])
    if limit["low"] > bound if asked["at_most"] else limit["high"] < bound:
        return say("no number is enough")
    if any(row.verdict == "undecided" for row in rows):
        return say("none for sure")
    return say("none of these")


def _note(results: StoredResults, asked: Mapping[str, Any], title: str) -> str:
    """Return what is drawn, where the time goes, and what all this rests on."""
    drawn = say(
        "Value over all replications at each number ({measured}). Bars: {confidence} intervals, wide enough "
        "for one unseen, worse replication. Circle: meets the target; cross: misses it; square: undecided; "
        "diamond: an unlimited number.",
        measured=_measured(asked, title),
        confidence=f"{number(100 * asked['confidence'])} %",
    )
    parts = [
        drawn,
        *_where_time_goes(asked.get("hours", {})),
        chance_note(results.manifest.get("estimates", {})),
        *_estimates(results, asked.get("uncertain", {})),
    ]
    return " ".join(parts)


def _target_title(asked: Mapping[str, Any]) -> str:
    """Return the target in words."""
    amount = f"{number(asked['bound'])} {unit_title(asked['unit'])}"
    if asked["within"]:
        return say("{share} % within {time}", share=number(asked["bound"]), time=asked["within"])
    title = uncapitalised(measure_title(asked["measure"]))
    if asked["unit"] == "%" and not asked["at_most"]:
        return say("{share} % {measure}", share=number(asked["bound"]), measure=title)
    if asked["unit"] in title:
        amount = number(asked["bound"])
    if asked["at_most"]:
        return say("{measure} at most {amount}", measure=title, amount=amount)
    return say("{measure} at least {amount}", measure=title, amount=amount)


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
    most = sorted((title for title in hours if hours[title] > 0), key=lambda title: -hours[title])[:NAMED]
    if not most:
        return []
    parts = [
        say("{stage} {hours} h", stage=uncapitalised(say(one)), hours=f"{hours[one]:.3g}") for one in most
    ]
    return [
        say(
            "With an unlimited number the mean time is {whole} h; most of it: {parts}.",
            whole=f"{sum(hours.values()):.3g}",
            parts=", ".join(parts),
        )
    ]


def _estimates(results: StoredResults, uncertain: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return the sentence on the uncertain numbers of the resource, of its work and of the demand."""
    if not uncertain:
        return []
    (key, (low, high)), *others = uncertain.items()
    ends = range_title(low, high, between="\u2013")
    names = [f"{key_title(results.title, key)} ({ends})"]
    names += [say("{n} more", n=len(others))] if others else []
    return [
        say(
            "Uncertain numbers of the resource, of its work and of the demand: {names}.",
            names="; ".join(names),
        )
    ]


def _measured(asked: Mapping[str, Any], resource: str) -> str:
    named = AT_RESOURCE.get(asked["measure"])
    if named is None:
        return measure_title(asked["measure"])
    return say(named, resource=uncapitalised(resource))


def _draw(axes: Axes, rows: Sequence[CapacityRow], style: Style) -> None:
    xs = [row.servers for row in rows]
    axes.plot(xs, [row.value for row in rows], color=style.quiet, linewidth=1.0, zorder=2)
    for verdict, sign in SIGNS.items():
        mine = [(row.servers, row.value, row.low, row.high) for row in rows if row.verdict == verdict]
        if mine:
            _points(axes, mine, *sign)
    axes.set_xlim(min(xs) - 0.6, max(xs) + 0.6)


def _points(axes: Axes, points: Sequence[tuple[float, float, float, float]], marker: str, color: str) -> None:
    """Draw points, each with its place, value and the ends of its interval; NaN for no interval."""
    xs, ys, lows, highs = zip(*points, strict=True)
    ends = [
        [y - end for y, end in zip(ys, lows, strict=True)],
        [end - y for y, end in zip(ys, highs, strict=True)],
    ]
    looks: dict[str, Any] = {"color": color, "clip_on": False}
    axes.errorbar(xs, ys, ends, linestyle="none", linewidth=1.2, capsize=3, zorder=3, **looks)
    axes.plot(xs, ys, linestyle="none", marker=marker, markersize=6, zorder=4, **looks)


def _draw_unlimited(
    axes: Axes, rows: Sequence[CapacityRow], limit: Mapping[str, float], style: Style
) -> float | None:
    """Draw the value of an unlimited number beyond a gap, and return its place; None if it has no value."""
    value, low, high = (float(limit[name]) for name in ("value", "low", "high"))
    if math.isnan(value):
        return None
    last, (left, _) = max(row.servers for row in rows), axes.get_xlim()
    at = last + max(1.0, 0.15 * (last - left))
    y = next(row.value for row in rows if row.servers == last)
    axes.plot([last, at], [y, value], color=style.quiet, linewidth=1.0, linestyle=":", zorder=2)
    _points(axes, [(at, value, low, high)], ENDLESS, style.ink)
    axes.set_xlim(left, at + (at - left) * 0.06)
    return at


def _number_ticks(axes: Axes, rows: Sequence[CapacityRow], beyond: float | None, most: int) -> None:
    """Mark whole numbers, and the place of an unlimited one."""
    first, last = min(row.servers for row in rows), max(row.servers for row in rows)
    ticks = [int(tick) for tick in MaxNLocator(integer=True, nbins=most).tick_values(first, last)]
    shown = [tick for tick in ticks if first <= tick <= last] or [first]
    places, names = [float(tick) for tick in shown], [str(tick) for tick in shown]
    if beyond is not None:
        places.append(beyond)
        names.append(say("unlimited"))
    axes.set_xticks(places, names)


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
