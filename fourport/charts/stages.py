"""Time by cause under each policy: one bar per policy, for all lanes together and for single lanes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from matplotlib.figure import Figure

from fourport.charts.bars import Bar, Stack, bar_slides, draw_bars
from fourport.charts.caption import policy_title
from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.stored_results import StoredResults, Value
from fourport.charts.style import Style
from fourport.charts.time_by_cause import MEASURE, Explained, bars_by_cause
from fourport.store.tables import TOGETHER, PolicyRow

CHART = Chart(
    "Door-to-door time by cause, one bar per compared policy (or route)",
    needs="policies",
)

FEW, TOUCHED, LANES = 8, 0.02, 2
"""With more than FEW bars per lane, only LANES lanes are drawn: those with the most bars that differ in time
from the first by the share TOUCHED or more."""

Found = Mapping[tuple[str, str, str], Mapping[str, Value]]
"""Values by lane, route and policy, then by measure."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw a stacked bar for each alternative compared, grouped by lane.

    Raises
    ------
    UserError
        If nothing was delivered.
    """
    return draw_bars(results, None, style, *_bars(results))


def slides(results: StoredResults, policy: str, style: Style) -> Iterator[Figure]:
    """Draw the same on slides."""
    return bar_slides(results, None, style, *_bars(results))


def _bars(results: StoredResults) -> tuple[list[Bar], Stack]:
    found: dict[tuple[str, str, str], dict[str, Value]] = {}
    for row in results.rows(PolicyRow):
        found.setdefault((row.lane, row.route, row.policy), {})[row.measure] = Value.of(row)
    lanes = dict.fromkeys(lane for lane, _, _ in found)
    if len(lanes) == 2 and TOGETHER in lanes:  # a single lane equals all lanes
        found = {key: values for key, values in found.items() if key[0] == TOGETHER}
    chosen = _chosen(found)
    drawn = {key: values for key, values in found.items() if key[0] in chosen}
    several = len({policy for *_, policy in drawn}) > 1
    explained = [
        Explained(lane, _title(results, route, name, several), values)
        for (lane, route, name), values in sorted(drawn.items(), key=lambda item: [*lanes].index(item[0][0]))
    ]
    title = say("Why time passes, compared: work against each kind of waiting")
    return bars_by_cause(results, explained, title, _left_out(found, drawn))


def _chosen(found: Found) -> set[str]:
    """Return the lanes to draw: all, or with many bars "all lanes together" and the most changed lanes."""
    if len({(route, name) for _, route, name in found}) <= FEW:
        return {lane for lane, _, _ in found}
    return {TOGETHER, *_most_touched(found)}


def _left_out(found: Found, drawn: Found) -> str:
    """Return the sentence on which lanes are drawn, "" if all are."""
    lanes, shown = ({lane for lane, _, _ in those} - {TOGETHER} for those in (found, drawn))
    if shown == lanes:
        return ""
    return say(
        "Of the {lanes} single lanes, {shown} are drawn: those with the most bars that differ by {share} % "
        "or more from the first bar of the lane.",
        lanes=len(lanes),
        shown=len(shown),
        share=f"{100 * TOUCHED:g}",
    )


def _most_touched(found: Found) -> list[str]:
    """Return the lanes in which the largest number of alternatives differ in time from the first."""
    first: dict[str, float] = {}
    touched: dict[str, int] = {}
    for (lane, _, _), values in found.items():
        mean = values[MEASURE].mean if MEASURE in values else 0.0
        differs = abs(mean - first.setdefault(lane, mean)) >= TOUCHED * first[lane] > 0
        touched[lane] = touched.get(lane, 0) + differs
    touched.pop(TOGETHER, None)
    return sorted(touched, key=lambda lane: -touched[lane])[:LANES]


def _title(results: StoredResults, route: str, policy: str, several: bool) -> list[str]:
    if route == TOGETHER:
        return [policy_title(results, policy)]
    title = results.title("routes", route, policy)
    return [title, f"({policy})"] if several else [title]
