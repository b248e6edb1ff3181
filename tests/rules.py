"""Conditions of a built case: rates by trader class, or rules over other conditions, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from fourport.plan.tables import Floats, Ints, Rule


@dataclass(frozen=True)
class Below:
    """A risk number is below the rate of the trader class; ``non_compliant`` is as ``rates`` if not named."""

    draw: str
    rates: Mapping[str, float]
    non_compliant: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Not:
    """A condition named before does not hold."""

    first: str


@dataclass(frozen=True)
class Both:
    """Two conditions named before hold."""

    first: str
    second: str


@dataclass(frozen=True)
class Either:
    """One of two conditions named before holds, or both."""

    first: str
    second: str


Condition: TypeAlias = Mapping[str, float] | Below | Not | Both | Either
"""Mere rates are below them of a risk number named as the condition, whether it is compliant or not."""


@dataclass(frozen=True)
class RuleTable:
    """The columns of the plan that say how conditions are decided."""

    rule: Ints
    draw: Ints
    first: Ints
    second: Ints
    rate: Floats
    draws: tuple[str, ...]
    """Risk numbers in the order in which conditions name them first."""


def compile_rules(conditions: Mapping[str, Condition], trader_classes: Iterable[str]) -> RuleTable:
    """Turn names into indices; a condition can only name those before it."""
    trader_classes = tuple(trader_classes)
    draws: dict[str, int] = {}
    numbers: dict[str, int] = {}
    rule, draw, first, second = [], [], [], []
    rate = np.zeros((len(conditions), 2, len(trader_classes)))
    for number, (name, condition) in enumerate(conditions.items()):
        looked_at, one, other = -1, -1, -1
        match condition:
            case Not(before):
                kind, one = Rule.NOT, numbers[before]
            case Both(before, also):
                kind, one, other = Rule.BOTH, numbers[before], numbers[also]
            case Either(before, also):
                kind, one, other = Rule.EITHER, numbers[before], numbers[also]
            case _:
                below = condition if isinstance(condition, Below) else Below(name, condition)
                kind, looked_at = Rule.BELOW, draws.setdefault(below.draw, len(draws))
                rate[number, 0] = [below.rates[trader_class] for trader_class in trader_classes]
                rate[number, 1] = [
                    below.non_compliant.get(trader_class, below.rates[trader_class])
                    for trader_class in trader_classes
                ]
        rule.append(kind)
        draw.append(looked_at)
        first.append(one)
        second.append(other)
        numbers[name] = number
    columns = [np.array(column, dtype=np.int64) for column in (rule, draw, first, second)]
    return RuleTable(columns[0], columns[1], columns[2], columns[3], rate, tuple(draws))
