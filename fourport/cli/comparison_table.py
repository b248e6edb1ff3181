"""What a comparison prints: the differences, then each policy with all that it is judged by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import fill

from fourport.store import Run
from fourport.study.comparison.compare import Comparison, Unit
from fourport.study.comparison.criteria import Criterion, missing, present
from fourport.study.comparison.overview import LEVEL, Block
from fourport.study.comparison.report import Compared
from fourport.study.measures import TOGETHER
from fourport.study.statistics import estimate

Table = list[list[str]]


def comparison_text(run: Run, compared: Compared) -> str:
    """Give the tables as plain text."""
    titles = run.manifest()["titles"]["lanes"]
    parts = [_differences(compared)]
    shown = [block for block in compared.blocks if block.policy or block is compared.blocks[0]]
    parts += [_block(block, compared, titles.get(block.lane, block.lane)) for block in shown]
    return "\n\n".join([*parts, _legend(run, compared)])


def _differences(compared: Compared) -> str:
    """Show the differences of all lanes together; of routes, those of each lane."""
    routes = bool(compared.question.routes)
    lane = compared.question.lane or TOGETHER
    rows = [row for row in compared.rows if routes or (row.lane, row.route) == (lane, TOGETHER)]
    several = len({row.policy for row in rows}) > 1
    head = ["", *(["policy"] if routes and several else []), "difference", "95 % interval", "p (Holm)", ""]
    table: Table = []
    groups: dict[tuple[str, str], list[Comparison]] = {}
    for row in rows:
        groups.setdefault((row.measure, row.unit), []).append(row)
    for (measure, unit), found in groups.items():
        table.append([f"{measure}, {unit}"])
        for row in found:
            name = f"  {row.lane}  {row.route}" if routes else f"  {row.policy}"
            table.append([name, *([row.policy] if routes and several else []), *_difference(row)])
    what = "lane by lane" if routes else _where(lane)
    return f"Differences from {compared.question.baseline}, {what}\n" + _aligned([head, *table])


def _where(lane: str) -> str:
    return "all lanes and routes together" if lane == TOGETHER else f"all routes of {lane} together"


def _difference(row: Comparison) -> list[str]:
    found = row.difference
    if math.isnan(found.mean):
        return ["-", "", "", ""]
    if math.isnan(found.low):
        return [_number(found.mean, found.mean), "", "", ""]
    scale = max(found.high - found.low, abs(found.mean)) or 1.0
    interval = f"{_number(found.low, scale)} .. {_number(found.high, scale)}"
    p = f"{row.p_holm:.3f}" if row.p_holm >= 0.001 else "<0.001"
    mark = "*" if row.p_holm < LEVEL else ""
    return [_number(found.mean, scale), interval, p, mark]


def _number(value: float, scale: float) -> str:
    """Write a number with some three digits of its scale."""
    digits = 2 - math.floor(math.log10(abs(scale))) if scale else 1
    text = f"{value:+,.{min(max(digits, 0), 6)}f}"
    return "0" if float(text.replace(",", "")) == 0 else text


def _block(block: Block, compared: Compared, title: str) -> str:
    """Show the alternatives with all criteria, in as many tables as there are groups of them."""
    measured = {name for unit in block.alternatives.values() for name in unit}
    criteria = present(measured)
    groups = list(dict.fromkeys(one.group for one in criteria))
    what = title if block.lane != TOGETHER else "All lanes and routes together"
    what += f" (policy {block.policy})" if len({b.policy for b in compared.blocks}) > 1 else ""
    texts = [what]
    for group in groups:
        mine = [one for one in criteria if one.group == group]
        texts.append(_group(group, mine, block))
    verdict: Table = [["  Dominated by"]]
    for name in block.alternatives:
        verdict.append([f"    {name}", ", ".join(block.dominated_by[name]) or "none"])
    texts.append(_aligned(verdict, left=True))
    absent = missing(measured)
    if absent:
        texts.append(f"  Not measured here: {', '.join(absent)}.")
    return "\n".join(texts)


def _group(group: str, criteria: Sequence[Criterion], block: Block) -> str:
    units = [_unit(one.measure, block) for one in criteria]
    head = [[f"  {group}", *(one.heading for one in criteria)], ["", *units]]
    rows = [
        [f"    {name}", *(_cell(unit, one.measure) for one in criteria)]
        for name, unit in block.alternatives.items()
    ]
    return _aligned([*head, *rows])


def _unit(measure: str, block: Block) -> str:
    found = next(unit[measure][0] for unit in block.alternatives.values() if measure in unit)
    return "" if found in {"consignments", measure} else found


def _cell(unit: Unit, measure: str) -> str:
    if measure not in unit:
        return "-"
    found = estimate(unit[measure][1].tolist())
    if not math.isfinite(found.mean):
        return "-"
    digits = 1 if abs(found.mean) >= 20 else 3
    half = "" if math.isnan(found.low) else f" ±{(found.high - found.low) / 2:,.{digits}f}"
    return f"{found.mean:,.{digits}f}{half}"


def _aligned(rows: Sequence[Sequence[str]], *, left: bool = False) -> str:
    """Set the first column left and the others right; a row of one cell is a heading."""
    count = max(len(row) for row in rows)
    widths = [max((len(row[k]) for row in rows if len(row) > max(k, 1)), default=0) for k in range(count)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if left or k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _legend(run: Run, compared: Compared) -> str:
    manifest = run.manifest()
    tests = sum(block.tests for block in compared.blocks if block.policy or block is compared.blocks[0])
    told = (
        f"Paired by replication, {manifest['replications']} replications (seed {manifest['seed']}), the same "
        "random numbers for all. Each interval holds for itself.",
        f"p (Holm), * below {LEVEL}: {compared.family}.",
        "Dominated: another is significantly better in at least one criterion and significantly worse in "
        f"none (Holm over all pairs and criteria of the table: {tests} tests). "
        "± is the half-width of the 95 % interval.",
    )
    return "\n".join(fill(text, 100) for text in told)
