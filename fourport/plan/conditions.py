"""Conditions under construction: which consignments do a step, as rules of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fourport.plan.tables import Rule

ALWAYS = ""
"""Name of the condition that always holds."""


@dataclass(frozen=True)
class Below:
    """A risk number against rates by trader class: of compliant consignments, and of non-compliant ones."""

    draw: str
    in_order: tuple[float, ...]
    offending: tuple[float, ...]


@dataclass(frozen=True)
class Of:
    """One or two other conditions."""

    rule: Rule
    first: str
    second: str = ALWAYS


class Conditions:
    """The conditions of a scenario, by name; the same name is the same condition on every route."""

    def __init__(self) -> None:
        self.rules: dict[str, Below | Of] = {}
        self.draws: dict[str, tuple[str, float]] = {}

    def draw(self, name: str, partner: str = "", correlation: float = 0.0) -> str:
        """Name a risk number, and the one that it goes with."""
        self.draws.setdefault(name, (partner, correlation))
        return name

    def below(
        self, name: str, rates: Sequence[float], offending: Sequence[float] | None = None, draw: str = ""
    ) -> str:
        """Give the condition that the risk number ``draw``, its own if none is named, is below rates."""
        known = Below(self.draw(draw or name), tuple(rates), tuple(rates if offending is None else offending))
        assert self.rules.setdefault(name, known) == known, f"two conditions {name}"
        return name

    def share(self, name: str, share: float, trader_classes: int) -> str:
        """Give the condition that holds for a share of all."""
        return ALWAYS if share >= 1 else self.below(name, [share] * trader_classes)

    def no(self, name: str) -> str:
        """Give the condition that another does not hold."""
        assert name != ALWAYS, "never is no condition: leave the step out"
        return self._of(f"not {name}", Of(Rule.NOT, name))

    def without(self, first: str, second: str) -> str | None:
        """Give the condition that one holds and another does not; None if that is never so."""
        return None if second == ALWAYS else self.both(first, self.no(second))

    def both(self, first: str, second: str) -> str:
        """Give the condition that two hold."""
        if ALWAYS in (first, second):
            return first or second
        return self._of(f"({first} and {second})", Of(Rule.BOTH, first, second))

    def either(self, first: str, second: str) -> str:
        """Give the condition that one of two holds, or both."""
        if ALWAYS in (first, second):
            return ALWAYS
        return self._of(f"({first} or {second})", Of(Rule.EITHER, first, second))

    def _of(self, name: str, rule: Of) -> str:
        self.rules.setdefault(name, rule)
        return name

    def columns(self, trader_classes: int) -> dict[str, object]:
        """Give the plan's columns that describe conditions and risk numbers."""
        place = {ALWAYS: -1} | {name: k for k, name in enumerate(self.rules)}
        drawn = {"": -1} | {name: k for k, name in enumerate(self.draws)}
        rules = list(self.rules.values())
        rates = [
            (r.in_order, r.offending) if isinstance(r, Below) else ([0.0] * trader_classes,) * 2
            for r in rules
        ]
        return {
            "condition_names": tuple(self.rules),
            "condition_rule": _ints(Rule.BELOW if isinstance(r, Below) else r.rule for r in rules),
            "condition_draw": _ints(drawn[r.draw] if isinstance(r, Below) else -1 for r in rules),
            "condition_first": _ints(place[r.first] if isinstance(r, Of) else -1 for r in rules),
            "condition_second": _ints(place[r.second] if isinstance(r, Of) else -1 for r in rules),
            "condition_rate": np.array(rates, dtype=np.float64).reshape(-1, 2, trader_classes),
            "draw_names": tuple(self.draws),
            "draw_partner": _ints(drawn[partner] for partner, _ in self.draws.values()),
            "draw_correlation": np.array([c for _, c in self.draws.values()], dtype=np.float64),
        }


def _ints(values: object) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]


def thresholds(rate: float, non_compliant: float, risk_auc: float) -> tuple[float, float]:
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
    risk_auc
        The area A, 0.5 to below 1.
    """
    power = (1 - risk_auc) / risk_auc
    if rate in (0.0, 1.0) or power == 1.0:
        return rate, rate
    from scipy.optimize import brentq

    # Solved for D, of which x is a power above 1: x itself may be too small to find.
    found = float(
        brentq(
            lambda d: (1 - non_compliant) * d ** (1 / power) + non_compliant * d - rate, 0.0, 1.0, xtol=1e-15
        )
    )
    return found ** (1 / power), found
