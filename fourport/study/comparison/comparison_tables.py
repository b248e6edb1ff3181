"""The tables and the manifest entry of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fourport.measures import LOST
from fourport.store import Run
from fourport.study.comparison.compare import ComparisonRow, Family, compare
from fourport.study.comparison.criteria import MARGIN, POINTS, TIMES
from fourport.study.comparison.measured import Measured, Question, comparable
from fourport.study.comparison.overview import SHARE_UNDETECTED, Block, overview
from fourport.study.comparison.paired import LEVEL
from fourport.study.counts import share_estimate
from fourport.study.run_tables import limited
from fourport.study.statistics import Estimate


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
    run.write_table("policies", (row for block in found.blocks for row in _rows(block, measured)))
    detection = [row for block in found.blocks if not block.policy for row in _detection(block, measured)]
    if detection:
        run.write_table("detection", detection)
    return found


CLEARED = tuple(name for name in TIMES if name.startswith("clearance_time_"))
"""Clearance times, without their quantiles."""


def _detection(block: Block, measured: Measured) -> Iterator[tuple[object, ...]]:
    """Yield the undetected share of non-compliant consignments with each clearance time, if any."""
    every = block.alternatives.values()
    for name, unit in block.alternatives.items():
        for measure in CLEARED:
            of = next((other[measure].unit for other in every if measure in other), "")
            if of and SHARE_UNDETECTED in unit:
                time, undetected = (
                    limited(_level(block, measured, name, which), its)
                    for which, its in ((measure, of), (SHARE_UNDETECTED, "%"))
                )
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


def _rows(block: Block, measured: Measured) -> Iterator[tuple[object, ...]]:
    for name, unit in block.alternatives.items():
        policy, route = block.place(name)
        dominated_by = " ".join(block.dominated_by[name])
        for measure, (of, *_) in unit.items():
            found = limited(_level(block, measured, name, measure), of)
            ends = found.mean, found.low, found.high, found.n
            yield policy, block.lane, route, measure, of, *ends, dominated_by


def _level(block: Block, measured: Measured, name: str, measure: str) -> Estimate:
    """Return the estimate of a measure of an alternative."""
    policy, route = block.place(name)
    if measure != SHARE_UNDETECTED:
        return measured.level(policy, (block.lane, route), measure)
    _, values, over = block.alternatives[name][measure]
    assert over is not None
    return share_estimate(values.tolist(), over.tolist())
