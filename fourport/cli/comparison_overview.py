"""Format the overview of a comparison: each policy or route by all criteria, never by time alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fourport.cli.columns import (
    LOSES,
    MARK,
    SMALL,
    THIN,
    TextColumn,
    decimals,
    tables,
    with_interval,
)
from fourport.cli.lines import fold, said
from fourport.cli.table import unit_below
from fourport.measures import LOST, find
from fourport.store.tables import TOGETHER
from fourport.study.comparison.compare import COUNTED, TIMED, undelivered_share, untouched
from fourport.study.comparison.comparison_tables import Compared
from fourport.study.comparison.criteria import CLEARING, TIMES, Criterion, missing, present
from fourport.study.comparison.delivered_by_both import Unit
from fourport.study.comparison.overview import Block
from fourport.study.run_tables import limited
from fourport.study.statistics import Estimate

CUSTOMS = (
    "clearance_time_",
    "cleared_within_24h",
    "officer_hours",
    "staffed_hours",
    "inspections",
    "undetected",
    "found_late",
)
"""Measures of the first table: clearance times beside the work of customs and undetected non-compliance.

The second table shows door-to-door times beside costs: no table shows time alone.
"""

MARKS = {"better": MARK, "worse": MARK, "differs": MARK, "small": SMALL, "lost": LOSES, "thin": THIN}
"""Marks of the verdicts on differences; others have none."""

LANE = 20
"""Width of the title of a lane above its columns; a longer one takes several lines."""

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
    marks
        What is said of the difference from the baseline, by name and measure.
    level
        Returns the estimate of a measure, by name of the alternative.
    lossy
        Names whose means over delivered consignments are not shown, as they are of fewer consignments.
    """

    units: Mapping[str, Unit]
    baseline: str
    marks: Mapping[tuple[str, str], str]
    level: Callable[[str, str], Estimate]
    lossy: frozenset[str]

    def rows(self, named: Mapping[str, str], below: str) -> list[str]:
        """Return the cell of each row: one for each alternative, and ``below`` under the baseline."""
        return [
            text for name in self.units for text in (named[name], *([below] if name == self.baseline else []))
        ]


def overview_text(
    block: Block, compared: Compared, title: str, lanes: Mapping[str, str], *, full: bool
) -> str:
    """Format the tables of a block, and the dominated alternatives.

    Over all lanes, clearance is shown lane by lane, where a policy changes it: one mean would be of several
    countries.

    Parameters
    ----------
    title
        Title of the block.
    lanes
        Title of each lane.
    full
        Whether every value has its interval; otherwise only the values of the baseline have one.
    """
    baseline = compared.question.baseline
    first = block.alternatives.get(baseline, {})
    alike = [name for name, unit in block.alternatives.items() if name != baseline and untouched(unit, first)]
    units = {name: unit for name, unit in block.alternatives.items() if full or name not in alike}

    def level(name: str, measure: str) -> Estimate:
        policy, route = block.place(name)
        return compared.measured.level(policy, (block.lane, route), measure)

    below = "" if full else baseline
    shown = _Shown(units, below, _marks(block, compared), level, _lossy(units, baseline))
    names = shown.rows({name: f"  {name}" for name in units}, "    ±")
    criteria = present({name for unit in block.alternatives.values() for name in unit})
    several = block.lane == TOGETHER and len(compared.blocks) > 2
    panels = [
        [_column(one, shown) for one in panel]
        for panel in panels_of([one for one in criteria if not several or one.measure not in CLEARING])
    ]
    if not full:
        panels[-1].append(_verdicts(shown, block))
    texts = [said(f"Overview: {title}"), "\n\n".join(tables(names, panel) for panel in panels)]
    texts.append(_dominated(block, full=full))
    if alike and not full:
        texts.append(
            said(f"The same as {baseline} here, in every measure and replication: {', '.join(alike)}.")
        )
    absent = missing([one.measure for one in criteria])
    if absent:
        titles = (one.title for one in map(find, absent) if one)
        texts.append(said(f"Not measured in this scenario: {'; '.join(titles)}."))
    if several:
        texts += ["", *_clearance_by_lane(compared, lanes)]
    return "\n".join(texts)


def place_text(lane: str, route: str, lanes: Mapping[str, str]) -> str:
    """Return the name of a lane and route: the title of the lane, and the route as commands take it."""
    if lane == TOGETHER:
        return "all lanes and routes"
    return f"{lanes.get(lane, lane)}, {'all routes' if route == TOGETHER else route}"


