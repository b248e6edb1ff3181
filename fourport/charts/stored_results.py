"""Read a run's folder: the only source of the charts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fourport.charts.language import say
from fourport.errors import UserError
from fourport.store import Run

Row = Mapping[str, Any]
"""Row of a table, by name of column; missing numbers are NaN."""


@dataclass(frozen=True)
class Value:
    """Mean over replications with its 95 % interval; NaN for what is missing."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, row: Row) -> Value:
        """Read a value from a row."""
        return cls(row["mean"], row["low"], row["high"])

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
        Hours since acceptance over consignments, by statistic: mean, p10, p50, p90.
    costs
        Money per kg so far, by measure: freight_cost, freight_cost_p10 and so on,
        likewise logistics_cost; empty if the run does not hold them.
    """

    place: str
    event: str
    km: float
    hours: Mapping[str, float]
    costs: Mapping[str, float] = field(default_factory=dict)


class StoredResults:
    """The stored results of a run, read on first use.

    Parameters
    ----------
    run
        A complete run.

    Attributes
    ----------
    undrawable
        Characters that no font has; a title with such a character is replaced by its key.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.undrawable: frozenset[str] = frozenset()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the run."""
        return self.run.manifest()

    @property
    def weeks(self) -> float:
        """Weeks of the window; NaN if the run does not say."""
        return float(self.manifest.get("weeks", math.nan))

    @cached_property
    def summary(self) -> list[dict[str, Any]]:
        """Rows of ``summary.csv``."""
        return self.table("summary")

    @cached_property
    def costs(self) -> list[dict[str, Any]]:
        """Rows of ``costs.csv``."""
        return self.table("costs")

    @cached_property
    def stops(self) -> list[dict[str, Any]]:
        """Rows of ``stops.csv``; none if nothing was delivered."""
        return self.table("stops", empty=True)

    @cached_property
    def modes(self) -> dict[str, str]:
        """Mode of each leg, as far as the run holds it."""
        if not self.run.has("legs"):
            return {}
        return {row["leg"]: row["mode"] for row in self.table("legs", empty=True)}

    @cached_property
    def curves(self) -> list[dict[str, Any]]:
        """Rows of ``curves.csv``."""
        return self.table("curves")

    @cached_property
    def breakevens(self) -> list[dict[str, Any]]:
        """Rows of ``breakeven.csv``; none if no lane has two routes."""
        return self.table("breakeven", empty=True)

    @cached_property
    def route_choice(self) -> list[dict[str, Any]]:
        """Rows of ``route-choice.csv``."""
        return self.table("route-choice")

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
        return {row["policy"]: row["scenario"] for row in self.summary}

    def scenario_of(self, policy: str) -> str:
        """Return the name of the scenario to which a policy belongs."""
        return self._scenarios.get(policy) or str(self.manifest.get("scenario", {}).get("name", ""))

    def scenario_title(self, name: str) -> str:
        """Return the title of a scenario, "" if the run does not hold it."""
        first = self.manifest.get("scenario", {})
        if name == first.get("name"):
            return str(first.get("title", ""))
        titles = {**self.manifest.get("policies", {}), **self.manifest.get("scenarios", {})}
        return str(titles.get(name) or "")

    def lanes(self, policy: str) -> dict[str, list[str]]:
        """Return the routes of each lane, both in the order of the scenario."""
        found: dict[str, list[str]] = {}
        for row in self.summary:
            if row["policy"] == policy and row["route"] not in found.setdefault(row["lane"], []):
                found[row["lane"]].append(row["route"])
        return found

    @cached_property
    def _values(self) -> dict[tuple[str, str, str, str], Value]:
        return {
            (row["policy"], row["lane"], row["route"], row["measure"]): Value.of(row) for row in self.summary
        }

    def value(self, policy: str, lane: str, route: str, measure: str) -> Value:
        """Return the value of a measure; NaN if it is missing."""
        return self._values.get((policy, lane, route, measure), Value(math.nan, math.nan, math.nan))

    def unit(self, measure: str) -> str:
        """Return the unit of a measure, "" if no row has it."""
        return next((row["unit"] for row in self.summary if row["measure"] == measure), "")

    @cached_property
    def _legs(self) -> dict[tuple[str, str, str], tuple[Stop, ...]]:
        rows: dict[tuple[str, str, str], dict[int, list[Row]]] = {}
        for row in self.stops:
            leg = rows.setdefault((row["policy"], row["lane"], row["route"]), {})
            leg.setdefault(row["order"], []).append(row)
        return {key: tuple(_stop(leg[order]) for order in sorted(leg)) for key, leg in rows.items()}

    def leg(self, policy: str, lane: str, route: str) -> tuple[Stop, ...]:
        """Return the stops of a route; empty if nothing was delivered on it."""
        return self._legs.get((policy, lane, route), ())

    @cached_property
    def places_of_routes(self) -> dict[str, tuple[Stop, ...]]:
        """Stops of each route under any policy and on any lane; routes in the order of their first row."""
        found: dict[str, tuple[Stop, ...]] = {}
        for row in self.summary:
            key = (row["policy"], row["lane"], row["route"])
            found[row["route"]] = found.get(row["route"]) or self._legs.get(key, ())
        return found

    def lead_times(self, policy: str, lane: str, route: str) -> dict[int, float]:
        """Return the hours within which each share (%) is delivered; infinite if it never is."""
        return self._lead_times.get((policy, lane, route), {})

    @cached_property
    def _lead_times(self) -> dict[tuple[str, str, str], dict[int, float]]:
        found: dict[tuple[str, str, str], dict[int, float]] = {}
        for row in self.table("lead-times"):
            shares = found.setdefault((row["policy"], row["lane"], row["route"]), {})
            shares[row["share"]] = math.inf if math.isnan(row["mean"]) else row["mean"]
        return found

    def rows(self, name: str, policy: str) -> list[dict[str, Any]]:
        """Return the rows of a table for a policy.

        Raises
        ------
        UserError
            If the run has no such table, or the table has no row of the policy.
        """
        found = [row for row in self.table(name) if row["policy"] == policy]
        if not found:
            raise UserError(f"{self.run.file(name)}: has no rows of {policy}, there is nothing to draw")
        return found

    @cached_property
    def places(self) -> dict[str, dict[str, Any]]:
        """Rows of ``places.csv`` by place."""
        return {row["place"]: row for row in self.table("places")}

    def title(self, section: str, key: str) -> str:
        """Return the title of a lane, route, place or tariff (``kind`` "lanes", ...), its key if it has none.

        The lane "*" means all lanes together.
        """
        if section == "lanes" and key == "*":
            return say("All lanes and routes together")
        titles = self.manifest.get("titles", {}).get(section, {})
        return self.drawable(str(titles.get(key) or key), key)

    def titles(self, section: str) -> list[str]:
        """Return all titles of lanes, routes, places and so on."""
        return [self.title(section, key) for key in self.manifest.get("titles", {}).get(section, {})]

    def drawable(self, text: str, instead: str) -> str:
        """Return a text of the scenario, or a replacement if no font has its characters."""
        return instead if self.undrawable & {*text} else text

    @cached_property
    def letters(self) -> str:
        """All characters of the scenario's texts."""
        return "".join(sorted({*json.dumps(self.manifest, ensure_ascii=False)}))

    def table(self, name: str, *, empty: bool = False) -> list[dict[str, Any]]:
        """Return the rows of a table.

        Raises
        ------
        UserError
            If the run has no such table, or the table is empty and may not be.
        """
        try:
            rows = self.run.rows(name)
        except FileNotFoundError:
            raise UserError(f"{self.run.folder}: holds no {self.run.file(name).name}") from None
        if not rows and not empty:
            raise UserError(f"{self.run.file(name)}: has no rows, there is nothing to draw")
        return rows


def _stop(rows: Sequence[Row]) -> Stop:
    first = rows[0]
    values = {row["measure"]: row["mean"] for row in rows}
    hours = {row["measure"]: values[row["measure"]] for row in rows if row["unit"] == "h"}
    costs = {measure: value for measure, value in values.items() if measure not in hours}
    return Stop(first["place"], first["event"], first["km"], hours, costs)
