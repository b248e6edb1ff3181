"""Format the overview of a comparison: each policy or route by all criteria, never by time alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.cli.columns import MARK, TextColumn, decimals, said, tables
from fourport.measures import find
from fourport.store.tables import TOGETHER
from fourport.study.comparison.compare import COUNTED, Unit, untouched
from fourport.study.comparison.comparison_tables import Compared
from fourport.study.comparison.criteria import TIMES, Criterion, missing, present
from fourport.study.comparison.overview import Block
from fourport.study.comparison.paired import LEVEL
from fourport.study.statistics import Estimate, estimate

CUSTOMS = (
    "clearance_time_import",
    "clearance_time_export",
    "cleared_within_24h",
    "officer_hours",
    "inspections",
    "undetected",
)
"""Measures of the first table: clearance times beside the work of customs and undetected non-compliance.

The second table shows door-to-door times beside costs: no table shows time alone.
"""

_MOST = 6
"""Number of dominating alternatives that are named."""


@dataclass(frozen=True)
class _Shown:
    """The rows of a block's tables.

    Attributes
    ----------
    units
        Measures of each alternative shown, by name.
    baseline
        Name of the alternative whose intervals stand in a row below it; "" if all cells have one.
    marked
        Names and measures that differ significantly from the baseline.
    """

    units: Mapping[str, Unit]
    baseline: str
    marked: frozenset[tuple[str, str]]

    def rows(self, named: Mapping[str, str], below: str) -> list[str]:
        """Return the cell of each row: one for each alternative, and ``below`` under the baseline."""
        return [
            text for name in self.units for text in (named[name], *([below] if name == self.baseline else []))
        ]


def overview_text(block: Block, compared: Compared, title: str, *, full: bool) -> str:
    """Format the tables of a block, the dominated alternatives, and the lanes included in the means.

    Parameters
    ----------
    title
        Title of the block.
    full
        Whether every value has its interval; otherwise only the values of the baseline have one.
    """
    baseline = compared.question.baseline
    first = block.alternatives.get(baseline, {})
    alike = [name for name, unit in block.alternatives.items() if name != baseline and untouched(unit, first)]
    units = {name: unit for name, unit in block.alternatives.items() if full or name not in alike}
    shown = _Shown(units, "" if full else baseline, _marked(block, compared))
    names = shown.rows({name: f"  {name}" for name in units}, "    ±")
    criteria = present({name for unit in block.alternatives.values() for name in unit})
    panels = [[_column(one, shown) for one in panel] for panel in panels_of(criteria)]
    if not full:
        panels[-1].append(_verdicts(shown, block))
    texts = [f"Overview: {title}", "\n\n".join(tables(names, panel) for panel in panels)]
    texts.append(_dominated(block, full=full))
    if alike and not full:
        texts.append(
            said(f"The same as {baseline} here, in every measure and replication: {', '.join(alike)}.")
        )
    if block.lane == TOGETHER:
        texts += _lanes_within(compared, criteria)
    absent = missing([one.measure for one in criteria])
    if absent:
        titles = (one.title for one in map(find, absent) if one)
        texts.append(said(f"Not in this scenario: {'; '.join(titles)}."))
    return "\n".join(texts)


def panels_of(criteria: Sequence[Criterion]) -> list[list[Criterion]]:
    """Split criteria into the tables that show them: customs, and the whole journey."""
    customs = [one for one in criteria if one.measure.startswith(CUSTOMS)]
    if not any(one.group in TIMES.values() for one in customs):
        return [list(criteria)]
    return [customs, [one for one in criteria if one not in customs]]


def _marked(block: Block, compared: Compared) -> frozenset[tuple[str, str]]:
    return frozenset(
        (row.route if block.policy else row.policy, row.measure)
        for row in compared.rows
        if row.lane == block.lane and row.p_holm < LEVEL
        if (row.policy == block.policy if block.policy else row.route == TOGETHER)
    )


def _column(criterion: Criterion, shown: _Shown) -> TextColumn:
    measure = criterion.measure
    found = {name: _estimate(unit, measure) for name, unit in shown.units.items()}
    unit = next(unit[measure][0] for unit in shown.units.values() if measure in unit)
    largest = max((abs(one.mean) for one in found.values() if math.isfinite(one.mean)), default=0.0)
    digits = decimals(largest, most=1 if measure in COUNTED or unit == "%" else 2 if unit == "h" else 3)

    def cell(name: str) -> str:
        if not math.isfinite(found[name].mean):
            return "-"
        half = "" if shown.baseline else _half(found[name], digits)
        return f"{found[name].mean:,.{digits}f}{half}" + MARK * ((name, measure) in shown.marked)

    return TextColumn(
        *heading_of(criterion),
        unit_of(unit, measure),
        shown.rows(
            {name: cell(name) for name in found},
            _half(found[shown.baseline], digits).strip(" ±") if shown.baseline in found else "",
        ),
    )


def unit_of(unit: str, measure: str) -> str:
    """Return the unit below a heading, "" if the heading says it."""
    what, of_100, _ = unit.partition("/100 consignments")
    return ("" if what in {"consignments", measure} else what) + "/100" * bool(of_100)


def heading_of(criterion: Criterion) -> tuple[str, str]:
    """Return the group heading of a criterion's column, and its own heading."""
    return (criterion.group if criterion.group in TIMES.values() else ""), criterion.heading


