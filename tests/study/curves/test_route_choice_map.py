"""Tests of route-choice maps: what is called decided is right, cells are priced like consignments."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from fourport.plan.tables import Floats
from fourport.study.curves.axes import CM3_A_KG
from fourport.study.curves.bounds import LEAST, at_once, critical_value
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

MODES = ("sea-air", "air", "sea-air")

TRUTH = np.linspace(-0.3, 0.3, 20).reshape(4, 5)
"""Cost of the second route less that of the first, by cell; the third costs as the first."""


def per_kg(costs: object) -> Floats:
    """Give costs of (replications, weights, values, routes) with one kilogram each."""
    of = np.asarray(costs, dtype=np.float64)
    return np.stack([of, np.ones_like(of)], axis=1)


def noise(seed: int, scale: float = 1.0) -> Callable[[range, Sequence[int]], Floats]:
    """Give a pricing with noise: the third route costs 0.001 more than the first, the second TRUTH more."""

    def priced(replications: range, wanted: Sequence[int]) -> Floats:
        found = []
        for replication in replications:
            rng = np.random.default_rng((seed, replication))
            costs = np.stack([np.zeros_like(TRUTH), TRUTH, np.full_like(TRUTH, 0.001)], axis=2)
            random = rng.normal(0, 0.1, (1, 1, 3)) + rng.normal(0, 0.05, costs.shape)
            found.append((costs + scale * random)[wanted])
        return per_kg(found)

    return priced


def judged(seed: int, looks: Sequence[int], scale: float = 1.0) -> LaneMap:
    return map_lane("l", "abc", MODES, (1, 2, 3, 4, 5), (10, 20, 30, 40), looks, noise(seed, scale))


def test_decided_cells_are_right_all_at_once() -> None:
    """Tests that of many maps with two looks at most 5 % have a decided cell that is wrong."""
    truth = np.stack([np.zeros_like(TRUTH), TRUTH, np.full_like(TRUTH, 0.001)], axis=2).argmin(axis=2)
    trials, wrong, decided = 300, 0, 0
    for seed in range(trials):
        found = judged(seed, (10, 20))
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
        sums = plain(replications, wanted)
        sums[:, 0] += clear
        return sums

    map_lane("l", "abc", MODES, (1, 2, 3, 4, 5), (10, 20, 30, 40), (10, 20), spied)
    assert asked[0] == (range(10), [0, 1, 2, 3])
    assert asked[1][0] == range(10, 20)
    assert 0 not in asked[1][1]


def one_cell(routes: str, costs: Sequence[Sequence[float]], kg: float | Array = 1.0) -> LaneMap:
    """Judge a cell, given the costs of each replication."""
    of = np.asarray(costs, dtype=np.float64)
    sums = np.stack([of, np.broadcast_to(kg, of.shape)], axis=1)[:, :, None, None]
    return map_lane("l", routes, MODES[: len(routes)], (1.0,), (10.0,), (len(of),), lambda r, _: sums[r])


def test_costs_are_ratios_of_sums_by_hand() -> None:
    """Tests replications of 1 to 10 kg, which cost 1 USD/kg and 0.1 USD/kg more for each kg.

    Together they cost 55 + 38.5 = 93.5 USD for 55 kg, 1.7 USD/kg: dearer than the other route's 1.6. The mean
    of the ten costs per kg is 1.55, which would be cheaper.
    """
    kg = np.arange(1.0, 11.0)
    found = one_cell("ab", np.stack([kg + 0.1 * kg**2, 1.6 * kg], axis=1).tolist(), kg[:, None])
    jackknife = np.array([[10 * 1.7 - 9 * (93.5 - k - 0.1 * k**2) / (55 - k) - 1.6] for k in range(1, 11)])
    assert found.routes[found.cheapest[0, 0]] == "b"
    assert found.difference[0, 0] == pytest.approx(jackknife.mean())
    expected = at_once(jackknife, critical_value([jackknife], 0.05))
    assert (found.low[0, 0], found.high[0, 0]) == pytest.approx((expected.low[0], expected.high[0]))
    (row,) = lane_rows(found, "USD/kg", "USD/kg")
    assert row[:8] == ("l", 0, 1.0, "USD/kg", 10.0, "kg", "b", "a")
    assert row[12:16] == ("no", 10, "a b", "")


def test_one_replication_unlike_the_others_decides_nothing() -> None:
    """Tests that nine replications alike and one dear one leave the interval without ends."""
    found = one_cell("ab", [[1.0, 2.0]] * 9 + [[1.5, 2.0]])
    assert not found.decided[0, 0]
    assert (found.low[0, 0], found.high[0, 0], found.at_most[0, 0]) == (-math.inf, math.inf, math.inf)


def test_what_another_route_could_save() -> None:
    """Tests two routes by sea and air that differ by 0.1 either way, and one by air that costs twice as much.

    The third is ruled out, the modes of transport are decided, and what may be saved is the lower end of the
    interval of the difference as a share of the cost.
    """
    costs = [[1.0, 2.0 + 0.01 * (k % 3), 1.0 + (0.11 if k % 2 else -0.1)] for k in range(12)]
    found = one_cell("abc", costs)
    assert found.ruled_out[0, 0].tolist() == [False, True, False]
    assert not found.decided[0, 0]
    assert found.by_modes("sea-air")[0, 0]
    assert not found.by_modes("air")[0, 0]
    ((routes, share, at_most),) = found.contests()
    assert (routes, share) == (("a", "c"), 1.0)
    assert found.routes[found.cheapest[0, 0]] == "a"
    assert at_most == pytest.approx(-100 * found.low[0, 0])
    (row,) = lane_rows(found, "USD/kg", "USD/kg")
    assert row[-3:-1] == ("a c", "sea-air")


def test_replications_without_a_route_do_not_count() -> None:
    """Tests that a cell is judged by the replications that delivered goods by every route, at least ten."""
    costs = np.array([[1.0 + 0.01 * k, 2.0] for k in range(12)])
    kg = np.ones((12, 2))
    kg[0, 1] = costs[0, 1] = 0.0
    enough = one_cell("ab", costs.tolist(), kg)
    assert (enough.replications[0, 0], enough.decided[0, 0]) == (11, True)
    kg[:3, 1] = costs[:3, 1] = 0.0
    too_few = one_cell("ab", costs.tolist(), kg)
    assert (too_few.replications[0, 0], too_few.decided[0, 0]) == (9, False)
    assert (too_few.cheapest[0, 0], np.isnan(too_few.low[0, 0])) == (0, True)
    kg[:, 1] = costs[:, 1] = 0.0
    none = one_cell("ab", costs.tolist(), kg)
    assert (none.replications[0, 0], none.cheapest[0, 0], none.decided[0, 0]) == (0, 0, False)


def test_single_route_and_few_replications() -> None:
    """Tests that nothing is undecided with one route, and everything with fewer than ten replications."""
    assert one_cell("a", [[1.0]] * 2).decided.all()
    assert one_cell("ab", [[1.0, 2.0]] * LEAST).decided.all()
    assert not one_cell("ab", [[1.0, 2.0]] * (LEAST - 1)).decided.any()
    assert not one_cell("ab", [[1.0, 2.0]]).decided.any()


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
            np.testing.assert_allclose(found[0, i, j] / found[1, i, j], expected, rtol=1e-5)
