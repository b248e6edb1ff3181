"""Measure a group of consignments in every replication, at the scenario's rates or at other rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from fourport.errors import UserError
from fourport.measures import absent, find
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats
from fourport.scenario.models.claims import Claim, Group, RatioClaim
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


@dataclass(frozen=True)
class Weighed:
    """A measure of a group.

    Attributes
    ----------
    values
        (replications, ...) values.
    over
        (replications, ...) number of kilograms, parcels or consignments that they are over; 1 for a count.
    pooled
        Of a quantile: that of all consignments of all replications together.
    thin
        Whether few consignments lie beyond this quantile.
    """

    values: Floats
    over: Floats
    pooled: float = math.nan
    thin: bool = False

    @property
    def sums(self) -> tuple[Floats, Floats]:
        """What the replications add to the sum above and below the line of the mean of all."""
        known = ~np.isnan(self.values) & (self.over > 0)
        return np.where(known, self.values * self.over, 0.0), np.where(known, self.over, 0.0)

    @property
    def first(self) -> Weighed:
        """The first column of (replications, columns)."""
        return replace(self, values=self.values[:, 0], over=self.over[:, 0])


def policies_of(claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """Return the policies that claims refer to, "base" first."""
    found = {group.policy: None for claim in claims.values() for group in groups_of(claim).values()}
    return tuple(sorted(found, key=lambda name: name != "base"))


def groups_of(claim: Claim) -> dict[str, Group]:
    """Return the groups of a claim by their keys."""
    if isinstance(claim, RatioClaim):
        return {"numerator": claim.numerator, "denominator": claim.denominator}
    return {"first": claim.first} | ({"second": claim.second} if claim.second is not None else {})


def renamed(claim: Claim, name_of: Callable[[str], str]) -> Claim:
    """Return a claim that refers to the same policies by their names in a run."""
    groups = groups_of(claim).items()
    return claim.model_copy(
        update={key: group.model_copy(update={"policy": name_of(group.policy)}) for key, group in groups}
    )


def price_group(asked: PricedGroup, kept: Kept) -> Floats:
    """Return the measure of a group at each point in a replication, and what it is over, (2, points).

    It is over all its cargo: each route carries the goods that were sent by it, so at the scenario's rates
    the result equals the summary.
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
    over = float(journeys.kg.sum()) if asked.measure.endswith("_cost") else float(journeys.world.n)
    return np.array([found, [over] * len(found)])


@lru_cache(maxsize=4)
def _group(kept: Kept, lanes: tuple[str, ...], routes: tuple[str, ...]) -> Journeys:
    journeys = delivered(kept.read(lanes))
    names = journeys.corridor.plan.names.routes
    wanted = [names.index(route) for route in routes]
    return journeys.pick(np.flatnonzero(np.isin(journeys.world.route, wanted)))


def summary_group(series: Series, rows: Sequence[tuple[str, str]], measure: str) -> Weighed:
    """Return a measure of the summary for a group in each replication, (replications,).

    Counts of several rows are summed. Means and shares are of all that those are over together.

    Parameters
    ----------
    rows
        Lanes and routes of the summary (:func:`rows_of`).

    Raises
    ------
    UserError
        If there is no such measure, or it cannot be had for several rows.
    """
    known = sorted({name for _, _, name, _ in series})
    if measure not in known:
        raise UserError(f"there is no measure {measure!r}; allowed: {', '.join(known)}")
    one = find(measure)
    assert one is not None
    if one.kind == "quantile" and len(rows) > 1:
        raise UserError(f"{measure}: a quantile of several routes is not that of all; allowed: one route")
    amounts = np.stack([_of(series, row, measure) for row in rows])
    if one.kind in ("count", "quantile"):
        total: Floats = amounts.sum(axis=0)
        return Weighed(total, np.ones_like(total))
    overs = np.stack([_over(series, row, measure) for row in rows])
    overs = np.where(np.isnan(amounts), 0.0, overs)
    whole, average = overs.sum(axis=0), np.full(amounts.shape[1], np.nan)
    np.divide(np.where(overs > 0, amounts * overs, 0.0).sum(axis=0), whole, out=average, where=whole > 0)
    return Weighed(average, whole)


def undelivered_share(series: Series, rows: Sequence[tuple[str, str]]) -> float:
    """Return the undelivered share of the consignments of a group in all replications, from 0 to 1."""
    lost, sent = (
        sum(float(_of(series, row, measure).sum()) for row in rows)
        for measure in ("undelivered", "consignments")
    )
    return lost / max(sent, 1.0)


def _of(series: Series, row: tuple[str, str], measure: str) -> Floats:
    """Return a series; zeros of a count, otherwise NaN, if nothing of the kind moved."""
    for (lane, route, name, _), values in series.items():
        if (lane, route, name) == (*row, measure):
            return values
    return np.full(len(next(iter(series.values()))), absent(measure))


def _over(series: Series, row: tuple[str, str], measure: str) -> Floats:
    """Return what a mean or share is over; as much in each replication if the run does not say."""
    for key, over in series.over.items():
        if key[:3] == (*row, measure):
            return over
    return np.ones(len(next(iter(series.values()))))


def rows_of(corridor: Corridor, lanes: Sequence[str], routes: Sequence[str]) -> list[tuple[str, str]]:
    """Return the lanes and routes of a group as rows of the summary; all routes of a lane are one row."""
    if not lanes and not routes:
        return [(TOGETHER, TOGETHER)]
    pairs, found = pairs_of(corridor, lanes, routes), list[tuple[str, str]]()
    for name, lane in corridor.scenario.lanes.items():
        of_lane = [pair for pair in pairs if pair[0] == name]
        found += [(name, TOGETHER)] if len(of_lane) == len(lane.routes) else of_lane
    return found


def pairs_of(corridor: Corridor, lanes: Sequence[str], routes: Sequence[str]) -> list[tuple[str, str]]:
    """Return the lanes and routes of a group; no names mean all."""
    return [
        (lane, route)
        for lane, one in corridor.scenario.lanes.items()
        if lane in lanes or not lanes
        for route in one.routes
        if route in routes or not routes
    ]