def _half(found: Estimate, digits: int) -> str:
    return "" if math.isnan(found.low) else f" ±{(found.high - found.low) / 2:,.{digits}f}"


def _verdicts(shown: _Shown, block: Block) -> TextColumn:
    by = {name: len(block.dominated_by[name]) for name in shown.units}
    cells = shown.rows({name: f"by {count}" if count else "-" for name, count in by.items()}, "")
    return TextColumn("", "dominated", "", cells)


def _dominated(block: Block, *, full: bool) -> str:
    """Format who is not dominated and how many each dominates; if ``full``, who is dominated by whom."""
    by = block.dominated_by
    if not any(by.values()):
        return said("Dominated: none found; the last lines say what could be found.")
    if full:
        told = "; ".join(f"{name} by {', '.join(of)}" for name, of in by.items() if of)
        return said(f"Dominated: {told}.")
    free = ", ".join(name for name, of in by.items() if not of)
    counts = Counter(winner for of in by.values() for winner in of)
    winners = ", ".join(f"{name} {count}" for name, count in counts.most_common(_MOST))
    winners += f", {len(counts) - _MOST} more fewer" * (len(counts) > _MOST)
    return said(
        f"Not dominated: {free or 'none'}. Number dominated by each: {winners}; for names see policies.csv "
        "or --full."
    )


def _lanes_within(compared: Compared, criteria: Sequence[Criterion]) -> Iterator[str]:
    """Yield a line on the lanes included in each mean over all lanes, if they differ between measures."""
    lanes = {block.lane: block.alternatives for block in compared.blocks if block.lane != TOGETHER}
    if len(lanes) < 2:
        return
    baseline = compared.question.baseline
    told: list[str] = []
    for one in criteria:
        having = [lane for lane, units in lanes.items() if any(map(_known, _each(units, one.measure)))]
        if one.measure in TIMES and one.measure in CUSTOMS:
            means = {lane: _mean(lanes[lane].get(baseline, {}), one.measure) for lane in having}
            told.append(f"{one.group.lower()}, h: " + ", ".join(f"{lane} {means[lane]}" for lane in having))
        elif 0 < len(having) < len(lanes) and one.group not in TIMES.values():
            told.append(f"{one.heading}: {', '.join(having)}")
    if told:
        yield said(
            f"Lanes in these means, with their own under {baseline}: {'; '.join(told)}. All else is of all "
            f"{len(lanes)} lanes. A lane's clearance is by all import (or export) offices on its routes, "
            "wherever they are: --lane NAME shows a lane by itself."
        )


def _each(units: Mapping[str, Unit], measure: str) -> Iterator[Sequence[float]]:
    yield from (unit[measure][1].tolist() for unit in units.values() if measure in unit)


def _known(values: Sequence[float]) -> bool:
    return bool(np.isfinite(values).any())


def _estimate(unit: Unit, measure: str) -> Estimate:
    """Estimate a measure; NaN if the unit does not have it."""
    return estimate(unit[measure][1].tolist() if measure in unit else [])


def _mean(unit: Unit, measure: str) -> str:
    mean = _estimate(unit, measure).mean
    return f"{mean:,.1f}" if math.isfinite(mean) else "-"
