"""How to read a forest plot, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fourport.charts.differences import Panel
from fourport.charts.language import say
from fourport.charts.measures import measure_title, unit_title

LEVEL = 0.05


def note_of(asked: Mapping[str, Any], panels: Sequence[Panel], most: int) -> str:
    """Give the note of a comparison of which at most so many panels are drawn."""
    drawn = [panel for panel in panels if panel.drawn]
    told = [
        say("Mean paired difference over replications with its 95 % interval; left of the line is less."),
        *_signs(asked),
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


def _name(panel: Panel, part: str = "") -> str:
    title, unit = measure_title(panel.measure + part), unit_title(panel.unit)
    return title if title.lower().endswith(unit) else f"{title}, {unit}"
