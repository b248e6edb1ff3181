"""Draws by inverse distribution functions, against scipy.stats and means known in closed form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from fourport.plan.tables import HOUR, Floats
from fourport.scenario.distributions import Distribution
from fourport.scenario.units import PositiveDuration
from fourport.world.sampling import durations_us, quantile

U: Floats = np.concatenate([[1e-9, 1e-4], np.linspace(0.003, 0.997, 200), [1 - 1e-4, 1 - 1e-9]])
LARGEST_U = 1 - 2.0**-53


def dist(family: str, **parameters: Any) -> Distribution[float]:
    """Give a distribution of plain numbers."""
    return Distribution[float].model_validate({"distribution": family, **parameters})


def lognormal(mean: float, sd: float) -> Any:
    """Give scipy's lognormal of this mean and deviation."""
    sigma2 = math.log(1 + sd**2 / mean**2)
    return stats.lognorm(s=math.sqrt(sigma2), scale=mean / math.exp(sigma2 / 2))


def truncated(known: Any, low: float, high: float, u: Floats) -> Floats:
    """Give the quantiles of the distribution given that it lies between the bounds."""
    below, above = known.cdf(low), known.cdf(high)
    found: Floats = known.ppf(below + u * (above - below))
    return found


@pytest.mark.parametrize(
    ("mine", "known"),
    [
        (dist("exponential", mean=3.0), stats.expon(scale=3)),
        (dist("uniform", low=2.0, high=7.0), stats.uniform(2, 5)),
        (dist("triangular", low=2.0, mode=3.0, high=7.0), stats.triang(0.2, 2, 5)),
        (dist("triangular", low=2.0, mode=2.0, high=7.0), stats.triang(0.0, 2, 5)),
        (dist("triangular", low=2.0, mode=7.0, high=7.0), stats.triang(1.0, 2, 5)),
        (dist("lognormal", mean=4.0, sd=2.0), lognormal(4, 2)),
        (dist("lognormal", mean=4.0, sd=12.0), lognormal(4, 12)),
        (dist("erlang", mean=6.0, shape=3), stats.gamma(3, scale=2)),
        (dist("erlang", mean=6.0, shape=1), stats.expon(scale=6)),
    ],
)
def test_families(mine: Distribution[float], known: Any) -> None:
    """Tests the quantiles of each family; mean and deviation are those of the distribution itself."""
    np.testing.assert_allclose(quantile(mine, U), known.ppf(U), rtol=1e-8)


@pytest.mark.parametrize(
    ("mine", "known", "low", "high"),
    [
        (dist("exponential", mean=3.0, high=5.0), stats.expon(scale=3), 0, 5),
        (dist("lognormal", mean=4.0, sd=2.0, low=3.0, high=9.0), lognormal(4, 2), 3, 9),
        (dist("lognormal", mean=4.0, sd=2.0, low=3.0), lognormal(4, 2), 3, np.inf),
        (dist("erlang", mean=6.0, shape=3, high=8.0), stats.gamma(3, scale=2), 0, 8),
        (dist("normal", mean=5.0, sd=2.0, low=3.0, high=9.0), stats.norm(5, 2), 3, 9),
        (dist("normal", mean=1.0, sd=2.0, high=2.0), stats.norm(1, 2), 0, 2),
        (dist("normal", mean=1.0, sd=2.0), stats.norm(1, 2), 0, np.inf),
    ],
)
def test_truncation_is_by_conditioning(
    mine: Distribution[float], known: Any, low: float, high: float
) -> None:
    """Tests that a truncated draw has the distribution given the bounds; a normal is never below zero."""
    np.testing.assert_allclose(quantile(mine, U), truncated(known, low, high, U), rtol=1e-6)


def test_fixed_and_sometimes() -> None:
    """Tests the value always, and zero but for a share of cases, which are exponential."""
    assert quantile(dist("fixed", at=2.5), U).tolist() == [2.5] * len(U)
    mine = quantile(dist("sometimes", share="20 %", mean=3.0, high=4.0), U)
    happens = U > 0.8
    assert (mine[~happens] == 0).all()
    ranks = (U[happens] - 0.8) / 0.2
    np.testing.assert_allclose(mine[happens], truncated(stats.expon(scale=3), 0, 4, ranks), rtol=1e-8)
    assert not quantile(dist("sometimes", share="0 %", mean=3.0), U).any()


