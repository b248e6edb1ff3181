"""The sample with which claims are compared: measures of groups, and the rates that claims vary."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property

from fourport.errors import UserError
from fourport.measures import find, is_quantile
from fourport.scenario.models.claims import Claim, Group, Sweep
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.units import Price
from fourport.study.averages import WITHHELD
from fourport.study.curves.axes import spaced
from fourport.study.curves.rates import Ranges, Rate, find_rate
from fourport.study.curves.variations import MEASURES
from fourport.study.experiment import experiment
from fourport.study.published_claims.groups import (
    Moves,
    PricedGroup,
    Weighed,
    groups_of,
    pairs_of,
    price_group,
    rows_of,
    summary_group,
    undelivered_share,
)
from fourport.study.replication_measures import Series, read_pooled, thin_tails
from fourport.study.sample import Sample
from fourport.study.tabulate import SummaryKey

POINTS = 25
"""Number of points of a sweep."""

SPAN = 2.0
"""Factor below and above a rate without a range in the scenario."""


@dataclass(frozen=True)
class SweptRate:
    """The rate over which a claim is judged, and its title."""

    rate: Rate
    title: str
    unit: str
    xs: tuple[float, ...]


@dataclass(frozen=True)
class Model:
    """The sample with which claims are compared, and the data for its measures."""

    sample: Sample
    executor: Executor | None = None
    _series: dict[str, Series] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def scenario(self) -> Scenario:
        """The scenario under the first policy."""
        return self.sample.variants[self.sample.first_policy].corridor.scenario

    def series(self, policy: str) -> Series:
        """Return the measures of each replication under a policy, which are read once for all claims."""
        if policy not in self._series:
            self._series[policy] = self.sample.series(policy, self.executor)
        return self._series[policy]

    @cached_property
    def quantiles(self) -> Mapping[str, Mapping[SummaryKey, float]]:
        """The quantiles of the consignments of all replications together, by policy."""
        return read_pooled(self.sample.run(self.executor))

    def values(self, group: Group, measure: str, points: Sequence[Moves]) -> Weighed:
        """Return a measure of a group, (replications, points)."""
        sample, policy = self.sample, group.policy
        corridor = sample.variants[policy].corridor
        if measure not in MEASURES:
            rows = rows_of(corridor, group.lanes, group.routes)
            of = summary_group(self.series(policy), rows, measure)
            values, over = (column[: sample.replications, None] for column in (of.values, of.over))
            if is_quantile(measure):
                return Weighed(values, over, *self._pooled(group, measure))
            return Weighed(values, over)
        pairs = pairs_of(corridor, group.lanes, group.routes)
        lanes = tuple(dict.fromkeys(lane for lane, _ in pairs))
        routes = tuple(dict.fromkeys(route for _, route in pairs))
        asked = PricedGroup(lanes, routes, measure, tuple(points))
        kept = sample.journeys(policy, executor=self.executor)
        (found,) = experiment(price_group, [asked], kept, self.executor)
        return Weighed(found[:, 0], found[:, 1])

    def _pooled(self, group: Group, measure: str) -> tuple[float, bool]:
        """Return a quantile of all consignments of a group together, and whether few lie beyond it."""
        (row,) = rows_of(self.sample.variants[group.policy].corridor, group.lanes, group.routes)
        found = (value for (*key, _), value in self.quantiles[group.policy].items() if key == [*row, measure])
        thin = thin_tails(self.series(group.policy))
        return next(found, math.nan), (*row, measure) in thin

    def withheld(self, claim: Claim) -> str:
        """Explain why a claim has no value: a mean leaves out too many undelivered; "" if it has one."""
        about = find(claim.measure)
        if about is None or about.kind != "mean":
            return ""
        shares = [
            undelivered_share(
                self.series(group.policy),
                rows_of(self.sample.variants[group.policy].corridor, group.lanes, group.routes),
            )
            for group in groups_of(claim).values()
        ]
        worst = max(shares)
        return f"withheld: {100 * worst:.3g} % undelivered" if worst > WITHHELD else ""

    def swept(self, sweep: Sweep) -> SweptRate:
        """Return the points of a sweep."""
        return swept_over(sweep, self.scenario, self.sample.ranges[self.sample.first_policy])

    def moves(self, claim: Claim) -> Moves:
        """Return the rates that a claim assumes."""
        found = []
        for name, price in claim.rates.items():
            rate = find_rate(self.scenario, name)
            found.append((rate, amount_in(price, rate.unit(self.scenario))))
        return tuple(found)


def swept_over(sweep: Sweep, scenario: Scenario, ranges: Ranges) -> SweptRate:
    """Return the points of a sweep: over its own range, the scenario's, or half to twice the rate.

    Raises
    ------
    UserError
        If the rate does not exist, has another unit, or the range is empty.
    """
    rate = find_rate(scenario, sweep.rate)
    unit = rate.unit(scenario)
    ends = (sweep.low, sweep.high)
    try:
        known = (0.0, 0.0) if all(ends) else rate.range(scenario, ranges)
    except UserError:
        amount = rate.price(scenario).amount
        known = (amount / SPAN, amount * SPAN)
    low, high = (amount_in(end, unit) if end else other for end, other in zip(ends, known, strict=True))
    if not low < high:
        raise UserError(
            f"{sweep.rate}: the range {low:g} to {high:g} {unit} is empty; allowed: low below high"
        )
    return SweptRate(rate, rate.title(scenario), unit, tuple(spaced(low, high, POINTS, log=False)))


def amount_in(price: Price, unit: str) -> float:
    """Return the amount of a price.

    Raises
    ------
    UserError
        If it has another unit.
    """
    if f"{price.currency}/{price.per}" != unit:
        raise UserError(f"a claim gives {price.currency}/{price.per} for a rate in {unit}; allowed: {unit}")
    return price.amount
