"""Clearance time by stage of customs.

A run has one bar per lane. A comparison of policies shows the offices that a policy changes, with one bar for
each policy that does. A comparison of routes has one bar per route.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.figure import Figure

from fourport.causes import CLEARANCE_STAGES
from fourport.charts.bars import Bar, Piece, Stack, bar_slides, draw_bars
from fourport.charts.caption import policy_title
from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.legend import Sign
from fourport.charts.measures import measure_title
from fourport.charts.stored_results import StoredResults, Value
from fourport.charts.style import Style
from fourport.charts.text_layout import short
from fourport.errors import UserError
from fourport.store.tables import OFFICE_SEPARATOR, TOGETHER, ClearanceStageRow

CHART = Chart(
    "Clearance time by stage of customs: work against waiting, by lane, or by office and policy",
    needs="clearance-stages",
)

PROCEDURES = ("import", "transit", "export")
CLEARANCE_TIME = "clearance_time_"
"""Prefix of the measures of clearance times; the procedure follows."""

# Colours as in the chart of time by cause: work is blue or green, waiting is not.
_WORK: Mapping[str, tuple[str, str]] = {
    "handling": ("#0072B2", ""),
    "preparation": ("#bfdff2", ".."),
    "document-control": ("#44AA99", "||"),
    "payment": ("#56B4E9", "--"),
    "amendment": ("#332288", "//"),
    "scan": ("#999933", "oo"),
    "appointment": ("#c7e9c0", ".."),
    "inspection": ("#117733", "xx"),
    "laboratory": ("#b5b5b5", "\\\\"),
}
_WAITING: Mapping[str, tuple[str, str]] = {
    "handling": ("#E69F00", "//"),
    "document-control": ("#D55E00", "\\\\"),
    "scan": ("#F0E442", "++"),
    "appointment": ("#882255", "OO"),
    "inspection": ("#CC79A7", "++"),
}
"""Colour and pattern of each stage, in the order of the bar."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw bars by office, by route or by lane.

    For a policy other than the first of a comparison, bars are by lane, or by route, under this policy.

    Raises
    ------
    UserError
        If no office of customs released anything.
    """
    of, bars, stack = _bars(results, policy)
    return draw_bars(results, of, style, bars, stack)


def slides(results: StoredResults, policy: str, style: Style) -> Iterator[Figure]:
    """Draw the same on slides."""
    of, bars, stack = _bars(results, policy)
    return bar_slides(results, of, style, bars, stack)


def _bars(results: StoredResults, policy: str) -> tuple[str | None, list[Bar], Stack]:
    """Return the policy of the bars (None for all policies), the bars, and how they are drawn."""
    bars, which, of = _chosen(results, read_cleared(results), policy)
    if not any(bar.known for bar in bars):
        raise UserError(f"{results.run.folder / 'clearance-stages.csv'}: nothing was cleared under {policy}")
    note = say(
        "Mean of released consignments, from arrival to release; preparation counts only while the goods "
        "wait for it. Black mark: where waiting for staff begins. At the end of a bar: the clearance time "
        "with its 95 % interval, which is the line below the bar, then the share of waiting."
    )
    drawn = {piece.kind for bar in bars for piece in bar.pieces}
    kinds = {key: kind for key, kind in _kinds().items() if key in drawn}
    stack = Stack(
        title=say("Where clearance time goes: stages of customs"),
        note=" ".join(filter(None, (note, which))),
        axis=say("clearance time, hours"),
        digits=2,
        kinds=kinds,
        groups={
            say("Work and set stays"): [key for key in kinds if key.startswith("work")],
            say("Waiting"): [key for key in kinds if key.startswith("waiting")],
        },
        inside=True,
        own_scales=True,
    )
    return of, bars, stack


def _chosen(results: StoredResults, found: Found, policy: str) -> tuple[list[Bar], str, str | None]:
    """Return the bars, the sentence that says what they show, and their policy (None for all policies)."""
    asked = results.manifest.get("comparison") or {}
    first = policy == results.policies[0]
    if asked.get("routes"):
        policies = results.policies if first else (policy,)
        return [*_by_route(results, found, policies, asked)], "", None if first else policy
    if not asked or not first:
        return [*_by_lane(results, found, policy)], "", policy
    if bars := [*_by_office(results, found, asked)]:
        which = say(
            "Offices that a policy changes, with the policies that change them; offices that goods pass one "
            "after the other are combined."
        )
        if asked.get("lane"):
            where = say("Lane: {lane}.", lane=results.title("lanes", asked["lane"]))
            return bars, f"{which} {where}", None
        return bars, f"{which} " + say("All lanes together."), None
    return [*_by_lane(results, found, policy)], say("No policy changes a customs office."), policy


def _by_office(results: StoredResults, found: Found, asked: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the bars of each office, or of several offices that goods pass one after the other.

    If the comparison does not say what policies change, all offices are drawn, under all policies.
    """
    place = asked.get("lane") or TOGETHER, TOGETHER
    policies = dict.fromkeys(policy for one in found.values() for policy in one)
    changed: Mapping[str, Sequence[str]] | None = asked.get("changed_offices")
    for procedure in PROCEDURES:
        offices = [key[3] for key in found if key[:3] == (*place, procedure) and key[3] != TOGETHER]
        for office in offices:
            by = [name for name in policies if changed is None or office in changed.get(name, ())]
            heading = f"{measure_title(CLEARANCE_TIME + procedure)}: {_places(results, office, offices)}"
            for policy in dict.fromkeys([asked["baseline"], *by]) if by else ():
                title = [policy_title(results, policy)]
                yield _bar(heading, title, found[*place, procedure, office].get(policy))


