"""Charges in few kinds: the main ones by their name on the invoice, the others by what they are for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fourport.charts.language import say
from fourport.charts.legend import Kind
from fourport.charts.results import Row

MOST = 10
"""Kinds of charge in a legend, at most."""

OTHER = "other freight"

BY_MODE: Mapping[str, tuple[str, str, str]] = {
    "sea": ("Sea freight", "#CC79A7", "**"),
    "rail": ("Rail freight", "#661100", "\\\\"),
}
"""Title, colour and pattern of freight that is a kind of its own by the mode of its way, however cheap."""

FREIGHT_HANDLING = "freight handling"


@dataclass(frozen=True)
class Part:
    """What a kind of charge adds to a bar.

    Attributes
    ----------
    kind
        Key into the kinds.
    freight
        Whether it belongs to the freight cost.
    amount
        Money for each kg.
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
    "inventory": "capital tied up under way",
    "obsolescence": "obsolescence",
    "safety stock": "safety stock",
    "Hummels-Schaur": "days at their value (Hummels-Schaur)",
}
"""What the lines of time on an invoice are."""


def kinds_of(rows: Sequence[Row], modes: Mapping[str, str] = MappingProxyType({})) -> dict[str, Kind]:
    """Give the kinds of charge of cost lines, in the order in which they are stacked.

    Freight transport is told apart by the names on the invoice as far as the legend
    allows, dearest first; that of the modes of :data:`BY_MODE` is a kind of its own each, the
    rest is one kind, as is its handling. Then follows every category of what is not freight.

    Parameters
    ----------
    modes
        Mode of each way.
    """
    outside = [row for row in rows if not _freight(row)]
    inside = {row["line"] for row in rows if _freight(row)}
    others = {
        key: Kind(_names(outside, key, inside) or say(title, lines=_time(outside)), color, hatch)
        for key, (title, color, hatch) in OUTSIDE.items()
        if any(row["category"] == key for row in outside)
    }
    if any(_freight(row) and not _main(row) for row in rows):
        others = {FREIGHT_HANDLING: Kind(say("Handling between the hubs"), *_HANDLING), **others}
    by_mode: dict[str, dict[str, None]] = {}
    sums: dict[str, float] = {}
    for row in filter(_main, rows):
        mode = modes.get(row["leg"], "")
        if mode in BY_MODE:
            by_mode.setdefault(mode, {})[row["line"]] = None
        else:
            sums[row["line"]] = sums.get(row["line"], 0.0) + _amount(row)
    ranked = sorted(sums, key=lambda name: -sums[name])
    room = min(MOST - len(others) - len(by_mode), len(_MAIN))
    named = ranked if len(ranked) <= room else ranked[: room - 1]
    main = {f"line {name}": Kind(name, *look) for name, look in zip(named, _MAIN, strict=False)}
    for mode, (title, *look) in BY_MODE.items():
        if names := by_mode.get(mode):
            main[f"mode {mode}"] = Kind(next(iter(names)) if len(names) == 1 else say(title), *look)
    if len(named) < len(ranked):
        main[OTHER] = Kind(say("Other freight transport"), *_MAIN[len(named)])
    return {**main, **others}


def parts_of(
    rows: Iterable[Row], kinds: Mapping[str, Kind], modes: Mapping[str, str] = MappingProxyType({})
) -> list[Part]:
    """Sum the cost lines of a route by kind, in the order of the stack: freight first."""
    sums: dict[tuple[bool, str], float] = {}
    for row in rows:
        freight = _freight(row)
        name = f"line {row['line']}"
        if _main(row):
            mode = modes.get(row["leg"], "")
            kind = f"mode {mode}" if mode in BY_MODE else name if name in kinds else OTHER
        else:
            kind = FREIGHT_HANDLING if freight else row["category"]
        sums[not freight, kind] = sums.get((not freight, kind), 0.0) + _amount(row)
    places = {kind: place for place, kind in enumerate(kinds)}
    ordered = sorted(sums, key=lambda key: (key[0], places[key[1]]))
    return [Part(kind, not outside, sums[outside, kind]) for outside, kind in ordered]


def _names(rows: Iterable[Row], category: str, others: Collection[str]) -> str:
    """Give the names on the invoice of a kind of charge if they tell more than the kind; else "".

    A name that is one of the others, too, does not tell them apart.
    """
    names = list(dict.fromkeys(row["line"] for row in rows if row["category"] == category))
    if len(names) > {"transport": 3, "handling": 1}.get(category, 0) or not {*names}.isdisjoint(others):
        return ""
    return ", ".join([names[0], *(name[:1].lower() + name[1:] for name in names[1:])])


def _time(rows: Iterable[Row]) -> str:
    """Name what time costs, as far as it is on the invoice."""
    names = dict.fromkeys(row["line"] for row in rows if row["category"] == "time")
    return ", ".join(say(TIME.get(name, name)) for name in names)


def _freight(row: Row) -> bool:
    return row["scope"] == "freight"


def _main(row: Row) -> bool:
    return _freight(row) and row["category"] == "transport"


def _amount(row: Row) -> float:
    return float(row["mean"] or 0.0)
