"""Logistics cost per kg by kind of charge, and where the freight cost ends.

The stack begins with the freight cost (transport and handling between the hubs), by mode of the leg; the
other kinds of charge follow. So one mark shows both the freight cost and the logistics cost.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matplotlib.figure import Figure

from fourport.charts.bars import Bar, Piece, Stack, bar_slides, draw_bars
from fourport.charts.kinds import Chart
from fourport.charts.language import say, spoken
from fourport.charts.legend import Sign
from fourport.charts.stored_results import StoredResults, Value
from fourport.charts.style import Style
from fourport.charts.undelivered import counts, on_route, without_mean
from fourport.store.tables import CostRow

CHART = Chart(
    "Logistics cost per kg by kind of charge, and where the freight cost ends",
    needs="costs",
    default=True,
)

MOST = 10
"""Largest number of kinds of charge in a legend."""

OTHER = "other freight"
ON_VALUE = "on value"
"""Scope of charges on value, which are no part of the bars and stand beside."""

BY_MODE: Mapping[str, tuple[str, str, str]] = {
    "air": ("Air freight", "#56B4E9", ""),
    "sea": ("Sea freight", "#CC79A7", "**"),
    "rail": ("Rail freight", "#661100", "\\\\"),
    "road": ("Road freight", "#332288", "||"),
}
"""Title, colour and pattern of freight by the mode of its leg, the same on all lanes."""

FREIGHT_HANDLING = "freight handling"

SUBTRACTED, ITS_LOOK = "subtracted", ("#404040", "++")
"""Kind of the lines that subtract, such as rebates, and its colour and pattern."""


@dataclass(frozen=True)
class Part:
    """A piece of a bar: the amount of a kind of charge; freight has one piece per leg.

    Attributes
    ----------
    kind
        Key into the kinds.
    freight
        Whether the charge belongs to the freight cost.
    amount
        Money per kg.
    """

    kind: str
    freight: bool
    amount: float


# Okabe and Ito (2008), Color universal design, and dark ones of Tol (2021): no two
# that meet in a bar are alike in lightness as well as in hue.
_MAIN = (
    ("#56B4E9", ""),
    ("#0072B2", "--"),
    ("#332288", "||"),
    ("#F0E442", "oo"),
    ("#44AA99", "-."),
    ("#882255", "OO"),
)
_HANDLING = ("#E69F00", "//")
OUTSIDE: Mapping[str, tuple[str, str, str]] = {
    "handling": ("Handling outside the freight cost", "#f7d794", "--"),
    "transport": ("Transport outside the freight cost", "#8c8c8c", ".."),
    "customs": ("Customs", "#D55E00", "xx"),
    "storage": ("Storage", "#999933", "++"),
    "time": ("Time: {lines}", "#009E73", "\\\\"),
}
"""Title, colour and pattern of what is not freight transport, in the order of the stack."""
TIME: Mapping[str, str] = {
    "inventory": "capital tied up in transit",
    "obsolescence": "obsolescence",
    "safety stock": "safety stock",
    "Hummels-Schaur": "days at their value (Hummels-Schaur)",
}
"""Text for each line of the cost of time on an invoice."""


def kinds_of(rows: Sequence[CostRow], modes: Mapping[str, str] = MappingProxyType({})) -> dict[str, Sign]:
    """Return the kinds of charge of cost lines, in the order of the stack.

    Freight transport has one kind for each mode of :data:`BY_MODE`. On legs of unknown mode, kinds are the
    names on the invoice, dearest first, as far as the legend allows; the rest is one kind. Handling that is
    freight is one kind. Then follow all categories that are not freight, and what is subtracted.

    Parameters
    ----------
    modes
        Mode of each leg.
    """
    less = any(_amount(row) < 0 for row in rows)
    rows = [row for row in rows if _amount(row) >= 0]
    outside = [row for row in rows if row.scope == "other"]
    inside = {row.line for row in rows if _freight(row)}
    others = {
        key: Sign(_names(outside, key, inside) or say(title, lines=_time(outside)), color, hatch)
        for key, (title, color, hatch) in OUTSIDE.items()
        if any(row.category == key for row in outside)
    }
    if any(_freight(row) and not _main(row) for row in rows):
        others = {FREIGHT_HANDLING: Sign(say("Handling between the hubs"), *_HANDLING), **others}
    by_mode: dict[str, dict[str, None]] = {}
    sums: dict[str, float] = {}
    for row in filter(_main, rows):
        mode = modes.get(row.leg, "")
        if mode in BY_MODE:
            by_mode.setdefault(mode, {})[row.line] = None
        else:
            sums[row.line] = sums.get(row.line, 0.0) + _amount(row)
    ranked = sorted(sums, key=lambda name: -sums[name])
    free = min(MOST - len(others) - len(by_mode), len(_MAIN))
    named = ranked if len(ranked) <= free else ranked[: free - 1]
    main = {f"line {name}": Sign(name, *look) for name, look in zip(named, _MAIN, strict=False)}
    modal = {
        f"mode {mode}": Sign(
            next(iter(names)) if len(names) == 1 and spoken() == "en" else say(title), color, hatch
        )
        for mode, (title, color, hatch) in BY_MODE.items()
        if (names := by_mode.get(mode))
    }
    main = {**main, **modal}
    if len(named) < len(ranked):
        main[OTHER] = Sign(say("Other freight transport"), *_MAIN[len(named)])
    if less:
        others[SUBTRACTED] = Sign(say("Subtracted: rebates and adjustments"), *ITS_LOOK)
    return {**main, **others}


def parts_of(
    rows: Iterable[CostRow], kinds: Mapping[str, Sign], modes: Mapping[str, str] = MappingProxyType({})
) -> list[Part]:
    """Sum the cost lines of a route by kind, in the order of the stack: freight first.

    Freight of a mode has one part per leg, in the order of the route.
    """
    sums: dict[tuple[bool, str, str], float] = {}
    for row in rows:
        if row.scope == ON_VALUE:
            continue
        freight, leg = _freight(row), ""
        name = f"line {row.line}"
        if _amount(row) < 0:
            kind = SUBTRACTED
        elif _main(row):
            mode = modes.get(row.leg, "")
            kind = f"mode {mode}" if mode in BY_MODE else name if name in kinds else OTHER
            leg = row.leg if mode in BY_MODE else ""
        else:
            kind = FREIGHT_HANDLING if freight else row.category
        sums[not freight, kind, leg] = sums.get((not freight, kind, leg), 0.0) + _amount(row)
    places = {kind: place for place, kind in enumerate(kinds)}
    ordered = sorted(sums, key=lambda key: (key[0], places[key[1]]))
    return [Part(key[1], not key[0], sums[key]) for key in ordered]


def _names(rows: Iterable[CostRow], category: str, others: Collection[str]) -> str:
    """Return the names on the invoice of a kind of charge if they say more than the kind; else "".

    A name that other kinds also have is left out, because it does not distinguish them. Names on an invoice
    have no translations.
    """
    if spoken() != "en":
        return ""
    names = list(dict.fromkeys(row.line for row in rows if row.category == category))
    if len(names) > {"transport": 3, "handling": 1}.get(category, 0) or not {*names}.isdisjoint(others):
        return ""
    return ", ".join([names[0], *(name[:1].lower() + name[1:] for name in names[1:])])


def _time(rows: Iterable[CostRow]) -> str:
    """Return the names of the costs of time that are on the invoice."""
    names = dict.fromkeys(row.line for row in rows if row.category == "time")
    return ", ".join(say(TIME.get(name, name)) for name in names)


def _freight(row: CostRow) -> bool:
    return row.scope == "freight"


def _main(row: CostRow) -> bool:
    return _freight(row) and row.category == "transport"


def _amount(row: CostRow) -> float:
    return 0.0 if math.isnan(row.mean) else row.mean


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw a stacked bar for each route, grouped by lane."""
    return draw_bars(results, policy, style, *_bars(results, policy))


