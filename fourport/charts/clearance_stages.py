"""Where clearance time goes by stage: one bar a lane, or a policy where policies are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matplotlib.figure import Figure

from fourport.charts.bars import NAMES, ROW, Bar, Piece, Stack, draw_bars
from fourport.charts.language import say
from fourport.charts.legend import Kind
from fourport.charts.results import Results, Row, Value
from fourport.charts.stages import TOGETHER, policy_title
from fourport.charts.style import Style
from fourport.charts.words import wrap
from fourport.errors import UserError

FEW, CHANGED = 8, 0.02
"""With more policies than the first, only those are drawn that change a clearance time by that share."""

# Colours as in the chart of time by cause: work is blue or green, waiting is not.
_WORK: Mapping[str, tuple[str, str]] = {
    "handling": ("#0072B2", ""),
    "preparation": ("#bfdff2", ".."),
    "document-control": ("#44AA99", "||"),
    "payment": ("#56B4E9", "--"),
    "amendment": ("#332288", "//"),
    "scan": ("#999933", "oo"),
    "inspection": ("#117733", "xx"),
    "laboratory": ("#b5b5b5", "\\\\"),
}
_WAITING: Mapping[str, tuple[str, str]] = {
    "handling": ("#E69F00", "//"),
    "document-control": ("#D55E00", "\\\\"),
    "scan": ("#F0E442", "++"),
    "inspection": ("#CC79A7", "++"),
}
"""Colour and pattern of each stage, in the order of the bar."""


@dataclass
class Cleared:
    """Clearance by the offices of one procedure, on one lane and under one policy.

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


Found = dict[tuple[str, str], dict[str, Cleared]]
"""By procedure and lane, then by policy."""


def figure(results: Results, policy: str, style: Style) -> Figure:
    """Draw a bar for each lane; of the first policy of a comparison, one for each policy compared.

    Raises
    ------
    UserError
        If no office of customs released anything.
    """
    found = _read(results)
    compared = results.manifest.get("comparison")
    if compared and not compared.get("routes") and policy == results.policies[0]:
        bars = list(_by_policy(results, _of_lane(found, compared.get("lane")), policy))
    else:
        bars = list(_by_lane(results, found, policy))
    if not bars:
        raise UserError(f"{results.run.folder / 'clearance-stages.csv'}: nothing was cleared under {policy}")
    note = say(
        "Mean over consignments released, from the arrival at the facility to the release, summed over the "
        "offices on the way; preparation counts for as long as the goods are there and wait for it. Black "
        "mark: where work ends and waiting for staff begins. At the bar's end: the mean clearance time with "
        "its 95 % interval over replications, then the share of it that is waiting."
    )
    if len(results.policies) > FEW and compared:
        note += " " + say("Of each procedure the lane that most policies change, and the policies that do.")
    drawn = {piece.kind for bar in bars for piece in bar.pieces}
    kinds = {key: kind for key, kind in _kinds().items() if key in drawn}
    return draw_bars(
        results,
        policy,
        style,
        bars,
        Stack(
            title=say("Where clearance time goes: the stages of customs"),
            note=note,
            axis=say("clearance time, hours"),
            digits=2,
            kinds=kinds,
            groups={
                say("Work"): [key for key in kinds if key.startswith("work")],
                say("Waiting"): [key for key in kinds if key.startswith("waiting")],
            },
            inside=True,
            own_scales=True,
        ),
    )


def _read(results: Results) -> Found:
    """Read the times of all offices of a procedure together."""
    found: Found = {}
    for row in results.table("clearance-stages.csv", empty=True):
        if row["office"] != TOGETHER or row["stage"] == "removal":
            continue
        policies = found.setdefault((row["procedure"], row["lane"]), {})
        if row["measure"] == "time" and row["mean"]:  # it comes first
            policies[row["policy"]] = Cleared(Value.of(row))
        elif row["measure"] in ("work", "waiting") and row["policy"] in policies:
            _hours(policies[row["policy"]], row)
    return found


def _hours(cleared: Cleared, row: Row) -> None:
    hours = cleared.work if row["measure"] == "work" else cleared.waiting
    hours[row["stage"]] = float(row["mean"] or 0)


def _of_lane(found: Found, lane: str | None) -> Found:
    return {key: policies for key, policies in found.items() if lane in (None, key[1])}


def _by_policy(results: Results, found: Found, first: str) -> Iterator[Bar]:
    """Give the bars of the lane of each procedure that most policies change, of equals the most."""
    for procedure in dict.fromkeys(procedure for procedure, _ in found):
        lanes = {
            lane: policies
            for (of, lane), policies in found.items()
            if of == procedure and first in policies and lane != TOGETHER
        }
        if not lanes:
            continue
        lane = max(lanes, key=lambda name: _change(lanes[name], first))
        shown = lanes[lane] if len(results.policies) <= FEW else _changed(lanes[lane], first)
        if not shown:
            continue
        heading = f"{_titles()[procedure]}: {results.title('lanes', lane)}"
        for policy in dict.fromkeys((first, *shown)):
            title = wrap(policy_title(results, policy), NAMES - 0.15, ROW)
            yield _bar(heading, title, lanes[lane][policy])


def _changed(policies: Mapping[str, Cleared], first: str) -> dict[str, Cleared]:
    """Give the policies that change the clearance time."""
    mean = policies[first].total.mean
    return {name: one for name, one in policies.items() if abs(one.total.mean - mean) >= CHANGED * mean > 0}


def _change(policies: Mapping[str, Cleared], first: str) -> tuple[int, float]:
    """Give how many policies change the clearance time, and by how much of it the one that does most."""
    mean, changed = policies[first].total.mean, _changed(policies, first)
    return len(changed), max((abs(one.total.mean / mean - 1) for one in changed.values()), default=0.0)


def _by_lane(results: Results, found: Found, policy: str) -> Iterator[Bar]:
    for (procedure, lane), policies in found.items():
        if lane != TOGETHER and policy in policies:
            title = wrap(results.title("lanes", lane), NAMES - 0.15, ROW)
            yield _bar(_titles()[procedure], title, policies[policy])


def _bar(heading: str, title: Sequence[str], cleared: Cleared) -> Bar:
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


def _kinds() -> dict[str, Kind]:
    titles = {
        "work handling": say("Unloading and other handling"),
        "work preparation": say("Preparation by the trader"),
        "work document-control": say("Document control"),
        "work payment": say("Payment of duty"),
        "work amendment": say("Amendment"),
        "work scan": say("Scan and image review"),
        "work inspection": say("Opening and inspection"),
        "work laboratory": say("Laboratory"),
        "waiting handling": say("For handling"),
        "waiting document-control": say("For an officer on duty"),
        "waiting scan": say("For the scanner"),
        "waiting inspection": say("For an inspection bay"),
    }
    looks = {f"work {stage}": look for stage, look in _WORK.items()}
    looks |= {f"waiting {stage}": look for stage, look in _WAITING.items()}
    return {key: Kind(titles[key], *look) for key, look in looks.items()}


def _titles() -> dict[str, str]:
    return {
        "import": say("Import clearance"),
        "transit": say("Transit clearance"),
        "export": say("Export clearance"),
    }
