"""Paired differences as ``comparison.csv`` holds them, a panel a measure with its quantiles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fourport.charts.caption import policy_title
from fourport.charts.language import say
from fourport.charts.measures import measure_title, unit_title
from fourport.charts.results import Results, Row
from fourport.charts.stages import TOGETHER
from fourport.measures import QUANTILES

CROWDED = 10
"""Policies above which they go by their names without titles."""

PARTS = ("", *(f"_{name}" for name in QUANTILES))
"""A measure itself and its quantiles, by how their names end."""


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
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)

    @property
    def drawn(self) -> list[str]:
        """Parts of which something differs, or of which only some can be compared."""
        return [part for part in self._parts if part not in {*self.alike, *self.unknown}]

    @property
    def alike(self) -> list[str]:
        """Parts of which all can be compared and nothing differs."""
        return [part for part in self._parts if all(map(_same, self.rows[part].values()))]

    @property
    def unknown(self) -> list[str]:
        """Parts of which nothing can be compared."""
        return [part for part in self._parts if all(map(_unknown, self.rows[part].values()))]

    @property
    def has_gaps(self) -> bool:
        """Whether something cannot be compared in a part that is drawn: its sign is missing."""
        return any(_unknown(row) for part in self.drawn for row in self.rows[part].values())

    @property
    def _parts(self) -> list[str]:
        return [part for part in PARTS if part in self.rows]


def read_panels(
    results: Results, policy: str, asked: Mapping[str, object]
) -> tuple[list[Differences], dict[str, str], bool]:
    """Give the panels, the names of the keys of their rows, and whether these are too many for titles."""
    found: dict[tuple[str, str], Differences] = {}
    titles: dict[str, str] = {}
    rows = results.table("comparison")
    first = policy == results.policies[0]
    overall = first and not asked.get("routes")
    several = first and len({row["policy"] for row in rows}) > 1
    for row in rows:
        if overall:
            mine = (row["lane"], row["route"]) == (asked.get("lane") or TOGETHER, TOGETHER)
            key, title = row["policy"], policy_title(results, row["policy"])
        else:
            mine = first or row["policy"] == policy
            key = f"{row['policy']} {row['lane']} {row['route']}"
            title = f"{results.title('lanes', row['lane'])}: {results.title('routes', row['route'])}"
            title = say("All together") if row["route"] == TOGETHER else title
            title += f" ({row['policy']})" if several else ""
        if mine:
            titles[key] = title
            part = row["measure"][-4:] if row["measure"][-4:] in PARTS else ""
            measure = row["measure"].removesuffix(part)
            panel = found.setdefault((measure, row["unit"]), Differences(measure, row["unit"]))
            panel.rows.setdefault(part, {})[key] = row
    crowded = overall and len(titles) > CROWDED
    return [*found.values()], {key: key for key in titles} if crowded else titles, crowded


def _unknown(row: Row) -> bool:
    """Tell whether there is no difference to tell: a value is infinite, or nothing arrives."""
    return math.isnan(row["difference"])


def _same(row: Row) -> bool:
    return not _unknown(row) and not any(abs(row[name]) > 0 for name in ("difference", "low", "high"))


LEVEL = 0.05


def note_of(asked: Mapping[str, Any], panels: Sequence[Differences], most: int) -> str:
    """Give the note of a comparison of which at most so many panels are drawn."""
    drawn = [panel for panel in panels if panel.drawn]
    told = [
        say("Mean paired difference over replications with its 95 % interval; left of the line is less."),
        *_signs(asked),
        say("Blue: better. Orange: worse. Grey: not significant, or no side is better."),
    ]
    if any(len(panel.drawn) > 1 for panel in drawn):
        told.append(say("Of times, from above: mean (circle), P50 (diamond), P90 (triangle), P95 (square)."))
    if any(panel.has_gaps for panel in drawn[:most]):
        told.append(say("Where a sign is missing, consignments are undelivered: not comparable."))
    if unknown := [_name(panel, part) for panel in panels for part in panel.unknown]:
        names = "; ".join(unknown)
        told.append(say("Not comparable, as consignments are undelivered: {measures}.", measures=names))
    if alike := [_name(panel, part) for panel in panels for part in panel.alike]:
        told.append(say("No difference at all: {measures}.", measures="; ".join(alike)))
    if drawn[most:]:
        names = "; ".join(_name(panel) for panel in drawn[most:])
        told.append(say("Not drawn for want of room: {measures}.", measures=names))
    return " ".join(told)


def _signs(asked: Mapping[str, Any]) -> list[str]:
    """Say what full signs mean, and over how many tests; a run that is older does not hold their number."""
    tests = asked.get("tests")
    if tests is None:
        return [say("Full sign: p below {level} by Holm's method. Open sign: not significant.", level=LEVEL)]
    if asked.get("routes") or not tests["apart"]:
        signs = say(
            "Full sign: p below {level} by Holm's method over {n} tests, which are of all measures in "
            "comparison.csv. Open sign: not significant.",
            level=LEVEL,
            n=f"{tests['apart'] if asked.get('routes') else tests['together']:,}",
        )
    else:
        signs = say(
            "Full sign: p below {level} by Holm's method over {n} tests of all routes together, and apart "
            "from them over {apart} of single lanes and routes, which are of all measures in comparison.csv. "
            "Open sign: not significant.",
            level=LEVEL,
            n=f"{tests['together']:,}",
            apart=f"{tests['apart']:,}",
        )
    untouched = asked.get("untouched", 0)
    if not untouched:
        return [signs]
    return [
        signs,
        say("No tests are {n} rows of lanes and routes where nothing differs.", n=f"{untouched:,}"),
    ]


def _name(panel: Differences, part: str = "") -> str:
    title, unit = measure_title(panel.measure + part), unit_title(panel.unit)
    return title if title.lower().endswith(unit) else f"{title}, {unit}"
