"""The tables and the manifest entry of a comparison."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fourport.store import Run
from fourport.store.tables import TOGETHER
from fourport.study.comparison.compare import ComparisonRow, Question, Values, comparable, compare
from fourport.study.comparison.overview import SHARE_UNDETECTED, Block, overview
from fourport.study.comparison.paired import LEVEL
from fourport.study.statistics import estimate


@dataclass(frozen=True)
class Compared:
    """Results of a comparison."""

    question: Question
    rows: Sequence[ComparisonRow]
    blocks: Sequence[Block]

    @property
    def tests(self) -> int:
        """Number of tests in the printed family: rows of all routes together, if there are any."""
        return self.tests_of(together=any(row.together for row in self.rows))

    def tests_of(self, *, together: bool) -> int:
        """Return the number of tested rows: of all routes together, or of single routes."""
        return sum(row.together == together and not math.isnan(row.p_holm) for row in self.rows)

    @property
    def untouched(self) -> int:
        """Number of rows that are not tested because nothing differs there."""
        return sum(row.untouched for row in self.rows)

    @property
    def family(self) -> str:
        """Description of the families over which p values are adjusted."""
        others = "other route" if self.question.routes else "other policy"
        family = f"all measures of comparison.csv, each {others} against {self.question.baseline}"
        apart = self.tests_of(together=False)
        if any(row.together for row in self.rows):
            text = f"Holm over the {self.tests:,} tests of all routes together ({family})"
            text += f", and apart from them over the {apart:,} of single lanes and routes" if apart else ""
        else:
            text = f"Holm over the {apart:,} tests of lanes and routes ({family})"
        if not self.untouched:
            return text
        return (
            f"{text}; {self.untouched:,} rows are not tested, of lanes and routes where every measure is "
            "the same in every replication, to the last digit"
        )


def write_comparison(run: Run, values: Values, question: Question) -> Compared:
    """Compare, and write ``comparison.csv``, ``policies.csv`` and ``detection.csv``."""
    values = comparable(values, question)
    found = Compared(question, compare(values, question), overview(values, question))
    run.write_table("comparison", map(_row, found.rows))
    run.write_table("policies", (row for block in found.blocks for row in _rows(block)))
    detection = [row for block in found.blocks if not block.policy for row in _detection(block)]
    if detection:
        run.write_table("detection", detection)
    return found


def _detection(block: Block) -> Iterator[tuple[object, ...]]:
    """Yield the undetected share of non-compliant consignments with each clearance time, if any."""
    every = block.alternatives.values()
    for name, unit in block.alternatives.items():
        for measure in ("clearance_time_import", "clearance_time_export"):
            of = next((other[measure][0] for other in every if measure in other), "")
            if of and SHARE_UNDETECTED in unit:
                hours = unit[measure][1].tolist() if measure in unit else []
                time, undetected = estimate(hours), estimate(unit[SHARE_UNDETECTED][1].tolist())
                yield (
                    *(name, block.lane, measure),
                    *(time.mean, max(time.low, 0.0), time.high, of),
                    *(undetected.mean, max(undetected.low, 0.0), min(undetected.high, 100.0), undetected.n),
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
        "family": found.family,
        "tests": {"together": found.tests_of(together=True), "apart": found.tests_of(together=False)},
        "untouched": found.untouched,
        "dominated": (
            "one criterion significantly better, Holm over all pairs and criteria of a block that are "
            f"tests, level {LEVEL}; the mean of no criterion worse"
        ),
    }


def _row(row: ComparisonRow) -> tuple[object, ...]:
    found = row.difference
    names = (row.baseline, row.policy, row.lane, row.route, row.measure, row.unit)
    return (*names, found.mean, found.low, found.high, row.p_holm, found.n)


def _rows(block: Block) -> Iterator[tuple[object, ...]]:
    for name, unit in block.alternatives.items():
        policy, route = (block.policy, name) if block.policy else (name, TOGETHER)
        dominated_by = " ".join(block.dominated_by[name])
        for measure, (of, series) in unit.items():
            found = estimate(series.tolist())
            low, high = max(found.low, 0.0), min(found.high, 100.0) if of == "%" else found.high
            yield policy, block.lane, route, measure, of, found.mean, low, high, found.n, dominated_by
