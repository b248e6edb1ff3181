"""The goods of each lane by commodity: where they lie on a route-choice map, and how much there is."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor

import numpy as np

from fourport.plan.tables import WEEK, Floats
from fourport.study.curves.axes import CM3_A_KG
from fourport.study.curves.journeys import Kept
from fourport.study.experiment import experiment
from fourport.study.sample import Sample

Goods = dict[str, dict[str, dict[str, float]]]
"""By lane and commodity: ``value_per_kg`` (mean over kilograms), ``weight_kg`` (median chargeable weight of a
consignment, mean of the replications), and a week's ``tonnes`` and ``value`` in the reporting currency."""


def goods_of(sample: Sample, lanes: Iterable[str], executor: Executor | None = None) -> Goods:
    """Return the goods of lanes by commodity, accepted in the window under a sample's first policy."""
    kept, points = sample.journeys(sample.first_policy, executor=executor), list(lanes)
    found: Goods = {}
    for lane, of_lane in zip(points, experiment(_goods, points, kept, executor), strict=True):
        scenario = kept[0].read((lane,)).corridor.scenario
        weeks = scenario.run.window / WEEK
        with np.errstate(invalid="ignore", divide="ignore"):
            weight = np.nanmean(np.where(of_lane[:, 2] > 0, of_lane[:, 2], np.nan), axis=0)
        kg, value = of_lane[:, 0].mean(axis=0), of_lane[:, 1].mean(axis=0)
        found[lane] = {
            name: {
                "value_per_kg": float(value[k] / kg[k]),
                "weight_kg": float(weight[k]),
                "tonnes": float(kg[k] / 1e3 / weeks),
                "value": float(value[k] / weeks),
            }
            for k, name in enumerate(scenario.commodities)
            if kg[k] > 0
        }
    return found


def _goods(lane: str, kept: Kept) -> Floats:
    """Return kg, value and median chargeable kg of the commodities of a replication, (3, commodities)."""
    journeys = kept.read((lane,))
    world, n = journeys.world, len(journeys.corridor.scenario.commodities)
    chargeable = np.maximum(world.size[:, 0] / 1e3, world.size[:, 1] / CM3_A_KG)
    medians = [
        float(np.median(mine)) if len(mine := chargeable[world.commodity == k]) else 0.0 for k in range(n)
    ]
    sums = [np.bincount(world.commodity, some, n) for some in (journeys.kg, world.value)]
    return np.array([*sums, medians])
