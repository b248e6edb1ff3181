"""Who dominates whom: by hand, and how often it is said falsely."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fourport.study.comparison.delivered_by_both import Column
from fourport.study.comparison.overview import dominance
from tests.study.made import FASTER, STEADY, D

INF = float("inf")


def test_dominance_by_hand() -> None:
    """Tests a policy that is only better, one that trades time for cost, and noise.

    "noise" is faster than "slow" by 1.1 h on average, as "fast" is, but not surely.
    """

    def of(time: list[float], cost: list[float]) -> dict[str, Column]:
        return {
            "door_to_door_time": Column("h", np.array(time)),
            "logistics_cost": Column("USD/kg", np.array(cost)),
        }

    slow = of([10.0] * 10, STEADY)
    fast = of(FASTER, STEADY)
    dear = of([v - 5 for v in FASTER], [5 + d for d in D])
    noise = of([v + s for v, s in zip(FASTER, [3, -3] * 5, strict=True)], STEADY)
    found = dominance({"slow": slow, "fast": fast, "dear": dear, "noise": noise})
    assert found.family.tests == 9  # 6 pairs, 2 criteria; three pairs have the same cost
    assert found.by == {"slow": ("fast",), "fast": (), "dear": (), "noise": ()}
    assert dominance({"slow": slow, "fast": fast}).by == {"slow": ("fast",), "fast": ()}
    # A share is better if it is higher; what cannot be compared forbids a judgement.
    late = fast | {"departure_as_planned": Column("%", np.array([100 - d for d in D]))}
    on_time = slow | {"departure_as_planned": Column("%", np.array([100.0] * 10))}
    assert dominance({"late": late, "on time": on_time}).by == {"late": (), "on time": ()}
    undelivered = slow | {"door_to_door_time_p95": Column("h", np.array([INF] * 10))}
    arrived = fast | {"door_to_door_time_p95": Column("h", np.array([20.0] * 10))}
    assert dominance({"undelivered": undelivered, "arrived": arrived}).by == {
        "undelivered": (),
        "arrived": (),
    }


Measured = dict[str, Column]


def judged(**measures: list[float]) -> Measured:
    """Give measures of one policy; the unit does not matter."""
    return {name: Column("h", np.array(values)) for name, values in measures.items()}


def test_no_more_than_the_margin_may_be_lost() -> None:
    """Tests fewer staffed hours, which are fixed and so sure, beside a clearance that may be slower.

    The margin is 1 % of 20 h, 0.2 h. A loss of 0.1 h that deviates by 3 h may be more, one that deviates by
    0.01 h is not; a loss of 0.3 h is more for sure.
    """
    before = judged(clearance_time_import=[20.0] * 10, staffed_hours=[90.0] * 10)
    for loss, noise, dominates in (
        (0.1, 3.0, False),
        (0.1, 0.01, True),
        (0.3, 0.01, False),
        (0.0, 0.0, True),
    ):
        clearance = [20 + loss + sign * noise for sign in [1, -1] * 5]
        after = judged(clearance_time_import=clearance, staffed_hours=[80.0] * 10)
        found = dominance({"before": before, "after": after}).by
        assert found == {"before": ("after",) if dominates else (), "after": ()}


@pytest.mark.parametrize(("gain", "dominates"), [(0.1, False), (0.3, True)])
def test_a_gain_must_reach_the_margin(gain: float, dominates: bool) -> None:
    """Tests gains that deviate by 0.01 h, and so are sure, on both sides of the margin, 1 % of 20 h."""
    before = judged(clearance_time_import=[20.0] * 10)
    after = judged(clearance_time_import=[20 - gain + sign * 0.01 for sign in [1, -1] * 5])
    for names in (("before", "after"), ("after", "before")):
        one = {"before": before, "after": after}
        found = dominance({name: one[name] for name in names}).by
        assert found == {"before": ("after",) if dominates else (), "after": ()}


@pytest.mark.parametrize("sds", [0.1, 0.2, 0.3])
@pytest.mark.parametrize("skewed", [False, True])
def test_what_is_worse_is_rarely_called_dominating(sds: float, skewed: bool) -> None:
    """Tests 400 studies of a policy that saves an hour of 100 and costs as much more as the margin allows.

    The cost differs by 1 %, which is 0.1 to 0.3 standard deviations. Where a mean that happens not to be
    higher was enough, 18 to 37 % of the studies called it dominating; 5 % are promised.
    """
    rng, n, studies, false = np.random.default_rng(int(10 * sds)), 10, 400, 0
    for _ in range(studies):
        noise = rng.exponential(1, n) - rng.exponential(1, n) if skewed else rng.normal(0, 1, n)
        noise *= 1 / sds / (2**0.5 if skewed else 1)
        before = judged(door_to_door_time=[100.0] * n, logistics_cost=[100.0] * n)
        after = judged(
            door_to_door_time=list(98.0 + rng.normal(0, 0.1, n)), logistics_cost=list(101.0 + noise)
        )
        false += dominance({"before": before, "after": after}).by["before"] == ("after",)
    assert false / studies <= stats.binom.ppf(0.999, studies, 0.05) / studies


def test_what_is_not_delivered_is_worse_than_anything() -> None:
    """Tests a policy that is better in time and loses 2 of 1,000 consignments in each replication."""

    def of(undelivered: float, time: list[float]) -> Measured:
        counts = {"consignments": [1000.0] * 10, "undelivered": [undelivered] * 10}
        unit = judged(door_to_door_time=time)
        return unit | {name: Column("consignments", np.array(values)) for name, values in counts.items()}

    before, after = of(0.0, [20.0] * 10), of(2.0, [19 - d for d in D])
    assert dominance({"before": before, "after": after}).by == {"before": (), "after": ()}
    few = of(0.5, [19 - d for d in D])
    assert dominance({"before": before, "few": few}).by == {"before": ("few",), "few": ()}


def test_few_replications_are_no_reason_to_dominate() -> None:
    """Tests two replications: one policy is twice as dear and misses more, and no t test can say so."""
    before = judged(staffed_hours=[90.0] * 2, logistics_cost=[1.0, 1.2], undetected=[2.0, 3.0])
    cheap = judged(staffed_hours=[80.0] * 2, logistics_cost=[2.0, 2.6], undetected=[5.0, 9.0])
    assert dominance({"before": before, "cheap": cheap}).by == {"before": (), "cheap": ()}


def test_better_by_chance_is_not_better() -> None:
    """Tests that better means alone do not dominate: one criterion must be significant, after Holm."""
    before = judged(door_to_door_time=[20.0] * 10, logistics_cost=STEADY)
    lucky = judged(door_to_door_time=[19.9 + s for s in [3, -3] * 5], logistics_cost=STEADY)
    assert dominance({"before": before, "lucky": lucky}).by == {"before": (), "lucky": ()}


def test_pairs_that_are_the_same_are_not_judged() -> None:
    """Tests that two policies alike in everything are no tests of dominance and dominate each other not."""

    def of(time: list[float]) -> dict[str, Column]:
        return {
            "door_to_door_time": Column("h", np.array(time)),
            "logistics_cost": Column("USD/kg", np.array(STEADY)),
        }

    found = dominance({"slow": of([10.0] * 10), "idle": of([10.0] * 10), "fast": of(FASTER)})
    assert found.family.tests == 2
    assert found.by == {"slow": ("fast",), "idle": ("fast",), "fast": ()}


def test_who_clears_nothing_is_judged_by_the_rest() -> None:
    """Tests that a policy past customs is held against one that looks at everybody, and one that at nobody.

    Where the scenario of one has no non-compliance at all, nothing is said of what stays undetected.
    """
    clears = judged(clearance_time_import=[3.0] * 10, cleared_within_24h=[100.0] * 10)
    looks = judged(door_to_door_time=[9 + d for d in D], inspections=[40.0] * 10, undetected=[5.0] * 10)
    never = judged(door_to_door_time=[9 + d for d in D], inspections=[0.0] * 10, undetected=[20.0] * 10)
    past = judged(door_to_door_time=[5.0] * 10, inspections=[0.0] * 10, undetected=[20.0] * 10)
    found = dominance({"looks": clears | looks, "never": clears | never, "past": past}).by
    assert found == {"looks": (), "never": ("past",), "past": ()}
    blind = {name: series for name, series in past.items() if name != "undetected"}
    assert dominance({"never": clears | never, "blind": blind}).by == {"never": (), "blind": ()}
    # Without non-compliance nothing speaks for looking: who goes past would be better in all that is left.
    careless = {name: series for name, series in never.items() if name != "undetected"}
    assert dominance({"never": clears | careless, "blind": blind}).by == {"never": (), "blind": ()}
