"""The overview of a comparison: each policy or route with all that it is judged by, none on time alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.cli.columns import MARK, Column, decimals, said, tables
from fourport.measures import find
from fourport.study.cohort import TOGETHER
from fourport.study.comparison.compare import COUNTED, Unit, untouched
from fourport.study.comparison.criteria import TIMES, Criterion, missing, present
from fourport.study.comparison.overview import Block
from fourport.study.comparison.paired import LEVEL
from fourport.study.comparison.report import Compared
from fourport.study.statistics import Estimate, estimate

CUSTOMS = (
    "clearance_time_import",
    "clearance_time_export",
    "cleared_within_24h",
    "officer_hours",
    "inspections",
    "undetected",
)
"""What the first table holds: how fast customs is, beside its work and what it misses.

The second holds door-to-door times beside what they cost: no table is of time alone.
"""

_MOST = 6
"""Of those that dominate others, how many are named."""


@dataclass(frozen=True)
class _Shown:
    """The rows of a block's tables.

    Attributes
    ----------
    units
        Measures of each alternative that is shown, by name.
    baseline
        Name of the one below whose row its intervals stand; "" if every value has its own.
    marked
        Names and measures that differ significantly from the baseline.
    """

    units: Mapping[str, Unit]
    baseline: str
    marked: frozenset[tuple[str, str]]

    def rows(self, named: Mapping[str, str], below: str) -> list[str]:
        """Give what stands in each row: of each alternative, and below the baseline."""
        return [
            text for name in self.units for text in (named[name], *([below] if name == self.baseline else []))
        ]


def overview_text(block: Block, compared: Compared, title: str, *, full: bool) -> str:
    """Give the tables of a block, who is dominated, and which lanes are in the means.

    Parameters
    ----------
    title
        What the block is of.
    full
        Whether every value stands with its interval, not those of the baseline only.
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
    """Part criteria into the tables in which they stand: of customs, and of the whole journey."""
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


def _column(criterion: Criterion, shown: _Shown) -> Column:
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

    return Column(
        *heading_of(criterion),
        unit_of(unit, measure),
        shown.rows(
            {name: cell(name) for name in found},
            _half(found[shown.baseline], digits).strip(" ±") if shown.baseline in found else "",
        ),
    )


def unit_of(unit: str, measure: str) -> str:
    """Give the unit that stands below a heading, nothing where the heading says it."""
    what, of_100, _ = unit.partition("/100 consignments")
    return ("" if what in {"consignments", measure} else what) + "/100" * bool(of_100)


def heading_of(criterion: Criterion) -> tuple[str, str]:
    """Give what stands above the column of a criterion and its neighbours, and above it alone."""
    return (criterion.group if criterion.group in TIMES.values() else ""), criterion.heading


def _half(found: Estimate, digits: int) -> str:
    return "" if math.isnan(found.low) else f" ±{(found.high - found.low) / 2:,.{digits}f}"


def _verdicts(shown: _Shown, block: Block) -> Column:
    by = {name: len(block.dominated_by[name]) for name in shown.units}
    cells = shown.rows({name: f"by {count}" if count else "-" for name, count in by.items()}, "")
    return Column("", "dominated", "", cells)


def _dominated(block: Block, *, full: bool) -> str:
    """Say who is not dominated, and who dominates how many, or on request whom."""
    by = block.dominated_by
    if not any(by.values()):
        return said("Dominated: none is found to be; what could be found is said at the end.")
    if full:
        told = "; ".join(f"{name} by {', '.join(of)}" for name, of in by.items() if of)
        return said(f"Dominated: {told}.")
    free = ", ".join(name for name, of in by.items() if not of)
    counts = Counter(winner for of in by.values() for winner in of)
    winners = ", ".join(f"{name} {count}" for name, count in counts.most_common(_MOST))
    winners += f", {len(counts) - _MOST} more fewer" * (len(counts) > _MOST)
    return said(
        f"Not dominated: {free or 'none'}. Dominate others, how many: {winners}; whom: policies.csv, --full."
    )


def _lanes_within(compared: Compared, criteria: Sequence[Criterion]) -> Iterator[str]:
    """Say which lanes are in a mean over all of them, and what it is of each, where they are not alike."""
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
    """Estimate a measure; NaN if it is not there."""
    return estimate(unit[measure][1].tolist() if measure in unit else [])


def _mean(unit: Unit, measure: str) -> str:
    mean = _estimate(unit, measure).mean
    return f"{mean:,.1f}" if math.isfinite(mean) else "-"
