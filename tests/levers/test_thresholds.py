"""The thresholds of a selection that hits offences more often than chance."""

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
many = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def selected(rate: float, offences: float, targeting: float) -> float:
    """Give the share of all consignments that the thresholds select."""
    in_order, offending = thresholds(rate, offences, targeting)
    return (1 - offences) * in_order + offences * offending


@many
@example(0.005, 0.01, 0.99)
@example(0.03, 0.05, 0.97)
@given(share, share, area)
def test_the_rate_holds_over_all(rate: float, offences: float, targeting: float) -> None:
    """Tests that in order and offending together as many are selected as the rate says."""
    assert selected(rate, offences, targeting) == pytest.approx(rate, rel=1e-9, abs=1e-12)


@many
@given(share, share, area)
def test_thresholds_lie_on_the_curve(rate: float, offences: float, targeting: float) -> None:
    """Tests D = x^((1 - A)/A): shares from 0 to 1, and offences are never selected less than the others.

    It is written x = D^(A/(1 - A)), since x may be too small for a number where D is not.
    """
    in_order, offending = thresholds(rate, offences, targeting)
    assert 0 <= in_order <= offending <= 1
    assert in_order == pytest.approx(offending ** (targeting / (1 - targeting)), rel=1e-6, abs=1e-300)


@many
@given(share, share, share, area)
def test_a_higher_rate_selects_more_of_both(
    one: float, other: float, offences: float, targeting: float
) -> None:
    """Tests that both thresholds rise with the rate: so a higher rate selects a superset."""
    low, high = sorted((one, other))
    below, above = thresholds(low, offences, targeting), thresholds(high, offences, targeting)
    assert below[0] <= above[0] + 1e-12
    assert below[1] <= above[1] + 1e-12


@many
@given(share, st.floats(0.0, 0.99), area, area)
def test_better_targeting_finds_more(rate: float, offences: float, one: float, other: float) -> None:
    """Tests that with the same rate better targeting selects more offences and fewer of those in order."""
    low, high = sorted((one, other))
    worse, better = thresholds(rate, offences, low), thresholds(rate, offences, high)
    assert better[0] <= worse[0] + 1e-12
    assert better[1] >= worse[1] - 1e-12


@many
@given(share, share)
def test_chance(rate: float, offences: float) -> None:
    """Tests that at 0.5 the selection is random: the rate for both."""
    assert thresholds(rate, offences, 0.5) == (rate, rate)


@pytest.mark.parametrize("targeting", [0.5, 0.6, 0.8, 0.95])
@pytest.mark.parametrize("offences", [0.0, 0.02, 0.5, 1.0])
def test_the_limits(offences: float, targeting: float) -> None:
    """Tests that at 0 % nobody is selected and at 100 % everybody."""
    assert thresholds(0.0, offences, targeting) == (0.0, 0.0)
    assert thresholds(1.0, offences, targeting) == (1.0, 1.0)


def test_none_or_all_offend() -> None:
    """Tests that the rate is that of the only kind there is, and the other's lies on the curve."""
    power = (1 - 0.8) / 0.8
    assert thresholds(0.05, 0.0, 0.8) == pytest.approx((0.05, 0.05**power))
    assert thresholds(0.05, 1.0, 0.8) == pytest.approx((0.05 ** (1 / power), 0.05))


@pytest.mark.parametrize("targeting", [0.5, 0.7, 0.9])
def test_targeting_is_the_area_under_the_curve(targeting: float) -> None:
    """Tests that D(x), drawn from the thresholds of all rates, has the area that targeting names."""
    rates = np.linspace(0.0, 1.0, 2001)
    points = np.array([thresholds(float(rate), 0.1, targeting) for rate in rates])
    # The curve is steep at 0: between the first points the exact integral of a power is taken.
    power = (1 - targeting) / targeting
    first = points[1, 0]
    begin = first ** (power + 1) / (power + 1)
    assert begin + np.trapezoid(points[1:, 1], points[1:, 0]) == pytest.approx(targeting, abs=1e-4)
    assert quad(lambda x: x**power, 0, 1)[0] == pytest.approx(targeting, abs=1e-6)


def test_the_plan_holds_them() -> None:
    """Tests the rates of the plan by tier and kind: over all they are those of the scenario."""
    offences = {"gold": 0.02, "plain": 0.1}
    changes = {f"tiers.{tier}.offences": f"{100 * share:g} %" for tier, share in offences.items()}
    made = corridor(changes, "enforce", "select")
    plan = made.plan
    rates = {  # factor 3 of 1 % and 3 %; papers of 10 % and 40 %
        "city/import/inspection": {"gold": 0.03, "plain": 0.09},
        "city/import/documents": {"gold": 0.1, "plain": 0.4},
    }
    for name, by_tier in rates.items():
        c = plan.condition_names.index(name)
        assert plan.draw_names[plan.condition_draw[c]] == "city/import/inspection"
        for tier, rate in by_tier.items():
            g, p = plan.tier_names.index(tier), offences[tier]
            in_order, offending = plan.condition_rate[c, :, g]
            assert (1 - p) * in_order + p * offending == pytest.approx(rate, rel=1e-9)
            assert offending == pytest.approx(in_order**0.25)
    untouched = plan.condition_names.index("port/export/inspection")
    assert plan.condition_rate[untouched].tolist() == [[0.01, 0.05], [0.01, 0.05]]
