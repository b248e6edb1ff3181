"""``fourport sources``."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from io import StringIO

import click

from fourport.cli import completion
from fourport.cli.options import confine_option
from fourport.errors import one_line, printable


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
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv"]),
    default="table",
    show_default=True,
    help="Output format.",
)
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
    from fourport.store.schema import as_text

    found = numbers(scenario, policy)
    if missing:
        found = untagged(found)
        for number in found:
            echo(one_line(f"{number.place.file}:{number.place.line}: {number.key}: no grade"))
        ctx.exit(1 if found else 0)
    rows = [COLUMNS, *(number.row for number in found)]
    if form == "csv":
        out = StringIO()
        csv.writer(out, lineterminator="\n").writerows([as_text(cell) for cell in row] for row in rows)
        (echo if sys.stdout.isatty() else click.echo)(out.getvalue(), nl=False)
    elif sys.stdout.isatty():
        on_terminal(rows, colour=ctx.color is not False)
    else:
        echo(aligned(rows))


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Format rows of cells as lines with aligned columns; line breaks in cells become spaces."""
    from fourport.cli.columns import TextColumn, tables

    corner, *headings = rows[0]
    listed = rows[1:] or [[""] * len(rows[0])]
    names, *cells = zip(*([" ".join(cell.split()) for cell in row] for row in listed), strict=True)
    columns = [TextColumn("", heading, "", of, "left") for heading, of in zip(headings, cells, strict=True)]
    return tables(names, columns, None, corner=corner)


def on_terminal(rows: Sequence[Sequence[str]], *, colour: bool) -> None:
    """Print rows as a table of the terminal's width."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(*rows[0], box=box.SIMPLE_HEAD)
    for row in rows[1:]:
        shown.add_row(*(Text(printable(cell)) for cell in row))
    Console(no_color=not colour).print(shown)