@pytest.mark.parametrize(
    ("mine", "mean"),
    [
        (dist("exponential", mean=3.0), 3.0),
        (dist("lognormal", mean=4.0, sd=2.0), 4.0),
        (dist("erlang", mean=6.0, shape=3), 6.0),
        (dist("uniform", low=2.0, high=7.0), 4.5),
        (dist("triangular", low=2.0, mode=3.0, high=7.0), 4.0),
        (dist("sometimes", share="20 %", mean=3.0), 0.6),
        # Memoryless: below h, the mean is m - h / (exp(h/m) - 1).
        (dist("exponential", mean=3.0, high=5.0), 3 - 5 / math.expm1(5 / 3)),
        # Half of a normal about zero's right side: sd * sqrt(2 / pi).
        (dist("normal", mean=1e-9, sd=2.0), 2 * math.sqrt(2 / math.pi)),
    ],
)
def test_means(mine: Distribution[float], mean: float) -> None:
    """Tests that the mean of 40,000 draws lies within four standard errors (wrong once in 16,000)."""
    drawn = quantile(mine, np.random.default_rng(1).random(40_000))
    assert abs(drawn.mean() - mean) < 4 * drawn.std(ddof=1) / 200


_positive = st.floats(0.01, 1e6)


@st.composite
def distributions(draw: st.DrawFn) -> Distribution[float]:
    """Give any family with any parameters, truncated or not."""
    family = draw(st.sampled_from(["exponential", "uniform", "triangular", "lognormal", "erlang", "normal"]))
    family = draw(st.sampled_from([family, family, "sometimes"]))
    mean = draw(_positive)
    # Bounds around the mean, so that what lies between them is not improbable.
    low, high = mean * draw(st.floats(0.1, 0.9)), mean * draw(st.floats(1.1, 10))
    bounds = {k: v for k, v in (("low", low), ("high", high)) if draw(st.booleans())}
    upper = {k: v for k, v in bounds.items() if k == "high"}
    if family in {"exponential", "sometimes", "erlang"}:
        more: dict[str, dict[str, Any]] = {"sometimes": {"share": "37 %"}, "erlang": {"shape": 4}}
        return dist(family, mean=mean, **upper, **more.get(family, {}))
    if family == "uniform":
        return dist(family, low=low, high=high)
    if family == "triangular":
        return dist(family, low=low, mode=draw(st.sampled_from([low, mean, high])), high=high)
    return dist(family, mean=mean, sd=mean * draw(st.floats(0.01, 2)), **bounds)


@given(distributions(), st.lists(st.floats(0, LARGEST_U), min_size=2, max_size=20))
def test_draws_are_finite_ordered_and_within_bounds(mine: Distribution[float], ranks: list[float]) -> None:
    """Tests for any distribution that a larger number draws no smaller value, and none out of bounds."""
    u = np.sort(np.array([0.0, *ranks, LARGEST_U]))
    drawn = quantile(mine, u)
    assert np.isfinite(drawn).all()
    assert (drawn >= mine.smallest).all()
    assert (drawn <= mine.largest).all()
    assert (np.diff(drawn) >= -1e-9 * np.abs(drawn[1:])).all()


@given(
    st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
    st.lists(st.floats(0, LARGEST_U), min_size=1, max_size=20),
    st.booleans(),
)
def test_a_larger_share_makes_no_delay_shorter(
    shares: tuple[int, int], ranks: list[float], bounded: bool
) -> None:
    """Tests that whoever is delayed stays delayed at least as long when the share of delays rises."""
    high = {"high": 4.0} if bounded else {}
    fewer, more = (
        quantile(dist("sometimes", share=f"{share / 10} %", mean=3.0, **high), np.array(ranks))
        for share in sorted(shares)
    )
    assert (more >= fewer - 1e-9 * fewer).all()


def test_durations_are_whole_microseconds_and_never_nothing() -> None:
    """Tests rounding, and that a draw of nothing takes a microsecond."""
    hour = Distribution[PositiveDuration].model_validate({"distribution": "exponential", "mean": "1 h"})
    assert durations_us(hour, np.array([0.0, 0.5])).tolist() == [1, round(math.log(2) * HOUR)]
    assert durations_us(hour, U).dtype == np.int64


def test_observed_values() -> None:
    """Tests that each of four values is drawn for a quarter of the numbers, one given twice for half."""
    mine = dist("observed", values=[5.0, 3.0, 8.0, 3.0])
    assert quantile(mine, np.array([0.0, 0.49, 0.5, 0.74, 0.75, LARGEST_U])).tolist() == [3, 3, 5, 5, 8, 8]
    assert (mine.smallest, mine.largest) == (3, 8)


def test_percentiles() -> None:
    """Tests that values between percentiles are in proportion: half way from P50 at 3 to P90 at 8 is 5.5."""
    mine = dist("percentiles", percentiles={"P90": 8.0, "P0": 1.0, "P100": 20.0, "P50": 3.0})
    u = np.array([0.0, 0.25, 0.5, 0.7, 0.9, 0.95, LARGEST_U])
    np.testing.assert_allclose(quantile(mine, u), [1, 2, 3, 5.5, 8, 14, 20], rtol=1e-12)
    assert (mine.smallest, mine.largest) == (1, 20)


