"""Paired differences as ``comparison.csv`` holds them, a panel a measure with its quantiles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from fourport.charts.caption import policy_title
from fourport.charts.language import say
from fourport.charts.results import Results, Row
from fourport.charts.stages import TOGETHER
from fourport.measures import QUANTILES

CROWDED = 10
"""Policies above which they go by their names without titles."""

PARTS = ("", *(f"_{name}" for name in QUANTILES))
"""A measure itself and its quantiles, by how their names end."""


@dataclass
class Panel:
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
) -> tuple[list[Panel], dict[str, str], bool]:
    """Give the panels, the names of the keys of their rows, and whether these are too many for titles."""
    found: dict[tuple[str, str], Panel] = {}
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
            panel = found.setdefault((measure, row["unit"]), Panel(measure, row["unit"]))
            panel.rows.setdefault(part, {})[key] = row
    crowded = overall and len(titles) > CROWDED
    return [*found.values()], {key: key for key in titles} if crowded else titles, crowded


def _unknown(row: Row) -> bool:
    """Tell whether there is no difference to tell: a value is infinite, or nothing arrives."""
    return math.isnan(row["difference"])


def _same(row: Row) -> bool:
    return not _unknown(row) and not any(abs(row[name]) > 0 for name in ("difference", "low", "high"))
