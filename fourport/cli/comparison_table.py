"""Format the result of a comparison: the overview of all policies, then the significant differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fourport.cli.columns import said
from fourport.cli.comparison_differences import differences_text
from fourport.cli.comparison_overview import overview_text
from fourport.cli.table import UNDELIVERED
from fourport.store import Run, titles_of
from fourport.store.tables import TOGETHER
from fourport.study.comparison.comparison_tables import Compared
from fourport.study.comparison.overview import Block
from fourport.study.comparison.paired import LEVEL, detectable, replications_for, sign_test


def comparison_text(run: Run, compared: Compared, *, full: bool = False) -> str:
    """Format the tables as plain text.

    Parameters
    ----------
    full
        Whether every value has its interval and every difference is shown, not only significant ones.
    """
    manifest, baseline = run.manifest(), compared.question.baseline
    shown = [block for block in compared.blocks if block.policy or block is compared.blocks[0]]
    several = len({block.policy for block in compared.blocks}) > 1
    titled = [(block, _title(block, manifest, baseline, several)) for block in shown]
    parts = [overview_text(block, compared, title, full=full) for block, title in titled]
    return "\n\n".join([*parts, differences_text(compared, full=full), _legend(run, compared, shown)])


def _title(block: Block, manifest: Mapping[str, Any], baseline: str, several: bool) -> str:
    titles = titles_of(manifest, "lanes", block.policy or baseline)
    what = "all lanes and routes together" if block.lane == TOGETHER else titles.get(block.lane, block.lane)
    return f"{what} (policy {block.policy})" if several else what


def _legend(run: Run, compared: Compared, shown: Sequence[Block]) -> str:
    manifest = run.manifest()
    n, baseline = manifest["replications"], compared.question.baseline
    judged = sum(block.tests for block in shown)
    told = [
        f"Paired by replication, {n} replications (seed {manifest['seed']}), the same random numbers for "
        f"all. ±, below {baseline} and beside differences: half-width of the single 95 % interval."
        + " /100: for 100 consignments."
        * bool(compared.question.routes),
        *_on_undelivered(shown),
        f"*: differs from {baseline}, p (Holm) below {LEVEL}. Family: {compared.family}.",
        "Dominated: another is significantly better in at least one criterion (Holm over all pairs and "
        f"criteria of a table: {judged:,} tests), and its mean is worse in none, equal allowed. "
        "With few replications dominance can go unnoticed.",
        _power(n, compared.tests, max((block.tests for block in shown), default=0)),
    ]
    return "\n".join(map(said, told))


def _on_undelivered(shown: Sequence[Block]) -> Iterator[str]:
    """Yield the note on undelivered consignments and times and costs, if any table has such consignments."""
    units = [unit for block in shown for unit in block.alternatives.values()]
    if any((unit["undelivered"][1] > 0).any() for unit in units if "undelivered" in unit):
        yield f"{UNDELIVERED} The same holds for clearance times of goods that were not released."


def _power(n: int, tests: int, judged: int) -> str:
    """Format which differences this number of replications can show to be significant."""
    if not tests:
        return "Nothing could be tested."
    text = (
        f"What {n} replications can tell: a difference is significant from {detectable(n, tests):.1f} times "
        f"its standard deviation between replications on (for domination {detectable(n, judged):.1f} times); "
        f"{replications_for(1.0, max(tests, judged))} replications would lower that to 1.0 times."
    )
    if sign_test(n) * tests < LEVEL:
        return text
    return (
        f"{text} What differs by the same amount in each of {n} replications has p "
        f"{sign_test(n):.2g}, too much for {tests:,} tests: too few replications to find it."
    )