def _places(
    results: StoredResults, office: str, offices: Sequence[str], among: Collection[str] | None = None
) -> str:
    """Return the title of an office's place, with the activity if the place has other offices.

    Parameters
    ----------
    among
        Titles from which a short one must be told; None for the whole title.
    """
    titles = []
    for one in office.split(OFFICE_SEPARATOR):
        place, _, do = one.partition("/")
        others = [
            other for other in offices if OFFICE_SEPARATOR not in other and other.startswith(f"{place}/")
        ]
        title = results.title("places", place)
        title = title if among is None else short(title, among)
        titles.append(f"{title} ({do})" if len(others) > 1 else title)
    return OFFICE_SEPARATOR.join(titles)


def _by_route(
    results: StoredResults, found: Found, policies: Sequence[str], asked: Mapping[str, Any]
) -> Iterator[Bar]:
    """Yield the bars of the compared routes, on each lane with at least two of them."""
    lanes = {lane: routes for policy in policies for lane, routes in results.lanes(policy).items()}
    for lane, routes in lanes.items():
        mine = [route for route in asked["routes"] if route in routes]
        if len(mine) < 2 or asked.get("lane") not in (None, lane):
            continue
        for procedure in PROCEDURES:
            cleared = {route: found.get((lane, route, procedure, TOGETHER), {}) for route in mine}
            heading = f"{measure_title(CLEARANCE_TIME + procedure)}: {results.title('lanes', lane)}"
            for policy in policies if any(cleared.values()) else ():
                for route in mine:
                    under = [f"({policy})"] if len(policies) > 1 else []
                    title = [results.title("routes", route, policy), *under]
                    yield _bar(heading, title, cleared[route].get(policy))


def _by_lane(results: StoredResults, found: Found, policy: str) -> Iterator[Bar]:
    """Yield a bar per lane, which names the offices of the lane."""
    only = (results.manifest.get("comparison") or {}).get("lane")
    for procedure in PROCEDURES:
        everywhere = dict.fromkeys(
            office for *_, of, office in found if of == procedure and office != TOGETHER
        )
        for lane, route, of, office in found:
            if of == procedure and lane != TOGETHER == route == office and only in (None, lane):
                cleared = found[lane, route, of, office].get(policy)
                if cleared is not None:
                    where = _where(results, found, (lane, procedure), policy, [*everywhere])
                    title = [*filter(None, (results.title("lanes", lane), where))]
                    yield _bar(measure_title(CLEARANCE_TIME + procedure), title, cleared)


