"""The estimates behind a result: what its costs and times rest on that is not known.

Intervals and p values cover chance only: whether the same inputs, drawn again, could turn a result. They say
nothing about the inputs. So the numbers that matter most and are estimates are named beside every verdict.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fourport.arguments import texts
from fourport.causes import CLEARANCE_STAGES
from fourport.errors import Key, key_of
from fourport.measures import find
from fourport.store import Run
from fourport.store.tables import ClearanceStageRow, CostRow, PriceRow, StopRow, SummaryRow
from fourport.study.stored import said_under

NAMED = 3
"""Number of prices, and of stops, that are named."""

SENTENCES: Mapping[str, str] = {
    "cost": "of the cost comes from prices that are estimates",
    "time": "of the time is spent at places of which durations or staff are estimates",
    "clearance": "of the clearance time is work or waiting of which durations, rates or staff are estimates",
}
"""What is said of the share of each whole that rests on estimates."""

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "preparation": ("preparation", "filings", "pre_arrival", "agencies"),
    "document-control": ("documents",),
    "payment": ("duty",),
    "amendment": ("amendment",),
    "scan": ("inspection.scan",),
    "appointment": ("inspection.appointment", "agencies"),
    "inspection": ("inspection", "agencies"),
    "laboratory": ("inspection.laboratory",),
}
"""Parts of a customs office that decide the work of each stage, and name the resource that does it."""

Shares = Mapping[str, float]
"""Shares of a whole, %, by title, the largest first."""


def whole_of(measure: str) -> str:
    """Return which whole (:data:`SENTENCES`) decides a measure; "" if none does."""
    about = find(measure)
    if measure.startswith("clear") or measure in ("officer_hours", "inspections", "undetected"):
        return "clearance"
    if about is None or (about.kind == "count" and measure != "undelivered"):
        return ""
    if "_cost" in measure:
        return "cost"
    return "" if measure.startswith("emissions") else "time"


def estimates_behind(
    run: Run,
    policy: str,
    places: Mapping[str, str],
    lane: str | Collection[str] | None = None,
    routes: Collection[str] = (),
    measure: str | None = None,
    offices: Collection[str] = (),
) -> dict[str, dict[str, Any]]:
    """Return which share of the cost and of the time of a policy rests on estimates.

    Parameters
    ----------
    places
        Title of each place.
    lane, routes
        The only lanes and routes to look at; none for all.
    measure
        The measure that a result is about; None for costs and times.
    offices
        For a measure of clearance, the customs offices to look at.

    Returns
    -------
    dict
        For ``cost`` and ``time``, or for what decides the measure (:func:`whole_of`), as far as the run has
        them: the ``share`` of the mean in %, and the ``largest`` parts as pairs of title and share. Cost
        rests on the prices of grade "estimate", time on the stays at places of whose activities and staff a
        number has a range, clearance on the stages of which a number has one, or the staff.
    """
    at = _Behind(run, policy, places, texts("lane", lane or ()), routes)
    wholes = ("cost", "time") if measure is None else (whole_of(measure),)
    found = {
        "cost": at.costs(measure or "") if "cost" in wholes else {},
        "time": at.times() if "time" in wholes else {},
        "clearance": at.clearance(offices) if "clearance" in wholes else {},
    }
    return {name: told for name, told in found.items() if told}


@dataclass(frozen=True)
class _Behind:
    """What stands behind a policy of a run, on some lanes and routes, or on all."""

    run: Run
    policy: str
    places: Mapping[str, str]
    lanes: Collection[str]
    routes: Collection[str]

    @cached_property
    def size(self) -> Mapping[tuple[str, str, str], float]:
        """Weight, t, and number of consignments by lane, route and measure."""
        return {
            (row.lane, row.route, row.measure): row.mean
            for row in self.run.rows(SummaryRow, self.policy)
            if row.measure in ("weight", "consignments")
            and (not self.lanes or row.lane in self.lanes)
            and (not self.routes or row.route in self.routes)
        }

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """Values and ranges of the scenario; empty if the run is of a version that did not store them."""
        try:
            found: Mapping[str, Any] = said_under(self.run, self.policy)
        except FileNotFoundError:
            return {}
        return found

    @cached_property
    def uncertain(self) -> list[Key]:
        """Keys of the numbers of facilities that have a range."""
        ranges = self.said.get("ranges", {})
        return [key_of(key) for key in ranges if key.startswith("facilities.")]

    def costs(self, measure: str) -> dict[str, Any]:
        """Return the share of prices that are estimates in the costs that a measure holds."""
        titles, grades = dict[tuple[str, str], str](), dict[tuple[str, str], str]()
        # What an earlier policy has as well is not repeated under a later one, whose own prices go first.
        for price in sorted(self.run.rows(PriceRow), key=lambda one: one.policy != self.policy):
            grades.setdefault((price.tariff, price.line), price.grade)
            titles.setdefault((price.tariff, price.line), price.title or price.tariff)
        amounts: list[tuple[str, bool, float]] = []
        for row in self.run.rows(CostRow, self.policy):
            if (row.scope == "on value") != (measure == "charges_on_value"):  # no part of other costs
                continue
            if measure.startswith("freight") and row.scope != "freight":
                continue
            if measure.startswith("customs") and row.category != "customs":
                continue
            key = row.tariff, row.line
            weight = self.size.get((row.lane, row.route, "weight"), 0.0)
            amounts.append((titles.get(key, row.line), grades.get(key) == "estimate", row.mean * weight))
        return _told(amounts)

    def times(self) -> dict[str, Any]:
        """Return the share of the time at places with uncertain numbers in the door-to-door time."""
        if not self.said:
            return {}
        unsure = {str(key[1]) for key in self.uncertain}
        hours: list[tuple[str, bool, float]] = []
        before: StopRow | None = None
        for row in self.run.rows(StopRow, self.policy):
            if (row.measure, row.unit) != ("mean", "h"):
                continue
            if before is not None and (before.lane, before.route) == (row.lane, row.route):
                stays = before.place == row.place
                n = self.size.get((row.lane, row.route, "consignments"), 0.0)
                name = self.places.get(row.place, row.place) if stays else ""
                hours.append((name, stays and row.place in unsure, (row.mean - before.mean) * n))
            before = row
        return _told(hours)

    def clearance(self, offices: Collection[str]) -> dict[str, Any]:
        """Return the share of stages with uncertain numbers in the clearance time at some offices.

        The parts name the place where there are several.
        """
        several = len({office.partition("/")[0] for office in offices}) > 1
        if not self.said or not self.run.has("clearance-stages"):
            return {}
        hours: list[tuple[str, bool, float]] = []
        for row in self.run.rows(ClearanceStageRow, self.policy):
            n = self.size.get((row.lane, row.route, "consignments"), 0.0)
            if n and row.office in offices and row.stage in CLEARANCE_STAGES and row.unit == "h":
                place, _, _ = row.office.partition("/")
                title = CLEARANCE_STAGES[row.stage][0]
                title += f", {self.places.get(place, place)}" if several else ""
                unsure = self._unsure(row.office, row.stage, staff=row.measure == "waiting")
                hours.append((title, unsure, row.mean * n))
        return _told(hours)

    def _unsure(self, office: str, stage: str, *, staff: bool) -> bool:
        """Return whether a number of a stage of an office is uncertain, or one of the staff that it has."""
        place, _, activity = office.partition("/")
        activities = self.said["values"]["facilities"][place]["activities"]
        if stage == "handling":  # before customs, by whatever does it there
            parts: list[Key] = [(name,) for name, one in activities.items() if one.get("kind") != "customs"]
        else:
            parts = [(activity, *key_of(one)) for one in SECTIONS[stage]]
        heads = [("activities", *part) for part in parts]
        if staff:
            heads = [("resources", name) for part in parts for name in _resources(activities, part)]
        return any(
            key[1] == place and key[2 : 2 + len(head)] == head for key in self.uncertain for head in heads
        )


def _resources(activities: Any, part: Key) -> list[str]:
    """Return the resources that a part of an activity names, or each of the agencies there."""
    at = activities
    for name in part:
        at = at.get(name, {}) if isinstance(at, Mapping) else {}
    owners = [at] if part[-1] != "agencies" else list(at.values())
    names = ("resource", "review_resource")
    return [str(one[name]) for one in owners if isinstance(one, Mapping) for name in names if name in one]


def _told(parts: Iterable[tuple[str, bool, float]]) -> dict[str, Any]:
    """Return the share of estimates in amounts that are given with title and whether they are estimates."""
    whole, by_title = 0.0, dict[str, float]()
    for title, estimated, amount in parts:
        if not math.isnan(amount):  # nothing is known of what was not delivered
            whole += amount
            if estimated:
                by_title[title] = by_title.get(title, 0.0) + amount
    if not whole:
        return {}
    ordered = sorted(by_title.items(), key=lambda one: -one[1])
    largest = [
        [title, round(100 * amount / whole, 1)] for title, amount in ordered[:NAMED] if amount >= whole / 100
    ]
    return {"share": round(100 * sum(by_title.values()) / whole, 1), "largest": largest}


def chance_only(estimates: Mapping[str, Mapping[str, Any]], policy: str) -> str:
    """Return the sentence that goes with every verdict."""
    told = (
        "These verdicts cover chance only: whether the same inputs, drawn again, could turn a result. They "
        "do not say that the inputs are right."
    )
    parts = []
    for name, text in SENTENCES.items():
        if name in estimates:
            share, largest = estimates[name]["share"], estimates[name]["largest"]
            names = ", ".join(f"{title} {part:.0f} %" for title, part in largest)
            parts.append(f"{share:.0f} % {text}" + (f" ({names})" if names else ""))
    return f"{told} Under {policy}, {'; '.join(parts)}." if parts else told
