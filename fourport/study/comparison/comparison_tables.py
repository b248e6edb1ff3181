"""The tables and the manifest entry of a comparison."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fourport.measures import LOST
from fourport.store import Run
from fourport.store.content import Part
from fourport.study.comparison.compare import ComparisonRow, Family, compare
from fourport.study.comparison.criteria import MARGIN, POINTS, TIMES
from fourport.study.comparison.measured import Measured, Question, comparable
from fourport.study.comparison.overview import SHARE_UNDETECTED, Block, overview
from fourport.study.comparison.paired import LEVEL
from fourport.study.counts import share_estimate
from fourport.study.run_tables import limited, limited_columns
from fourport.study.statistics import Estimate, Estimates


@dataclass(frozen=True)
class Compared:
    """Results of a comparison.

    Attributes
    ----------
    families
        The tests of all routes together (True), and of single routes (False).
    """

    question: Question
    rows: Sequence[ComparisonRow]
    families: Mapping[bool, Family]
    blocks: Sequence[Block]
    measured: Measured

    @property
    def printed(self) -> Family:
        """The family of the printed rows: of all routes together, if there are any."""
        return self.families[any(row.together for row in self.rows)]


def write_comparison(run: Run, measured: Measured, question: Question) -> Compared:
    """Compare, and write ``comparison.csv``, ``policies.csv`` and ``detection.csv``."""
    measured = replace(measured, values=comparable(measured.values, question))
    found = Compared(question, *compare(measured, question), overview(measured, question), measured)
    run.write_table("comparison", map(_row, found.rows))
    levels = [_levels(block, measured) for block in found.blocks]
    run.write_table("policies", map(_part, found.blocks, levels))
    detection = [
        row
        for block, mine in zip(found.blocks, levels, strict=True)
        if not block.policy
        for row in _detection(block, mine)
    ]
    if detection:
        run.write_table("detection", detection)
    return found


CLEARED = tuple(name for name in TIMES if name.startswith("clearance_time_"))
"""Clearance times, without their quantiles."""


Levels = Mapping[tuple[str, str], Estimate]
"""The estimate of each measure of each alternative of a block, by alternative and measure."""
_NOTHING = Estimate(math.nan, math.nan, math.nan, 0)


def _detection(block: Block, levels: Levels) -> Iterator[tuple[object, ...]]:
    """Yield the undetected share of non-compliant consignments with each clearance time, if any."""
    every = block.alternatives.values()
    for name, unit in block.alternatives.items():
        if SHARE_UNDETECTED not in unit:
            continue
        undetected = limited(levels[name, SHARE_UNDETECTED], "%")
        for measure in CLEARED:
            of = next((other[measure].unit for other in every if measure in other), "")
            if of:
                time = limited(levels.get((name, measure), _NOTHING), of)
                yield (
                    *(name, block.lane, measure),
                    *(time.mean, time.low, time.high, of),
                    *(undetected.mean, undetected.low, undetected.high, undetected.n),
                    " ".join(block.dominated_by[name]),
                )


def record(found: Compared) -> dict[str, Any]:
    """Return the manifest entry of a comparison."""
    question = found.question
    return {
        "baseline": question.baseline,
        "routes": list(question.routes),
        "lane": question.lane,
        "measures": list(question.measures),
        "pairs": "by replication, under common random numbers",
        "intervals": "95 % Student t of the paired differences, each for itself",
        "family": "sign flips of replications, step-down max-T over all tests of all routes together, and "
        f"over those of single routes, level {LEVEL}",
        "tests": {name: found.families[key].tests for name, key in (("together", True), ("apart", False))},
        "margins": {"share_of_baseline_%": 100 * MARGIN, "points": POINTS, "undelivered_points": LOST},
        "dominated": (
            "one criterion better and all others worse by less than the margin, by sign flips with max-T "
            f"over all pairs and criteria of a block, level {LEVEL}"
        ),
    }


def _row(row: ComparisonRow) -> tuple[object, ...]:
    found = row.difference
    names = (row.baseline, row.policy, row.lane, row.route, row.measure, row.unit)
    judged = (row.p, row.margin, row.verdict, row.consignments, row.lost)
    return (*names, found.mean, found.low, found.high, *judged, found.n)


def _part(block: Block, levels: Levels) -> Part:
    """Return the rows of a block: the measures of each alternative."""
    rows = [
        (*block.place(name), measure, of, " ".join(block.dominated_by[name]))
        for name, unit in block.alternatives.items()
        for measure, (of, *_) in unit.items()
    ]
    policies, routes, measures, units, dominated_by = zip(*rows, strict=True)
    ends = limited_columns(Estimates.of(levels.values()), units)
    return Part([policies, [block.lane] * len(rows), routes, measures, units, *ends, dominated_by])


def _levels(block: Block, measured: Measured) -> Levels:
    """Return the estimate of each measure of each alternative, in their order."""
    return {
        (name, measure): _level(block, measured, name, measure)
        for name, unit in block.alternatives.items()
        for measure in unit
    }


def _level(block: Block, measured: Measured, name: str, measure: str) -> Estimate:
    """Return the estimate of a measure of an alternative."""
    policy, route = block.place(name)
    if measure != SHARE_UNDETECTED:
        return measured.level(policy, (block.lane, route), measure)
    _, values, over = block.alternatives[name][measure]
    assert over is not None
    return share_estimate(values.tolist(), over.tolist())
