"""Paired differences of ``comparison.csv``, one panel per measure with its quantiles."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fourport.charts.caption import policy_title
from fourport.charts.chance import chance_note
from fourport.charts.language import say
from fourport.charts.measures import measure_title
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
    lane
        Title of the lane, of clearance that is compared lane by lane; otherwise "".
    rows
        Rows of the table by part (:data:`PARTS`) and key.
    """

    measure: str
    unit: str
    lane: str = ""
    rows: dict[str, dict[str, DifferenceRow]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Title of the measure, with the lane if it is of one."""
        title = measure_title(self.measure)
        return f"{title}: {self.lane}" if self.lane else title

    @property
    def decided(self) -> int:
        """Number of rows that are better or worse."""
        return sum(row.verdict in ("better", "worse") for rows in self.rows.values() for row in rows.values())

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


@dataclass(frozen=True)
class RowTitle:
    """The name of a row, and the key of the row of its lane, below which it stands; "" for none."""

    text: str
    under: str = ""


def read_panels(
    results: StoredResults,
    policy: str,
    asked: Mapping[str, object],
    rows: Sequence[DifferenceRow],
    lost: Mapping[str, Lost],
) -> tuple[list[Differences], dict[str, RowTitle]]:
    """Return the panels, and the names of their rows by key; with many policies these are without titles.

    Parameters
    ----------
    lost
        As :func:`lost_of` returns it.
    """
    found: dict[tuple[str, str, str], Differences] = {}
    titles: dict[str, RowTitle] = {}
    first = policy == results.policies[0]
    overall = first and not asked.get("routes")
    several = first and len({row.policy for row in rows}) > 1
    for row in rows:
        under = ""
        if overall:
            mine = row.route == TOGETHER
            apart = "" if row.lane == (asked.get("lane") or TOGETHER) else row.lane
            key, title = row.policy, policy_title(results, row.policy)
            if row.policy in lost:
                told = say("{points} points more undelivered", points=f"{lost[row.policy].together:.1f}")
                if lost[row.policy].together <= _margin(asked):
                    most = max(lost[row.policy].routes.values())
                    told = say("{points} points more undelivered on a route", points=f"{most:.1f}")
                title = f"{title} ({told})"
        else:
            mine, apart = first or row.policy == policy, ""
            key = f"{row.policy} {row.lane} {row.route}"
            of_all, lane = (
                row.lane in (TOGETHER, asked.get("lane")),
                results.title("lanes", row.lane, row.policy),
            )
            title = results.title("routes", row.route, row.policy)
            if row.route == TOGETHER:
                title = say("All together") if of_all else lane
            title += f" ({row.policy})" if several else ""
            if mine and row.lane != TOGETHER and not asked.get("lane"):
                heading = f"{row.policy} {row.lane} {TOGETHER}"
                titles.setdefault(heading, RowTitle(lane + (f" ({row.policy})" if several else "")))
                under = heading if row.route != TOGETHER else ""
        if mine:
            titles[key] = RowTitle(title, under)
            part = row.measure[-4:] if row.measure[-4:] in PARTS else ""
            measure = row.measure.removesuffix(part)
            lane = apart and results.title("lanes", apart, results.policies[0])
            panel = found.setdefault((measure, row.unit, apart), Differences(measure, row.unit, lane))
            panel.rows.setdefault(part, {})[key] = row
    if overall and len(titles) > CROWDED:
        titles = {key: RowTitle(f"{key} (!)" if key in lost else key) for key in titles}
    return [*found.values()], _below_their_lanes(titles)


def _below_their_lanes(titles: Mapping[str, RowTitle]) -> dict[str, RowTitle]:
    """Put the names of routes below that of their lane."""
    places = {key: place for place, key in enumerate(titles)}
    return dict(
        sorted(titles.items(), key=lambda item: (places[item[1].under or item[0]], bool(item[1].under)))
    )


@dataclass
class Lost:
    """By how many points more than under the baseline is undelivered under a policy.

    Attributes
    ----------
    together
        Of all routes together; in a comparison of routes, of the worst.
    routes
        Of each route and lane alone, by both.
    """

    together: float = -math.inf
    routes: dict[tuple[str, str], float] = field(default_factory=dict)


def lost_of(rows: Sequence[DifferenceRow], asked: Mapping[str, Any]) -> dict[str, Lost]:
    """Return what is lost under each policy where all routes together, or a single one, lose too much."""
    found: dict[str, Lost] = {}
    for row in rows:
        mine = found.setdefault(row.policy, Lost())
        if asked.get("routes") or (row.route == TOGETHER and row.lane in (TOGETHER, asked.get("lane"))):
            mine.together = max(mine.together, row.lost)
        elif row.route != TOGETHER:
            key = (row.route, row.lane)
            mine.routes[key] = max(row.lost, mine.routes.get(key, -math.inf))
    return {
        policy: one
        for policy, one in found.items()
        if max((one.together, *one.routes.values())) > _margin(asked)
    }


def _margin(asked: Mapping[str, Any]) -> float:
    return float(asked.get("margins", {}).get("undelivered_points", 0.0))


def warning_of(
    results: StoredResults, policy: str, asked: Mapping[str, Any], lost: Mapping[str, Lost]
) -> str:
    """Return the warning of undelivered consignments; "" if no policy has more than the baseline."""
    shown = {name: one for name, one in lost.items() if policy in (name, results.policies[0])}
    if not shown:
        return ""
    worst: list[str] = []
    for name, one in shown.items():
        over = max(one.together, _margin(asked))
        most = sorted((key for key in one.routes if one.routes[key] > over), key=lambda key: -one.routes[key])
        told = ", ".join(f"{results.title('routes', key[0], name)} {one.routes[key]:.1f}" for key in most[:2])
        worst.append(f"{name} {one.together + 0.0:.1f}" + (f" ({told})" if told else ""))
    return say(
        "NOT DELIVERED, points more of all consignments than under the baseline: {names}. Mean times and "
        "costs are compared over consignments delivered under both.",
        names="; ".join(worst),
    )


def _unknown(row: DifferenceRow) -> bool:
    """Return whether the difference is undefined: a value is infinite, or nothing arrives."""
    return math.isnan(row.difference)


def _same(row: DifferenceRow) -> bool:
    return not _unknown(row) and not any(abs(one) > 0 for one in (row.difference, row.low, row.high))


def note_of(
    asked: Mapping[str, Any], panels: Sequence[Differences], shown: Collection[int], *, few: bool
) -> str:
    """Return the note of a comparison.

    Parameters
    ----------
    shown
        Positions of the panels that are drawn.
    few
        Whether only some of the signs of times are drawn.
    """
    drawn = [panel for panel in panels if panel.drawn]
    seen = [panel for k, panel in enumerate(panels) if k in shown]
    told = [
        say("Mean difference with its 95 % interval. Blue: better. Orange: worse. Grey: matters too little."),
        say("Full sign: significant, {n} tests together at 5 %. Open: not.", n=f"{_tests(asked):,}"),
    ]
    if any(len(panel.drawn) > 1 for panel in seen):
        told.append(
            say("Of times: mean (circle) and P95 (square).")
            if few
            else say("Of times: mean (circle), P50 (diamond), P90 (triangle), P95 (square).")
        )
    if any(panel.has_gaps for panel in seen):
        told.append(say("No sign: too much is not delivered."))
    if any(row.verdict == "thin" for panel in seen for rows in panel.rows.values() for row in rows.values()):
        told.append(say("Sign without interval: too few consignments for a verdict."))
    together = [panel for panel in panels if not panel.lane]
    if unknown := {measure_title(one.measure + part): None for one in together for part in one.unknown}:
        told.append(
            say("Not comparable, as too much is not delivered: {measures}.", measures="; ".join(unknown))
        )
    if alike := {measure_title(one.measure + part): None for one in together for part in one.alike}:
        told.append(say("No difference: {measures}.", measures="; ".join(alike)))
    if len(drawn) > len(seen):
        told.append(say("{n} more panels: comparison.csv.", n=len(drawn) - len(seen)))
    told.append(chance_note(asked.get("estimates", {})))
    return " ".join(told)


def _tests(asked: Mapping[str, Any]) -> int:
    """Return the number of tests that hold together."""
    tests = asked.get("tests", {"together": 0, "apart": 0})
    return int(tests["apart"] if asked.get("routes") else tests["together"])