PARTS: list[dict[str, Any]] = [
    {"distribution": "exponential", "mean": 2.0, "high": 9.0},
    {"distribution": "lognormal", "mean": 4.0, "sd": 2.0, "low": 0.5},
    {"distribution": "normal", "mean": 3.0, "sd": 2.0},
    {"distribution": "erlang", "mean": 6.0, "shape": 3},
    {"distribution": "triangular", "low": 2.0, "mode": 3.0, "high": 7.0},
    {"distribution": "triangular", "low": 2.0, "mode": 2.0, "high": 7.0},
    {"distribution": "triangular", "low": 2.0, "mode": 7.0, "high": 7.0},
    {"distribution": "uniform", "low": 4.0, "high": 12.0},
    {"distribution": "fixed", "at": 5.0},
    {"distribution": "sometimes", "share": 0.3, "mean": 2.0, "high": 6.0},
    {"distribution": "observed", "values": [1.0, 6.0, 9.0]},
    {"distribution": "percentiles", "percentiles": {"P0": 1.0, "P50": 3.0, "P100": 20.0}},
]


def loose(part: dict[str, Any]) -> dict[str, Any]:
    """Give a part as in a file, where shares are percentages."""
    return part | {"share": f"{100 * part['share']:g} %"} if "share" in part else part


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part["distribution"])
def test_a_mixture_of_one_is_this_one(part: dict[str, Any]) -> None:
    """Tests that the distribution function of each family is the inverse of its quantiles."""
    own = dist(
        **{"family": part["distribution"]} | {k: v for k, v in loose(part).items() if k != "distribution"}
    )
    mixed = dist("mixture", parts=[{"weight": "100 %"} | loose(part)])
    u = np.sort(np.random.default_rng(1).random(2000))
    np.testing.assert_allclose(quantile(mixed, u), quantile(own, u), rtol=1e-9, atol=1e-9)


def test_a_mixture() -> None:
    """Tests 80 % uniform from 0 to 4 and 20 % uniform from 2 to 12, by hand; larger numbers draw no less.

    F(2) = 0.4; between 2 and 4 it rises by 0.22 a unit to 0.84, then by 0.02 a unit to 1.
    """
    parts = [
        {"weight": "80 %", "distribution": "uniform", "low": 0.0, "high": 4.0},
        {"weight": "20 %", "distribution": "uniform", "low": 2.0, "high": 12.0},
    ]
    mine = dist("mixture", parts=parts)
    u = np.array([0.0, 0.2, 0.4, 0.62, 0.84, 0.9, LARGEST_U])
    np.testing.assert_allclose(quantile(mine, u), [0, 1, 2, 3, 4, 7, 12], rtol=1e-9, atol=1e-12)
    assert (mine.smallest, mine.largest) == (0, 12)


@given(
    st.lists(st.sampled_from(PARTS), min_size=2, max_size=4), st.lists(st.floats(0, LARGEST_U), min_size=2)
)
def test_mixtures_rise(parts: list[dict[str, Any]], drawn: list[float]) -> None:
    """Tests that a larger number draws no smaller value, and that all lie within the bounds."""
    share = [100 // len(parts)] * (len(parts) - 1)
    weights = [*share, 100 - sum(share)]
    given_parts = [{"weight": f"{w} %"} | loose(part) for w, part in zip(weights, parts, strict=True)]
    mine = dist("mixture", parts=given_parts)
    found = quantile(mine, np.sort(drawn))
    assert (np.diff(found) >= -1e-9).all()
    assert (found >= mine.smallest).all()
    assert (found <= mine.largest).all()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"distribution": "observed", "values": []}, "values is empty"),
        ({"distribution": "percentiles", "percentiles": {"P50": 1.0}}, "P0 and P100 are needed"),
        ({"distribution": "percentiles", "percentiles": {"P0": 2.0, "P100": 1.0}}, "P100 is not above P0"),
        ({"distribution": "percentiles", "percentiles": {"50": 1.0}}, "'50' is not a percentile"),
        ({"distribution": "mixture", "parts": []}, "the weights of the parts sum to 0"),
        (
            {"distribution": "mixture", "parts": [{"weight": "90 %"} | PARTS[8]]},
            "sum to 90.0000%; allowed: a sum",
        ),
        (
            {"distribution": "mixture", "parts": [{"weight": "100 %", "distribution": "mixture"}]},
            "missing: parts",
        ),
    ],
)
def test_bad_own_data(given: dict[str, Any], said: str) -> None:
    """Tests that what makes no distribution is refused."""
    with pytest.raises(ValidationError, match=said):
        Distribution[float].model_validate(given)
