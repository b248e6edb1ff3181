"""Conditions: which consignments do a step, as objects that combine with ``&``, ``|`` and ``~``.

A condition holds or does not hold for a consignment from the beginning. Conditions are equal if they say
the same; :data:`ALWAYS` and :data:`NEVER` combine like any other. The plan's arrays hold numbers in place of
conditions: :class:`Numbering` is where these are given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourport.plan.tables import Rule


@dataclass(frozen=True)
class Condition:
    """Holds or does not hold for a consignment."""

    def __and__(self, other: Condition) -> Condition:
        """Both hold."""
        if NEVER in (self, other):
            return NEVER
        if ALWAYS in (self, other):
            return other if self == ALWAYS else self
        return Of(Rule.BOTH, (self, other))

    def __or__(self, other: Condition) -> Condition:
        """One of them holds, or both."""
        if ALWAYS in (self, other):
            return ALWAYS
        if NEVER in (self, other):
            return other if self == NEVER else self
        return Of(Rule.EITHER, (self, other))

    def __invert__(self) -> Condition:
        """It does not hold."""
        if self in (ALWAYS, NEVER):
            return NEVER if self == ALWAYS else ALWAYS
        return Of(Rule.NOT, (self,))


@dataclass(frozen=True)
class Fixed(Condition):
    """Holds for all consignments or for none."""

    holds: bool


ALWAYS: Condition = Fixed(True)
NEVER: Condition = Fixed(False)


@dataclass(frozen=True)
class Draw:
    """A risk number, and the one that it goes with: how much, of their normal scores.

    Its name is that of its random stream.
    """

    name: str
    partner: Draw | None = None
    correlation: float = 0.0


@dataclass(frozen=True)
class Below(Condition):
    """A risk number is below the rate of the tier: of consignments in order, and of those with an offence.

    Its name is unique in a plan.
    """

    name: str
    draw: Draw
    in_order: tuple[float, ...]
    offending: tuple[float, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Of(Condition):
    """A rule over one or two other conditions."""

    rule: Rule
    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        if self.rule == Rule.NOT:
            return f"not {self.parts[0]}"
        return f"({self.parts[0]} {'and' if self.rule == Rule.BOTH else 'or'} {self.parts[1]})"


def for_share(name: str, share: float, tiers: int) -> Condition:
    """Give the condition that holds for a share of all, by a risk number of its own."""
    rates = (share,) * tiers
    return ALWAYS if share >= 1 else Below(name, Draw(name), rates, rates)


class Numbering:
    """Where the conditions of a plan stand in its arrays, and their risk numbers.

    Parameters
    ----------
    conditions
        Those of the plan, in any order; what they are made of comes by itself.
    """

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._numbers: dict[Condition, int] = {ALWAYS: -1}
        self._draws: dict[Draw, int] = {}
        for condition in conditions:
            self._add(condition)

    def _add(self, condition: Condition) -> None:
        if condition in self._numbers or condition == NEVER:
            return
        if isinstance(condition, Of):
            for part in condition.parts:
                self._add(part)
        elif isinstance(condition, Below):
            self._add_draw(condition.draw)
        self._numbers[condition] = len(self._numbers) - 1

    def _add_draw(self, draw: Draw) -> None:
        if draw.partner is not None:
            self._add_draw(draw.partner)
        self._draws.setdefault(draw, len(self._draws))

    def number(self, condition: Condition) -> int:
        """Give the number of a condition in the plan's arrays; -1 always.

        Raises
        ------
        KeyError
            If the plan does not know it, as it never knows :data:`NEVER`: what nobody does is no step.
        """
        return self._numbers[condition]

    def who(self, condition: Condition, holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell for whom a condition holds, (n,), by the (C, n) that hold of the plan's."""
        if condition in (ALWAYS, NEVER):
            return np.full(holds.shape[1], condition == ALWAYS)
        found: NDArray[np.bool_] = holds[self.number(condition)]
        return found

    def columns(self, tiers: int) -> dict[str, object]:
        """Give the plan's columns that describe conditions and risk numbers."""
        found = [condition for condition in self._numbers if condition != ALWAYS]
        names = tuple(map(str, found))
        assert len(set(names)) == len(names), "two conditions of one name"
        none = (0.0,) * tiers
        parts = [[self.number(part) for part in getattr(c, "parts", ())] + [-1, -1] for c in found]
        rates = [(c.in_order, c.offending) if isinstance(c, Below) else (none, none) for c in found]
        return {
            "condition_names": names,
            "condition_rule": _ints(c.rule if isinstance(c, Of) else Rule.BELOW for c in found),
            "condition_draw": _ints(self._draws[c.draw] if isinstance(c, Below) else -1 for c in found),
            "condition_first": _ints(first for first, *_ in parts),
            "condition_second": _ints(second for _, second, *_ in parts),
            "condition_rate": np.array(rates, dtype=np.float64).reshape(-1, 2, tiers),
            "draw_names": tuple(draw.name for draw in self._draws),
            "draw_partner": _ints(-1 if d.partner is None else self._draws[d.partner] for d in self._draws),
            "draw_correlation": np.array([draw.correlation for draw in self._draws], dtype=np.float64),
        }


def _ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


def thresholds(rate: float, offences: float, targeting: float) -> tuple[float, float]:
    """Give the shares of consignments in order and of those with an offence that a selection takes.

    The selection's detection curve is D(x) = x^((1 - A) / A), the share D of the offences among a
    share x of the consignments in order; A is the area under it, 0.5 for a selection that is
    no better than chance, and x is such that ``rate`` of all consignments are selected:
    (1 - p) x + p D(x) = rate.

    Parameters
    ----------
    rate
        Share of all consignments that are selected.
    offences
        Share p of all consignments that have an offence.
    targeting
        The area A, 0.5 to below 1.
    """
    power = (1 - targeting) / targeting
    if rate in (0.0, 1.0) or power == 1.0:
        return rate, rate
    from scipy.optimize import brentq

    # Solved for D, of which x is a power above 1: x itself may be too small to find.
    found = float(
        brentq(lambda d: (1 - offences) * d ** (1 / power) + offences * d - rate, 0.0, 1.0, xtol=1e-15)
    )
    return found ** (1 / power), found
