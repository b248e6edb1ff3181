"""``fourport check``."""

from __future__ import annotations

import gc

import click

from fourport.cli import completion
from fourport.errors import UserError


@click.command(short_help="Say what is wrong in scenario files.")
@click.argument(
    "scenarios", nargs=-1, required=True, metavar="SCENARIO...", shell_complete=completion.scenario
)
@click.option("--quiet", is_flag=True, help="Print nothing for files in which nothing is wrong.")
def check(scenarios: tuple[str, ...], quiet: bool) -> None:
    """Say what is wrong in scenario files, all problems at once.

    SCENARIO is a file or the name of a shipped scenario. Every policy of a file is
    applied and checked too. Exit code 0 if nothing is wrong, 2 otherwise.

    \b
    Example:
      fourport check my.toml
      fourport check scenarios/*.toml
    """  # noqa: D301
    gc.disable()  # nothing of what a check makes is garbage before its end
    click.get_current_context().call_on_close(gc.enable)
    from fourport.plan.compile import check as compiled
    from fourport.scenario.examine import examine_file

    wrong: list[str] = []
    for name in scenarios:
        try:
            found = examine_file(name, compiled)
        except UserError as error:
            wrong += error.lines
            continue
        wrong += found.problems
        for line in found.warnings:
            click.echo(f"warning: {line}", err=True)
        if not found.problems and not quiet:
            also = f", with each of its {found.policies} policies" if found.policies > 1 else ""
            click.echo(f"{name}: nothing is wrong{also or (', with its policy' if found.policies else '')}")
    if wrong:
        raise UserError(*dict.fromkeys(wrong))
