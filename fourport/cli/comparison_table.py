"""Format the result of a comparison: the overview of all policies, then the significant differences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fourport.cli.columns import TextColumn, tables
from fourport.cli.comparison_differences import differences_text
from fourport.cli.comparison_overview import overview_text, place_text
from fourport.cli.lines import said
from fourport.cli.table import BOUNDS, UNDELIVERED
from fourport.measures import LOST
from fourport.store import Run, titles_of
from fourport.store.tables import TOGETHER
from fourport.study.comparison.compare import ComparisonRow, Family, undelivered_share
from fourport.study.comparison.comparison_tables import Compared
from fourport.study.comparison.criteria import LEAST_H, MARGIN, POINTS
from fourport.study.comparison.overview import Block
from fourport.study.comparison.paired import FIXED, LEAST, LEVEL, POWER, detectable, replications_for
from fourport.study.estimates_behind import chance_only
from fourport.study.statistics import FEW


def comparison_text(run: Run, compared: Compared, *, full: bool = False) -> str:
    """Format the tables as plain text.

    Parameters
    ----------
    full
        Whether every value has its interval and every difference is shown, not only significant ones.
    """
    manifest, baseline = run.manifest(), compared.question.baseline
    first = next(iter(compared.measured.values)) if compared.question.routes else baseline
    lanes = titles_of(manifest, "lanes", first)
    shown = [block for block in compared.blocks if block.policy or block is compared.blocks[0]]
    several = len({block.policy for block in compared.blocks}) > 1
    titled = [(block, _title(block, manifest, baseline, several)) for block in shown]
    parts = [*undelivered_text(compared, lanes)]
    parts += [overview_text(block, compared, title, lanes, full=full) for block, title in titled]
    chance = chance_only(manifest["comparison"].get("estimates", {}), manifest["comparison"]["estimates_of"])
    parts.append(differences_text(compared, lanes, full=full))
    return "\n\n".join([*parts, said(chance), _legend(run, compared, shown, "\n".join(parts), full=full)])


def _title(block: Block, manifest: Mapping[str, Any], baseline: str, several: bool) -> str:
    titles = titles_of(manifest, "lanes", block.policy or baseline)
    what = "all lanes and routes together" if block.lane == TOGETHER else titles.get(block.lane, block.lane)
    return f"{what} (policy {block.policy})" if several else what


def _legend(run: Run, compared: Compared, shown: Sequence[Block], text: str, *, full: bool) -> str:
    """Return the notes below the tables, of which ``text`` is all that is printed."""
    manifest = run.manifest()
    n, baseline = manifest["replications"], compared.question.baseline
    judged = max((block.family.tests for block in shown), default=0)
    per_100 = " /100: for 100 consignments." * bool(compared.question.routes)
    where, printed = f", below {baseline} and beside differences", "that --full prints"
    if full:
        where, printed = "", "above"
    any_fixed = any(row.measure in FIXED and row.tested for row in compared.rows)
    fixed = " Staffed hours follow from the scenario without any chance." * any_fixed
    told = [
        f"{n} replications (seed {manifest['seed']}). In each, all meet the same random numbers, so that "
        f"differences are taken replication by replication.{per_100}",
        *_on_undelivered(compared, shown),
        f"±{where}: half-width of the 95 % interval of this one number, taken by itself.",
        *(note for sign, note in BOUNDS.items() if sign in text),
        f"*: differs from {baseline} by more than chance, and by enough to matter. Chance is judged for all "
        f"{compared.printed.tests:,} differences {printed} together (by sign flips): in "
        f"{100 - 100 * LEVEL:.0f} % of studies or more, none of the stars is there by chance.{fixed}",
        f"~: differs by more than chance, but by too little to matter: by less than {100 * MARGIN:.0f} % of "
        f"{baseline} (a time: or {LEAST_H:g} h; a share: {POINTS:g} point; undelivered: {LOST:g} points).",
        *_on_thin_tails(compared),
        "Dominated: another is better (*) in at least one criterion and, chance considered, worse in no "
        "other by as much as ~ allows, undelivered consignments included. The "
        f"{judged:,} tests that this takes are judged together as well, apart from those of the stars. With "
        "few replications dominance can go unnoticed.",
        _power(n, compared.printed),
    ]
    return "\n".join(map(said, told))


def _on_undelivered(compared: Compared, shown: Sequence[Block]) -> Iterator[str]:
    """Yield the notes on undelivered consignments and times and costs, if any table has such consignments."""
    units = [unit for block in shown for unit in block.alternatives.values()]
    if any((unit["undelivered"][1] > 0).any() for unit in units if "undelivered" in unit):
        yield f"{UNDELIVERED} The same holds for clearance times of goods that were not released."
    if any(row.verdict == "lost" for row in compared.rows):
        yield "!: would be better, but fewer consignments are delivered, and work and costs fall with them."


def _on_thin_tails(compared: Compared) -> Iterator[str]:
    """Yield the note on quantiles that are not compared, if there are any."""
    if any(row.verdict == "thin" for row in compared.rows):
        yield (
            f"?: thin tail. Fewer than {FEW:g} consignments of a replication are slower than this quantile, "
            "here or in what it is compared with. The difference therefore has no interval and no verdict, "
            "and neither of the two can dominate the other. More replications do not help; a longer window "
            "or P50 does."
        )


def _power(n: int, family: Family) -> str:
    """Format which differences this number of replications can show to be significant."""
    if not family.tests:
        return "Nothing could be tested."
    least = detectable(n, family.critical)
    enough = replications_for(1.0, n, family.critical, family.tests)
    power, of = f"{100 * POWER:.0f} % of studies", "times its standard deviation between replications"
    if math.isinf(least):
        return (
            f"{n} replications are too few for a star among {family.tests:,} differences: even one that has "
            f"the same sign in each replication may be chance. A single test takes at least {LEAST}. About "
            f"{enough} replications would find a difference of 1.0 {of} in {power}."
        )
    text = f"With {n} replications a difference gets its star in {power} if it is at least {least:.1f} {of}"
    return f"{text}; with about {enough}, if it is at least 1.0 times." if least > 1 else f"{text}."


def undelivered_text(compared: Compared, lanes: Mapping[str, str]) -> Iterator[str]:
    """Yield the table of undelivered consignments, if any alternative leaves more of them than the margin."""
    found = [row for row in compared.rows if row.measure == "undelivered"]
    lossy = {row.policy for row in found if row.lost > LOST}
    if not lossy:
        return
    baseline, names = compared.question.baseline, list[str]()
    cells: list[tuple[str, ...]] = []
    for policy in dict.fromkeys(row.policy for row in found if row.policy in lossy):
        mine = sorted((row for row in found if row.policy == policy), key=lambda row: -row.lost)
        apart = [row for row in mine if row.lost > LOST and not row.together]
        names.append(f"  {policy}")
        cells.append(("",) * 4)
        for row in [*(row for row in mine if row.together), *apart[:MOST]]:
            first = (
                (policy, row.lane, baseline) if compared.question.routes else (baseline, row.lane, row.route)
            )
            before = undelivered_share(compared.measured.unit(first[0], first[1:]))
            both = _both(compared, row)
            paired = "-" if math.isnan(both) else f"{both:,.0f}"
            names.append(f"    {place_text(row.lane, row.route, lanes)}")
            cells.append((f"{before:.1f}", f"{before + row.lost:.1f}", f"{row.lost:+.1f}", paired))
        if apart[MOST:]:
            names.append(f"    and {len(apart) - MOST} more")
            cells.append(("",) * 4)
    heads = [("baseline", "%"), ("policy", "%"), ("more", "points"), ("compared", "")]
    if compared.question.routes:  # they carry different consignments, which cannot be paired
        heads = [("baseline", "%"), ("route", "%"), ("more", "points")]
    columns = [TextColumn("", head, unit, [row[k] for row in cells]) for k, (head, unit) in enumerate(heads)]
    what = "route" if compared.question.routes else "policy"
    title = "NOT DELIVERED by the end of the run: share of the accepted consignments, where it is larger than"
    paired = (
        "Compared: consignments of a replication that are delivered under both. Differences of mean times "
        "and costs are those of these consignments alone. "
    ) * (not compared.question.routes)
    lost = f"A {what} that leaves over {LOST:g} points more undelivered is not said to dominate another."
    yield "\n".join([said(f"{title} under {baseline}"), tables(names, columns), said(paired + lost)])


MOST = 8
"""Number of routes of a policy that are named."""


def _both(compared: Compared, row: ComparisonRow) -> float:
    """Return the number of consignments that means of a lane and route are compared over."""
    same = (row.policy, row.lane, row.route)
    counts = (one.consignments for one in compared.rows if (one.policy, one.lane, one.route) == same)
    return next((count for count in counts if not math.isnan(count)), math.nan)
