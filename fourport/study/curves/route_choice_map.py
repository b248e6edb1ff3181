"""The route-choice map: the cheapest route by value and chargeable weight of goods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats
from fourport.scenario.models.scenario import Scenario
from fourport.study.curves.bounds import LEAST
from fourport.study.curves.cells import Cells, price_cells
from fourport.study.curves.cheapest import LaneMap, map_lane
from fourport.study.curves.journeys import undelivered_shares, withheld
from fourport.study.curves.request import Lanes
from fourport.study.experiment import PRICINGS, experiment
from fourport.study.parallel import Progress, counting
from fourport.study.sample import Sample


@dataclass(frozen=True, repr=False)
class RouteChoiceMap:
    """The route-choice map of each lane.

    Attributes
    ----------
    left_out, alone
        Lanes without any of the requested routes, and lanes with only one.
    withheld
        Routes that are no choice because many of their consignments are undelivered, with that share,
        by lane.
    looks
        Numbers of replications at which cells are judged.
    """

    scenario: Scenario
    policy: str
    left_out: tuple[str, ...]
    alone: tuple[str, ...]
    withheld: Mapping[str, Mapping[str, float]]
    looks: tuple[int, ...]
    lanes: tuple[LaneMap, ...]

    @property
    def replications(self) -> int:
        """Largest number of replications on which a cell is judged."""
        return max((int(one.replications.max()) for one in self.lanes), default=0)

    def __repr__(self) -> str:
        lanes = ", ".join(one.lane for one in self.lanes)
        return f"<RouteChoiceMap of {self.policy}: {lanes}; {self.replications} replications>"


def withheld_routes(
    sample: Sample, routes: Lanes, executor: Executor | None = None, progress: Progress | None = None
) -> dict[str, dict[str, float]]:
    """Return the routes of each lane that are no choice, with their undelivered share."""
    kept = sample.journeys(sample.first_policy, executor=executor, progress=progress)
    shares = undelivered_shares(routes, kept, executor)
    return {lane: withheld(of_lane) for lane, of_lane in shares.items()}


def map_lanes(
    sample: Sample,
    routes: Lanes,
    values: Mapping[str, tuple[float, ...]],
    weights: Mapping[str, tuple[float, ...]],
    looks: Sequence[int],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[LaneMap]:
    """Map each lane under the first policy of a sample.

    Parameters
    ----------
    values, weights
        Values per kg and chargeable weights of the cells of each lane, ascending.
    looks
        Numbers of replications at which cells are judged.
    """

    def price(lane: str, replications: range, wanted: Sequence[int]) -> Floats:
        cells = Cells(lane, routes[lane], values[lane], tuple(weights[lane][k] for k in wanted))
        kept = sample.journeys(sample.first_policy, replications, executor, progress)
        (found,) = experiment(price_cells, [cells], kept, executor, counting(progress, PRICINGS))
        return found

    corridor = sample.variants[sample.first_policy].corridor
    for lane, some in routes.items():
        modes = [modes_of(corridor, route) for route in some]
        yield map_lane(lane, some, modes, values[lane], weights[lane], looks, partial(price, lane))


def modes_of(corridor: Corridor, route: str) -> str:
    """Return the modes of transport of a route in order, such as "sea-air"; "road" if it has no other."""
    plan = corridor.plan
    steps = plan.main_steps(plan.names.routes.index(route))
    modes = [corridor.steps[s].mode for s in steps if corridor.steps[s].mode and s == plan.choice(s)[0]]
    return "-".join(mode for mode, _ in groupby(mode for mode in modes if mode != "road")) or "road"


def record(found: RouteChoiceMap) -> dict[str, Any]:
    """Return the manifest entry of a map."""
    return {
        "policy": found.policy,
        "cells": {one.lane: [len(one.values), len(one.weights)] for one in found.lanes},
        "routes": {one.lane: list(one.routes) for one in found.lanes},
        "modes": {one.lane: dict(zip(one.routes, one.modes, strict=True)) for one in found.lanes},
        "withheld": {lane: dict(routes) for lane, routes in found.withheld.items() if routes},
        "looks": list(found.looks),
        "replications": found.replications,
        "least_replications": LEAST,
        "intervals": "95 % for all cells and pairs of routes of a lane at once (bootstrap-t, max-T)",
    }


def map_rows(found: RouteChoiceMap) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``route-choice.csv``, lane by lane."""
    unit = f"{found.scenario.reporting_currency}/kg"
    for one in found.lanes:
        yield from lane_rows(one, unit, unit)


def lane_rows(found: LaneMap, value_unit: str, cost_unit: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a lane, by weight, then by value."""
    names, decided = dict(enumerate(found.routes)), found.decided
    for i, weight in enumerate(found.weights):
        for j, value in enumerate(found.values):
            cell = i * len(found.values) + j
            yield (
                found.lane,
                cell,
                value,
                value_unit,
                weight,
                "kg",
                names[int(found.cheapest[i, j])],
                names.get(int(found.runner_up[i, j]), ""),
                float(found.difference[i, j]),
                float(found.low[i, j]),
                float(found.high[i, j]),
                cost_unit,
                "yes" if decided[i, j] else "no",
                int(found.replications[i, j]),
                " ".join(names[k] for k in np.flatnonzero(~found.ruled_out[i, j]).tolist()),
                found.modes_left(i, j),
                float(found.at_most[i, j]),
            )