def _where(
    results: StoredResults, found: Found, of: tuple[str, str], policy: str, everywhere: Sequence[str]
) -> str:
    """Return the names of the offices at which the goods of a lane are cleared, in brackets.

    Parameters
    ----------
    of
        Lane and procedure.
    everywhere
        Offices of the procedure on all lanes.
    """
    offices = [
        key[3] for key, cleared in found.items() if key[:3] == (of[0], TOGETHER, of[1]) and policy in cleared
    ]
    passed = dict.fromkeys(
        one for office in offices if office != TOGETHER for one in office.split(OFFICE_SEPARATOR)
    )
    among = results.titles("places")
    named = dict.fromkeys(_places(results, office, everywhere, among) for office in passed)
    return f"({'; '.join(named)})" if named else ""


def _bar(heading: str, title: Sequence[str], cleared: Cleared | None) -> Bar:
    if cleared is None:
        none = Value(math.nan, math.nan, math.nan)
        return Bar(heading, title, [], none, mark=0.0, after=say("no clearance"), known=False)
    pieces = [
        Piece(f"{kind} {stage}", hours[stage])
        for kind, hours, stages in (("work", cleared.work, _WORK), ("waiting", cleared.waiting, _WAITING))
        for stage in stages
        if hours.get(stage, 0.0) > 0
    ]
    work = sum(piece.amount for piece in pieces if piece.kind.startswith("work"))
    whole = sum(piece.amount for piece in pieces)
    waiting = 100 * (1 - work / whole) if whole else 0.0
    after = say("waiting {share} %", share=f"{waiting:.0f}")
    return Bar(heading, title, pieces, cleared.total, mark=work, after=after)


def _kinds() -> dict[str, Sign]:
    titles = {
        **{f"work {stage}": say(title) for stage, (title, _) in CLEARANCE_STAGES.items()},
        "waiting handling": say("For handling"),
        "waiting document-control": say("For an officer on duty"),
        "waiting scan": say("For the scanner"),
        "waiting appointment": say("For an appointment"),
        "waiting inspection": say("For an inspection bay"),
    }
    looks = {f"work {stage}": look for stage, look in _WORK.items()}
    looks |= {f"waiting {stage}": look for stage, look in _WAITING.items()}
    return {key: Sign(titles[key], *look) for key, look in looks.items()}


@dataclass
class Cleared:
    """Clearance by an office, or by all offices of a procedure on a route, under one policy.

    Attributes
    ----------
    total
        Clearance time, h.
    work, waiting
        Hours of it by stage.
    """

    total: Value
    work: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)


Found = dict[tuple[str, str, str, str], dict[str, Cleared]]
"""By lane, route, procedure and office (each but the procedure may be ``*``), then by policy."""


def read_cleared(results: StoredResults) -> Found:
    """Read the stages up to release; runs of versions without the column of routes have none by route."""
    found: Found = {}
    table = ClearanceStageRow.table.name
    keys = ("lane", "procedure", "office", "policy", "stage", "measure", "mean", "low", "high")
    cells = results.columns(table, *keys, empty=True)  # many: to make rows of them takes five times as long
    by_route = "route" in results.run.table(table).column_names
    routes = results.columns(table, "route", empty=True)[0] if by_route else [TOGETHER] * len(cells[0])
    for route, lane, procedure, office, policy, stage, measure, mean, low, high in zip(
        routes, *cells, strict=True
    ):
        if stage == "removal" or results.lane not in (None, lane):
            continue
        policies = found.setdefault((lane, route, procedure, office), {})
        if measure == "time" and not math.isnan(mean):  # it comes first
            policies[policy] = Cleared(Value(mean, low, high))
        elif measure in ("work", "waiting") and policy in policies:
            cleared = policies[policy]
            hours = cleared.work if measure == "work" else cleared.waiting
            hours[stage] = 0.0 if math.isnan(mean) else mean
    return found
