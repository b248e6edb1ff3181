"""Conditions: they say which consignments do a step, and combine with ``&``, ``|`` and ``~``.

Whether a condition holds for a consignment is fixed from the beginning. Two conditions are equal if they
say the same. :data:`ALWAYS` and :data:`NEVER` combine like any other condition. The plan's arrays hold
numbers instead of conditions; :class:`Numbering` assigns these numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fourport.plan.tables import Rule, ints

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Condition:
    """A statement that is true or false for each consignment."""

    def __and__(self, other: Condition) -> Condition:
        """Return the condition that both hold."""
        if NEVER in (self, other):
            return NEVER
        if ALWAYS in (self, other):
            return other if self == ALWAYS else self
        return Of(Rule.BOTH, (self, other))

    def __or__(self, other: Condition) -> Condition:
        """Return the condition that at least one of the two holds."""
        if ALWAYS in (self, other):
            return ALWAYS
        if NEVER in (self, other):
            return other if self == NEVER else self
        return Of(Rule.EITHER, (self, other))

    def __invert__(self) -> Condition:
        """Return the condition that this one does not hold."""
        if self in (ALWAYS, NEVER):
            return NEVER if self == ALWAYS else ALWAYS
        return Of(Rule.NOT, (self,))


@dataclass(frozen=True)
class Fixed(Condition):
    """True for all consignments, or for none."""

    holds: bool


ALWAYS: Condition = Fixed(True)
NEVER: Condition = Fixed(False)


@dataclass(frozen=True)
class Draw:
    """A risk number, optionally correlated with a partner.

    The correlation is that of their normal scores. The risk number has a random stream by its name. With
    ``by_commodity``, a share for each commodity, it is divided by the share of the consignment's commodity,
    so that it is below 1 for this share of them.
    """

    name: str
    partner: Draw | None = None
    correlation: float = 0.0
    by_commodity: tuple[float, ...] = ()


@dataclass(frozen=True)
class Below(Condition):
    """True when a risk number is below the rate of the consignment's trader class.

    ``compliant`` and ``non_compliant`` hold the rates of compliant and of non-compliant consignments, each by
    trader class. The name is unique in a plan.
    """

    name: str
    draw: Draw
    compliant: tuple[float, ...]
    non_compliant: tuple[float, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Of(Condition):
    """A rule applied to one or two other conditions."""

    rule: int
    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        if self.rule == Rule.NOT:
            return f"not {self.parts[0]}"
        return f"({self.parts[0]} {'and' if self.rule == Rule.BOTH else 'or'} {self.parts[1]})"


def for_shares(name: str, by_commodity: tuple[float, ...], trader_classes: int) -> Condition:
    """Return the condition that is true for a share of the consignments of each commodity."""
    if not any(by_commodity):
        return NEVER
    rates = (1.0,) * trader_classes
    return Below(name, Draw(name, by_commodity=by_commodity), rates, rates)


def for_share(name: str, share: float, trader_classes: int) -> Condition:
    """Return the condition that is true for a share of all consignments, by a risk number of its own."""
    rates = (share,) * trader_classes
    return ALWAYS if share >= 1 else Below(name, Draw(name), rates, rates)


class Numbering:
    """Assign numbers to the conditions of a plan and to their risk numbers.

    Parameters
    ----------
    conditions
        The plan's conditions, in any order. The conditions and risk numbers that they are made of are
        added automatically.
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
        """Return the number of a condition in the plan's arrays; -1 for :data:`ALWAYS`.

        Raises
        ------
        KeyError
            If the plan does not contain the condition. It never contains :data:`NEVER`, because a step that
            nobody does is left out.
        """
        return self._numbers[condition]

    def who(self, condition: Condition, holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return for which consignments a condition holds, (n,).

        Parameters
        ----------
        holds
            (C, n) which conditions of the plan hold.
        """
        import numpy as np

        if condition in (ALWAYS, NEVER):
            return np.full(holds.shape[1], condition == ALWAYS)
        found: NDArray[np.bool_] = holds[self.number(condition)]
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the conditions, by number; each name is that of one condition."""
        names = tuple(map(str, self._numbered))
        assert len(set(names)) == len(names), "two conditions of one name"
        return names

    @property
    def draws(self) -> tuple[Draw, ...]:
        """The risk numbers, by number."""
        return tuple(self._draws)

    @property
    def draw_names(self) -> tuple[str, ...]:
        """Names of the risk numbers, by number."""
        return tuple(draw.name for draw in self._draws)

    @property
    def _numbered(self) -> list[Condition]:
        return [condition for condition in self._numbers if condition != ALWAYS]

    def columns(self, trader_classes: int) -> dict[str, object]:
        """Return the plan's columns that describe conditions and risk numbers."""
        import numpy as np

        found = self._numbered
        none = (0.0,) * trader_classes
        parts = [[self.number(part) for part in getattr(c, "parts", ())] + [-1, -1] for c in found]
        rates = [(c.compliant, c.non_compliant) if isinstance(c, Below) else (none, none) for c in found]
        return {
            "condition_rule": ints(c.rule if isinstance(c, Of) else Rule.BELOW for c in found),
            "condition_draw": ints(self._draws[c.draw] if isinstance(c, Below) else -1 for c in found),
            "condition_first": ints(first for first, *_ in parts),
            "condition_second": ints(second for _, second, *_ in parts),
            "condition_rate": np.array(rates, dtype=np.float64).reshape(-1, 2, trader_classes),
            "draw_partner": ints(-1 if d.partner is None else self._draws[d.partner] for d in self._draws),
            "draw_correlation": np.array([draw.correlation for draw in self._draws], dtype=np.float64),
        }


@cache
def thresholds(rate: float, non_compliant: float, risk_auc: float) -> tuple[float, float]:
    """Return the shares of compliant and of non-compliant consignments that a selection picks.

    The detection curve of the selection is D(x) = x^((1 - A) / A): to find the share D of the non-compliant
    consignments it selects the share x of the compliant ones. A is the area under the curve; 0.5 means no
    better than chance. The share x is chosen such that ``rate`` of all consignments are selected:
    (1 - p) x + p D(x) = rate.

    Parameters
    ----------
    rate
        Share of all consignments that are selected.
    non_compliant
        Share p of all consignments that are non-compliant.
    risk_auc
        Area A under the detection curve, at least 0.5 and below 1.
    """
    power = (1 - risk_auc) / risk_auc
    if rate in (0.0, 1.0) or power == 1.0:
        return rate, rate
    # Solved for D, of which x is a power above 1: x itself may be too small to find. The interval is halved
    # until no number lies within it; loading SciPy for that would take longer than the rest of a check.
    low, high = 0.0, 1.0
    while low < (found := (low + high) / 2) < high:
        if (1 - non_compliant) * found ** (1 / power) + non_compliant * found < rate:
            low = found
        else:
            high = found
    return high ** (1 / power), high
