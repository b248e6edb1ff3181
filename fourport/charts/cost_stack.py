"""What a kg costs, door to door: kinds of charge end to end, and where the freight cost ends.

First what belongs to the freight cost (transport and handling between the
hubs), then the rest, so that one mark shows both amounts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.figure import Figure

from fourport.charts.bars import Bar, Piece, Stack, draw_bars, title_of
from fourport.charts.charges import Part, kinds_of, parts_of
from fourport.charts.language import say
from fourport.charts.results import Results, Value
from fourport.charts.style import Style
from fourport.charts.undelivered import on_route


def figure(results: Results, policy: str, style: Style) -> Figure:
    """Draw a stacked bar for each route, grouped by lane."""
    rows = [row for row in results.costs if row["policy"] == policy]
    kinds = kinds_of(rows, results.modes)
    bars = []
    for lane, routes in results.lanes(policy).items():
        for route in routes:
            mine = [row for row in rows if (row["lane"], row["route"]) == (lane, route)]
            known = not all(math.isnan(row["mean"]) for row in mine)
            bars.append(_bar(results, policy, lane, route, parts_of(mine, kinds, results.modes), known))
    unit = next((row["unit"] for row in rows), "") or results.unit("logistics_cost")
    stack = Stack(
        title=say("What a kilogram costs from door to door, and for what"),
        note=say(
            "For each kilogram delivered, mean over replications. Black mark: where the freight cost ends "
            "(transport and handling from the hub of origin to the hub of destination). At the bar's "
            "end: the logistics cost with its 95 % interval over replications, then the freight cost."
        ),
        axis=say("logistics cost, {unit} (left of the black mark: freight cost)", unit=unit),
        digits=2,
        kinds=kinds,
        groups={"": list(kinds)},
        inside=True,
    )
    return draw_bars(results, policy, style, bars, stack)


def _bar(results: Results, policy: str, lane: str, route: str, parts: Sequence[Part], known: bool) -> Bar:
    total = results.value(policy, lane, route, "logistics_cost")
    if math.isnan(total.mean):
        total = Value(sum(part.amount for part in parts), math.nan, math.nan)
    freight = sum(part.amount for part in parts if part.freight)
    return Bar(
        lane,
        [*title_of(results, route), *filter(None, [on_route(results, policy, lane, route)])],
        [Piece(part.kind, part.amount) for part in parts],
        total,
        mark=freight,
        after=say("freight {amount}", amount=f"{freight:.2f}") if known else say("none delivered"),
        known=known,
    )
