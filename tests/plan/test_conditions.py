"""Conditions as objects against plain logic, through the plan's numbers and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.plan.conditions import ALWAYS, NEVER, Below, Condition, Draw, Numbering, for_share
from fourport.plan.tables import Plan
from fourport.world.outcomes import decide
from tests.tiny import corridor

TRADER_CLASSES = len(corridor().plan.names.trader_classes)
N = 200
RISK = np.random.default_rng(1).random((3, N))
TRADER_CLASS = np.random.default_rng(2).integers(0, TRADER_CLASSES, N)
NON_COMPLIANT = np.random.default_rng(3).random(N) < 0.4
DRAWS = [Draw("d0"), Draw("d1"), Draw("d2")]


@dataclass(frozen=True)
class Both:
    """A condition, and for whom it holds by plain logic."""

    condition: Condition
    holds: np.ndarray[tuple[int], np.dtype[np.bool_]]


def _below(k: int) -> Both:
    compliant, non_compliant = np.array([0.2 + 0.1 * k, 0.6]), np.array([0.7, 0.1 * k])
    holds = RISK[k % 3] < np.where(NON_COMPLIANT, non_compliant[TRADER_CLASS], compliant[TRADER_CLASS])
    return Both(Below(f"b{k}", DRAWS[k % 3], tuple(compliant), tuple(non_compliant)), holds)


_combine: list[Callable[[Both, Both], Both]] = [
    lambda a, b: Both(a.condition & b.condition, a.holds & b.holds),
    lambda a, b: Both(a.condition | b.condition, a.holds | b.holds),
    lambda a, b: Both(~a.condition & b.condition, ~a.holds & b.holds),
]
_leaves = st.sampled_from(
    [
        Both(ALWAYS, np.ones(N, dtype=np.bool_)),
        Both(NEVER, np.zeros(N, dtype=np.bool_)),
        *(_below(k) for k in range(5)),
    ]
)
_expressions = st.recursive(
    _leaves, lambda inner: st.builds(lambda f, a, b: f(a, b), st.sampled_from(_combine), inner, inner)
)


def columns(numbering: Numbering) -> Plan:
    """Give a plan with the columns of these conditions."""
    plan = corridor().plan
    names = replace(plan.names, conditions=numbering.names, draws=numbering.draw_names)
    columns: dict[str, Any] = numbering.columns(TRADER_CLASSES)
    return replace(plan, **columns, names=names)


@given(st.lists(_expressions, min_size=1, max_size=4))
def test_logic(expressions: list[Both]) -> None:
    """Tests random expressions: the plan's rules decide as plain logic does, parts before wholes."""
    numbering = Numbering(one.condition for one in expressions)
    plan = columns(numbering)
    risk = [RISK[int(name[1])] for name in plan.names.draws]
    holds = decide(plan, risk, TRADER_CLASS, NON_COMPLIANT)
    for one in expressions:
        assert (numbering.who(one.condition, holds) == one.holds).all()
    for column in (plan.condition_first, plan.condition_second):
        assert (column < np.arange(len(column))).all()


def test_always_and_never_fall_away() -> None:
    """Tests that a combination with one of them is one of them, or the other condition itself."""
    other = _below(0).condition
    assert [other & ALWAYS, ALWAYS & other, other | NEVER, NEVER | other] == [other] * 4
    assert [other & NEVER, NEVER & other, ~ALWAYS] == [NEVER] * 3
    assert [other | ALWAYS, ALWAYS | other, ~NEVER] == [ALWAYS] * 3
    assert for_share("all", 1.0, TRADER_CLASSES) == ALWAYS


def test_numbers() -> None:
    """Tests that equal conditions have one number, always has -1, and never has none."""
    a, b = _below(0).condition, _below(1).condition
    numbering = Numbering([a & b, _below(0).condition & b, NEVER, ALWAYS])
    assert numbering.names == ("b0", "b1", "(b0 and b1)")
    assert [numbering.number(one) for one in (a, b, a & b, ALWAYS)] == [0, 1, 2, -1]
    with pytest.raises(KeyError):
        numbering.number(NEVER)


def test_partners_come_first() -> None:
    """Tests that a risk number stands behind the one it goes with, also if nobody looks at that one."""
    drawn = Draw("second", Draw("first"), 0.5)
    numbering = Numbering([Below("b", drawn, (0.5,) * TRADER_CLASSES, (0.5,) * TRADER_CLASSES)])
    found = numbering.columns(TRADER_CLASSES)
    assert numbering.draw_names == ("first", "second")
    assert (found["draw_partner"] == np.array([-1, 0])).all()
    assert (found["draw_correlation"] == np.array([0.0, 0.5])).all()
