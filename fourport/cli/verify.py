"""``fourport verify``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import click

from fourport.cli import completion
from fourport.cli.options import jobs_option
from fourport.errors import UserError

if TYPE_CHECKING:
    from fourport.study.verification.cases import Case
    from fourport.study.verification.coverage import Kept
    from fourport.study.verification.verify import Verdict

LEFT = ("measure", "unit", "theory", "noise")
"""Headings of columns of words."""
SPARE = {"runs": 4, "+-": 3, "theory": 2, "studies": 1}
"""How much each column can be spared where a terminal is too narrow."""


@click.command(short_help="Run the exact cases and identities.")
@click.option(
    "--case",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.case,
    help="Case to run; can be repeated.",
)
@jobs_option
@click.option("--quick", is_flag=True, help="Run a fifth of the replications, for wider intervals.")
@click.option(
    "--list", "only_list", is_flag=True, help="List the cases and exact values without running them."
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the page docs/verification.md.")
@click.pass_context
def verify(
    ctx: click.Context,
    names: tuple[str, ...],
    jobs: int | None,
    quick: bool,
    only_list: bool,
    as_markdown: bool,
) -> None:
    """Run scenarios with exact answers from queueing theory; check identities and engines.

    For each measure the command prints the exact value, the simulated value, the half-width of its
    99 % interval over replications (also as a share of the exact value), the deviation in standard
    errors (z), and pass or fail; then the identities that must hold in every run, and whether the
    first run of each case has the same milestones with both engines; then, without --case, how often
    the program's intervals hold the true value in repeated studies of known distributions. The exit
    code is 0 if all pass, 1 otherwise.

    A correct program misses one 99 % interval in a hundred; of the 28 random intervals it misses
    one or more with a probability of up to 25 %. Seeds are fixed, so a version always gives the
    same values. After a single miss with |z| below 4, run that case with more replications;
    |z| of 4 or more is a defect.

    \b
    Example:
      fourport verify
      fourport verify --quick --case m-m-1 --case bays-14
      fourport verify --markdown > docs/verification.md
    """  # noqa: D301
    from fourport.cli.output import echo
    from fourport.cli.progress import progress
    from fourport.study.processes import workers
    from fourport.study.verification import verdict_text
    from fourport.study.verification.coverage import measure_all
    from fourport.study.verification.verify import run_cases

    cases = _cases(names)
    if only_list:
        echo(_exact_values(cases))
        return
    with progress("replications") as advance, workers(jobs or os.cpu_count() or 1) as executor:
        verdict = run_cases(cases, quick=quick, executor=executor, progress=advance)
        coverage = [] if names else measure_all(executor, advance)
    if as_markdown:
        echo(verdict_text.markdown(verdict, coverage), nl=False)
    else:
        echo(_found(verdict, coverage))
    ctx.exit(0 if verdict.passed and all(one.passed for one in coverage) else 1)


def _cases(names: Sequence[str]) -> list[Case]:
    """Return the cases of these names, or all if there are none.

    Raises
    ------
    UserError
        With a line for each unknown name.
    """
    from fourport.study.verification.cases import CASES

    unknown = [name for name in names if name not in CASES]
    if unknown:
        allowed = ", ".join(CASES)
        raise UserError(*(f"there is no case {name!r}; allowed: {allowed}" for name in unknown))
    return [case for case in CASES.values() if not names or case.name in names]


def _exact_values(cases: Sequence[Case]) -> str:
    """Format the exact values of cases."""
    theories = [(case.name, one) for case in cases for one in case.measures]
    rows = [(case, one.what, one.unit, f"{one.formula():.6f}", one.theory) for case, one in theories]
    return _table(("case", "measure", "unit", "exact", "theory"), rows)


def _found(verdict: Verdict, coverage: Sequence[Kept]) -> str:
    """Format what was found, with how often promises were kept if that was measured."""
    from fourport.cli.lines import said
    from fourport.study.verification import verdict_text

    # The half-width in place of the ends, which would be too wide for a terminal.
    found = [verdict_text.cells(one, f"±{(one.high - one.low) / 2:.5f}") for one in verdict.findings]
    lines = [_table(verdict_text.HEADER, found), ""]
    for line in verdict_text.closing(verdict):
        lines.append(said(line.lstrip(), " " * line.startswith(" ") * 2, "  "))
    if coverage:
        kept = [verdict_text.coverage_cells(one) for one in coverage]
        lines += ["", _table(verdict_text.COVERAGE_HEADER, kept), ""]
        lines.append(said(verdict_text.coverage_closing(coverage)))
    return "\n".join(lines)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Format a table whose first column names the rows."""
    from fourport.cli.columns import TextColumn, tables

    names, *columns = zip(*rows, strict=True)
    formed = []
    for head, cells in zip(header[1:], columns, strict=True):
        side: Literal["left", "right"] = "left" if head in LEFT else "right"
        wraps = side == "left" and head != "unit"
        formed.append(TextColumn("", head, "", cells, side, wraps, SPARE.get(head, 0)))
    return tables(names, formed, corner=header[0])
