"""``fourport check``."""

from __future__ import annotations

from functools import partial

import click

from fourport.cli import completion
from fourport.cli.options import confine_option
from fourport.cli.output import echo, warn
from fourport.errors import UserError, one_line


@click.command(short_help="Check scenario files and report all errors.")
@click.argument(
    "scenarios", nargs=-1, required=True, metavar="SCENARIO...", shell_complete=completion.scenario
)
@confine_option
@click.option("--quiet", is_flag=True, help="Print nothing for valid files.")
def check(scenarios: tuple[str, ...], quiet: bool) -> None:
    """Check scenario files and report all errors, with file and line.

    SCENARIO is a file or the name of a shipped scenario. Each policy of a file is
    applied and checked, too. Files of published claims are checked as such; whether
    they fit a scenario is checked by "fourport claims". Of each section the first 1,000
    errors are listed, and the other entries counted. The exit code is 0 if all files
    are valid, 2 otherwise.

    \b
    Example:
      fourport check my.toml
      fourport check scenarios/*.toml
    """  # noqa: D301
    from fourport.plan.compile import check as compiled
    from fourport.plan.once import Shared
    from fourport.scenario.examine import examine_file

    wrong: list[str] = []
    for name in scenarios:
        try:
            found = examine_file(name, partial(compiled, shared=Shared()))
        except UserError as error:
            wrong += error.lines
            continue
        wrong += found.problems
        if not quiet:
            warn(found.warnings)
        if not found.problems and not quiet:
            echo(f"{one_line(name)}: OK: {found.holds}.")
    if wrong:
        raise UserError(*dict.fromkeys(wrong))
