"""The route-choice map: the cheapest route by value and chargeable weight of goods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from fourport.arguments import CELLS, MOST_REPLICATIONS, whole
from fourport.errors import UserError
from fourport.plan.tables import Floats
from fourport.scenario.models.scenario import Scenario
from fourport.store import Run
from fourport.store.folder import table_of
from fourport.study.curves.axes import ChargeableWeight, ValueDensity
from fourport.study.curves.cells import Cells, price_cells
from fourport.study.curves.cheapest import LaneMap, looks_of, map_lane
from fourport.study.curves.request import grids_of, lanes_of
from fourport.study.experiment import experiment
from fourport.study.parallel import Progress
from fourport.study.sample import SampleSource, sample_of

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, repr=False)
class RouteChoiceMap:
    """The route-choice map of each lane.

    Attributes
    ----------
    left_out, alone
        Lanes without any of the requested routes, and lanes with only one.
    looks
        Numbers of replications at which cells are judged.
    """

    scenario: Scenario
    policy: str
    left_out: tuple[str, ...]
    alone: tuple[str, ...]
    looks: tuple[int, ...]
    lanes: tuple[LaneMap, ...]

    @property
    def replications(self) -> int:
        """Largest number of replications on which a cell is judged."""
        return max(int(one.replications.max()) for one in self.lanes)

    def table(self) -> pa.Table:
        """Return the table "route-choice" as a run keeps it."""
        unit = f"{self.scenario.reporting_currency}/kg"
        return table_of("route-choice", (row for one in self.lanes for row in lane_rows(one, unit, unit)))

    def __repr__(self) -> str:
        lanes = ", ".join(one.lane for one in self.lanes)
        return f"<RouteChoiceMap of {self.policy}: {lanes}; {self.replications} replications>"


def route_choice_map(  # noqa: PLR0913 - options, given by name
    sample: SampleSource,
    *,
    policy: str | None = None,
    lane: str | None = None,
    routes: str | Sequence[str] | None = None,
    columns: int = 40,
    rows: int = 40,
    values_per_kg: tuple[float, float] | None = None,
    weights_kg: tuple[float, float] | None = None,
    most_replications: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> RouteChoiceMap:
    """Map the cheapest route over value and chargeable weight of goods.

    Parameters
    ----------
    policy
        None for the first of the sample.
    lane, routes
        None for all.
    values_per_kg
        Lowest and highest value, reporting currency per kg; None for those of the scenario.
    weights_kg
        Lowest and highest chargeable weight; None for those of the scenario.
    most_replications
        Maximum for cells that the sample leaves undecided; None for no more replications than the sample has.
    executor
        None runs in this process.

    Raises
    ------
    UserError
        With all problems, before anything is simulated.
    """
    sample = sample_of(sample)
    policy = sample.policy(policy)
    columns, rows = whole("columns", columns, *CELLS), whole("rows", rows, *CELLS)
    if most_replications is not None:
        most_replications = whole("most_replications", most_replications, 1, MOST_REPLICATIONS)
    corridor = sample.variants[policy].corridor
    asked_for, left_out = lanes_of(corridor, lane, routes)
    several = {name: some for name, some in asked_for.items() if len(some) > 1}
    if not several:
        each = (f"  {name}: {', '.join(some)}" for name, some in asked_for.items())
        raise UserError("a route-choice map needs two routes of a lane; no lane has two", *each)
    value = ValueDensity(corridor.scenario.reporting_currency)
    values = grids_of(value, corridor, several, columns, values_per_kg or (None, None))
    weights = grids_of(ChargeableWeight(), corridor, several, rows, weights_kg or (None, None))
    first = sample.replications
    most = most_replications or first
    if most < first:
        raise UserError(f"--at-most {most}: is less than the {first} replications of the first look")
    looks = looks_of(first, most)
    sample.journeys(policy, executor=executor, progress=progress)

    def price(lane: str, replications: range, wanted: Sequence[int]) -> Floats:
        cells = Cells(lane, several[lane], values[lane], tuple(weights[lane][k] for k in wanted))
        kept = sample.journeys(policy, replications, executor, progress)
        (found,) = experiment(price_cells, [cells], kept, executor, progress)
        return found

    maps = tuple(
        map_lane(lane, some, values[lane], weights[lane], looks, partial(price, lane))
        for lane, some in several.items()
    )
    alone = tuple(name for name in asked_for if name not in several)
    return RouteChoiceMap(corridor.scenario, policy, left_out, alone, tuple(looks), maps)


def write_map(run: Run, found: RouteChoiceMap) -> None:
    """Write ``route-choice.csv``."""
    run.write_table("route-choice", found.table())


def record(found: RouteChoiceMap) -> dict[str, Any]:
    """Return the manifest entry of a map."""
    return {
        "policy": found.policy,
        "cells": {one.lane: [len(one.values), len(one.weights)] for one in found.lanes},
        "routes": {one.lane: list(one.routes) for one in found.lanes},
        "looks": list(found.looks),
        "replications": found.replications,
        "intervals": "95 % for all cells and pairs of routes of a lane at once (Bonferroni, Student t)",
    }


def lane_rows(found: LaneMap, value_unit: str, cost_unit: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``route-choice.csv``, by weight, then by value."""
    names = dict(enumerate(found.routes))
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
                "yes" if found.decided[i, j] else "no",
                int(found.replications[i, j]),
            )
