"""Door-to-door time by cause: work, then each kind of waiting."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from fourport.charts.bars import Bar, Piece, Stack, bar_slides, draw_bars
from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.legend import Sign
from fourport.charts.measures import measure_title
from fourport.charts.stored_results import StoredResults, Value
from fourport.charts.style import Style
from fourport.charts.undelivered import undelivered, without_mean
from fourport.errors import UserError
from fourport.measures import MEASURES

CHART = Chart(
    "Door-to-door time by cause: work against each kind of waiting",
)

MEASURE = "door_to_door_time"
CAUSE = "time_"
"""Prefix of the measures of causes."""

DAYS_FROM = 72.0
"""Time in hours from which times are shown in days."""

# Work is blue and waiting is not; no two that meet in a bar are alike in lightness as well as
# in hue. Okabe and Ito (2008), Color universal design, and dark ones of Tol (2021).
_WORK: Mapping[str, tuple[str, str]] = {
    "service": ("#0072B2", ""),
    "transport": ("#56B4E9", "--"),
    "preparation": ("#bfdff2", ".."),
    "documents": ("#44AA99", "||"),
}
_WAITING: Mapping[str, tuple[str, str]] = {
    "inspection": ("#117733", "xx"),
    "queue": ("#E69F00", "//"),
    "closed": ("#D55E00", "\\\\"),
    "consolidation": ("#F0E442", "oo"),
    "cut_off": ("#CC79A7", "++"),
    "rolled_over": ("#882255", "OO"),
    "cancelled": ("#b5b5b5", "**"),
    "late": ("#1a1a1a", ".."),
}
"""Colour and pattern of each cause, in the order of the bar."""

_OTHER = ("#7f7f7f", "xxx")


@dataclass(frozen=True)
class Explained:
    """A bar of door-to-door time by cause.

    Attributes
    ----------
    title
        Name of the bar, and what is said of it below, each a text.
    values
        Door-to-door time and its causes, by measure.
    """

    lane: str
    title: Sequence[str]
    values: Mapping[str, Value]


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw a stacked bar for each route, grouped by lane.

    Raises
    ------
    UserError
        If nothing was delivered, or the run holds no times by cause.
    """
    return draw_bars(results, policy, style, *_bars(results, policy))


def slides(results: StoredResults, policy: str, style: Style) -> Iterator[Figure]:
    """Draw the same on slides."""
    return bar_slides(results, policy, style, *_bars(results, policy))


def _bars(results: StoredResults, policy: str) -> tuple[list[Bar], Stack]:
    stored = dict.fromkeys(results.columns("summary", "measure")[0])
    routes = [(lane, route) for lane, routes in results.lanes(policy).items() for route in routes]
    explained = [
        Explained(
            lane,
            [results.title("routes", route)],
            {m: results.value(policy, lane, route, m) for m in stored},
        )
        for lane, route in routes
    ]
    return bars_by_cause(results, explained, say("Why time passes: work against each kind of waiting"))


def bars_by_cause(
    results: StoredResults, explained: Sequence[Explained], title: str, which: str = ""
) -> tuple[list[Bar], Stack]:
    """Return a stacked bar for each of the explained times, and how they are drawn.

    Parameters
    ----------
    which
        Sentence of the note on which bars are drawn.

    Raises
    ------
    UserError
        If nothing was delivered, or there are no times by cause.
    """
    stored = {
        measure.removeprefix(CAUSE) for one in explained for measure in one.values if _is_cause(measure)
    }
    if not stored:
        raise UserError(
            f"{results.run.folder / 'summary.csv'}: holds no time by cause; run the scenario again"
        )
    order = [*_WORK, *_WAITING, *sorted(stored - {*_WORK, *_WAITING})]
    longest = max((one.values[MEASURE].mean for one in explained if MEASURE in one.values), default=0.0)
    unit = 24.0 if longest >= DAYS_FROM else 1.0
    seen = [cause for cause in order if any(_hours(one, cause) > 0 for one in explained)]
    if not seen:
        raise UserError(f"{results.run.folder}: nothing was delivered, or too little for a mean")
    looks = {**_WORK, **_WAITING}
    kinds = {cause: Sign(_title(cause), *looks.get(cause, _OTHER)) for cause in seen}
    note = say(
        "Mean of delivered consignments. Black mark: where work ends and waiting begins. At the end of a "
        "bar: the door-to-door time with its 95 % interval, which is the line below the bar, then the share "
        "of waiting."
    )
    stack = Stack(
        title=title,
        note=f"{note} {which}".rstrip(),
        axis=say("door-to-door time, days") if unit > 1 else say("door-to-door time, hours"),
        digits=1,
        kinds=kinds,
        groups={
            say("Work"): [cause for cause in seen if cause in _WORK],
            say("Waiting"): [cause for cause in seen if cause not in _WORK],
        },
        inside=True,
    )
    return [_bar(one, order, unit) for one in explained], stack


def _is_cause(measure: str) -> bool:
    return measure.startswith(CAUSE)


def _hours(one: Explained, cause: str) -> float:
    found = one.values.get(CAUSE + cause)
    return math.nan if found is None else found.mean


def _bar(one: Explained, order: Sequence[str], unit: float) -> Bar:
    pieces = [Piece(cause, _hours(one, cause) / unit) for cause in order if _hours(one, cause) > 0]
    total = one.values.get(MEASURE, Value(math.nan, math.nan, math.nan)).times(1 / unit)
    work = sum(piece.amount for piece in pieces if piece.kind in _WORK)
    waiting = 100 * (1 - work / total.mean) if pieces else 0.0
    return Bar(
        one.lane,
        [*one.title, *filter(None, [undelivered(one.values)])],
        pieces,
        total,
        mark=work,
        after=say("waiting {share} %", share=f"{waiting:.0f}") if pieces else without_mean(one.values),
        known=bool(pieces),
    )


def _title(cause: str) -> str:
    return measure_title(CAUSE + cause) if CAUSE + cause in MEASURES else cause
