"""``fourport new``."""

from __future__ import annotations

from pathlib import Path

import click

from fourport.cli import completion
from fourport.cli.options import confine_option


@click.command(short_help="Write a scenario to start from.")
@click.option(
    "--from",
    "base",
    metavar="NAME",
    shell_complete=completion.scenario,
    help="Extend this shipped scenario or file.",
)
@click.argument("file", type=click.Path(path_type=Path))
@confine_option
def new(base: str | None, file: Path) -> None:
    """Write a small commented scenario to FILE; with --from, one that extends another scenario.

    The scenario can be run as it is. The command does not overwrite a file (exit code 2).

    \b
    Example:
      fourport new my.toml
      fourport new --from NAME my.toml
      fourport check my.toml
    """  # noqa: D301
    from fourport.cli.output import echo
    from fourport.errors import one_line
    from fourport.scenario.new import write_new

    write_new(file, base)
    echo(one_line(f"{file}: written; next: fourport check {file}"))
