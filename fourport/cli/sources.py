"""``fourport sources``."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from io import StringIO

import click

from fourport.arguments import csv_mark
from fourport.cli import completion
from fourport.cli.options import confine_option, excel_option, format_option
from fourport.errors import one_line


@click.command(short_help="List every number with its grade and source.")
@click.argument("scenario", shell_complete=completion.scenario)
@confine_option
@click.option("--missing", is_flag=True, help="List numbers without a grade; exit code 1 if any.")
@click.option(
    "--policy",
    metavar="NAME",
    shell_complete=completion.policy,
    help="Apply this policy first.",
)
@format_option
@excel_option
@click.pass_context
def sources(ctx: click.Context, scenario: str, missing: bool, policy: str | None, form: str) -> None:
    """List every number of a scenario with its range, grade, source and note.

    SCENARIO is a file or the name of a shipped scenario. The numbers of policies
    are listed under policies.NAME; with --policy, the policy is applied.

    \b
    Example:
      fourport sources my.toml
      fourport sources my.toml --missing
      fourport sources my.toml --format csv > numbers.csv
    """  # noqa: D301
    from fourport.cli.output import echo
    from fourport.scenario.sources import COLUMNS, numbers, untagged

    found = numbers(scenario, policy)
    if missing:
        found = untagged(found)
        for number in found:
            echo(one_line(f"{number.place.file}:{number.place.line}: {number.key}: no grade"))
        ctx.exit(1 if found else 0)
    print_rows([COLUMNS, *(number.row for number in found)], form)


SPARE = {"address": 4, "note": 3, "range": 2, "source": 1}
"""How much each column can be spared where a terminal is too narrow; CSV has all of them."""


def print_rows(rows: Sequence[Sequence[str]], form: str) -> None:
    """Print rows of cells, the headings first, as a table or as CSV."""
    from fourport.cli.columns import UNLIMITED
    from fourport.cli.lines import asked_width
    from fourport.cli.output import echo
    from fourport.store.schema import as_text

    if form == "csv":
        out = StringIO()
        csv.writer(out, lineterminator="\n").writerows([as_text(cell) for cell in row] for row in rows)
        (echo if sys.stdout.isatty() else click.echo)(csv_mark() + out.getvalue(), nl=False)
    else:
        echo(aligned(rows, asked_width() or UNLIMITED))


def aligned(rows: Sequence[Sequence[str]], width: int) -> str:
    """Format rows of cells as a table of a width; line breaks in cells become spaces."""
    from fourport.cli.columns import TextColumn, tables

    corner, *headings = rows[0]
    listed = rows[1:] or [[""] * len(rows[0])]
    names, *cells = zip(*([" ".join(cell.split()) for cell in row] for row in listed), strict=True)
    columns = [
        TextColumn("", heading, "", of, "left", wraps=heading != "grade", spare=SPARE.get(heading, 0))
        for heading, of in zip(headings, cells, strict=True)
    ]
    return tables(names, columns, width, corner=corner)
