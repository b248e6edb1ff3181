"""Paired differences of ``comparison.csv``, one panel per measure with its quantiles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fourport.charts.caption import policy_title
from fourport.charts.language import say
from fourport.charts.measures import measure_title, unit_title
from fourport.charts.stored_results import StoredResults
from fourport.measures import QUANTILES
from fourport.store.tables import TOGETHER, DifferenceRow

CROWDED = 10
"""Number of policies above which rows have names without titles."""

PARTS = ("", *(f"_{name}" for name in QUANTILES))
"""Suffix of the name of a measure itself and of its quantiles."""


@dataclass
class Differences:
    """A measure with its quantiles.

    Attributes
    ----------
    rows
        Rows of the table by part (:data:`PARTS`) and key.
    """

    measure: str
    unit: str
    rows: dict[str, dict[str, DifferenceRow]] = field(default_factory=dict)

    @property
    def drawn(self) -> list[str]:
        """Parts in which some row differs, or only some rows are comparable."""
        return [part for part in self._parts if part not in {*self.alike, *self.unknown}]

    @property
    def alike(self) -> list[str]:
        """Parts in which all rows are comparable and none differs."""
        return [part for part in self._parts if all(map(_same, self.rows[part].values()))]

    @property
    def unknown(self) -> list[str]:
        """Parts in which no row is comparable."""
        return [part for part in self._parts if all(map(_unknown, self.rows[part].values()))]

    @property
    def has_gaps(self) -> bool:
        """Whether a part that is drawn has rows that are not comparable, so that their signs are missing."""
        return any(_unknown(row) for part in self.drawn for row in self.rows[part].values())

    @property
    def _parts(self) -> list[str]:
        return [part for part in PARTS if part in self.rows]


def read_panels(
    results: StoredResults, policy: str, asked: Mapping[str, object]
) -> tuple[list[Differences], dict[str, str], bool]:
    """Return the panels, the names of their rows by key, and whether these are too many for titles."""
    found: dict[tuple[str, str], Differences] = {}
    titles: dict[str, str] = {}
    rows = results.rows(DifferenceRow)
    first = policy == results.policies[0]
    overall = first and not asked.get("routes")
    several = first and len({row.policy for row in rows}) > 1
    for row in rows:
        if overall:
            mine = (row.lane, row.route) == (asked.get("lane") or TOGETHER, TOGETHER)
            key, title = row.policy, policy_title(results, row.policy)
        else:
            mine = first or row.policy == policy
            key = f"{row.policy} {row.lane} {row.route}"
            lane, route = results.title("lanes", row.lane, row.policy), row.route
            title = f"{lane}: {results.title('routes', route, row.policy)}"
            title = say("All together") if route == TOGETHER else title
            title += f" ({row.policy})" if several else ""
        if mine:
            titles[key] = title
            part = row.measure[-4:] if row.measure[-4:] in PARTS else ""
            measure = row.measure.removesuffix(part)
            panel = found.setdefault((measure, row.unit), Differences(measure, row.unit))
            panel.rows.setdefault(part, {})[key] = row
    crowded = overall and len(titles) > CROWDED
    return [*found.values()], {key: key for key in titles} if crowded else titles, crowded


def _unknown(row: DifferenceRow) -> bool:
    """Return whether the difference is undefined: a value is infinite, or nothing arrives."""
    return math.isnan(row.difference)


def _same(row: DifferenceRow) -> bool:
    return not _unknown(row) and not any(abs(one) > 0 for one in (row.difference, row.low, row.high))


LEVEL = 0.05


def note_of(asked: Mapping[str, Any], panels: Sequence[Differences], most: int) -> str:
    """Return the note of a comparison that draws at most ``most`` panels."""
    drawn = [panel for panel in panels if panel.drawn]
    told = [
        say("Mean paired difference over replications with its 95 % interval; left of the line is less."),
        *_signs(asked),
        say("Blue: better. Orange: worse. Grey: not significant, or neither side is better."),
    ]
    if any(len(panel.drawn) > 1 for panel in drawn):
        told.append(
            say("Times, from top to bottom: mean (circle), P50 (diamond), P90 (triangle), P95 (square).")
        )
    if any(panel.has_gaps for panel in drawn[:most]):
        told.append(say("Missing sign: not comparable because of undelivered consignments."))
    if unknown := [_name(panel, part) for panel in panels for part in panel.unknown]:
        names = "; ".join(unknown)
        told.append(say("Not comparable because of undelivered consignments: {measures}.", measures=names))
    if alike := [_name(panel, part) for panel in panels for part in panel.alike]:
        told.append(say("No difference at all: {measures}.", measures="; ".join(alike)))
    if drawn[most:]:
        names = "; ".join(_name(panel) for panel in drawn[most:])
        told.append(say("Not drawn for lack of space: {measures}.", measures=names))
    return " ".join(told)


def _signs(asked: Mapping[str, Any]) -> list[str]:
    """Return the sentences on full signs and the number of tests, which older runs do not hold."""
    tests = asked.get("tests")
    if tests is None:
        return [say("Full sign: p below {level} by Holm's method. Open sign: not significant.", level=LEVEL)]
    if asked.get("routes") or not tests["apart"]:
        signs = say(
            "Full sign: p below {level} by Holm's method over {n} tests of all measures in "
            "comparison.csv. Open sign: not significant.",
            level=LEVEL,
            n=f"{tests['apart'] if asked.get('routes') else tests['together']:,}",
        )
    else:
        signs = say(
            "Full sign: p below {level} by Holm's method, over {n} tests of all routes together and "
            "separately over {apart} tests of single lanes and routes, of all measures in "
            "comparison.csv. Open sign: not significant.",
            level=LEVEL,
            n=f"{tests['together']:,}",
            apart=f"{tests['apart']:,}",
        )
    untouched = asked.get("untouched", 0)
    if not untouched:
        return [signs]
    return [
        signs,
        say("Not tested: {n} rows of lanes and routes without any difference.", n=f"{untouched:,}"),
    ]


def _name(panel: Differences, part: str = "") -> str:
    title, unit = measure_title(panel.measure + part), unit_title(panel.unit)
    return title if title.lower().endswith(unit) else f"{title}, {unit}"
