"""Read a run's folder: the only source of the charts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from fourport.charts.language import say, spoken
from fourport.errors import UserError
from fourport.store import Run, titles_of
from fourport.store.reading import StoredEntries
from fourport.store.schema import TableRow
from fourport.store.tables import (
    TOGETHER,
    LeadTimeRow,
    LegRow,
    Means,
    PlaceRow,
    PolicyRow,
    StopRow,
    SummaryRow,
)

R = TypeVar("R", bound=TableRow)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def by(rows: Iterable[V], key: Callable[[V], K]) -> dict[K, list[V]]:
    """Group rows by a key, in the order of their first rows."""
    found: dict[K, list[V]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


@dataclass(frozen=True)
class Value:
    """A mean over replications, or a quantile of all, with its 95 % interval; NaN for what is missing."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, row: Means | PolicyRow) -> Value:
        """Read a value from a row."""
        return cls(row.mean, row.low, row.high)

    def times(self, factor: float) -> Value:
        """Return the value in another unit."""
        return Value(self.mean * factor, self.low * factor, self.high * factor)

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval; one replication has none."""
        return not (math.isnan(self.low) or math.isnan(self.high))


@dataclass(frozen=True)
class Stop:
    """A point of a route: goods enter, reach or leave a place.

    Attributes
    ----------
    place, event
        The place, and "enter" (if goods wait at the origin), "leave", "arrive" or "deliver".
    km
        Distance from the origin.
    hours
        Hours since acceptance over consignments, by statistic: mean, p10, p50, p90. One that the run does
        not hold is refused when it is asked for.
    costs
        Money per kg so far, by measure: freight_cost, freight_cost_p10 and so on,
        likewise logistics_cost; empty if the run does not hold them.
    """

    place: str
    event: str
    km: float
    hours: Mapping[str, float]
    costs: Mapping[str, float] = field(default_factory=dict)


class Leg(NamedTuple):
    """A leg of a route; no mode if it is unknown."""

    origin: str
    destination: str
    mode: str
    km: float


@dataclass(frozen=True)
class Way:
    """The lanes on which a route is taken, and its legs in order."""

    lanes: tuple[str, ...]
    legs: tuple[Leg, ...]


class _Each(dict[str, V]):
    """What is made of a policy when it is first asked for: of many, a chart shows one or two."""

    def __init__(self, make: Callable[[str], V]) -> None:
        self._make = make

    def __missing__(self, policy: str) -> V:
        found = self[policy] = self._make(policy)
        return found


class StoredResults:
    """The stored results of a run, read on first use.

    Parameters
    ----------
    run
        A complete run.
    policy
        The policy whose places and titles are returned; None for the first.
    lane
        The only lane to show; None for all.
    beside
        Another policy to show in the same picture; None for none.

    Attributes
    ----------
    undrawable
        Characters that no font has; a title with such a character is replaced by its key.
    """

    def __init__(
        self, run: Run, policy: str | None = None, lane: str | None = None, beside: str | None = None
    ) -> None:
        self.run = run
        self.policy = policy
        self.lane = lane
        self.beside = beside
        self.undrawable: frozenset[str] = frozenset()
        self._told: dict[tuple[str, str, str], dict[str, str]] = {}

    def under(self, policy: str) -> StoredResults:
        """Return the results of the same run with places and titles under another policy."""
        found = StoredResults(self.run, policy, self.lane, self.beside)
        found.undrawable = self.undrawable
        return found

    def of_lane(self, lane: str) -> StoredResults:
        """Return the results of the same run with this lane alone."""
        found = StoredResults(self.run, self.policy, lane, self.beside)
        found.undrawable = self.undrawable
        return found

    def lanes_in(self, table: str) -> list[str]:
        """Return the lanes of a table that are shown, in its order."""
        named = dict.fromkeys(self.run.table(table).column("lane").to_pylist())
        return [lane for lane in named if lane != TOGETHER and self.lane in (None, lane)]

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the run."""
        return self.run.manifest()

    @property
    def weeks(self) -> float:
        """Weeks of the window; NaN if the run does not say."""
        return float(self.manifest.get("weeks", math.nan))

    def rows(self, kind: type[R], policy: str | None = None, *, empty: bool = False) -> list[R]:
        """Return the rows of a table that are shown: of all policies if none is given, of the lane if one is.

        Raises
        ------
        UserError
            As :meth:`all_rows`.
        """
        rows = self.all_rows(kind, policy, empty=empty)
        if self.lane is None or "lane" not in kind.table.by_name:
            return rows
        found = [row for row in rows if getattr(row, "lane", None) == self.lane]
        if not found and not empty:
            file = self.run.file(kind.table.name)
            raise UserError(f"{file}: has no rows of the lane {self.lane}, there is nothing to draw")
        return found

    def all_rows(self, kind: type[R], policy: str | None = None, *, empty: bool = False) -> list[R]:
        """Return the rows of a table on all lanes, of all policies if none is given.

        Raises
        ------
        UserError
            If the run has no such table, or there is no row and ``empty`` is false.
        """
        file = self.run.file(kind.table.name)
        try:
            rows = self.run.rows(kind, policy)
        except FileNotFoundError:
            raise UserError(f"{self.run.folder}: holds no {file.name}") from None
        if not rows and not empty:
            of = f" of {policy}" if policy and self.run.table(kind.table.name).num_rows else ""
            raise UserError(f"{file}: has no rows{of}, there is nothing to draw")
        return rows

    def columns(self, table: str, *names: str, empty: bool = False) -> list[list[Any]]:
        """Return columns of a table on all lanes, of all policies; no rows are made of them.

        Raises
        ------
        UserError
            As :meth:`all_rows`.
        """
        file = self.run.file(table)
        try:
            found = self.run.columns(table, *names)
        except FileNotFoundError:
            raise UserError(f"{self.run.folder}: holds no {file.name}") from None
        if not found[0] and not empty:
            raise UserError(f"{file}: has no rows, there is nothing to draw")
        return found

    @cached_property
    def legs(self) -> list[LegRow]:
        """Rows of ``legs.csv``, as far as the run holds it."""
        return self.rows(LegRow, empty=True) if self.run.has("legs") else []

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """Policies that were run, in the order of the manifest; the first is the baseline.

        The tables of a run that is compared again with another baseline keep their own order.
        """
        return tuple(self.manifest["policies"])

    @cached_property
    def _scenarios(self) -> dict[str, str]:
        """Scenario of each policy, as far as the tables hold it."""
        if not self.run.has("summary"):
            return {}
        return dict(zip(*self.columns("summary", "policy", "scenario"), strict=True))

    def scenario_of(self, policy: str) -> str:
        """Return the name of the scenario to which a policy belongs."""
        return self._scenarios.get(policy) or str(self.manifest.get("scenario", {}).get("name", ""))

    def scenario_title(self, name: str) -> str:
        """Return the title of a scenario, "" if the run does not hold it."""
        if title := self._titles("scenarios").get(name):
            return title
        first = self.manifest.get("scenario", {})
        if name == first.get("name"):
            return str(first.get("title", ""))
        titles = {**self.manifest.get("policies", {}), **self.manifest.get("scenarios", {})}
        return str(titles.get(name) or "")

    def lanes(self, policy: str) -> dict[str, list[str]]:
        """Return the routes of each lane that is shown, both in the order of the scenario."""
        found = self.all_lanes(policy)
        return found if self.lane is None else {self.lane: found.get(self.lane, [])}

    def all_lanes(self, policy: str) -> dict[str, list[str]]:
        """Return the routes of each lane, both in the order of the scenario."""
        found: dict[str, list[str]] = {}
        for its, lane, route in self._routes:
            if its == policy:
                found.setdefault(lane, []).append(route)
        return found

    @cached_property
    def _routes(self) -> list[tuple[str, str, str]]:
        """Policy, lane and route of the summary, each once."""
        return [*dict.fromkeys(zip(*self.columns("summary", "policy", "lane", "route"), strict=True))]

    @cached_property
    def _values(self) -> _Each[dict[tuple[str, str, str], Value]]:
        return _Each(
            lambda policy: {
                (row.lane, row.route, row.measure): Value.of(row)
                for row in self.all_rows(SummaryRow, policy, empty=True)
            }
        )

    def value(self, policy: str, lane: str, route: str, measure: str) -> Value:
        """Return the value of a measure; NaN if it is missing."""
        return self._values[policy].get((lane, route, measure), Value(math.nan, math.nan, math.nan))

    def unit(self, measure: str) -> str:
        """Return the unit of a measure, "" if no row has it."""
        pairs = zip(*self.columns("summary", "measure", "unit"), strict=True)
        return next((unit for name, unit in pairs if name == measure), "")

    @cached_property
    def _stops(self) -> _Each[dict[tuple[str, str], tuple[Stop, ...]]]:
        def under(policy: str) -> dict[tuple[str, str], tuple[Stop, ...]]:
            """Return the stops of a policy by lane and route."""
            rows = by(self.all_rows(StopRow, policy, empty=True), lambda row: (row.lane, row.route))
            return {key: tuple(_stops_of(mine, self.run.file("stops"))) for key, mine in rows.items()}

        return _Each(under)

    def stops(self, policy: str, lane: str, route: str) -> tuple[Stop, ...]:
        """Return the stops of a route; empty if nothing was delivered on it."""
        return self._stops[policy].get((lane, route), ())

    @cached_property
    def ways(self) -> dict[str, Way]:
        """Lanes and legs of each route, in the order of the scenario.

        Runs of versions that did not store them tell them by what was delivered.
        """
        stored = {
            route: Way(tuple(told["lanes"]), tuple(Leg(*leg) for leg in told["legs"]))
            for route, told in self.manifest.get("routes", {}).items()
        }
        order = [*self.manifest.get("titles", {}).get("routes", {})]
        lanes: dict[str, dict[str, None]] = {}
        stops: dict[str, tuple[Stop, ...]] = {}
        for policy, lane, route in self._routes:
            if route not in stored:
                lanes[route] = {**lanes.get(route, {}), lane: None}
                stops[route] = stops.get(route) or self.stops(policy, lane, route)
        modes = {(leg.origin, leg.destination): leg.mode for leg in self.legs} if lanes else {}
        told = {
            route: Way(
                tuple(its),
                tuple(
                    Leg(a.place, b.place, modes.get((a.place, b.place), ""), b.km - a.km)
                    for a, b in pairwise(stops.get(route, ()))
                ),
            )
            for route, its in sorted(lanes.items(), key=lambda item: [*order, item[0]].index(item[0]))
        }
        return {**stored, **told}

    def lead_times(self, policy: str, lane: str, route: str) -> dict[int, float]:
        """Return the hours within which each share (%) is delivered; infinite if it never is."""
        return self._lead_times[policy].get((lane, route), {})

    @cached_property
    def _lead_times(self) -> _Each[dict[tuple[str, str], dict[int, float]]]:
        def under(policy: str) -> dict[tuple[str, str], dict[int, float]]:
            """Return the lead times of a policy by lane and route."""
            rows = by(self.all_rows(LeadTimeRow, policy), lambda row: (row.lane, row.route))
            return {
                key: {row.share: math.inf if math.isnan(row.mean) else row.mean for row in mine}
                for key, mine in rows.items()
            }

        return _Each(under)

    @cached_property
    def places(self) -> dict[str, PlaceRow]:
        """Rows of ``places.csv`` of the policy, by place."""
        return {row.place: row for row in self.rows(PlaceRow, self.policy or self.policies[0])}

    def title(self, section: str, key: str, policy: str | None = None) -> str:
        """Return the title of a lane, route, place or tariff (``section`` "lanes", ...), its key if none.

        It is in the language of the chart if the scenario has it, else in English.

        Parameters
        ----------
        key
            The lane "*" means all lanes together.
        policy
            None for the policy of these results.
        """
        if section == "lanes" and key == TOGETHER:
            return say("All lanes and routes together")
        return self.drawable(self._titles(section, policy).get(key) or key, key)

    def _titles(self, section: str, policy: str | None = None) -> dict[str, str]:
        """Return all titles of a section in the language of the chart, by key."""
        asked = section, policy or self.policy or self.policies[0], spoken()
        if asked not in self._told:
            self._told[asked] = titles_of(self.manifest, *asked)
        return self._told[asked]

    def policy_title(self, policy: str) -> str:
        """Return the title of a policy, "" if it has none."""
        return self._titles("policies").get(policy) or str(self.manifest["policies"].get(policy) or "")

    def titles(self, section: str) -> list[str]:
        """Return all titles of lanes, routes, places and so on."""
        return [self.title(section, key) for key in self.manifest.get("titles", {}).get(section, {})]

    def drawable(self, text: str, instead: str) -> str:
        """Return a text of the scenario, or a replacement if no font has its characters."""
        return instead if self.undrawable & {*text} else text

    def letters(self, language: str) -> str:
        """Return all characters of the scenario's texts in a language."""
        titles = [
            titles_of(self.manifest, section, policy, language)
            for policy in self.policies
            for section in self.manifest.get("titles", {})
        ]
        others = {key: value for key, value in self.manifest.items() if not key.startswith("titles")}
        return "".join(sorted({*json.dumps([others, titles], ensure_ascii=False)}))


def _stops_of(rows: Sequence[StopRow], file: Path) -> Iterator[Stop]:
    for order, mine in sorted(by(rows, lambda row: row.order).items()):
        where = f"{file}: {mine[0].lane}, {mine[0].route}, stop {order}"
        hours = StoredEntries(where, {row.measure: row.mean for row in mine if row.unit == "h"})
        costs = StoredEntries(where, {row.measure: row.mean for row in mine if row.unit != "h"})
        yield Stop(mine[0].place, mine[0].event, mine[0].km, hours, costs)
