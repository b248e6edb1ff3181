"""The formulas against published values, without any simulation."""

from __future__ import annotations

import itertools
import math

import pytest

from fourport.study.verification import formulas
from fourport.study.verification.cases import CASES

PUBLISHED = {
    ("m-m-1", "mean wait"): "4",
    ("m-m-1", "P50 of time"): "3.4657",
    ("m-m-1", "P90 of time"): "11.5129",
    ("m-m-1", "P95 of time"): "14.9787",
    ("m-m-3", "P(wait)"): ".647191",
    ("m-m-3", "mean wait"): "1.078652",
    ("m-m-7", "P(wait)"): ".324150",
    ("m-m-7", "mean wait"): ".405187",
    ("m-m-7", "P(time <= 8 h)"): ".94656",
    ("m-m-8", "P(time <= 8 h)"): ".95583",
    ("bays-13", "P(time <= 24 h)"): ".93008",
    ("bays-14", "P(time <= 24 h)"): ".97302",
    ("m-d-1", "mean wait"): "2.0",
    ("m-e2-1", "mean wait"): "3.0",
    ("m-u-1", "mean wait"): "2.6667",
    ("m-ln-1", "mean wait"): "3.791667",
    ("d-m-1", "mean wait"): "1.692731",
    ("e2-m-1", "mean wait"): "2.843980",
    ("tandem", "mean time"): "5.33333",
    ("priority", "mean wait, trusted"): "1.0",
    ("priority", "mean wait, ordinary"): "5.0",
    ("sailing-gaps", "mean wait"): "29.1429",
    ("sailing-cancelled", "mean wait"): "14.6667",
    ("sailing-capacity-13", "mean left behind"): "4.33896",
    ("sailing-capacity-13", "mean wait"): "20.678",
    ("sailing-capacity-15", "mean left behind"): ".701229",
    ("sailing-capacity-15", "mean wait"): "13.4025",
    ("office", "mean wait"): "5.3333",
    ("closure", "backlog at reopening"): "20",
    ("closure", "recovery"): "5",
}
"""Worked out by others, as they printed them."""


def test_every_measure_has_its_published_value() -> None:
    """Tests that no case lacks one and none is left over."""
    assert {(case.name, m.what) for case in CASES.values() for m in case.measures} == set(PUBLISHED)


@pytest.mark.parametrize(("case", "measure"), PUBLISHED)
def test_published_value(case: str, measure: str) -> None:
    """Tests that a formula gives the published value to all digits printed."""
    printed = PUBLISHED[case, measure]
    digits = len(printed.partition(".")[2])
    (exact,) = (m.formula() for m in CASES[case].measures if m.what == measure)
    assert abs(exact - float(printed)) <= 0.5001 * 10**-digits


def test_one_server_within() -> None:
    """Tests that the time in M/M/1 comes out exponential with rate mu - lambda."""
    assert formulas.mmc_within(1, 0.8, 1, 3) == pytest.approx(1 - math.exp(-0.2 * 3))


def test_within_has_no_gap_where_two_rates_meet() -> None:
    """Tests that P(time <= t) goes on smoothly where c mu - lambda equals mu, as with 13 bays."""
    at, near = formulas.mmc_within(13, 2, 6, 24), formulas.mmc_within(13, 2 - 1e-5, 6, 24)
    assert at == pytest.approx(near, abs=1e-4)


def test_exponential_intervals_give_the_poisson_queue() -> None:
    """Tests that GI/M/1 with exponential intervals is M/M/1."""
    assert formulas.gim1_wait(formulas.erlang_transform(1, 1.25), 1) == pytest.approx(4)


def test_one_class_has_no_priority() -> None:
    """Tests that Cobham's formula for a single class is M/M/1."""
    assert formulas.priority_waits((0.8,), 1) == [pytest.approx(4)]


@pytest.mark.parametrize("room", [13, 15])
def test_bulk_queue_by_its_chain(room: int) -> None:
    """Tests Spitzer's sum against the stationary distribution of the chain, by iteration."""
    size, load = 160, 12
    arrivals = [math.exp(-load + a * math.log(load) - math.lgamma(a + 1)) for a in range(80)]
    chain = [1.0] + [0.0] * (size - 1)
    for _ in itertools.repeat(None, 1500):
        following = [0.0] * size
        for left, p in enumerate(chain):
            if p > 1e-17:
                for a, q in enumerate(arrivals):
                    following[min(max(left + a - room, 0), size - 1)] += p * q
        change = sum(abs(x - y) for x, y in zip(chain, following, strict=True))
        chain = following
        if change < 1e-12:
            break
    mean = sum(left * p for left, p in enumerate(chain))
    assert formulas.bulk_left_behind(room, load) == pytest.approx(mean, abs=1e-4)
