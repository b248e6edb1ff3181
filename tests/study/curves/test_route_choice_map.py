"""Tests of route-choice maps: what is called decided is right, cells are priced like consignments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from fourport.plan.tables import Floats
from fourport.study.curves.axes import CM3_A_KG
from fourport.study.curves.cells import Cells, price_cells
from fourport.study.curves.cheapest import LaneMap, looks_of, map_lane
from fourport.study.curves.journeys import Kept, file_of, journeys_of, same_goods
from fourport.study.curves.route_choice_map import lane_rows
from fourport.study.curves.variations import of_value, of_weight, price
from fourport.study.replication import replicate
from fourport.study.variant import Variant
from tests.study.made import RANDOM
from tests.tiny import corridor, values

Array = NDArray[np.float64]

TRUTH = np.linspace(-0.3, 0.3, 20).reshape(4, 5)
"""Cost of the second route less that of the first, by cell; the third costs as the first."""


def noise(seed: int, scale: float = 1.0) -> Callable[[range, Sequence[int]], Floats]:
    """Give a pricing with noise: the third route costs 0.001 more than the first, the second TRUTH more."""

    def priced(replications: range, wanted: Sequence[int]) -> Floats:
        found = []
        for replication in replications:
            rng = np.random.default_rng((seed, replication))
            costs = np.stack([np.zeros_like(TRUTH), TRUTH, np.full_like(TRUTH, 0.001)], axis=2)
            random = rng.normal(0, 0.1, (1, 1, 3)) + rng.normal(0, 0.05, costs.shape)
            found.append((costs + scale * random)[wanted])
        return np.stack(found)

    return priced


def judged(seed: int, looks: Sequence[int], scale: float = 1.0) -> LaneMap:
    return map_lane("l", "abc", (1, 2, 3, 4, 5), (10, 20, 30, 40), looks, noise(seed, scale))


def test_decided_cells_are_right_all_at_once() -> None:
    """Tests that of many maps with two looks at most 5 % have a decided cell that is wrong."""
    truth = np.stack([np.zeros_like(TRUTH), TRUTH, np.full_like(TRUTH, 0.001)], axis=2).argmin(axis=2)
    trials, wrong, decided = 400, 0, 0
    for seed in range(trials):
        found = judged(seed, (8, 16))
        wrong += bool((found.decided & (found.cheapest != truth)).any())
        decided += int(found.decided.sum())
    assert decided > trials
    assert wrong <= binom.ppf(0.9995, trials, 0.05)


def test_replications_go_to_the_undecided() -> None:
    """Tests that clear cells are judged by the first look, and the others by more."""
    found = judged(1, (10, 20, 40), scale=0.2)
    clear = found.decided & (found.replications == 10)
    assert clear.any()
    assert (found.replications[~found.decided] >= 10).all()
    assert found.replications.max() > 10
    assert (found.low[clear] > 0).all()


def test_later_looks_price_only_rows_with_open_cells() -> None:
    """Tests that rows in which all is decided are not priced again."""
    asked: list[tuple[range, list[int]]] = []
    plain = noise(3)

    def spied(replications: range, wanted: Sequence[int]) -> Floats:
        asked.append((replications, list(wanted)))
        clear = (np.array(wanted) == 0)[:, None, None] * np.array([0.0, -9.0, 0.0])
        costs: Floats = plain(replications, wanted) + clear
        return costs

    map_lane("l", "abc", (1, 2, 3, 4, 5), (10, 20, 30, 40), (10, 20), spied)
    assert asked[0] == (range(10), [0, 1, 2, 3])
    assert asked[1][0] == range(10, 20)
    assert 0 not in asked[1][1]


def test_interval_by_hand() -> None:
    """Tests two replications of one cell by hand: differences 1 and 2, one pair, t(0.975, 1) = 12.7062."""
    found = map_lane("l", "ab", (1.0,), (10.0,), (2,), lambda r, _: np.array([[[[1.0, 2.0 + k]]] for k in r]))
    assert found.difference[0, 0] == pytest.approx(1.5)
    assert found.high[0, 0] == pytest.approx(1.5 + 12.7062 * 0.5, abs=1e-4)
    assert not found.decided[0, 0]
    (row,) = lane_rows(found, "USD/kg", "USD/kg")
    assert row[:8] == ("l", 0, 1.0, "USD/kg", 10.0, "kg", "a", "b")
    assert row[-2:] == ("no", 2)


def test_single_route_and_single_replication() -> None:
    """Tests that nothing is undecided where there is one route, and all is with one replication."""
    alone = map_lane("l", "a", (1.0,), (10.0,), (2,), lambda r, _: np.ones((len(r), 1, 1, 1)))
    assert alone.decided.all()
    once = map_lane("l", "ab", (1.0,), (10.0,), (1,), lambda r, _: np.array([[[[1.0, 2.0]]] for _ in r]))
    assert not once.decided.any()


def test_looks() -> None:
    """Tests that looks double up to the most."""
    assert looks_of(10, 10) == [10]
    assert looks_of(10, 35) == [10, 20, 35]


@pytest.mark.parametrize("minimum", [False, True])
def test_cells_are_priced_like_consignments(minimum: bool) -> None:
    """Tests that a cell costs what goods of its value and weight cost on the same journeys, one by one,
    whether lines go with the value or a tariff has a minimum.
    """
    document = values(RANDOM)
    made = corridor(RANDOM)
    if minimum:
        document["tariffs"]["sea"]["lines"][0]["minimum"] = "30 USD"
    kept = Kept(Variant.of(document), file_of(journeys_of(replicate(made, 1, 0))))
    cells = Cells("l", ("truck", "van"), (5.0, 50.0, 400.0), (20.0, 300.0))
    found = price_cells(cells, kept)
    journeys = same_goods(kept, "l", cells.routes)
    cm3_a_kg = journeys.world.size[:, 1] / journeys.kg
    for i, weight in enumerate(cells.weights):
        for j, value in enumerate(cells.values):
            kg = weight / np.maximum(1.0, cm3_a_kg / CM3_A_KG)
            goods = of_value(of_weight(journeys, kg), value)
            expected = price(goods).by_group(journeys.world.route, 2)[:, 0]
            np.testing.assert_allclose(found[i, j], expected, rtol=1e-5)
