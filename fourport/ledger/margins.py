"""The order in which margins are charged: after all other lines, and after the margins that they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fourport.ledger.lines import tariff_uses
from fourport.ledger.tariff import Prices
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.scenario.models.tariffs import Line, MarginLine


@dataclass(frozen=True)
class Margin:
    """A margin on the invoice of a route.

    Attributes
    ----------
    column
        Its column of the invoice.
    step
        Step of the plan that is charged.
    prices
        Its prices by date.
    of
        Columns that it is on, by the unit of each of its lines.
    """

    column: int
    step: int
    prices: Prices
    of: Mapping[str, tuple[int, ...]]


@once
def margins_of(corridor: Corridor, route: int) -> tuple[Margin, ...]:
    """Return the margins on the invoice of a route, in the order in which they are charged.

    Raises
    ------
    ValueError
        If margins are on each other.
    """
    scenario = corridor.scenario
    columns = [
        (step, name, lines)
        for step, name in tariff_uses(corridor, route)
        for lines in scenario.tariffs[name].entries
    ]
    waiting = {
        column: Margin(
            column,
            step,
            Prices(lines, scenario, scenario.facilities[corridor.steps[step].place].zone),
            {one.unit: _bases(one, columns) for one in _margins(lines)},
        )
        for column, (step, _, lines) in enumerate(columns)
        if _margins(lines)
    }
    found: list[Margin] = []
    while waiting:
        free = [
            one for one in waiting.values() if not any(k in waiting for of in one.of.values() for k in of)
        ]
        if not free:
            raise ValueError(
                f"margins are on each other: {', '.join(columns[k][2][0].name for k in waiting)}"
            )
        found += free
        waiting = {column: one for column, one in waiting.items() if one not in free}
    return tuple(found)


def _margins(lines: tuple[Line, ...]) -> list[MarginLine]:
    return [line for line in lines if isinstance(line, MarginLine)]


def _bases(margin: MarginLine, columns: list[tuple[int, str, tuple[Line, ...]]]) -> tuple[int, ...]:
    """Return the columns that a margin is on."""
    return tuple(
        k
        for k, (_, name, lines) in enumerate(columns)
        if margin.name != lines[0].name and margin.is_on(name, lines[0])
    )