def slides(results: StoredResults, policy: str, style: Style) -> Iterator[Figure]:
    """Draw the same on slides."""
    return bar_slides(results, policy, style, *_bars(results, policy))


def _bars(results: StoredResults, policy: str) -> tuple[list[Bar], Stack]:
    rows = results.rows(CostRow, policy)
    modes = {leg.leg: leg.mode for leg in results.legs}
    kinds = kinds_of(rows, modes)
    bars = []
    for lane, routes in results.lanes(policy).items():
        for route in routes:
            mine = [row for row in rows if (row.lane, row.route) == (lane, route)]
            known = not all(math.isnan(row.mean) for row in mine)
            on_value = sum(_amount(row) for row in mine if row.scope == ON_VALUE)
            bars.append(_bar(results, policy, lane, route, parts_of(mine, kinds, modes), known, on_value))
    unit = next((row.unit for row in rows), "") or results.unit("logistics_cost")
    stack = Stack(
        title=say("Logistics cost per kg from door to door, by kind of charge"),
        note=" ".join(_notes(rows, less=SUBTRACTED in kinds)),
        axis=say("logistics cost, {unit} (left of the black mark: freight cost)", unit=unit),
        digits=2,
        kinds=kinds,
        groups={"": list(kinds)},
        inside=True,
    )
    return bars, stack


def _notes(rows: Iterable[CostRow], *, less: bool) -> Iterator[str]:
    """Yield the sentences below the chart; ``less`` if lines of the bill subtract."""
    yield say(
        "Mean per kg delivered; freight has one piece per leg. Black mark: end of the freight cost (from "
        "the origin hub to the destination hub). At the end of a bar: the logistics cost with its 95 % "
        "interval, which is the line below the bar, then the freight cost."
    )
    if less:
        yield say(
            "Left of 0: what is subtracted. The costs, the mark and the interval are net of it, so the "
            "pieces right of 0 reach further by as much."
        )
    apart = dict.fromkeys(row.line for row in rows if row.scope == ON_VALUE)
    if apart:
        yield say("Not in the bar, but beside it: charges on value ({lines}).", lines=", ".join(apart))


def _bar(
    results: StoredResults,
    policy: str,
    lane: str,
    route: str,
    parts: Sequence[Part],
    known: bool,
    on_value: float,
) -> Bar:
    total = results.value(policy, lane, route, "logistics_cost")
    if math.isnan(total.mean):
        total = Value(sum(part.amount for part in parts), math.nan, math.nan)
    freight = sum(part.amount for part in parts if part.freight)
    after = say("freight {amount}", amount=f"{freight:.2f}")
    if on_value:
        after += say(", on value {amount}", amount=f"{on_value:.2f}")
    return Bar(
        lane,
        [results.title("routes", route), *filter(None, [on_route(results, policy, lane, route)])],
        [Piece(part.kind, part.amount) for part in parts],
        total,
        mark=freight,
        after=after if known else without_mean(counts(results, policy, lane, route)),
        known=known,
    )
