"""Where the time goes under each policy: one bar a policy, all lanes together and lane by lane."""

from __future__ import annotations

from matplotlib.figure import Figure

from fourport.charts.bars import NAMES, ROW, title_of
from fourport.charts.language import say
from fourport.charts.results import Results, Value
from fourport.charts.style import Style
from fourport.charts.time_by_cause import Explained, draw_causes
from fourport.charts.words import wrap

TOGETHER = "*"
"""Stands for all lanes, or all routes, together."""


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
    several = len({policy for *_, policy in found}) > 1
    explained = [
        Explained(lane, _title(results, route, name, several), values)
        for (lane, route, name), values in sorted(found.items(), key=lambda item: [*lanes].index(item[0][0]))
    ]
    title = say("Why the time passes, compared: work on the way against each kind of waiting")
    return draw_causes(results, policy, style, explained, title)


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
