"""Warnings about bounds that cut off most of a distribution."""

from __future__ import annotations

from typing import Any

import pytest
from scipy import stats

from fourport.scenario.distributions import Distribution
from fourport.scenario.units import Duration
from fourport.scenario.warnings import median
from tests.scenario.bending import Bend, accepted

HOUR = 3_600_000_000


def drive(parameters: str) -> tuple[str, str]:
    """Give the bend that makes the drive of the truck a distribution."""
    return 'drive = "1 h"', f"drive = {{ {parameters} }}"


@pytest.mark.parametrize(
    ("parameters", "bound"),
    [
        ('distribution = "lognormal", mean = "4 h", sd = "0.01 h", low = "5 d", high = "6 d"', "low"),
        ('distribution = "lognormal", mean = "4 h", sd = "0.01 h", high = "3 h"', "high"),
        ('distribution = "normal", mean = "4 h", sd = "1 h", low = "5 h"', "low"),
        ('distribution = "exponential", mean = "4 h", high = "2 h"', "high"),
        ('distribution = "sometimes", share = "90 %", mean = "4 h", high = "2 h"', "high"),
        ('distribution = "erlang", mean = "4 h", shape = 3, high = "3 h"', "high"),
    ],
)
def test_most_of_it_is_cut_off(parameters: str, bound: str, bend: Bend) -> None:
    """Tests that one warning tells the bound beyond which the median lies."""
    (warning,) = accepted(bend(*drive(parameters))).warnings()
    assert warning.key == f"fleets.truck.drive.{bound}"
    assert f"lies {'below' if bound == 'low' else 'above'}" in warning.message


@pytest.mark.parametrize(
    "parameters",
    [
        'distribution = "lognormal", mean = "4 h", sd = "2 h", low = "3 h", high = "24 h"',
        'distribution = "exponential", mean = "4 h", high = "3 h"',
        'distribution = "uniform", low = "1 h", high = "2 h"',
        'distribution = "normal", mean = "4 h", sd = "9 h"',
    ],
)
def test_a_part_of_it_is_cut_off(parameters: str, bend: Bend) -> None:
    """Tests that a truncation that leaves the median gives no warning."""
    assert accepted(bend(*drive(parameters))).warnings() == []


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"distribution": "normal", "mean": "4 h", "sd": "1 h"}, stats.norm(4, 1).median()),
        ({"distribution": "exponential", "mean": "4 h"}, stats.expon(scale=4).median()),
        (  # where it is not zero
            {"distribution": "sometimes", "share": "10 %", "mean": "4 h"},
            stats.expon(scale=4).median(),
        ),
        ({"distribution": "erlang", "mean": "4 h", "shape": 1}, stats.gamma(1, scale=4).median()),
        ({"distribution": "erlang", "mean": "4 h", "shape": 5}, stats.gamma(5, scale=0.8).median()),
    ],
)
def test_median(parameters: dict[str, Any], expected: float) -> None:
    """Tests medians against SciPy's, that of an Erlang to 2 %."""
    found = median(Distribution[Duration].model_validate(parameters))
    assert found == pytest.approx(expected * HOUR, rel=0.02 if "shape" in parameters else 1e-9)


def test_median_of_a_lognormal() -> None:
    """Tests a lognormal against the mean and deviation that its median gives by SciPy."""
    of_two = stats.lognorm(s=1.1, scale=2.0)
    made = {"distribution": "lognormal", "mean": f"{of_two.mean()} h", "sd": f"{of_two.std()} h"}
    assert median(Distribution[Duration].model_validate(made)) == pytest.approx(2.0 * HOUR)
