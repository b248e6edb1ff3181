"""The estimates behind a result: what its costs and times rest on that is not known.

Intervals and p values cover chance only: whether the same inputs, drawn again, could turn a result. They say
nothing about the inputs. So the numbers that matter most and are estimates are named beside every verdict.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from fourport.scenario.tree import key_of
from fourport.store import Run
from fourport.store.tables import CostRow, PriceRow, StopRow, SummaryRow
from fourport.study.stored import said_of

NAMED = 3
"""Number of prices, and of stops, that are named."""

Shares = Mapping[str, float]
"""Shares of a whole, %, by title, the largest first."""


def estimates_behind(
    run: Run, policy: str, places: Mapping[str, str], lane: str | None = None
) -> dict[str, dict[str, Any]]:
    """Return which share of the cost and of the time of a policy rests on estimates.

    Parameters
    ----------
    places
        Title of each place.
    lane
        The only lane to look at; None for all.

    Returns
    -------
    dict
        For ``cost`` and ``time``, as far as the run has them: the ``share`` of the mean in %, and the
        ``largest`` parts as pairs of title and share. Cost rests on the prices of grade "estimate", time on
        the stays at places of whose activities and staff a number has a range.
    """
    size: dict[tuple[str, str, str], float] = {
        (row.lane, row.route, row.measure): row.mean
        for row in run.rows(SummaryRow, policy)
        if row.measure in ("weight", "consignments") and lane in (None, row.lane)
    }
    found = {"cost": _costs(run, policy, size), "time": _times(run, policy, size, places)}
    return {name: told for name, told in found.items() if told}


def _costs(run: Run, policy: str, size: Mapping[tuple[str, str, str], float]) -> dict[str, Any]:
    titles, grades = dict[tuple[str, str], str](), dict[tuple[str, str], str]()
    # What an earlier policy has as well is not repeated under a later one, whose own prices go first.
    for price in sorted(run.rows(PriceRow), key=lambda one: one.policy != policy):
        grades.setdefault((price.tariff, price.line), price.grade)
        titles.setdefault((price.tariff, price.line), price.title or price.tariff)
    amounts: list[tuple[str, bool, float]] = []
    for row in run.rows(CostRow, policy):
        if row.scope == "on value":  # no part of the cost
            continue
        key = row.tariff, row.line
        weight = size.get((row.lane, row.route, "weight"), 0.0)
        amounts.append((titles.get(key, row.line), grades.get(key) == "estimate", row.mean * weight))
    return _told(amounts)


def _times(
    run: Run, policy: str, size: Mapping[tuple[str, str, str], float], places: Mapping[str, str]
) -> dict[str, Any]:
    try:
        ranges = said_of(run).get(policy, {"ranges": {}})["ranges"]
    except FileNotFoundError:  # old versions did not store it
        return {}
    unsure = {str(key_of(key)[1]) for key in ranges if key.startswith("facilities.")}
    hours: list[tuple[str, bool, float]] = []
    before: StopRow | None = None
    for row in run.rows(StopRow, policy):
        if (row.measure, row.unit) != ("mean", "h"):
            continue
        if before is not None and (before.lane, before.route) == (row.lane, row.route):
            stays = before.place == row.place
            n = size.get((row.lane, row.route, "consignments"), 0.0)
            name = places.get(row.place, row.place) if stays else ""
            hours.append((name, stays and row.place in unsure, (row.mean - before.mean) * n))
        before = row
    return _told(hours)


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
    for name, text in (
        ("cost", "of the cost comes from prices that are estimates"),
        ("time", "of the time is spent at places of which durations or staff are estimates"),
    ):
        if name in estimates:
            share, largest = estimates[name]["share"], estimates[name]["largest"]
            names = ", ".join(f"{title} {part:.0f} %" for title, part in largest)
            parts.append(f"{share:.0f} % {text}" + (f" ({names})" if names else ""))
    return f"{told} Under {policy}, {'; '.join(parts)}." if parts else told
