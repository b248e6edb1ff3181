"""Measure a group of consignments in every replication, at the scenario's rates or at other rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fourport.errors import UserError
from fourport.measures import is_quantile
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats
from fourport.store.tables import TOGETHER
from fourport.study.curves.journeys import Journeys, Kept, delivered
from fourport.study.curves.rates import Rate
from fourport.study.curves.variations import MEASURES, price, under
from fourport.study.replication_measures import Series

Moves = tuple[tuple[Rate, float], ...]
"""Rates and their changed amounts."""


@dataclass(frozen=True)
class PricedGroup:
    """A group of consignments that is priced at several points.

    Attributes
    ----------
    points
        Changed rates at each point.
    """

    lanes: tuple[str, ...]
    routes: tuple[str, ...]
    measure: str
    points: tuple[Moves, ...]


def price_group(asked: PricedGroup, kept: Kept) -> Floats:
    """Return the measure of a group at each point in a replication, (points,), over all its cargo.

    Each route carries the goods that were sent by it, so at the scenario's rates the result equals the
    summary.
    """
    journeys = _group(kept, asked.lanes, asked.routes)
    group = np.zeros(journeys.world.n, dtype=np.int64)
    at = MEASURES.index(asked.measure)
    found = []
    for moves in asked.points:
        scenario = journeys.corridor.scenario
        for rate, amount in moves:
            scenario = rate.moved(scenario, amount)
        found.append(price(under(journeys, scenario)).by_group(group, 1)[0, at])
    return np.array(found)


@lru_cache(maxsize=4)
def _group(kept: Kept, lanes: tuple[str, ...], routes: tuple[str, ...]) -> Journeys:
    journeys = delivered(kept.read(lanes))
    names = journeys.corridor.plan.names.routes
    wanted = [names.index(route) for route in routes]
    return journeys.pick(np.flatnonzero(np.isin(journeys.world.route, wanted)))


def summary_group(series: Series, pairs: Sequence[tuple[str, str]] | None, measure: str) -> Floats:
    """Return a measure of the summary for a group in each replication, (replications,).

    Several routes are averaged by their traffic: costs by weight or parcels, all else by consignments.

    Parameters
    ----------
    pairs
        Lanes and routes; None for all lanes together, as in the summary.

    Raises
    ------
    UserError
        If there is no such measure, or it is a quantile of several routes.
    """
    known = sorted({name for _, _, name, _ in series})
    if measure not in known:
        raise UserError(f"there is no measure {measure!r}; allowed: {', '.join(known)}")
    if pairs is None:
        return _of(series, TOGETHER, TOGETHER, measure)[0]
    if is_quantile(measure) and len(pairs) > 1:
        raise UserError(f"{measure}: a quantile of several routes is not that of all; allowed: one route")
    values = [_of(series, lane, route, measure) for lane, route in pairs]
    unit = next((unit for _, unit in values if unit), "")
    weigh = {"kg": "weight", "parcel": "parcels"}.get(unit.rpartition("/")[2], "consignments")
    weights = np.stack([_of(series, lane, route, weigh)[0] for lane, route in pairs])
    amounts = np.stack([value for value, _ in values])
    moved = weights > 0
    total = np.where(moved, amounts * weights, 0.0).sum(axis=0)
    average: Floats = total / weights.sum(axis=0)
    return average


def _of(series: Series, lane: str, route: str, measure: str) -> tuple[Floats, str]:
    """Return a series and its unit; NaN throughout if nothing moved."""
    for (one, other, name, unit), values in series.items():
        if (one, other, name) == (lane, route, measure):
            return values, unit
    n = len(next(iter(series.values())))
    return np.full(n, 0.0 if measure in ("weight", "parcels", "consignments") else np.nan), ""


def pairs_of(corridor: Corridor, lanes: Sequence[str], routes: Sequence[str]) -> list[tuple[str, str]]:
    """Return the lanes and routes of a group; no names mean all."""
    return [
        (lane, route)
        for lane, one in corridor.scenario.lanes.items()
        if lane in lanes or not lanes
        for route in one.routes
        if route in routes or not routes
    ]
