"""What ``fourport route-choice`` does: check, simulate or read, judge cell by cell, store, draw, tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.charts import draw
from fourport.cli.job import tell
from fourport.cli.progress import progress
from fourport.cli.source import Asked, Begun, chosen, left_out, source
from fourport.cli.told import fonts_told
from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats
from fourport.store.headers import ROUTE_CHOICE_HEADER
from fourport.study.curves.axes import ChargeableWeight, ValueDensity
from fourport.study.curves.cells import Task, price_cells
from fourport.study.curves.plan import Ask, grids_of
from fourport.study.curves.route_choice import RouteChoice, looks_of, map_route_choice, rows
from fourport.study.documents import load_documents
from fourport.study.parallel import in_order

LARGEST = 200
"""Most columns or rows."""


@dataclass(frozen=True)
class Map:
    """The options of the command."""

    lane: str | None
    routes: str | None
    cells: str
    values: tuple[float, float] | None
    weights: tuple[float, float] | None
    at_most: int | None

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows.

        Raises
        ------
        UserError
            If it is not written as "40x40", or is too large.
        """
        match = re.fullmatch(r"(\d+)x(\d+)", self.cells)
        found = (int(match[1]), int(match[2])) if match else (0, 0)
        if not all(2 <= n <= LARGEST for n in found):
            raise UserError(
                f"--cells {self.cells}: allowed: columns x rows such as 40x40, 2 to {LARGEST} each"
            )
        return found


def run_route_choice(asked: Asked, wanted: Map) -> None:
    """Do it.

    Raises
    ------
    UserError
        With what is wrong, before anything is simulated.
    """
    found = source(asked)
    policy = found.policies[0]
    corridor = found.corridor(policy)
    asked_for, dropped = chosen(corridor, wanted.lane, wanted.routes)
    lanes = {lane: routes for lane, routes in asked_for.items() if len(routes) > 1}
    if not lanes:
        raise UserError(
            "a route-choice map needs two routes of a lane: nothing to compare on any", *_alone(asked_for)
        )
    grids = _grids(corridor, lanes, wanted)
    first = found.replications
    most = wanted.at_most or (first if found.job is None else 2 * first)
    if most < first:
        raise UserError(f"--at-most {most}: is less than the {first} replications of the first look")
    begun = found.begin("route-choice", wanted)
    begun.journeys(policy, range(first))
    maps = []
    with progress(len(lanes) * first, "pricing", quiet=asked.quiet) as advance:
        for lane, routes in lanes.items():
            values, weights = grids[lane]
            pricing = _Pricing(begun, policy, lane, routes, values, weights)
            maps.append(map_route_choice(lane, routes, values, weights, looks_of(first, most), pricing.price))
            for _ in range(first):
                advance()
    unit = f"{corridor.scenario.reporting_currency}/kg"
    begun.run.write_table(
        "route-choice.csv", ROUTE_CHOICE_HEADER, [row for m in maps for row in rows(m, unit, unit)]
    )
    begun.finish(route_choice=_record(maps, policy, first, most), replications=_used(maps))
    with fonts_told():
        draw(begun.run, "route-choice")
    alone = [lane for lane in asked_for if lane not in lanes]
    out = [*left_out(corridor, dropped), *left_out(corridor, alone, "one route: nothing to compare")]
    tell(begun.run, "\n".join([_shares(maps, begun), *out]), quiet=asked.quiet)


def _alone(lanes: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"  {lane}: {', '.join(routes)}" for lane, routes in lanes.items()]


@dataclass(frozen=True)
class _Pricing:
    """Prices rows of a map."""

    begun: Begun
    policy: str
    lane: str
    routes: tuple[str, ...]
    values: tuple[float, ...]
    weights: tuple[float, ...]

    def price(self, replications: range, wanted: Sequence[int]) -> list[Floats]:
        """Price rows in some replications; those that are not there yet are simulated."""
        files = self.begun.journeys(self.policy, replications)
        weights = tuple(self.weights[k] for k in wanted)
        tasks = [Task(file, self.policy, self.lane, self.routes, self.values, weights) for file in files]
        documents = self.begun.stored.documents
        workers = min(self.begun.asked.workers, len(tasks))
        with in_order(price_cells, tasks, workers, load_documents, (documents,)) as priced:
            return list(priced)


def _grids(
    corridor: Corridor, lanes: dict[str, tuple[str, ...]], wanted: Map
) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """Give values and weights of each lane."""
    columns, lines = wanted.size
    value = ValueDensity(corridor.scenario.reporting_currency)
    values = grids_of(_ask("value-density", columns, wanted.values), value, corridor, lanes)
    weights = grids_of(_ask("weight", lines, wanted.weights), ChargeableWeight(), corridor, lanes)
    return {lane: (tuple(values[lane]), tuple(weights[lane])) for lane in lanes}


def _ask(over: str, points: int, ends: tuple[float, float] | None) -> Ask:
    return Ask(over, points, *(ends or (None, None)))


def _used(maps: Sequence[RouteChoice]) -> int:
    return max(int(one.replications.max()) for one in maps)


def _record(maps: Sequence[RouteChoice], policy: str, first: int, most: int) -> dict[str, object]:
    return {
        "policy": policy,
        "cells": {one.lane: [len(one.values), len(one.weights)] for one in maps},
        "routes": {one.lane: list(one.routes) for one in maps},
        "looks": looks_of(first, most),
        "replications": _used(maps),
        "intervals": "95 % for all cells and pairs of routes of a lane at once (Bonferroni, Student t)",
    }


def _shares(maps: Sequence[RouteChoice], begun: Begun) -> str:
    """Say for what share of the cells each route is the cheapest."""
    titles = begun.run.manifest()["titles"]["lanes"]
    text = ["Cheapest route by value and chargeable weight of the goods, share of the cells"]
    for one in maps:
        text += ["", titles.get(one.lane) or one.lane]
        for k, route in enumerate(one.routes):
            mine = one.cheapest == k
            sure = int((mine & one.decided).sum())
            cells = one.cheapest.size
            text.append(
                f"  {route:<32}  {100 * mine.sum() / cells:5.1f} %   decided {100 * sure / cells:5.1f} %"
            )
        text += _torn(one)
        counts = sorted({int(n) for n in one.replications.ravel()})
        text.append(f"  judged by {' or '.join(map(str, counts))} replications")
    text += ["", "Decided: against every other route, for all cells of the lane at once, at 95 %."]
    return "\n".join(text)


def _torn(one: RouteChoice) -> list[str]:
    """Say which two routes the undecided cells are mostly torn between."""
    undecided = ~one.decided & (one.runner_up >= 0)
    if not undecided.any():
        return []
    pairs = np.sort(np.stack([one.cheapest[undecided], one.runner_up[undecided]], axis=1), axis=1)
    found, counts = np.unique(pairs, axis=0, return_counts=True)
    a, b = (one.routes[k] for k in found[int(counts.argmax())])
    share = 100 * counts.max() / one.cheapest.size
    return [f"  undecided {100 * undecided.mean():.1f} %, most of all between {a} and {b} ({share:.1f} %)"]