def _clearance_by_lane(compared: Compared, lanes: Mapping[str, str]) -> Iterator[str]:
    """Yield the mean clearance of each lane and procedure, under the policies that change it."""
    baseline = compared.question.baseline
    rows = {
        (row.policy, row.lane, row.measure): row
        for row in compared.rows
        if row.together and row.lane != TOGETHER and row.measure in TIMED and row.measure in TIMES
        if row.verdict != "same"
    }
    names = [baseline, *dict.fromkeys(policy for policy, _, _ in rows)]
    if len(names) == 1:
        yield said(
            "Clearance is not shown: no policy changes an office, or what comes before it at its place."
        )
        return
    columns = []
    for lane in dict.fromkeys(lane for _, lane, _ in rows):
        for measure in TIMES:
            mine = {name: rows.get((name, lane, measure)) for name in names}
            if any(mine.values()):
                found = {name: compared.measured.level(name, (lane, TOGETHER), measure) for name in names}
                largest = max(one.mean for one in found.values() if math.isfinite(one.mean))
                digits = decimals(largest, most=1 if largest >= 10 else 2)
                cells = [
                    f"{found[baseline].mean:,.{digits}f}",
                    _half(found[baseline], "h", digits).strip("±"),
                ]
                for name in names[1:]:
                    row, mean = mine[name], found[name].mean
                    known = row is not None and math.isfinite(mean)
                    mark = MARKS.get(row.verdict, "") if row else ""
                    cells.append(f"{mean:,.{digits}f}{mark}" if known else ".")
                head = "\n".join(fold(lanes.get(lane, lane), LANE))
                columns.append(TextColumn(head, TIMED[measure], "h", cells))
    yield said(
        "Mean clearance lane by lane, under each policy that changes an office or what comes before it"
    )
    yield tables([f"  {baseline}", "    ±", *(f"  {name}" for name in names[1:])], columns)
    yield said(
        "A dot: the policy changes nothing about this procedure on the lane. Quantiles: --lane NAME, or "
        "comparison.csv; offices and stages: clearance-stages.csv."
    )


def panels_of(criteria: Sequence[Criterion]) -> list[list[Criterion]]:
    """Split criteria into the tables that show them: customs, and the whole journey."""
    customs = [one for one in criteria if one.measure.startswith(CUSTOMS)]
    return [panel for panel in (customs, [one for one in criteria if one not in customs]) if panel]


def _marks(block: Block, compared: Compared) -> Mapping[tuple[str, str], str]:
    """Return the marks of values, by name and measure."""
    return {
        (row.route if block.policy else row.policy, row.measure): MARKS.get(row.verdict, "")
        for row in compared.rows
        if row.lane == block.lane
        if (row.policy == block.policy if block.policy else row.route == TOGETHER)
    }


def _lossy(units: Mapping[str, Unit], baseline: str) -> frozenset[str]:
    """Return the alternatives that leave more undelivered than the baseline, beyond the margin."""
    first = undelivered_share(units.get(baseline, {}))
    return frozenset(name for name, unit in units.items() if undelivered_share(unit) - first > LOST)


def _column(criterion: Criterion, shown: _Shown) -> TextColumn:
    measure = criterion.measure
    found = {name: shown.level(name, measure) for name in shown.units}
    unit = next(unit[measure][0] for unit in shown.units.values() if measure in unit)
    largest = max((abs(one.mean) for one in found.values() if math.isfinite(one.mean)), default=0.0)
    digits = decimals(largest, most=1 if measure in COUNTED or unit == "%" else 2 if unit == "h" else 3)

    about = find(measure)
    of_delivered = about is not None and about.kind == "mean"

    def cell(name: str) -> str:
        if not math.isfinite(found[name].mean) or (of_delivered and name in shown.lossy):
            return "-"
        half = "" if shown.baseline else f" {_half(found[name], unit, digits)}".rstrip()
        return f"{found[name].mean:,.{digits}f}{half}{shown.marks.get((name, measure), '')}"

    return TextColumn(
        *heading_of(criterion),
        unit_of(unit, measure),
        shown.rows(
            {name: cell(name) for name in found},
            _half(found[shown.baseline], unit, digits).strip("±") if shown.baseline in found else "",
        ),
    )


def unit_of(unit: str, measure: str) -> str:
    """Return the unit below a heading, "" if the heading says it."""
    what, of_100, _ = unit.partition("/100 consignments")
    if of_100:
        return ("" if what == "consignments" else unit_below(what, measure)) + "/100"
    return unit_below(what, measure)


def heading_of(criterion: Criterion) -> tuple[str, str]:
    """Return the group heading of a criterion's column, and its own heading."""
    return (criterion.group if criterion.group in TIMES.values() else ""), criterion.heading


def _half(found: Estimate, unit: str, digits: int) -> str:
    """Format the interval of an estimate: the half-width, or its ends if they are not equally far."""
    kept = limited(found, unit)
    most = 100.0 if unit == "%" else math.inf
    return with_interval(kept.mean, kept.low, kept.high, digits, most).partition(" ")[2]


def _verdicts(shown: _Shown, block: Block) -> TextColumn:
    by = {name: len(block.dominated_by[name]) for name in shown.units}
    told = {name: f"by {count}" if count else "-" for name, count in by.items()}
    cells = shown.rows({**told, **{name: "?" for name in block.not_judged if name in told}}, "")
    return TextColumn("", "dominated", "", cells)


def _dominated(block: Block, *, full: bool) -> str:
    """Format who is not dominated and how many each dominates; if ``full``, who is dominated by whom."""
    by, unknown = block.dominated_by, ""
    if block.not_judged:
        unknown = f" Not judged (?), because too much is undelivered: {', '.join(block.not_judged)}."
    if not any(by.values()):
        return said(f"Dominated: none found (the notes at the end say what could have been).{unknown}")
    if full:
        told = "; ".join(f"{name} by {', '.join(of)}" for name, of in by.items() if of)
        return said(f"Dominated: {told}.{unknown}")
    free = ", ".join(name for name, of in by.items() if not of and name not in block.not_judged)
    counts = Counter(winner for of in by.values() for winner in of)
    winners = ", ".join(f"{name} {count}" for name, count in counts.most_common(_MOST))
    winners += f", {len(counts) - _MOST} others fewer" * (len(counts) > _MOST)
    return said(
        f"Not dominated: {free or 'none'}.{unknown} Number dominated by each: {winners}; for names see "
        "policies.csv or --full."
    )
