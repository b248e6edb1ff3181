"""Thresholds of a selection that finds non-compliant consignments more often than chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from fourport.plan.conditions import thresholds
from tests.levers.made import corridor

share = st.floats(0.0, 1.0)
area = st.floats(0.5, 0.999)
many = settings(max_examples=300, derandomize=True, database=None)


def selected(rate: float, non_compliant: float, risk_auc: float) -> float:
    """Give the share of all consignments that the thresholds select."""
    of_compliant, of_non_compliant = thresholds(rate, non_compliant, risk_auc)
    return (1 - non_compliant) * of_compliant + non_compliant * of_non_compliant


@many
@example(0.005, 0.01, 0.99)
@example(0.03, 0.05, 0.97)
@given(share, share, area)
def test_the_rate_holds_over_all(rate: float, non_compliant: float, risk_auc: float) -> None:
    """Tests that compliant and non-compliant together as many are selected as the rate says."""
    assert selected(rate, non_compliant, risk_auc) == pytest.approx(rate, rel=1e-9, abs=1e-12)


@many
@given(share, share, area)
def test_thresholds_lie_on_the_curve(rate: float, non_compliant: float, risk_auc: float) -> None:
    """Tests D = x^((1 - A)/A): shares from 0 to 1, and non-compliant ones are never selected less.

    It is written x = D^(A/(1 - A)), since x may be too small for a number where D is not.
    """
    of_compliant, of_non_compliant = thresholds(rate, non_compliant, risk_auc)
    assert 0 <= of_compliant <= of_non_compliant <= 1
    assert of_compliant == pytest.approx(
        of_non_compliant ** (risk_auc / (1 - risk_auc)), rel=1e-6, abs=1e-300
    )


@many
@given(share, share, share, area)
def test_a_higher_rate_selects_more_of_both(
    one: float, other: float, non_compliant: float, risk_auc: float
) -> None:
    """Tests that both thresholds rise with the rate: so a higher rate selects a superset."""
    low, high = sorted((one, other))
    below, above = thresholds(low, non_compliant, risk_auc), thresholds(high, non_compliant, risk_auc)
    assert below[0] <= above[0] + 1e-12
    assert below[1] <= above[1] + 1e-12


@many
@given(share, st.floats(0.0, 0.99), area, area)
def test_better_risk_auc_finds_more(rate: float, non_compliant: float, one: float, other: float) -> None:
    """Tests that with the same rate better risk_auc selects more non-compliant and fewer compliant ones."""
    low, high = sorted((one, other))
    worse, better = thresholds(rate, non_compliant, low), thresholds(rate, non_compliant, high)
    assert better[0] <= worse[0] + 1e-12
    assert better[1] >= worse[1] - 1e-12


@many
@given(share, share)
def test_chance(rate: float, non_compliant: float) -> None:
    """Tests that at 0.5 the selection is random: the rate for both."""
    assert thresholds(rate, non_compliant, 0.5) == (rate, rate)


@pytest.mark.parametrize("risk_auc", [0.5, 0.6, 0.8, 0.95])
@pytest.mark.parametrize("non_compliant", [0.0, 0.02, 0.5, 1.0])
def test_the_limits(non_compliant: float, risk_auc: float) -> None:
    """Tests that at 0 % nobody is selected and at 100 % everybody."""
    assert thresholds(0.0, non_compliant, risk_auc) == (0.0, 0.0)
    assert thresholds(1.0, non_compliant, risk_auc) == (1.0, 1.0)


def test_none_or_all_offend() -> None:
    """Tests that the rate is that of the only kind there is, and the other's lies on the curve."""
    power = (1 - 0.8) / 0.8
    assert thresholds(0.05, 0.0, 0.8) == pytest.approx((0.05, 0.05**power))
    assert thresholds(0.05, 1.0, 0.8) == pytest.approx((0.05 ** (1 / power), 0.05))


@pytest.mark.parametrize("risk_auc", [0.5, 0.7, 0.9])
def test_risk_auc_is_the_area_under_the_curve(risk_auc: float) -> None:
    """Tests that D(x), drawn from the thresholds of all rates, has the area that risk_auc names."""
    rates = np.linspace(0.0, 1.0, 2001)
    points = np.array([thresholds(float(rate), 0.1, risk_auc) for rate in rates])
    # The curve is steep at 0: between the first points the exact integral of a power is taken.
    power = (1 - risk_auc) / risk_auc
    first = points[1, 0]
    begin = first ** (power + 1) / (power + 1)
    assert begin + np.trapezoid(points[1:, 1], points[1:, 0]) == pytest.approx(risk_auc, abs=1e-4)
    assert quad(lambda x: x**power, 0, 1)[0] == pytest.approx(risk_auc, abs=1e-6)


def test_the_plan_holds_them() -> None:
    """Tests the rates of the plan by trader class and kind: over all they are those of the scenario."""
    non_compliant = {"gold": 0.02, "plain": 0.1}
    changes = {
        f"trader_classes.{trader_class}.non_compliant": f"{100 * share:g} %"
        for trader_class, share in non_compliant.items()
    }
    made = corridor(changes, "enforce", "select")
    plan = made.plan
    rates = {  # factor 3 of 1 % and 3 %; documents of 10 % and 40 %
        "city/import/inspection": {"gold": 0.03, "plain": 0.09},
        "city/import/documents": {"gold": 0.1, "plain": 0.4},
    }
    for name, by_trader_class in rates.items():
        c = plan.names.conditions.index(name)
        assert plan.names.draws[plan.condition_draw[c]] == "city/import/inspection"
        for trader_class, rate in by_trader_class.items():
            g, p = plan.names.trader_classes.index(trader_class), non_compliant[trader_class]
            of_compliant, of_non_compliant = plan.condition_rate[c, :, g]
            assert (1 - p) * of_compliant + p * of_non_compliant == pytest.approx(rate, rel=1e-9)
            assert of_non_compliant == pytest.approx(of_compliant**0.25)
    untouched = plan.names.conditions.index("port/export/inspection")
    assert plan.condition_rate[untouched].tolist() == [[0.01, 0.05], [0.01, 0.05]]
