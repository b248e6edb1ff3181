"""Who dominates whom, by hand."""

from __future__ import annotations

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.comparison.overview import dominance
from tests.study.made import FASTER, STEADY, D

INF = float("inf")


def test_dominance_by_hand() -> None:
    """Tests a policy that is only better, one that trades time for cost, and noise.

    "noise" is faster than "slow" by 1.1 h on average, as "fast" is, but not surely.
    """

    def of(time: list[float], cost: list[float]) -> dict[str, tuple[str, Floats]]:
        return {"door_to_door_time": ("h", np.array(time)), "logistics_cost": ("USD/kg", np.array(cost))}

    slow = of([10.0] * 10, STEADY)
    fast = of(FASTER, STEADY)
    dear = of([v - 5 for v in FASTER], [5 + d for d in D])
    noise = of([v + s for v, s in zip(FASTER, [3, -3] * 5, strict=True)], STEADY)
    found, tests = dominance({"slow": slow, "fast": fast, "dear": dear, "noise": noise})
    assert tests == 12  # 6 pairs, 2 criteria
    assert found == {"slow": ("fast",), "fast": (), "dear": (), "noise": ()}
    found, _ = dominance({"slow": slow, "fast": fast})
    assert found == {"slow": ("fast",), "fast": ()}
    # A share is better if it is higher; what cannot be compared forbids a judgement.
    late = fast | {"departure_as_planned": ("%", np.array([100 - d for d in D]))}
    on_time = slow | {"departure_as_planned": ("%", np.array([100.0] * 10))}
    assert dominance({"late": late, "on time": on_time})[0] == {"late": (), "on time": ()}
    undelivered = slow | {"door_to_door_time_p95": ("h", np.array([INF] * 10))}
    arrived = fast | {"door_to_door_time_p95": ("h", np.array([20.0] * 10))}
    assert dominance({"undelivered": undelivered, "arrived": arrived})[0] == {
        "undelivered": (),
        "arrived": (),
    }


Measured = dict[str, tuple[str, Floats]]


def judged(**measures: list[float]) -> Measured:
    """Give measures of one policy; the unit does not matter."""
    return {name: ("h", np.array(values)) for name, values in measures.items()}


def test_a_worse_mean_forbids_dominance() -> None:
    """Tests fewer staffed hours, which are fixed and so sure, beside a clearance that is slower on average.

    Its difference, 0.1 h with a deviation of 3 h, is far from significant, and forbids it all the same.
    """
    steady = [20.0] * 10
    noise = [20.1 + s for s in [3, -3] * 5]
    before = judged(clearance_time_import=steady, staffed_hours=[90.0] * 10)
    slower = judged(clearance_time_import=noise, staffed_hours=[80.0] * 10)
    assert dominance({"before": before, "slower": slower})[0] == {"before": (), "slower": ()}
    quicker = judged(clearance_time_import=[v - 0.2 for v in noise], staffed_hours=[80.0] * 10)
    assert dominance({"before": before, "quicker": quicker})[0] == {"before": ("quicker",), "quicker": ()}
    equal = judged(clearance_time_import=steady, staffed_hours=[80.0] * 10)
    assert dominance({"before": before, "equal": equal})[0] == {"before": ("equal",), "equal": ()}


def test_few_replications_are_no_reason_to_dominate() -> None:
    """Tests two replications: one policy is twice as dear and misses more, and no t test can say so."""
    before = judged(staffed_hours=[90.0] * 2, logistics_cost=[1.0, 1.2], undetected=[2.0, 3.0])
    cheap = judged(staffed_hours=[80.0] * 2, logistics_cost=[2.0, 2.6], undetected=[5.0, 9.0])
    assert dominance({"before": before, "cheap": cheap})[0] == {"before": (), "cheap": ()}


def test_better_by_chance_is_not_better() -> None:
    """Tests that better means alone do not dominate: one criterion must be significant, after Holm."""
    before = judged(door_to_door_time=[20.0] * 10, logistics_cost=STEADY)
    lucky = judged(door_to_door_time=[19.9 + s for s in [3, -3] * 5], logistics_cost=STEADY)
    assert dominance({"before": before, "lucky": lucky})[0] == {"before": (), "lucky": ()}


def test_pairs_that_are_the_same_are_not_judged() -> None:
    """Tests that two policies alike in everything are no tests of dominance and dominate each other not."""

    def of(time: list[float]) -> dict[str, tuple[str, Floats]]:
        return {"door_to_door_time": ("h", np.array(time)), "logistics_cost": ("USD/kg", np.array(STEADY))}

    found, tests = dominance({"slow": of([10.0] * 10), "idle": of([10.0] * 10), "fast": of(FASTER)})
    assert tests == 4
    assert found == {"slow": ("fast",), "idle": ("fast",), "fast": ()}


def test_who_clears_nothing_is_judged_by_the_rest() -> None:
    """Tests that a policy past customs is held against one that looks at everybody, and one that at nobody.

    Where the scenario of one has no non-compliance at all, nothing is said of what stays undetected.
    """
    clears = judged(clearance_time_import=[3.0] * 10, cleared_within_24h=[100.0] * 10)
    looks = judged(door_to_door_time=[9 + d for d in D], inspections=[40.0] * 10, undetected=[5.0] * 10)
    never = judged(door_to_door_time=[9 + d for d in D], inspections=[0.0] * 10, undetected=[20.0] * 10)
    past = judged(door_to_door_time=[5.0] * 10, inspections=[0.0] * 10, undetected=[20.0] * 10)
    found, _ = dominance({"looks": clears | looks, "never": clears | never, "past": past})
    assert found == {"looks": (), "never": ("past",), "past": ()}
    blind = {name: series for name, series in past.items() if name != "undetected"}
    assert dominance({"never": clears | never, "blind": blind})[0] == {"never": (), "blind": ()}
    # Without non-compliance nothing speaks for looking: who goes past would be better in all that is left.
    careless = {name: series for name, series in never.items() if name != "undetected"}
    assert dominance({"never": clears | careless, "blind": blind})[0] == {"never": (), "blind": ()}
