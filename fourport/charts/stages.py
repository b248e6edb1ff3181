"""Where the time goes under each policy: one bar a policy, all lanes together and lane by lane."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from fourport.charts.bars import NAMES, ROW, title_of
from fourport.charts.language import say
from fourport.charts.results import Results, Value
from fourport.charts.style import Style
from fourport.charts.time_by_cause import MEASURE, Explained, draw_causes
from fourport.charts.words import wrap

TOGETHER = "*"
"""Stands for all lanes, or all routes, together."""

FEW, TOUCHED, LANES = 8, 0.02, 2
"""With more of them than the first, only some lanes are drawn: those where most of them change the time by
the share or more."""


def figure(results: Results, policy: str, style: Style) -> Figure:
    """Draw a stacked bar for each of those compared, grouped by lane.

    Raises
    ------
    UserError
        If nothing was delivered.
    """
    found: dict[tuple[str, str, str], dict[str, Value]] = {}
    for row in results.table("policies.csv"):
        key = (row["lane"], row["route"], row["policy"])
        found.setdefault(key, {})[row["measure"]] = Value.of(row)
    lanes = dict.fromkeys(lane for lane, _, _ in found)
    if len(lanes) == 2 and TOGETHER in lanes:  # the only lane is all of them
        found = {key: values for key, values in found.items() if key[0] == TOGETHER}
    compared = len({(route, name) for _, route, name in found})
    if compared > FEW:
        found = {key: values for key, values in found.items() if key[0] in {TOGETHER, *_most_touched(found)}}
    several = len({policy for *_, policy in found}) > 1
    explained = [
        Explained(lane, _title(results, route, name, several), values)
        for (lane, route, name), values in sorted(found.items(), key=lambda item: [*lanes].index(item[0][0]))
    ]
    title = say("Why the time passes, compared: work on the way against each kind of waiting")
    if compared > FEW:
        title += " " + say(
            "(of single lanes, the two where the time of most bars is {share} % or more off the first's)",
            share=f"{100 * TOUCHED:g}",
        )
    return draw_causes(results, policy, style, explained, title)


def _most_touched(found: Mapping[tuple[str, str, str], Mapping[str, Value]]) -> list[str]:
    """Give the lanes in which the time of most of those compared differs from that of the first."""
    first: dict[str, float] = {}
    touched: dict[str, int] = {}
    for (lane, _, _), values in found.items():
        mean = values[MEASURE].mean if MEASURE in values else 0.0
        differs = abs(mean - first.setdefault(lane, mean)) >= TOUCHED * first[lane] > 0
        touched[lane] = touched.get(lane, 0) + differs
    touched.pop(TOGETHER, None)
    return sorted(touched, key=lambda lane: -touched[lane])[:LANES]


def _title(results: Results, route: str, policy: str, several: bool) -> list[str]:
    if route == TOGETHER:
        return wrap(policy_title(results, policy), NAMES - 0.15, ROW)
    title = title_of(results, route)
    return [*title, f"({policy})"] if several else title


def policy_title(results: Results, policy: str) -> str:
    """Give a policy's name with its title."""
    title = str(results.manifest.get("policies", {}).get(policy) or "")
    title = results.drawable(title, "")
    return f"{policy}: {title}" if title and title != policy else policy
