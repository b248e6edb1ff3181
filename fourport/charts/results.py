"""Reading a run's folder: what charts know of the world."""

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
"""A row of a table, by the names of its columns; a missing number is NaN."""


@dataclass(frozen=True)
class Value:
    """A mean over replications and its 95 % interval; NaN where there is none."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, row: Row) -> Value:
        """Read it from a row."""
        return cls(row["mean"], row["low"], row["high"])

    def times(self, factor: float) -> Value:
        """Give it in another unit."""
        return Value(self.mean * factor, self.low * factor, self.high * factor)

    @property
    def has_interval(self) -> bool:
        """Tell whether there is an interval: one replication gives none."""
        return not (math.isnan(self.low) or math.isnan(self.high))


@dataclass(frozen=True)
class Stop:
    """A point on the way of a route: goods enter, reach or leave a place.

    Attributes
    ----------
    place, event
        Where, and "enter" (where they wait at the origin), "leave", "arrive" or "deliver".
    km
        Distance from the origin.
    hours
        Hours since acceptance over consignments, by measure: mean, p10, p50, p90.
    costs
        Money for each kg so far, by measure: freight_cost, freight_cost_p10 and so on,
        likewise logistics_cost; empty if the run does not hold it.
    """

    place: str
    event: str
    km: float
    hours: Mapping[str, float]
    costs: Mapping[str, float] = field(default_factory=dict)


class Results:
    """The stored results of a run, read when they are asked for.

    Parameters
    ----------
    run
        A complete run.

    Attributes
    ----------
    undrawable
        Letters that no font at hand has: a title that needs one gives way to its key.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.undrawable: frozenset[str] = frozenset()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was run."""
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
        """Mode of each way, as far as the run says."""
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
        """Policies that were run, the first being the one to compare with.

        In the order of the manifest: of a run compared again with another baseline the tables keep theirs.
        """
        return tuple(self.manifest["policies"])

    @cached_property
    def _scenarios(self) -> dict[str, str]:
        """Scenario by policy, as far as the tables say it."""
        if not self.run.has("summary"):
            return {}
        return {row["policy"]: row["scenario"] for row in self.summary}

    def scenario_of(self, policy: str) -> str:
        """Give the name of the scenario that a policy is of."""
        return self._scenarios.get(policy) or str(self.manifest.get("scenario", {}).get("name", ""))

    def scenario_title(self, name: str) -> str:
        """Give the title of a scenario, "" if the run does not hold it."""
        first = self.manifest.get("scenario", {})
        if name == first.get("name"):
            return str(first.get("title", ""))
        titles = {**self.manifest.get("policies", {}), **self.manifest.get("scenarios", {})}
        return str(titles.get(name) or "")

    def lanes(self, policy: str) -> dict[str, list[str]]:
        """Give the routes of each lane, both in the order of the scenario."""
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
        """Give a measure; NaN if it is not there."""
        return self._values.get((policy, lane, route, measure), Value(math.nan, math.nan, math.nan))

    def unit(self, measure: str) -> str:
        """Give the unit of a measure, or "" if it is nowhere."""
        return next((row["unit"] for row in self.summary if row["measure"] == measure), "")

    @cached_property
    def _legs(self) -> dict[tuple[str, str, str], tuple[Stop, ...]]:
        rows: dict[tuple[str, str, str], dict[int, list[Row]]] = {}
        for row in self.stops:
            leg = rows.setdefault((row["policy"], row["lane"], row["route"]), {})
            leg.setdefault(row["order"], []).append(row)
        return {key: tuple(_stop(leg[order]) for order in sorted(leg)) for key, leg in rows.items()}

    def leg(self, policy: str, lane: str, route: str) -> tuple[Stop, ...]:
        """Give the stops of a route; empty if nothing of it was delivered."""
        return self._legs.get((policy, lane, route), ())

    @cached_property
    def places_of_routes(self) -> dict[str, tuple[Stop, ...]]:
        """The stops of each route under any policy and on any lane, routes in order of their first row."""
        found: dict[str, tuple[Stop, ...]] = {}
        for row in self.summary:
            key = (row["policy"], row["lane"], row["route"])
            found[row["route"]] = found.get(row["route"]) or self._legs.get(key, ())
        return found

    def lead_times(self, policy: str, lane: str, route: str) -> dict[int, float]:
        """Give the hours within which each share, in %, is delivered; infinite if it never is."""
        return self._lead_times.get((policy, lane, route), {})

    @cached_property
    def _lead_times(self) -> dict[tuple[str, str, str], dict[int, float]]:
        found: dict[tuple[str, str, str], dict[int, float]] = {}
        for row in self.table("lead-times"):
            shares = found.setdefault((row["policy"], row["lane"], row["route"]), {})
            shares[row["share"]] = math.inf if math.isnan(row["mean"]) else row["mean"]
        return found

    def rows(self, name: str, policy: str) -> list[dict[str, Any]]:
        """Give the rows of a table that are of a policy.

        Raises
        ------
        UserError
            If the run has no such table, or nothing of the policy in it.
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
        """Give the title of a lane, route, place or tariff ("lanes", ...), or its key if it has none.

        The lane "*" is all of them together.
        """
        if section == "lanes" and key == "*":
            return say("All lanes and routes together")
        titles = self.manifest.get("titles", {}).get(section, {})
        return self.drawable(str(titles.get(key) or key), key)

    def titles(self, section: str) -> list[str]:
        """Give all titles of lanes, routes, places and the like."""
        return [self.title(section, key) for key in self.manifest.get("titles", {}).get(section, {})]

    def drawable(self, text: str, instead: str) -> str:
        """Give a text of the scenario's, or another if it has letters that cannot be drawn."""
        return instead if self.undrawable & {*text} else text

    @cached_property
    def letters(self) -> str:
        """All letters of the scenario's texts."""
        return "".join(sorted({*json.dumps(self.manifest, ensure_ascii=False)}))

    def table(self, name: str, *, empty: bool = False) -> list[dict[str, Any]]:
        """Give the rows of a table.

        Raises
        ------
        UserError
            If the run has no such table or, unless it may be empty, nothing in it.
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
